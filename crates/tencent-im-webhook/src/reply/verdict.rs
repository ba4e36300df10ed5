//! Decisions on what is about to happen, messages and friendships apart.

use std::borrow::Cow;

use crate::code::{C2cCode, CustomCode, GiftCode, GroupCode};
use crate::error::EncodeError;
use crate::id::UserId;
use crate::reply::{Choice, Failing, FailurePolicy, IntoReply, Kind, Reply};

/// The decision on an action: creating something, or asking to join.
///
/// `C` is the range of own codes that the command passes on to the caller.
///
/// ```
/// use tencent_im_webhook::event::group::BeforeCreateGroup;
/// use tencent_im_webhook::{GroupCode, Verdict};
///
/// const NO_NAME: GroupCode = GroupCode::new(10_110).unwrap();
///
/// fn decide(group: &BeforeCreateGroup) -> Verdict<GroupCode> {
///     match group.name.trim().is_empty() {
///         true => Verdict::RejectWith(NO_NAME, "a group needs a name".into()),
///         false => Verdict::Allow,
///     }
/// }
/// # assert_eq!(decide(&tencent_im_webhook_testing::payload()), Verdict::Allow);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Verdict<C = C2cCode> {
    /// The action goes on.
    #[default]
    Allow,
    /// The action is refused, with the platform's own code: 10016 for groups and topics, 20006 for
    /// official accounts.
    Reject,
    /// The action is refused, and the caller gets this code and text.
    RejectWith(C, Cow<'static, str>),
}

/// The decision on members about to be added to a group.
///
/// ```
/// use tencent_im_webhook::InviteVerdict;
/// use tencent_im_webhook::event::group::BeforeInviteJoinGroup;
///
/// fn decide(invitation: &BeforeInviteJoinGroup) -> InviteVerdict {
///     let invited = invitation.destination_members.iter().map(|member| &member.member_account);
///     let refused: Vec<_> = invited.filter(|account| account.as_str() == "tariq").cloned().collect();
///     match refused.is_empty() {
///         true => InviteVerdict::Allow,
///         false => InviteVerdict::AllowExcept(refused),
///     }
/// }
/// # let refused = InviteVerdict::AllowExcept(vec!["tariq".into()]);
/// # assert_eq!(decide(&tencent_im_webhook_testing::payload()), refused);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum InviteVerdict {
    /// All of them are added.
    #[default]
    Allow,
    /// All but these are added.
    AllowExcept(Vec<UserId>),
    /// None is added; the caller sees 10016.
    Reject,
    /// None is added, and the caller gets this code and text.
    RejectWith(GroupCode, Cow<'static, str>),
}

/// The decision on users about to subscribe to an official account.
///
/// No page names own codes for it.
///
/// ```
/// use tencent_im_webhook::{IntoReply, SubscribeVerdict};
///
/// let reply = SubscribeVerdict::AllowExcept(vec!["quentin".into()]).into_reply()?;
/// assert!(String::from_utf8_lossy(reply.body()).contains(r#""RefusedSubscribers_Account":["quentin"]"#));
/// # Ok::<_, tencent_im_webhook::EncodeError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum SubscribeVerdict {
    /// All of them subscribe.
    #[default]
    Allow,
    /// All but these subscribe.
    AllowExcept(Vec<UserId>),
    /// None subscribes. What the caller sees is not documented.
    Reject,
}

/// The decision on a gift about to be sent.
///
/// Gifts are money, so the default refuses, as the platform itself does when no answer comes.
///
/// ```
/// use tencent_im_webhook::event::live::BeforeSendGift;
/// use tencent_im_webhook::{GiftCode, GiftVerdict};
///
/// const TOO_POOR: GiftCode = GiftCode::new(102_101).unwrap();
///
/// fn decide(asked: &BeforeSendGift, purse: u64) -> GiftVerdict {
///     let gift = &asked.gift_water;
///     match gift.coins.checked_mul(gift.count) {
///         Some(price) if price <= purse => GiftVerdict::Allow,
///         Some(_) | None => GiftVerdict::RejectWith(TOO_POOR, "not enough coins".into()),
///     }
/// }
/// # let teapots: BeforeSendGift = tencent_im_webhook_testing::payload();
/// assert_eq!(decide(&teapots, 70), GiftVerdict::Allow);
/// assert_ne!(decide(&teapots, 69), GiftVerdict::Allow);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum GiftVerdict {
    /// The gift is sent.
    Allow,
    /// The gift is refused.
    #[default]
    Reject,
    /// The gift is refused, and the client gets this code and text.
    RejectWith(GiftCode, Cow<'static, str>),
}

impl<C: CustomCode> IntoReply for Verdict<C> {
    const KIND: Kind = Kind::Before;
    const CHOICES: &'static [Choice] = &[Choice::Ok, Choice::Reject, Choice::RejectWith { codes: C::RANGE }];

