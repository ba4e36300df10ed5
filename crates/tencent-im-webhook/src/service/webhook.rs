use std::convert::Infallible;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Version, header};
use http_body::Body;
use http_body_util::Full;
use tower::Service;

use crate::context::Call;
use crate::error::BoxError;
use crate::head::Head;
use crate::receiver::{Admission, Receiver};
use crate::reply::{Answer, Reply};
use crate::service::{ResponseFuture, body, outcome};

/// Receives webhooks over HTTP and hands them to a service of [`Call`]s, such as a
/// [`HandlerService`](crate::HandlerService) in any number of tower layers.
///
/// Always ready: the inner service's readiness is awaited for each webhook, under its deadline, so that
/// overload and back-pressure are answered by the [`FailurePolicy`](crate::FailurePolicy) too. The path of
/// a request is not looked at; that is the router's business.
///
/// # Panics
///
/// Outside a tokio runtime with time enabled.
#[derive(Clone, Debug)]
pub struct WebhookService<S> {
    receiver: Receiver,
    inner: S,
}

impl<S> WebhookService<S> {
    /// A service that receives what this receiver admits.
    #[must_use]
    pub fn new(receiver: Receiver, inner: S) -> Self {
        Self { receiver, inner }
    }

    /// The receiver, for instance to [`drain`](Receiver::drain) it at shutdown.
    #[must_use]
    pub fn receiver(&self) -> &Receiver {
        &self.receiver
    }
}

impl<S> WebhookService<S>
where
    S: Service<Call, Response = Reply> + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    /// Reads and decodes the body of an admitted request, and answers it: the whole service but for the
    /// types of HTTP, for frameworks that have their own.
    pub async fn deliver<B>(self, admission: Admission, body: B) -> Answer
    where
        B: Body,
        B::Error: Into<BoxError>,
    {
        let Self { receiver, inner } = self;
        let body = body::read(&admission, body).await;
        match body.and_then(|body| receiver.decode(admission, body)) {
            Ok(call) => outcome::answer(&receiver, inner, call).await,
            Err(rejection) => receiver.refuse(&rejection),
        }
    }
}

impl<S, B> Service<http::Request<B>> for WebhookService<S>
where
    S: Service<Call, Response = Reply> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = http::Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> ResponseFuture {
        let shape = Shape::of(&request);
        let admission = match self.receiver.admit(&Head::from(&request)) {
            Ok(admission) => admission,
            Err(rejection) => return ResponseFuture::refused(shape.fit(self.receiver.refuse(&rejection))),
        };
        let (parts, body) = request.into_parts();
        let admission = admission.with_extensions(parts.extensions);
        let service = self.clone();
        ResponseFuture::admitted(async move { shape.fit(service.deliver(admission, body).await) })
    }
}

/// What of a request decides on the form of its response.
#[derive(Clone, Copy)]
struct Shape {
    bodiless: bool,
    closable: bool,
}

impl Shape {
    fn of<B>(request: &http::Request<B>) -> Self {
        Self {
            bodiless: request.method() == Method::HEAD,
            // HTTP/2 has no such header.
            closable: request.version() <= Version::HTTP_11,
        }
    }

    fn fit(self, answer: Answer) -> http::Response<Full<Bytes>> {
        let closes = self.closable && answer.closes();
        let mut response = http::Response::from(answer);
        if closes {
            response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
        }
        if self.bodiless {
            *response.body_mut() = Full::default();
        }
        response
    }
}
