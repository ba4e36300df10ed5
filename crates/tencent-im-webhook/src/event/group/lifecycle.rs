//! Groups that come, grow full and go.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::shared::{GroupType, Member, UserDefinedData, accounts};
use crate::event::{concerns, listed};
use crate::id::{GroupId, UserId};
use crate::time::UnixMillis;
use crate::wire;

/// A group is about to be created, by a client or over REST.
///
/// It has no id yet. Nothing ties it to the later [`AfterCreateGroup`].
///
/// Tencent: [CN 1662](https://cloud.tencent.com/document/product/269/1662),
/// [INTL 34368](https://www.tencentcloud.com/document/product/1047/34368).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeCreateGroup {
    /// Who asks for it: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who is to own it. Absent if nobody is: groups can do without.
    #[serde(default, rename = "Owner_Account", skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<UserId>,
    /// What sort of group it is to be (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// What it is to be called.
    pub name: String,
    /// Who is to be in it from the start. Absent or empty if nobody is.
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub member_list: Vec<Member>,
    /// How many groups of this type the owner has already. In the pages of 2019 to 2024, gone since. The
    /// oldest sample, against its own table, spells it `CreatedGroupNum`, which is read as well.
    #[serde(
        default,
        alias = "CreatedGroupNum",
        deserialize_with = "wire::optional_or_lost",
        skip_serializing_if = "Option::is_none"
    )]
    pub create_group_num: Option<GroupNum>,
    /// Whether members may invite others, such as `DisableInvite`. Undocumented; seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_option: Option<String>,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A group was created, by a client or over REST.
///
/// For a community it comes about three seconds late, on purpose.
///
/// Tencent: [CN 1663](https://cloud.tencent.com/document/product/269/1663),
/// [INTL 34369](https://www.tencentcloud.com/document/product/1047/34369).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterCreateGroup {
    /// The new group. The international table spells it `groupID`, which is read as well; every sample
    /// and real request has `GroupId`.
    #[serde(alias = "groupID")]
    pub group_id: GroupId,
    /// Who created it: the administrator for REST.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who owns it. Absent if nobody does.
    #[serde(default, rename = "Owner_Account", skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<UserId>,
    /// What sort of group it is (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// What it is called.
    pub name: String,
    /// Who is in it from the start. Absent or empty if nobody is.
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub member_list: Vec<Member>,
    /// Its custom fields. Absent, and so empty here, if the app set none.
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub user_defined_data_list: Vec<UserDefinedData>,
    /// What it is about. Absent before 2025.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduction: Option<String>,
    /// Its notice to members. Absent before 2025.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<String>,
    /// Whether members may invite others, such as `NeedPermission`. Undocumented; seen in 2023.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_option: Option<String>,
    /// As [`BeforeCreateGroup::create_group_num`], in either spelling. Undocumented here; other libraries
    /// read it.
    #[serde(
        default,
        alias = "CreatedGroupNum",
        deserialize_with = "wire::optional_or_lost",
        skip_serializing_if = "Option::is_none"
    )]
    pub create_group_num: Option<GroupNum>,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// How many groups an owner has.
///
/// ```
/// use tencent_im_webhook::event::group::GroupNum;
///
/// fn how_many(groups: &GroupNum, of_type: &str) -> u64 {
///     match groups {
///         GroupNum::OfType(number) => *number,
///         GroupNum::ByType(numbers) => numbers.get(of_type).copied().unwrap_or_default(),
///         _ => 0,
///     }
/// }
/// assert_eq!(how_many(&GroupNum::OfType(3), "Public"), 3);
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum GroupNum {
    /// Of the type of the group in question.
    OfType(u64),
    /// Of each type, by its name. Undocumented: another library reads it so.
    ByType(BTreeMap<String, u64>),
}

impl<'de> Deserialize<'de> for GroupNum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct GroupNumVisitor;

        impl<'de> Visitor<'de> for GroupNumVisitor {
            type Value = GroupNum;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of groups, or an object of them")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<GroupNum, E> {
                Ok(GroupNum::OfType(number))
            }

            fn visit_str<E: de::Error>(self, digits: &str) -> Result<GroupNum, E> {
                wire::number(digits.into_deserializer()).map(GroupNum::OfType)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<GroupNum, A::Error> {
                wire::entries(map).map(GroupNum::ByType)
            }
        }

        deserializer.deserialize_any(GroupNumVisitor)
    }
}

/// A group is full: a join filled it, or failed because it was full already.
///
/// It comes again with every such failure. What sort of group it is, and who joined, is not told.
///
/// Tencent: [CN 1669](https://cloud.tencent.com/document/product/269/1669),
/// [INTL 34376](https://www.tencentcloud.com/document/product/1047/34376).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterGroupFull {
    /// The group that has reached its limit of members.
    pub group_id: GroupId,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A group was dissolved, by its owner or over REST.
///
/// Tencent: [CN 1670](https://cloud.tencent.com/document/product/269/1670),
/// [INTL 34377](https://www.tencentcloud.com/document/product/1047/34377).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterGroupDestroyed {
    /// The group that is gone.
    pub group_id: GroupId,
    /// What sort of group it was (`Type`).
    #[serde(rename = "Type")]
    pub group_type: GroupType,
    /// Who owned it last. Absent if nobody did.
    #[serde(default, rename = "Owner_Account", skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<UserId>,
    /// What it was called. In the vendor's sample, not in its table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who was in it at the end, possibly a long list. Never there for a community.
    #[serde(default, deserialize_with = "wire::objects", skip_serializing_if = "Vec::is_empty")]
    pub member_list: Vec<Member>,
    /// Who dissolved it. On the Chinese page only.
    #[serde(default, rename = "Operator_Account", skip_serializing_if = "Option::is_none")]
    pub operator_account: Option<UserId>,
    /// When the webhook was triggered. Absent from older apps; some samples show a string, which is read
    /// as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// The groups that the app gained today passed 70 % of what its plan allows for a day.
///
/// It is about the app, so it names no group. It has no switch of its own in the console: that of
/// [`AfterGroupInfoChanged`](super::AfterGroupInfoChanged) is its too.
///
/// ```
/// use tencent_im_webhook::event::group::OnDailyGroupQuotaAlarm;
///
/// # let alarm: OnDailyGroupQuotaAlarm = tencent_im_webhook_testing::payload();
/// let left = alarm.quota.saturating_sub(alarm.quota_used);
/// assert_eq!(left, 591);
/// ```
///
/// Tencent: [INTL 57455](https://www.tencentcloud.com/document/product/1047/57455).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct OnDailyGroupQuotaAlarm {
    /// How many groups were gained today: created less dissolved.
    #[serde(deserialize_with = "wire::number")]
    pub quota_used: u64,
    /// How many may be gained in a day.
    #[serde(deserialize_with = "wire::number")]
    pub quota: u64,
    /// When the webhook was triggered. Some samples of groups show a string, which is read as well.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

concerns! {
    BeforeCreateGroup: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: &it.owner_account,
        accounts: accounts(&it.member_list),
        key_at_time: [&it.operator_account, &it.name, &listed(it.accounts())],
    }
    AfterCreateGroup: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: &it.owner_account,
        accounts: accounts(&it.member_list),
        group: &it.group_id,
    }
    AfterGroupFull: |it| {
        time: it.event_time,
        group: &it.group_id,
    }
    AfterGroupDestroyed: |it| {
        time: it.event_time,
        accounts: &it.owner_account,
        accounts: accounts(&it.member_list),
        accounts: &it.operator_account,
        group: &it.group_id,
    }
    OnDailyGroupQuotaAlarm: |it| {
        time: it.event_time,
    }
}
