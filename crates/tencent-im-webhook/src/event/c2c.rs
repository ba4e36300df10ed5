//! One-to-one messages.

use serde::{Deserialize, Serialize};

use crate::event::{concerns, listed};
use crate::id::{GroupId, MsgId, MsgKey, UserId};
use crate::message::MsgBody;
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

/// A one-to-one message is about to be sent, from a client or over REST.
///
/// The platform waits two seconds for the [`MessageVerdict`](crate::MessageVerdict), then lets the message
/// pass unless the console says otherwise. Refused, it never becomes an [`AfterSendMsg`]; rewritten, it
/// becomes one with the new body. What happens after a silent discard is not documented.
///
/// The page names single sends only as a trigger, and yet links the REST call for batches.
///
/// ```
/// use tencent_im_webhook::MessageVerdict;
/// use tencent_im_webhook::event::c2c::BeforeSendMsg;
///
/// fn decide(message: &BeforeSendMsg, blocked: &[(&str, &str)]) -> MessageVerdict {
///     match blocked.contains(&(message.from_account.as_str(), message.to_account.as_str())) {
///         true => MessageVerdict::Discard, // The sender does not learn of it.
///         false => MessageVerdict::Allow,
///     }
/// }
/// # assert_eq!(decide(&tencent_im_webhook_testing::payload(), &[("nadia", "oleg")]), MessageVerdict::Discard);
/// ```
///
/// Tencent: [CN 1632](https://cloud.tencent.com/document/product/269/1632),
/// [INTL 34364](https://www.tencentcloud.com/document/product/1047/34364).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeSendMsg {
    /// Who sends it.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who is to receive it.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The sender's sequence number, 32 bits as documented. Tells the order of messages of one second.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// The sender's random number, 32 bits as documented; a vendor's sample is larger.
    #[serde(deserialize_with = "wire::number")]
    pub msg_random: u64,
    /// When it was sent. Order messages by this, then by [`msg_seq`](Self::msg_seq).
    #[serde(deserialize_with = "wire::number")]
    pub msg_time: UnixSeconds,
    /// Its key, which recalls and edits name. Made of sequence, random number and time in the vendor's
    /// samples.
    pub msg_key: MsgKey,
    /// The message's id on the client. Absent from older pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<MsgId>,
    /// Whether it is for a receiver online now, and not stored. Absent from older pages.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// What it says.
    pub msg_body: MsgBody,
    /// The app's own data of the message. Absent from real requests if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// When the webhook was triggered. Absent from older and from international pages.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
    /// What the sender's REST call said of its other devices. Undocumented; seen as a number in
    /// [`AfterSendMsg`] and for bots.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub sync_other_machine: Option<u64>,
    /// Whether extensions may be set on it later (inferred from the REST call). Undocumented; seen as a
    /// number in [`AfterSendMsg`] and for bots.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub support_message_extension: Option<bool>,
}

