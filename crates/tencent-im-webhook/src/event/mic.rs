//! Seats in rooms of the conference and live products: who has a microphone.

use serde::{Deserialize, Serialize};

use crate::event::{concerns, listed};
use crate::id::{RoomId, UserId};
use crate::time::UnixMillis;
use crate::wire;

/// A seat was taken, left or locked, or its camera or microphone was switched.
///
/// Tencent: [RTC 60736](https://trtc.io/document/60736),
/// Live: [RTC 64425](https://trtc.io/document/64425).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterSeatInfoChanged {
    /// Who did it. Absent from live rooms.
    #[serde(default, rename = "Operator_Account", skip_serializing_if = "Option::is_none")]
    pub operator_account: Option<UserId>,
    /// The room.
    pub room_id: RoomId,
    /// The seats. Whether all of them or those that changed is not documented.
    #[serde(deserialize_with = "wire::objects")]
    pub seat_list: Vec<Seat>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A seat of an [`AfterSeatInfoChanged`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Seat {
    /// Its number in the room.
    #[serde(deserialize_with = "wire::number")]
    pub index: u64,
    /// Who sits there. Absent or empty if nobody does: see [`member`](Self::member). A number in the
    /// vendor's sample, which is read as its digits.
    #[serde(default, rename = "Member_Account", skip_serializing_if = "Option::is_none")]
    pub member_account: Option<UserId>,
    /// Whether it is locked, so that nobody can take it. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_taken_disabled: Option<bool>,
    /// Whether its camera is banned. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_video_disabled: Option<bool>,
    /// Whether its microphone is banned. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_audio_disabled: Option<bool>,
}

impl Seat {
    /// Who sits there.
    ///
    /// ```
    /// use tencent_im_webhook::event::mic::AfterSeatInfoChanged;
    ///
    /// # let change: AfterSeatInfoChanged = tencent_im_webhook_testing::payload();
    /// let taken = change.seat_list.iter().filter_map(|seat| Some((seat.index, seat.member()?.as_str())));
    /// assert_eq!(taken.collect::<Vec<_>>(), [(0, "tomas")]);
    /// ```
    #[must_use]
    pub fn member(&self) -> Option<&UserId> {
        self.member_account.as_ref().filter(|member| !member.is_empty())
    }
}

concerns! {
    AfterSeatInfoChanged: |it| {
        time: it.event_time,
        accounts: &it.operator_account,
        accounts: it.seat_list.iter().filter_map(|seat| seat.member_account.as_ref()),
        key_at_time: [&it.room_id, &seats_of(&it.seat_list)],
    }
}

fn seats_of(seats: &[Seat]) -> String {
    listed(seats.iter().map(|seat| format!("{}:{}", seat.index, seat.member().map_or("", UserId::as_str))))
}
