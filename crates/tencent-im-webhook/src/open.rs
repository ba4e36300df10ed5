//! Open sets: names that the platform adds to without notice.

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
            Other(Box<str>),
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
                Self::Other("".into())
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                match name {
                    $($wire $(| $spelling)* => Self::$variant,)*
                    other => Self::Other(other.into()),
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
