//! Servers, in memory and over TCP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use actix_web::web::{Data, ServiceConfig, get};
use actix_web::{App, HttpServer};
use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tencent_im_webhook::{CallService, Receiver, WebhookService};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::PATH;
use crate::commands::{Handler, actix_commands};

/// The client's end of a connection.
pub(crate) type Connection = Box<dyn Stream>;

/// Bytes both ways.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Serves one connection in memory, in either version of HTTP, and gives its other end.
pub(crate) fn serve_in_memory(router: Router) -> DuplexStream {
    let (client, server) = tokio::io::duplex(64 * 1024);
    tokio::spawn(async move {
        let builder = Builder::new(TokioExecutor::new());
        // The client may hang up in the middle: that is for the tests to look at.
        let _ = builder.serve_connection(TokioIo::new(server), TowerToHyperService::new(router)).await;
    });
    client
}

/// A server on a thread of its own, which ends with this value.
pub(crate) struct Server {
    address: SocketAddr,
    /// Dropped to stop it.
    _stop: oneshot::Sender<()>,
}

impl Server {
    /// hyper alone, without any router.
    pub(crate) fn hyper<S: CallService + Sync>(service: WebhookService<S>) -> Self {
        Self::start(move |listener| async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let service = TowerToHyperService::new(service.clone());
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        })
    }

    /// An actix-web app with a page of its own and the webhook mounted.
    pub(crate) fn actix(receiver: &Receiver, handler: &Handler) -> Self {
        let (receiver, handler) = (receiver.clone(), Arc::clone(handler));
        Self::start_actix(move || {
            let webhook = tencent_im_webhook_actix::Webhook::new(receiver, handler);
            move |app: &mut ServiceConfig| {
                app.service(webhook.clone().at(PATH));
            }
        })
    }

    /// The same with an actix-web handler per command.
    pub(crate) fn actix_commands(receiver: &Receiver, handler: &Handler) -> Self {
        let (receiver, handler) = (receiver.clone(), Arc::clone(handler));
        Self::start_actix(move || {
            let (commands, handler) = (actix_commands(receiver), Data::new(handler));
            move |app: &mut ServiceConfig| {
                app.app_data(handler.clone()).service(commands.clone().at(PATH));
            }
        })
    }

    fn start_actix<F, C>(mount: F) -> Self
    where
        F: FnOnce() -> C + Send + 'static,
        C: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel::<()>();
        let (listens, address) = mpsc::channel();
        thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let mount = mount();
                let app =
                    move || App::new().route("/", get().to(|| async { "home" })).configure(mount.clone());
                let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0");
                let server = server.expect("a free port");
                let _ = listens.send(server.addrs()[0]);
                let server = server.run();
                let handle = server.handle();
                tokio::select! {
                    _ = server => {}
                    _ = stopped => handle.stop(false).await,
                }
            });
        });
        Self { address: address.recv().expect("the server starts"), _stop: stop }
    }

    /// # Panics
    ///
    /// When the server does not listen any more.
    pub(crate) async fn connect(&self) -> Connection {
        Box::new(TcpStream::connect(self.address).await.expect("the server listens"))
    }

    fn start<F, Fut>(serve: F) -> Self
    where
        F: FnOnce(TcpListener) -> Fut + Send + 'static,
        Fut: Future<Output = ()>,
    {
        let (stop, stopped) = oneshot::channel::<()>();
        let (listens, address) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                let _ = listens.send(listener.local_addr().expect("an address"));
                tokio::select! {
                    () = serve(listener) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address: address.recv().expect("the server starts"), _stop: stop }
    }
}
