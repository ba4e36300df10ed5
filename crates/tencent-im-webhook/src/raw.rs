//! JSON that is kept as it came.

use std::fmt;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{self, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json::Raw;

/// A JSON value kept byte for byte, to be read later or written back unchanged.
///
/// Serializes as the value itself, with `serde_json` only.
///
/// ```
/// use tencent_im_webhook::RawJson;
///
/// let raw = RawJson::new(r#"{"n": 1.0}"#)?;
/// assert_eq!(serde_json::to_string(&raw)?, r#"{"n": 1.0}"#);
/// # Ok::<_, tencent_im_webhook::BoxError>(())
/// ```
#[derive(Clone)]
pub struct RawJson(Box<str>);

impl RawJson {
    /// Takes any text that is one JSON value.
    ///
    /// ```
    /// use tencent_im_webhook::RawJson;
    ///
    /// assert!(RawJson::new("[1, 2]").is_ok());
    /// assert!(RawJson::new("[1, 2").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// When it is not JSON.
    pub fn new(text: &str) -> Result<Self, InvalidJson> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|_| InvalidJson)?;
        Ok(Self(raw.get().into()))
    }

    /// The JSON text.
    ///
    /// ```
    /// use tencent_im_webhook::RawJson;
    ///
    /// assert_eq!(RawJson::new(" 7 ")?.as_str(), "7");
    /// # Ok::<_, tencent_im_webhook::InvalidJson>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Decodes it into a type of yours.
    ///
    /// ```
    /// use tencent_im_webhook::RawJson;
    ///
    /// let booking: String = RawJson::new(r#""H-5531""#)?.parse()?;
    /// assert_eq!(booking, "H-5531");
    /// # Ok::<_, tencent_im_webhook::InvalidJson>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When it does not fit the type, or holds an escape that is no Unicode (a lone surrogate).
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, InvalidJson> {
        serde_json::from_str(&self.0).map_err(|_| InvalidJson)
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Raw::deserialize(deserializer).map(Self::from)
    }
}

impl From<Raw<'_>> for RawJson {
    fn from(raw: Raw<'_>) -> Self {
        Self(raw.into_text())
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, serializer)
    }
}

/// Writes a JSON text as it is.
pub(crate) fn serialize<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    // The only way to one that borrows.
    let raw: &RawValue = serde_json::from_str(json).map_err(ser::Error::custom)?;
    raw.serialize(serializer)
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for RawJson {
    /// By text: `1` and `1.0` differ.
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RawJson {}

/// The text is not JSON, or not of the type asked for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct InvalidJson;

impl fmt::Display for InvalidJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the JSON that was asked for")
    }
}

impl std::error::Error for InvalidJson {}
