//! An app, requests to it, and handlers that tell what they saw.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request};
use tencent_im_webhook_axum::{Payload, Receiver, ReceiverBuilder, SdkAppId};
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

pub(crate) async fn send<P: Payload>(app: &Router) -> Answered {
    exchange(app, post(PATH, &webhook::<P>())).await
}

pub(crate) async fn exchange(app: &Router, request: Request<Body>) -> Answered {
    tencent_im_webhook_testing::send(app.clone(), request).await
}

pub(crate) fn header<'a>(answer: &'a Answered, name: &str) -> Option<&'a str> {
    answer.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok())
}
