use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Unexpected};

use crate::wire;

/// A text that is no JSON, or does not fit the type.
// Boxed, so that results fit into registers.
#[derive(Debug)]
pub(crate) struct Error(Box<Cow<'static, str>>);

impl Error {
    #[cold]
    pub(super) fn syntax(message: &'static str) -> Self {
        Self(Box::new(Cow::Borrowed(message)))
    }

    #[cold]
    pub(super) fn end() -> Self {
        Self::syntax("the text ends too early")
    }
}

impl de::Error for Error {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Box::new(match wire::is_quiet() {
            true => Cow::Borrowed("does not fit"),
            false => Cow::Owned(message.to_string()),
        }))
    }

    /// JSON has no unit.
    #[cold]
    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let found = if found == Unexpected::Unit { Unexpected::Other("null") } else { found };
        Self::custom(format_args!("invalid type: {found}, expected {expected}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}
