//! A server that stops: nobody who is there goes without an answer, and no handler is cut off in silence.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::ServiceConfig;
use actix_web::{App, HttpRequest, rt};
use http1::Connection;
use tencent_im_webhook_actix::event::official_account::AfterSendMsg;
use tencent_im_webhook_actix::{Call, Commands, Receiver, Stopped, Timers, serve};
use tencent_im_webhook_testing::WebhookRequest;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};

use crate::support::{APP, Failures, PATH, builder, receiver, request};

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: rt::task::JoinHandle<std::io::Result<Stopped>>,
}

fn started(receiver: Receiver, timers: Timers, commands: Commands) -> Running {
    let configure = move |app: &mut ServiceConfig| _ = app.service(commands.clone().at(PATH));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = serve(listener, move || App::new().configure(configure.clone()), receiver)
        .workers(2)
        .timers(timers)
        .until(async { _ = stopped.await });
    Running { address, stop, server: rt::spawn(server.into_future()) }
}

async fn connected(address: SocketAddr) -> Connection {
    Connection::open(address).await.unwrap()
}

/// One that keeps its connection.
fn webhook() -> Vec<u8> {
    http1::webhook(PATH, &WebhookRequest::of::<AfterSendMsg>(APP))
}

#[actix_web::test]
async fn stopping_answers_who_is_there_and_who_still_comes() {
    let receiver = receiver();
    let running = started(receiver.clone(), Timers::default(), Commands::new(receiver));
    let mut kept = connected(running.address).await;
    assert!(!http1::closes(&kept.ask(webhook()).await.unwrap()));
    running.stop.send(()).unwrap();
    // The signal is seen by its task, then by the workers.
    rt::task::yield_now().await;
    for mut client in [connected(running.address).await, kept] {
        let answer = client.ask(webhook()).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(http1::closes(&answer) && client.ends().await);
    }
    assert_eq!(running.server.await.unwrap().unwrap(), Stopped::default());
    assert!(TcpStream::connect(running.address).await.is_err());
}

fn gated(receiver: &Receiver, go: &Arc<Semaphore>) -> Commands {
    let go = Arc::clone(go);
    Commands::new(receiver.clone()).on(move |request: HttpRequest, _: Call<AfterSendMsg>| {
        let go = Arc::clone(&go);
        async move {
            go.acquire().await.unwrap().forget();
            drop(request);
        }
    })
}

#[actix_web::test]
async fn a_handler_on_a_worker_outlasts_its_request_and_is_waited_for() {
    let go = Arc::new(Semaphore::new(0));
    let receiver = builder().deadline(Duration::from_millis(10)).build().unwrap();
    let running = started(receiver.clone(), Timers::default(), gated(&receiver, &go));
    let mut client = connected(running.address).await;
    let answer = client.ask(request(&WebhookRequest::of::<AfterSendMsg>(APP))).await.unwrap();
    assert_eq!(answer.error_code(), Some(0), "the event is in hand");
    running.stop.send(()).unwrap();
    while TcpStream::connect(running.address).await.is_ok() {
        rt::task::yield_now().await;
    }
    assert!(!running.server.is_finished(), "a handler is running");
    go.add_permits(1);
    assert!(running.server.await.unwrap().unwrap().is_clean());
}

#[actix_web::test]
async fn what_never_ends_is_counted_and_reported() {
    let failures = Failures::default();
    let receiver = failures.hook(builder().deadline(Duration::from_millis(100))).build().unwrap();
    let timers = Timers { grace: Duration::from_millis(10), ..Timers::default() };
    let go = Arc::new(Semaphore::new(0));
    let running = started(receiver.clone(), timers, gated(&receiver, &go));
    let mut client = connected(running.address).await;
    let answer = client.ask(request(&WebhookRequest::of::<AfterSendMsg>(APP))).await.unwrap();
    assert_eq!(answer.error_code(), Some(0), "the event is in hand");
    running.stop.send(()).unwrap();
    let stopped = running.server.await.unwrap().unwrap();
    assert_eq!(stopped.connections(), 0, "the handler's request does not keep its connection open");
    receiver.drain().await;
    assert_eq!(failures.kinds(), [tencent_im_webhook_actix::FailureKind::Cancelled]);
}

#[actix_web::test]
async fn the_first_head_of_a_connection_has_its_time() {
    let receiver = receiver();
    let timers = Timers { head_timeout: Duration::from_millis(20), ..Timers::default() };
    let running = started(receiver.clone(), timers, Commands::new(receiver));
    let mut client = connected(running.address).await;
    assert_eq!(client.ask("POST /im/web").await.unwrap().status(), 408);
}
