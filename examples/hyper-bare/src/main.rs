//! Webhooks on hyper alone: `cargo run -p hyper-bare`, with `IM_TOKEN` set to check signatures.
//!
//! Without it, this message is refused, with the `ErrorCode` 1:
//!
//! ```text
//! curl -d '{"GroupId":"g","Type":"Public","From_Account":"eve","Operator_Account":"eve","Random":1,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"spam"}}]}' 'http://127.0.0.1:3000/im/webhook?SdkAppid=1400000000&CallbackCommand=Group.CallbackBeforeSendMsg'
//! ```
//!
//! What a framework does for you is here in full: the path, how long a head may take, and stopping without
//! cutting anything off. TLS is left to a proxy in front.

use std::convert::Infallible;
use std::env;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tencent_im_webhook::event::group::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{BoxError, Call, CommandRouter, MessageVerdict, Receiver, SdkAppId, WebhookService};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let receiver = match env::var("IM_TOKEN") {
        Ok(token) => Receiver::builder().app(APP, [token]).build()?,
        Err(_) => Receiver::builder().app_without_signature(APP).build()?,
    };
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on http://{}{PATH} for app {APP}", listener.local_addr()?);
    serve(listener, app(receiver), asked_to_stop()).await;
    Ok(())
}

/// The webhooks: put yours here.
fn app(receiver: Receiver) -> App {
    let router = CommandRouter::new()
        .on(|call: Call<BeforeSendMsg>| async move {
            match call.event.msg_body.texts().any(|text| text.contains("spam")) {
                true => MessageVerdict::Reject,
                false => MessageVerdict::Allow,
            }
        })
        .on(|call: Call<AfterSendMsg>| async move {
            println!("{} wrote to {}", call.event.from_account, call.event.group_id);
        });
    WebhookService::new(receiver, router)
}

type App = WebhookService<CommandRouter>;

/// Serves until asked to stop, then lets open requests and running handlers finish.
async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let (open, mut stop) = (GracefulShutdown::new(), pin!(stop));
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => _ = tokio::spawn(connection(stream, app.clone(), open.watcher())),
                Err(error) => {
                    eprintln!("cannot accept a connection: {error}");
                    // Out of files, most likely: some may close meanwhile.
                    sleep(Duration::from_millis(100)).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    // Idle connections close at once, busy ones after their answer, which says `Connection: close`.
    if timeout(GRACE, open.shutdown()).await.is_err() {
        eprintln!("some connections were still open after {GRACE:?}");
    }
    // Handlers of *after* webhooks outlast their connections.
    if timeout(GRACE, app.receiver().drain()).await.is_err() {
        eprintln!("some handlers were still running after {GRACE:?}");
    }
}

/// HTTP/1 only: telling HTTP/2 apart reads first bytes for which hyper-util has no timer.
async fn connection(stream: TcpStream, app: App, watcher: Watcher) {
    let service = service_fn(|request| route(app.clone(), request));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).keep_alive(true);
    // An error is a client that went away or sent no HTTP.
    let _ = watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await;
}

/// The service looks at no path, and hyper has no router.
async fn route(app: App, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == PATH {
        return app.oneshot(request).await;
    }
    let mut not_found = Response::default();
    *not_found.status_mut() = StatusCode::NOT_FOUND;
    Ok(not_found)
}

/// Ctrl-C, or the signal that service managers and container runtimes send.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("a runtime with signals");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}

const APP: SdkAppId = SdkAppId(1_400_000_000);
const PATH: &str = "/im/webhook";

