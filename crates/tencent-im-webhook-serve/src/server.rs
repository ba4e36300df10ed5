use std::convert::Infallible;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use socket2::SockRef;
use tencent_im_webhook::{BoxError, Receiver};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::task::TaskTracker;
use tower::Service;

use crate::backlog::widen_backlog_of;
use crate::connection::{self, Stage};
use crate::signal::asked_to_stop;
use crate::stopped::Stopped;
use crate::timers::Timers;
use crate::turn_away::{LATECOMERS, turn_away_from};

/// Serves an app until SIGTERM or Ctrl-C, and stops without losing what was accepted.
///
/// The receiver is the one whose handlers are waited for at the end. See the [crate's documentation](crate) for
/// all that happens, and [`Serve`] for settings:
///
/// ```no_run
/// use std::time::Duration;
/// # use tencent_im_webhook::{Receiver, WebhookService, CommandRouter};
/// use tencent_im_webhook_serve::{Timers, serve};
///
/// # async fn run(listener: tokio::net::TcpListener, app: WebhookService<CommandRouter>, receiver: Receiver) {
/// let timers = Timers { linger: Duration::from_secs(5), ..Timers::default() };
/// let stopped = serve(listener, app, receiver).timers(timers).await;
/// if !stopped.is_clean() {
///     eprintln!("{stopped}");
/// }
/// # }
/// ```
pub fn serve<A: App>(listener: TcpListener, app: A, receiver: Receiver) -> Serve<A> {
    Serve { listener, app, receiver, timers: Timers::default(), stop: Box::pin(asked_to_stop()) }
}

/// A server that runs when it is awaited. Made by [`serve`].
#[must_use = "a server runs when it is awaited"]
pub struct Serve<A> {
    listener: TcpListener,
    app: A,
    receiver: Receiver,
    timers: Timers,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl<A: App> Serve<A> {
    /// How long it waits, for what. Default: [`Timers::default`].
    pub fn timers(self, timers: Timers) -> Self {
        Self { timers, ..self }
    }

    /// When it stops. Default: at SIGTERM or Ctrl-C, which are left alone with this.
    pub fn until(self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { stop: Box::pin(stop), ..self }
    }

    async fn run(self) -> Stopped {
        let Self { listener, app, receiver, timers, stop } = self;
        widen_backlog_of(&SockRef::from(&listener));
        let (stage, watcher) = watch::channel(Stage::Serving);
        let open = TaskTracker::new();
        let take = |stream: TcpStream, peer| {
            // Answers are small, and nothing follows them that they could wait for.
            let _ = stream.set_nodelay(true);
            open.spawn(connection::serve(stream, PeerAddr(peer), app.clone(), timers, watcher.clone()));
        };

        accept_until(&listener, stop, take).await;
        stage.send_replace(Stage::Lingering);
        open.close();
        accept_until(&listener, timeout(timers.linger, open.wait()), take).await;
        let on_the_way = turn_away_from(&SockRef::from(&listener));
        accept_until(&listener, sleep(on_the_way), take).await;
        drop(listener);
        let _ = timeout(LATECOMERS, open.wait()).await;

        stage.send_replace(Stage::Closing);
        let end = Instant::now() + timers.grace;
        let _ = timeout_at(end, open.wait()).await;
        let cut_off = open.len();
        stage.send_replace(Stage::Over);
        let _ = timeout_at(end, receiver.drain()).await;
        Stopped::cutting_off(cut_off, receiver.running())
    }
}

impl<A: App> IntoFuture for Serve<A> {
    type Output = Stopped;
    type IntoFuture = Pin<Box<dyn Future<Output = Stopped> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<A> fmt::Debug for Serve<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("listener", &self.listener)
            .field("timers", &self.timers)
            .finish_non_exhaustive()
    }
}

/// What can be served: any tower service that answers HTTP requests and does not fail.
///
/// A [`WebhookService`](tencent_im_webhook::WebhookService) is one, and so is the router of axum. A function of
/// requests becomes one by [`tower::service_fn`]. Not implemented by hand.
pub trait App:
    Service<Request<Incoming>, Response = Response<Self::Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
    /// The body of its answers.
    type Body: Body<Data: Send, Error: Into<BoxError>> + Send + 'static;
}

impl<S, B> App for S
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    type Body = B;
}

/// The other end of the connection, in the extensions of each request: the platform, or your proxy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PeerAddr(pub SocketAddr);

