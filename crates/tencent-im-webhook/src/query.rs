//! The query of a webhook URL, read in one pass without a map.

use std::borrow::Cow;

use memchr::memchr2;
use percent_encoding::percent_decode_str;

use crate::scan;

/// The parameters that the protocol knows, undecoded. Others are skipped.
#[derive(Default)]
pub(crate) struct Params<'q> {
    pub(crate) app_id: Param<'q>,
    pub(crate) sign: Param<'q>,
    pub(crate) request_time: Param<'q>,
    pub(crate) command: Param<'q>,
    pub(crate) client_ip: Param<'q>,
    pub(crate) platform: Param<'q>,
    pub(crate) request_id: Param<'q>,
    /// Always `json`, and not looked at: a name that is known is passed sooner than others.
    content_type: Param<'q>,
}

/// What the query says of one name.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Param<'q> {
    #[default]
    Absent,
    Once(Value<'q>),
    Repeated,
}

/// The value of a parameter, as it stands in the query.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Value<'q> {
    raw: &'q str,
    has_escapes: bool,
}

impl<'q> Params<'q> {
    pub(crate) fn parse(query: &'q str) -> Self {
        let mut params = Self::default();
        params.read(query);
        params
    }

    /// Adds what a query says, in place: all of them together are large.
    #[inline(always)]
    pub(crate) fn read(&mut self, mut query: &'q str) {
        while !query.is_empty() {
            query = match self.as_spelled(query) {
                Some((value, param)) => {
                    let (value, rest) = Value::first_of(value);
                    param.give(value);
                    rest
                }
                None => self.any(query),
            };
        }
    }

    /// For a name as the platform spells it: what comes after the name, and where its value belongs.
    #[inline(always)]
    fn as_spelled(&mut self, query: &'q str) -> Option<(&'q str, &mut Param<'q>)> {
        macro_rules! one_of {
            ($($name:literal => $param:ident),*) => {{
                // Each is a comparison of words, where a table would have the lengths looked up.
                $(if let Some(value) = query.strip_prefix($name) {
                    return Some((value, &mut self.$param));
                })*
            }};
        }
        // The first letter leaves one or two of them.
        match query.as_bytes().first()? {
            b'S' => one_of!("SdkAppid=" => app_id, "Sign=" => sign),
            b'C' => one_of!("CallbackCommand=" => command, "ClientIP=" => client_ip),
            b'R' => one_of!("RequestTime=" => request_time, "RequestID=" => request_id),
            b'O' => one_of!("OptPlatform=" => platform),
            b'c' => one_of!("contenttype=" => content_type),
            _ => {}
        }
        None
    }

    /// Reads a parameter however its name is spelled, and says what comes after it.
    #[cold]
    fn any(&mut self, query: &'q str) -> &'q str {
        let bytes = query.as_bytes();
        let end = scan::any_of(b'=', [b'&', b'%', b'+'], bytes, 0);
        let has_escapes = end.is_some_and(|at| matches!(bytes.get(at), Some(b'%' | b'+')));
        let end = if has_escapes { scan::any_of(b'=', [b'&'], bytes, 0) } else { end };
        let (name, rest) = end.and_then(|end| query.split_at_checked(end)).unwrap_or((query, ""));
        let (value, rest) = match rest.strip_prefix('=') {
            // It may hold more signs.
            Some(value) => Value::first_of(value),
            None => (Value { raw: "", has_escapes: false }, rest.strip_prefix('&').unwrap_or(rest)),
        };
        let slot = match has_escapes {
            true => decode(name).and_then(|name| self.slot(&name)),
            false => self.slot(name),
        };
        if let Some(param) = slot {
            param.give(value);
        }
        rest
    }

    /// Names match without case: the vendor's own pages disagree on `SdkAppid`.
    fn slot(&mut self, name: &str) -> Option<&mut Param<'q>> {
        // The length leaves one or two to compare.
        let (known, slot) = match (name.len(), name.as_bytes().first()?.to_ascii_lowercase()) {
            (4, _) => ("Sign", &mut self.sign),
            (8, b's') => ("SdkAppid", &mut self.app_id),
            (8, _) => ("ClientIP", &mut self.client_ip),
            (9, _) => ("RequestID", &mut self.request_id),
            (11, b'r') => ("RequestTime", &mut self.request_time),
            (11, _) => ("OptPlatform", &mut self.platform),
            (15, _) => ("CallbackCommand", &mut self.command),
            _ => return None,
        };
        (known == name || known.eq_ignore_ascii_case(name)).then_some(slot)
    }
}

impl<'q> Param<'q> {
    fn give(&mut self, value: Value<'q>) {
        *self = match self {
            Param::Absent => Param::Once(value),
            Param::Once(_) | Param::Repeated => Param::Repeated,
        };
    }

    /// The decoded text, if the parameter is there once, well-formed and not empty.
    pub(crate) fn text(self) -> Option<Cow<'q, str>> {
        match self {
            Param::Once(value) => value.decode().filter(|text| !text.is_empty()),
            Param::Absent | Param::Repeated => None,
        }
    }
}

