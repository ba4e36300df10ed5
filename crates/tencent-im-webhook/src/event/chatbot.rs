//! Smart bots: what they ask of the app, and use of its answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::{concerns, listed};
use crate::id::{MsgKey, UserId};
use crate::raw::RawJson;
use crate::time::UnixMillis;
use crate::wire;

/// A user sent "custom pass-through content" to a smart bot.
///
/// The data of the [`SignalReply`](crate::SignalReply) goes to the bot. There is neither a message body
/// nor a message time.
///
/// ```
/// use tencent_im_webhook::event::chatbot::OnC2cSignalMessage;
///
/// #[derive(serde::Deserialize)]
/// struct Menu {
///     page: u32,
/// }
///
/// # let message: OnC2cSignalMessage = tencent_im_webhook_testing::payload();
/// let menu: Menu = serde_json::from_str(&message.data)?; // Text of your client's own making.
/// assert_eq!(menu.page, 2);
/// # Ok::<_, serde_json::Error>(())
/// ```
///
/// Tencent: [CN 103730](https://cloud.tencent.com/document/product/269/103730).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct OnC2cSignalMessage {
    /// The user.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// The bot.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// The message's number between the two, 32 bits as documented.
    #[serde(deserialize_with = "wire::number")]
    pub msg_seq: u64,
    /// The sender's random number, 32 bits as documented.
    #[serde(deserialize_with = "wire::number")]
    pub msg_random: u64,
    /// Its key, unique between the two.
    pub msg_key: MsgKey,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
    /// What the user sent: text of the app's own format, JSON in the vendor's sample.
    pub data: String,
}

/// A bot of the Desk product calls the app in the course of a conversation.
///
/// The values of the [`InvocationReply`](crate::InvocationReply) become session variables of the same
/// names.
///
/// ```
/// use tencent_im_webhook::event::chatbot::InterfaceInvocation;
///
/// # let invocation: InterfaceInvocation = tencent_im_webhook_testing::payload();
/// let booking = invocation.body.get("bookingNo").and_then(|value| value.parse::<String>().ok());
/// assert_eq!(booking.as_deref(), Some("H-5531"));
/// ```
///
/// Tencent: [CN 113786](https://cloud.tencent.com/document/product/269/113786),
/// [INTL 1229/68990](https://www.tencentcloud.com/document/product/1229/68990).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct InterfaceInvocation {
    /// The variables that the console hands over, by name: the platform's, such as `SystemClientUserID`
    /// and `SystemSessionID`, fixed values, and the app's own. All are strings in the vendor's sample;
    /// whether others occur is not documented, so each is kept as it came.
    #[serde(deserialize_with = "wire::map")]
    pub body: BTreeMap<String, RawJson>,
    /// When the webhook was triggered. The unit follows from the vendor's sample.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

concerns! {
    OnC2cSignalMessage: |it| {
        time: it.event_time,
        accounts: [&it.from_account, &it.to_account],
        key: [&it.from_account, &it.to_account, &it.msg_key],
    }
    InterfaceInvocation: |it| {
        time: it.event_time,
        key_at_time: [&values_of(&it.body)],
    }
}

fn values_of(variables: &BTreeMap<String, RawJson>) -> String {
    listed(variables.iter().map(|(name, value)| format!("{name}={}", value.as_str())))
}
