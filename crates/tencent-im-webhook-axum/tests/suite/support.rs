//! An app, requests to it, and handlers that tell what they saw.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Request};
use futures_util::stream;
use tencent_im_webhook_axum::{Failure, FailureKind, Payload, Receiver, ReceiverBuilder, SdkAppId};
use tencent_im_webhook_testing::{Answered, WebhookRequest};

pub(crate) const APP: SdkAppId = SdkAppId(1_400_000_000);
pub(crate) const PATH: &str = "/im/webhook";
const TOKEN: &str = "secret";

pub(crate) fn builder() -> ReceiverBuilder {
    Receiver::builder().app(APP, [TOKEN])
}

pub(crate) fn receiver() -> Receiver {
    builder().build().expect("the settings are good")
}

/// A receiver, and the failures that it reports.
pub(crate) fn watched() -> (Receiver, Seen<(FailureKind, String)>) {
    let seen = Seen::default();
    let told = seen.clone();
    let tell = move |failure: &Failure| {
        let source = std::error::Error::source(failure).map(ToString::to_string);
        told.add((failure.kind(), source.unwrap_or_default()));
    };
    (builder().inspect_failure(tell).build().expect("the settings are good"), seen)
}

pub(crate) fn webhook<P: Payload>() -> WebhookRequest {
    WebhookRequest::of::<P>(APP).token(TOKEN)
}

pub(crate) fn post(path: &str, webhook: &WebhookRequest) -> Request<Body> {
    webhook.to_http(path).map(Body::new)
}

/// A request of another method, or none of ours.
pub(crate) fn request(method: &str, path_and_query: &str) -> Request<Body> {
    Request::builder().method(method).uri(path_and_query).body(Body::empty()).expect("a good head")
}

/// A body that never comes.
pub(crate) fn stalled() -> Body {
    Body::from_stream(stream::pending::<Result<Bytes, Infallible>>())
}

pub(crate) async fn send<P: Payload>(app: &Router) -> Answered {
    exchange(app, post(PATH, &webhook::<P>())).await
}

pub(crate) async fn exchange(app: &Router, request: Request<Body>) -> Answered {
    tencent_im_webhook_testing::send(app.clone(), request).await
}

pub(crate) fn header<'a>(answer: &'a Answered, name: &str) -> Option<&'a str> {
    answer.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok())
}

/// What was seen, shared between a handler and its test.
#[derive(Debug)]
pub(crate) struct Seen<T>(Arc<Mutex<Vec<T>>>);

impl<T> Seen<T> {
    pub(crate) fn add(&self, item: T) {
        self.0.lock().expect("no handler panics with it").push(item);
    }

    pub(crate) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.0.lock().expect("no handler panics with it"))
    }
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Seen<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