/// A one-to-one message was delivered, or was not: see [`send_msg_result`](Self::send_msg_result).
///
/// Comes for failures too, such as a message that the word filter stopped, but not for one that a
/// [`BeforeSendMsg`] verdict refused. It shows what was really sent, after any rewrite.
///
/// ```
/// use tencent_im_webhook::event::c2c::AfterSendMsg;
///
/// /// It comes for failures too: look before you count.
/// fn was_delivered(message: &AfterSendMsg) -> bool {
///     message.send_msg_result.is_none_or(|result| result == 0)
/// }
/// # assert!(was_delivered(&tencent_im_webhook_testing::payload()));
/// ```
///
/// Tencent: [CN 2716](https://cloud.tencent.com/document/product/269/2716),
/// [INTL 34365](https://www.tencentcloud.com/document/product/1047/34365).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterSendMsg {
    /// Who sent it.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who received it, or would have.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The sender's sequence number, 32 bits as documented. Tells the order of messages of one second.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// The sender's random number, 32 bits as documented; a vendor's sample is larger.
    #[serde(deserialize_with = "wire::number")]
    pub msg_random: u64,
    /// When it was sent. Order messages by this, then by [`msg_seq`](Self::msg_seq).
    #[serde(deserialize_with = "wire::number")]
    pub msg_time: UnixSeconds,
    /// Its key, which recalls and edits name together with the two users.
    pub msg_key: MsgKey,
    /// The message's id on the client. Absent from older pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<MsgId>,
    /// Whether it was for a receiver online then, and not stored. Absent from older pages.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// 0 if it was delivered, else the error code of the delivery. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub send_msg_result: Option<u64>,
    /// Why it was not delivered, or `send msg succeed`. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_info: Option<String>,
    /// How many one-to-one messages the receiver has not read, over all conversations; -1 if the delivery
    /// failed. International pages have it, the current Chinese one does not.
    #[serde(default, deserialize_with = "wire::optional_integer", skip_serializing_if = "Option::is_none")]
    pub unread_msg_num: Option<i64>,
    /// What it says.
    pub msg_body: MsgBody,
    /// The app's own data of the message. Absent from real requests if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// When the webhook was triggered. Absent from older and from international pages.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
    /// What the sender's REST call said of its other devices. Undocumented; seen as a number in real
    /// requests.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub sync_other_machine: Option<u64>,
    /// Whether extensions may be set on it later (inferred from the REST call). Undocumented; seen as a
    /// number in real requests.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub support_message_extension: Option<bool>,
}

/// Somebody read a conversation up to some time, on a client or over REST.
///
/// For receipts of single messages see [`AfterMsgReadReceipt`].
///
/// Tencent: [CN 61696](https://cloud.tencent.com/document/product/269/61696),
/// [INTL 43465](https://www.tencentcloud.com/document/product/1047/43465).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMsgReport {
    /// Who read.
    #[serde(rename = "Report_Account")]
    pub report_account: UserId,
    /// The other side of the conversation.
    #[serde(rename = "Peer_Account")]
    pub peer_account: UserId,
    /// All messages up to this moment are read. The unit follows from the vendor's sample.
    #[serde(deserialize_with = "wire::number")]
    pub last_read_time: UnixSeconds,
    /// How many one-to-one messages the reader has left to read, over all conversations. Gone from the
    /// Chinese page since 2023-12.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub unread_msg_num: Option<u64>,
    /// When the webhook was triggered. On the Chinese page only, since 2023-12.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A one-to-one message was recalled, from a client or over REST. By whom is not told.
///
/// Tencent: [CN 61697](https://cloud.tencent.com/document/product/269/61697),
/// [INTL 43466](https://www.tencentcloud.com/document/product/1047/43466).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMsgWithdraw {
    /// Who sent the message, which is not always who recalled it.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who received it.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The key that [`AfterSendMsg::msg_key`] gave it.
    pub msg_key: MsgKey,
    /// How many one-to-one messages the receiver has left to read, over all conversations. Gone from the
    /// Chinese page since 2023-12.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub unread_msg_num: Option<u64>,
    /// When the webhook was triggered. On the Chinese page only, since 2023-12.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// The extension of a one-to-one message was changed, from a client or over REST. By whom is not told.
