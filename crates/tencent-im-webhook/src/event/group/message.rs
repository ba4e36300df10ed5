//! Messages to groups and live rooms.

use serde::{Deserialize, Serialize};

use super::shared::{GroupType, Member, accounts, in_topics};
use crate::event::{concerns, listed};
use crate::id::{GroupId, MsgId, TopicId, UserId};
use crate::message::MsgBody;
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

/// A message is about to go to a group or, with [`GroupType::Live`], to a live room, from a client or over
/// REST.
///
/// The platform waits two seconds for the [`MessageVerdict`](crate::MessageVerdict), then lets the message
/// pass unless the console says otherwise. Number and time come with the later [`AfterSendMsg`] only, as do
/// mentions.
///
/// ```
/// use tencent_im_webhook::event::group::BeforeSendMsg;
/// use tencent_im_webhook::{GroupCode, MessageVerdict};
///
/// /// A server may write what it likes: who calls is not who sends.
/// fn decide(message: &BeforeSendMsg, muted: &[&str]) -> MessageVerdict<GroupCode> {
///     let by_server = message.operator_account == "administrator";
///     match !by_server && muted.contains(&message.from_account.as_str()) {
///         true => MessageVerdict::Reject,
///         false => MessageVerdict::Allow,
///     }
/// }
/// # let mut message: BeforeSendMsg = tencent_im_webhook_testing::payload();
/// # message.operator_account = message.from_account.clone();
/// # assert_eq!(decide(&message, &[message.from_account.as_str()]), MessageVerdict::Reject);
/// ```
///
/// Tencent: [CN 1619](https://cloud.tencent.com/document/product/269/1619),
/// [INTL 34374](https://www.tencentcloud.com/document/product/1047/34374),
/// Live: [RTC 74347](https://trtc.io/document/74347).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeSendMsg {
    /// The group, or the room for [`GroupType::Live`].
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who sends it. `@TLS#NOT_FOUND` or empty if the server sends without a real sender (seen, not
    /// documented).
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who makes the call: the administrator for REST, else the sender.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The sender's random number, 32 bits as documented; a vendor's sample is larger. The platform tells
    /// repeated messages by it.
    #[serde(deserialize_with = "wire::number")]
    pub random: u64,
    /// The message's id on the client. Absent from older pages and apps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<MsgId>,
    /// Whether it is for members online now, and not stored; never so in an audio-video room. Absent from
    /// one of the Live pages.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// What it says.
    pub msg_body: MsgBody,
    /// The app's own data of the message. Absent, or empty, if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// The topic, in communities with topics. Absent or empty elsewhere: see [`topic`](Self::topic).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
    /// The priority in big groups. Undocumented; `Normal` was seen in 2022.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_priority: Option<String>,
    /// When the webhook was triggered. Absent from real requests before 2022; many samples show a string,
    /// which is read as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A message went to a group or, with [`GroupType::Live`], to a live room.
///
/// It shows what was really sent, after any rewrite.
///
/// ```
/// use tencent_im_webhook::event::group::AfterSendMsg;
///
/// /// Numbers count per topic where there is one, so the topic is part of a message's place.
/// fn place(message: &AfterSendMsg) -> (&str, Option<&str>, u64) {
///     let topic = message.topic().map(|topic| topic.as_str());
///     (message.group_id.as_str(), topic, message.msg_seq)
/// }
/// # let message: AfterSendMsg = tencent_im_webhook_testing::payload();
/// assert_eq!(place(&message), ("@TGS#_orchard", Some("@TGS#_orchard@TOPIC#_harvest"), 88));
/// ```
///
/// Tencent: [CN 2661](https://cloud.tencent.com/document/product/269/2661),
/// [INTL 34375](https://www.tencentcloud.com/document/product/1047/34375),
/// Live: [CN 125496](https://cloud.tencent.com/document/product/454/125496),
/// [RTC 74348](https://trtc.io/document/74348).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterSendMsg {
    /// The group, or the room for [`GroupType::Live`].
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who sent it. `@TLS#NOT_FOUND` or empty if the server sent without a real sender (seen, not
    /// documented).
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who made the call: the administrator for REST, else the sender.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The sender's random number, 32 bits as documented; a vendor's sample is larger.
    #[serde(deserialize_with = "wire::number")]
    pub random: u64,
    /// The message's id on the client. Absent from older pages and apps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<MsgId>,
    /// Its number in the group, or in the topic. Order messages by this.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// When the platform took it.
    #[serde(deserialize_with = "wire::number")]
    pub msg_time: UnixSeconds,
    /// Whether it was for members online then, and not stored; never so in an audio-video room. Absent
    /// from one of the Live pages.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// What it says.
    pub msg_body: MsgBody,
    /// The app's own data of the message. Absent, or empty, if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// The topic, in communities with topics. Absent or empty elsewhere: see [`topic`](Self::topic).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
    /// The priority in big groups. Undocumented; `Normal` was seen in a group's *before* webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_priority: Option<String>,
    /// Who is mentioned, at most thirty. Absent, and so empty here, without mentions.
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub group_at_info: Vec<GroupAt>,
    /// When the webhook was triggered. Absent from real requests before 2022; many samples show a string,
    /// which is read as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A mention of an [`AfterSendMsg`].
///
/// ```
/// use tencent_im_webhook::event::group::AfterSendMsg;
///
/// # let message: AfterSendMsg = tencent_im_webhook_testing::payload();
/// let everybody = message.group_at_info.iter().any(|at| at.group_at_all_flag);
/// let named: Vec<_> = message.group_at_info.iter().filter_map(|at| at.group_at_account.as_ref()).collect();
/// assert!(everybody);
/// assert_eq!(named, ["jon"]);
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct GroupAt {
    /// Whether everybody is mentioned.
    #[serde(with = "wire::flag")]
    pub group_at_all_flag: bool,
    /// Who is mentioned. Absent if it is everybody.
    #[serde(default, rename = "GroupAt_Account", skip_serializing_if = "Option::is_none")]
    pub group_at_account: Option<UserId>,
}

/// Messages of a group were recalled, by a client or over REST.
///
/// ```
/// use tencent_im_webhook::event::group::AfterRecallMsg;
///
/// /// What to delete: the numbers are those of the topic, if there is one.
/// fn recalled(event: &AfterRecallMsg) -> impl Iterator<Item = (&str, Option<&str>, u64)> {
///     let topic = event.topic().map(|topic| topic.as_str());
///     event.msg_seq_list.iter().map(move |message| (event.group_id.as_str(), topic, message.msg_seq))
/// }
/// # let event: AfterRecallMsg = tencent_im_webhook_testing::payload();
/// assert_eq!(recalled(&event).count(), 2);
/// ```
///
/// Tencent: [CN 73141](https://cloud.tencent.com/document/product/269/73141),
/// [INTL 46979](https://www.tencentcloud.com/document/product/1047/46979).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterRecallMsg {
    /// Who recalled them: the administrator for REST. Need not be who sent them.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// The group that they were in.
    pub group_id: GroupId,
    /// The messages.
    #[serde(deserialize_with = "wire::objects")]
    pub msg_seq_list: Vec<RecalledMsg>,
    /// The topic, in communities with topics. Absent or empty elsewhere: see [`topic`](Self::topic).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A message of an [`AfterRecallMsg`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RecalledMsg {
    /// The number that [`AfterSendMsg::msg_seq`] gave it.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// Its id on the client. On the Chinese page only, since 2025.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<MsgId>,
}

/// A message to a group could not be sent, from a client or over REST.
///
/// The reasons that the pages name: wrong parameters, such as a group that does not exist; too many
/// messages; the platform's content filter; a muted sender. Whether a [`BeforeSendMsg`] verdict that
/// refuses leads here is not documented.
///
/// Tencent: [CN 78619](https://cloud.tencent.com/document/product/269/78619),
/// [INTL 49462](https://www.tencentcloud.com/document/product/1047/49462).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SendMsgException {
    /// The group that it was for. It may not exist.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who wanted to send it.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who made the call: the administrator for REST, else the sender.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The sender's random number, 32 bits.
    #[serde(deserialize_with = "wire::number")]
    pub random: u64,
    /// Whether it was for members online then, and not to be stored. Absent: not said.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// What it says.
    pub msg_body: MsgBody,
    /// The app's own data of the message. Absent, or empty, if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// Why it was not sent, such as 10023 for too many messages. Not to be confused with the answer's key
    /// of the same name.
    #[serde(deserialize_with = "wire::number")]
    pub error_code: u64,
    /// The same in words, for the log. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_info: Option<String>,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Members read messages that asked for receipts. Never for communities.
///
/// Tencent: [INTL 60395](https://www.tencentcloud.com/document/product/1047/60395).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterReadReceipt {
    /// The group that the messages are in.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// What was read, message by message.
    #[serde(deserialize_with = "wire::objects")]
    pub group_msg_receipt_list: Vec<GroupMsgReceipt>,
    /// When the webhook was triggered. Some samples show a string, which is read as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A message of an [`AfterReadReceipt`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct GroupMsgReceipt {
    /// The number that [`AfterSendMsg::msg_seq`] gave it.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// How many members have read it so far.
    #[serde(deserialize_with = "wire::number")]
    pub read_num: u64,
    /// How many have not.
    #[serde(deserialize_with = "wire::number")]
    pub unread_num: u64,
    /// Who has just read it.
    #[serde(default, deserialize_with = "wire::objects")]
    pub read_receipt_members: Vec<Member>,
}

