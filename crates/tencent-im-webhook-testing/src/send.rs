use std::fmt;

use bytes::Bytes;
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

/// What came back for a webhook.
#[derive(Clone, Debug)]
pub struct Answered {
    status: http::StatusCode,
    headers: http::HeaderMap,
    body: Bytes,
}

impl Answered {
    /// An answer read by other means, such as from a socket.
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
