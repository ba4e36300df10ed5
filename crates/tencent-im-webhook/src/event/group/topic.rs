//! Topics of communities.
//!
//! None of these webhooks tells when it was triggered.

use serde::{Deserialize, Serialize};

use super::shared::{GroupType, UserDefinedData, in_topics};
use crate::event::concerns;
use crate::id::{GroupId, TopicId, UserId};
use crate::wire;

/// A topic is about to be created, by a client or over REST.
///
/// In which community is not told, as documented. It has no switch of its own in the console: that of
/// [`BeforeCreateGroup`](super::BeforeCreateGroup) is its too.
///
/// Tencent: [CN 78206](https://cloud.tencent.com/document/product/269/78206),
/// [INTL 49463](https://www.tencentcloud.com/document/product/1047/49463).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeCreateTopic {
    /// Who asks for it: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Always [`GroupType::Community`] (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// What it is to be called.
    pub name: String,
    /// The community that it is for. Undocumented, and never seen: read in case it appears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// The id that it is to have. Undocumented, and never seen: read in case it appears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
}

/// A topic was created.
///
/// It has no switch of its own in the console: that of [`AfterCreateGroup`](super::AfterCreateGroup) is
/// its too.
///
/// Tencent: [INTL 49464](https://www.tencentcloud.com/document/product/1047/49464).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterCreateTopic {
    /// The community that it is in.
    pub group_id: GroupId,
    /// The new topic.
    pub topic_id: TopicId,
    /// Who created it: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who owns it. Absent if nobody does.
    #[serde(default, rename = "Owner_Account", skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<UserId>,
    /// Always [`GroupType::Community`] (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// What it is called.
    pub name: String,
    /// Its custom fields. Absent, and so empty here, if the app set none.
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub user_defined_data_list: Vec<UserDefinedData>,
}

/// Topics were removed from a community. By whom is not told.
///
/// It has no switch of its own in the console: that of
/// [`AfterGroupDestroyed`](super::AfterGroupDestroyed) is its too.
///
/// Tencent: [INTL 49465](https://www.tencentcloud.com/document/product/1047/49465).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterTopicDestroyed {
    /// The community that they were in.
    pub group_id: GroupId,
    /// Always [`GroupType::Community`] (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// The topics, one or more. The vendor's table calls it a string, which is read as well.
    #[serde(deserialize_with = "wire::one_or_more")]
    pub topic_id_list: Vec<TopicId>,
}

/// A topic's name, introduction, notice or avatar changed. Which topic is not told, as documented.
///
/// It has no switch of its own in the console: that of
/// [`AfterGroupInfoChanged`](super::AfterGroupInfoChanged) is its too.
///
/// Tencent: [CN 78209](https://cloud.tencent.com/document/product/269/78209),
/// [INTL 49466](https://www.tencentcloud.com/document/product/1047/49466).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterTopicInfoChanged {
    /// The community that it is in.
    pub group_id: GroupId,
    /// Always [`GroupType::Community`] (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who made the change: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// What it is called now. Absent unless changed: said of groups only, so inferred here and below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is about now. Absent unless changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduction: Option<String>,
    /// Its new notice. Absent unless changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<String>,
    /// The URL of its new avatar. Absent unless changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face_url: Option<String>,
    /// The topic. Undocumented, and never seen: read in case it appears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<TopicId>,
}

in_topics! { BeforeCreateTopic AfterTopicInfoChanged }

concerns! {
    BeforeCreateTopic: |it| {
        accounts: [&it.operator_account],
        group: it.group_id.as_ref(),
    }
    AfterCreateTopic: |it| {
        accounts: [&it.operator_account],
        accounts: &it.owner_account,
        group: &it.group_id,
    }
    AfterTopicDestroyed: |it| {
        group: &it.group_id,
    }
    AfterTopicInfoChanged: |it| {
        accounts: [&it.operator_account],
        group: &it.group_id,
    }
}
