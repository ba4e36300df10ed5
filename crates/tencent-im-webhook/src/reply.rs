//! What a handler may answer, and its form on the wire.

use std::borrow::Cow;

use bytes::Bytes;
use http_body_util::Full;
use serde::Serialize;

use crate::code::{C2cCode, CustomCode};
use crate::error::{EncodeError, Rejection, RejectionKind};
use crate::message::MsgBody;

/// What the platform does with the answer to a command.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// It decides: something is about to happen.
    Before,
    /// It is data that is used.
    Reply,
    /// It is ignored: something has happened.
    After,
}

/// What answers in a handler's place when it fails, panics, is overloaded or late.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FailurePolicy {
    /// 503: the webhook failed, so the policy set in the console rules. Its default lets the operation
    /// go on.
    #[default]
    Defer,
    /// Lets the operation go on, whatever the console says.
    Allow,
    /// Refuses the operation. The same as [`Defer`](Self::Defer) where there is nothing to refuse.
    Reject,
}

/// What a handler returns: a verdict, data, or `()`.
pub trait IntoReply: Send + Sized {
    /// The kind of command that this answers.
    const KIND: Kind;

    /// The answer on the wire.
    ///
    /// # Errors
    ///
    /// When the platform would not take it, such as a rewrite to an empty message.
    fn into_reply(self) -> Result<Reply, EncodeError>;

    /// What a [`FailurePolicy`] means for this answer; `None` defers.
    fn in_failure(policy: FailurePolicy) -> Option<Reply>;
}

/// Nothing to decide: what has happened is acknowledged.
impl IntoReply for () {
    const KIND: Kind = Kind::After;

    fn into_reply(self) -> Result<Reply, EncodeError> {
        Ok(Reply::ok())
    }

    fn in_failure(policy: FailurePolicy) -> Option<Reply> {
        match policy {
            FailurePolicy::Allow => Some(Reply::ok()),
            FailurePolicy::Defer | FailurePolicy::Reject => None,
        }
    }
}

/// The decision on a message that is about to be sent.
///
/// `C` is the range of own codes that the command passes on to the client.
///
/// ```
/// use tencent_im_webhook::{C2cCode, MessageVerdict};
///
/// const NO_LINKS: C2cCode = C2cCode::new(120_100).unwrap();
///
/// let verdict: MessageVerdict = MessageVerdict::RejectWith(NO_LINKS, "no links please".into());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum MessageVerdict<C = C2cCode> {
    /// The message goes out as it is.
    #[default]
    Allow,
    /// The message goes out changed. The sender's client gets a "message modified" event.
    Rewrite(Rewrite),
    /// The message is refused. The sender sees the platform's own code: 20006 for one-to-one messages,
    /// 10016 for groups and official accounts.
    Reject,
    /// The message is refused, and the sender gets this code and text.
    RejectWith(C, Cow<'static, str>),
    /// The message is dropped, and the sender is told that it was sent.
    Discard,
}

/// A change of a message: what is not given stays as the sender wrote it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rewrite {
    msg_body: Option<MsgBody>,
    cloud_custom_data: Option<String>,
}

impl Rewrite {
    /// A change of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces all elements: carry over those that are to stay.
    ///
    /// An empty body, or one above [`MAX_REWRITE_BYTES`], is not sent: the
    /// [`FailurePolicy`] answers instead.
    #[must_use]
    pub fn msg_body(mut self, msg_body: impl Into<MsgBody>) -> Self {
        self.msg_body = Some(msg_body.into());
        self
    }

    /// Replaces the app's own data of the message.
    #[must_use]
    pub fn cloud_custom_data(mut self, data: impl Into<String>) -> Self {
        self.cloud_custom_data = Some(data.into());
        self
    }
}

/// The most that a rewritten `MsgBody` may take as JSON: 12 KB, the platform's limit for sending.
///
/// That it holds for rewrites too is inferred; no page says so.
pub const MAX_REWRITE_BYTES: usize = 12 * 1024;

impl<C: CustomCode> IntoReply for MessageVerdict<C> {
    const KIND: Kind = Kind::Before;

    fn into_reply(self) -> Result<Reply, EncodeError> {
        match self {
            Self::Allow => Ok(Reply::ok()),
            Self::Rewrite(rewrite) => rewrite.into_reply(),
            Self::Reject => Ok(Reply::constant(1, REJECT)),
            Self::RejectWith(code, text) => Reply::new(code.get(), &text),
            Self::Discard => Ok(Reply::constant(2, DISCARD)),
        }
    }

    fn in_failure(policy: FailurePolicy) -> Option<Reply> {
        match policy {
            FailurePolicy::Defer => None,
            FailurePolicy::Allow => Some(Reply::ok()),
            FailurePolicy::Reject => Some(Reply::constant(1, REJECT)),
        }
    }
}

impl Rewrite {
    fn into_reply(self) -> Result<Reply, EncodeError> {
        if let Some(body) = &self.msg_body {
            check_rewrite(body)?;
        }
        Reply::encode(&Wire {
            msg_body: self.msg_body.as_ref(),
            cloud_custom_data: self.cloud_custom_data.as_deref(),
            ..Wire::default()
        })
    }
}

fn check_rewrite(body: &MsgBody) -> Result<(), EncodeError> {
    if body.is_empty() {
        return Err(EncodeError::EmptyMsgBody);
    }
    match to_json(body)?.len() {
        size if size > MAX_REWRITE_BYTES => Err(EncodeError::MsgBodyTooLarge(size)),
        _ => Ok(()),
    }
}

