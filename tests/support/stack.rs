use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tencent_im_webhook::{
    Call, HandlerService, Head, Receiver, Rejection, WebhookHandler, WebhookService, dispatch,
};
use tencent_im_webhook_axum::RouterExt;
use tencent_im_webhook_testing::{Answered, send};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::commands::axum_commands;
use crate::serve::{Connection, Server, serve_in_memory};
use crate::{Http, PATH, Sample};

/// A way to run the receiver, from the bare protocol to a whole server.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// Admit, decode, dispatch, encode: no IO, no tower.
    SansIo,
    /// The tower service, called directly.
    Tower,
    /// The tower service on hyper, over TCP.
    Hyper,
    /// A handler mounted on an axum router, on an HTTP/1 connection in memory.
    Axum,
    /// The same over HTTP/2 without TLS.
    AxumHttp2,
    /// An axum handler per command.
    AxumCommands,
    /// A handler mounted in an actix-web app, over TCP.
    Actix,
    /// An actix-web handler per command.
    ActixCommands,
}

impl Kind {
    /// All of them, from the inside out.
    pub const ALL: [Self; 8] = [
        Self::SansIo,
        Self::Tower,
        Self::Hyper,
        Self::Axum,
        Self::AxumHttp2,
        Self::AxumCommands,
        Self::Actix,
        Self::ActixCommands,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::SansIo => "sans-io",
            Self::Tower => "tower",
            Self::Hyper => "hyper",
            Self::Axum => "axum",
            Self::AxumHttp2 => "axum h2c",
            Self::AxumCommands => "axum per command",
            Self::Actix => "actix",
            Self::ActixCommands => "actix per command",
        }
    }

    /// Whether it reads bodies itself, and so minds how they come and how long they take.
    pub fn reads_bodies(self) -> bool {
        self != Self::SansIo
    }

    /// Whether there are connections with rules of their own.
    pub fn has_connections(self) -> bool {
        !matches!(self, Self::SansIo | Self::Tower)
    }

    /// Whether its connections speak HTTP/1, so that bytes can be written to them by hand.
    pub fn speaks_http1(self) -> bool {
        self.has_connections() && self != Self::AxumHttp2
    }

    /// Whether there is a router that looks at paths.
    pub fn has_router(self) -> bool {
        self.has_connections() && self != Self::Hyper
    }

    /// Whether it asks for the body of an `Expect: 100-continue` before anybody has seen the head.
    pub fn continues_unasked(self) -> bool {
        self.is_actix()
    }

    /// Whether it closes a connection rather than read past a body that nobody wanted.
    pub fn closes_on_unread_bodies(self) -> bool {
        self.is_actix()
    }

    /// Whether it is a server of the operating system's, on a thread of its own.
    pub fn has_sockets(self) -> bool {
        self == Self::Hyper || self.is_actix()
    }

    /// Whether its time can be paused: it has no socket to wait for.
    pub fn is_paused(self) -> bool {
        !self.has_sockets()
    }

    pub fn is_actix(self) -> bool {
        matches!(self, Self::Actix | Self::ActixCommands)
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
    /// Thrown or dropped to end the connections in memory.
    switch: watch::Sender<bool>,
}

impl Stack {
    pub fn new(kind: Kind, receiver: &Receiver, handler: impl WebhookHandler) -> Self {
        let handler: Arc<dyn WebhookHandler> = Arc::new(handler);
        let switch = watch::Sender::new(false);
        let mut stack = Self { kind, receiver: receiver.clone(), handler, server: None, switch };
        stack.server = match kind {
            Kind::Hyper => Some(Server::hyper(stack.service())),
            Kind::Actix => Some(Server::actix(receiver, &stack.handler)),
            Kind::ActixCommands => Some(Server::actix_commands(receiver, &stack.handler)),
            Kind::SansIo | Kind::Tower | Kind::Axum | Kind::AxumHttp2 | Kind::AxumCommands => None,
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
            _ => true,
        }
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    ///
    /// When the connection ends without one.
    pub async fn try_send(&self, sample: &Sample) -> Result<Answered, hyper::Error> {
        self.client().await?.send(sample).await
    }

    /// Somebody who sends one request after another, on one connection where there are any.
    ///
    /// # Errors
    ///
    /// When there is no connection to be had.
    pub async fn client(&self) -> Result<Client<'_>, hyper::Error> {
        let link = match self.kind {
            Kind::SansIo => Link::Protocol,
            Kind::Tower => Link::Service,
            Kind::AxumHttp2 => Link::Http(Http::two(self.connection().await).await?),
            Kind::Hyper | Kind::Axum | Kind::AxumCommands | Kind::Actix | Kind::ActixCommands => {
                Link::Http(Http::one(self.connection().await).await?)
            }
        };
        Ok(Client { stack: self, link })
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
    pub async fn connect(&self) -> http1::Connection {
        http1::Connection::over(self.connection().await)
    }

    /// Stops serving in good order.
    pub async fn stop(self) {
        let _ = self.switch.send(true);
        if let Some(server) = self.server {
            server.stop().await;
        }
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

    /// The tower service of it.
    pub fn service(&self) -> WebhookService<HandlerService<dyn WebhookHandler>> {
        let handler = HandlerService::from(Arc::clone(&self.handler));
        WebhookService::new(self.receiver.clone(), handler)
    }

    async fn connection(&self) -> Connection {
        match &self.server {
            Some(server) => server.connect().await,
            None => Box::new(serve_in_memory(self.router(), self.switch.subscribe())),
        }
    }

    fn router(&self) -> Router {
        let (receiver, handler) = (self.receiver.clone(), Arc::clone(&self.handler));
        let app = Router::new().route("/", axum::routing::get(|| async { "home" }));
        let app = match self.kind {
            Kind::AxumCommands => app.webhook_commands(PATH, receiver, axum_commands()),
            _ => app.webhook(PATH, receiver, Arc::clone(&handler)),
        };
        app.with_state(handler)
    }

    async fn call_protocol(&self, sample: &Sample) -> Answered {
        let answer = match self.receive(sample) {
            Ok(call) => {
                let context = call.context.clone();
                self.receiver.conclude(&context, dispatch(&*self.handler, call).await)
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

/// Somebody who sends one request after another to a stack.
pub struct Client<'a> {
    stack: &'a Stack,
    link: Link,
}

enum Link {
    Protocol,
    Service,
    Http(Http),
}

impl Client<'_> {
    /// Sends a request and reads its answer.
    ///
    /// # Errors
    ///
    /// When the connection has ended, or ends without an answer.
    pub async fn send(&mut self, sample: &Sample) -> Result<Answered, hyper::Error> {
        match &mut self.link {
            Link::Protocol => Ok(self.stack.call_protocol(sample).await),
            Link::Service => Ok(send(self.stack.service(), sample.to_http()).await),
            Link::Http(http) => http.send(sample).await,
        }
    }

    /// Waits until another request can be sent; `false` when the connection has ended instead.
    pub async fn is_open(&mut self) -> bool {
        match &mut self.link {
            Link::Protocol | Link::Service => true,
            Link::Http(http) => http.is_open().await,
        }
    }
}

impl fmt::Debug for Client<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.stack.kind).finish()
    }
}

/// Those stacks that need no server of their own, for tests of something else.
pub fn stacks(receiver: &Receiver, handler: impl WebhookHandler) -> Vec<Stack> {
    let handler: Arc<dyn WebhookHandler> = Arc::new(handler);
    let in_memory = Kind::ALL.into_iter().filter(|kind| kind.is_paused());
    in_memory.map(|kind| Stack::new(kind, receiver, Arc::clone(&handler))).collect()
}
