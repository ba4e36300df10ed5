//! A server on a port of its own, a client that speaks plain HTTP/1.1, and handlers to ask.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer, rt};
use tencent_im_webhook_actix::{Command, Failure, FailureKind, Payload, Receiver, ReceiverBuilder, SdkAppId};
use tencent_im_webhook_testing::WebhookRequest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const APP: SdkAppId = SdkAppId(1_400_000_000);
pub(crate) const PATH: &str = "/im/webhook";

/// What the receiver was told of failures.
#[derive(Clone, Default)]
pub(crate) struct Failures(Arc<Mutex<Vec<(FailureKind, String)>>>);

impl Failures {
    pub(crate) fn kinds(&self) -> Vec<FailureKind> {
        self.0.lock().unwrap().iter().map(|(kind, _)| *kind).collect()
    }

    pub(crate) fn texts(&self) -> String {
        self.0.lock().unwrap().iter().map(|(_, text)| text.as_str()).collect()
    }

    pub(crate) fn hook(&self, builder: ReceiverBuilder) -> ReceiverBuilder {
        let failures = self.clone();
        builder.inspect_failure(move |failure: &Failure| {
            let text = std::error::Error::source(failure).map(ToString::to_string);
            failures.0.lock().unwrap().push((failure.kind(), text.unwrap_or_default()));
        })
    }
}

pub(crate) fn builder() -> ReceiverBuilder {
    Receiver::builder().app_without_signature(APP)
}

pub(crate) fn receiver() -> Receiver {
    builder().build().unwrap()
}

/// A server with two workers.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) handle: ServerHandle,
    running: rt::task::JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub(crate) fn start(configure: impl Fn(&mut ServiceConfig) + Send + Clone + 'static) -> Self {
        let server = HttpServer::new(move || App::new().configure(configure.clone()))
            .workers(2)
            .disable_signals()
            .shutdown_timeout(5)
            .bind("127.0.0.1:0")
            .unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        Self { address, handle: server.handle(), running: rt::spawn(server) }
    }

    pub(crate) async fn stop(self) {
        self.handle.stop(true).await;
        self.joined().await;
    }

    pub(crate) async fn joined(self) {
        self.running.await.unwrap().unwrap();
    }

    pub(crate) async fn post<P: Payload>(&self) -> Answer {
        self.send(&request(&WebhookRequest::of::<P>(APP))).await
    }

    /// Sends bytes, and reads until the server closes.
    pub(crate) async fn send(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect().await;
        stream.write_all(request).await.unwrap();
        read(&mut stream).await
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn code(&self) -> u64 {
        let json: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        json["ErrorCode"].as_u64().unwrap()
    }
}

/// Reads until the server closes, which it must.
pub(crate) async fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let reading = stream.read_to_end(&mut bytes);
    tokio::time::timeout(Duration::from_secs(10), reading).await.expect("the server closes").unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

/// A whole request, after which the server closes.
pub(crate) fn request(webhook: &WebhookRequest) -> Vec<u8> {
    with_method("POST", PATH, webhook)
}

pub(crate) fn with_method(method: &str, path: &str, webhook: &WebhookRequest) -> Vec<u8> {
    let (query, body) = (webhook.query(), webhook.body_bytes());
    let mut bytes = format!(
        "{method} {path}?{query} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A request for [`actix_web::test`].
pub(crate) fn test_request<P: Payload>() -> actix_web::test::TestRequest {
    in_memory(&WebhookRequest::of::<P>(APP))
}

pub(crate) fn in_memory(webhook: &WebhookRequest) -> actix_web::test::TestRequest {
    actix_web::test::TestRequest::post()
        .uri(&format!("{PATH}?{}", webhook.query()))
        .set_payload(webhook.body_bytes().clone())
}

pub(crate) fn unknown() -> WebhookRequest {
    WebhookRequest::new(APP, Command::from("Future.Thing"))
}
