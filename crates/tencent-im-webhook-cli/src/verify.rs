//! `imhook verify`: is a URL signed, and if not, why.

use std::fmt;
use std::time::{Duration, SystemTime};

use clap::Args;
use serde::Serialize;
use tencent_im_webhook::{Head, Receiver, RejectionKind, SdkAppId, UnixSeconds};

use crate::error::{Error, ErrorKind};
use crate::output::{FAINT, GOOD, Output};
use crate::sender::app_id;
use crate::time::{SECONDS, duration};

/// Check the signature in a webhook's URL, and say what is wrong with it.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  imhook verify 'https://example.com/im/webhook?SdkAppid=1400000000&Sign=…&RequestTime=1669872112' --token secret
  imhook verify \"$URL_FROM_A_LOG\" --token secret --time 1669872120
  imhook verify \"SdkAppid=1400000000&$(imhook sign --token secret)\" --token secret --app-id 1400000000

Reasons:
  app_id, missing, malformed, repeated, wrong_case, stale, wrong_token, command")]
pub(crate) struct Verify {
    /// The URL as it was received, or its query alone.
    url: String,

    /// The token of the console's webhook settings.
    #[arg(long, value_name = "T", env = "IMHOOK_TOKEN", hide_env_values = true)]
    token: String,

    /// The app's number in the console; that of the URL if left out.
    #[arg(long, value_name = "N", value_parser = app_id)]
    app_id: Option<SdkAppId>,

    /// When it was received, in seconds since 1970; now if left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(SECONDS))]
    time: Option<u64>,

    /// How far the signed time may lie from then.
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    max_age: Duration,
}

#[derive(Debug, Serialize)]
struct Verified {
    valid: bool,
    app_id: Option<String>,
    command: Option<String>,
    request_time: Option<String>,
}

/// Why a URL is not signed as the platform signs.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Reason {
    word: &'static str,
    text: String,
}

impl Verify {
    pub(crate) fn run(self, output: &Output) -> Result<(), Error> {
        let params = Params::of(&self.url);
        let now = self.time.map_or_else(|| SystemTime::now().into(), UnixSeconds);
        match self.check(&params, now)? {
            Ok(()) => {
                output.print(&Verified {
                    valid: true,
                    app_id: params.value("SdkAppid").map(Into::into),
                    command: params.value("CallbackCommand").map(Into::into),
                    request_time: params.value("RequestTime").map(Into::into),
                });
                Ok(())
            }
            Err(Reason { word, text }) => Err(Error::new(ErrorKind::Failed, text).reason(word)),
        }
    }

    fn check(&self, params: &Params<'_>, now: UnixSeconds) -> Result<Result<(), Reason>, Error> {
        let receiver = self.receiver(params)?;
        let admit = |now: UnixSeconds| {
            let head = Head::new("POST", params.query);
            receiver.admit_at(&head, SystemTime::UNIX_EPOCH + Duration::from_secs(now.0))
        };
        Ok(match admit(now) {
            Ok(_) => params.case(),
            Err(rejection) if rejection.kind() == RejectionKind::Stale => {
                let signed =
                    params.value("RequestTime").and_then(|time| time.parse().ok()).unwrap_or_default();
                Err(self.stale(UnixSeconds(signed), now, admit(UnixSeconds(signed)).is_ok()))
            }
            Err(rejection) => Err(params.explain(rejection.kind())),
        })
    }

    /// A receiver of the app that is meant, or of the one that the URL names.
    fn receiver(&self, params: &Params<'_>) -> Result<Receiver, Error> {
        let named = || params.value("SdkAppid").and_then(|id| app_id(id).ok()).unwrap_or(SdkAppId(0));
        let app = self.app_id.unwrap_or_else(named);
        let receiver = Receiver::builder().app(app, [&*self.token]).max_age(self.max_age).build();
        receiver.map_err(|error| Error::new(ErrorKind::Usage, error))
    }

    fn stale(&self, signed: UnixSeconds, now: UnixSeconds, good_then: bool) -> Reason {
        let apart = humantime::format_duration(Duration::from_secs(signed.0.abs_diff(now.0)));
        let side = if signed.0 < now.0 { "ago" } else { "in the future" };
        let window = humantime::format_duration(self.max_age);
        let token = if good_then { "the token is right" } else { "the token is wrong too" };
        Reason { word: "stale", text: format!("signed {apart} {side}, and {window} are allowed; {token}") }
    }
}

/// The parameters of a URL, for telling what a refusal of the receiver's was about.
struct Params<'a> {
    query: &'a str,
    pairs: Vec<(String, String)>,
}

impl<'a> Params<'a> {
    fn of(url: &'a str) -> Self {
        let query = url.split_once('?').map_or(url, |(_, query)| query);
        Self { query, pairs: form_urlencoded::parse(query.as_bytes()).into_owned().collect() }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.all(name).next().map(|(_, value)| value)
    }

