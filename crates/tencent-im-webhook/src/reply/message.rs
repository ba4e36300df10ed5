//! Decisions on messages.

use std::borrow::Cow;

use crate::code::{C2cCode, CustomCode};
use crate::error::EncodeError;
use crate::message::MsgBody;
use crate::reply::encoded::{DISCARD, Wire, to_json};
use crate::reply::{Choice, Failing, IntoReply, Kind, Reply};

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

impl<C> MessageVerdict<C> {
    /// The decision in a word, for logs and metrics: `allow`, `rewrite`, `reject` or `discard`.
    ///
    /// ```
    /// use tencent_im_webhook::{GroupCode, MessageVerdict};
    ///
    /// let verdict = MessageVerdict::RejectWith(GroupCode::FIRST, "no links please".into());
    /// assert_eq!(verdict.as_str(), "reject");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Rewrite(_) => "rewrite",
            Self::Reject | Self::RejectWith(..) => "reject",
            Self::Discard => "discard",
        }
    }
}

/// A change of a message: what is not given stays as the sender wrote it.
///
/// ```
/// use tencent_im_webhook::event::c2c::BeforeSendMsg;
/// use tencent_im_webhook::{MessageVerdict, Rewrite};
///
/// /// Masks a word, and lets the sender's client see the change.
/// fn mask(mut message: BeforeSendMsg) -> MessageVerdict {
///     let mut changed = false;
///     for text in message.msg_body.all_texts_mut() {
///         changed |= text.contains("sailing");
///         *text = text.replace("sailing", "*******");
///     }
///     match changed {
///         true => MessageVerdict::Rewrite(Rewrite::new().msg_body(message.msg_body)),
///         false => MessageVerdict::Allow,
///     }
/// }
/// # assert_eq!(mask(tencent_im_webhook_testing::payload()).as_str(), "rewrite");
/// ```
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
    /// [`FailurePolicy`](crate::FailurePolicy) answers instead.
    ///
    /// ```
    /// use tencent_im_webhook::{MsgElement, Rewrite};
    ///
    /// # let message: tencent_im_webhook::event::c2c::BeforeSendMsg = tencent_im_webhook_testing::payload();
    /// let mut body = message.msg_body; // All that came...
    /// body.push(MsgElement::text("(sent after hours)")); // ...and one more.
    /// let rewrite = Rewrite::new().msg_body(body);
    /// ```
    #[must_use]
    pub fn msg_body(mut self, msg_body: impl Into<MsgBody>) -> Self {
        self.msg_body = Some(msg_body.into());
        self
    }

    /// Replaces the app's own data of the message.
    ///
    /// ```
    /// use tencent_im_webhook::{MessageVerdict, Rewrite};
    ///
    /// // The elements stay as they are.
    /// let verdict: MessageVerdict = MessageVerdict::Rewrite(Rewrite::new().cloud_custom_data(r#"{"checked":1}"#));
    /// ```
    #[must_use]
    pub fn cloud_custom_data(mut self, data: impl Into<String>) -> Self {
        self.cloud_custom_data = Some(data.into());
        self
    }
}

/// The most that a rewritten `MsgBody` may take: 12 KB, the platform's limit for sending.
///
/// Counted as JSON, an escaped character as itself. That the limit holds for rewrites too is inferred, as is
/// how the platform counts; no page says so.
pub const MAX_REWRITE_BYTES: usize = 12 * 1024;

impl<C: CustomCode> IntoReply for MessageVerdict<C> {
    const KIND: Kind = Kind::Before;
    const CHOICES: &'static [Choice] = &[
        Choice::Ok,
        Choice::Rewrite,
        Choice::Reject,
        Choice::RejectWith { codes: C::RANGE },
        Choice::Discard,
    ];

    fn into_reply(self) -> Result<Reply, EncodeError> {
        match self {
            Self::Allow => Ok(Reply::ok()),
            Self::Rewrite(rewrite) => rewrite.into_reply(),
            Self::Reject => Ok(Reply::reject()),
            Self::RejectWith(code, text) => Reply::new(code.get(), &text),
            Self::Discard => Ok(Reply::constant(2, DISCARD)),
        }
    }

    fn in_failure(failing: &Failing<'_>) -> Option<Reply> {
        failing.decide()
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
    match unescaped_len(&to_json(body)?) {
        size if size > MAX_REWRITE_BYTES => Err(EncodeError::MsgBodyTooLarge(size)),
        _ => Ok(()),
    }
}

/// The length of a JSON text if nothing in it needed escapes.
fn unescaped_len(json: &[u8]) -> usize {
    let mut escapes = 0;
    let mut at = 0;
    while let Some(found) = json.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += found;
        let (length, meant) = if json.get(at + 1) == Some(&b'u') { (6, 1) } else { (2, 1) };
        escapes += length - meant;
        at = (at + length).min(json.len());
    }
    json.len() - escapes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_or_oversized_rewrite_cannot_be_sent() {
        use crate::message::MsgElement;
        let rewrite =
            |body: MsgBody| MessageVerdict::<C2cCode>::Rewrite(Rewrite::new().msg_body(body)).into_reply();
        assert!(matches!(rewrite(MsgBody::default()), Err(EncodeError::EmptyMsgBody)));
        let long = vec![MsgElement::text("x".repeat(MAX_REWRITE_BYTES))];
        assert!(matches!(rewrite(long.into()), Err(EncodeError::MsgBodyTooLarge(_))));
        assert!(rewrite(vec![MsgElement::text("short")].into()).is_ok());
        let quoted = vec![MsgElement::text("\"\u{1}".repeat(MAX_REWRITE_BYTES / 3))];
        assert!(rewrite(quoted.into()).is_ok(), "escapes are not counted");
    }
}
