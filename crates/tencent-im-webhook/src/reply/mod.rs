//! What a handler may answer, and its form on the wire.

mod answer;
mod choice;
mod data;
mod deciding;
mod friend;
mod message;
mod verdict;

pub use answer::Answer;
pub use choice::Choice;
pub use data::{InvocationReply, SignalReply};
pub(crate) use deciding::Deciding;
pub use friend::FriendVerdict;
pub use message::{MAX_REWRITE_BYTES, MessageVerdict, Rewrite};
pub use verdict::{GiftVerdict, InviteVerdict, SubscribeVerdict, Verdict};

use bytes::Bytes;
use serde::Serialize;

use crate::error::EncodeError;
use crate::message::MsgBody;

/// What the platform does with the answer to a command.
///
/// ```
/// use tencent_im_webhook::{Command, Kind};
///
/// assert_eq!(Command::C2cBeforeSendMsg.kind(), Some(Kind::Before));
/// assert_eq!(Command::ChatbotInterfaceInvocation.kind(), Some(Kind::Reply));
/// assert_eq!(Command::C2cAfterSendMsg.kind(), Some(Kind::After));
/// ```
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
///
/// ```
/// use tencent_im_webhook::{Command, FailurePolicy, Receiver, SdkAppId};
///
/// let receiver = Receiver::builder()
///     .app(SdkAppId(1), ["token"])
///     .on_failure(FailurePolicy::Allow)
///     .build()?;
///
/// let message = receiver.answer_failure(Some(&Command::C2cBeforeSendMsg), b"{}");
/// assert_eq!(message.body(), r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#);
/// // A policy for everything does not give gifts away.
/// let gift = receiver.answer_failure(Some(&Command::LiveBeforeSendGift), b"{}");
/// assert_eq!(gift.body(), r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":1}"#);
/// # Ok::<_, tencent_im_webhook::BuildError>(())
/// ```
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
///
/// ```
/// use tencent_im_webhook::{IntoReply, MessageVerdict};
///
/// let reply = MessageVerdict::<tencent_im_webhook::C2cCode>::Discard.into_reply()?;
/// assert_eq!(reply.error_code(), 2);
/// # Ok::<_, tencent_im_webhook::EncodeError>(())
/// ```
pub trait IntoReply: Send + Sized {
    /// The kind of command that this answers.
    const KIND: Kind;

    /// What the answer can be, the plainest first.
    const CHOICES: &'static [Choice];

    /// The answer on the wire.
    ///
    /// # Errors
    ///
    /// When the platform would not take it, such as a rewrite to an empty message.
    fn into_reply(self) -> Result<Reply, EncodeError>;

    /// What answers in a failed handler's place; `None` defers.
    fn in_failure(failing: &Failing<'_>) -> Option<Reply>;
}

/// A webhook whose handler failed, and what was set for the case.
#[derive(Debug)]
pub struct Failing<'a> {
    pub(crate) policy: FailurePolicy,
    /// The policy was set for this very command.
    pub(crate) on_purpose: bool,
    pub(crate) body: &'a [u8],
}

impl Failing<'_> {
    /// What was set for such a case.
    #[must_use]
    pub fn policy(&self) -> FailurePolicy {
        self.policy
    }

    /// The webhook's body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.body
    }

    /// The plain meaning of the policy.
    fn decide(&self) -> Option<Reply> {
        match self.policy {
            FailurePolicy::Defer => None,
            FailurePolicy::Allow => Some(Reply::ok()),
            FailurePolicy::Reject => Some(Reply::reject()),
        }
    }
}

/// Nothing to decide: what has happened is acknowledged.
impl IntoReply for () {
    const KIND: Kind = Kind::After;
    const CHOICES: &'static [Choice] = &[Choice::Ok];

    fn into_reply(self) -> Result<Reply, EncodeError> {
        Ok(Reply::ok())
    }

    fn in_failure(failing: &Failing<'_>) -> Option<Reply> {
        match failing.policy {
            FailurePolicy::Allow => Some(Reply::ok()),
            FailurePolicy::Defer | FailurePolicy::Reject => None,
        }
    }
}

/// An answer to an admitted webhook, encoded.
///
/// Handlers return a verdict or `()`, which become one. Build one by hand where no type is known, as for
/// an [`UnknownEvent`](crate::UnknownEvent).
///
/// ```
/// use tencent_im_webhook::Reply;
///
/// // A command that this crate does not know yet, answered as its page says.
/// let reply = Reply::new(0, "")?.with("Limit", &5)?;
/// assert_eq!(reply.body(), r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"Limit":5}"#);
/// # Ok::<_, tencent_im_webhook::EncodeError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    error_code: u32,
    body: Bytes,
}

impl Reply {
    /// Done, or go ahead.
    ///
    /// ```
    /// use tencent_im_webhook::Reply;
    ///
    /// assert_eq!(Reply::ok().body(), r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#);
    /// ```
    #[must_use]
    pub fn ok() -> Self {
        Self::constant(0, OK)
    }

    /// An answer with a code and a text. `ActionStatus` stays `OK`: the code decides.
    ///
    /// ```
    /// use tencent_im_webhook::Reply;
    ///
    /// let reply = Reply::new(120_100, "no links please")?;
    /// assert_eq!(reply.error_code(), 120_100);
    /// # Ok::<_, tencent_im_webhook::EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// None today: any text serializes.
    pub fn new(error_code: u32, error_info: &str) -> Result<Self, EncodeError> {
        Self::encode(&Wire { error_code, error_info, ..Wire::default() })
    }

    /// Adds a key of the command's own.
    ///
    /// ```
    /// use tencent_im_webhook::Reply;
    ///
    /// let reply = Reply::ok().with("RefusedMembers_Account", &["mallory"])?;
    /// assert!(reply.with("ErrorCode", &1).is_err());
    /// # Ok::<_, tencent_im_webhook::EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the value does not serialize to JSON, or the key is one that every reply has.
    pub fn with(self, key: &str, value: &impl Serialize) -> Result<Self, EncodeError> {
        if ["ActionStatus", "ErrorCode", "ErrorInfo"].contains(&key) {
            return Err(EncodeError::ReservedKey);
        }
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

    /// Its meaning in a word, one of a few: `ok`, `changed` (a rewrite, a list of the refused, data), `reject`,
    /// `discard`, or `code` for any other code.
    pub(crate) fn verdict(&self) -> &'static str {
        match self.error_code {
            0 if self.body.len() == OK.len() => "ok",
            0 => "changed",
            1 => "reject",
            2 => "discard",
            _ => "code",
        }
    }

    /// Refused, with the platform's own code for it.
    pub(crate) fn reject() -> Self {
        Self::constant(1, REJECT)
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

const OK: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
const REJECT: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":1}"#;
const DISCARD: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":2}"#;

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
        assert!(Reply::ok().with("ErrorCode", &1).is_err(), "it has one already");
        let reply = Reply::ok().with("RspData", &"{\"a\":1}").unwrap();
        let json: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
        assert_eq!(json["RspData"], "{\"a\":1}");
        assert_eq!(json["ActionStatus"], "OK");
    }
}
