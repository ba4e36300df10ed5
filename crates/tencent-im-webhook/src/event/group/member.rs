//! Members who come, go and change.

use serde::{Deserialize, Serialize};

use super::shared::{GroupType, Member, accounts, in_topics};
use crate::event::{concerns, listed};
use crate::id::{GroupId, TopicId, UserId};
use crate::open::open_enum;
use crate::time::UnixMillis;
use crate::wire;

/// Somebody asks to join a group, from a client. Members added over REST do not come here.
///
/// It comes before the join, or before the administrators are asked where the group needs their approval:
/// a verdict that allows does not skip that step.
///
/// Tencent: [CN 1665](https://cloud.tencent.com/document/product/269/1665),
/// [INTL 34370](https://www.tencentcloud.com/document/product/1047/34370).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeApplyJoinGroup {
    /// The group to be joined.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who asks. The wire spells it with an o.
    #[serde(rename = "Requestor_Account")]
    pub requestor_account: UserId,
    /// What the applicant wrote. On the Chinese page only; absent or empty without a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apply_msg: Option<String>,
    /// The private topic to be joined: see [`topic`](Self::topic). On the Chinese page only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Members are about to be added to a group, by a client's invitation or over REST.
///
/// The check that they are the inviter's friends, where there is one, came before.
///
/// Tencent: [CN 1666](https://cloud.tencent.com/document/product/269/1666),
/// [INTL 34371](https://www.tencentcloud.com/document/product/1047/34371).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeInviteJoinGroup {
    /// The group that they are to join.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who invites them: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who is to be added. Name those to keep out in
    /// [`InviteVerdict::AllowExcept`](crate::InviteVerdict::AllowExcept).
    #[serde(deserialize_with = "wire::objects")]
    pub destination_members: Vec<Member>,
    /// The private topic that they are to join: see [`topic`](Self::topic). On the Chinese page only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

open_enum! {
    /// How members came into a group.
    pub enum JoinType {
        /// They asked, and were accepted where the group needs it.
        Apply = "Apply",
        /// Somebody added them.
        Invited = "Invited",
    }
}

/// Members joined a group: accepted, invited, or added over REST.
///
/// ```
/// use tencent_im_webhook::event::group::{AfterNewMemberJoin, JoinType};
///
/// # let joined: AfterNewMemberJoin = tencent_im_webhook_testing::payload();
/// let invited_by = match joined.join_type {
///     JoinType::Invited => Some(&joined.operator_account),
///     _ => None,
/// };
/// let members: Vec<_> = joined.new_member_list.iter().map(|member| &member.member_account).collect();
/// assert_eq!((invited_by.map(|by| by.as_str()), members.len()), (Some("linh"), 2));
/// ```
///
/// Tencent: [CN 1667](https://cloud.tencent.com/document/product/269/1667),
/// [INTL 34372](https://www.tencentcloud.com/document/product/1047/34372).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterNewMemberJoin {
    /// The group that they joined.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Whether they asked or were invited.
    pub join_type: JoinType,
    /// Who caused it: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who joined.
    #[serde(deserialize_with = "wire::objects")]
    pub new_member_list: Vec<Member>,
    /// The private topic that they joined: see [`topic`](Self::topic). Absent or empty elsewhere. On
    /// no page: inferred from [`AfterMemberExit`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

open_enum! {
    /// How members went out of a group.
    pub enum ExitType {
        /// They were removed.
        Kicked = "Kicked",
        /// They left.
        Quit = "Quit",
    }
}

/// Members left a group or were removed from it.
///
/// Tencent: [CN 1668](https://cloud.tencent.com/document/product/269/1668),
/// [INTL 34373](https://www.tencentcloud.com/document/product/1047/34373).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMemberExit {
    /// The group that they were in.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Whether they left or were removed.
    pub exit_type: ExitType,
    /// Who acted, says the vendor's sample; who left, says its table. The same for [`ExitType::Quit`];
    /// for [`ExitType::Kicked`] the sample makes sense.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who is out.
    #[serde(deserialize_with = "wire::objects")]
    pub exit_member_list: Vec<Member>,
    /// The private topic that they were in: see [`topic`](Self::topic). On the Chinese page only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

