use std::fmt;

use bytes::Bytes;
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

/// What came back for a webhook.
///
/// ```
/// # use tencent_im_webhook::{CommandRouter, Receiver, SdkAppId, WebhookService, event::state::StateChange};
/// # use tencent_im_webhook_testing::{WebhookRequest, send};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), tencent_im_webhook::BoxError> {
/// # let app = SdkAppId(1);
/// # let receiver = Receiver::builder().app(app, ["secret"]).build()?;
/// # let service = WebhookService::new(receiver, CommandRouter::new());
/// let signed = WebhookRequest::of::<StateChange>(app).token("secret");
/// let answer = send(service.clone(), signed.to_http("/")).await;
/// assert_eq!((answer.status().as_u16(), answer.error_code()), (200, Some(0)));
///
/// let unsigned = WebhookRequest::of::<StateChange>(app);
/// let answer = send(service, unsigned.to_http("/")).await;
/// assert_eq!(answer.status(), 401);
/// assert_eq!(answer.error_info().as_deref(), Some("unauthorized"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Answered {
    status: http::StatusCode,
    headers: http::HeaderMap,
    body: Bytes,
}

impl Answered {
    /// An answer read by other means, such as from a socket.
    ///
    /// ```
    /// use tencent_im_webhook_testing::Answered;
    ///
    /// let body = r#"{"ActionStatus":"OK","ErrorCode":120100,"ErrorInfo":"no links please"}"#;
    /// let answer = Answered::new(http::StatusCode::OK, http::HeaderMap::new(), body.into());
    /// assert_eq!(answer.error_code(), Some(120_100));
    /// ```
    #[must_use]
    pub fn new(status: http::StatusCode, headers: http::HeaderMap, body: Bytes) -> Self {
        Self { status, headers, body }
    }

    /// The HTTP status. The platform takes any other than 200 for a failure.
    #[must_use]
    pub fn status(&self) -> http::StatusCode {
        self.status
    }

    /// The HTTP headers.
    #[must_use]
    pub fn headers(&self) -> &http::HeaderMap {
        &self.headers
    }

    /// The body, byte for byte.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as JSON; `None` if it is none, which the platform takes for a failure.
    ///
    /// What a rewrite made of a message:
    ///
    /// ```
    /// use tencent_im_webhook_testing::Answered;
    ///
    /// # let body = r#"{"ErrorCode":0,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"****"}}]}"#;
    /// # let answer = Answered::new(http::StatusCode::OK, http::HeaderMap::new(), body.into());
    /// let json = answer.json().expect("an answer is JSON");
    /// assert_eq!(json["MsgBody"][0]["MsgContent"]["Text"], "****");
    /// ```
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// What the body says of an `ErrorCode`: 0 is done or go ahead.
    #[must_use]
    pub fn error_code(&self) -> Option<u64> {
        self.json()?.get("ErrorCode")?.as_u64()
    }

    /// What the body says of an `ErrorInfo`.
    #[must_use]
    pub fn error_info(&self) -> Option<String> {
        Some(self.json()?.get("ErrorInfo")?.as_str()?.into())
    }
}

/// Sends a request to a service in memory, and reads its whole answer.
///
/// A [`WebhookService`](tencent_im_webhook::WebhookService), an axum router, or anything else of tower:
///
/// ```
/// # use tencent_im_webhook::{CommandRouter, Receiver, SdkAppId, WebhookService, event::state::StateChange};
/// # use tencent_im_webhook_testing::{WebhookRequest, send};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), tencent_im_webhook::BoxError> {
/// # let app = SdkAppId(1);
/// # let receiver = Receiver::builder().app(app, ["secret"]).build()?;
/// # let service = WebhookService::new(receiver, CommandRouter::new());
/// let request = WebhookRequest::of::<StateChange>(app).token("secret");
/// let answer = send(service, request.to_http("/im/webhook")).await;
/// assert_eq!(answer.error_code(), Some(0));
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// When the service or the body of its response fails.
pub async fn send<S, B, R>(service: S, request: http::Request<B>) -> Answered
where
    S: Service<http::Request<B>, Response = http::Response<R>>,
    S::Error: fmt::Debug,
    R: http_body::Body,
    R::Error: fmt::Debug,
{
    let response = service.oneshot(request).await.expect("the service answers");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the response has a whole body").to_bytes();
    Answered::new(parts.status, parts.headers, body)
}
