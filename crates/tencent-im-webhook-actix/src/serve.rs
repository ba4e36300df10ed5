use std::fmt;
use std::io;
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_http::Request;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, apply_fn_factory};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Response, Server, Service, ServiceFactory};
use actix_web::http::ConnectionType;
use actix_web::{Error, HttpServer};
use tencent_im_webhook::Receiver;
use tencent_im_webhook_serve::{
    LATECOMERS, Stopped, Timers, asked_to_stop, stop_listening, turn_away, widen_backlog,
};
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;

use crate::shutdown::{FOR_ANSWERS, shut_down};

/// Serves an app until SIGTERM or Ctrl-C, and stops without losing what was accepted.
///
/// The app is made as for [`HttpServer::new`], and the receiver is the one whose handlers are waited for at the
/// end. [`Serve`] has the settings; [`Timers`] tells what happens in which order:
///
/// ```no_run
/// use std::net::TcpListener;
/// use std::time::Duration;
///
/// use actix_web::App;
/// use tencent_im_webhook_actix::{Commands, Receiver, Timers, serve};
///
/// # async fn run(receiver: Receiver) -> std::io::Result<()> {
/// let commands = Commands::new(receiver.clone());
/// let app = move || App::new().service(commands.clone().at("/im/webhook"));
/// let timers = Timers { linger: Duration::from_secs(5), ..Timers::default() };
/// serve(TcpListener::bind("0.0.0.0:8080")?, app, receiver).workers(4).timers(timers).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When awaited: if the server cannot be started, for instance because its threads cannot.
pub fn serve<F, I, S, B>(listener: TcpListener, app: F, receiver: Receiver) -> Serve
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let start = move |listener, settings: Settings| start(listener, app, settings);
    let stop = Box::pin(asked_to_stop());
    Serve { listener, start: Box::new(start), receiver, timers: Timers::default(), workers: None, stop }
}

/// A server that runs when it is awaited. Made by [`serve`].
#[must_use = "a server runs when it is awaited"]
pub struct Serve {
    listener: TcpListener,
    start: Box<dyn FnOnce(TcpListener, Settings) -> io::Result<Server> + Send>,
    receiver: Receiver,
    timers: Timers,
    workers: Option<usize>,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Serve {
    /// How long it waits, for what. Default: [`Timers::default`].
    ///
    /// Of the heads of a connection, actix-web times the first one only. Workers have three seconds more than the
    /// grace period to answer what is open.
    pub fn timers(self, timers: Timers) -> Self {
        Self { timers, ..self }
    }

    /// How many threads answer. Default: one per core.
    ///
    /// # Panics
    ///
    /// When awaited: if it is 0.
    pub fn workers(self, workers: usize) -> Self {
        Self { workers: Some(workers), ..self }
    }

    /// When it stops. Default: at SIGTERM or Ctrl-C, which are left alone with this.
    pub fn until(self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { stop: Box::pin(stop), ..self }
    }

    async fn run(self) -> io::Result<Stopped> {
        let Self { listener, start, receiver, timers, workers, stop } = self;
        // The same socket, to look after it.
        let door = listener.try_clone()?;
        widen_backlog(&door);
        let (open, lingers) = (TaskTracker::new(), Arc::new(AtomicBool::new(false)));
        let settings = Settings { timers, workers, open: open.clone(), lingers: Arc::clone(&lingers) };
        let server = start(listener, settings)?;
        let handle = server.handle();
        let running = tokio::spawn(server);

        stop.await;
        lingers.store(true, Ordering::Relaxed);
        open.close();
        let _ = timeout(timers.linger, open.wait()).await;
        sleep(turn_away(&door)).await;
        handle.pause().await;
        // Workers go on while handlers do, and actix-web's listener with them, accepting nobody.
        stop_listening(&door);
        let _ = timeout(LATECOMERS, open.wait()).await;
        shut_down(&handle, &receiver, timers.grace).await;
        let stopped = Stopped::cutting_off(open.len(), receiver.running());
        running.await.map_err(io::Error::other)??;
        Ok(stopped)
    }
}

impl IntoFuture for Serve {
    type Output = io::Result<Stopped>;
    type IntoFuture = Pin<Box<dyn Future<Output = io::Result<Stopped>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("listener", &self.listener)
            .field("timers", &self.timers)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}

/// What a server is started with.
struct Settings {
    timers: Timers,
    workers: Option<usize>,
    /// Counts connections.
    open: TaskTracker,
    /// Whether every answer is the last one of its connection.
    lingers: Arc<AtomicBool>,
}

fn start<F, I, S, B>(listener: TcpListener, app: F, settings: Settings) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let Settings { timers, workers, open, lingers } = settings;
    let app = move || {
        let lingers = Arc::clone(&lingers);
        let app = apply_fn_factory(app(), |mut request: Request, app: &S::Service| {
            // A handler that keeps its request does not keep its connection open.
            drop(request.take_conn_data());
            app.call(request)
        });
        app.map(move |response| {
            let mut response = response.into();
            if lingers.load(Ordering::Relaxed) {
                response.head_mut().set_connection_type(ConnectionType::Close);
            }
            response
        })
    };
    let server = HttpServer::new(app)
        .client_request_timeout(timers.head_timeout)
        .keep_alive(timers.keep_alive)
        .tcp_nodelay(true)
        .shutdown_timeout(FOR_ANSWERS.as_secs())
        .on_connect(move |_, connection| _ = connection.insert(open.token()))
        .disable_signals();
    let server = match workers {
        Some(workers) => server.workers(workers),
        None => server,
    };
    Ok(server.listen(listener)?.run())
}
