//! Audio and video calls.
//!
//! These webhooks are configured over REST (`v4/call_config/set_callback`), where each setting replaces
//! the one before. Whether they are signed is not documented.

use serde::{Deserialize, Serialize};

use crate::event::live::RecordingInfo;
use crate::event::{concerns, listed};
use crate::id::{GroupId, RoomId, UserId};
use crate::open::open_enum;
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

open_enum! {
    /// What is transmitted in a call.
    pub enum MediaType {
        /// Voice.
        Audio = "Audio",
        /// Voice and picture.
        Video = "Video",
    }
}

open_enum! {
    /// How many a call is between.
    pub enum CallType {
        /// Two users.
        SingleCall = "SingleCall",
        /// More.
        MultiCall = "MultiCall",
    }
}

open_enum! {
    /// How far a user of a call is.
    pub enum UserStatus {
        /// In the call.
        Calling = "Calling",
        /// It rings.
        Waiting = "Waiting",
    }
}

open_enum! {
    /// How a call ended.
    pub enum CallResult {
        /// The caller gave up before it was answered.
        Cancel = "Cancel",
        /// It was declined.
        Reject = "Reject",
        /// Nobody answered in time.
        NotAnswer = "NotAnswer",
        /// It took place, and somebody hung up.
        NormalEnd = "NormalEnd",
        /// The other side was in another call.
        CallBusy = "CallBusy",
        /// It broke off.
        Interrupt = "Interrupt",
        /// The other side was not online.
        Offline = "Offline",
    }
}

open_enum! {
    /// What a user of a call did. The pages disagree on four spellings; all are read, and the Chinese
    /// table's is written.
    pub enum ActionType {
        /// Answered the call.
        Accept = "Accept" | "Answer",
        /// Declined it.
        Reject = "Reject",
        /// Did not answer in time.
        NotAnswer = "NotAnswer",
        /// Hung up.
        HangUp = "HangUp" | "Hangup" | "Hang Up",
        /// Joined a call that was going on.
        Join = "Join",
        /// Lost the connection.
        Offline = "Offline",
        /// Was invited.
        Invite = "Invite" | "Invited",
        /// Is no longer invited.
        CancelInvite = "Cancel_Invite" | "Canncel_Invite",
    }
}

/// A call was placed.
///
/// Tencent: [CN 129102](https://cloud.tencent.com/document/product/269/129102),
/// [RTC 68941](https://trtc.io/document/68941).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterStartCall {
    /// The call. In the vendor's sample; its table shows the keys inside only.
    #[serde(deserialize_with = "wire::object")]
    pub call_info: CallInfo,
    /// The caller and the called.
    #[serde(deserialize_with = "wire::objects")]
    pub user_list: Vec<CallUser>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// The call of an [`AfterStartCall`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CallInfo {
    /// The call's id, which all its webhooks name.
    pub call_id: String,
    /// Voice or picture. The vendor's table says `MediaType`, which is read as well. Absent: not said.
    #[serde(default, alias = "MediaType", skip_serializing_if = "Option::is_none")]
    pub call_media_type: Option<MediaType>,
    /// The group that it was placed in. Absent or empty if there is none: see [`group`](Self::group).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_group_id: Option<GroupId>,
    /// The room where it takes place. May be absent or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<RoomId>,
    /// How to read the room's id: 1 a number, 2 text. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub room_id_type: Option<u64>,
}

impl CallInfo {
    /// The group that the call was placed in.
    ///
    /// ```
    /// use tencent_im_webhook::event::call::CallInfo;
    ///
    /// let mut call = CallInfo::default();
    /// call.chat_group_id = Some("".into()); // A call between two.
    /// assert_eq!(call.group(), None);
    /// ```
    #[must_use]
    pub fn group(&self) -> Option<&GroupId> {
        self.chat_group_id.as_ref().filter(|group| !group.is_empty())
    }
}

/// A user of a call.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CallUser {
    /// Who it is. One sample shows a number, which is read as its digits.
    #[serde(rename = "User_Account")]
    pub user_account: UserId,
    /// How far the user is. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<UserStatus>,
}

/// A call ended, or was never answered.
///
/// Tencent: [CN 129102](https://cloud.tencent.com/document/product/269/129102),
/// [RTC 68940](https://trtc.io/document/68940).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterEndCall {
    /// The whole call in retrospect.
    #[serde(deserialize_with = "wire::object")]
    pub call_record: CallRecord,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// What remains of a call.
