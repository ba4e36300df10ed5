use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;

use crate::wire;

/// How a type asks a [`Reader`](super::Reader) for the text of a value.
pub(super) const NAME: &str = "tencent_im_webhook::json::Raw";

/// A value as it stands in the text: read by us, or by `serde_json`. Not where serde buffers values: in an `untagged`
/// enum, say.
#[derive(Debug)]
pub(crate) struct Raw<'de>(Cow<'de, str>);

impl Raw<'_> {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_text(self) -> Box<str> {
        self.0.into()
    }
}

impl<'de> Deserialize<'de> for Raw<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match wire::is_reading() {
            true => deserializer.deserialize_newtype_struct(NAME, RawVisitor),
            false => Box::<RawValue>::deserialize(deserializer)
                .map(|raw| Self(Cow::Owned(Box::<str>::from(raw).into()))),
        }
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Raw<'de>, E> {
        Ok(Raw(Cow::Borrowed(text)))
    }
}
