//! What a command can be answered with, for tools that ask, explain or check.

use std::ops::RangeInclusive;

use crate::catalogue::Command;

/// One of the answers that the platform knows for a command: see [`Command::choices`].
///
/// A verdict's variants, without its values.
///
/// ```
/// use tencent_im_webhook::{Choice, Command};
///
/// for choice in Command::LiveBeforeSendGift.choices() {
///     match choice {
///         Choice::RejectWith { codes } => assert_eq!((*codes.start(), *codes.end()), (102_100, 102_200)),
///         other => println!("{}", other.as_str()),
///     }
/// }
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Choice {
    /// `ErrorCode` 0 and nothing more: go ahead, done, or noted.
    Ok,
    /// `ErrorCode` 0 with a new `MsgBody`, new `CloudCustomData`, or both: the message goes out changed.
    Rewrite,
    /// `ErrorCode` 0 with a list of user ids: go ahead without these.
    Except {
        /// The key of the list.
        key: &'static str,
    },
    /// `ErrorCode` 0 with a list of objects, one per friend: a `ResultCode` other than 0 refuses that one.
    Each {
        /// The key of the list.
        key: &'static str,
        /// What a refusing `ResultCode` should be.
        codes: RangeInclusive<u32>,
    },
    /// `ErrorCode` 1: refused, with the platform's own code. See [`Command::refused_with`].
    Reject,
    /// Refused with an `ErrorCode` of the app's own, which reaches the client together with `ErrorInfo`.
    RejectWith {
        /// What the `ErrorCode` may be.
        codes: RangeInclusive<u32>,
    },
    /// `ErrorCode` 2: dropped, and the sender is told that it was sent.
    Discard,
    /// `ErrorCode` 0 with data: one string.
    Data {
        /// The key of the string.
        key: &'static str,
    },
    /// `ErrorCode` 0 with values for a session's variables: an object of strings.
    Variables {
        /// The key of the object.
        key: &'static str,
    },
    /// Any `ErrorCode` other than 0: the data that was asked for could not be had.
    Fail,
}

impl Choice {
    /// The choice in a word: `ok`, `rewrite`, `except`, `each`, `reject`, `reject_with`, `discard`, `data`,
    /// `variables` or `fail`.
    ///
    /// ```
    /// use tencent_im_webhook::Command;
    ///
    /// let names = Command::GroupBeforeInviteJoinGroup.choices().iter().map(|choice| choice.as_str());
    /// assert!(names.eq(["ok", "except", "reject", "reject_with"]));
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Rewrite => "rewrite",
            Self::Except { .. } => "except",
            Self::Each { .. } => "each",
            Self::Reject => "reject",
            Self::RejectWith { .. } => "reject_with",
            Self::Discard => "discard",
            Self::Data { .. } => "data",
            Self::Variables { .. } => "variables",
            Self::Fail => "fail",
        }
    }

    /// The keys that it adds to `ActionStatus`, `ErrorCode` and `ErrorInfo`.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        let (first, second) = match self {
            Self::Rewrite => (Some("MsgBody"), Some("CloudCustomData")),
            Self::Except { key } | Self::Each { key, .. } | Self::Data { key } | Self::Variables { key } => {
                (Some(*key), None)
            }
            Self::Ok | Self::Reject | Self::RejectWith { .. } | Self::Discard | Self::Fail => (None, None),
        };
        first.into_iter().chain(second)
    }
}

impl Command {
    /// The code that the platform shows to whoever caused the webhook when the answer is [`Choice::Reject`].
    ///
    /// `None` where there is no such answer, or its code is not documented: subscriptions and gifts.
    ///
    /// ```
    /// use tencent_im_webhook::Command;
    ///
    /// assert_eq!(Command::C2cBeforeSendMsg.refused_with(), Some(20_006));
    /// assert_eq!(Command::C2cAfterSendMsg.refused_with(), None);
    /// ```
    #[must_use]
    pub fn refused_with(&self) -> Option<u32> {
        match self {
            Self::C2cBeforeSendMsg | Self::OfficialAccountBeforeCreateOfficialAccount => Some(20_006),
            Self::OfficialAccountBeforeSendMsg
            | Self::GroupBeforeCreateGroup
            | Self::GroupBeforeApplyJoinGroup
            | Self::GroupBeforeInviteJoinGroup
            | Self::GroupBeforeSendMsg
            | Self::GroupBeforeCreateTopic => Some(10_016),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{C2cCode, CustomCode as _, GroupCode};
    use crate::reply::Kind;

    #[test]
    fn what_can_be_refused_names_its_code() {
        for command in Command::ALL {
            let rejects = command.choices().contains(&Choice::Reject);
            let undocumented = [Command::OfficialAccountBeforeAddSubscriber, Command::LiveBeforeSendGift];
            let documented = rejects && !undocumented.contains(command);
            assert_eq!(command.refused_with().is_some(), documented, "{command}");
        }
    }

    #[test]
    fn everything_can_be_answered_with_ok_and_only_that_once_it_has_happened() {
        for command in Command::ALL {
            let choices = command.choices();
            assert_eq!(choices.first(), Some(&Choice::Ok), "{command}");
            assert_eq!(choices.len() == 1, command.kind() == Some(Kind::After), "{command}");
        }
        assert_eq!(Command::from("Future.Command").choices(), []);
    }

    #[test]
    fn messages_have_every_choice_with_the_codes_of_their_family() {
        for (command, codes) in
            [(Command::C2cBeforeSendMsg, C2cCode::RANGE), (Command::GroupBeforeSendMsg, GroupCode::RANGE)]
        {
            assert_eq!(
                command.choices(),
                [Choice::Ok, Choice::Rewrite, Choice::Reject, Choice::RejectWith { codes }, Choice::Discard]
            );
        }
    }
}
