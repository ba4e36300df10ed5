//! What became of pushes to devices.
//!
//! These webhooks come in batches of one to a hundred events, and one answer is for all of them. Above
//! 1000 requests a second, the default ceiling, they come later instead of being dropped. They need the
//! push plugin; their switches are in the console's Push tab, where they may have a URL of their own.
//!
//! All times are in seconds here, in contrast to other webhooks.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::{GroupId, MsgKey, UserId};
use crate::time::UnixSeconds;
use crate::wire;

/// Chat messages were pushed to devices, or pushes of them were received or clicked.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use tencent_im_webhook::event::push::OfflinePush;
///
/// /// A batch is of many users, and one failure is no reason to fail the batch: it would come again, whole.
/// fn failures(batch: &OfflinePush) -> BTreeMap<&str, u64> {
///     let codes = batch.events.iter().filter_map(|event| Some((event.to_account.as_str(), event.err_code?)));
///     codes.filter(|(_, code)| *code != 0).collect()
/// }
/// # let batch: OfflinePush = tencent_im_webhook_testing::payload();
/// assert!(failures(&batch).is_empty());
/// ```
///
/// Tencent: [CN 102567](https://cloud.tencent.com/document/product/269/102567),
/// [INTL 67552](https://www.tencentcloud.com/document/product/1047/67552).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct OfflinePush {
    /// What happened, at most a hundred events.
    #[serde(deserialize_with = "wire::objects")]
    pub events: Vec<OfflinePushEvent>,
}

/// One event of an [`OfflinePush`].
///
/// ```
/// use tencent_im_webhook::event::push::OfflinePush;
///
/// # let batch: OfflinePush = tencent_im_webhook_testing::payload();
/// let clicked: Vec<_> = batch.events.iter().filter(|event| event.push_stage == 3).collect();
/// assert_eq!(clicked[0].to_account, "oskar");
/// assert!(clicked[0].group_id.is_some() && clicked[0].msg_key.is_none());
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct OfflinePushEvent {
    /// The command, `Push.OfflinePush`: it stands here, and not at the top of the body. Nothing depends on
    /// it, so it may be absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_command: Option<String>,
    /// What was pushed: 1 a one-to-one message, 2 a group's.
    #[serde(deserialize_with = "wire::number")]
    pub event_type: u64,
    /// When it happened. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixSeconds>,
    /// Who sent the message.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Whose device it is.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The maker's channel: 0 unknown, 1 APNs, 2 Xiaomi, 3 Huawei, 4 FCM, 5 Meizu, 6 OPPO, 7 vivo,
    /// 8 Honor. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub push_platform: Option<u64>,
    /// How far the push came: 1 sent, 2 at the device, 3 clicked.
    #[serde(deserialize_with = "wire::number")]
    pub push_stage: u64,
    /// The key of a one-to-one message. Absent or empty for a group's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_key: Option<MsgKey>,
    /// The group of the message. Absent or empty for a one-to-one message.
    #[serde(default, rename = "GroupID", skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// The message's number, 32 bits as documented. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub msg_seq: Option<u64>,
    /// The message's random number, 32 bits as documented. Documented as left out for groups, though the
    /// vendor's group sample has it.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub msg_random: Option<u64>,
    /// When the platform took the message. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub msg_time: Option<UnixSeconds>,
    /// The push's id. Absent from what a peer describes.
    #[serde(default, rename = "PushID", skip_serializing_if = "Option::is_none")]
    pub push_id: Option<String>,
    /// 0, or why the push failed. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub err_code: Option<u64>,
    /// The same in words. Absent, or `null` according to a peer, or empty: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub err_info: Option<String>,
}

/// Pushes that the app began over REST went out, or were received or clicked.
///
/// In spite of the name not only those to all users: those by tag and to single users come here too.
///
/// Tencent: [CN 102568](https://cloud.tencent.com/document/product/269/102568),
/// [INTL 67551](https://www.tencentcloud.com/document/product/1047/67551).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AllMemberPush {
    /// What happened, at most a hundred events.
    #[serde(deserialize_with = "wire::objects")]
    pub events: Vec<AllMemberPushEvent>,
}

/// One event of an [`AllMemberPush`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AllMemberPushEvent {
    /// The command, `Push.AllMemberPush`: it stands here, and not at the top of the body. Nothing depends on
    /// it, so it may be absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_command: Option<String>,
    /// How it was pushed: 1 through the maker of the device, 2 to a client online.
    #[serde(deserialize_with = "wire::number")]
    pub event_type: u64,
    /// The task, as the REST call returned it.
    pub task_id: String,
    /// The caller's own id, passed through. Absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_id: Option<String>,
    /// When the task began. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub task_time: Option<UnixSeconds>,
    /// When it happened. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixSeconds>,
    /// Whose device it is.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The maker's channel, numbered as in [`OfflinePushEvent::push_platform`]; 0 for a client online.
    /// Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub push_platform: Option<u64>,
    /// The maker of a device that was online, with the same numbers; 0 otherwise. Absent from the vendor's
    /// sample.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub device_type: Option<u64>,
    /// How far the push came: 1 sent, 2 at the device, 3 clicked.
    #[serde(deserialize_with = "wire::number")]
    pub push_stage: u64,
    /// 0, or why the push failed. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub err_code: Option<u64>,
    /// The same in words. Absent, or `null` according to a peer, or empty: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub err_info: Option<String>,
}

// No time and no key: a batch has neither, and two devices of a user may fill two equal ones.
concerns! {
    OfflinePush: |it| {
        accounts: it.events.iter().flat_map(|event| [&event.from_account, &event.to_account]),
    }
    AllMemberPush: |it| {
        accounts: it.events.iter().map(|event| &event.to_account),
    }
}
