//! JSON, read for serde from a text that is in memory and known to be UTF-8.
//!
//! Values are those that `serde_json` gives, which the tests hold against each other. Types are not quite: an object
//! is never read from a list, an enum only where serde buffers it (`untagged`), and keys are text. Bytes are looked at
//! many at a time. Fractions and numbers of more than 19 digits, which documented bodies hardly have, are left to
//! `serde_json` itself.

mod deserializer;
mod error;
mod raw;

use serde::de::{self, Unexpected};

pub(crate) use self::error::Error;
pub(crate) use self::raw::Raw;
use crate::digits;
use crate::scan;
use crate::wire::{self, Text};

type Result<T> = std::result::Result<T, Error>;

/// Reads a value that was skipped before, as a [`Raw`] is: what is skipped in it is not checked again.
///
/// Contents that stand before their type would be checked once for each message that they lie in.
pub(crate) fn reread<'de, T>(text: &'de str, read: impl FnOnce(&mut Reader<'de>) -> Result<T>) -> Result<T> {
    Reader { is_checked: true, ..Reader::new(text) }.whole(read)
}

/// Reads the body of a webhook: one JSON object, of whose keys the command is put aside.
///
/// One pass: `serde(flatten)` would buffer the body, and a field in every payload would say nothing.
pub(crate) fn read_body<'de, T>(
    text: &'de str,
    command: &mut Option<Text<'de>>,
    read: impl FnOnce(&mut Reader<'de>) -> Result<T>,
) -> Result<T> {
    let mut reader = Reader { command_at: MAX_DEPTH - 1, ..Reader::new(text) };
    let value = reader.whole(read)?;
    *command = reader.command;
    Ok(value)
}

/// How deep lists and objects that are decoded may nest. `serde_json` draws the line there too.
const MAX_DEPTH: u8 = 127;

/// A place in a text.
pub(crate) struct Reader<'de> {
    text: &'de str,
    at: usize,
    /// Whether the text is known to be JSON.
    is_checked: bool,
    levels_left: u8,
    /// How many levels are left in the object that has the command among its keys; in none, where it is no body.
    command_at: u8,
    command: Option<Text<'de>>,
    /// The latest string that had escapes.
    unescaped: String,
    /// The brackets that are open in a value that is skipped.
    open: Vec<u8>,
}

