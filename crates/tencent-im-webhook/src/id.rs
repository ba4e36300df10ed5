//! Identifiers: text that the platform or the app chose, never parsed.

use std::borrow::Borrow;
use std::fmt;

use serde::Serialize;
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// Makes newtypes over text which accept a JSON number too: some samples print account ids as numbers.
macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The text as it stands on the wire.
            ///
            /// ```
            #[doc = concat!("use tencent_im_webhook::", stringify!($name), ";")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::from(\"nadia\").as_str(), \"nadia\");")]
            /// ```
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether the platform sent an empty string.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(TextOrNumber).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    )*};
}

text_ids! {
    /// A user's id (`UserID`), as the app imported it.
    ///
    /// May be empty, or `@TLS#NOT_FOUND` when a server sent without a real sender (seen in real
    /// requests, not documented).
    ///
    /// ```
    /// use std::collections::HashSet;
    ///
    /// use tencent_im_webhook::UserId;
    ///
    /// let staff: HashSet<UserId> = ["nadia".into(), "oleg".into()].into();
    /// let sender = UserId::from("nadia");
    /// assert!(staff.contains(&sender) && staff.contains("oleg"));
    /// assert_eq!(sender, "nadia");
    /// ```
    UserId;

    /// A group's id: `@TGS#…` by default, `@TGS#_…` for communities, the room id for `Live` rooms, or
    /// whatever the app chose.
    ///
    /// ```
    /// use tencent_im_webhook::GroupId;
    ///
    /// let is_community = |group: &GroupId| group.as_str().starts_with("@TGS#_");
    /// assert!(is_community(&"@TGS#_orchard".into()));
    /// ```
    GroupId;

    /// A community topic's id, `<group id>@TOPIC#_<suffix>`.
    TopicId;

    /// The id of a room of the Live and Room products.
    RoomId;

    /// An official account's id, `@TOA#_…`.
    OfficialAccountId;

    /// The platform's key of a one-to-one or official-account message: what recalls and edits name.
    ///
    /// It is unique within a conversation only, so that a store needs both:
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use tencent_im_webhook::event::c2c::AfterSendMsg;
    /// use tencent_im_webhook::{MsgKey, UserId};
    ///
    /// let mut kept: HashMap<(UserId, UserId, MsgKey), String> = HashMap::new();
    /// # let message: AfterSendMsg = tencent_im_webhook_testing::payload();
    /// let text = message.msg_body.texts().collect();
    /// kept.insert((message.from_account, message.to_account, message.msg_key), text);
    /// ```
    MsgKey;

    /// A message's id on the client. Opaque.
    MsgId;
}

struct TextOrNumber;

impl Visitor<'_> for TextOrNumber {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.into())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }
}
