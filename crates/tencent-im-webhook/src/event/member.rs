//! The human agents of the Desk product.
//!
//! The URL is set in Desk's own administration and carries a `RequestID`, which
//! [`Context::request_id`](crate::Context::request_id) gives: a request that is sent again keeps it.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::UserId;
use crate::open::open_enum;
use crate::time::UnixMillis;
use crate::wire;

open_enum! {
    /// What happened to an agent.
    pub enum MemberEvent {
        /// The agent's status changed.
        StatusChange = "Member.StatusChange",
    }
}

open_enum! {
    /// What an agent can do at the moment.
    pub enum MemberStatus {
        /// Take conversations.
        Ready = "ready",
        /// Take none, though signed in (by its name).
        NotReady = "notReady",
        /// Take none during a break: see [`EventNotify::rest_reason`].
        Rest = "rest",
        /// Nothing: the agent is signed out.
        Offline = "offline",
        /// In the vendor's sample, not in its table.
        Free = "free",
    }
}

/// An agent came, went, or took a break.
///
/// Tencent: [CN 133254](https://cloud.tencent.com/document/product/269/133254).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct EventNotify {
    /// What happened.
    pub event: MemberEvent,
    /// The agent, by mail address.
    pub member_id: UserId,
    /// What the agent can do from now on.
    pub status: MemberStatus,
    /// When it happened.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
    /// Where the agent may be signed in. Absent: empty here.
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub client_info: Vec<Client>,
    /// Why the agent rests. Absent or empty without [`MemberStatus::Rest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest_reason: Option<String>,
}

/// A client of an agent.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Client {
    /// What sort of client it is. The names are not documented.
    pub client_type: String,
    /// Whether it is connected. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_switch", skip_serializing_if = "Option::is_none")]
    pub is_connected: Option<bool>,
}

concerns! {
    EventNotify: |it| {
        time: it.event_time,
        accounts: [&it.member_id],
        key_at_time: [&it.event, &it.member_id, &it.status],
    }
}
