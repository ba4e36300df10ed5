//! From the bytes of a body to an event.

use std::borrow::Cow;

use bytes::Bytes;
use memchr::memchr;

use crate::catalogue::{Command, Event};
use crate::envelope::Probe;
use crate::error::{Misfit, Rejection, RejectionKind};
use crate::event::{Decoder, UnknownEvent};
use crate::handler::Payload;
use crate::json;
use crate::wire::{self, Text};

/// Decodes the body of a command named by the URL, or else by the body itself, and says whether anything of it was
/// repaired or dropped on the way.
///
/// A documented body takes one pass. Anything else is looked at again, slowly: what a chat user can type
/// must never make a body undecodable, since a moderation service that fails lets the message pass.
///
/// The event is put in its place: it is large, and would be moved at every return.
pub(crate) fn decode(in_url: Option<Command>, raw: &Bytes, into: &mut Event) -> Result<bool, Rejection> {
    let text = text(raw);
    if let (Some(command), Cow::Borrowed(text)) = (&in_url, &text)
        && decode_strictly(command, text, into)?
    {
        return Ok(false);
    }
    let whole = repair(text);
    let is_repaired = matches!(whole, Cow::Owned(_));
    let command = match in_url {
        Some(command) => Some(command),
        None => command_in(&whole)?.map(|name| Command::from(&*name.0)),
    };
    let copies = if is_repaired { 2 } else { 1 };
    let room = room(raw, copies * whole.len());
    let misfit = match command.as_ref().map(|command| decode_tolerantly(command, &whole, room, into)) {
        Some(Ok(dropped)) => return Ok(is_repaired || dropped),
        Some(Err(Untyped::Mismatch)) => return Err(RejectionKind::CommandMismatch.into()),
        Some(Err(Untyped::Misfit(misfit))) => Some(misfit),
        Some(Err(Untyped::Unknown)) | None => None,
    };
    // Nothing has read it whole yet: it may not be JSON.
    let in_body = command_in(&whole)?;
    if command.as_ref().is_some_and(|command| !names(in_body.as_ref(), command)) {
        return Err(RejectionKind::CommandMismatch.into());
    }
    *into = Event::Unknown(UnknownEvent::new(command, raw.clone(), misfit));
    Ok(is_repaired)
}

/// The text of a body as events are decoded from it: owned where something was repaired.
pub(crate) fn repaired(raw: &[u8]) -> Cow<'_, str> {
    repair(text(raw))
}

/// Not so where the body does not fit, or the command is unknown.
fn decode_strictly(command: &Command, text: &str, into: &mut Event) -> Result<bool, RejectionKind> {
    let mut in_body = None;
    let decoder = Strict { text, command: &mut in_body };
    match wire::strictly(room(text, text.len()), || Event::decode(command, decoder, into)) {
        Some(Ok(())) if names(in_body.as_ref(), command) => Ok(true),
        Some(Ok(())) => Err(RejectionKind::CommandMismatch),
        Some(Err(_)) | None => Ok(false),
    }
}

/// Whether something was dropped.
fn decode_tolerantly(command: &Command, text: &str, room: usize, into: &mut Event) -> Result<bool, Untyped> {
    let mut in_body = None;
    let decoder = Tolerant { text, command: &mut in_body };
    let (decoded, lossy) = wire::tolerantly(room, || Event::decode(command, decoder, into));
    match decoded {
        Some(Ok(())) if names(in_body.as_ref(), command) => Ok(lossy),
        Some(Ok(())) => Err(Untyped::Mismatch),
        Some(Err(misfit)) => Err(Untyped::Misfit(misfit)),
        None => Err(Untyped::Unknown),
    }
}

/// Why a body has no type.
enum Untyped {
    /// It names another command.
    Mismatch,
    Misfit(Misfit),
    /// Its command is not known.
    Unknown,
}

/// The command that a body names, if it is an object at all.
fn command_in(text: &str) -> Result<Option<Text<'_>>, Rejection> {
    let probe: Result<Probe<'_>, _> = serde_json::from_str(text);
    let probe = probe.map_err(|error| Rejection::new(RejectionKind::NotAnObject, position(&error)))?;
    Ok(probe.0)
}

fn names(in_body: Option<&Text<'_>>, command: &Command) -> bool {
    in_body.is_none_or(|text| text.0 == command.as_str() || Command::from(&*text.0) == *command)
}

