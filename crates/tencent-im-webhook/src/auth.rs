//! Who is asking: app id, signature, freshness.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::digits;
use crate::error::{Rejection, RejectionKind};
use crate::query::{Param, Params, Value};
use crate::time::UnixSeconds;

/// The number that the console gives to an app (`SDKAppID`).
///
/// It stands in every webhook's URL and is no secret: what proves the sender is the signature.
///
/// ```
/// use tencent_im_webhook::SdkAppId;
///
/// const APP: SdkAppId = SdkAppId(1_400_000_000);
/// assert_eq!(APP.to_string(), "1400000000");
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct SdkAppId(pub u64);

impl fmt::Display for SdkAppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The apps that a receiver answers for, sorted by id.
#[derive(Debug)]
pub(crate) struct Apps(Vec<App>);

#[derive(Debug)]
pub(crate) struct App {
    pub(crate) id: SdkAppId,
    /// Empty: the app's signature is not checked.
    pub(crate) tokens: Vec<Token>,
}

/// What the head of a request proves.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) app: SdkAppId,
    /// Signed, but naming neither app nor command: the console tries the URL.
    pub(crate) probe: bool,
    /// When it was signed; `None` where signatures are off.
    pub(crate) signed_at: Option<UnixSeconds>,
}

impl Apps {
    pub(crate) fn new(mut apps: Vec<App>) -> Self {
        apps.sort_by_key(|app| app.id);
        Self(apps)
    }

    pub(crate) fn identify(
        &self,
        params: &Params<'_>,
        max_age: Duration,
        now: UnixSeconds,
    ) -> Result<Identity, Rejection> {
        match params.app_id {
            Param::Once(value) => {
                let app = self.find(value).ok_or(RejectionKind::AppId)?;
                let verified = app.verify(params, max_age, now);
                let signed_at = verified.map_err(|kind| Rejection::from(kind).of(app.id))?;
                Ok(Identity { app: app.id, probe: false, signed_at })
            }
            Param::Absent if params.command == Param::Absent => {
                Ok(self.identify_probe(params, max_age, now)?)
            }
            Param::Absent | Param::Repeated => Err(RejectionKind::AppId.into()),
        }
    }

    fn find(&self, value: Value<'_>) -> Option<&App> {
        let id = SdkAppId(digits::canonical(&value.decode()?)?);
        let at = self.0.binary_search_by_key(&id, |app| app.id).ok()?;
        self.0.get(at)
    }

    fn identify_probe(
        &self,
        params: &Params<'_>,
        max_age: Duration,
        now: UnixSeconds,
    ) -> Result<Identity, RejectionKind> {
        if params.sign == Param::Absent {
            return Err(RejectionKind::AppId);
        }
        let signature = Signature::read(params, max_age, now)?;
        let signer = self.0.iter().find(|app| app.signed(&signature));
        let app = signer.ok_or(RejectionKind::SignatureMismatch)?;
        Ok(Identity { app: app.id, probe: true, signed_at: Some(signature.time.unix) })
    }
}

impl App {
    fn verify(
        &self,
        params: &Params<'_>,
        max_age: Duration,
        now: UnixSeconds,
    ) -> Result<Option<UnixSeconds>, RejectionKind> {
        if self.tokens.is_empty() {
            return Ok(None);
        }
        let signature = Signature::read(params, max_age, now)?;
        match self.signed(&signature) {
            true => Ok(Some(signature.time.unix)),
            false => Err(RejectionKind::SignatureMismatch),
        }
    }

    /// Compares with every token in constant time: which one matched must not show.
    fn signed(&self, signature: &Signature) -> bool {
        let matches = |token: &Token| same(&token.digest(signature.time), &signature.sign);
        self.tokens.iter().map(matches).fold(Choice::from(0), |any, one| any | one).into()
    }
}

/// A `Sign` and the time that it signs, both well-formed, the time fresh.
struct Signature {
    sign: Sha256Digest,
    time: RequestTime,
}

impl Signature {
    fn read(params: &Params<'_>, max_age: Duration, now: UnixSeconds) -> Result<Self, RejectionKind> {
        let time = required(params.request_time)?;
        let time = RequestTime::from_text(&time).ok_or(RejectionKind::SignatureMalformed)?;
        let sign = required(params.sign)?;
        let sign = hex_digest(&sign).ok_or(RejectionKind::SignatureMalformed)?;
        if Duration::from_secs(time.unix.0.abs_diff(now.0)) > max_age {
            return Err(RejectionKind::Stale);
        }
        Ok(Self { sign, time })
    }
}

/// The digest is hex and only a sample shows its casing, so either case is accepted. A `0x` is not.
fn hex_digest(hex: &str) -> Option<Sha256Digest> {
    let mut digest = Sha256Digest::default();
    let exact = hex.len() == 2 * size_of::<Sha256Digest>();
    (exact && const_hex::decode_to_slice(hex, &mut digest).is_ok()).then_some(digest)
}

