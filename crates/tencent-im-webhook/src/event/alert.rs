//! Alarms on the app's use of the platform.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::wire;

/// The app calls a REST command at more than four fifths of its limit.
///
/// There is no switch: it comes wherever a URL is configured. It says neither when nor about whom, so
/// two alarms can be equal.
///
/// Tencent: [INTL 60256](https://www.tencentcloud.com/document/product/1047/60256).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RequestOverLimit {
    /// The part of the platform, such as `openim`.
    pub service_name: String,
    /// The REST command, such as `batchsendmsg`.
    pub command: String,
    /// Calls per second now.
    #[serde(deserialize_with = "wire::number")]
    pub request: u64,
    /// Calls per second allowed.
    #[serde(deserialize_with = "wire::number")]
    pub limit: u64,
}

concerns! {
    RequestOverLimit: |it| {}
}