struct Strict<'a, 'de> {
    text: &'de str,
    command: &'a mut Option<Text<'de>>,
}

impl Decoder for Strict<'_, '_> {
    type Error = json::Error;

    fn decode<P: Payload>(self) -> Result<P, json::Error> {
        json::read_body(self.text, self.command, |reader| P::deserialize(reader))
    }
}

struct Tolerant<'a, 'de> {
    text: &'de str,
    command: &'a mut Option<Text<'de>>,
}

impl Decoder for Tolerant<'_, '_> {
    type Error = Misfit;

    fn decode<P: Payload>(self) -> Result<P, Misfit> {
        let mut track = serde_path_to_error::Track::new();
        let payload = json::read_body(self.text, self.command, |reader| {
            P::deserialize(serde_path_to_error::Deserializer::new(reader, &mut track))
        });
        payload.map_err(|error| Misfit::new(&track.path(), &error))
    }
}

/// How many bytes of heap an event may take beside so many of text: with them, six for a byte of the body. Without a
/// limit an entry of two bytes could become one of eighty.
fn room(body: impl AsRef<[u8]>, text: usize) -> usize {
    body.as_ref().len().saturating_mul(6).saturating_add(FOR_ANY_BODY).saturating_sub(text)
}

/// For the short lists of short bodies.
const FOR_ANY_BODY: usize = 2048;

/// Skips a byte order mark; bytes that are no UTF-8 become U+FFFD, and the text is owned then.
fn text(raw: &[u8]) -> Cow<'_, str> {
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    match simdutf8::basic::from_utf8(raw) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(repair_utf8(raw)),
    }
}

fn repair(text: Cow<'_, str>) -> Cow<'_, str> {
    match repair_surrogates(&text) {
        Some(repaired) => Cow::Owned(repaired),
        None => text,
    }
}

/// As [`String::from_utf8_lossy`], which would take up to six times the memory while it grows.
fn repair_utf8(raw: &[u8]) -> String {
    const REPLACEMENT: &str = "\u{FFFD}";
    let mut text = String::with_capacity(REPLACEMENT.len() * raw.len());
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push_str(REPLACEMENT);
        }
    }
    text.shrink_to_fit();
    text
}

/// Replaces the escapes of surrogates without their other half by that of U+FFFD, if there are any.
fn repair_surrogates(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut repaired = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr(b'\\', rest)) {
        at += found;
        match (utf16_escape(bytes, at), utf16_escape(bytes, at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => at += 12,
            (Some(0xD800..=0xDFFF), _) => {
                repaired.reserve_exact(text.len() - repaired.len());
                repaired.push_str(&text[done..at]);
                repaired.push_str(r"\ufffd");
                at += 6;
                done = at;
            }
            // The escaped character may be a backslash.
            _ => at = (at + 2).min(bytes.len()),
        }
    }
    if done == 0 {
        return None;
    }
    repaired.push_str(&text[done..]);
    Some(repaired)
}

/// The number of a `\uXXXX` at this place.
fn utf16_escape(bytes: &[u8], at: usize) -> Option<u16> {
    json::code_unit(bytes.get(at..at + 6)?.strip_prefix(br"\u")?)
}

/// Where the JSON broke, without what stood there.
fn position(error: &serde_json::Error) -> String {
    format!("line {} column {}", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_halves_of_surrogate_pairs_are_replaced() {
        for (text, repaired) in [
            (r"\ud83d", r"\ufffd"),
            (r"a\uDE00b", r"a\ufffdb"),
            (r"\ud83d\ud83d\ude00", r"\ufffd\ud83d\ude00"),
            (r"\ud83d\u0041", r"\ufffd\u0041"),
            (r"\\ud83d", r"\\ud83d"),
            (r"\\\ud83d", r"\\\ufffd"),
            (r"\ud83", r"\ud83"),
            (r"é\ud800é", r"é\ufffdé"),
            (r"\", r"\"),
        ] {
            assert_eq!(repair_surrogates(text).as_deref().unwrap_or(text), repaired, "{text}");
        }
    }

    #[test]
    fn clean_text_is_not_copied() {
        for text in ["", "plain", r#"{"a":"\ud83d\ude00 \\ \n"}"#] {
            assert_eq!(repair_surrogates(text), None, "{text}");
        }
    }
}
