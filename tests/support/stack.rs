use std::fmt;
use std::sync::Arc;

use axum::Router;
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tencent_im_webhook::{
    Answer, HandlerService, Head, Receiver, Rejection, WebhookHandler, WebhookService, dispatch,
};
use tencent_im_webhook_testing::{Answered, send};
use tokio::io::DuplexStream;

use crate::{PATH, Sample};

/// A way to run the receiver, from the bare protocol to a server.
pub struct Stack {
    name: &'static str,
    receiver: Receiver,
    handler: Arc<dyn WebhookHandler>,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Admit, decode, dispatch, encode: no IO, no tower.
    SansIo,
    /// The tower service, called directly.
    Tower,
    /// The service on an axum router, behind hyper on an HTTP/1 connection.
    Axum,
    /// The same over HTTP/2 without TLS.
    AxumHttp2,
}

/// Every stack around the same receiver and handler.
pub fn stacks(receiver: &Receiver, handler: impl WebhookHandler) -> Vec<Stack> {
    let handler: Arc<dyn WebhookHandler> = Arc::new(handler);
    let kinds = [
        ("sans-io", Kind::SansIo),
        ("tower", Kind::Tower),
        ("axum", Kind::Axum),
        ("axum over http/2", Kind::AxumHttp2),
    ];
    let stack =
        |(name, kind)| Stack { name, kind, receiver: receiver.clone(), handler: Arc::clone(&handler) };
    kinds.map(stack).into()
}

impl Stack {
    /// Whether it reads bodies itself, and so minds how they come.
    pub fn reads_bodies(&self) -> bool {
        !matches!(self.kind, Kind::SansIo)
    }

    /// Whether there is a router that looks at paths, and a connection with rules of its own.
    pub fn is_server(&self) -> bool {
        matches!(self.kind, Kind::Axum | Kind::AxumHttp2)
    }

    /// Whether this stack's HTTP can carry the request at all.
    pub fn can_send(&self, sample: &Sample) -> bool {
        match self.kind {
            Kind::SansIo => sample.body.ends(),
            // Its header list ends at 16 KiB.
            Kind::AxumHttp2 => sample.query.len() < 15_000,
            Kind::Tower | Kind::Axum => true,
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
            Kind::Axum => self.send_over_http1(sample).await,
            Kind::AxumHttp2 => self.send_over_http2(sample).await,
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

    fn service(&self) -> WebhookService<HandlerService<dyn WebhookHandler>> {
        let handler = HandlerService::from(Arc::clone(&self.handler));
        WebhookService::new(self.receiver.clone(), handler)
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

    fn receive(&self, sample: &Sample) -> Result<tencent_im_webhook::Call, Rejection> {
        let mut head = Head::new(&sample.method, &sample.query);
        for value in sample.headers.get_all(http::header::CONTENT_ENCODING) {
            head = head.content_encoding(value.as_bytes());
        }
        let body = sample.body.clone().whole();
        let admission = self.receiver.admit(&head.content_length(body.len() as u64))?;
        self.receiver.decode(admission, body)
    }

    async fn send_over_http1(&self, sample: &Sample) -> Result<Answered, hyper::Error> {
        let client = serve_in_memory(router(self.service()));
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(client)).await?;
        tokio::spawn(connection);
        answered(sender.send_request(on_a_host(sample)).await?).await
    }

    async fn send_over_http2(&self, sample: &Sample) -> Result<Answered, hyper::Error> {
        let client = serve_in_memory(router(self.service()));
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(client)).await?;
        tokio::spawn(connection);
        answered(sender.send_request(on_a_host(sample)).await?).await
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stack").field(&self.name).finish()
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
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

/// Serves one connection in memory, in either version of HTTP, and gives its other end.
pub fn serve_in_memory(router: Router) -> DuplexStream {
    let (client, server) = tokio::io::duplex(64 * 1024);
    tokio::spawn(async move {
        let server_builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
        // The client may hang up in the middle: that is for the tests to look at.
        let _ = server_builder.serve_connection(TokioIo::new(server), TowerToHyperService::new(router)).await;
    });
    client
}

fn on_a_host(sample: &Sample) -> http::Request<crate::Sent> {
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
