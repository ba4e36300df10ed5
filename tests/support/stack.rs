use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tencent_im_webhook::{
    Answer, Call, HandlerService, Head, Receiver, Rejection, WebhookHandler, WebhookService, dispatch,
};
use tencent_im_webhook_testing::{Answered, send};
use tokio::time::Instant;

use crate::serve::{Connection, Server, serve_in_memory};
use crate::{PATH, RawConnection, Sample, Sent};

/// A way to run the receiver, from the bare protocol to a whole server.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// Admit, decode, dispatch, encode: no IO, no tower.
    SansIo,
    /// The tower service, called directly.
    Tower,
    /// The tower service on hyper, over TCP.
    Hyper,
    /// The service on an axum router, on an HTTP/1 connection in memory.
    Axum,
    /// The same over HTTP/2 without TLS.
    AxumHttp2,
}

impl Kind {
    /// All of them, from the inside out.
    pub const ALL: [Self; 5] = [Self::SansIo, Self::Tower, Self::Hyper, Self::Axum, Self::AxumHttp2];

    pub fn name(self) -> &'static str {
        match self {
            Self::SansIo => "sans-io",
            Self::Tower => "tower",
            Self::Hyper => "hyper",
            Self::Axum => "axum",
            Self::AxumHttp2 => "axum h2c",
        }
    }

    /// Whether it reads bodies itself, and so minds how they come and how long they take.
    pub fn reads_bodies(self) -> bool {
        self != Self::SansIo
    }

    /// Whether there are connections with rules of their own.
    pub fn has_connections(self) -> bool {
        match self {
            Self::SansIo | Self::Tower => false,
            Self::Hyper | Self::Axum | Self::AxumHttp2 => true,
        }
    }

    /// Whether its connections speak HTTP/1, so that bytes can be written to them by hand.
    pub fn speaks_http1(self) -> bool {
        self.has_connections() && self != Self::AxumHttp2
    }

    /// Whether there is a router that looks at paths.
    pub fn has_router(self) -> bool {
        matches!(self, Self::Axum | Self::AxumHttp2)
    }

    /// Whether it is a server of the operating system's, on a thread of its own.
    pub fn has_sockets(self) -> bool {
        match self {
            Self::SansIo | Self::Tower | Self::Axum | Self::AxumHttp2 => false,
            Self::Hyper => true,
        }
    }

    /// Whether its time can be paused: it has no socket to wait for.
    pub fn is_paused(self) -> bool {
        !self.has_sockets()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A receiver and a handler, run in one way.
pub struct Stack {
    kind: Kind,
    receiver: Receiver,
    handler: Arc<dyn WebhookHandler>,
    server: Option<Server>,
}

impl Stack {
    pub fn new(kind: Kind, receiver: &Receiver, handler: impl WebhookHandler) -> Self {
        let handler: Arc<dyn WebhookHandler> = Arc::new(handler);
        let mut stack = Self { kind, receiver: receiver.clone(), handler, server: None };
        stack.server = match kind {
            Kind::Hyper => Some(Server::hyper(stack.service())),
            Kind::SansIo | Kind::Tower | Kind::Axum | Kind::AxumHttp2 => None,
        };
        stack
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether this stack's HTTP can carry the request at all.
    pub fn can_send(&self, sample: &Sample) -> bool {
        match self.kind {
            Kind::SansIo => sample.body.ends(),
            // Its header list ends at 16 KiB.
            Kind::AxumHttp2 => sample.query.len() < 15_000,
            Kind::Tower | Kind::Hyper | Kind::Axum => true,
        }
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    ///
    /// When the connection ends without one.
    pub async fn try_send(&self, sample: &Sample) -> Result<Answered, hyper::Error> {
        match self.kind {
            Kind::SansIo => Ok(self.call_protocol(sample).await),
            Kind::Tower => Ok(send(self.service(), sample.to_http()).await),
            Kind::AxumHttp2 => send_over_http2(self.connection().await, sample).await,
            Kind::Hyper | Kind::Axum => send_over_http1(self.connection().await, sample).await,
        }
    }

    /// The same where there must be an answer.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub async fn send(&self, sample: &Sample) -> Answered {
        self.try_send(sample).await.unwrap_or_else(|error| panic!("{self}: no answer: {error}"))
    }

    /// A connection to write bytes to by hand.
    ///
    /// # Panics
    ///
    /// When the stack has none.
    pub async fn connect(&self) -> RawConnection {
        RawConnection::new(self.connection().await)
    }

    /// Checks that a time has passed: to the millisecond where time is paused, at least elsewhere.
    ///
    /// # Panics
    ///
    /// When it is not so.
    pub fn check_elapsed(&self, since: Instant, expected: Duration) {
        let elapsed = since.elapsed();
        match self.kind.is_paused() {
            true => assert!(elapsed.abs_diff(expected) <= Duration::from_millis(3), "{self}: {elapsed:?}"),
            false => assert!(elapsed >= expected, "{self}: {elapsed:?}"),
        }
    }

    fn service(&self) -> WebhookService<HandlerService<dyn WebhookHandler>> {
        let handler = HandlerService::from(Arc::clone(&self.handler));
        WebhookService::new(self.receiver.clone(), handler)
    }

    async fn connection(&self) -> Connection {
        match &self.server {
            Some(server) => server.connect().await,
            None => Box::new(serve_in_memory(router(self.service()))),
        }
    }

    async fn call_protocol(&self, sample: &Sample) -> Answered {
        let answer = match self.receive(sample) {
            Ok(call) => {
                let (command, body) = (call.context.command().cloned(), call.context.raw().clone());
                match dispatch(&*self.handler, call).await {
                    Ok(reply) => Answer::from(reply),
                    Err(_) => self.receiver.answer_failure(command.as_ref(), &body),
                }
            }
            Err(rejection) => self.receiver.refuse(&rejection),
        };
        Answered::new(answer.status(), answer.headers().collect(), answer.body().clone())
    }

    fn receive(&self, sample: &Sample) -> Result<Call, Rejection> {
        let mut head = Head::new(&sample.method, &sample.query);
        for value in sample.headers.get_all(http::header::CONTENT_ENCODING) {
            head = head.content_encoding(value.as_bytes());
        }
        let body = sample.body.clone().whole();
        let admission = self.receiver.admit(&head.content_length(body.len() as u64))?;
        self.receiver.decode(admission, body)
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stack").field(&self.kind).finish()
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// Those stacks that need no server of their own, for tests of something else.
pub fn stacks(receiver: &Receiver, handler: impl WebhookHandler) -> Vec<Stack> {
    let handler: Arc<dyn WebhookHandler> = Arc::new(handler);
    let in_memory = Kind::ALL.into_iter().filter(|kind| kind.is_paused());
    in_memory.map(|kind| Stack::new(kind, receiver, Arc::clone(&handler))).collect()
}

/// An app with a page of its own and the webhook on its router.
pub fn router<S>(webhook: S) -> Router
where
    S: tower::Service<axum::extract::Request, Error = std::convert::Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Response: axum::response::IntoResponse,
    S::Future: Send + 'static,
{
    Router::new().route("/", axum::routing::get(|| async { "home" })).route_service(PATH, webhook)
}

async fn send_over_http1(connection: Connection, sample: &Sample) -> Result<Answered, hyper::Error> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(connection)).await?;
    tokio::spawn(connection);
    answered(sender.send_request(on_a_host(sample)).await?).await
}

async fn send_over_http2(connection: Connection, sample: &Sample) -> Result<Answered, hyper::Error> {
    let io = TokioIo::new(connection);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await?;
    tokio::spawn(connection);
    answered(sender.send_request(on_a_host(sample)).await?).await
}

fn on_a_host(sample: &Sample) -> http::Request<Sent> {
    let mut request = sample.to_http();
    let uri = format!("http://localhost{}", request.uri());
    *request.uri_mut() = uri.parse().expect("a URI");
    request
}

async fn answered(response: http::Response<hyper::body::Incoming>) -> Result<Answered, hyper::Error> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Answered::new(parts.status, parts.headers, body))
}