/// Takes every connection that comes, until something else has happened.
async fn accept_until(listener: &TcpListener, until: impl Future, take: impl Fn(TcpStream, SocketAddr)) {
    let mut until = pin!(until);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => take(stream, peer),
                Err(error) => after(&error).await,
            },
            _ = &mut until => return,
        }
    }
}

/// Waits for better times where the next attempt would fail too.
async fn after(error: &io::Error) {
    match error.kind() {
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => {}
        _ => {
            tracing::error!(%error, "cannot accept a connection");
            // Out of files, most likely: some may close meanwhile.
            sleep(SOME_TIME).await;
        }
    }
}

const SOME_TIME: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::Arc;

    use http::StatusCode;
    use http1::Connection;
    use tencent_im_webhook::event::group::AfterSendMsg;
    use tencent_im_webhook::{Call, CommandRouter, FailureKind, SdkAppId, WebhookService};
    use tencent_im_webhook_testing::{Answered, WebhookRequest};
    use tokio::sync::{Notify, oneshot};
    use tokio::task::JoinHandle;

    const APP: SdkAppId = SdkAppId(1_400_000_000);

    struct Running {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        server: JoinHandle<Stopped>,
    }

    async fn started(router: CommandRouter, receiver: Receiver) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let app = WebhookService::new(receiver.clone(), router);
        let server = serve(listener, app, receiver).until(async { _ = stopped.await });
        Running { address, stop, server: tokio::spawn(server.into_future()) }
    }

    fn receiver() -> Receiver {
        Receiver::builder().app(APP, ["secret"]).build().unwrap()
    }

    async fn connected(address: SocketAddr) -> Connection {
        Connection::open(address).await.unwrap()
    }

    async fn answered(client: &mut Connection) -> Answered {
        let request = WebhookRequest::of::<AfterSendMsg>(APP).token("secret");
        client.ask(http1::webhook("/", &request)).await.unwrap()
    }

    #[tokio::test]
    async fn stopping_answers_who_is_there_and_who_still_comes() {
        let running = started(CommandRouter::new(), receiver()).await;
        let mut kept = connected(running.address).await;
        let before = answered(&mut kept).await;
        assert!(before.status() == StatusCode::OK && !http1::closes(&before));
        running.stop.send(()).unwrap();
        let mut late = connected(running.address).await;
        for client in [&mut late, &mut kept] {
            let answer = answered(client).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert!(http1::closes(&answer));
        }
        assert_eq!(running.server.await.unwrap(), Stopped::default());
        assert!(TcpStream::connect(running.address).await.is_err());
    }

    #[tokio::test]
    async fn a_handler_outlasts_its_request_and_is_waited_for() {
        let go = Arc::new(Notify::new());
        let wait = Arc::clone(&go);
        let router = CommandRouter::new().on(move |_: Call<AfterSendMsg>| {
            let wait = Arc::clone(&wait);
            async move { wait.notified().await }
        });
        let soon = Receiver::builder().app(APP, ["secret"]).deadline(Duration::from_millis(10));
        let running = started(router, soon.build().unwrap()).await;
        let mut client = connected(running.address).await;
        assert_eq!(answered(&mut client).await.error_code(), Some(0), "the event is in hand");
        drop(client);
        running.stop.send(()).unwrap();
        while TcpStream::connect(running.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(!running.server.is_finished(), "a handler is running");
        go.notify_one();
        assert!(running.server.await.unwrap().is_clean());
    }

    #[test]
    fn what_never_ends_is_counted_and_reported() {
        let (tell, told) = std::sync::mpsc::channel();
        let receiver = Receiver::builder()
            .app(APP, ["secret"])
            .inspect_failure(move |failure| tell.send(failure.kind()).unwrap())
            .build()
            .unwrap();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let stopped = runtime.block_on(async {
            let router = CommandRouter::new().on(|_: Call<AfterSendMsg>| std::future::pending::<()>());
            let running = started(router, receiver).await;
            let mut client = connected(running.address).await;
            assert_eq!(answered(&mut client).await.error_code(), Some(0), "the event is in hand");
            running.stop.send(()).unwrap();
            running.server.await.unwrap()
        });
        assert_eq!((stopped.connections(), stopped.handlers()), (0, 1));
        assert!(stopped.to_string().contains("1 running"), "{stopped}");
        drop(runtime);
        assert_eq!(told.recv(), Ok(FailureKind::Cancelled));
    }
}