/// A string of the text, without its quotes.
enum Str<'de, 'a> {
    Borrowed(&'de str),
    Unescaped(&'a str),
}

impl<'de> Reader<'de> {
    fn new(text: &'de str) -> Self {
        Self {
            text,
            at: 0,
            is_checked: false,
            levels_left: MAX_DEPTH,
            command_at: u8::MAX,
            command: None,
            unescaped: String::new(),
            open: Vec::new(),
        }
    }

    fn whole<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        wire::reading(|| {
            let value = read(self)?;
            self.end()?;
            Ok(value)
        })
    }

    fn rest(&self) -> &'de str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn bytes(&self) -> &'de [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no space. It is not taken.
    #[inline]
    fn token(&mut self) -> Result<u8> {
        match self.byte() {
            Some(byte) if byte > b' ' => Ok(byte),
            Some(_) | None => self.token_after_space().ok_or_else(Error::end),
        }
    }

    #[inline(never)]
    fn token_after_space(&mut self) -> Option<u8> {
        let Some(at) = scan::near_no_space(self.text.as_bytes(), self.at) else {
            return self.token_after_much_space();
        };
        self.at = at;
        self.byte()
    }

    #[inline(never)]
    fn token_after_much_space(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        self.at = scan::no_space(bytes, self.at).unwrap_or(bytes.len());
        self.byte()
    }

    #[inline]
    fn expect(&mut self, byte: u8, name: &'static str) -> Result<()> {
        if self.token()? != byte {
            return Err(Error::syntax(name));
        }
        self.at += 1;
        Ok(())
    }

    /// Nothing but space is left.
    fn end(&mut self) -> Result<()> {
        match self.bytes().iter().all(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')) {
            true => Ok(()),
            false => Err(Error::syntax("nothing was expected any more")),
        }
    }

    fn word(&mut self, word: &'static str) -> Result<()> {
        if !self.rest().starts_with(word) {
            return Err(Error::syntax("a value was expected"));
        }
        self.at += word.len();
        Ok(())
    }

    /// The string whose opening quote is next.
    #[inline]
    fn string(&mut self) -> Result<Str<'de, '_>> {
        match self.plain_string() {
            Some(text) => Ok(Str::Borrowed(text)),
            None => self.any_string(),
        }
    }

    /// The same if it is short and has no escapes, as most.
    // It calls nothing, so that no register is saved for that.
    #[inline(never)]
    fn plain_string(&mut self) -> Option<&'de str> {
        let (text, end) = self.plain_string_at(self.at)?;
        self.at = end;
        Some(text)
    }

    /// What [`any_key`](Self::any_key) reads, if it is written as serializers do and short.
    // One look, at a place that stays in a register: each step by itself would load and store it.
    #[inline(never)]
    fn plain_key(&mut self, is_first: bool) -> Option<&'de str> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        if !is_first {
            if bytes.get(at) != Some(&b',') {
                return None;
            }
            at += 1;
        }
        if bytes.get(at) != Some(&b'"') {
            at = scan::near_no_space(bytes, at)?;
            if bytes.get(at) != Some(&b'"') {
                return None;
            }
        }
        let (text, end) = self.plain_string_at(at)?;
        if bytes.get(end) != Some(&b':') {
            return None;
        }
        self.at = end + 1 + usize::from(bytes.get(end + 1) == Some(&b' '));
        Some(text)
    }

    /// The string whose opening quote is there, and where it ends.
    #[inline(always)]
    fn plain_string_at(&self, quote: usize) -> Option<(&'de str, usize)> {
        let bytes = self.text.as_bytes();
        let end = scan::near_special(bytes, quote + 1)?;
        if bytes.get(end) != Some(&b'"') {
            return None;
        }
        // From quote to quote: at both the compiler sees that no character is cut.
        let text = self.text.get(quote..end)?.strip_prefix('"')?;
        Some((text, end + 1))
    }

    #[inline(never)]
    fn any_string(&mut self) -> Result<Str<'de, '_>> {
        let (begun, bytes) = (self.at + 1, self.text.as_bytes());
        match scan::special(bytes, begun) {
            Some(end) if bytes.get(end) == Some(&b'"') => {
                self.at = end + 1;
                Ok(Str::Borrowed(self.text.get(begun..end).unwrap_or_default()))
            }
            Some(_) | None => self.unescaped().map(Str::Unescaped),
        }
    }

    /// The string whose opening quote is next, with its escapes read.
    fn unescaped(&mut self) -> Result<&str> {
        self.at += 1;
        self.unescaped.clear();
        loop {
            let begun = self.at;
            let end = scan::special(self.text.as_bytes(), begun);
            self.at = end.ok_or_else(|| Error::syntax("a string does not end"))?;
            let piece = self.text.get(begun..self.at).unwrap_or_default();
            self.make_room(piece.len() + char::MAX.len_utf8())?;
            self.unescaped.push_str(piece);
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(&self.unescaped);
                }
                Some(b'\\') => {
                    let character = self.escape()?;
                    self.unescaped.push(character);
                }
                Some(_) | None => return Err(Error::syntax("a control character in a string")),
            }
        }
    }

    fn make_room(&mut self, bytes: usize) -> Result<()> {
        let (length, capacity) = (self.unescaped.len(), self.unescaped.capacity());
        if capacity - length < bytes {
            let more = bytes.max(capacity);
            wire::take_room_to_grow(capacity, capacity + more)?;
            self.unescaped.reserve_exact(more);
        }
        Ok(())
    }

    /// The escape whose backslash is next.
    fn escape(&mut self) -> Result<char> {
        self.at += 1;
        let character = match self.byte() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0C',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.utf16(),
            Some(_) | None => return Err(Error::syntax("an unknown escape")),
        };
        self.at += 1;
        Ok(character)
    }

    /// The character whose `u` is next, with the other half of a surrogate pair.
    fn utf16(&mut self) -> Result<char> {
        let first = self.code_unit()?;
        if let Some(character) = char::from_u32(first.into()) {
            return Ok(character);
        }
        self.word("\\").map_err(|_| Error::syntax("half a surrogate pair"))?;
        let second = if self.byte() == Some(b'u') { self.code_unit()? } else { 0 };
        let mut pair = char::decode_utf16([first, second]);
        let whole = pair.next().and_then(std::result::Result::ok);
        whole.ok_or_else(|| Error::syntax("half a surrogate pair"))
    }

    /// The four digits after the `u` that is next.
    fn code_unit(&mut self) -> Result<u16> {
        let digits = self.text.as_bytes().get(self.at + 1..self.at + 5);
        self.at += 5;
        digits.and_then(code_unit).ok_or_else(|| Error::syntax("four hexadecimal digits were expected"))
    }

    fn skip_string(&mut self) -> Result<()> {
        self.at += 1;
        loop {
            let special = scan::special(self.text.as_bytes(), self.at);
            self.at = special.ok_or_else(|| Error::syntax("a string does not end"))?;
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                // Half a surrogate pair is no character, but it is JSON.
                Some(b'\\') if self.text.as_bytes().get(self.at + 1) == Some(&b'u') => {
                    self.at += 1;
                    self.code_unit()?;
                }
                Some(b'\\') => drop(self.escape()?),
                Some(_) | None => return Err(Error::syntax("a control character in a string")),
            }
        }
    }

    fn skip_number(&mut self) -> Result<()> {
        self.at += usize::from(self.byte() == Some(b'-'));
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(_) | None => self.skip_digits()?,
        }
        match self.byte() {
            Some(b'.' | b'e' | b'E') => self.skip_fraction(),
            Some(_) | None => Ok(()),
        }
    }

    /// What makes a number no whole one.
    fn skip_fraction(&mut self) -> Result<()> {
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.skip_digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.skip_digits()?;
        }
        Ok(())
    }

    fn skip_digits(&mut self) -> Result<()> {
        let (begun, bytes) = (self.at, self.text.as_bytes());
        let mut at = begun;
        while let Some(b'0'..=b'9') = bytes.get(at) {
            at += 1;
        }
        self.at = at;
        match at == begun {
            true => Err(Error::syntax("a digit was expected")),
            false => Ok(()),
        }
    }

    /// The value that is next, as its text. It may nest without limit.
    fn skip(&mut self) -> Result<&'de str> {
        let first = self.token()?;
        let begun = self.at;
        match first {
            _ if self.is_checked => self.pass(first)?,
            b'[' | b'{' => self.check()?,
            _ => self.check_scalar(first)?,
        }
        Ok(self.text.get(begun..self.at).unwrap_or_default())
    }

    /// Skips a value that begins so, and is JSON: only ends of strings and brackets are looked for.
    fn pass(&mut self, first: u8) -> Result<()> {
        match first {
            b'"' => self.pass_string(),
            b'[' | b'{' => {
                self.at = scan::past_brackets(self.text.as_bytes(), self.at).ok_or_else(Error::end)?;
                Ok(())
            }
            _ => {
                self.at += self.bytes().iter().take_while(|byte| !b",]} \n\r\t".contains(byte)).count();
                Ok(())
            }
        }
    }

    fn pass_string(&mut self) -> Result<()> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            self.at = scan::special(bytes, self.at).ok_or_else(Error::end)?;
            match self.byte() {
                Some(b'"') => break,
                // What is escaped may be a quote.
                Some(_) | None => self.at += 2,
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Skips the value that is next, and sees that it is JSON.
    fn check(&mut self) -> Result<()> {
        self.open.clear();
        loop {
            match self.token()? {
                b'[' => {
                    self.at += 1;
                    if self.token()? != b']' {
                        self.opened(b']')?;
                        continue;
                    }
                    self.at += 1;
                }
                b'{' => {
                    self.at += 1;
                    if self.token()? != b'}' {
                        self.opened(b'}')?;
                        self.skip_key()?;
                        continue;
                    }
                    self.at += 1;
                }
                first => self.check_scalar(first)?,
            }
            if !self.goes_on()? {
                return Ok(());
            }
        }
    }

    /// Skips a value that begins so and has no brackets, and sees that it is JSON.
    fn check_scalar(&mut self, first: u8) -> Result<()> {
        match first {
            b'"' => self.skip_string(),
            b'-' | b'0'..=b'9' => self.skip_number(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => Err(Error::syntax("a value was expected")),
        }
    }

    /// After a value that is skipped: whether another one follows in a bracket that is open.
    fn goes_on(&mut self) -> Result<bool> {
        while let Some(closes) = self.open.last().copied() {
            match self.token()? {
                b',' => {
                    self.at += 1;
                    if closes == b'}' {
                        self.skip_key()?;
                    }
                    return Ok(true);
                }
                byte if byte == closes => {
                    self.at += 1;
                    self.open.pop();
                }
                _ => return Err(Error::syntax("a comma or the closing bracket was expected")),
            }
        }
        Ok(false)
    }

    /// One more bracket is open in a value that is skipped.
    fn opened(&mut self, closes: u8) -> Result<()> {
        if self.open.len() == self.open.capacity() {
            wire::take_room(self.open.capacity().max(8))?;
        }
        self.open.push(closes);
        Ok(())
    }

    fn skip_key(&mut self) -> Result<()> {
        if self.token()? != b'"' {
            return Err(Error::syntax("a key was expected"));
        }
        self.skip_string()?;
        self.expect(b':', "a colon was expected")
    }

    /// Takes the bracket that is next.
    fn enter(&mut self) -> Result<()> {
        self.levels_left =
            self.levels_left.checked_sub(1).ok_or_else(|| Error::syntax("it nests too deep"))?;
        self.at += 1;
        Ok(())
    }

    fn leave(&mut self, closes: u8) -> Result<()> {
        self.levels_left += 1;
        self.expect(closes, "the closing bracket was expected")
    }

    /// A number of up to 19 digits, without a sign, a fraction or an exponent.
    fn simple_number(&mut self) -> Option<u64> {
        let bytes = self.bytes();
        let (number, length) = digits::leading(bytes);
        let is_simple = match bytes.get(length) {
            Some(b'0'..=b'9' | b'.' | b'e' | b'E') => false,
            Some(_) | None => length == 1 || (length > 1 && bytes.first() != Some(&b'0')),
        };
        is_simple.then(|| {
            self.at += length;
            number
        })
    }

    #[inline(never)]
    fn number(&mut self) -> Result<Number> {
        if let Some(number) = self.simple_number() {
            return Ok(Number::Whole(number));
        }
        let begun = self.at;
        self.skip_number()?;
        let text = self.text.get(begun..self.at).unwrap_or_default();
        if let Ok(number @ ..0) = text.parse() {
            return Ok(Number::Negative(number));
        }
        let number: serde_json::Number =
            serde_json::from_str(text).map_err(|_| Error::syntax("the number is out of range"))?;
        let whole = number.as_u64().map(Number::Whole);
        let number = whole.or_else(|| number.as_f64().map(Number::Fraction));
        number.ok_or_else(|| Error::syntax("a number was expected"))
    }

    /// What is next is not what was expected.
    #[cold]
    fn misfit(&mut self, expected: &dyn de::Expected) -> Error {
        let found = match self.byte() {
            Some(b'"') => self.skip_string().map(|()| Unexpected::Other("string")),
            Some(b'[') => Ok(Unexpected::Seq),
            Some(b'{') => Ok(Unexpected::Map),
            Some(b't') => self.word("true").map(|()| Unexpected::Bool(true)),
            Some(b'f') => self.word("false").map(|()| Unexpected::Bool(false)),
            Some(b'n') => self.word("null").map(|()| Unexpected::Unit),
            Some(_) | None => self.number().map(|number| match number {
                Number::Whole(number) => Unexpected::Unsigned(number),
                Number::Negative(number) => Unexpected::Signed(number),
                Number::Fraction(number) => Unexpected::Float(number),
            }),
        };
        found.map_or_else(|syntax| syntax, |found| de::Error::invalid_type(found, expected))
    }
}

/// What the four digits of a `\uXXXX` say.
pub(crate) fn code_unit(digits: &[u8]) -> Option<u16> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16).map(|digit| digit as u16);
    digits.iter().try_fold(0, |unit, next| Some(unit << 4 | digit(next)?))
}

