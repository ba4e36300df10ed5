//! Battles: live rooms that compete for gifts ("PK").

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::{RoomId, UserId};
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

/// A live room challenged others.
///
/// Tencent: [RTC 68259](https://trtc.io/document/68259).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterCreateBattle {
    /// Who did it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The battle's id, which all its webhooks name.
    pub battle_id: String,
    /// The room that challenges.
    pub from_room_id: RoomId,
    /// The rooms that are challenged.
    #[serde(deserialize_with = "wire::list")]
    pub to_room_id_list: Vec<RoomId>,
    /// How long they have to accept, in milliseconds. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// How long the battle is to be, in milliseconds. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    /// Whether they have to accept first (by its name). Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub need_response: Option<bool>,
    /// The app's own data of the battle. Absent, or empty, if it has none (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension_info: Option<String>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A battle began. Nobody in particular began it.
///
/// Tencent: [RTC 68260](https://trtc.io/document/68260).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterStartBattle {
    /// The battle's id, which all its webhooks name.
    pub battle_id: String,
    /// How long it is to be, in milliseconds. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    /// When the challenge came. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub create_time: Option<UnixSeconds>,
    /// When it began. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub start_time: Option<UnixSeconds>,
    /// The room that challenged. The vendor's table calls it a string, the sample has an object.
    #[serde(deserialize_with = "wire::object")]
    pub from_room_info: BattleRoom,
    /// The rooms that were challenged.
    #[serde(deserialize_with = "wire::objects")]
    pub to_room_list: Vec<BattleRoom>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A battle ended, or did not take place.
///
/// Tencent: [RTC 68261](https://trtc.io/document/68261).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterEndBattle {
    /// The battle's id, which all its webhooks name.
    pub battle_id: String,
    /// How long it was to be, in milliseconds. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    /// When the challenge came. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub create_time: Option<UnixSeconds>,
    /// When it began. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub start_time: Option<UnixSeconds>,
    /// When it ended. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub end_time: Option<UnixSeconds>,
    /// Why it ended: 0 the time was up, 1 everybody had left, 2 it never began. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub op_type: Option<u64>,
    /// The room that challenged. The vendor's table calls it a string, the sample has an object.
    #[serde(deserialize_with = "wire::object")]
    pub from_room_info: BattleRoom,
    /// The rooms that were challenged.
    #[serde(deserialize_with = "wire::objects")]
    pub to_room_list: Vec<BattleRoom>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A side of an [`AfterStartBattle`] or an [`AfterEndBattle`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BattleRoom {
    /// The room.
    pub room_id: RoomId,
    /// Whose room it is. A number in the sample of the end, which is read as its digits. Absent: not said.
    #[serde(default, rename = "Owner_Account", skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<UserId>,
    /// What it scored; signed, since nothing says it is not. At the end only.
    #[serde(default, deserialize_with = "wire::optional_integer", skip_serializing_if = "Option::is_none")]
    pub score: Option<i64>,
}

concerns! {
    AfterCreateBattle: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        key: [&it.battle_id],
    }
    AfterStartBattle: |it| {
        time: it.event_time,
        accounts: &it.from_room_info.owner_account,
        accounts: it.to_room_list.iter().filter_map(|room| room.owner_account.as_ref()),
        key: [&it.battle_id],
    }
    AfterEndBattle: |it| {
        time: it.event_time,
        accounts: &it.from_room_info.owner_account,
        accounts: it.to_room_list.iter().filter_map(|room| room.owner_account.as_ref()),
        key: [&it.battle_id],
    }
}