///
/// ```
/// use tencent_im_webhook::event::call::AfterEndCall;
///
/// # let event: AfterEndCall = tencent_im_webhook_testing::payload();
/// let record = &event.call_record;
/// // A call that was never answered was answered at 0, which is no time.
/// let accepted = record.accept_time.filter(|time| time.0 > 0);
/// let seconds = accepted.and_then(|time| Some(record.end_time?.0.saturating_sub(time.0)));
/// assert_eq!(seconds, Some(303));
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CallRecord {
    /// The call's id, which all its webhooks name.
    pub call_id: String,
    /// Who placed it.
    #[serde(rename = "Caller_Account")]
    pub caller_account: UserId,
    /// Voice or picture. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<MediaType>,
    /// Between two or more. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_type: Option<CallType>,
    /// When it was placed. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub start_time: Option<UnixSeconds>,
    /// When it was over. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub end_time: Option<UnixSeconds>,
    /// When it was answered; 0 if it never was. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub accept_time: Option<UnixSeconds>,
    /// How it ended.
    pub call_result: CallResult,
    /// Who took part or was called. The caller may be among them, depending on the sample.
    #[serde(default, rename = "CalleeList_Account", deserialize_with = "wire::list")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub callee_list_account: Vec<UserId>,
    /// The room where it took place. May be absent or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<RoomId>,
    /// How to read the room's id: 1 a number, 2 text. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub room_id_type: Option<u64>,
}

/// Users of a call answered, declined, joined, hung up or were invited.
///
/// Tencent: [CN 129102](https://cloud.tencent.com/document/product/269/129102),
/// [CN 647/117872](https://cloud.tencent.com/document/product/647/117872),
/// [RTC 69215](https://trtc.io/document/69215).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMemberChanged {
    /// The call's id, which all its webhooks name.
    pub call_id: String,
    /// Who is in the call now. Absent: empty here.
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub user_list: Vec<CallUser>,
    /// Who did what.
    #[serde(deserialize_with = "wire::objects")]
    pub changed_user_list: Vec<ChangedUser>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// What a user of an [`AfterMemberChanged`] did.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ChangedUser {
    /// Who it is.
    #[serde(rename = "User_Account")]
    pub user_account: UserId,
    /// What happened.
    pub action_type: ActionType,
}

/// The recording of a call began, went on or ended.
///
/// Documented for the numbers 301 and 311 of [`Recording::event_type`], and for the end of the task that
/// stores the video.
///
/// Tencent: [CN 647/131580](https://cloud.tencent.com/document/product/647/131580), whose body has another
/// command name than its URL; [RTC 80345](https://trtc.io/document/80345).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterRecordChanged {
    /// The call's id, which all its webhooks name.
    pub call_id: String,
    /// What the recorder reports.
    #[serde(deserialize_with = "wire::object")]
    pub callback: Recording,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// The report of an [`AfterRecordChanged`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Recording {
    /// What records: 3 the cloud, 8 a web page's recorder. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_group_id: Option<u64>,
    /// What happened, numbered as in
    /// [`live::AfterCloudRecordingChanged`](crate::event::live::AfterCloudRecordingChanged::event_type).
    #[serde(deserialize_with = "wire::number")]
    pub event_type: u64,
    /// When the recorder sent it, shortly before the [webhook](AfterRecordChanged::event_time). Absent:
    /// not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub callback_ts: Option<UnixMillis>,
    /// Where and when it happened.
    #[serde(deserialize_with = "wire::object")]
    pub event_info: RecordingInfo,
    /// The product (by its name); 2 in the vendor's sample. The numbers are not documented.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub kit_type: Option<u64>,
}

concerns! {
    AfterStartCall: |it| {
        time: it.event_time,
        accounts: it.user_list.iter().map(|user| &user.user_account),
        group: it.call_info.chat_group_id.as_ref(),
        key: [&it.call_info.call_id],
    }
    AfterEndCall: |it| {
        time: it.event_time,
        accounts: [&it.call_record.caller_account],
        accounts: &it.call_record.callee_list_account,
        key: [&it.call_record.call_id],
    }
    AfterMemberChanged: |it| {
        time: it.event_time,
        accounts: it.user_list.iter().map(|user| &user.user_account),
        accounts: it.changed_user_list.iter().map(|user| &user.user_account),
        key_at_time: [&it.call_id, &actions_of(&it.changed_user_list)],
    }
    AfterRecordChanged: |it| {
        time: it.event_time,
        accounts: &it.callback.event_info.user_id,
        key_at_time: [&it.call_id, &it.callback.event_info.task_id, &it.callback.event_type],
    }
}

fn actions_of(users: &[ChangedUser]) -> String {
    listed(users.iter().map(|user| format!("{}:{}", user.user_account, user.action_type)))
}
