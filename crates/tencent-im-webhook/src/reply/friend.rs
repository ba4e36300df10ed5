//! Decisions on friendships, one by one.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::code::{CustomCode as _, FriendCode};
use crate::decode;
use crate::error::EncodeError;
use crate::id::UserId;
use crate::reply::{Choice, Failing, FailurePolicy, IntoReply, Kind, Reply};

/// The decision on each friend that is about to be added or answered.
///
/// Only a friend's own result refuses: an error of the whole answer lets everything pass, so there is none
/// here. What the platform makes of a friend without a result is not documented; probably it allows. Give
/// each a result to be sure.
///
/// ```
/// use tencent_im_webhook::{FriendCode, FriendVerdict, UserId};
///
/// const BLOCKED: FriendCode = FriendCode::new(38_001).unwrap();
///
/// let verdict = FriendVerdict::new()
///     .allow(UserId::from("bob"))
///     .reject(UserId::from("mallory"), BLOCKED, "not accepted here");
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FriendVerdict {
    results: Vec<FriendResult>,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FriendResult {
    #[serde(rename = "To_Account")]
    to_account: UserId,
    result_code: u32,
    result_info: Cow<'static, str>,
}

impl FriendVerdict {
    /// A verdict on nobody yet, which allows everybody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows one friend.
    ///
    /// ```
    /// use tencent_im_webhook::FriendVerdict;
    /// use tencent_im_webhook::event::sns::PrevFriendAdd;
    ///
    /// /// The same as an empty verdict as far as is known, and on the safe side.
    /// fn allow_all(request: &PrevFriendAdd) -> FriendVerdict {
    ///     let friends = request.friend_item.iter().map(|item| item.to_account.clone());
    ///     friends.fold(FriendVerdict::new(), FriendVerdict::allow)
    /// }
    /// ```
    #[must_use]
    pub fn allow(self, friend: UserId) -> Self {
        self.with(friend, 0, Cow::Borrowed(""))
    }

    /// Refuses one friend. Whether the code and the text reach the client is not documented.
    ///
    /// ```
    /// use tencent_im_webhook::{FriendCode, FriendVerdict};
    ///
    /// let verdict = FriendVerdict::new().reject("mallory".into(), FriendCode::FIRST, "not accepted here");
    /// ```
    #[must_use]
    pub fn reject(self, friend: UserId, code: FriendCode, text: impl Into<Cow<'static, str>>) -> Self {
        self.with(friend, code.get(), text.into())
    }

    fn with(mut self, to_account: UserId, result_code: u32, result_info: Cow<'static, str>) -> Self {
        self.results.push(FriendResult { to_account, result_code, result_info });
        self
    }
}

impl IntoReply for FriendVerdict {
    const KIND: Kind = Kind::Before;
    const CHOICES: &'static [Choice] = &[Choice::Ok, Choice::Each { key: RESULTS, codes: FriendCode::RANGE }];

    fn into_reply(self) -> Result<Reply, EncodeError> {
        Reply::ok().with(RESULTS, &self.results)
    }

    /// Refusing needs the name of every friend, which the body has.
    fn in_failure(failing: &Failing<'_>) -> Option<Reply> {
        let verdict = match failing.policy {
            FailurePolicy::Defer => return None,
            FailurePolicy::Allow => Self::new(),
            FailurePolicy::Reject => friends(failing.body)?
                .into_iter()
                .fold(Self::new(), |verdict, friend| verdict.reject(friend, FriendCode::FIRST, "")),
        };
        verdict.into_reply().ok()
    }
}

/// Everybody whom the body of a friend command asks about; `None` if it cannot be read.
fn friends(body: &[u8]) -> Option<Vec<UserId>> {
    #[derive(Deserialize)]
    struct Asked {
        #[serde(alias = "ResponseFriendItem", rename = "FriendItem")]
        items: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        #[serde(rename = "To_Account")]
        to_account: UserId,
    }
    let asked: Asked = serde_json::from_str(&decode::repaired(body)).ok()?;
    Some(asked.items.into_iter().map(|item| item.to_account).collect())
}

const RESULTS: &str = "ResultItem";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_friend_has_a_result_and_the_whole_none() {
        let verdict = FriendVerdict::new().allow("bob".into()).reject("eve".into(), FriendCode::LAST, "no");
        let json: serde_json::Value = serde_json::from_slice(verdict.into_reply().unwrap().body()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0,
                "ResultItem": [
                    {"To_Account": "bob", "ResultCode": 0, "ResultInfo": ""},
                    {"To_Account": "eve", "ResultCode": 39000, "ResultInfo": "no"},
                ],
            })
        );
    }

    fn rejected_in_failure(body: &[u8]) -> serde_json::Value {
        let failing = Failing { policy: FailurePolicy::Reject, on_purpose: false, body };
        let reply = FriendVerdict::in_failure(&failing).expect("the body names friends");
        serde_json::from_slice(reply.body()).unwrap()
    }

    #[test]
    fn rejecting_in_failure_names_everybody() {
        for key in ["FriendItem", "ResponseFriendItem"] {
            let body = format!(r#"{{"{key}":[{{"To_Account":"bob"}},{{"To_Account":"eve"}}]}}"#);
            let json = rejected_in_failure(body.as_bytes());
            assert_eq!(json["ErrorCode"], 0);
            assert_eq!(json["ResultItem"][1]["To_Account"], "eve");
            assert_eq!(json["ResultItem"][1]["ResultCode"], 38_000);
        }
    }

    #[test]
    fn a_body_that_needs_repair_names_everybody_too() {
        let half = br#"{"FriendItem":[{"To_Account":"a\ud83d"},{"To_Account":"eve"}]}"#;
        let no_utf8 = b"{\"FriendItem\":[{\"To_Account\":\"a\xFF\"},{\"To_Account\":\"eve\"}]}";
        let marked = b"\xEF\xBB\xBF{\"FriendItem\":[{\"To_Account\":\"a\xFF\"},{\"To_Account\":\"eve\"}]}";
        for body in [&half[..], no_utf8, marked] {
            let json = rejected_in_failure(body);
            assert_eq!(json["ResultItem"][0]["To_Account"], "a\u{FFFD}");
            assert_eq!(json["ResultItem"][1]["To_Account"], "eve");
        }
    }
}
