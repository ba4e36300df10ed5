//! A webhook on paper: what `listen` prints, saves and shows, and what `replay` sends again.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::Request;
use http::header::CONTENT_LENGTH;
use http_body_util::Full;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tencent_im_webhook::{RawJson, SdkAppId, UnixMillis, UnixSeconds, sign};

use crate::error::{Error, ErrorKind};
use crate::output::steers;
use crate::token::Token;

/// A webhook as it came, and what became of it: one line of JSON.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Record {
    /// Counts the webhooks of one run, from 1, in the order in which they were done with.
    pub(crate) id: u64,
    /// When its head came.
    pub(crate) received: UnixMillis,
    pub(crate) method: String,
    pub(crate) path: String,
    /// As it came, but for the signature.
    pub(crate) query: String,
    /// What the URL names, else the body; `None` if neither does.
    pub(crate) command: Option<String>,
    /// Whether the body fits the type of its command.
    pub(crate) typed: bool,
    /// Why it does not, with the place in the body.
    pub(crate) cause: Option<String>,
    /// The body as the type of its command writes it; `None` if it has none.
    pub(crate) event: Option<RawJson>,
    /// The body, as far as it was read: JSON if any parser takes it, else its text as a string.
    pub(crate) raw: Option<RawJson>,
    /// The body byte for byte, where `raw` is not just that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) raw_base64: Option<String>,
    /// Why it was turned away, in a word; `None` if it was let in.
    pub(crate) refused: Option<String>,
    /// The HTTP status of the answer; 0 if the sender went away before it.
    pub(crate) status: u16,
    /// The body of the answer.
    pub(crate) answer: Option<RawJson>,
    /// What became of it, in words.
    pub(crate) outcome: String,
    /// From its head to its answer, in microseconds.
    pub(crate) latency_us: u64,
    /// Which delivery of this run it repeats at the wish of the page's reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resent: Option<u64>,
}

/// How a webhook is sent again.
#[derive(Clone, Debug)]
pub(crate) struct Resign {
    /// For another app than it came for.
    pub(crate) app: Option<SdkAppId>,
    /// `None` sends it without a signature.
    pub(crate) token: Option<Token>,
}

/// A body as a record writes it.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) raw: RawJson,
    pub(crate) base64: Option<String>,
}

impl Record {
    /// The body, byte for byte.
    ///
    /// # Errors
    ///
    /// Where somebody has edited `raw_base64` into something else.
    pub(crate) fn body(&self) -> Result<Bytes, base64::DecodeError> {
        match (&self.raw_base64, &self.raw) {
            (Some(text), _) => BASE64_STANDARD.decode(text).map(Into::into),
            (None, Some(raw)) => Ok(Bytes::copy_from_slice(raw.as_str().as_bytes())),
            (None, None) => Ok(Bytes::new()),
        }
    }
}

impl Record {
    /// The webhook as the platform would send it now, to a URL without a query.
    ///
    /// # Errors
    ///
    /// When the record has been edited into something that is no request.
    pub(crate) fn request(
        &self,
        url: &str,
        resign: &Resign,
        now: UnixSeconds,
    ) -> Result<Request<Full<Bytes>>, Error> {
        let broken = |error: &dyn fmt::Display| Error::new(ErrorKind::File, format!("no webhook: {error}"));
        let body = self.body().map_err(|error| broken(&error))?;
        let request = Request::post(format!("{url}?{}", resign.query(&self.query, now)))
            .header(CONTENT_LENGTH, body.len())
            .body(Full::new(body));
        request.map_err(|error| broken(&error))
    }
}

impl Resign {
    fn query(&self, query: &str, now: UnixSeconds) -> String {
        let mut params = vec![without(query, &["Sign", "RequestTime"])];
        if let Some(app) = self.app {
            params = vec![format!("SdkAppid={app}"), without(&params.concat(), &["SdkAppid"])];
        }
        if let Some(token) = &self.token {
            params.push(format!("Sign={}&RequestTime={}", sign(token.as_str(), now), now.0));
        }
        params.retain(|part| !part.is_empty());
        params.join("&")
    }
}

impl Written {
    /// A body, or as much of it as was read.
    pub(crate) fn of(body: &[u8]) -> Self {
        let raw = one_line_or_text(body);
        // A lone `null` reads back as no body at all, and what may steer a terminal is printed escaped.
        let exact = raw.as_str().as_bytes() == body && body != b"null" && !raw.as_str().contains(steers);
        Self { raw, base64: (!exact).then(|| BASE64_STANDARD.encode(body)) }
    }
}

