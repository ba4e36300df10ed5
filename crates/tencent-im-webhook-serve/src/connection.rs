//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::pin::pin;

use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::activity::{Activity, OpenBody, Watched, expired};
use crate::server::{App, PeerAddr};
use crate::timers::Timers;

/// How far a server has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stage {
    Serving,
    /// Every answer is the last one of its connection.
    Lingering,
    /// Connections close when they have answered.
    Closing,
    /// Time is over.
    Over,
}

pub(crate) async fn serve<I, A>(
    stream: I,
    peer: PeerAddr,
    app: A,
    timers: Timers,
    mut stage: watch::Receiver<Stage>,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A: App,
{
    let activity = Activity::new(timers);
    let io = TokioIo::new(Watched::new(stream, activity.clone()));
    let service = {
        let (activity, stage) = (activity.clone(), stage.clone());
        service_fn(move |mut request: Request<_>| {
            request.extensions_mut().insert(peer);
            answer(app.clone(), request, activity.clone(), stage.clone())
        })
    };
    let builder = builder();
    let mut connection = pin!(builder.serve_connection_with_upgrades(io, service));
    let mut expired = pin!(expired(&activity));
    // The server may have come further before this connection had its turn.
    let mut known = Stage::Serving;
    loop {
        if *stage.borrow_and_update() != known {
            known = *stage.borrow();
            match known {
                Stage::Serving => {}
                // HTTP/2 has its own way to say it, which loses nothing.
                Stage::Lingering if activity.is_http2() => connection.as_mut().graceful_shutdown(),
                Stage::Lingering => {}
                Stage::Closing => connection.as_mut().graceful_shutdown(),
                Stage::Over => return,
            }
        }
        tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a client went away, or sent no HTTP");
                }
                return;
            }
            () = expired.as_mut() => return,
            changed = stage.changed() => if changed.is_err() {
                return;
            },
        }
    }
}

/// hyper's own timer for heads runs on idle connections too, so it is off.
fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None);
    builder.http2().timer(TokioTimer::new());
    builder
}

