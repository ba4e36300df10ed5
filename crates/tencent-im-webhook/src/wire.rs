//! Lenient decoding for documented quirks, and nothing else.
//!
//! A body is decoded in at most two passes. The first, [`strictly`], knows the documented shapes (and
//! the contradictions among them) and fails on anything else without looking back. Only then comes
//! [`tolerantly`]: it captures what may be odd as raw JSON first, keeps what does not fit, and notes
//! that something was lost. The pass is known to the thread, because serde hands no context to the
//! types that it decodes.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess,
    SeqAccess, Visitor,
};
use serde::ser::Serializer;

use crate::id::UserId;
use crate::json::{self, Raw};

/// How deep relays may nest before they are kept raw.
pub(crate) const MAX_RELAY_DEPTH: u8 = 8;

// Aligned, so that it is read and written in one piece.
#[derive(Clone, Copy)]
#[repr(align(8))]
struct Pass {
    strict: bool,
    /// The text is read by [`json`], not by a deserializer of the user's.
    reading: bool,
    quiet: bool,
    lossy: bool,
    depth: u8,
}

impl Pass {
    const NONE: Self = Self { strict: false, reading: false, quiet: false, lossy: false, depth: 0 };
}

thread_local! {
    // Tolerant where no pass was begun: users decode payloads with serde_json on their own.
    static PASS: Cell<Pass> = const { Cell::new(Pass::NONE) };
    /// How many bytes of heap the pass may still take.
    static ROOM: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Decodes in the fast pass, documented shapes only, with room for what takes more than its text.
pub(crate) fn strictly<T>(room: usize, decode: impl FnOnce() -> T) -> T {
    let _restored = begin(Pass { strict: true, ..Pass::NONE }, room);
    decode()
}

/// Decodes in the slow pass, and says whether something was replaced by `None`.
pub(crate) fn tolerantly<T>(room: usize, decode: impl FnOnce() -> T) -> (T, bool) {
    let _restored = begin(Pass::NONE, room);
    let value = decode();
    (value, PASS.get().lossy)
}

pub(crate) fn is_strict() -> bool {
    PASS.get().strict
}

/// Lets values know that they are read by [`json`].
pub(crate) fn reading<T>(read: impl FnOnce() -> T) -> T {
    let pass = PASS.get();
    let _restored = Reading { reading: pass.reading, quiet: pass.quiet };
    PASS.set(Pass { reading: true, quiet: pass.strict || pass.reading, ..pass });
    read()
}

/// Whether nobody reads why something does not fit: in the strict pass, and where one text is read in another.
pub(crate) fn is_quiet() -> bool {
    PASS.get().quiet
}

pub(crate) fn is_reading() -> bool {
    PASS.get().reading
}

/// What it was before; what else the pass has learnt stays.
struct Reading {
    reading: bool,
    quiet: bool,
}

impl Drop for Reading {
    fn drop(&mut self) {
        PASS.set(Pass { reading: self.reading, quiet: self.quiet, ..PASS.get() });
    }
}

/// One message body inside another, for as long as the value lives; `None` when they nest too deep.
pub(crate) fn descend() -> Option<impl Drop> {
    let pass = PASS.get();
    let deeper = Pass { depth: pass.depth + 1, ..pass };
    (pass.depth <= MAX_RELAY_DEPTH).then(|| {
        PASS.set(deeper);
        Ascend
    })
}

struct Ascend;

impl Drop for Ascend {
    fn drop(&mut self) {
        let pass = PASS.get();
        PASS.set(Pass { depth: pass.depth - 1, ..pass });
    }
}

fn begin(pass: Pass, room: usize) -> impl Drop {
    struct Restore(Pass, usize);
    impl Drop for Restore {
        fn drop(&mut self) {
            PASS.set(self.0);
            ROOM.set(self.1);
        }
    }
    Restore(PASS.replace(pass), ROOM.replace(room))
}

/// Before something is allocated that takes more heap than it has text. The text itself was counted.
///
/// Once there is not enough, there is none any more.
pub(crate) fn take_room<E: de::Error>(bytes: usize) -> Result<(), E> {
    let room = ROOM.get();
    if room == usize::MAX {
        return Ok(());
    }
    let left = room.checked_sub(bytes);
    ROOM.set(left.unwrap_or(0));
    left.map(|_| ()).ok_or_else(|| E::custom(NO_ROOM))
}

/// The same before something grows: while it is moved, its old place is beside the new one, of which short lists need
/// not give account.
pub(crate) fn take_room_to_grow<E: de::Error>(from: usize, to: usize) -> Result<(), E> {
    match ROOM.get().saturating_add(SHORT) < to {
        true => take_room(usize::MAX),
        false => take_room(to - from),
    }
}

const SHORT: usize = 4096;

const NO_ROOM: &str = "it takes too much memory for its size";

/// Tries to read a value that may be kept raw instead, which gives the room back that was taken for it. Where there is
/// no room left the body as a whole does not fit: nothing goes raw for that.
pub(crate) fn attempt<T, E, F>(read: impl FnOnce() -> Result<T, F>) -> Result<Option<T>, E>
where
    E: de::Error,
{
    let room = ROOM.get();
    match read() {
        Ok(value) => Ok(Some(value)),
        Err(_) if ROOM.get() == 0 => Err(E::custom(NO_ROOM)),
        Err(_) => {
            ROOM.set(room);
            Ok(None)
        }
    }
}

/// Before a list is pushed onto that is made for one entry, as most have no more, and that `Vec` grows.
#[inline]
pub(crate) fn take_room_in_list<T, E: de::Error>(length: usize, capacity: &mut usize) -> Result<(), E> {
    if length == *capacity {
        let grown = if length == 0 { 1 } else { (2 * length).max(4) };
        take_room_to_grow(length * size_of::<T>(), grown * size_of::<T>())?;
        *capacity = grown;
    }
    Ok(())
}

fn note_loss() {
    PASS.set(Pass { lossy: true, ..PASS.get() });
}

/// A whole number: documented as a number, shown as a string by some samples.
///
/// For times too, in whatever unit.
pub(crate) fn number<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: From<u64>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(WholeNumber).map(T::from)
}

