//! Rooms, their data and their number.

use serde::{Deserialize, Serialize};

use crate::event::room::{RoomType, TakeSeatMode};
use crate::event::{concerns, listed};
use crate::id::{RoomId, UserId};
use crate::open::open_enum;
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

open_enum! {
    /// Who closed a live room.
    pub enum DestroyType {
        /// A user.
        DestroyByUser = "DestroyByUser",
        /// The platform.
        DestroyBySystem = "DestroyBySystem",
    }
}

/// A live room was created.
///
/// Tencent: [RTC 64422](https://trtc.io/document/64422).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterCreateRoom {
    /// Who created it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The room.
    #[serde(deserialize_with = "wire::object")]
    pub room_info: RoomInfo,
    /// When the webhook was triggered. One sample lacks it, another has it in
    /// [`room_info`](RoomInfo::event_time).
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A live room was closed for good.
///
/// Tencent: [RTC 64423](https://trtc.io/document/64423).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterDestroyRoom {
    /// Who closed it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The room.
    pub room_id: RoomId,
    /// Whether a user or the platform closed it.
    pub event_type: DestroyType,
    /// What the room was like at last. Absent from the pages of 2024.
    #[serde(default, deserialize_with = "wire::optional_object", skip_serializing_if = "Option::is_none")]
    pub room_info: Option<RoomInfo>,
    /// What it brought in. Absent from the pages of 2024.
    #[serde(default, deserialize_with = "wire::optional_object", skip_serializing_if = "Option::is_none")]
    pub statistic: Option<Statistic>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A live room's data changed.
///
/// Tencent: [RTC 67938](https://trtc.io/document/67938).
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

/// A room of an [`AfterCreateRoom`], an [`AfterUpdateRoomInfo`] or an [`AfterDestroyRoom`].
///
/// The three name different keys: what a field says on its absence holds besides a key that the platform
/// leaves out.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RoomInfo {
    /// The room's id. Absent from a closed room, whose id stands [beside](AfterDestroyRoom::room_id).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<RoomId>,
    /// What the audience sees as its name. In all three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_name: Option<String>,
    /// What it is for: a live stream, though an older table says a meeting. Absent from updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_type: Option<RoomType>,
    /// Whose room it is. A number in the sample of a closed room, which is read as its digits. Absent from
    /// updates.
    #[serde(default, rename = "Owner_Account", skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<UserId>,
    /// How many may be in it. In all three.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub max_member_count: Option<u64>,
    /// Whether nobody may write. In all three.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_message_disabled: Option<bool>,
    /// The app's own data of the room. In all three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_info: Option<String>,
    /// Whether one needs a seat to speak. Absent from updates.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_seat_enabled: Option<bool>,
    /// How one gets a seat. In all three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take_seat_mode: Option<TakeSeatMode>,
    /// How many seats it has. Absent from updates.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub max_seat_count: Option<u64>,
    /// When it was created. For a room just created only.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub create_time: Option<UnixSeconds>,
    /// Whether lists of rooms show it (by its name). In all three.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_public_visible: Option<bool>,
    /// Where its cover picture is. Empty if it has none (inferred). In all three.
    #[serde(default, rename = "CoverURL", skip_serializing_if = "Option::is_none")]
    pub cover_url: Option<String>,
    /// Where its background picture is. Empty if it has none (inferred). For a closed room only.
    #[serde(default, rename = "BackgroundURL", skip_serializing_if = "Option::is_none")]
    pub background_url: Option<String>,
    /// The app's numbers for what it is about. Absent may mean unchanged, empty means none. In all three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Vec<u64>>,
    /// The app's number for what goes on in it (by its name). Absent from a room just created.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub activity_status: Option<u64>,
    /// How often it was watched (by its name). For a closed room only.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub view_count: Option<u64>,
    /// Whether its audience was without limit (by its name). For a closed room only.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_unlimited_room_enabled: Option<bool>,
    /// When the webhook was triggered, misplaced: one sample of a room just created has it here instead of
    /// [outside](AfterCreateRoom::event_time).
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// What a live room brought in until its [end](AfterDestroyRoom).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Statistic {
    /// Viewers. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub total_viewers: Option<u64>,
    /// Gifts. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub total_gifts_sent: Option<u64>,
    /// The price of all gifts, in the app's coins. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub total_gift_coins: Option<u64>,
    /// Users who sent a gift, each counted once. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub total_unique_gift_senders: Option<u64>,
    /// Likes. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub total_likes_received: Option<u64>,
}

/// Metadata of a live room was set.
///
/// Tencent: [RTC 68222](https://trtc.io/document/68222).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterSetMetadata {
    /// Who set it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The room.
    pub room_id: RoomId,
    /// What was set.
    #[serde(deserialize_with = "wire::objects")]
    pub metadata: Vec<Metadata>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A piece of the app's own data of a live room.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Metadata {
    /// Its name, which the app chose.
    pub key: String,
    /// Its value from now on, in the app's own format.
    pub value: String,
}

/// Metadata of a live room was deleted. The URL table of the page names the command for setting it, by
/// mistake.
///
/// Tencent: [RTC 68223](https://trtc.io/document/68223).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterDelMetadata {
    /// Who deleted it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The room.
    pub room_id: RoomId,
    /// The names of the pieces deleted.
    #[serde(deserialize_with = "wire::list")]
    pub keys: Vec<String>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A live room was created, and the app has now more than 70 % of the rooms it may have. Which room is not
/// told.
///
/// Tencent: [RTC 70485](https://trtc.io/document/70485).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterCreateRoomReachingThreshold {
    /// Who created the room (inferred).
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// How many rooms there are. A string in the vendor's table, which is read as well.
    #[serde(deserialize_with = "wire::number")]
    pub cur_room_count: u64,
    /// How many there may be. An array in the vendor's table; one with a single number is read as well.
    /// Absent: not said.
    #[serde(
        default,
        deserialize_with = "wire::optional_lone_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_room_count: Option<u64>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

concerns! {
    AfterCreateRoom: |it| {
        time: it.event_time.or(it.room_info.event_time),
        accounts: [&it.operator_account],
        accounts: &it.room_info.owner_account,
        key_at_time: [&it.operator_account, &id_of(&it.room_info)],
    }
    AfterDestroyRoom: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: it.room_info.as_ref().and_then(|room| room.owner_account.as_ref()),
        key_at_time: [&it.operator_account, &it.room_id],
    }
    AfterUpdateRoomInfo: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: &it.room_info.owner_account,
        key_at_time: [&it.operator_account, &id_of(&it.room_info)],
    }
    AfterSetMetadata: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        key_at_time: [&it.operator_account, &it.room_id, &listed(it.metadata.iter().map(|piece| &piece.key))],
    }
    AfterDelMetadata: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        key_at_time: [&it.operator_account, &it.room_id, &listed(&it.keys)],
    }
    AfterCreateRoomReachingThreshold: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        key_at_time: [&it.operator_account, &it.cur_room_count],
    }
}

fn id_of(room: &RoomInfo) -> &str {
    room.room_id.as_ref().map_or("", RoomId::as_str)
}
