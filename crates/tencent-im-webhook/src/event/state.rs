//! Online status.

use serde::{Deserialize, Serialize};

use crate::context::Platform;
use crate::event::concerns;
use crate::id::UserId;
use crate::open::open_enum;
use crate::time::UnixMillis;
use crate::wire;

/// A user came online, went offline or set a custom status.
///
/// Logins and logouts do not balance. A client that reconnects before the platform noticed the loss gets
/// no disconnect for its old connection. Older SDKs that are kicked by another login cause a logout
/// besides, newer ones (native from 5.6.1200, web from 2.14.0) the login only. A native app that vanishes
/// is noticed after up to 400 seconds, one on the web after about 60, a mini program in the background
/// after about 30.
///
/// The URL of this command writes the platform `IOS`, where others write `iOS`.
///
/// ```
/// use std::collections::HashMap;
///
/// use tencent_im_webhook::UserId;
/// use tencent_im_webhook::event::state::{Action, StateChange};
///
/// /// Who is online. A set and no counter: logins and logouts do not balance.
/// fn update(online: &mut HashMap<UserId, bool>, change: StateChange) {
///     match change.info.action {
///         Action::Login => online.insert(change.info.to_account, true),
///         Action::Logout | Action::Disconnect => online.insert(change.info.to_account, false),
///         _ => None,
///     };
/// }
/// # let mut online = HashMap::new();
/// # update(&mut online, tencent_im_webhook_testing::payload());
/// # assert_eq!(online["nadia"], true);
/// ```
///
/// Tencent: [CN 2570](https://cloud.tencent.com/document/product/269/2570),
/// [INTL 34357](https://www.tencentcloud.com/document/product/1047/34357).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct StateChange {
    /// What changed, and for whom.
    #[serde(deserialize_with = "wire::object")]
    pub info: Info,
    /// The devices that this login kicked out. Absent, and so empty here, for anything else.
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub kicked_device: Vec<KickedDevice>,
    /// The new custom status, if the platform puts it here: the page leaves its place open. Read it with
    /// [`new_custom_status`](Self::new_custom_status).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_status: Option<String>,
    /// When the webhook was triggered. Absent from pages before 2021-08.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

impl StateChange {
    /// The user's new custom status, in whichever of the two places it came; `None` for anything but
    /// [`Action::CustomStatusChange`] (inferred).
    ///
    /// ```
    /// use tencent_im_webhook::event::state::StateChange;
    ///
    /// # let change: StateChange = tencent_im_webhook_testing::payload();
    /// assert_eq!(change.new_custom_status(), Some("at the harbour"));
    /// ```
    #[must_use]
    pub fn new_custom_status(&self) -> Option<&str> {
        self.info.custom_status.as_deref().or(self.custom_status.as_deref())
    }
}

/// The change of a [`StateChange`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Info {
    /// What the user did, or what happened to the connection.
    pub action: Action,
    /// Whose status it is.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
    /// What led to it. Each belongs to one action.
    pub reason: Reason,
    /// The new custom status. Absent for other actions, and if it stands
    /// [outside](StateChange::custom_status): that it comes here is inferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_status: Option<String>,
}

/// A device that a login kicked out.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KickedDevice {
    /// What it runs. A very old page also lists `Unknown`.
    pub platform: Platform,
}

open_enum! {
    /// What changed a user's status.
    pub enum Action {
        /// A connection was opened, and the user logged in on it.
        Login = "Login",
        /// The user logged out.
        Logout = "Logout",
        /// A connection was lost without a logout.
        Disconnect = "Disconnect",
        /// The user set a custom status. Named by a table only, in passing.
        CustomStatusChange = "CustomStatusChange",
    }
}

open_enum! {
    /// What led to an [`Action`].
    pub enum Reason {
        /// A login.
        Register = "Register",
        /// A logout; also of a device that another login kicked, with older SDKs.
        Unregister = "Unregister",
        /// A disconnect: the connection was closed. May stand for a [`TimeOut`](Self::TimeOut) too.
        LinkClose = "LinkClose",
        /// A disconnect: no heartbeat came for 400 seconds.
        TimeOut = "TimeOut",
        /// A custom status was set.
        SetCustomStatus = "SetCustomStatus",
    }
}

concerns! {
    StateChange: |it| {
        time: it.event_time,
        accounts: [&it.info.to_account],
        key_at_time: [&it.info.to_account, &it.info.action, &it.info.reason],
    }
}