/// A body as JSON in one line; as a string if it is no JSON.
pub(crate) fn one_line_or_text(body: &[u8]) -> RawJson {
    let text = String::from_utf8_lossy(body);
    one_line(&text).unwrap_or_else(|| {
        let quoted = Value::from(&*text).to_string();
        RawJson::new(&quoted).expect("a quoted string is JSON")
    })
}

/// JSON without the blanks between its tokens: one line, and not a digit of it changed. `None` if it is none, or
/// such that many a parser gives up on it: half a surrogate pair, a number beyond all bounds, a hundred levels.
fn one_line(json: &str) -> Option<RawJson> {
    serde_json::from_str::<Value>(json).ok()?;
    let (mut quoted, mut escaped) = (false, false);
    let is_kept = |c: &char| {
        let kept = quoted || !c.is_ascii_whitespace();
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        kept
    };
    let line: String = json.chars().filter(is_kept).collect();
    RawJson::new(&line).ok()
}

/// A query without the parameters of these names, however they are spelled.
pub(crate) fn without(query: &str, names: &[&str]) -> String {
    let is_other = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        let name = percent_decode_str(name).decode_utf8_lossy();
        !names.iter().any(|known| known.eq_ignore_ascii_case(&name))
    };
    query.split('&').filter(is_other).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_survives_byte_for_byte() {
        let bodies: [&[u8]; 9] = [
            br#"{"a":1}"#,
            b"{\"a\":\n 12345678901234567890123 , \"b\": \"x \\\" y\" }\n",
            b"\xef\xbb\xbf{\"a\":1}",
            br#"{"a":"\ud83d","a":1e999}"#,
            b"{\"a\":\"\xff\"}",
            b"no json",
            br#""a string""#,
            b"null",
            b"",
        ];
        for body in bodies {
            let written = Written::of(body);
            let line = serde_json::to_string(&record(written)).unwrap();
            assert!(!line.contains('\n'), "{line}");
            assert!(serde_json::from_str::<Value>(&line).is_ok(), "any parser takes it: {line}");
            let read: Record = serde_json::from_str(&line).unwrap();
            assert_eq!(read.body().unwrap(), body, "{line}");
        }
    }

    #[test]
    fn json_in_one_line_stands_as_it_came() {
        let exact = Written::of(br#"{"a":"b c"}"#);
        assert_eq!((exact.raw.as_str(), exact.base64), (r#"{"a":"b c"}"#, None));
        let pretty = Written::of(b"{ \"a\" : \"b \\\\\" }");
        assert_eq!(pretty.raw.as_str(), r#"{"a":"b \\"}"#);
        assert_eq!(Written::of(b"a \"b\"").raw.as_str(), r#""a \"b\"""#);
    }

    #[test]
    fn the_signature_is_left_out_however_it_is_spelled() {
        let query = "SdkAppid=1&%53ign=abc&SIGN=def&Sign&Signal=1&RequestTime=1700000000";
        assert_eq!(without(query, &["Sign"]), "SdkAppid=1&Signal=1&RequestTime=1700000000");
        assert_eq!(without(query, &["Sign", "RequestTime"]), "SdkAppid=1&Signal=1");
        assert_eq!(without("Sign=1", &["Sign"]), "");
    }

    #[test]
    fn a_webhook_is_signed_anew() {
        let query = "SdkAppid=1&CallbackCommand=a.B&sign=old&RequestTime=1";
        let time = UnixSeconds(1_700_000_000);
        let token = "demo-token".parse().unwrap();
        assert_eq!(
            Resign { app: Some(SdkAppId(2)), token: Some(token) }.query(query, time),
            "SdkAppid=2&CallbackCommand=a.B\
            &Sign=e5af3d57942cf80671fb01cfd17cd4a7028bfe40588708bd6271d5980a169e23&RequestTime=1700000000"
        );
        let unsigned = Resign { app: None, token: None };
        assert_eq!(unsigned.query(query, time), "SdkAppid=1&CallbackCommand=a.B");
        assert_eq!(unsigned.query("RequestTime=1", time), "");
    }

    fn record(body: Written) -> Record {
        Record { raw: Some(body.raw), raw_base64: body.base64, ..Record::default() }
    }
}
