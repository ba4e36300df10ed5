//! Users' profiles.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::UserId;
use crate::open::open_enum;
use crate::time::UnixMillis;
use crate::wire;

/// A profile was changed, by a client or over REST.
///
/// ```
/// use tencent_im_webhook::event::profile::{PortraitSet, Tag};
///
/// # let change: PortraitSet = tencent_im_webhook_testing::payload();
/// let nick = change.profile_item.iter().find(|item| item.tag == Tag::Nick);
/// assert_eq!(nick.map(|item| item.value.to_string()).as_deref(), Some("Nadia from Lübeck"));
/// ```
///
/// Tencent: [CN 76489](https://cloud.tencent.com/document/product/269/76489),
/// [INTL 48733](https://www.tencentcloud.com/document/product/1047/48733).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct PortraitSet {
    /// Who changed it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Whose profile it is.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// The fields that were changed. Those that the platform refused to change are left out.
    #[serde(deserialize_with = "wire::objects")]
    pub profile_item: Vec<ProfileItem>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A field of a [`PortraitSet`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ProfileItem {
    /// Which field it is.
    pub tag: Tag,
    /// What it says now.
    pub value: Value,
}

open_enum! {
    /// A field of a profile. The app's own ones begin with `Tag_Profile_Custom_`.
    ///
    /// ```
    /// use tencent_im_webhook::event::profile::Tag;
    ///
    /// let own = Tag::from("Tag_Profile_Custom_Boat");
    /// assert_eq!(own.as_str().strip_prefix("Tag_Profile_Custom_"), Some("Boat"));
    /// ```
    pub enum Tag {
        /// The nickname.
        Nick = "Tag_Profile_IM_Nick",
        /// `Gender_Type_Unknown`, `Gender_Type_Female` or `Gender_Type_Male`.
        Gender = "Tag_Profile_IM_Gender",
        /// The birthday, a number.
        BirthDay = "Tag_Profile_IM_BirthDay",
        /// Where the user is, as text.
        Location = "Tag_Profile_IM_Location",
        /// A short text of the user's own.
        SelfSignature = "Tag_Profile_IM_SelfSignature",
        /// Who may add the user: `AllowType_Type_NeedConfirm`, `AllowType_Type_AllowAny` or
        /// `AllowType_Type_DenyAny`.
        AllowType = "Tag_Profile_IM_AllowType",
        /// The language, a number.
        Language = "Tag_Profile_IM_Language",
        /// The URL of the picture.
        Image = "Tag_Profile_IM_Image",
        /// How messages reach the user. That it comes in this webhook is inferred.
        MsgSettings = "Tag_Profile_IM_MsgSettings",
        /// Whether an administrator keeps the user from asking for friends.
        AdminForbidType = "Tag_Profile_IM_AdminForbidType",
        /// The app's level of the user, a number.
        Level = "Tag_Profile_IM_Level",
        /// The app's role of the user, a number.
        Role = "Tag_Profile_IM_Role",
    }
}

/// What a field of a profile says: the page allows numbers and strings, and its sample shows a string.
///
/// Take both for any field: which fields come as which is not documented.
///
/// ```
/// use tencent_im_webhook::event::profile::Value;
///
/// fn level(value: &Value) -> Option<u64> {
///     match value {
///         Value::Number(number) => Some(*number),
///         Value::Text(text) => text.parse().ok(),
///         _ => None,
///     }
/// }
/// assert_eq!((level(&Value::Number(7)), level(&Value::Text("7".into()))), (Some(7), Some(7)));
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Value {
    /// A number, 32 bits as documented.
    Number(u64),
    /// Text.
    Text(String),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;

        impl Visitor<'_> for ValueVisitor {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a string")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Number(number))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.into()))
            }
        }

        deserializer.deserialize_any(ValueVisitor)
    }
}

impl Default for Value {
    /// The empty text.
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

concerns! {
    PortraitSet: |it| {
        time: it.event_time,
        accounts: [&it.operator_account, &it.from_account],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_number_or_a_string_and_stays_so() {
        for (text, value) in [("7", Value::Number(7)), (r#""7""#, Value::Text("7".into()))] {
            assert_eq!(serde_json::from_str::<Value>(text).unwrap(), value);
            assert_eq!(serde_json::to_string(&value).unwrap(), text);
            assert_eq!(value.to_string(), "7");
        }
        for text in ["null", "[7]", r#"{"Number":7}"#, "true"] {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        }
    }
}