/// The same, where it may be absent. Nobody needs such a number to judge a message, so whatever else
/// stands there is noted and dropped.
pub(crate) fn optional_number<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: From<u64>,
    D: Deserializer<'de>,
{
    if is_strict() {
        return Ok(deserializer.deserialize_any(Optional(WholeNumber))?.map(T::from));
    }
    or_lost(deserializer, |raw| whole(raw.trim_matches('"')).map(T::from))
}

/// The same for a number that may be negative.
pub(crate) fn optional_integer<'de, D>(deserializer: D) -> Result<Option<i64>, D::Error>
where
    D: Deserializer<'de>,
{
    if is_strict() {
        return deserializer.deserialize_any(Optional(Integer));
    }
    or_lost(deserializer, |raw| integer(raw.trim_matches('"')))
}

/// A switch that the platform writes as 0 or 1; booleans are read as well.
pub(crate) mod flag {
    use super::*;

    pub(crate) fn deserialize<'de, D>(deserializer: D) -> Result<bool, D::Error>
    where
        D: Deserializer<'de>,
    {
        deserializer.deserialize_any(Switch)
    }

    // serde passes fields by reference.
    #[expect(clippy::trivially_copy_pass_by_ref)]
    pub(crate) fn serialize<S: Serializer>(flag: &bool, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(u8::from(*flag))
    }
}

/// The same, where it may be absent: anything odd is noted and dropped.
pub(crate) mod optional_flag {
    use super::*;

    pub(crate) fn deserialize<'de, D>(deserializer: D) -> Result<Option<bool>, D::Error>
    where
        D: Deserializer<'de>,
    {
        optional_switch(deserializer)
    }

    // serde passes fields by reference.
    #[expect(clippy::ref_option)]
    pub(crate) fn serialize<S>(flag: &Option<bool>, serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        match flag {
            Some(flag) => super::flag::serialize(flag, serializer),
            None => serializer.serialize_none(),
        }
    }
}

/// A switch that the platform writes as `true` or `false`, may leave out, and shows as a string in some
/// samples. 0 and 1 are read as well; anything else is noted and dropped.
pub(crate) fn optional_switch<'de, D>(deserializer: D) -> Result<Option<bool>, D::Error>
where
    D: Deserializer<'de>,
{
    if is_strict() {
        return deserializer.deserialize_any(Optional(Switch));
    }
    or_lost(deserializer, |raw| switch(raw.trim_matches('"')))
}

