use crate::reply::Reply;

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
    pub(super) fn decide(&self) -> Option<Reply> {
        match self.policy {
            FailurePolicy::Defer => None,
            FailurePolicy::Allow => Some(Reply::ok()),
            FailurePolicy::Reject => Some(Reply::reject()),
        }
    }
}
