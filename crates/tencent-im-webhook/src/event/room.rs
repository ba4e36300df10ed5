//! Rooms of the conference product (TUIRoomKit).
//!
//! These webhooks are configured over REST (`v4/room_config/set_callback`), one URL per app.

use serde::{Deserialize, Serialize};

use crate::event::{concerns, listed};
use crate::id::{RoomId, UserId};
use crate::open::open_enum;
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

open_enum! {
    /// What a room is for.
    pub enum RoomType {
        /// A conference. The vendor's sample and table disagree on the name; both are read.
        Meeting = "Meeting" | "conference",
        /// A live stream.
        Live = "Live",
    }
}

open_enum! {
    /// Whether a room is open.
    pub enum RoomStatus {
        /// Not scheduled (by its name).
        None = "None",
        /// Scheduled for later.
        NotStarted = "NotStarted",
        /// Open.
        Running = "Running",
    }
}

open_enum! {
    /// How somebody gets a seat, and so a microphone.
    pub enum TakeSeatMode {
        /// There is no rule, as in a room without seats.
        None = "None",
        /// Whoever comes first.
        FreeToTake = "FreeToTake",
        /// Whoever the owner or an administrator admits.
        ApplyToTake = "ApplyToTake",
    }
}

open_enum! {
    /// How somebody came into a room.
    pub enum EnterType {
        /// Entered.
        Enter = "Enter",
    }
}

open_enum! {
    /// How somebody went out of a room.
    pub enum LeaveType {
        /// Left.
        Leave = "Leave",
        /// Was removed.
        Kicked = "Kicked",
        /// Was dropped after a lost connection (by its name).
        Expired = "Expired",
    }
}

/// A room was created or scheduled.
///
/// Tencent: [RTC 60733](https://trtc.io/document/60733).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterCreateRoom {
    /// Who did it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The room.
    #[serde(deserialize_with = "wire::object")]
    pub room_info: RoomInfo,
    /// Who is invited to a scheduled room. In the vendor's sample, not in its table. Absent, and so empty
    /// here, without invitations.
    #[serde(default, rename = "ScheduleInviteeList_Account", deserialize_with = "wire::list")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schedule_invitee_list_account: Vec<UserId>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A room was closed for good.
///
/// Tencent: [RTC 60732](https://trtc.io/document/60732).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterDestroyRoom {
    /// Who did it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The room.
    pub room_id: RoomId,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A room's data changed. Older Chinese lists call it `Room.CallbackUpdateRoomInfo`.
///
/// Tencent: [RTC 60731](https://trtc.io/document/60731).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterUpdateRoomInfo {
    /// Who changed it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The data. Whether it holds more than what changed is not documented.
    #[serde(deserialize_with = "wire::object")]
    pub room_info: RoomInfo,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A room of an [`AfterCreateRoom`] or, with some of the keys only, of an [`AfterUpdateRoomInfo`].
///
/// The pages promise none of the keys. The tables call the switches booleans, one sample has strings; both
/// are read.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RoomInfo {
    /// The room's id, in every sample, though no table promises it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<RoomId>,
    /// What its members see as its name. Absent: not said, or unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_name: Option<String>,
    /// What it is for. Absent from updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_type: Option<RoomType>,
    /// Whose room it is. Absent: not said, or unchanged.
    #[serde(default, rename = "Owner_Account", skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<UserId>,
    /// How many may be in it. Absent: not said, or unchanged.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub max_member_count: Option<u64>,
    /// How many seats it has. Absent from updates.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub max_seat_count: Option<u64>,
    /// Whether nobody may use a camera. Absent: not said, or unchanged.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_video_disabled: Option<bool>,
    /// Whether nobody may use a microphone. Absent: not said, or unchanged.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_audio_disabled: Option<bool>,
    /// Whether nobody may write. Absent: not said, or unchanged.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_message_disabled: Option<bool>,
    /// Whether nobody may share a screen. Absent: not said, or unchanged.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_screen_sharing_disabled: Option<bool>,
    /// Whether nobody may have the cloud record. Absent: not said, or unchanged.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_cloud_recording_disabled: Option<bool>,
    /// The app's own data of the room. Absent: not said, or unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_info: Option<String>,
    /// When a scheduled room is to open. The vendor's table gives this name to the end as well. Absent from
    /// updates.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub schedule_start_time: Option<UnixSeconds>,
    /// When a scheduled room is to close. Absent from updates.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub schedule_end_time: Option<UnixSeconds>,
    /// Whether it is open. Absent from updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_status: Option<RoomStatus>,
    /// Whether one needs a seat to speak. Absent from updates.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_seat_enabled: Option<bool>,
    /// How one gets a seat. Absent: not said, or unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take_seat_mode: Option<TakeSeatMode>,
    /// When it was created. Absent from updates.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub create_time: Option<UnixSeconds>,
}

/// Members came into a room.
///
/// Tencent: [RTC 60735](https://trtc.io/document/60735).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMemberEnter {
    /// Who did it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The room.
    pub room_id: RoomId,
    /// How many are in it, as documented without a word on whether before or after. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub member_count: Option<u64>,
    /// How they came (`Type`).
    #[serde(rename = "Type")]
    pub enter_type: EnterType,
    /// Who came.
    #[serde(rename = "MemberList_Account", deserialize_with = "wire::list")]
    pub member_list_account: Vec<UserId>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Members left a room, were removed or dropped.
///
/// Tencent: [RTC 60734](https://trtc.io/document/60734).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMemberLeave {
    /// Who did it: somebody else with [`LeaveType::Kicked`].
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The room.
    pub room_id: RoomId,
    /// How many are in it, as documented without a word on whether before or after. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub member_count: Option<u64>,
    /// How they went (`Type`).
    #[serde(rename = "Type")]
    pub leave_type: LeaveType,
    /// Who went.
    #[serde(rename = "MemberList_Account", deserialize_with = "wire::list")]
    pub member_list_account: Vec<UserId>,
    /// Why. Absent if no reason was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

concerns! {
    AfterCreateRoom: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: &it.room_info.owner_account,
        accounts: &it.schedule_invitee_list_account,
        key_at_time: [&it.operator_account, &id_of(&it.room_info)],
    }
    AfterDestroyRoom: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        key_at_time: [&it.operator_account, &it.room_id],
    }
    AfterUpdateRoomInfo: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: &it.room_info.owner_account,
        key_at_time: [&it.operator_account, &id_of(&it.room_info)],
    }
    AfterMemberEnter: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: &it.member_list_account,
        key_at_time: [&it.room_id, &listed(&it.member_list_account)],
    }
    AfterMemberLeave: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: &it.member_list_account,
        key_at_time: [&it.room_id, &listed(&it.member_list_account)],
    }
}

fn id_of(room: &RoomInfo) -> &str {
    room.room_id.as_ref().map_or("", RoomId::as_str)
}