impl<'q> Value<'q> {
    /// The value that a text begins with, and what comes after it.
    #[inline(always)]
    fn first_of(text: &'q str) -> (Self, &'q str) {
        let bytes = text.as_bytes();
        // Hardly any has escapes: one look for them and for the end.
        let end = scan::any_of(b'&', [b'%', b'+'], bytes, 0);
        let has_escapes = end.is_some_and(|at| bytes.get(at) != Some(&b'&'));
        let end = if has_escapes { scan::any_of(b'&', [], bytes, 0) } else { end };
        let (raw, rest) = end.and_then(|end| text.split_at_checked(end)).unwrap_or((text, ""));
        (Self { raw, has_escapes }, rest.strip_prefix('&').unwrap_or(rest))
    }

    /// The text; `None` for a malformed escape or bytes that are no UTF-8.
    pub(crate) fn decode(self) -> Option<Cow<'q, str>> {
        match self.has_escapes {
            true => decode(self.raw),
            false => Some(Cow::Borrowed(self.raw)),
        }
    }
}

/// Decodes `%XX` and `+`; `None` for a malformed escape or bytes that are no UTF-8.
fn decode(raw: &str) -> Option<Cow<'_, str>> {
    if !has_escapes(raw) {
        return Some(Cow::Borrowed(raw));
    }
    if !escapes_are_whole(raw) {
        return None;
    }
    let spaced = raw.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(Cow::Owned(text.into_owned()))
}

fn has_escapes(raw: &str) -> bool {
    memchr2(b'%', b'+', raw.as_bytes()).is_some()
}

fn escapes_are_whole(raw: &str) -> bool {
    raw.split('%').skip(1).all(|after| {
        let digits = after.as_bytes().get(..2);
        digits.is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app_id(query: &str) -> Param<'_> {
        Params::parse(query).app_id
    }

    fn is_one(query: &str) -> bool {
        matches!(app_id(query), Param::Once(value) if value.decode().as_deref() == Some("1"))
    }

    #[test]
    fn names_match_without_case_and_through_escapes() {
        for query in ["SdkAppid=1", "SDKAppID=1", "a=b&sdkappid=1", "%53dkAppid=1", "SdkApp%69d=1"] {
            assert!(is_one(query), "{query}");
        }
        for query in ["SdkAppid[]=1", "SdkAppid.x=1", "SdkAppi=1", "%5SdkAppid=1", ""] {
            assert_eq!(app_id(query), Param::Absent, "{query}");
        }
    }

    #[test]
    fn every_known_name_has_its_place_and_no_other() {
        let all = "SdkAppid=1&Sign=2&RequestTime=3&CallbackCommand=4&ClientIP=5&OptPlatform=6&RequestID=7";
        for query in [all.to_owned(), all.to_lowercase(), all.to_uppercase(), format!("{all}&%78=8")] {
            let Params { app_id, sign, request_time, command, client_ip, platform, request_id, .. } =
                Params::parse(&query);
            let values = [app_id, sign, request_time, command, client_ip, platform, request_id];
            let values = values.map(|param| param.text().map(Cow::into_owned));
            assert_eq!(
                values,
                ["1", "2", "3", "4", "5", "6", "7"].map(|value| Some(value.into())),
                "{query}"
            );
        }
        // Of the same lengths and first letters.
        let others =
            "Sigh=1&SdkAppix=1&ClientIX=1&RequestIX=1&RequestTimx=1&OptPlatforx=1&CallbackCommanx=1&&=&=1";
        let Params { app_id, sign, request_time, command, client_ip, platform, request_id, .. } =
            Params::parse(others);
        let values = [app_id, sign, request_time, command, client_ip, platform, request_id];
        assert_eq!(values, [Param::Absent; 7]);
    }

    #[test]
    fn a_second_value_is_seen_however_it_is_spelled() {
        for query in ["x%41&SdkAppid=1", "ClientIP=%31&SdkAppid=1", "x&SdkAppid=1", "%53dkAppid=1&x+y"] {
            assert!(is_one(query), "{query}");
        }
        for query in [
            "%53dkAppid&SdkAppid=1",
            "SdkAppid=1&SdkAppid=1",
            "SdkAppid=1&%53dkAppid=2",
            "sdkappid=1&SdkAppid",
            "SdkAppid&SdkAppid&SdkAppid",
        ] {
            assert_eq!(app_id(query), Param::Repeated, "{query}");
        }
    }

    #[test]
    fn values_decode_or_are_absent() {
        let ip = |query| Params::parse(query).client_ip.text().map(Cow::into_owned);
        assert_eq!(ip("ClientIP=%3A%3A1").as_deref(), Some("::1"));
        assert_eq!(ip("ClientIP=a+b%20c").as_deref(), Some("a b c"));
        assert_eq!(ip("ClientIP=a+b").as_deref(), Some("a b"));
        for query in
            ["ClientIP", "ClientIP=", "ClientIP=%zz", "ClientIP=%ff", "ClientIP=%4", "ClientIP=a&ClientIP=a"]
        {
            assert_eq!(ip(query), None, "{query}");
        }
    }
}
