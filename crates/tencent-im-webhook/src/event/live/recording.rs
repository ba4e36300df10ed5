//! Recordings by the cloud.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::{RoomId, UserId};
use crate::raw::RawJson;
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

/// The recording of a live room began, went on or ended.
///
/// An international page has the same body as `Follow.CallbackAfterCloudRecordingChanged`. The recorder's
/// own webhook, which comes without a command and wants another answer, is another protocol.
///
/// Tencent: [CN 129603](https://cloud.tencent.com/document/product/269/129603),
/// [RTC 78428](https://trtc.io/document/78428).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterCloudRecordingChanged {
    /// What records: 3 the cloud, 8 a web page's recorder. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_group_id: Option<u64>,
    /// What happened: 301 the recorder started, 302 it stopped, 303 the upload started, 304 the index file
    /// was made and uploaded, 305 the upload finished, 306 the task moved to another machine, 307 the
    /// index has its first slice, 311 the video is in the store. There are others. The list is that of the
    /// recorder's own webhook.
    #[serde(deserialize_with = "wire::number")]
    pub event_type: u64,
    /// When the webhook was sent; it stands for the event time, which these bodies lack. Absent: not
    /// said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub callback_ts: Option<UnixMillis>,
    /// Where and when it happened.
    #[serde(deserialize_with = "wire::object")]
    pub event_info: RecordingInfo,
}

/// Where, when and how a recording got on, in live rooms and in calls.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RecordingInfo {
    /// The room. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<RoomId>,
    /// When it happened, to the second. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_ts: Option<UnixSeconds>,
    /// The same to the millisecond. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_ms_ts: Option<UnixMillis>,
    /// A user, by its place the one that the recorder joined as (inferred). Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The recording's id, the same in all its webhooks.
    pub task_id: String,
    /// What the recorder adds: an object with `Status`, where 0 is well, and more that depends on the event
    /// type. Kept as it came. Absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<RawJson>,
}

concerns! {
    AfterCloudRecordingChanged: |it| {
        time: it.callback_ts,
        accounts: &it.event_info.user_id,
        key_at_time: [&it.event_info.task_id, &it.event_type],
    }
}
