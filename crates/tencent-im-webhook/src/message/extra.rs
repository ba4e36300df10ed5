//! Keys of elements that their types do not know, kept for a rewrite.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserializer as _, MapAccess, Visitor};
use serde::ser::{self, Serialize, SerializeMap, Serializer};

use crate::json::{self, Raw};
use crate::raw;
use crate::scan;
use crate::wire::{self, Text};

/// The keys of an element that its type does not know, in order. Almost always there are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Extra(Option<Box<Keys>>);

#[derive(Clone, Debug, Default, PartialEq)]
struct Keys {
    /// In the content.
    inside: Members,
    /// Next to `MsgType` and `MsgContent`.
    beside: Members,
}

impl Extra {
    pub(super) fn of_content(keys: Members) -> Self {
        match keys.is_empty() {
            true => Self(None),
            false => Self(Some(Box::new(Keys { inside: keys, beside: Members::default() }))),
        }
    }

    pub(super) fn set_beside(&mut self, keys: Members) {
        self.0.get_or_insert_default().beside = keys;
    }

    pub(super) fn inside(&self) -> &Members {
        self.0.as_ref().map_or(NONE, |keys| &keys.inside)
    }

    pub(super) fn beside(&self) -> &Members {
        self.0.as_ref().map_or(NONE, |keys| &keys.beside)
    }
}

const NONE: &Members = &Members(String::new());

/// Members of an object as JSON writes them, without its braces.
// One text, and no list of pairs: there a short key would take ten times its length.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Members(String);

impl Members {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a key with its value, which is next.
    pub(super) fn keep<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if self.is_empty() {
            wire::take_room(size_of::<Keys>())?;
        }
        let key = match scan::special(key.as_bytes(), 0) {
            None => Cow::Borrowed(key),
            Some(_) => {
                wire::take_room(2 * key.len())?;
                Cow::Owned(escaped(key)?)
            }
        };
        let value: Raw<'de> = map.next_value()?;
        self.make_room(key.len() + value.text().len() + r#","":"#.len())?;
        for piece in [if self.is_empty() { "\"" } else { ",\"" }, &key, "\":", value.text()] {
            self.0.push_str(piece);
        }
        Ok(())
    }

    fn make_room<E: de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        let (length, capacity) = (self.0.len(), self.0.capacity());
        if capacity - length < bytes {
            // Most elements have one such key, if any.
            let more = if length == 0 { bytes } else { bytes.max(capacity) };
            wire::take_room_to_grow(capacity, length + more)?;
            self.0.reserve_exact(more);
        }
        Ok(())
    }

    pub(super) fn serialize<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        if self.is_empty() {
            return Ok(());
        }
        let object = format!("{{{}}}", self.0);
        json::reread(&object, |reader| reader.deserialize_map(WriteInto(map))).map_err(ser::Error::custom)
    }
}

/// A key as JSON writes it, without its quotes.
fn escaped<E: de::Error>(key: &str) -> Result<String, E> {
    let mut quoted = serde_json::to_string(key).map_err(E::custom)?;
    quoted.pop();
    quoted.remove(0);
    Ok(quoted)
}

/// Writes the members that it reads.
struct WriteInto<'a, M>(&'a mut M);

impl<'de, M: SerializeMap> Visitor<'de> for WriteInto<'_, M> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some((Text(key), value)) = members.next_entry::<_, Raw<'de>>()? {
            self.0.serialize_entry(&key, &AsIs(value.text())).map_err(de::Error::custom)?;
        }
        Ok(())
    }
}

/// A JSON text that is written as it stands.
struct AsIs<'a>(&'a str);

impl Serialize for AsIs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        raw::serialize(self.0, serializer)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::message::MsgElement;

    #[test]
    fn a_key_of_many_is_kept_and_written() {
        let mut keys = String::new();
        for n in 0..10_000 {
            write!(keys, r#","k{n}\n":{n}"#).unwrap();
        }
        let text = format!(r#"{{"MsgType":"TIMTextElem","MsgContent":{{"Text":""{keys}}}{keys}}}"#);
        let element: MsgElement = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&element).unwrap(), text);
    }

    #[test]
    fn keys_that_nobody_knows_are_written_back_as_they_came() {
        for text in [
            r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":"","a":1.0}}"#,
            r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":"","a":[1, {"b":"\ud800"}],"a":null,"":"\""}}"#,
            r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":""},"\"\\\n":{},"é":"\u00e9","b":-0}"#,
            r#"{"MsgType":"TIMFaceElem","MsgContent":{"Index":1,"in":1},"beside":2}"#,
        ] {
            let element: MsgElement = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&element).unwrap(), text);
            assert_eq!(serde_json::from_str::<MsgElement>(text).unwrap(), element);
        }
    }
}