/// Compares in constant time, in words: byte by byte takes many times the instructions.
fn same(one: &Sha256Digest, other: &Sha256Digest) -> Choice {
    let differences = std::iter::zip(one.as_chunks().0, other.as_chunks().0)
        .fold(0, |any, (one, other)| any | (u64::from_ne_bytes(*one) ^ u64::from_ne_bytes(*other)));
    differences.ct_eq(&0)
}

fn required(param: Param<'_>) -> Result<std::borrow::Cow<'_, str>, RejectionKind> {
    match param {
        Param::Absent => Err(RejectionKind::SignatureMissing),
        Param::Repeated => Err(RejectionKind::SignatureMalformed),
        Param::Once(value) => value.decode().ok_or(RejectionKind::SignatureMalformed),
    }
}

/// The time that a signature covers: exactly ten ASCII digits.
///
/// The signature is a plain hash of token and time, so anybody who has seen one can continue the hash
/// over a longer "time" without knowing the token. A fixed length leaves no room for that.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct RequestTime {
    digits: [u8; 10],
    unix: UnixSeconds,
}

impl RequestTime {
    fn from_text(text: &str) -> Option<Self> {
        let digits: [u8; 10] = text.as_bytes().try_into().ok()?;
        let (unix, length) = digits::leading(&digits);
        (length == digits.len()).then_some(Self { digits, unix: UnixSeconds(unix) })
    }
}

type Sha256Digest = [u8; 32];

/// A shared secret of the console's webhook settings.
pub(crate) struct Token {
    secret: Zeroizing<Vec<u8>>,
    /// The digest of one time: all requests of a second share it.
    latest: Mutex<(RequestTime, Sha256Digest)>,
}

impl Token {
    pub(crate) fn new(secret: &str) -> Self {
        let secret = Zeroizing::new(secret.as_bytes().to_vec());
        let time = RequestTime::default();
        let digest = digest(&secret, time);
        Self { secret, latest: Mutex::new((time, digest)) }
    }

