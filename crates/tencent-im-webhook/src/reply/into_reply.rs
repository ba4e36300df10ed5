use crate::error::EncodeError;
use crate::reply::{Choice, Failing, FailurePolicy, Reply};

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
