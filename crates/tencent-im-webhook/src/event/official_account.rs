//! Official accounts ("official channels" in the English console).
//!
//! Chinese pages say that these webhooks are switched on by support ticket; international ones say in the
//! console.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::{MsgKey, OfficialAccountId};
use crate::message::MsgBody;
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

/// A message is about to go to the subscribers, from a client or over REST.
///
/// The platform waits two seconds for the [`MessageVerdict`](crate::MessageVerdict), then lets the message
/// pass unless the console says otherwise. Nothing here ties it to the later [`AfterSendMsg`]: it has
/// neither sender nor id.
///
/// Tencent: [CN 102323](https://cloud.tencent.com/document/product/269/102323),
/// [INTL 60803](https://www.tencentcloud.com/document/product/1047/60803).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeSendMsg {
    /// Whose subscribers get it.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// Whether it is for subscribers online now, and not stored. Absent: not said.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// What it says.
    pub msg_body: MsgBody,
    /// The app's own data of the message. Absent if it has none (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A message went to the subscribers, as a [`BeforeSendMsg`] verdict left it.
///
/// Tencent: [CN 102324](https://cloud.tencent.com/document/product/269/102324),
/// [INTL 60804](https://www.tencentcloud.com/document/product/1047/60804).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterSendMsg {
    /// Whose subscribers got it.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// Its key, which a recall names. Unique: use it to drop a webhook that came twice.
    pub msg_key: MsgKey,
    /// When the platform took it. The unit follows from the vendor's sample.
    pub msg_time: UnixSeconds,
    /// Whether it was for subscribers online then, and not stored. Absent: not said.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// What it says.
    pub msg_body: MsgBody,
    /// The app's own data of the message. Absent if it has none (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Messages to the subscribers were recalled, from a client or over REST. By whom is not told.
///
/// Tencent: [CN 102325](https://cloud.tencent.com/document/product/269/102325),
/// [INTL 60805](https://www.tencentcloud.com/document/product/1047/60805).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMsgWithdraw {
    /// Whose messages they were. The vendor's sample begins with `#` instead of `@`, apparently a slip.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// The messages.
    #[serde(deserialize_with = "wire::objects")]
    pub withdraw_msg_list: Vec<WithdrawnMsg>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A message of an [`AfterMsgWithdraw`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct WithdrawnMsg {
    /// The key that [`AfterSendMsg::msg_key`] gave it. In the vendor's sample, not in its table.
    pub msg_key: MsgKey,
}

concerns! {
    BeforeSendMsg: |it| {
        time: it.event_time,
    }
    AfterSendMsg: |it| {
        time: it.event_time,
        key: [&it.msg_key],
    }
    AfterMsgWithdraw: |it| {
        time: it.event_time,
        key: [&keys_of(&it.withdraw_msg_list)],
    }
}

fn keys_of(messages: &[WithdrawnMsg]) -> String {
    let keys: Vec<&str> = messages.iter().map(|message| message.msg_key.as_str()).collect();
    keys.join(",")
}
