//! What serde asks of a [`Reader`].

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::{Error, Number, Reader, Result, Str, raw};
use crate::envelope;
use crate::wire::take_room_in_list;

impl<'de> Str<'de, '_> {
    fn text(&self) -> &str {
        match self {
            Str::Borrowed(text) | Str::Unescaped(text) => text,
        }
    }

    #[inline]
    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self {
            Str::Borrowed(text) => visitor.visit_borrowed_str(text),
            Str::Unescaped(text) => visitor.visit_str(text),
        }
    }
}

impl<'de> Reader<'de> {
    #[inline]
    fn visit_str<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        self.string()?.visit(visitor)
    }

    fn visit_seq<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        self.enter()?;
        // A list with nothing but space in it is known to be empty.
        self.token()?;
        let list = List { reader: self, is_first: true, length: 0, capacity: 0 };
        let value = visitor.visit_seq(list)?;
        self.leave(b']')?;
        Ok(value)
    }

    fn visit_map<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        self.enter()?;
        let has_command = self.levels_left == self.command_at;
        let value = visitor.visit_map(Object { reader: self, is_first: true, has_command })?;
        self.leave(b'}')?;
        Ok(value)
    }

    /// Whether another entry of a list or an object follows, which is next then.
    #[inline]
    fn has_another(&mut self, is_first: &mut bool, closes: u8) -> Result<bool> {
        match self.token()? {
            b',' if !*is_first => {
                self.at += 1;
                match self.token()? == closes {
                    true => Err(Error::syntax("an entry was expected after the comma")),
                    false => Ok(true),
                }
            }
            byte if byte == closes => Ok(false),
            _ if std::mem::take(is_first) => Ok(true),
            _ => Err(Error::syntax("a comma or the closing bracket was expected")),
        }
    }

    /// The next key of an object, with its colon, however it is written; none where the object ends.
    fn any_key(&mut self, is_first: &mut bool) -> Result<Option<AnyKey<'de>>> {
        if !self.has_another(is_first, b'}')? {
            return Ok(None);
        }
        if self.byte() != Some(b'"') {
            return Err(Error::syntax("a key was expected"));
        }
        let key = match self.string()? {
            Str::Borrowed(text) => AnyKey::Borrowed(text),
            Str::Unescaped(_) => AnyKey::Unescaped,
        };
        self.expect(b':', "a colon was expected")?;
        Ok(Some(key))
    }

    fn text_of(&self, key: AnyKey<'de>) -> Str<'de, '_> {
        match key {
            AnyKey::Borrowed(text) => Str::Borrowed(text),
            AnyKey::Unescaped => Str::Unescaped(&self.unescaped),
        }
    }

    fn visit_number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.number()? {
            Number::Whole(number) => visitor.visit_u64(number),
            Number::Negative(number) => visitor.visit_i64(number),
            Number::Fraction(number) => visitor.visit_f64(number),
        }
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.token()? {
            b'"' => self.visit_str(visitor),
            b'{' => self.visit_map(visitor),
            b'[' => self.visit_seq(visitor),
            b'n' => {
                self.word("null")?;
                visitor.visit_unit()
            }
            b't' => {
                self.word("true")?;
                visitor.visit_bool(true)
            }
            b'f' => {
                self.word("false")?;
                visitor.visit_bool(false)
            }
            _ => self.visit_number(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.token()? {
            b'"' => self.visit_str(visitor),
            _ => Err(self.misfit(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.token()? {
            b'n' => {
                self.word("null")?;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    /// A type that wants the text of a value asks by this name.
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        match name {
            raw::NAME => visitor.visit_borrowed_str(self.skip()?),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.token()? {
            b'[' => self.visit_seq(visitor),
            _ => Err(self.misfit(&visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.token()? {
            b'{' => self.visit_map(visitor),
            _ => Err(self.misfit(&visitor)),
        }
    }

    /// An object only: derived types would take a list as well, which the platform never means.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple
        tuple_struct enum identifier
    }
}

/// What stands in a list.
struct List<'a, 'de> {
    reader: &'a mut Reader<'de>,
    is_first: bool,
    /// Of the `Vec` that it is read into.
    length: usize,
    capacity: usize,
}

impl<'de> SeqAccess<'de> for List<'_, 'de> {
    type Error = Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        match self.reader.has_another(&mut self.is_first, b']')? {
            true => {
                take_room_in_list::<T::Value, Error>(self.length, &mut self.capacity)?;
                self.length += 1;
                seed.deserialize(&mut *self.reader).map(Some)
            }
            false => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(usize::from(self.reader.byte() != Some(b']')))
    }
}

/// What stands in an object.
struct Object<'a, 'de> {
    reader: &'a mut Reader<'de>,
    is_first: bool,
    /// Whether it is a body, which may name its command.
    has_command: bool,
}

impl<'de> Object<'_, 'de> {
    fn is_command(&self, key: &str) -> bool {
        self.has_command && key == envelope::COMMAND
    }

    /// The next key after that of the command, or where there is none that is plain: at the end, mostly.
    #[inline(never)]
    fn other_key(&mut self, plain: Option<&'de str>) -> Result<Option<Key<'de, '_>>> {
        match plain.is_none() && self.reader.token()? == b'}' {
            true => Ok(None),
            false => self.any_other_key(plain),
        }
    }

    #[inline(never)]
    fn any_other_key(&mut self, mut plain: Option<&'de str>) -> Result<Option<Key<'de, '_>>> {
        loop {
            let key = match plain {
                Some(text) => Some(AnyKey::Borrowed(text)),
                None => self.reader.any_key(&mut self.is_first)?,
            };
            let Some(key) = key else { return Ok(None) };
            if !self.is_command(self.reader.text_of(key).text()) {
                return Ok(Some(Key(self.reader.text_of(key))));
            }
            self.put_command_aside()?;
            plain = self.reader.plain_key(false);
        }
    }

    /// Reads the value of the command's key, which is next.
    fn put_command_aside(&mut self) -> Result<()> {
        if self.reader.command.is_some() {
            return Err(de::Error::duplicate_field(envelope::COMMAND));
        }
        let value = self.next_value();
        // Whoever keeps track of the keys has not heard of this one.
        self.reader.command =
            value.map_err(|error| de::Error::custom(format_args!("{}: {error}", envelope::COMMAND)))?;
        Ok(())
    }
}

impl<'de> MapAccess<'de> for Object<'_, 'de> {
    type Error = Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let plain = self.reader.plain_key(self.is_first);
        self.is_first &= plain.is_none();
        let key = match plain {
            Some(text) if !self.is_command(text) => Some(Key(Str::Borrowed(text))),
            Some(_) | None => self.other_key(plain)?,
        };
        key.map(|key| seed.deserialize(key)).transpose()
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        seed.deserialize(&mut *self.reader)
    }
}

/// Where the text of a key is.
#[derive(Clone, Copy)]
enum AnyKey<'de> {
    Borrowed(&'de str),
    /// In the reader.
    Unescaped,
}

/// A key of an object.
struct Key<'de, 'a>(Str<'de, 'a>);

impl<'de> Deserializer<'de> for Key<'de, '_> {
    type Error = Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.0.visit(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