/// A whole number that some page documents as a list: the only number of one is read as well.
pub(crate) fn optional_lone_number<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: From<u64>,
    D: Deserializer<'de>,
{
    if is_strict() {
        return Ok(deserializer.deserialize_any(Optional(LoneNumber))?.map(T::from));
    }
    or_lost(deserializer, |raw| json::reread(raw, |reader| reader.deserialize_any(LoneNumber)).ok())
        .map(|number| number.map(T::from))
}

/// A value that may be absent and whose type is uncertain: what does not fit is noted and dropped.
pub(crate) fn optional_or_lost<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    if is_strict() {
        return Option::deserialize(deserializer);
    }
    or_lost(deserializer, |raw| json::reread(raw, |reader| T::deserialize(reader)).ok())
}

/// A text for which absent and empty mean the same; `null` is an empty one.
pub(crate) fn text<'de, D>(deserializer: D) -> Result<String, D::Error>
where
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A list of simple values; `null` is an empty one.
pub(crate) fn list<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<Vec<T>>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A list that some page documents as a lone value; `null` is an empty one.
pub(crate) fn one_or_more<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct OneOrMore<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMore<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list or one of its values")
        }

        fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
            Vec::deserialize(de::value::SeqAccessDeserializer::new(list))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            Ok(vec![T::deserialize(text.into_deserializer())?])
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Vec<T>, E> {
            Ok(vec![T::deserialize(number.into_deserializer())?])
        }
    }

    deserializer.deserialize_any(OneOrMore(PhantomData))
}

/// One object. Derived types take an array for an object; the platform never means one.
pub(crate) fn object<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Object::deserialize(deserializer).map(|object| object.0)
}

/// The same, where it may be absent.
pub(crate) fn optional_object<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let object = Option::<Object<T>>::deserialize(deserializer)?;
    Ok(object.map(|object| object.0))
}

/// A list of objects; `null` is an empty one.
pub(crate) fn objects<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let objects = Option::<Vec<Object<T>>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(objects.into_iter().map(|object| object.0).collect())
}

/// A list of accounts, where a page's sample shows ids and its table says objects: both are read, and
/// `null` is an empty one.
pub(crate) fn accounts<'de, D>(deserializer: D) -> Result<Vec<UserId>, D::Error>
where
    D: Deserializer<'de>,
{
    let accounts = Option::<Vec<Account>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(accounts.into_iter().map(|account| account.0).collect())
}

struct Account(UserId);

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Named {
            #[serde(rename = "To_Account")]
            to_account: UserId,
        }

        struct AccountVisitor;

        impl<'de> Visitor<'de> for AccountVisitor {
            type Value = Account;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an account id or an object with one")
            }

            fn visit_str<E: de::Error>(self, id: &str) -> Result<Account, E> {
                UserId::deserialize(id.into_deserializer()).map(Account)
            }

            fn visit_u64<E: de::Error>(self, id: u64) -> Result<Account, E> {
                UserId::deserialize(id.into_deserializer()).map(Account)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Account, A::Error> {
                let named = Named::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Account(named.to_account))
            }
        }

        deserializer.deserialize_any(AccountVisitor)
    }
}

struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(MapOnly(deserializer)).map(Self)
    }
}

struct MapOnly<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for MapOnly<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A key or a short text, borrowed from the body where it has no escapes.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Text<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.into())))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}

/// Reads the value of a known key into its slot; a key given twice does not fit.
pub(crate) fn once<'de, T, A>(slot: &mut Option<T>, key: &'static str, map: &mut A) -> Result<(), A::Error>
where
    T: Deserialize<'de>,
    A: MapAccess<'de>,
{
    if slot.is_some() {
        return Err(de::Error::duplicate_field(key));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

/// Reads anything: `null` is absent, what `read` does not understand is noted and dropped.
fn or_lost<'de, T, D>(deserializer: D, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
{
    let raw = Raw::deserialize(deserializer)?;
    if raw.text() == "null" {
        return Ok(None);
    }
    let value = attempt(|| read(raw.text()).ok_or("odd"))?;
    if value.is_none() {
        note_loss();
    }
    Ok(value)
}

/// An object whose names are not known.
pub(crate) fn map<'de, V, D>(deserializer: D) -> Result<BTreeMap<String, V>, D::Error>
where
    V: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct Entries<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BTreeMap<String, V>, A::Error> {
            entries(map)
        }
    }

    deserializer.deserialize_map(Entries(PhantomData))
}

