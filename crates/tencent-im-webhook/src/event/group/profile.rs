//! What a group says of itself: profile, attributes, owner.

use serde::{Deserialize, Serialize};

use super::shared::GroupType;
use crate::event::{concerns, listed};
use crate::id::{GroupId, UserId};
use crate::open::open_enum;
use crate::time::UnixMillis;
use crate::wire;

/// A group's name, introduction, notice or avatar changed. Other fields do not come here.
///
/// A field that did not change is absent. One that was emptied is there and empty (inferred).
///
/// Tencent: [CN 2930](https://cloud.tencent.com/document/product/269/2930),
/// [INTL 34378](https://www.tencentcloud.com/document/product/1047/34378).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterGroupInfoChanged {
    /// The group that changed.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who made the change: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// What it is called now. Absent unless changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is about now. Absent unless changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduction: Option<String>,
    /// Its new notice to members. Absent unless changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<String>,
    /// The URL of its new avatar. Absent unless changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face_url: Option<String>,
    /// Whether all members are muted now (by its name). Undocumented: another library reads it, as text.
    #[serde(default, deserialize_with = "wire::optional_or_lost", skip_serializing_if = "Option::is_none")]
    pub shut_up_all_member: Option<String>,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

open_enum! {
    /// What was done to a group's attributes.
    pub enum AttrOption {
        /// All were replaced by those given.
        Set = "set",
        /// Those given were changed.
        Modify = "modify",
        /// All were removed.
        Clear = "clear",
        /// Those given were removed.
        Delete = "delete",
    }
}

/// Attributes of a group were set, changed or removed, by a client or over REST.
///
/// Tencent: [CN 105354](https://cloud.tencent.com/document/product/269/105354),
/// [INTL 60394](https://www.tencentcloud.com/document/product/1047/60394).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterGroupAttrChanged {
    /// The group that has the attributes.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who did it: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// What was done. In every sample, not in the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub option_type: Option<AttrOption>,
    /// The attributes that it was done to. Empty for [`AttrOption::Clear`] (inferred).
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub group_attr: Vec<GroupAttr>,
    /// When the webhook was triggered. A number in the tables and a string in the samples; either is read.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// An attribute of an [`AfterGroupAttrChanged`]. Its keys are in lower case, unlike all others of groups.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupAttr {
    /// The attribute's name, which the app chose.
    pub key: String,
    /// What it holds. What stands here for [`AttrOption::Delete`] is not documented; absent is read as
    /// empty.
    #[serde(default, deserialize_with = "wire::text")]
    pub value: String,
}

/// A group went to another owner.
///
/// Tencent: [INTL 60396](https://www.tencentcloud.com/document/product/1047/60396).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterChangeGroupOwner {
    /// The group that changed hands.
    pub group_id: GroupId,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who handed it over: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who owned it until then. Whether it is absent or empty for a group that had no owner is not
    /// documented; both are read.
    #[serde(default, rename = "OldOwner_Account", skip_serializing_if = "Option::is_none")]
    pub old_owner_account: Option<UserId>,
    /// Who owns it now.
    #[serde(rename = "NewOwner_Account")]
    pub new_owner_account: UserId,
    /// When the webhook was triggered. Some samples show a string, which is read as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

concerns! {
    AfterGroupInfoChanged: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        group: &it.group_id,
    }
    AfterGroupAttrChanged: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        group: &it.group_id,
        key_at_time: [
            &it.group_id,
            &it.operator_account,
            &it.option_type.as_ref().map_or("", AttrOption::as_str),
            &listed(it.group_attr.iter().map(|attribute| &attribute.key)),
        ],
    }
    AfterChangeGroupOwner: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: &it.old_owner_account,
        accounts: [&it.new_owner_account],
        group: &it.group_id,
    }
}
