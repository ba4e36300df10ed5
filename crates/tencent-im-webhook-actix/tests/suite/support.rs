//! A server on a port of its own, and requests to ask it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer, rt};
use http1::Connection;
use tencent_im_webhook_actix::{Command, Failure, FailureKind, Payload, Receiver, ReceiverBuilder, SdkAppId};
use tencent_im_webhook_testing::{Answered, WebhookRequest};

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

    pub(crate) async fn post<P: Payload>(&self) -> Answered {
        self.send(&request(&WebhookRequest::of::<P>(APP))).await
    }

    /// Sends bytes, and reads the answer, after which the server closes.
    pub(crate) async fn send(&self, request: &[u8]) -> Answered {
        let mut connection = self.connect().await;
        let answer = connection.ask(request).await.unwrap();
        assert!(connection.ends().await);
        answer
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.address).await.unwrap()
    }
}

/// A whole request, after which the server closes.
pub(crate) fn request(webhook: &WebhookRequest) -> Vec<u8> {
    with_method("POST", webhook)
}

pub(crate) fn with_method(method: &str, webhook: &WebhookRequest) -> Vec<u8> {
    let target = format!("{PATH}?{}", webhook.query());
    http1::request(method, &target, "connection: close\r\n", webhook.body_bytes())
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
