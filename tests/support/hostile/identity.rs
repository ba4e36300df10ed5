//! Who may reach a handler: app id, signature, freshness.

use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use tencent_im_webhook::{Receiver, SdkAppId, UnixSeconds, sign};

use super::{Row, TYPED, UNAUTHORIZED, UNKNOWN, each, good, row};
use crate::{APP, NOW, Sample, TOKEN, now, receiver};

pub(super) const ROWS: &[Row] = &[
    row("1", "as documented", good, TYPED).sees(|seen, sample| {
        let cx = &seen.context;
        assert_eq!(cx.app(), APP);
        assert_eq!(cx.client_ip().expect("an address").to_string(), "203.0.113.7");
        assert_eq!(cx.platform().expect("a platform").as_str(), "Android");
        assert_eq!(cx.request_time(), Some(UnixSeconds(NOW)));
        assert_eq!(cx.raw(), &sample.text());
        assert!(!cx.is_lossy());
    }),
    // The app id.
    row("2", "no app id", || good().without("SdkAppid"), UNAUTHORIZED),
    row("3", "another app id", || app_id("1400000001"), UNAUTHORIZED),
    row("4", "an empty app id", || app_id(""), UNAUTHORIZED),
    row("5", "a wrong app id before the right one", || good().after_text("SdkAppid=1&"), UNAUTHORIZED),
    row("6", "a wrong app id behind the right one", || good().and("&SdkAppid=1"), UNAUTHORIZED),
    row("7", "the right app id twice", || good().and("&SdkAppid=1400000000"), UNAUTHORIZED),
    row("8", "a percent-encoded name", || good().renamed("SdkAppid", "%53dkAppid"), TYPED),
    row("9", "a second app id whose name is encoded", || good().and("&%53dkAppid=1"), UNAUTHORIZED),
    row("10a", "the name in lower case", || good().renamed("SdkAppid", "sdkappid"), TYPED),
    row("10b", "the name as newer pages print it", || good().renamed("SdkAppid", "SDKAppID"), TYPED),
    row("10c", "the name in two spellings", || good().and("&sdkappid=1400000000"), UNAUTHORIZED),
    row("11a", "an app id with a blank for a sign", || app_id("+1400000000"), UNAUTHORIZED),
    row("11b", "an app id with a plus sign", || app_id("%2B1400000000"), UNAUTHORIZED),
    row("11c", "an app id with a leading zero", || app_id("01400000000"), UNAUTHORIZED),
    row("11d", "an app id with a fraction", || app_id("1400000000.0"), UNAUTHORIZED),
    row("11e", "an app id with an exponent", || app_id("1.4e9"), UNAUTHORIZED),
    row("11f", "an app id behind a blank", || app_id("%201400000000"), UNAUTHORIZED),
    row("11g", "an app id in full-width digits", || app_id(&"%EF%BC%91".repeat(10)), UNAUTHORIZED),
    row("12a", "an app id as a list", || good().renamed("SdkAppid", "SdkAppid[]"), UNAUTHORIZED),
    row("12b", "an app id as an object", || good().renamed("SdkAppid", "SdkAppid.x"), UNAUTHORIZED),
    row(
        "13",
        "semicolons for ampersands",
        || good().replacing_query("SdkAppid=1400000000&", "SdkAppid=1400000000;"),
        UNAUTHORIZED,
    ),
    row("14", "an app id of ten thousand digits", || app_id(&"1".repeat(10_000)), UNAUTHORIZED),
    row("115", "the app id plus 2⁶⁴", || app_id("18446744075109551616"), UNAUTHORIZED),
    row("116", "the app id plus 2³²", || app_id("5694967296"), UNAUTHORIZED),
    row("117", "the app id in hexadecimal", || app_id("0x53724e00"), UNAUTHORIZED),
    row("118", "the app id in groups", || app_id("1_400_000_000"), UNAUTHORIZED),
    row("119", "a minus before the app id", || app_id("-1400000000"), UNAUTHORIZED),
    row("120", "a NUL behind the app id", || app_id("1400000000%00"), UNAUTHORIZED),
    row("121", "a line break behind the app id", || app_id("1400000000%0D%0A"), UNAUTHORIZED),
    row("122", "a zero-width blank in the app id", || app_id("1400%E2%80%8B000000"), UNAUTHORIZED),
    row("123", "two equals signs before the app id", || app_id("=1400000000"), UNAUTHORIZED),
    row("124", "a percent-encoded digit", || app_id("%31400000000"), TYPED),
    row("125", "a digit encoded twice", || app_id("%2531400000000"), UNAUTHORIZED),
    row("126", "a name encoded twice", || good().renamed("SdkAppid", "%2553dkAppid"), UNAUTHORIZED),
    row(
        "127",
        "an overlong letter in the name",
        || good().renamed("SdkAppid", "%C1%93dkAppid"),
        UNAUTHORIZED,
    ),
    row("128", "a blank behind the name", || good().renamed("SdkAppid", "SdkAppid%20"), UNAUTHORIZED),
    row(
        "129",
        "the long s of old prints in the name",
        || good().renamed("SdkAppid", "%C5%BFdkAppid"),
        UNAUTHORIZED,
    ),
    row("130", "the app id without its name", || good().renamed("SdkAppid", ""), UNAUTHORIZED),
    // The signature.
    row("15", "no signature", || good().without("Sign"), UNAUTHORIZED),
    row("16a", "no time", || good().without("RequestTime"), UNAUTHORIZED),
    row("16b", "neither", || good().without("Sign").without("RequestTime"), UNAUTHORIZED),
    row("17a", "an empty signature", || signed(""), UNAUTHORIZED),
    each(
        "17b",
        "a signature of any other length",
        || {
            (1..=130)
                .filter(|length| *length != 64)
                .map(|length| signed(&right().repeat(3)[..length]))
                .collect()
        },
        UNAUTHORIZED,
    ),
    each(
        "18",
        "a signature with another digit, wherever it stands",
        || (0..64).map(|at| signed(&with_another_digit(&right(), at))).collect(),
        UNAUTHORIZED,
    ),
    row("19", "a signature in upper case", || signed(&right().to_uppercase()), TYPED),
    row("20a", "a signature behind 0x", || signed(&format!("0x{}", right())), UNAUTHORIZED),
    row("20b", "a signature behind a blank", || signed(&format!("+{}", right())), UNAUTHORIZED),
    row("20c", "a signature before a blank", || signed(&format!("{}%20", right())), UNAUTHORIZED),
    row("20d", "a signature before a NUL", || signed(&format!("{}%00", right())), UNAUTHORIZED),
    row("20e", "a signature twice as long", || signed(&right().repeat(2)), UNAUTHORIZED),
    row("21a", "a signature that is no hex", || signed(&"g".repeat(64)), UNAUTHORIZED),
    row("21b", "64 bytes of two-byte letters", || signed(&"%C3%A9".repeat(32)), UNAUTHORIZED),
    row("21c", "64 two-byte letters", || signed(&"%C3%A9".repeat(64)), UNAUTHORIZED),
    row("22", "a signature of yesterday", || at(NOW - 86_400), UNAUTHORIZED),
    each("23a", "a time within a minute", || [NOW - 60, NOW, NOW + 60].map(at).into(), TYPED),
    each("23b", "a time a second beyond", || [NOW - 61, NOW + 61].map(at).into(), UNAUTHORIZED),
    row("24a", "a continued hash, at its old time", continued_hash, UNAUTHORIZED)
        .at(|| at_time_of_day("xxxxyyyy", 1_669_872_112), || good().signed("xxxxyyyy", 1_669_872_112)),
    row("24b", "a continued hash, at its new time", continued_hash, UNAUTHORIZED)
        .at(|| at_time_of_day("xxxxyyyy", 1_999_999_999), || good().signed("xxxxyyyy", 1_999_999_999)),
    each(
        "25",
        "a time that is not ten digits",
        || {
            ["%2B1700000000", "1700000000.0", "1700000000%20", "1700000000%00", "0x6553f100", "01700000000"]
                .map(time)
                .into()
        },
        UNAUTHORIZED,
    ),
    each(
        "26",
        "a time of any size",
        || ["-9223372036854775808", "18446744073709551616", "", &"9".repeat(50_000)].map(time).into(),
        UNAUTHORIZED,
    ),
    row("27", "a time in milliseconds", || time("1700000000000"), UNAUTHORIZED),
    row(
        "28",
        "a time in Arabic digits",
        || time("%D9%A1%D9%A7%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0"),
        UNAUTHORIZED,
    ),
    row(
        "29a",
        "the right signature before a wrong one",
        || good().and(&format!("&Sign={ZEROS}")),
        UNAUTHORIZED,
    ),
    row(
        "29b",
        "a wrong signature before the right one",
        || good().after_text(&format!("Sign={ZEROS}&")),
        UNAUTHORIZED,
    ),
    row("29c", "the time twice", || good().and(&format!("&RequestTime={NOW}")), UNAUTHORIZED),
    row("29d", "the signature twice, once without a value", || good().and("&sign"), UNAUTHORIZED),
    row(
        "30a",
        "the signature in a header",
        || good().without("Sign").without("RequestTime").header("sign", &right()),
        UNAUTHORIZED,
    ),
    row(
        "30b",
        "the signature in the body",
        || {
            let signed = format!("{{\"Sign\":\"{}\",\"RequestTime\":{NOW},", right());
            good().without("Sign").with_start(&signed)
        },
        UNAUTHORIZED,
    ),
    row("31a", "any signature where none is asked for", || signed("nonsense"), TYPED).at(unsigned, good),
    row(
        "31b",
        "no signature where none is asked for",
        || good().without("Sign").without("RequestTime"),
        TYPED,
    )
    .at(unsigned, good),
    row("31c", "another app id where no signature is asked for", || app_id("1"), UNAUTHORIZED)
        .at(unsigned, good),
    row("33a", "the old token while tokens rotate", || good().signed("old", NOW), TYPED)
        .at(|| with_tokens(&["new", "old"]), || good().signed("new", NOW)),
    row("33b", "the old token afterwards", || good().signed("old", NOW), UNAUTHORIZED)
        .at(|| with_tokens(&["new"]), || good().signed("new", NOW)),
    row(
        "34a",
        "a digit moved from the time to the token",
        || good().signed("abc1", 700_000_000),
        UNAUTHORIZED,
    )
    .at(|| with_tokens(&["abc1"]), || good().signed("abc1", NOW)),
    row(
        "34b",
        "a digit moved from the token to the time",
        || good().signed("ab", 17_000_000_000),
        UNAUTHORIZED,
    )
    .at(|| with_tokens(&["ab1"]), || good().signed("ab1", NOW)),
    row("35", "the right signature over another body", || good().replacing("autumn", "forged"), TYPED),
    row("131", "a signature of the empty token", || good().signed("", NOW), UNAUTHORIZED),
    row(
        "132",
        "a signature of time and token, in this order",
        || signed(&hashed(&[&NOW.to_string(), TOKEN])),
        UNAUTHORIZED,
    ),
    row(
        "133",
        "a signature with something in between",
        || signed(&hashed(&[TOKEN, ":", &NOW.to_string()])),
        UNAUTHORIZED,
    ),
    row("134", "a signature of the token alone", || signed(&hashed(&[TOKEN])), UNAUTHORIZED),
    row("135", "a signature of the time alone", || signed(&hashed(&[&NOW.to_string()])), UNAUTHORIZED),
    row(
        "136",
        "the digits of the signature turned around",
        || signed(&right().chars().rev().collect::<String>()),
        UNAUTHORIZED,
    ),
    row(
        "137",
        "a signature with percent-encoded digits",
        || signed(&format!("%{:02X}{}", right().as_bytes()[0], &right()[1..])),
        TYPED,
    ),
    row("138", "a signature of zeros", || signed(ZEROS), UNAUTHORIZED),
    row("139", "the token for a signature", || signed(TOKEN), UNAUTHORIZED),
    row(
        "140",
        "a malformed escape in the signature",
        || signed(&format!("{}%zz", &right()[..61])),
        UNAUTHORIZED,
    ),
    row("141", "a malformed escape in the time", || time("170000000%"), UNAUTHORIZED),
    row("142", "a time of ten digits from the far future", || at(9_999_999_999), UNAUTHORIZED),
    row(
        "143",
        "a time of ten zeros",
        || signed(&hashed(&[TOKEN, "0000000000"])).with("RequestTime", "0000000000"),
        UNAUTHORIZED,
    ),
    row("144", "a time with percent-encoded digits", || time("%31700000000"), TYPED),
    row(
        "145",
        "signature and time in lower case",
        || good().renamed("Sign", "sign").renamed("RequestTime", "requesttime"),
        TYPED,
    ),
    row("40", "no query at all", || good().emptied(), UNAUTHORIZED),
    row("146", "a query of separators alone", || good().emptied().and("&&=&=&&"), UNAUTHORIZED),
    row("74a", "a malformed escape in the app id", || app_id("%zz"), UNAUTHORIZED),
    row("76a", "a blank behind the app id", || app_id("1400000000+"), UNAUTHORIZED),
    // Several apps.
    row("147", "another app and its own token", || of_second().signed("second token", NOW), TYPED)
        .at(two_apps, good)
        .sees(|seen, _| assert_eq!(seen.context.app(), SECOND)),
    row("148", "another app and the first one's token", || of_second().signed(TOKEN, NOW), UNAUTHORIZED)
        .at(two_apps, good),
    row("149", "the first app and another one's token", || good().signed("second token", NOW), UNAUTHORIZED)
        .at(two_apps, good),
    // The console tries the URL: signed, naming neither app nor command.
    each(
        "150",
        "the console's check of the URL",
        || {
            ["{}", "", r#"{"CallbackCommand":"OfficialAccount.CallbackBeforeSendMsg"}"#]
                .map(|body| check_of_url().body(body))
                .into()
        },
        UNKNOWN,
    )
    .sees(|seen, _| assert!(seen.context.command().is_none())),
    row(
        "151",
        "a check with another app's token",
        || check_of_url().body("{}").signed("second token", NOW),
        UNKNOWN,
    )
    .at(two_apps, good)
    .sees(|seen, _| assert_eq!(seen.context.app(), SECOND)),
    row("152", "a forged check", || check_of_url().with("Sign", ZEROS), UNAUTHORIZED),
    row("153", "a stale check", || check_of_url().signed(TOKEN, NOW - 61), UNAUTHORIZED),
    row(
        "154",
        "a check that nobody can verify",
        || good().emptied().and("Sign=x&RequestTime=1"),
        UNAUTHORIZED,
    )
    .at(unsigned, good),
    row("155", "a check that names a command", || good().without("SdkAppid"), UNAUTHORIZED),
];

const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

const SECOND: SdkAppId = SdkAppId(20_000_001);

fn app_id(value: &str) -> Sample {
    good().with("SdkAppid", value)
}

fn signed(sign: &str) -> Sample {
    good().with("Sign", sign)
}

fn time(value: &str) -> Sample {
    good().with("RequestTime", value)
}

/// Signed at another time.
fn at(time: u64) -> Sample {
    good().signed(TOKEN, time)
}

fn of_second() -> Sample {
    app_id("20000001")
}

fn check_of_url() -> Sample {
    good().without("SdkAppid").without("CallbackCommand")
}

fn right() -> String {
    sign(TOKEN, UnixSeconds(NOW))
}

fn hashed(parts: &[&str]) -> String {
    hex(&Sha256::digest(parts.concat()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn with_another_digit(sign: &str, at: usize) -> String {
    let other = if sign.as_bytes()[at] == b'0' { "1" } else { "0" };
    format!("{}{other}{}", &sign[..at], &sign[at + 1..])
}

/// The signature is a plain hash, so anybody who has seen one can continue it without the token.
fn continued_hash() -> Sample {
    let padding = [b"\x80".as_slice(), &[0; 44], b"\x90"].concat();
    let message = [b"xxxxyyyy1669872112", padding.as_slice(), b"1999999999"].concat();
    let forged = "ace1aa9075bff6813f29f4e6f321dc817e49a43d6740e9b70929865151a13d71";
    assert_eq!(hex(&Sha256::digest(message)), forged, "the forgery is a real one");
    let time = format!("1669872112%80{}%901999999999", "%00".repeat(44));
    good().with("Sign", forged).with("RequestTime", &time)
}

fn unsigned() -> Receiver {
    Receiver::builder().app_without_signature(APP).build().expect("the settings are good")
}

fn with_tokens(tokens: &[&str]) -> Receiver {
    Receiver::builder().app(APP, tokens.iter().copied()).clock(now).build().expect("the settings are good")
}

fn two_apps() -> Receiver {
    receiver().app(SECOND, ["second token"]).build().expect("the settings are good")
}

fn at_time_of_day(token: &str, time: u64) -> Receiver {
    let clock = move || UNIX_EPOCH + Duration::from_secs(time);
    Receiver::builder().app(APP, [token]).clock(clock).build().expect("the settings are good")
}
