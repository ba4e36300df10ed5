//! The same app on axum and on actix-web: whatever is asked, both answer the same, byte for byte.

use std::net::SocketAddr;

use actix_web::{App, HttpServer};
use bytes::Bytes;
use conformance::{APP, Http, NOW, Sample, Sent, TOKEN, receiver};
use tencent_im_webhook::UnixSeconds;
use tencent_im_webhook_testing::{Answered, WebhookRequest, fixtures};
use tokio::net::{TcpListener, TcpStream};

const LIMIT: usize = 1 << 20;

#[tokio::test]
async fn the_axum_and_the_actix_example_answer_byte_for_byte_alike() {
    let axum = axum_example().await;
    let (actix, stop) = actix_example();
    let samples: Vec<_> = events().into_iter().chain(questions()).chain(refusals()).chain(pages()).collect();
    let mut statuses = std::collections::BTreeMap::<_, usize>::new();
    for (name, sample) in &samples {
        let (on_axum, on_actix) = (send(axum, sample).await, send(actix, sample).await);
        assert_eq!(on_axum.status(), on_actix.status(), "{name}");
        assert_eq!(on_axum.body(), on_actix.body(), "{name}");
        for header in ["content-type", "allow", "retry-after"] {
            let values =
                |answer: &Answered| answer.headers().get_all(header).into_iter().cloned().collect::<Vec<_>>();
            assert_eq!(values(&on_axum), values(&on_actix), "{name}: {header}");
        }
        *statuses.entry(on_axum.status().as_u16()).or_default() += 1;
    }
    stop.stop(false).await;
    println!("{} answers compared, by status: {statuses:?}", samples.len());
    for status in [200, 400, 401, 404, 405, 413, 415, 503] {
        assert!(statuses.contains_key(&status), "no sample is answered with {status}");
    }
}

/// Every fixture, as the platform sends it.
fn events() -> Vec<(String, Sample)> {
    let event = |fixture: &tencent_im_webhook_testing::Fixture| {
        let request = WebhookRequest::new(APP, fixture.command()).token_at(TOKEN, UnixSeconds(NOW));
        let sample = Sample { query: request.query(), ..webhook("Group.CallbackAfterSendMsg") };
        (fixture.name().to_owned(), sample.body(fixture.body()))
    };
    fixtures().iter().map(event).collect()
}

/// What the app itself decides, with and without what its extractors look at.
fn questions() -> Vec<(String, Sample)> {
    let advertisement = || message().replacing("Who has read it already?", "a casino");
    named([
        ("an advertisement", advertisement()),
        ("an advertisement with an id", advertisement().header("x-request-id", "17")),
        ("an advertisement with an id that is no text", advertisement().header("x-request-id", "ü")),
        ("an unknown command", message().with("CallbackCommand", "Group.CallbackOfTomorrow").body("{}")),
        ("a decision on what does not fit", message().body(r#"{"GroupId":[]}"#)),
        ("an event that does not fit", webhook("Group.CallbackAfterSendMsg").body(r#"{"GroupId":[]}"#)),
        ("a body in pieces", message().sent(in_pieces())),
        ("a body of the limit", message().body(padded(LIMIT))),
        ("a content type", message().header("content-type", "text/plain")),
        ("identity", message().header("content-encoding", "identity")),
        ("the console's check", message().without("CallbackCommand").body("{}")),
    ])
}

fn refusals() -> Vec<(String, Sample)> {
    let methods = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "FOO"];
    let methods = methods.map(|method| (method.to_owned(), message().method(method)));
    let others = named([
        ("another app", message().with("SdkAppid", "1")),
        ("no app", message().without("SdkAppid")),
        ("a bad signature", message().with("Sign", &"0".repeat(64))),
        ("no signature", message().without("Sign")),
        ("another token", message().signed("guessed", NOW)),
        ("a stale signature", message().signed(TOKEN, NOW - 61)),
        ("a signature of tomorrow", message().signed(TOKEN, NOW + 86_400)),
        ("no query", message().emptied()),
        ("two commands", message().and("&CallbackCommand=Group.CallbackAfterSendMsg")),
        ("gzip", message().header("content-encoding", "gzip")),
        ("gzip behind identity", message().header("content-encoding", "identity, gzip")),
        ("another command in the body", message().with("CallbackCommand", "C2C.CallbackBeforeSendMsg")),
        ("no JSON", message().body("GroupId=g")),
        ("half a JSON", message().body("{\"GroupId\":")),
        ("no object", message().body("[]")),
        ("no body", message().body("")),
        ("a byte too many", message().body(padded(LIMIT + 1))),
        ("pieces without an end", message().sent(Sent::Pieces(vec![" ".repeat(LIMIT).into(); 2].into()))),
    ]);
    methods.into_iter().chain(others).collect()
}

/// The pages of the app, at the end: both counted the same.
fn pages() -> Vec<(String, Sample)> {
    let page = |path: &str| Sample { path: path.into(), ..message() }.method("GET").emptied().body("");
    named([("its page", page("/")), ("no page", page("/nowhere")), ("a slash more", page("/im/webhook/"))])
}

fn named<const N: usize>(samples: [(&str, Sample); N]) -> Vec<(String, Sample)> {
    samples.map(|(name, sample)| (name.to_owned(), sample)).into()
}

fn message() -> Sample {
    webhook("Group.CallbackBeforeSendMsg")
}

fn webhook(command: &str) -> Sample {
    Sample { path: "/im/webhook".into(), ..Sample::of(command) }
}

fn padded(size: usize) -> String {
    let text = message().text();
    let blanks = " ".repeat(size - text.len());
    text + &blanks
}

fn in_pieces() -> Sent {
    Sent::Pieces(message().text().as_bytes().chunks(7).map(Bytes::copy_from_slice).collect())
}

async fn axum_example() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = axum_app::app(receiver().build().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// With two workers, so that what they share is looked at too.
fn actix_example() -> (SocketAddr, actix_web::dev::ServerHandle) {
    let configure = actix_app::configure(receiver().build().unwrap());
    let server = HttpServer::new(move || App::new().configure(configure.clone()));
    let server = server.workers(2).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);
    (address, handle)
}

async fn send(address: SocketAddr, sample: &Sample) -> Answered {
    let stream = TcpStream::connect(address).await.unwrap();
    Http::one(stream).await.unwrap().send(sample).await.unwrap()
}
