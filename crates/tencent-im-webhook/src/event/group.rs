//! Groups, communities and live rooms.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::{GroupId, MsgId, TopicId, UserId};
use crate::message::MsgBody;
use crate::open::open_enum;
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

open_enum! {
    /// What sort of group it is. The wire keeps the legacy names.
    pub enum GroupType {
        /// Members are invited ("Work" in the console).
        Private = "Private",
        /// Found and joined with approval.
        Public = "Public",
        /// Joined freely ("Meeting" in the console).
        ChatRoom = "ChatRoom",
        /// A live audience without a member list.
        AvChatRoom = "AVChatRoom",
        /// A large group with topics.
        Community = "Community",
        /// A room of the Live and Room products; the group id is the room's.
        Live = "Live",
        /// A broadcast room, retired.
        BChatRoom = "BChatRoom",
    }
}

/// A message went to a group or, with [`GroupType::Live`], to a live room.
///
/// It shows what was really sent, after any rewrite.
///
/// Tencent: [CN 2661](https://cloud.tencent.com/document/product/269/2661),
/// [INTL 34375](https://www.tencentcloud.com/document/product/1047/34375),
/// Live: [CN 647/74348](https://cloud.tencent.com/document/product/647/74348).
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
    pub random: u64,
    /// The message's id on the client. Absent from older pages and apps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<MsgId>,
    /// Its number in the group, or in the topic. Order messages by this.
    pub msg_seq: u64,
    /// When the platform took it.
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

impl AfterSendMsg {
    /// The topic that the message is in.
    #[must_use]
    pub fn topic(&self) -> Option<&TopicId> {
        self.topic_id.as_ref().filter(|topic| !topic.is_empty())
    }
}

/// A mention of an [`AfterSendMsg`].
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

concerns! {
    AfterSendMsg: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.operator_account],
        accounts: it.group_at_info.iter().filter_map(|mention| mention.group_at_account.as_ref()),
        group: &it.group_id,
        key: [&it.group_id, &it.topic().map_or("", TopicId::as_str), &it.msg_seq],
    }
}
