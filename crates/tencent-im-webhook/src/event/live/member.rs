//! Audience, owner and administrators.

use serde::{Deserialize, Serialize};

use crate::event::{concerns, listed};
use crate::id::{RoomId, UserId};
use crate::open::open_enum;
use crate::time::UnixMillis;
use crate::wire;

open_enum! {
    /// Whether a viewer is there.
    pub enum MemberState {
        /// There.
        Online = "Online",
        /// Gone.
        Offline = "Offline",
    }
}

open_enum! {
    /// Why a viewer came or went. Groups use other names for it.
    pub enum MemberCause {
        /// Entered the room.
        Enter = "Enter",
        /// Left the room.
        Leave = "Leave",
        /// Lost the connection.
        HeartbeatInterrupt = "HeartbeatInterrupt",
        /// Has the connection back.
        HeartbeatRecover = "HeartbeatRecover",
        /// Was removed. In the page of 2026 only.
        Kicked = "Kicked",
    }
}

open_enum! {
    /// What was done about administrators.
    pub enum OpType {
        /// Added.
        Add = "add",
        /// Removed.
        Delete = "delete",
    }
}

/// Viewers came to a live room or went. None comes any more once the room is closed.
///
/// URL tables of older pages call it `Live.CallbackMemberStateChanged`.
///
/// Tencent: [RTC 64424](https://trtc.io/document/64424).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMemberStateChanged {
    /// The room.
    pub room_id: RoomId,
    /// Whether they are there now.
    pub event_type: MemberState,
    /// Why. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_cause: Option<MemberCause>,
    /// Who it is.
    #[serde(deserialize_with = "wire::objects")]
    pub member_list: Vec<Member>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A viewer of an [`AfterMemberStateChanged`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Member {
    /// Who it is.
    #[serde(rename = "Member_Account")]
    pub member_account: UserId,
}

/// A live room has another owner.
///
/// Tencent: [RTC 72553](https://trtc.io/document/72553).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterChangeOwner {
    /// The room.
    pub room_id: RoomId,
    /// Who changed it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Whose room it is now.
    #[serde(rename = "CurrentOwner_Account")]
    pub current_owner_account: UserId,
    /// Whose room it was.
    #[serde(rename = "OriginalOwner_Account")]
    pub original_owner_account: UserId,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Administrators of a live room were added or removed.
///
/// Tencent: [RTC 72554](https://trtc.io/document/72554).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterModifyAdmin {
    /// The room.
    pub room_id: RoomId,
    /// Who did it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who was added or removed.
    #[serde(rename = "Admin_Account", deserialize_with = "wire::list")]
    pub admin_account: Vec<UserId>,
    /// Added or removed. Its key begins with a small letter, unlike all others.
    #[serde(rename = "opType")]
    pub op_type: OpType,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

concerns! {
    AfterMemberStateChanged: |it| {
        time: it.event_time,
        accounts: accounts_of(&it.member_list),
        key_at_time: [&it.room_id, &it.event_type, &listed(accounts_of(&it.member_list))],
    }
    AfterChangeOwner: |it| {
        time: it.event_time,
        accounts: [&it.operator_account, &it.current_owner_account, &it.original_owner_account],
        key_at_time: [&it.room_id, &it.current_owner_account],
    }
    AfterModifyAdmin: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: &it.admin_account,
        key_at_time: [&it.room_id, &it.op_type, &listed(&it.admin_account)],
    }
}

fn accounts_of(members: &[Member]) -> impl Iterator<Item = &UserId> {
    members.iter().map(|member| &member.member_account)
}
