//! Open sets: names that the platform adds to without notice.

use std::fmt;
use std::ops::Deref;

/// A name that this crate does not know.
///
/// Only `From<&str>` of the enum that it stands in makes one, so it is never a name that the enum has a
/// variant for.
///
/// ```
/// use tencent_im_webhook::Platform;
///
/// let Platform::Other(name) = Platform::from("HarmonyOS") else { panic!("it is new") };
/// assert_eq!(&*name, "HarmonyOS");
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct OtherName(Box<str>);

impl OtherName {
    pub(crate) fn new(name: &str) -> Self {
        Self(name.into())
    }
}

impl Deref for OtherName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OtherName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes an enum over wire names whose `Other` keeps what it does not know.
macro_rules! open_enum {
    ($(#[$doc:meta])* pub enum $name:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $wire:literal $(| $spelling:literal)*,)*
    }) => {
        $(#[$doc])*
        ///
        /// An open set: names to come are kept as `Other`.
        #[derive(Clone, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_doc])*
                #[doc = ""]
                #[doc = concat!("`", $wire, "`")]
                $variant,
            )*
            /// Any other name.
            Other($crate::OtherName),
        }

        impl $name {
            /// Every name that this crate knows.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Other(name) => name,
                }
            }
        }

        impl Default for $name {
            /// The empty name.
            fn default() -> Self {
                Self::from("")
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                match name {
                    $($wire $(| $spelling)* => Self::$variant,)*
                    other => Self::Other($crate::OtherName::new(other)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = <$crate::wire::Text<'de> as serde::Deserialize>::deserialize(deserializer)?;
                Ok(Self::from(&*name.0))
            }
        }
    };
}

pub(crate) use open_enum;
