//! Conversations of the Desk product: customers, their bots and human agents.
//!
//! The URL is set in Desk's own administration and carries a `RequestID`, which
//! [`Context::request_id`](crate::Context::request_id) gives: a request that is sent again keeps it.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::{MsgKey, UserId};
use crate::message::MsgBody;
use crate::open::open_enum;
use crate::time::UnixMillis;
use crate::wire;

open_enum! {
    /// What happened in a conversation.
    ///
    /// The pages also tell of hand-overs to humans and between them, of ends and of silent users, but not
    /// the names of these.
    pub enum SessionEvent {
        /// The conversation began.
        SessionBegin = "SessionBegin",
        /// The user wrote to the bot.
        ChatBotUserSendMsg = "ChatBot.UserSendMsg",
        /// The bot wrote to the user.
        ChatBotRobotSendMsg = "ChatBot.RobotSendMsg",
    }
}

open_enum! {
    /// How the user reached the desk.
    pub enum ChannelType {
        /// From an app.
        Sdk = "SDK",
        /// From a web page, on a phone as well.
        Web = "Web",
    }
}

/// Something happened in a customer's conversation.
///
/// Tencent: [CN 111212](https://cloud.tencent.com/document/product/269/111212),
/// [INTL 1229/68989](https://www.tencentcloud.com/document/product/1229/68989).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SessionEventNotify {
    /// The conversation.
    pub session_id: String,
    /// What happened.
    pub event: SessionEvent,
    /// When it happened.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
    /// How the user came. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_type: Option<ChannelType>,
    /// The customer. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_user_id: Option<UserId>,
    /// The desk's own account, `@customer_service_account…`. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_service_id: Option<UserId>,
    /// The human agent. Absent or empty as long as there is none (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<UserId>,
    /// The key of the message. Absent from events that are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_key: Option<MsgKey>,
    /// What the message says. Absent from events that are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_body: Option<MsgBody>,
    /// The app's own data of the message. Absent, or empty, if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// Whether the agent wrote first. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_contact_user: Option<bool>,
    /// How content the user is, from 1 to 5. Absent from events other than a rating (inferred).
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub satisfaction_selected: Option<u64>,
    /// The agent who handed the conversation over. Absent or empty if nobody did (inferred), and from
    /// older pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward_from_agent_id: Option<UserId>,
}

concerns! {
    SessionEventNotify: |it| {
        time: it.event_time,
        accounts: &it.client_user_id,
        accounts: &it.customer_service_id,
        accounts: &it.agent_id,
        accounts: &it.forward_from_agent_id,
        key_at_time: [&it.session_id, &it.event, &it.msg_key.as_ref().map_or("", MsgKey::as_str)],
    }
}