    fn into_reply(self) -> Result<Reply, EncodeError> {
        match self {
            Self::Allow => Ok(Reply::ok()),
            Self::Reject => Ok(Reply::reject()),
            Self::RejectWith(code, text) => Reply::new(code.get(), &text),
        }
    }

    fn in_failure(failing: &Failing<'_>) -> Option<Reply> {
        failing.decide()
    }
}

impl IntoReply for InviteVerdict {
    const KIND: Kind = Kind::Before;
    const CHOICES: &'static [Choice] = &[
        Choice::Ok,
        Choice::Except { key: REFUSED_MEMBERS },
        Choice::Reject,
        Choice::RejectWith { codes: GroupCode::RANGE },
    ];

    fn into_reply(self) -> Result<Reply, EncodeError> {
        match self {
            Self::Allow => Ok(Reply::ok()),
            Self::AllowExcept(refused) => Reply::ok().with(REFUSED_MEMBERS, &refused),
            Self::Reject => Ok(Reply::reject()),
            Self::RejectWith(code, text) => Reply::new(code.get(), &text),
        }
    }

    fn in_failure(failing: &Failing<'_>) -> Option<Reply> {
        failing.decide()
    }
}

impl IntoReply for SubscribeVerdict {
    const KIND: Kind = Kind::Before;
    const CHOICES: &'static [Choice] =
        &[Choice::Ok, Choice::Except { key: REFUSED_SUBSCRIBERS }, Choice::Reject];

    /// The page's prose names the refused list as the group command does; its sample and its table, which
    /// are followed here, do not.
    fn into_reply(self) -> Result<Reply, EncodeError> {
        match self {
            Self::Allow => Ok(Reply::ok()),
            Self::AllowExcept(refused) => Reply::ok().with(REFUSED_SUBSCRIBERS, &refused),
            Self::Reject => Ok(Reply::reject()),
        }
    }

    fn in_failure(failing: &Failing<'_>) -> Option<Reply> {
        failing.decide()
    }
}

impl IntoReply for GiftVerdict {
    const KIND: Kind = Kind::Before;
    const CHOICES: &'static [Choice] =
        &[Choice::Ok, Choice::Reject, Choice::RejectWith { codes: GiftCode::RANGE }];

    fn into_reply(self) -> Result<Reply, EncodeError> {
        match self {
            Self::Allow => Ok(Reply::ok()),
            Self::Reject => Ok(Reply::reject()),
            Self::RejectWith(code, text) => Reply::new(code.get(), &text),
        }
    }

    /// A policy for everything does not give gifts away; one for gifts may.
    fn in_failure(failing: &Failing<'_>) -> Option<Reply> {
        match failing.policy {
            FailurePolicy::Allow if !failing.on_purpose => Some(Reply::reject()),
            FailurePolicy::Allow | FailurePolicy::Reject | FailurePolicy::Defer => failing.decide(),
        }
    }
}

const REFUSED_MEMBERS: &str = "RefusedMembers_Account";
const REFUSED_SUBSCRIBERS: &str = "RefusedSubscribers_Account";

#[cfg(test)]
mod tests {
    use super::*;

    fn json(verdict: impl IntoReply) -> serde_json::Value {
        serde_json::from_slice(verdict.into_reply().unwrap().body()).unwrap()
    }

    #[test]
    fn a_refused_list_stands_under_its_own_key() {
        let refused = vec![UserId::from("mallory")];
        let invite = json(InviteVerdict::AllowExcept(refused.clone()));
        assert_eq!(invite["RefusedMembers_Account"], serde_json::json!(["mallory"]));
        assert_eq!(invite["ErrorCode"], 0);
        let subscribe = json(SubscribeVerdict::AllowExcept(refused));
        assert_eq!(subscribe["RefusedSubscribers_Account"], serde_json::json!(["mallory"]));
    }

    #[test]
    fn own_codes_come_with_their_text() {
        let verdict = json(GiftVerdict::RejectWith(GiftCode::FIRST, "daily limit".into()));
        assert_eq!((&verdict["ErrorCode"], &verdict["ErrorInfo"]), (&102_100.into(), &"daily limit".into()));
    }

    #[test]
    fn a_gift_is_given_in_failure_only_on_purpose() {
        let code = |policy, on_purpose| {
            let failing = Failing { policy, on_purpose, body: b"{}" };
            GiftVerdict::in_failure(&failing).map(|reply| reply.error_code())
        };
        assert_eq!(code(FailurePolicy::Allow, false), Some(1));
        assert_eq!(code(FailurePolicy::Allow, true), Some(0));
        assert_eq!(code(FailurePolicy::Reject, false), Some(1));
        assert_eq!(code(FailurePolicy::Defer, true), None);
        assert_eq!(json(GiftVerdict::default())["ErrorCode"], 1);
    }
}