open_enum! {
    /// What became of members of an audio-video room.
    pub enum MemberEventType {
        /// They are there.
        Online = "Online",
        /// They are not there any more.
        Offline = "Offline",
    }
}

open_enum! {
    /// Why members of an audio-video room are there or not.
    pub enum MemberEventCause {
        /// Online: they joined.
        Join = "Join",
        /// Online: their client is heard of again.
        HeartbeatRecover = "HeartbeatRecover",
        /// Offline: they left.
        Quit = "Quit",
        /// Offline: their client was silent for more than thirty seconds.
        HeartbeatInterrupt = "HeartbeatInterrupt",
    }
}

/// Members of an audio-video room came online or went offline.
///
/// It needs the list of online members, a feature of some plans. The platform looks every twenty seconds.
/// Of several devices, the first to join and the last to leave count.
///
/// Tencent: [CN 76156](https://cloud.tencent.com/document/product/269/76156),
/// [INTL 48734](https://www.tencentcloud.com/document/product/1047/48734).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct OnMemberStateChange {
    /// The room.
    pub group_id: GroupId,
    /// Whether they came or went.
    pub event_type: MemberEventType,
    /// Why. Absent from the pages of 2022.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_cause: Option<MemberEventCause>,
    /// Who came or went.
    #[serde(deserialize_with = "wire::objects")]
    pub member_list: Vec<Member>,
    /// What sort of group it is (`Type`): [`GroupType::AvChatRoom`] if anything. Undocumented; another
    /// library reads it.
    #[serde(default, rename = "Type", skip_serializing_if = "Option::is_none")]
    pub group_type: Option<GroupType>,
    /// When the webhook was triggered. In newer samples, not in the international table; some samples of
    /// groups show a string, which is read as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

open_enum! {
    /// A member's rank, the owner's apart.
    pub enum MemberRole {
        /// An administrator of the group.
        Admin = "Admin",
        /// Anybody else.
        Member = "Member",
    }
}

/// A member's role or name card changed. Other fields of members do not come here.
///
/// Tencent: [CN 105353](https://cloud.tencent.com/document/product/269/105353),
/// [INTL 60393](https://www.tencentcloud.com/document/product/1047/60393).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMemberFieldChanged {
    /// The group that the member is in.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who made the change: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who was changed. International pages spell it `Member_Account`, which is read as well.
    #[serde(rename = "Modified_Account", alias = "Member_Account")]
    pub modified_account: UserId,
    /// The new role. Absent unless it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<MemberRole>,
    /// The new name within the group. Absent unless it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_card: Option<String>,
    /// When the webhook was triggered. Some samples show a string, which is read as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

in_topics! { BeforeApplyJoinGroup BeforeInviteJoinGroup AfterNewMemberJoin AfterMemberExit }

concerns! {
    BeforeApplyJoinGroup: |it| {
        time: it.event_time,
        accounts: [&it.requestor_account],
        group: &it.group_id,
    }
    BeforeInviteJoinGroup: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: accounts(&it.destination_members),
        group: &it.group_id,
    }
    AfterNewMemberJoin: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: accounts(&it.new_member_list),
        group: &it.group_id,
    }
    AfterMemberExit: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: accounts(&it.exit_member_list),
        group: &it.group_id,
    }
    OnMemberStateChange: |it| {
        time: it.event_time,
        accounts: accounts(&it.member_list),
        group: &it.group_id,
        key_at_time: [&it.group_id, &it.event_type, &listed(accounts(&it.member_list))],
    }
    AfterMemberFieldChanged: |it| {
        time: it.event_time,
        accounts: [&it.operator_account, &it.modified_account],
        group: &it.group_id,
    }
}
