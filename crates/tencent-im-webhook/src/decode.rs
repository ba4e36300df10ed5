//! From the bytes of a body to an event.

use std::borrow::Cow;

use bytes::Bytes;
use memchr::memchr;

use crate::catalogue::{Command, Event};
use crate::envelope::{self, Probe};
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
    let whole = repair_surrogates(&text);
    let lossy = matches!(text, Cow::Owned(_)) || matches!(whole, Cow::Owned(_));
    let probe: Probe<'_> = serde_json::from_str(&whole)
        .map_err(|error| Rejection::new(RejectionKind::NotAnObject, position(&error)))?;
    let command = agree(in_url, probe.0.as_ref())?;
    let dropped = decode_tolerantly(command, &whole, raw, into);
    Ok(lossy || dropped)
}

/// Not so where the body does not fit, or the command is unknown.
fn decode_strictly(command: &Command, text: &str, into: &mut Event) -> Result<bool, RejectionKind> {
    let mut in_body = None;
    let decoder = Strict { text, command: &mut in_body };
    match wire::strictly(|| Event::decode(command, decoder, into)) {
        Some(Ok(())) if names(in_body.as_ref(), command) => Ok(true),
        Some(Ok(())) => Err(RejectionKind::CommandMismatch),
        Some(Err(_)) | None => Ok(false),
    }
}

/// Whether something was dropped.
fn decode_tolerantly(command: Option<Command>, text: &str, raw: &Bytes, into: &mut Event) -> bool {
    let decode = |command: &Command| wire::tolerantly(|| Event::decode(command, Tolerant { text }, into));
    let misfit = match command.as_ref().map(decode) {
        Some((Some(Ok(())), lossy)) => return lossy,
        Some((Some(Err(misfit)), _)) => Some(misfit),
        Some((None, _)) | None => None,
    };
    *into = Event::Unknown(UnknownEvent::new(command, raw.clone(), misfit));
    false
}

/// The one command that URL and body name between them.
fn agree(in_url: Option<Command>, in_body: Option<&Text<'_>>) -> Result<Option<Command>, RejectionKind> {
    match in_url {
        Some(command) if names(in_body, &command) => Ok(Some(command)),
        Some(_) => Err(RejectionKind::CommandMismatch),
        None => Ok(in_body.map(|text| Command::from(&*text.0))),
    }
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
        json::read(self.text, |reader| envelope::decode(reader, self.command))
    }
}

struct Tolerant<'de> {
    text: &'de str,
}

impl Decoder for Tolerant<'_> {
    type Error = Misfit;

    fn decode<P: Payload>(self) -> Result<P, Misfit> {
        let mut track = serde_path_to_error::Track::new();
        let mut command = None;
        let payload = json::read(self.text, |reader| {
            envelope::decode(serde_path_to_error::Deserializer::new(reader, &mut track), &mut command)
        });
        payload.map_err(|error| Misfit::new(&track.path(), &error))
    }
}

/// Skips a byte order mark; bytes that are no UTF-8 become U+FFFD, and the text is owned then.
fn text(raw: &[u8]) -> Cow<'_, str> {
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    match simdutf8::basic::from_utf8(raw) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(String::from_utf8_lossy(raw).into_owned()),
    }
}

/// Replaces the escapes of surrogates without their other half by that of U+FFFD.
fn repair_surrogates(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut repaired = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr(b'\\', rest)) {
        at += found;
        match (utf16_escape(bytes, at), utf16_escape(bytes, at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => at += 12,
            (Some(0xD800..=0xDFFF), _) => {
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
        return Cow::Borrowed(text);
    }
    repaired.push_str(&text[done..]);
    Cow::Owned(repaired)
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
            assert_eq!(repair_surrogates(text), repaired, "{text}");
        }
    }

    #[test]
    fn clean_text_is_not_copied() {
        for text in ["", "plain", r#"{"a":"\ud83d\ude00 \\ \n"}"#] {
            assert!(matches!(repair_surrogates(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