/// An answer to an admitted webhook, encoded.
///
/// Handlers return a verdict or `()`, which become one. Build one by hand where no type is known, as for
/// an [`UnknownEvent`](crate::UnknownEvent).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    error_code: u32,
    body: Bytes,
}

impl Reply {
    /// Done, or go ahead.
    #[must_use]
    pub fn ok() -> Self {
        Self::constant(0, OK)
    }

    /// An answer with a code and a text. `ActionStatus` stays `OK`: the code decides.
    ///
    /// # Errors
    ///
    /// None today: any text serializes.
    pub fn new(error_code: u32, error_info: &str) -> Result<Self, EncodeError> {
        Self::encode(&Wire { error_code, error_info, ..Wire::default() })
    }

    /// Adds a key of the command's own.
    ///
    /// # Errors
    ///
    /// When the value does not serialize to JSON.
    pub fn with(self, key: &str, value: &impl Serialize) -> Result<Self, EncodeError> {
        let mut body = self.body.to_vec();
        body.pop();
        body.push(b',');
        body.extend(to_json(key)?);
        body.push(b':');
        body.extend(to_json(value)?);
        body.push(b'}');
        Ok(Self { body: body.into(), ..self })
    }

    /// The `ErrorCode`.
    #[must_use]
    pub fn error_code(&self) -> u32 {
        self.error_code
    }

    /// The JSON text.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    fn constant(error_code: u32, body: &'static str) -> Self {
        Self { error_code, body: Bytes::from_static(body.as_bytes()) }
    }

    fn encode(wire: &Wire<'_>) -> Result<Self, EncodeError> {
        Ok(Self { error_code: wire.error_code, body: to_json(wire)?.into() })
    }
}

fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    serde_json::to_vec(value).map_err(|error| EncodeError::Json(error.into()))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Wire<'a> {
    action_status: &'a str,
    error_info: &'a str,
    error_code: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg_body: Option<&'a MsgBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_custom_data: Option<&'a str>,
}

impl Default for Wire<'_> {
    fn default() -> Self {
        Self { action_status: "OK", error_info: "", error_code: 0, msg_body: None, cloud_custom_data: None }
    }
}

/// An HTTP answer without the types of any framework: what a shell writes out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    status: http::StatusCode,
    body: Bytes,
}

impl Answer {
    /// 503: the console's policy rules.
    pub(crate) fn deferred() -> Self {
        Self::fail(http::StatusCode::SERVICE_UNAVAILABLE, DEFERRED)
    }

    /// The HTTP status: 200 for every webhook that was answered.
    #[must_use]
    pub fn status(&self) -> http::StatusCode {
        self.status
    }

    /// The headers, in lower case, without `content-length`.
    pub fn headers(&self) -> impl Iterator<Item = (http::HeaderName, http::HeaderValue)> + use<> {
        use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
        let json = (CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        let more = match self.status {
            http::StatusCode::METHOD_NOT_ALLOWED => Some((ALLOW, http::HeaderValue::from_static("POST"))),
            http::StatusCode::SERVICE_UNAVAILABLE => Some((RETRY_AFTER, http::HeaderValue::from_static("1"))),
            _ => None,
        };
        std::iter::once(json).chain(more)
    }

    /// The JSON text.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether an HTTP/1 connection should close after it: the rest of the body is not worth reading.
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
    fn from(answer: Answer) -> Self {
        let mut response = http::Response::new(Full::new(answer.body.clone()));
        *response.status_mut() = answer.status;
        response.headers_mut().extend(answer.headers());
        response
    }
}

const OK: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
const REJECT: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":1}"#;
const DISCARD: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":2}"#;
const UNAUTHORIZED: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"unauthorized"}"#;
const METHOD: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"method not allowed"}"#;
const ENCODING: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"unsupported content encoding"}"#;
const TOO_LARGE: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"body too large"}"#;
const TOO_SLOW: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"body too slow"}"#;
const BAD: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"bad request"}"#;
const DEFERRED: &str = r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"try later"}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_replies_are_what_would_be_encoded() {
        for (code, constant) in [(0, OK), (1, REJECT), (2, DISCARD)] {
            assert_eq!(Reply::constant(code, constant), Reply::new(code, "").unwrap());
        }
    }

    #[test]
    fn a_reply_by_hand_carries_its_own_keys() {
        let reply = Reply::ok().with("RspData", &"{\"a\":1}").unwrap();
        let json: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
        assert_eq!(json["RspData"], "{\"a\":1}");
        assert_eq!(json["ActionStatus"], "OK");
    }

    #[test]
    fn an_empty_or_oversized_rewrite_cannot_be_sent() {
        use crate::message::MsgElement;
        let rewrite =
            |body: MsgBody| MessageVerdict::<C2cCode>::Rewrite(Rewrite::new().msg_body(body)).into_reply();
        assert!(matches!(rewrite(MsgBody::default()), Err(EncodeError::EmptyMsgBody)));
        let long = vec![MsgElement::text("x".repeat(MAX_REWRITE_BYTES))];
        assert!(matches!(rewrite(long.into()), Err(EncodeError::MsgBodyTooLarge(_))));
        assert!(rewrite(vec![MsgElement::text("short")].into()).is_ok());
    }
}
