//! `CallbackCommand` beside a payload: payload types do not carry it, bodies do.

use std::fmt;

use serde::Serialize;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use crate::wire::Text;

pub(crate) const COMMAND: &str = "CallbackCommand";

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[derive(Debug, serde::Deserialize, Serialize)]
    struct Sample {
        #[serde(rename = "N")]
        n: u64,
    }

    fn decode_sample(text: &str) -> Result<(u64, Option<String>), json::Error> {
        let mut command = None;
        let sample = json::read_body(text, &mut command, |reader| Sample::deserialize(reader))?;
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