    /// In any case, as the receiver reads them.
    fn all<'n>(&self, name: &'n str) -> impl Iterator<Item = (&str, &str)> + use<'_, 'n> {
        let pairs = self.pairs.iter().map(|(name, value)| (&**name, &**value));
        pairs.filter(move |(other, _)| other.eq_ignore_ascii_case(name))
    }

    fn explain(&self, kind: RejectionKind) -> Reason {
        let about: &[&str] = match kind {
            RejectionKind::AppId => &["SdkAppid"],
            RejectionKind::CommandMismatch => &["CallbackCommand"],
            _ => &["Sign", "RequestTime"],
        };
        let reason = |word, text| Reason { word, text };
        let counted = |wanted: fn(usize) -> bool| about.iter().find(|name| wanted(self.all(name).count()));
        if let Some(name) = counted(|count| count > 1) {
            return reason("repeated", format!("`{name}` is given more than once"));
        }
        if let Some(name) = counted(|count| count == 0) {
            return reason("missing", format!("`{name}` is missing"));
        }
        match kind {
            RejectionKind::SignatureMismatch => {
                reason("wrong_token", "`Sign` was made with another token, or for another time".into())
            }
            RejectionKind::SignatureMalformed => {
                let text = "`Sign` is not 64 hex digits, or `RequestTime` not ten digits";
                reason("malformed", text.into())
            }
            RejectionKind::AppId => reason("app_id", "`SdkAppid` is malformed, or of another app".into()),
            other => reason(other.as_str(), other.to_string()),
        }
    }

    /// The platform's own case. The receiver takes any; others may not.
    fn case(&self) -> Result<(), Reason> {
        let wrong = |text| Err(Reason { word: "wrong_case", text });
        for name in ["SdkAppid", "CallbackCommand", "Sign", "RequestTime"] {
            if let Some((other, _)) = self.all(name).find(|(other, _)| *other != name) {
                return wrong(format!("`{other}` is good but for its case: the platform writes `{name}`"));
            }
        }
        match self.value("Sign") {
            Some(sign) if sign.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                wrong("`Sign` is good but for its case: the platform writes lower-case hex".into())
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{GOOD}valid{GOOD:#}")?;
        if let Some(time) = &self.request_time {
            write!(f, "{FAINT}, signed at {time}{FAINT:#}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Why a query is refused at the documented time, with the documented token.
    fn reason(query: &str) -> Option<&'static str> {
        let verify = Verify {
            url: query.into(),
            token: "xxxxyyyy".into(),
            app_id: None,
            time: None,
            max_age: Duration::from_secs(60),
        };
        let checked = verify.check(&Params::of(query), UnixSeconds(1_669_872_112)).unwrap();
        checked.err().map(|reason| reason.word)
    }

    #[test]
    fn every_reason_is_found() {
        const SIGN: &str = "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061";
        let time = "1669872112";
        let upper = SIGN.to_uppercase();
        for (query, expected) in [
            (format!("https://example.com/?SdkAppid=1&Sign={SIGN}&RequestTime={time}"), None),
            (format!("SdkAppid=1&Sign={SIGN}&RequestTime={time}"), None),
            (format!("Sign={SIGN}&RequestTime={time}"), None),
            (format!("SdkAppid=1&RequestTime={time}"), Some("missing")),
            (format!("SdkAppid=1&Sign={SIGN}"), Some("missing")),
            (format!("SdkAppid=1&Sign={SIGN}&Sign={SIGN}&RequestTime={time}"), Some("repeated")),
            (format!("SdkAppid=1&SdkAppid=1&Sign={SIGN}&RequestTime={time}"), Some("repeated")),
            (format!("SdkAppid=01&Sign={SIGN}&RequestTime={time}"), Some("app_id")),
            (format!("SdkAppid=1&Sign={SIGN}0&RequestTime={time}"), Some("malformed")),
            (format!("SdkAppid=1&Sign={SIGN}&RequestTime={time}000"), Some("malformed")),
            (format!("SdkAppid=1&Sign={}0&RequestTime={time}", &SIGN[..63]), Some("wrong_token")),
            (format!("SdkAppid=1&Sign={SIGN}&RequestTime=1669872052"), Some("wrong_token")),
            (format!("SdkAppid=1&Sign={SIGN}&RequestTime=1669872051"), Some("stale")),
            (format!("SdkAppid=1&Sign={upper}&RequestTime={time}"), Some("wrong_case")),
            (format!("SdkAppid=1&sign={SIGN}&RequestTime={time}"), Some("wrong_case")),
            (format!("CallbackCommand=A&Sign={SIGN}&RequestTime={time}"), Some("missing")),
        ] {
            assert_eq!(reason(&query), expected, "{query}");
        }
    }
}