/// The entries of such an object.
pub(crate) fn entries<'de, V, A>(mut map: A) -> Result<BTreeMap<String, V>, A::Error>
where
    V: Deserialize<'de>,
    A: MapAccess<'de>,
{
    let mut entries = BTreeMap::new();
    while let Some(Text(key)) = map.next_key()? {
        // Nodes are half full at worst, and point to each other.
        take_room(2 * size_of::<(String, V)>() + 24)?;
        entries.insert(key.into_owned(), map.next_value()?);
    }
    Ok(entries)
}

/// Digits only: `parse` alone would take a leading plus.
fn whole(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    whole(digits).and_then(|_| text.parse().ok())
}

fn switch(text: &str) -> Option<bool> {
    match text {
        "0" | "false" => Some(false),
        "1" | "true" => Some(true),
        _ => None,
    }
}

struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or a string of its digits")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        whole(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

struct Integer;

impl Visitor<'_> for Integer {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer or a string of one")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<i64, E> {
        integer(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

struct LoneNumber;

impl<'de> Visitor<'de> for LoneNumber {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, a string of its digits, or a list of one of them")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        WholeNumber.visit_str(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<u64, A::Error> {
        let number = list.next_element_seed(Seed(WholeNumber))?;
        match (number, list.next_element::<de::IgnoredAny>()?) {
            (Some(number), None) => Ok(number),
            _ => Err(de::Error::invalid_length(0, &self)),
        }
    }
}

/// A visitor of values that say what they are, where serde wants a seed.
struct Seed<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Seed<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self.0)
    }
}

struct Switch;

