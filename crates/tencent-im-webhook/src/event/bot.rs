//! Chat bots: accounts named `@RBT#…` whose messages the app itself answers.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::event::group::GroupType;
use crate::id::{GroupId, MsgId, MsgKey, TopicId, UserId};
use crate::message::MsgBody;
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

/// A one-to-one message reached a bot, from a client or over REST.
///
/// It shows what was really sent, after any rewrite, and does not come for a message that the *before*
/// webhook refused. Whether the one-to-one *after* webhook comes for the same message as well is not
/// documented, so answer in one of the two only.
///
/// Tencent: [CN 90407](https://cloud.tencent.com/document/product/269/90407),
/// [INTL 68952](https://www.tencentcloud.com/document/product/1047/68952).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct OnC2cMessage {
    /// Who sent it.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// The bot.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The message's number between the two, 32 bits as documented.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// The sender's random number, 32 bits as documented.
    #[serde(deserialize_with = "wire::number")]
    pub msg_random: u64,
    /// When the platform took it.
    #[serde(deserialize_with = "wire::number")]
    pub msg_time: UnixSeconds,
    /// Its key, which a recall names together with the two users.
    pub msg_key: MsgKey,
    /// Its id on the client. Absent from all pages but the Chinese one of 2025.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<MsgId>,
    /// Whether it was for a receiver online then, and not stored. Absent: not said.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// What became of the delivery: 0 if it was delivered, else an error code. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub send_msg_result: Option<u64>,
    /// The same in words, `send msg succeed` after a delivery. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_info: Option<String>,
    /// How many one-to-one messages the bot has not read; -1 after a failed delivery. Undocumented here:
    /// seen in real bodies, and described for one-to-one messages.
    #[serde(default, deserialize_with = "wire::optional_integer", skip_serializing_if = "Option::is_none")]
    pub unread_msg_num: Option<i64>,
    /// What it says.
    pub msg_body: MsgBody,
    /// The app's own data of the message. Absent, or empty, if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// What the sender's REST call said of its other devices. Undocumented; seen as a number in a body of
    /// 2023.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub sync_other_machine: Option<u64>,
    /// Whether extensions may be set on it later (inferred from the REST call). Undocumented; seen as a
    /// number in a body of 2023.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub support_message_extension: Option<bool>,
    /// When the webhook was triggered. Absent from older pages.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A message in a group mentioned a bot. One that mentions everybody does not count.
///
/// The console calls the switch the chatbot event webhook.
///
/// Tencent: [INTL 68953](https://www.tencentcloud.com/document/product/1047/68953).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct OnGroupMessage {
    /// The group.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who sent it.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who made the call: the administrator for REST, else the sender.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The sender's random number, 32 bits as documented.
    #[serde(deserialize_with = "wire::number")]
    pub random: u64,
    /// Its number in the group, or in the topic. Order messages by this.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// When the platform took it.
    #[serde(deserialize_with = "wire::number")]
    pub msg_time: UnixSeconds,
    /// Whether it was for members online then, and not stored; never so in an audio-video room. Absent:
    /// not said.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// What it says. The text holds the mention, as `@@RBT#…`.
    pub msg_body: MsgBody,
    /// The bots that it mentions.
    #[serde(rename = "AtRobots_Account", deserialize_with = "wire::list")]
    pub at_robots_account: Vec<UserId>,
    /// The app's own data of the message. Absent, or empty, if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// The topic, in communities with topics. Absent or empty elsewhere: see [`topic`](Self::topic).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
    /// When the webhook was triggered. A number here, though a string in the samples of other group
    /// webhooks; both are read.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

impl OnGroupMessage {
    /// The topic that the message is in.
    ///
    /// ```
    /// use tencent_im_webhook::event::bot::OnGroupMessage;
    ///
    /// let mut message = OnGroupMessage::default();
    /// message.topic_id = Some("".into()); // As the platform writes it outside of topics.
    /// assert_eq!(message.topic(), None);
    /// ```
    #[must_use]
    pub fn topic(&self) -> Option<&TopicId> {
        self.topic_id.as_ref().filter(|topic| !topic.is_empty())
    }
}

concerns! {
    OnC2cMessage: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.to_account],
        key: [&it.from_account, &it.to_account, &it.msg_key],
    }
    OnGroupMessage: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.operator_account],
        accounts: &it.at_robots_account,
        group: &it.group_id,
        key: [&it.group_id, &it.topic().map_or("", TopicId::as_str), &it.msg_seq],
    }
}