/// A number as visitors take it.
enum Number {
    Whole(u64),
    Negative(i64),
    Fraction(f64),
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::Value;
    use tencent_im_webhook_testing::{Fixture, fixtures};

    use super::*;

    fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T> {
        Reader::new(text).whole(|reader| T::deserialize(reader))
    }

    /// What we and `serde_json` read, if anything.
    fn both(text: &str) -> (Option<Value>, Option<Value>) {
        (from_str(text).ok(), serde_json::from_str(text).ok())
    }

    fn both_skip(text: &str) -> (bool, bool) {
        (from_str::<de::IgnoredAny>(text).is_ok(), serde_json::from_str::<de::IgnoredAny>(text).is_ok())
    }

    fn agree(text: &str) {
        let (ours, theirs) = both(text);
        assert_eq!(ours, theirs, "{text:?}");
        let (ours, theirs) = both_skip(text);
        assert_eq!(ours, theirs, "skipped: {text:?}");
        if theirs {
            let passed = reread(text, Reader::skip);
            assert_eq!(passed.unwrap(), text.trim_matches([' ', '\n', '\r', '\t']), "{text:?}");
        }
    }

    const TEXTS: &[&str] = &[
        r#"{"a":1,"b":[true,false,null],"c":{"d":"e"}}"#,
        " [ 1 , 2.5 , -3 , 4e5 , -0 , 0 , 1E-2 ] \r\n\t",
        "[18446744073709551615,18446744073709551616,9999999999999999999,-9223372036854775808]",
        "[-9223372036854775809,0.0,-0.0,1e308,1e309,123456789012345678901234567890,1.7976931348623157e308]",
        r#""\"\\\/\b\f\n\r\t\u0041\u00e9\u4e2d\ud83d\ude00\uD83D\uDE00""#,
        r#"["\ud83d","\ude00","\ud83d\ud83d","\ud83dx","\ud83d\n","\ud83d\u0041"]"#,
        r#"{"":{"":[[],{},[{}],""]}}"#,
        r#"[{"]}\\\"[{":"}]","\\":"a string that is longer than a block of sixteen, with ] and } and \" in it"}]"#,
        "{\"中文\": \"一段比较长的中文，超过六十四个字节，这样就会用到整块扫描的那条路径，一直到结尾。\"}",
        r#"{"k":"a text of more than ninety-six bytes, so that blocks of sixty-four bytes are passed over: \" and on"}"#,
        "1",
        "\"\"",
        "null",
        "[]",
        "{}",
        "",
        " ",
        "nul",
        "[1,]",
        "{\"a\":1,}",
        "[,1]",
        "{\"a\"}",
        "{a:1}",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "\"\u{1}\"",
        "[1 2]",
        "\"",
        "\"\\",
        "[\"\\u12",
        "{\"a\":1}}",
        "\u{feff}{}",
        "[1]x",
    ];

