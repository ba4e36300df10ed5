//! Followers. The two commands name the followed users in different shapes.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::UserId;
use crate::time::UnixMillis;
use crate::wire;

/// A user follows others, by a client or over REST.
///
/// Tencent: [CN 118915](https://cloud.tencent.com/document/product/269/118915),
/// [INTL 70355](https://www.tencentcloud.com/document/product/1047/70355),
/// [RTC 74356](https://trtc.io/document/74356).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterFollowAdd {
    /// Who follows.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who is followed.
    #[serde(deserialize_with = "wire::objects")]
    pub follow_list: Vec<Followed>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A followed user of an [`AfterFollowAdd`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Followed {
    /// Who it is.
    #[serde(rename = "To_Account")]
    pub to_account: UserId,
}

/// A user follows others no longer, by a client or over REST.
///
/// Tencent: [CN 118916](https://cloud.tencent.com/document/product/269/118916),
/// [INTL 70356](https://www.tencentcloud.com/document/product/1047/70356),
/// [RTC 74357](https://trtc.io/document/74357).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterFollowDelete {
    /// Who followed.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who is followed no longer. The page's sample shows ids and its table says objects, as in
    /// [`AfterFollowAdd`]; both are read, and ids are written.
    #[serde(rename = "To_Account", deserialize_with = "wire::accounts")]
    pub to_account: Vec<UserId>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

concerns! {
    AfterFollowAdd: |it| {
        time: it.event_time,
        accounts: [&it.from_account],
        accounts: it.follow_list.iter().map(|followed| &followed.to_account),
    }
    AfterFollowDelete: |it| {
        time: it.event_time,
        accounts: [&it.from_account],
        accounts: &it.to_account,
    }
}
