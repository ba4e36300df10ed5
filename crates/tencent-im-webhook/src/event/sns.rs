//! Friends and blocked users.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::UserId;
use crate::open::open_enum;
use crate::time::UnixMillis;
use crate::wire;

/// A client is about to add friends. REST calls do not trigger it.
///
/// Give each friend a result in the [`FriendVerdict`](crate::FriendVerdict): only these refuse. Without an
/// answer all are let through.
///
/// ```
/// use tencent_im_webhook::event::sns::PrevFriendAdd;
/// use tencent_im_webhook::{FriendCode, FriendVerdict};
///
/// /// One result per friend.
/// fn decide(request: PrevFriendAdd) -> FriendVerdict {
///     request.friend_item.into_iter().fold(FriendVerdict::new(), |verdict, friend| {
///         match friend.add_wording.as_deref().is_some_and(|text| text.contains("http://")) {
///             true => verdict.reject(friend.to_account, FriendCode::FIRST, "no links please"),
///             false => verdict.allow(friend.to_account),
///         }
///     })
/// }
/// # let allowed = FriendVerdict::new().allow("oleg".into()).allow("petra".into());
/// # assert_eq!(decide(tencent_im_webhook_testing::payload()), allowed);
/// ```
///
/// Tencent: [CN 61698](https://cloud.tencent.com/document/product/269/61698),
/// [INTL 43468](https://www.tencentcloud.com/document/product/1047/43468).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct PrevFriendAdd {
    /// Who sent the request.
    #[serde(rename = "Requester_Account")]
    pub requester_account: UserId,
    /// Who wants the friends.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// The wanted friends.
    #[serde(deserialize_with = "wire::objects")]
    pub friend_item: Vec<FriendItem>,
    /// Whether the friends get the user as a friend too. Absent: not said; the platform's default is
    /// [`AddType::Both`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add_type: Option<AddType>,
    /// Whether an administrator forces it, so that nobody is asked. Absent: not said.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub force_add_flags: Option<bool>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A wanted friend of a [`PrevFriendAdd`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FriendItem {
    /// Who it is. The verdict names the friend by this.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The user's own note on the friend. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The part of the friend list that the friend goes to; [`ResponseFriendItem`] calls it a tag. Absent:
    /// not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
    /// Where the request was made: `AddSource_Type_` and a word, as in `AddSource_Type_Android`. Absent: not
    /// said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add_source: Option<String>,
    /// What the user writes to the friend. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add_wording: Option<String>,
}

open_enum! {
    /// Whose lists a new friendship is entered in.
    pub enum AddType {
        /// The user's only.
        Single = "Add_Type_Single",
        /// Both users'.
        Both = "Add_Type_Both",
    }
}

/// A client is about to answer friend requests. REST calls do not trigger it.
///
/// Give each user a result in the [`FriendVerdict`](crate::FriendVerdict): only these refuse. Without an
/// answer all are let through.
///
/// Tencent: [CN 61699](https://cloud.tencent.com/document/product/269/61699),
/// [INTL 43467](https://www.tencentcloud.com/document/product/1047/43467).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct PrevFriendResponse {
    /// Who sent the answers.
    #[serde(rename = "Requester_Account")]
    pub requester_account: UserId,
    /// Who was asked, and answers.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// The answers.
    #[serde(deserialize_with = "wire::objects")]
    pub response_friend_item: Vec<ResponseFriendItem>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// An answer of a [`PrevFriendResponse`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ResponseFriendItem {
    /// Who had asked, and is answered. The verdict names the user by this.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The answering user's own note on the other. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The part of the friend list that the other goes to; [`FriendItem`] calls it a group. Absent: not
    /// said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_name: Option<String>,
    /// What the answer is.
    pub response_action: ResponseAction,
}

open_enum! {
    /// The answer to a friend request.
    pub enum ResponseAction {
        /// Yes, and the other becomes a friend as well.
        AgreeAndAdd = "Response_Action_AgreeAndAdd",
        /// Yes.
        Agree = "Response_Action_Agree",
        /// No.
        Reject = "Response_Action_Reject",
    }
}