    #[test]
    fn it_reads_what_serde_json_reads() {
        for text in TEXTS.iter().copied().chain(fixtures().iter().map(Fixture::body)) {
            agree(text);
        }
    }

    #[test]
    fn it_agrees_on_every_text_that_differs_in_a_character() {
        const PALETTE: &str = "\"\\{}[],: \n\t\u{0}\u{1f}0129-+.eEuntfdD/é😀";
        for text in TEXTS {
            for (at, old) in text.char_indices() {
                let (before, after) = (&text[..at], &text[at + old.len_utf8()..]);
                agree(before);
                agree(&format!("{before}{after}"));
                for new in PALETTE.chars() {
                    agree(&format!("{before}{new}{after}"));
                    agree(&format!("{before}{new}{old}{after}"));
                }
            }
        }
    }

    #[test]
    fn depth_is_limited_where_values_are_decoded_only() {
        for (depth, fits) in [(127, true), (128, false), (100_000, false)] {
            for text in
                ["[".repeat(depth) + &"]".repeat(depth), "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth)]
            {
                let (ours, theirs) = both(&text);
                assert_eq!((ours.is_some(), theirs.is_some()), (fits, fits), "{depth}");
                assert_eq!(both_skip(&text), (true, true), "{depth}");
            }
        }
    }

    #[test]
    fn strings_are_borrowed_where_they_can_be() {
        assert_eq!(from_str::<&str>(r#""as it stands""#).unwrap(), "as it stands");
        assert!(from_str::<&str>(r#""an \u0065scape""#).is_err());
        assert_eq!(from_str::<String>(r#""an \u0065scape""#).unwrap(), "an escape");
    }

    #[test]
    fn a_raw_value_is_its_text() {
        let text = r#"{"a": [1.0 , {"b" :"\ud800"}] ,"c":1e400}"#;
        let raw: BTreeMap<&str, Raw<'_>> = from_str(text).unwrap();
        assert_eq!(raw["a"].text(), r#"[1.0 , {"b" :"\ud800"}]"#);
        assert_eq!(raw["c"].text(), "1e400");
        let theirs: BTreeMap<&str, Raw<'_>> = serde_json::from_str(text).unwrap();
        assert_eq!(theirs["a"].text(), raw["a"].text());
    }

    #[test]
    fn an_object_is_asked_for_and_a_list_is_none() {
        #[derive(Debug, serde::Deserialize)]
        struct One {
            #[serde(rename = "n")]
            _n: u8,
        }
        fn message<T: std::fmt::Debug + for<'de> Deserialize<'de>>(text: &str) -> String {
            from_str::<T>(text).unwrap_err().to_string()
        }
        assert!(from_str::<BTreeMap<String, u8>>("[]").is_err());
        assert_eq!(message::<One>("7"), "invalid type: integer `7`, expected struct One");
        assert_eq!(message::<One>(r#"{"n":null}"#), "invalid type: null, expected u8");
        assert_eq!(message::<One>(r#"{"n":1.5}"#), "invalid type: floating point `1.5`, expected u8");
        assert_eq!(message::<One>("{}"), "missing field `n`");
    }
}
