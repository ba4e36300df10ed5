//! HTTP answers: a reply, a refusal, or a deferral.

use bytes::Bytes;
use http_body_util::Full;

use crate::error::{Rejection, RejectionKind};
use crate::reply::Reply;

/// An HTTP answer without the types of any framework: what a shell writes out.
///
/// ```
/// use tencent_im_webhook::{Answer, Reply};
///
/// let answer = Answer::from(Reply::ok());
/// let mut response = http::Response::builder().status(answer.status());
/// for (name, value) in answer.headers() {
///     response = response.header(name, value);
/// }
/// let response = response.body(answer.body().clone())?;
/// assert_eq!(response.headers()["content-type"], "application/json");
/// # Ok::<_, http::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    status: http::StatusCode,
    body: Bytes,
}

impl Answer {
    /// 503, which leaves the decision to the policy that is set in the console: for webhooks that cannot be
    /// handled at all. For one that was received, ask the [`Receiver`](crate::Receiver::answer_failure).
    ///
    /// ```
    /// use tencent_im_webhook::Answer;
    ///
    /// assert_eq!(Answer::deferred().status(), 503);
    /// ```
    #[must_use]
    pub fn deferred() -> Self {
        Self::fail(http::StatusCode::SERVICE_UNAVAILABLE, DEFERRED)
    }

    /// The HTTP status: 200 for every webhook that was answered.
    #[must_use]
    pub fn status(&self) -> http::StatusCode {
        self.status
    }

    /// The headers, in lower case, without `content-length`.
    pub fn headers(&self) -> impl Iterator<Item = (http::HeaderName, http::HeaderValue)> + use<> {
        std::iter::once((http::header::CONTENT_TYPE, JSON)).chain(self.more_headers())
    }

    /// Of an answer that is no reply.
    fn more_headers(&self) -> Option<(http::HeaderName, http::HeaderValue)> {
        use http::header::{ALLOW, RETRY_AFTER};
        match self.status {
            http::StatusCode::METHOD_NOT_ALLOWED => Some((ALLOW, http::HeaderValue::from_static("POST"))),
            http::StatusCode::SERVICE_UNAVAILABLE => Some((RETRY_AFTER, http::HeaderValue::from_static("1"))),
            _ => None,
        }
    }

    /// The JSON text.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether an HTTP/1 connection should close after it: the rest of the body is not worth reading.
    ///
    /// ```
    /// use tencent_im_webhook::{Answer, RejectionKind};
    ///
    /// let too_large = Answer::from(&RejectionKind::TooLarge.into());
    /// assert!(too_large.closes());
    /// assert!(!Answer::deferred().closes());
    /// ```
    #[must_use]
    pub fn closes(&self) -> bool {
        matches!(self.status, http::StatusCode::REQUEST_TIMEOUT | http::StatusCode::PAYLOAD_TOO_LARGE)
    }

    fn fail(status: http::StatusCode, body: &'static str) -> Self {
        Self { status, body: Bytes::from_static(body.as_bytes()) }
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self { status: http::StatusCode::OK, body: reply.body }
    }
}

impl From<&Rejection> for Answer {
    /// A refusal says nothing of its reason: one answer for every fault of identity.
    fn from(rejection: &Rejection) -> Self {
        let body = match rejection.kind() {
            RejectionKind::Method => METHOD,
            RejectionKind::AppId
            | RejectionKind::SignatureMissing
            | RejectionKind::SignatureMalformed
            | RejectionKind::SignatureMismatch
            | RejectionKind::Stale => UNAUTHORIZED,
            RejectionKind::ContentEncoding => ENCODING,
            RejectionKind::TooLarge => TOO_LARGE,
            RejectionKind::BodyTooSlow => TOO_SLOW,
            RejectionKind::BodyBroken | RejectionKind::NotAnObject | RejectionKind::CommandMismatch => BAD,
        };
        Self::fail(rejection.status(), body)
    }
}

impl From<Answer> for http::Response<Full<Bytes>> {
    // Where it is inlined, the response is not copied once more.
    #[inline(always)]
    fn from(answer: Answer) -> Self {
        let more = answer.more_headers();
        let mut response = http::Response::new(Full::new(answer.body));
        *response.status_mut() = answer.status;
        response.headers_mut().insert(http::header::CONTENT_TYPE, JSON);
        if let Some((name, value)) = more {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

const JSON: http::HeaderValue = http::HeaderValue::from_static("application/json");

const UNAUTHORIZED: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"unauthorized"}"#;
const METHOD: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"method not allowed"}"#;
const ENCODING: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"unsupported content encoding"}"#;
const TOO_LARGE: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"body too large"}"#;
const TOO_SLOW: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"body too slow"}"#;
const BAD: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"bad request"}"#;
const DEFERRED: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"try later"}"#;