    fn digest(&self, time: RequestTime) -> Sha256Digest {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.0 != time {
            *latest = (time, digest(&self.secret, time));
        }
        latest.1
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}

fn digest(secret: &[u8], time: RequestTime) -> Sha256Digest {
    Sha256::new().chain_update(secret).chain_update(time.digits).finalize().into()
}

/// The value of `Sign` for a token and a time: 64 lower-case hex digits.
///
/// `Sign = hex(SHA-256(token ‖ time))`, as Tencent's page on webhooks defines it
/// ([CN 1522](https://cloud.tencent.com/document/product/269/1522)). Receivers check it on their own;
/// this is for tests and tools that play the platform.
///
/// ```
/// use tencent_im_webhook::{UnixSeconds, sign};
///
/// let sign = sign("xxxxyyyy", UnixSeconds(1669872112));
/// assert_eq!(sign, "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061");
/// ```
#[must_use]
pub fn sign(token: &str, time: UnixSeconds) -> String {
    let mut hash = Sha256::new();
    hash.update(token);
    hash.update(time.0.to_string());
    const_hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_known_vectors_hold() {
        let time = RequestTime::from_text("1669872112").unwrap();
        assert_eq!(
            const_hex::encode(Token::new("xxxxyyyy").digest(time)),
            "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061"
        );
        assert_eq!(
            sign("demo-token", UnixSeconds(1_700_000_000)),
            "e5af3d57942cf80671fb01cfd17cd4a7028bfe40588708bd6271d5980a169e23"
        );
    }

    #[test]
    fn a_kept_digest_is_not_used_for_another_time() {
        let token = Token::new("demo-token");
        for time in [1_700_000_000, 1_700_000_001, 1_700_000_000] {
            let text = time.to_string();
            let digest = token.digest(RequestTime::from_text(&text).unwrap());
            assert_eq!(const_hex::encode(digest), sign("demo-token", UnixSeconds(time)));
        }
    }

    #[test]
    fn only_ten_ascii_digits_are_a_time() {
        assert_eq!(RequestTime::from_text("1669872112").unwrap().unix, UnixSeconds(1_669_872_112));
        for text in ["", "166987211", "16698721120", "+669872112", "1669872.12", "٠٠٠٠٠", "-669872112"] {
            assert_eq!(RequestTime::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_token_does_not_show_in_debug_output() {
        let app = App { id: SdkAppId(1), tokens: vec![Token::new("hunter2")] };
        let shown = format!("{app:?}");
        assert!(shown.contains("Token(redacted)") && !shown.contains("hunter2"), "{shown}");
    }

    const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

    /// App, whether it is the console's check, and the signed time.
    type Identified = (u64, bool, Option<u64>);

    fn identify(query: &str) -> Result<Identified, RejectionKind> {
        let app = |id, tokens: &[&str]| App {
            id: SdkAppId(id),
            tokens: tokens.iter().map(|token| Token::new(token)).collect(),
        };
        let apps = Apps::new(vec![app(9, &["ours", "older"]), app(2, &["second", "second"]), app(5, &[])]);
        let identity = apps.identify(&Params::parse(query), Duration::from_secs(60), NOW);
        let identity = identity.map_err(|rejection| rejection.kind())?;
        Ok((identity.app.0, identity.probe, identity.signed_at.map(|time| time.0)))
    }

    fn signed(token: &str, time: u64) -> String {
        format!("Sign={}&RequestTime={time}", sign(token, UnixSeconds(time)))
    }

    #[test]
    fn an_app_is_known_by_its_id_and_any_of_its_tokens() {
        for (app, token) in [(9, "ours"), (9, "older"), (2, "second")] {
            let query = format!("SdkAppid={app}&{}", signed(token, NOW.0));
            assert_eq!(identify(&query), Ok((app, false, Some(NOW.0))), "{query}");
            let with_command = format!("{query}&CallbackCommand=x");
            assert_eq!(identify(&with_command), Ok((app, false, Some(NOW.0))), "{query}");
        }
        assert_eq!(identify("SdkAppid=5"), Ok((5, false, None)));
        assert_eq!(identify("SdkAppid=5&Sign=x&Sign=y"), Ok((5, false, None)));
        for app in
            ["SdkAppid=3", "SdkAppid=9&SdkAppid=9", "SdkAppid=", "SdkAppid=%39%zz", "CallbackCommand=x"]
        {
            let query = format!("{app}&{}", signed("ours", NOW.0));
            assert_eq!(identify(&query), Err(RejectionKind::AppId), "{query}");
        }
    }

    #[test]
    fn a_signature_is_that_of_the_app_and_of_now() {
        let with = |rest: &str| identify(&format!("SdkAppid=9&{rest}"));
        for token in ["second", "wrong", ""] {
            assert_eq!(with(&signed(token, NOW.0)), Err(RejectionKind::SignatureMismatch), "{token}");
        }
        for age in [0, 1, 60] {
            for time in [NOW.0 - age, NOW.0 + age] {
                assert_eq!(with(&signed("ours", time)), Ok((9, false, Some(time))));
            }
        }
        for time in [NOW.0 - 61, NOW.0 + 61] {
            assert_eq!(with(&signed("ours", time)), Err(RejectionKind::Stale), "{time}");
        }
        let right = sign("ours", NOW);
        assert!(with(&format!("Sign={}&RequestTime={}", right.to_uppercase(), NOW.0)).is_ok());
        for (missing, kind) in [
            ("", RejectionKind::SignatureMissing),
            ("Sign=x", RejectionKind::SignatureMissing),
            ("RequestTime=1700000000", RejectionKind::SignatureMissing),
            ("RequestTime=1&Sign=x", RejectionKind::SignatureMalformed),
            ("RequestTime=1700000000&Sign=0x00", RejectionKind::SignatureMalformed),
            ("RequestTime=1700000000&Sign=a&Sign=b", RejectionKind::SignatureMalformed),
        ] {
            assert_eq!(with(missing), Err(kind), "{missing}");
        }
        let longer = format!("Sign=0x{right}&RequestTime={}", NOW.0);
        assert_eq!(with(&longer), Err(RejectionKind::SignatureMalformed));
        // Wherever it differs.
        for at in 0..right.len() {
            let mut other = right.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            let query = format!("Sign={}&RequestTime={}", String::from_utf8(other).unwrap(), NOW.0);
            assert_eq!(with(&query), Err(RejectionKind::SignatureMismatch), "{at}");
        }
    }

    #[test]
    fn differences_do_not_cancel_each_other_out() {
        let right = Sha256Digest::default();
        assert!(bool::from(same(&right, &right)));
        for (one, another) in
            (0..right.len()).flat_map(|one| (one..right.len()).map(move |another| (one, another)))
        {
            let mut other = right;
            other[one] ^= 1;
            other[another] |= 1;
            assert!(!bool::from(same(&right, &other)), "{one}, {another}");
        }
    }

    #[test]
    fn a_check_of_the_url_is_signed_by_one_of_the_apps() {
        assert_eq!(identify(&signed("older", NOW.0)), Ok((9, true, Some(NOW.0))));
        assert_eq!(identify(&signed("second", NOW.0)), Ok((2, true, Some(NOW.0))));
        assert_eq!(identify(&signed("wrong", NOW.0)), Err(RejectionKind::SignatureMismatch));
        assert_eq!(identify(&signed("ours", NOW.0 - 61)), Err(RejectionKind::Stale));
        assert_eq!(identify(""), Err(RejectionKind::AppId));
        assert_eq!(identify("RequestTime=1700000000"), Err(RejectionKind::AppId));
    }
}