/// Users became friends, by a client, over REST or by force. A REST import does not trigger it.
///
/// No page shows a time: when it was is known from the request only.
///
/// ```
/// use tencent_im_webhook::event::sns::FriendAdd;
///
/// # let event: FriendAdd = tencent_im_webhook_testing::payload();
/// // A friendship on both sides is two entries: keep directions, or count one of them.
/// assert_eq!(event.pair_list.len(), 2);
/// assert_eq!(event.pair_list[0].from_account, event.pair_list[1].to_account);
/// ```
///
/// Tencent: [CN 1657](https://cloud.tencent.com/document/product/269/1657),
/// [INTL 34359](https://www.tencentcloud.com/document/product/1047/34359).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FriendAdd {
    /// The entries that were made: two for a friendship on both sides.
    #[serde(deserialize_with = "wire::objects")]
    pub pair_list: Vec<FriendPair>,
    /// Which step led to it. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cmd: Option<ClientCmd>,
    /// The administrator whose backend asked for it. Empty if a client did; see [`admin`](Self::admin).
    #[serde(rename = "Admin_Account", default, skip_serializing_if = "Option::is_none")]
    pub admin_account: Option<UserId>,
    /// Whether it was forced, so that nobody was asked; [`PrevFriendAdd`] has it under another name.
    /// Absent: not said.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub force_flag: Option<bool>,
    /// When the webhook was triggered. On no page that was seen.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

impl FriendAdd {
    /// The administrator whose backend asked for it; `None` if a client did.
    ///
    /// ```
    /// use tencent_im_webhook::event::sns::FriendAdd;
    ///
    /// let mut by_client = FriendAdd::default();
    /// by_client.admin_account = Some("".into());
    /// assert_eq!(by_client.admin(), None);
    /// ```
    #[must_use]
    pub fn admin(&self) -> Option<&UserId> {
        self.admin_account.as_ref().filter(|admin| !admin.is_empty())
    }
}

/// An entry of a [`FriendAdd`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FriendPair {
    /// Whose friend list grew.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who was added to it.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// Who had asked for the friendship.
    #[serde(rename = "Initiator_Account")]
    pub initiator_account: UserId,
}

open_enum! {
    /// The step that made users friends. The page spells each in two ways; the first one is written.
    pub enum ClientCmd {
        /// A request to add friends. Also `FriendAdd`.
        FriendAdd = "friend_add" | "FriendAdd",
        /// An answer to a friend request. Also `FriendResponse`.
        FriendResponse = "friend_response" | "FriendResponse",
    }
}

/// Friends were deleted. Blocking a friend triggers it too, says the Chinese page.
///
/// By whom and when is not told, so that two deletions of the same friend look the same.
///
/// Tencent: [CN 1659](https://cloud.tencent.com/document/product/269/1659),
/// [INTL 34360](https://www.tencentcloud.com/document/product/1047/34360).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FriendDelete {
    /// The entries that are gone: the first user's list lost the second.
    #[serde(deserialize_with = "wire::objects")]
    pub pair_list: Vec<Pair>,
    /// When the webhook was triggered. On no page that was seen.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Users were blocked, by a client or over REST.
///
/// By whom and when is not told. If they were friends, a [`FriendDelete`] comes too, says its Chinese page.
///
/// Tencent: [CN 1660](https://cloud.tencent.com/document/product/269/1660),
/// [INTL 34361](https://www.tencentcloud.com/document/product/1047/34361).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BlackListAdd {
    /// The entries that were made: the first user blocked the second.
    #[serde(deserialize_with = "wire::objects")]
    pub pair_list: Vec<Pair>,
    /// When the webhook was triggered. On no page that was seen.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Users were unblocked, by a client or over REST. By whom and when is not told.
///
/// Tencent: [CN 1661](https://cloud.tencent.com/document/product/269/1661),
/// [INTL 34362](https://www.tencentcloud.com/document/product/1047/34362).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BlackListDelete {
    /// The entries that are gone: the first user blocks the second no longer.
    #[serde(deserialize_with = "wire::objects")]
    pub pair_list: Vec<Pair>,
    /// When the webhook was triggered. On no page that was seen.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// An entry of a friend list or a list of blocked users.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Pair {
    /// Whose list it is.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who was entered there or struck off.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
}

impl Pair {
    fn accounts(&self) -> [&UserId; 2] {
        [&self.from_account, &self.to_account]
    }
}

concerns! {
    PrevFriendAdd: |it| {
        time: it.event_time,
        accounts: [&it.requester_account, &it.from_account],
        accounts: it.friend_item.iter().map(|friend| &friend.to_account),
    }
    PrevFriendResponse: |it| {
        time: it.event_time,
        accounts: [&it.requester_account, &it.from_account],
        accounts: it.response_friend_item.iter().map(|answer| &answer.to_account),
    }
    FriendAdd: |it| {
        time: it.event_time,
        accounts: it
            .pair_list
            .iter()
            .flat_map(|pair| [&pair.from_account, &pair.to_account, &pair.initiator_account]),
        accounts: &it.admin_account,
    }
    FriendDelete: |it| {
        time: it.event_time,
        accounts: it.pair_list.iter().flat_map(Pair::accounts),
    }
    BlackListAdd: |it| {
        time: it.event_time,
        accounts: it.pair_list.iter().flat_map(Pair::accounts),
    }
    BlackListDelete: |it| {
        time: it.event_time,
        accounts: it.pair_list.iter().flat_map(Pair::accounts),
    }
}
