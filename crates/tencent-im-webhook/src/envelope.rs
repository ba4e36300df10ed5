//! `CallbackCommand` beside a payload: payload types do not carry it, bodies do.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};

use crate::wire::Text;

const COMMAND: &str = "CallbackCommand";

/// Decodes a payload from an object, and puts the command that stands among its keys aside.
///
/// One pass: `serde(flatten)` would buffer the body, and a field in every payload would say nothing.
pub(crate) fn decode<'de, T, D>(deserializer: D, command: &mut Option<Text<'de>>) -> Result<T, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(Envelope { inner: deserializer, command })
}

/// The body of a webhook: the command, then the payload's own keys.
pub(crate) fn encode<T: Serialize>(command: &str, payload: &T) -> serde_json::Result<String> {
    let fields = serde_json::to_string(payload)?;
    let command = serde_json::to_string(command)?;
    let fields = fields.strip_prefix('{').unwrap_or(&fields);
    let comma = if fields == "}" { "" } else { "," };
    Ok(format!("{{\"{COMMAND}\":{command}{comma}{fields}"))
}

/// Whether the text is one JSON object, and the command that it names.
#[derive(Debug)]
pub(crate) struct Probe<'de>(pub(crate) Option<Text<'de>>);

impl<'de> Deserialize<'de> for Probe<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ProbeVisitor;

        impl<'de> Visitor<'de> for ProbeVisitor {
            type Value = Probe<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Probe<'de>, A::Error> {
                let mut command = None;
                while let Some(Key(is_command)) = map.next_key()? {
                    match is_command {
                        true => command = map.next_value::<MaybeText<'de>>()?.0,
                        false => drop(map.next_value::<de::IgnoredAny>()?),
                    }
                }
                Ok(Probe(command))
            }
        }

        deserializer.deserialize_map(ProbeVisitor)
    }
}

/// A key that need not be decodable, and whether it is the command's.
struct Key(bool);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|key| Self(key.0 == COMMAND))
    }
}

/// A string, or nothing where something else stands.
struct MaybeText<'de>(Option<Text<'de>>);

impl<'de> Deserialize<'de> for MaybeText<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&serde_json::value::RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(raw.get()).ok()))
    }
}

struct Envelope<'a, 'de, D> {
    inner: D,
    command: &'a mut Option<Text<'de>>,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Envelope<'_, 'de, D> {
    type Error = D::Error;

    /// A map whatever the payload asks for: derived types take an array for an object.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(PayloadVisitor { inner: visitor, command: self.command })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct PayloadVisitor<'a, 'de, V> {
    inner: V,
    command: &'a mut Option<Text<'de>>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for PayloadVisitor<'_, 'de, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(PayloadMap { inner: map, command: self.command })
    }
}

struct PayloadMap<'a, 'de, A> {
    inner: A,
    command: &'a mut Option<Text<'de>>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for PayloadMap<'_, 'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(Text(key)) = self.inner.next_key()? {
            if key != COMMAND {
                return match key {
                    Cow::Borrowed(key) => seed.deserialize(BorrowedStrDeserializer::new(key)),
                    Cow::Owned(key) => seed.deserialize(key.into_deserializer()),
                }
                .map(Some);
            }
            if self.command.is_some() {
                return Err(de::Error::duplicate_field(COMMAND));
            }
            *self.command = self.inner.next_value()?;
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.inner.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, Serialize)]
    struct Sample {
        #[serde(rename = "N")]
        n: u64,
    }

    fn decode_sample(text: &str) -> Result<(u64, Option<String>), serde_json::Error> {
        let mut command = None;
        let sample: Sample = decode(&mut serde_json::Deserializer::from_str(text), &mut command)?;
        Ok((sample.n, command.map(|text| text.0.into_owned())))
    }

    #[test]
    fn the_command_is_found_wherever_it_stands() {
        for text in [r#"{"CallbackCommand":"a.B","N":1}"#, r#"{"N":1,"Callback\u0043ommand":"a.B"}"#] {
            assert_eq!(decode_sample(text).unwrap(), (1, Some("a.B".into())), "{text}");
        }
        for text in [r#"{"N":1}"#, r#"{"CallbackCommand":null,"N":1}"#] {
            assert_eq!(decode_sample(text).unwrap(), (1, None), "{text}");
        }
    }

    #[test]
    fn a_second_command_an_odd_one_and_an_array_do_not_fit() {
        for text in [
            r#"{"CallbackCommand":"a.B","N":1,"CallbackCommand":"a.B"}"#,
            r#"{"CallbackCommand":5,"N":1}"#,
            "[1]",
        ] {
            assert!(decode_sample(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_probe_sees_the_last_word_on_the_command() {
        let probe = |text| serde_json::from_str::<Probe<'_>>(text).map(|p| p.0.map(|t| t.0.into_owned()));
        assert_eq!(probe(r#"{"a":[[]],"CallbackCommand":"a.B"}"#).unwrap().as_deref(), Some("a.B"));
        assert_eq!(probe(r#"{"CallbackCommand":{}}"#).unwrap(), None);
        assert!(probe("[]").is_err());
        assert!(probe("{} x").is_err());
    }

    #[test]
    fn encoding_puts_the_command_first() {
        assert_eq!(encode("a.B", &Sample { n: 1 }).unwrap(), r#"{"CallbackCommand":"a.B","N":1}"#);
    }
}
