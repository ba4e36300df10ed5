//! Servers, in memory and over TCP.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use actix_web::web::{Data, ServiceConfig, get};
use actix_web::{App, HttpServer};
use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tencent_im_webhook::{CallService, Receiver, WebhookService};
use tokio::io::DuplexStream;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};

use crate::PATH;
use crate::commands::{Handler, actix_commands};

/// The client's end of a connection.
pub(crate) type Connection = Box<dyn http1::Stream>;

/// Serves one connection in memory, in either version of HTTP, and gives its other end. It ends in good order
/// when the switch is thrown or dropped.
pub(crate) fn serve_in_memory(router: Router, mut stop: watch::Receiver<bool>) -> DuplexStream {
    let (client, server) = tokio::io::duplex(64 * 1024);
    tokio::spawn(async move {
        let builder = Builder::new(TokioExecutor::new());
        let connection = builder.serve_connection(TokioIo::new(server), TowerToHyperService::new(router));
        let mut connection = pin!(connection);
        // The client may hang up in the middle: that is for the tests to look at.
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = stop.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    });
    client
}

/// A server on a thread of its own, which ends with this value.
pub(crate) struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

impl Server {
    /// hyper alone, without any router.
    pub(crate) fn hyper<S: CallService + Sync>(service: WebhookService<S>) -> Self {
        Self::start(|listens, stopping| async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let _ = listens.send(listener.local_addr().expect("an address"));
            let (graceful, mut stopping) = (GracefulShutdown::new(), pin!(stopping));
            loop {
                let stream = tokio::select! {
                    accepted = listener.accept() => accepted.expect("a connection").0,
                    _ = &mut stopping => break,
                };
                let builder = Builder::new(TokioExecutor::new());
                let service = TowerToHyperService::new(service.clone());
                let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
                let connection = graceful.watch(connection);
                tokio::spawn(async move { drop(connection.await) });
            }
            graceful.shutdown().await;
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
        Self::start(|listens, stopping| async move {
            let mount = mount();
            let app = move || App::new().route("/", get().to(|| async { "home" })).configure(mount.clone());
            let server = HttpServer::new(app).workers(2).disable_signals().bind("127.0.0.1:0");
            let server = server.expect("a free port");
            let _ = listens.send(server.addrs()[0]);
            let server = server.run();
            let handle = server.handle();
            let running = actix_web::rt::spawn(server);
            // Dropped, it need not wait for anybody.
            let in_good_order = stopping.await.is_ok();
            handle.stop(in_good_order).await;
            let _ = running.await;
        })
    }

    /// # Panics
    ///
    /// When the server does not listen any more.
    pub(crate) async fn connect(&self) -> Connection {
        Box::new(TcpStream::connect(self.address).await.expect("the server listens"))
    }

    /// Stops in good order: no new connections, and an answer for every request that has begun.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.stopped.await;
    }

    /// An actix-web system is a tokio runtime too.
    fn start<F, Fut>(serve: F) -> Self
    where
        F: FnOnce(mpsc::Sender<SocketAddr>, oneshot::Receiver<()>) -> Fut + Send + 'static,
        Fut: Future<Output = ()>,
    {
        let (stop, stopping) = oneshot::channel();
        let (ended, stopped) = oneshot::channel();
        let (listens, address) = mpsc::channel();
        thread::spawn(move || {
            actix_web::rt::System::new().block_on(serve(listens, stopping));
            let _ = ended.send(());
        });
        Self { address: address.recv().expect("the server starts"), stop, stopped }
    }
}