///
/// Tencent: [CN 126475](https://cloud.tencent.com/document/product/269/126475),
/// [INTL 76006](https://www.tencentcloud.com/document/product/1047/76006).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterC2cMsgExtension {
    /// Who sent the message, which is not always who changed the extension.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who received it.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The key that [`AfterSendMsg::msg_key`] gave it.
    pub msg_key: MsgKey,
    /// 1: pairs were set, 2: pairs were deleted, 3: all were cleared. The meanings follow from the vendor's
    /// samples.
    #[serde(deserialize_with = "wire::number")]
    pub operate_type: u64,
    /// The pairs that changed. Empty when all were cleared (inferred from the group command).
    #[serde(default, deserialize_with = "wire::objects")]
    pub extension_list: Vec<MsgExtension>,
    /// The newest version of the message's whole extension. Take the changes of one message in this order.
    #[serde(deserialize_with = "wire::number")]
    pub seq: u64,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A pair of an [`AfterC2cMsgExtension`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct MsgExtension {
    /// The app's name of the pair.
    pub key: String,
    /// What it says now. Empty, or absent, if the pair was deleted.
    #[serde(default, deserialize_with = "wire::text")]
    pub value: String,
    /// The version of this pair. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// Somebody sent receipts for single messages that were read, on a client or over REST.
///
/// For the mark of a whole conversation see [`AfterMsgReport`].
///
/// Tencent: [CN 128223](https://cloud.tencent.com/document/product/269/128223).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMsgReadReceipt {
    /// Who read the messages and sent the receipts.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The other side of the conversation, who sent the messages.
    #[serde(rename = "Peer_Account")]
    pub peer_account: UserId,
    /// The messages that were read.
    #[serde(rename = "C2CMsgInfo", deserialize_with = "wire::objects")]
    pub c2c_msg_info: Vec<ReadMsg>,
    /// When the receipts were sent.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A message of an [`AfterMsgReadReceipt`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ReadMsg {
    /// Who sent it: the receipt's peer.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who received it: the receipt's operator.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The key that [`AfterSendMsg::msg_key`] gave it.
    pub msg_key: MsgKey,
    /// The message's id on the client. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<MsgId>,
}

/// A one-to-one message was edited, from a client or over REST.
///
/// Tencent: [CN 128224](https://cloud.tencent.com/document/product/269/128224).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterModifyMsg {
    /// Who edited it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who sent it.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who received it.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The sequence number that it was sent with.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// The random number that it was sent with.
    #[serde(deserialize_with = "wire::number")]
    pub msg_random: u64,
    /// When it was sent, not when it was edited.
    #[serde(deserialize_with = "wire::number")]
    pub msg_time: UnixSeconds,
    /// The key that [`AfterSendMsg::msg_key`] gave it.
    pub msg_key: MsgKey,
    /// What it says now. Whether it is absent if only the app's data was edited is not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_body: Option<MsgBody>,
    /// The app's own data of the message as it is now. Whether it is absent if only the body was edited is
    /// not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// When it was edited. Order the edits of one message by this.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Somebody marked everything as read on a client: one-to-one conversations and groups alike.
///
/// Of the one-to-one part nothing is told but that it happened.
///
/// Tencent: [CN 128225](https://cloud.tencent.com/document/product/269/128225).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMsgReadAll {
    /// Who marked it.
    #[serde(rename = "Report_Account")]
    pub report_account: UserId,
    /// The groups marked with it. Absent, and so empty here, if there are none (inferred).
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub group_read_info: Vec<GroupRead>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A group of an [`AfterMsgReadAll`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct GroupRead {
    /// The group.
    pub group_id: GroupId,
    /// The last message that is read, by its number in the group, as the client gave it.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
}

// A message's key tells it from the others of the same two users: the calls that take one want all three.
concerns! {
    BeforeSendMsg: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.to_account],
        key: [&it.from_account, &it.to_account, &it.msg_key],
    }
    AfterSendMsg: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.to_account],
        key: [&it.from_account, &it.to_account, &it.msg_key],
    }
    AfterMsgReport: |it| {
        time: it.event_time,
        accounts: [&it.report_account, &it.peer_account],
    }
    AfterMsgWithdraw: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.to_account],
        key: [&it.from_account, &it.to_account, &it.msg_key],
    }
    AfterC2cMsgExtension: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.to_account],
        key: [&it.from_account, &it.to_account, &it.msg_key, &it.seq],
    }
    AfterMsgReadReceipt: |it| {
        time: it.event_time,
        accounts: [&it.operator_account, &it.peer_account],
        accounts: it.c2c_msg_info.iter().flat_map(|message| [&message.from_account, &message.to_account]),
        key_at_time: [&it.operator_account, &it.peer_account, &keys_of(&it.c2c_msg_info)],
    }
    AfterModifyMsg: |it| {
        time: it.event_time,
        accounts: [&it.operator_account, &it.from_account, &it.to_account],
        key_at_time: [&it.operator_account, &it.from_account, &it.to_account, &it.msg_key],
    }
    AfterMsgReadAll: |it| {
        time: it.event_time,
        accounts: [&it.report_account],
    }
}

fn keys_of(messages: &[ReadMsg]) -> String {
    listed(messages.iter().map(|message| &message.msg_key))
}