/// Extension keys of a group's message were set, deleted or cleared, by a client or over REST.
///
/// It needs a plan with the feature, and a message that was sent with support for it; a message holds at
/// most 300 pairs. Never for audio-video rooms; whether for communities, the pages disagree. Who did it is
/// not told in any sample.
///
/// Tencent: [CN 126476](https://cloud.tencent.com/document/product/269/126476),
/// [INTL 76007](https://www.tencentcloud.com/document/product/1047/76007).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterGroupMsgExtension {
    /// The group that the message is in.
    pub group_id: GroupId,
    /// The number that [`AfterSendMsg::msg_seq`] gave it.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// What was done: 1 set, 2 delete, 3 clear.
    #[serde(deserialize_with = "wire::number")]
    pub operate_type: u64,
    /// The pairs that it was done to. Empty if all were cleared.
    #[serde(default, deserialize_with = "wire::objects")]
    pub extension_list: Vec<MsgExtension>,
    /// The version of the message's extension as a whole.
    #[serde(deserialize_with = "wire::number")]
    pub seq: u64,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A pair of an [`AfterGroupMsgExtension`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct MsgExtension {
    /// The key, which the app chose.
    pub key: String,
    /// What it holds now. Empty, or absent, if it was deleted.
    #[serde(default, deserialize_with = "wire::text")]
    pub value: String,
    /// The version of this pair.
    #[serde(deserialize_with = "wire::number")]
    pub seq: u64,
}

/// A message of a group was edited, by a client or over REST. Its sender and time are not told.
///
/// Tencent: [CN 129193](https://cloud.tencent.com/document/product/269/129193).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterModifyMsg {
    /// The group that it is in.
    pub group_id: GroupId,
    /// Who edited it: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The number that [`AfterSendMsg::msg_seq`] gave it.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// What it says now. Possibly absent if only other parts were edited (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_body: Option<MsgBody>,
    /// The topic, in communities with topics. Empty elsewhere: see [`topic`](Self::topic).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
    /// The app's own data of the message, as it is now. Undocumented here: read because the one-to-one
    /// sibling has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

in_topics! { BeforeSendMsg AfterSendMsg AfterRecallMsg AfterModifyMsg }

concerns! {
    BeforeSendMsg: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.operator_account],
        group: &it.group_id,
        key_at_time: [&it.group_id, &it.topic().map_or("", TopicId::as_str), &it.from_account, &it.random],
    }
    AfterSendMsg: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.operator_account],
        accounts: it.group_at_info.iter().filter_map(|mention| mention.group_at_account.as_ref()),
        group: &it.group_id,
        key: [&it.group_id, &it.topic().map_or("", TopicId::as_str), &it.msg_seq],
    }
    AfterRecallMsg: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        group: &it.group_id,
        key: [
            &it.group_id,
            &it.topic().map_or("", TopicId::as_str),
            &listed(it.msg_seq_list.iter().map(|message| message.msg_seq)),
        ],
    }
    SendMsgException: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.operator_account],
        group: &it.group_id,
        key_at_time: [&it.group_id, &it.from_account, &it.random],
    }
    AfterReadReceipt: |it| {
        time: it.event_time,
        accounts: it
            .group_msg_receipt_list
            .iter()
            .flat_map(|receipt| accounts(&receipt.read_receipt_members)),
        group: &it.group_id,
        key_at_time: [
            &it.group_id,
            &listed(it.group_msg_receipt_list.iter().map(|receipt| receipt.msg_seq)),
            &listed(it.accounts()),
        ],
    }
    AfterGroupMsgExtension: |it| {
        time: it.event_time,
        group: &it.group_id,
        key: [&it.group_id, &it.msg_seq, &it.seq],
    }
    AfterModifyMsg: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        group: &it.group_id,
        key_at_time: [&it.group_id, &it.topic().map_or("", TopicId::as_str), &it.msg_seq],
    }
}