impl Visitor<'_> for Switch {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean, or 0 or 1")
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<bool, E> {
        Ok(flag)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<bool, E> {
        match number {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(E::invalid_value(de::Unexpected::Unsigned(other), &self)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<bool, E> {
        switch(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// Adds `null` to what a visitor of simple values takes.
struct Optional<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Optional<V> {
    type Value = Option<V::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Self::Value, E> {
        self.0.visit_bool(flag).map(Some)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        self.0.visit_i64(number).map(Some)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        self.0.visit_u64(number).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        self.0.visit_seq(list).map(Some)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        self.0.visit_str(text).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::time::UnixMillis;

    #[derive(Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
    #[serde(default)]
    struct Odd {
        #[serde(deserialize_with = "optional_number")]
        time: Option<UnixMillis>,
        #[serde(deserialize_with = "optional_integer")]
        integer: Option<i64>,
        #[serde(with = "optional_flag")]
        flag: Option<bool>,
        #[serde(deserialize_with = "optional_switch")]
        switch: Option<bool>,
        #[serde(deserialize_with = "optional_or_lost")]
        uncertain: Option<String>,
        #[serde(deserialize_with = "optional_lone_number")]
        lone: Option<u64>,
        #[serde(deserialize_with = "text")]
        text: String,
        #[serde(deserialize_with = "list")]
        ids: Vec<String>,
        #[serde(deserialize_with = "one_or_more")]
        list: Vec<String>,
        #[serde(deserialize_with = "objects")]
        objects: Vec<Item>,
        #[serde(deserialize_with = "accounts")]
        accounts: Vec<UserId>,
    }

    #[derive(Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Item {
        n: u64,
    }

    /// Both passes: what it decodes to, and whether something was lost.
    fn passes(text: &str) -> (Option<Odd>, Option<Odd>, bool) {
        let strict = strictly(usize::MAX, || serde_json::from_str(text)).ok();
        let (tolerant, lossy) = tolerantly(usize::MAX, || serde_json::from_str(text));
        (strict, tolerant.ok(), lossy)
    }

    #[test]
    fn documented_contradictions_need_one_pass() {
        for (text, odd) in [
            (
                r#"{"time":1670574414123}"#,
                Odd { time: Some(UnixMillis(1_670_574_414_123)), ..Odd::default() },
            ),
            (
                r#"{"time":"1670574414123"}"#,
                Odd { time: Some(UnixMillis(1_670_574_414_123)), ..Odd::default() },
            ),
            (r#"{"time":null,"flag":null,"switch":null}"#, Odd::default()),
            (r#"{"integer":null,"objects":null,"accounts":null}"#, Odd::default()),
            (r#"{"integer":3}"#, Odd { integer: Some(3), ..Odd::default() }),
            (r#"{"integer":-1}"#, Odd { integer: Some(-1), ..Odd::default() }),
            (r#"{"integer":"-1"}"#, Odd { integer: Some(-1), ..Odd::default() }),
            (r#"{"flag":1}"#, Odd { flag: Some(true), ..Odd::default() }),
            (r#"{"flag":false}"#, Odd { flag: Some(false), ..Odd::default() }),
            (r#"{"switch":"false"}"#, Odd { switch: Some(false), ..Odd::default() }),
            (r#"{"lone":null,"list":null,"ids":null,"text":null}"#, Odd::default()),
            (r#"{"lone":100}"#, Odd { lone: Some(100), ..Odd::default() }),
            (r#"{"lone":"100"}"#, Odd { lone: Some(100), ..Odd::default() }),
            (r#"{"lone":[100]}"#, Odd { lone: Some(100), ..Odd::default() }),
            (r#"{"lone":["100"]}"#, Odd { lone: Some(100), ..Odd::default() }),
            (r#"{"uncertain":"a"}"#, Odd { uncertain: Some("a".into()), ..Odd::default() }),
            (r#"{"uncertain":null}"#, Odd::default()),
            (r#"{"list":"a"}"#, Odd { list: vec!["a".into()], ..Odd::default() }),
            (r#"{"list":["a","b"]}"#, Odd { list: vec!["a".into(), "b".into()], ..Odd::default() }),
            (r#"{"objects":[{"n":1}]}"#, Odd { objects: vec![Item { n: 1 }], ..Odd::default() }),
            (
                r#"{"accounts":["a",{"To_Account":"b","More":[]},7,{"To_Account":8}]}"#,
                Odd { accounts: vec!["a".into(), "b".into(), "7".into(), "8".into()], ..Odd::default() },
            ),
        ] {
            assert_eq!(passes(text), (Some(from_value(json_of(&odd)).unwrap()), Some(odd), false), "{text}");
        }
    }

    #[test]
    fn what_is_odd_beyond_that_is_dropped_and_noted() {
        for value in
            ["1e3", "1.0", "-1", "18446744073709551616", "1e999", "true", "[]", "{}", r#""""#, r#""+1""#]
        {
            let text = format!(r#"{{"time":{value}}}"#);
            assert_eq!(passes(&text), (None, Some(Odd::default()), true), "{text}");
        }
        let digits = format!(r#"{{"time":{}}}"#, "9".repeat(250_000));
        assert_eq!(passes(&digits), (None, Some(Odd::default()), true));
        for value in ["[]", "[1,2]", "[[1]]", "[null]", "-1", "1.5", "true", "{}", r#""""#] {
            let text = format!(r#"{{"lone":{value}}}"#);
            assert_eq!(passes(&text), (None, Some(Odd::default()), true), "{text}");
        }
        for text in [r#"{"flag":2}"#, r#"{"uncertain":2}"#, r#"{"uncertain":["a"]}"#] {
            assert_eq!(passes(text), (None, Some(Odd::default()), true), "{text}");
        }
        for value in ["1.5", "9223372036854775808", "true", "[]", "{}", r#""--1""#, r#""-""#, r#""+1""#] {
            let text = format!(r#"{{"integer":{value}}}"#);
            assert_eq!(passes(&text), (None, Some(Odd::default()), true), "{text}");
        }
    }

    #[test]
    fn an_array_is_neither_an_object_nor_an_account() {
        for text in [r#"{"objects":[[1]]}"#, r#"{"objects":{"n":1}}"#, r#"{"accounts":[["a"]]}"#] {
            assert_eq!(passes(text), (None, None, false), "{text}");
        }
    }

    #[test]
    fn the_canonical_form_is_the_documented_one() {
        let odd = Odd { flag: Some(true), switch: Some(true), ..Odd::default() };
        assert_eq!(json_of(&odd)["flag"], 1);
        assert_eq!(json_of(&odd)["switch"], true);
    }

    fn json_of(odd: &Odd) -> Value {
        json!(odd)
    }
}