/// How long a client may take for the head of a request. hyper counts from the end of the answer before, so an
/// idle connection is kept no longer. The platform keeps its connections: behind a proxy that has a timer for
/// heads, 75 s save it many a handshake.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long open requests, and then running handlers, may take after the signal.
const GRACE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    use std::net::SocketAddr;
    use std::sync::Arc;

    use http_body_util::BodyExt;
    use hyper::client::conn::http1::{SendRequest, handshake};
    use hyper::header::CONNECTION;
    use tencent_im_webhook_testing::{Answered, WebhookRequest};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::{Notify, oneshot};
    use tokio::task::JoinHandle;
    use tokio::time::Instant;

    type Client = SendRequest<Full<Bytes>>;

    fn receiver() -> Receiver {
        Receiver::builder().app(APP, ["secret"]).build().unwrap()
    }

    async fn started(app: App) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, app, async { _ = stopped.await }));
        (address, stop, server)
    }

    async fn connected(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).await.unwrap();
        let (client, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        client
    }

    async fn answered(client: &mut Client, mut request: Request<Full<Bytes>>) -> Answered {
        request.headers_mut().insert("host", "localhost".parse().unwrap());
        let (head, body) = client.send_request(request).await.unwrap().into_parts();
        Answered::new(head.status, head.headers, body.collect().await.unwrap().to_bytes())
    }

    fn says(text: &str) -> WebhookRequest {
        let mut message: BeforeSendMsg = tencent_im_webhook_testing::payload();
        message.msg_body = vec![tencent_im_webhook::MsgElement::text(text)].into();
        WebhookRequest::of::<BeforeSendMsg>(APP).payload(message).token("secret")
    }

    #[tokio::test]
    async fn one_connection_has_many_answers() {
        let (address, _stop, _server) = started(app(receiver())).await;
        let mut client = connected(address).await;
        for (text, code) in [("hello", 0), ("spam", 1), ("hello", 0)] {
            let answer = answered(&mut client, says(text).to_http(PATH)).await;
            assert_eq!(answer.error_code(), Some(code), "{text}");
        }
        let elsewhere = answered(&mut client, says("hello").to_http("/")).await;
        assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);
        let forged = answered(&mut client, says("hello").token("guessed").to_http(PATH)).await;
        assert_eq!(forged.status(), StatusCode::UNAUTHORIZED);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_never_ends_is_cut_off() {
        let (address, _stop, _server) = started(app(receiver())).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"POST /im/webhook HTTP/1.1\r\nHost: ").await.unwrap();
        let started = Instant::now();
        _ = stream.read_to_end(&mut Vec::new()).await;
        assert!((HEAD_TIMEOUT..HEAD_TIMEOUT * 2).contains(&started.elapsed()));
    }

    #[tokio::test]
    async fn stopping_answers_what_is_open_and_finishes_what_runs() {
        let (reached, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (tell, wait) = (Arc::clone(&reached), Arc::clone(&go));
        let router = CommandRouter::new().on(move |_: Call<AfterSendMsg>| {
            let (tell, wait) = (Arc::clone(&tell), Arc::clone(&wait));
            async move {
                tell.notify_one();
                wait.notified().await;
            }
        });
        let (address, stop, server) = started(WebhookService::new(receiver(), router)).await;
        let (mut busy, mut idle) = (connected(address).await, connected(address).await);
        let idle_before = answered(&mut idle, says("hello").to_http(PATH)).await;
        assert_eq!(idle_before.headers().get(CONNECTION), None);
        let request = WebhookRequest::of::<AfterSendMsg>(APP).token("secret").to_http(PATH);
        let open = tokio::spawn(async move { answered(&mut busy, request).await });
        reached.notified().await;

        stop.send(()).unwrap();
        while !idle.is_closed() {
            tokio::task::yield_now().await;
        }
        assert!(TcpStream::connect(address).await.is_err(), "nobody is let in");
        assert!(!server.is_finished(), "a handler is running");
        go.notify_one();
        let answer = open.await.unwrap();
        assert_eq!(
            (answer.error_code(), &answer.headers()[CONNECTION]),
            (Some(0), &"close".parse().unwrap())
        );
        server.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_hangs_does_not_keep_the_program() {
        let router = CommandRouter::new().on(|_: Call<AfterSendMsg>| std::future::pending::<()>());
        let (address, stop, server) = started(WebhookService::new(receiver(), router)).await;
        let request = WebhookRequest::of::<AfterSendMsg>(APP).token("secret").to_http(PATH);
        let answer = answered(&mut connected(address).await, request).await;
        assert_eq!(answer.error_code(), Some(0), "the event is in hand");
        stop.send(()).unwrap();
        let asked = Instant::now();
        server.await.unwrap();
        assert!(asked.elapsed() >= GRACE && asked.elapsed() <= GRACE * 2);
    }
}