async fn answer<A: App>(
    app: A,
    request: Request<Incoming>,
    activity: Activity,
    stage: watch::Receiver<Stage>,
) -> Result<Response<OpenBody<A::Body>>, Infallible> {
    let version = request.version();
    let open = activity.begin(version);
    let mut response = app.oneshot(request).await?;
    if *stage.borrow() != Stage::Serving && version < Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response.map(|body| OpenBody::new(body, open)))
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::time::Duration;

    use bytes::Bytes;
    use http_body_util::{BodyExt, Full};
    use http1::Connection;
    use hyper::client::conn::http2;
    use tencent_im_webhook_testing::Answered;
    use tokio::io::DuplexStream;
    use tokio::sync::watch::Sender;
    use tokio::time::{Instant, sleep};
    use tower::service_fn;

    const HEAD: Duration = Duration::from_secs(10);
    const IDLE: Duration = Duration::from_secs(75);

    /// Answers with the path; after two minutes if that is `/slow`; with the client's address if it is `/me`.
    async fn echo(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let path = match request.uri().path() {
            "/me" => request.extensions().get::<PeerAddr>().unwrap().0.to_string(),
            path => path.to_owned(),
        };
        if path == "/slow" {
            sleep(Duration::from_secs(120)).await;
        }
        Ok(Response::new(Full::from(path)))
    }

    fn connected() -> (Connection, Sender<Stage>) {
        let (client, stage) = piped();
        (Connection::over(client), stage)
    }

    fn piped() -> (DuplexStream, Sender<Stage>) {
        let (client, server) = tokio::io::duplex(64 * 1024);
        let (stage, watcher) = watch::channel(Stage::Serving);
        let peer = PeerAddr(([192, 0, 2, 1], 1).into());
        tokio::spawn(serve(server, peer, service_fn(echo), Timers::default(), watcher));
        (client, stage)
    }

    async fn ask(client: &mut Connection, path: &str) -> Answered {
        client.ask(get(path)).await.unwrap()
    }

    fn get(path: &str) -> Vec<u8> {
        http1::request("GET", path, "", b"")
    }

    /// How long it takes until the server has closed the connection.
    async fn closed(client: &mut Connection) -> Duration {
        let start = Instant::now();
        assert!(client.ends().await);
        start.elapsed()
    }

    #[track_caller]
    fn check(elapsed: Duration, expected: Duration) {
        assert!(elapsed.abs_diff(expected) <= Duration::from_millis(2), "{elapsed:?} for {expected:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_its_time_whatever_came_before() {
        let (mut silent, _stage) = connected();
        check(closed(&mut silent).await, HEAD);
        let (mut slow, _stage) = connected();
        slow.write("GET / HT").await.unwrap();
        check(closed(&mut slow).await, HEAD);
        let (mut later, _stage) = connected();
        for _ in 0..2 {
            assert_eq!(ask(&mut later, "/x").await.status(), 200);
            sleep(IDLE / 2).await;
        }
        later.write("G").await.unwrap();
        check(closed(&mut later).await, HEAD);
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_now_and_then_does_not_stretch_it() {
        let (mut client, _stage) = connected();
        let start = Instant::now();
        for byte in "GET / HTTP/1.1\r\nhost: h".bytes() {
            if client.write([byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_secs(1)).await;
        }
        closed(&mut client).await;
        assert!(start.elapsed() <= HEAD + Duration::from_secs(1), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_kept_for_long_but_not_for_ever() {
        let (mut client, _stage) = connected();
        for _ in 0..3 {
            assert!(!http1::closes(&ask(&mut client, "/x").await));
            sleep(IDLE - Duration::from_secs(1)).await;
        }
        check(closed(&mut client).await, Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_has_all_the_time_that_it_takes() {
        let (mut client, _stage) = connected();
        assert_eq!(ask(&mut client, "/slow").await.status(), 200);
        check(closed(&mut client).await, IDLE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_tells_whose_it_is() {
        let (mut client, _stage) = connected();
        assert_eq!(ask(&mut client, "/me").await.body(), "192.0.2.1:1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_lingering_server_answers_and_says_goodbye() {
        let (mut client, stage) = connected();
        ask(&mut client, "/x").await;
        stage.send_replace(Stage::Lingering);
        sleep(Duration::from_secs(2)).await;
        assert!(http1::closes(&ask(&mut client, "/last").await));
        check(closed(&mut client).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_closing_server_lets_go_of_the_idle_and_answers_the_busy() {
        let ((mut idle, stage), (mut busy, busy_stage)) = (connected(), connected());
        ask(&mut idle, "/x").await;
        busy.write(get("/slow")).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        for stage in [&stage, &busy_stage] {
            // A connection may see the second only.
            stage.send_replace(Stage::Lingering);
            stage.send_replace(Stage::Closing);
        }
        check(closed(&mut idle).await, Duration::ZERO);
        assert!(http1::closes(&busy.answer().await.unwrap()));
        check(closed(&mut busy).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn time_is_over_for_everybody() {
        let (mut client, stage) = connected();
        client.write(get("/slow")).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        stage.send_replace(Stage::Over);
        check(closed(&mut client).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn http2_has_the_same_timers_and_is_told_to_go_away() {
        let (client, stage) = piped();
        let (mut sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(client)).await.unwrap();
        let ended = tokio::spawn(async move { (connection.await, Instant::now()) });
        for path in ["/x", "/slow", "/y"] {
            let request = Request::get(format!("http://h{path}")).body(Full::<Bytes>::default()).unwrap();
            let answer = sender.send_request(request).await.unwrap();
            assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), path);
            sleep(IDLE - Duration::from_secs(1)).await;
        }
        assert!(!ended.is_finished());
        let request = Request::get("http://h/slow").body(Full::<Bytes>::default()).unwrap();
        let open = tokio::spawn(sender.send_request(request));
        sleep(Duration::from_secs(1)).await;
        let told = Instant::now();
        stage.send_replace(Stage::Lingering);
        let answer = open.await.unwrap().unwrap();
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "/slow");
        let (outcome, at) = ended.await.unwrap();
        outcome.unwrap();
        check(at - told, Duration::from_secs(119));
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_http2_connection_ends_too() {
        let (client, _stage) = piped();
        let (mut sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(client)).await.unwrap();
        let ended = tokio::spawn(connection);
        let request = Request::get("http://h/x").body(Full::<Bytes>::default()).unwrap();
        sender.send_request(request).await.unwrap().into_body().collect().await.unwrap();
        let start = Instant::now();
        let _ = ended.await.unwrap();
        check(start.elapsed(), IDLE);
    }
}
