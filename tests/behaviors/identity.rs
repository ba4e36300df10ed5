//! Who may reach a handler: app id, signature, freshness.

use conformance::{APP, Kind, NOW, Sample, TOKEN, now, receiver};
use sha2::{Digest, Sha256};
use tencent_im_webhook::{Receiver, SdkAppId, sign};

use crate::{Bench, Expected, UNAUTHORIZED, behaviors};

behaviors! {
    Nothing: [
        a_good_request_is_handled,
        another_app_or_an_ambiguous_one_is_refused,
        the_same_name_in_other_letters_is_the_same_parameter,
        a_missing_or_malformed_signature_is_refused,
        no_other_digest_than_the_right_one_is_taken,
        only_a_fresh_time_in_ten_digits_is_taken,
        a_continued_hash_is_no_signature,
        a_boundary_between_token_and_time_cannot_be_moved,
        both_tokens_are_good_while_they_rotate,
        every_app_has_its_own_token,
        without_a_token_the_signature_is_ignored,
        the_probe_of_the_console_gets_an_ok,
    ]
}

async fn a_good_request_is_handled(kind: Kind) {
    let seen = Bench::new(kind).expect("1", &Sample::before(), Expected::Typed).await;
    for seen in seen {
        let cx = seen.context;
        assert_eq!(cx.app(), APP);
        assert_eq!(cx.client_ip().unwrap().to_string(), "203.0.113.7");
        assert_eq!(cx.platform().unwrap().as_str(), "Android");
        assert_eq!(cx.request_time().unwrap().0, NOW);
        assert_eq!(cx.raw(), &Sample::before().text());
        assert!(!cx.is_lossy());
    }
}

async fn another_app_or_an_ambiguous_one_is_refused(kind: Kind) {
    let v = Sample::before;
    let spelled = |value: &str| v().with("SdkAppid", value);
    Bench::new(kind)
        .expect_each(
            [
                ("2", v().without("SdkAppid")),
                ("3", spelled("1400000001")),
                ("4", spelled("")),
                ("5", v().after_text("SdkAppid=1&")),
                ("6", v().and("&SdkAppid=1")),
                ("7", v().and("&SdkAppid=1400000000")),
                ("9", v().and("&%53dkAppid=1")),
                ("10, both", v().and("&sdkappid=1400000000")),
                ("11, plus", spelled("+1400000000")),
                ("11, encoded plus", spelled("%2B1400000000")),
                ("11, leading zero", spelled("01400000000")),
                ("11, fraction", spelled("1400000000.0")),
                ("11, exponent", spelled("1.4e9")),
                ("11, blank", spelled("%201400000000")),
                ("11, full width", spelled("%EF%BC%91%EF%BC%94%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%90")),
                ("12, array", v().renamed("SdkAppid", "SdkAppid[]")),
                ("12, object", v().renamed("SdkAppid", "SdkAppid.x")),
                ("13", v().replacing_query("SdkAppid=1400000000&", "SdkAppid=1400000000;")),
                ("14", spelled(&"1".repeat(10_000))),
                ("74, malformed escape", spelled("%zz")),
                ("76, trailing plus", spelled("1400000000+")),
            ],
            UNAUTHORIZED,
        )
        .await;
}

async fn the_same_name_in_other_letters_is_the_same_parameter(kind: Kind) {
    let v = Sample::before;
    Bench::new(kind)
        .expect_each(
            [
                ("8", v().renamed("SdkAppid", "%53dkAppid")),
                ("10, lower case", v().renamed("SdkAppid", "sdkappid")),
                ("10, as in newer pages", v().renamed("SdkAppid", "SDKAppID")),
                ("a percent-encoded digit", v().with("SdkAppid", "%31400000000")),
                ("sign in lower case", v().renamed("Sign", "sign").renamed("RequestTime", "requesttime")),
            ],
            Expected::Typed,
        )
        .await;
}

async fn a_missing_or_malformed_signature_is_refused(kind: Kind) {
    let v = Sample::before;
    let right = sign(TOKEN, tencent_im_webhook::UnixSeconds(NOW));
    let with_sign = |sign: &str| v().with("Sign", sign);
    Bench::new(kind)
        .expect_each(
            [
                ("15", v().without("Sign")),
                ("16", v().without("RequestTime")),
                ("15 and 16", v().without("Sign").without("RequestTime")),
                ("17, empty", with_sign("")),
                ("20, 0x", with_sign(&format!("0x{right}"))),
                ("20, blank before", with_sign(&format!("+{right}"))),
                ("20, blank behind", with_sign(&format!("{right}%20"))),
                ("20, NUL behind", with_sign(&format!("{right}%00"))),
                ("20, twice as long", with_sign(&format!("{right}{right}"))),
                ("21, no hex", with_sign(&"g".repeat(64))),
                ("21, two-byte letters", with_sign(&"%C3%A9".repeat(32))),
                ("21, 64 two-byte letters", with_sign(&"%C3%A9".repeat(64))),
                ("29, right and wrong", v().and(&format!("&Sign={}", "0".repeat(64)))),
                ("29, wrong and right", v().after_text(&format!("Sign={}&", "0".repeat(64)))),
                ("29, time twice", v().and(&format!("&RequestTime={NOW}"))),
                ("30, headers", v().without("Sign").without("RequestTime").header("sign", &right)),
                (
                    "30, body",
                    v().without("Sign")
                        .replacing("{\n", &format!("{{\"Sign\":\"{right}\",\"RequestTime\":{NOW},")),
                ),
                ("40", v().emptied()),
            ],
            UNAUTHORIZED,
        )
        .await;
}

async fn no_other_digest_than_the_right_one_is_taken(kind: Kind) {
    let bench = Bench::new(kind);
    let right = sign(TOKEN, tencent_im_webhook::UnixSeconds(NOW));
    for at in 0..64 {
        let mut digest = right.clone().into_bytes();
        digest[at] = if digest[at] == b'0' { b'1' } else { b'0' };
        let digest = String::from_utf8(digest).unwrap();
        bench.expect("18", &Sample::before().with("Sign", &digest), UNAUTHORIZED).await;
    }
    let long = right.repeat(3);
    for length in (1..=130).filter(|length| *length != 64) {
        bench.expect("17", &Sample::before().with("Sign", &long[..length]), UNAUTHORIZED).await;
    }
    let upper = Sample::before().with("Sign", &right.to_uppercase());
    bench.expect("19", &upper, Expected::Typed).await;
}

async fn only_a_fresh_time_in_ten_digits_is_taken(kind: Kind) {
    let bench = Bench::new(kind);
    let at = |time: u64| Sample::before().signed(TOKEN, time);
    for fresh in [NOW - 60, NOW, NOW + 60] {
        bench.expect("23", &at(fresh), Expected::Typed).await;
    }
    for stale in [NOW - 61, NOW + 61, NOW - 86_400] {
        bench.expect("22, 23", &at(stale), UNAUTHORIZED).await;
    }
    let long = "9".repeat(100_000 / 2);
    for time in [
        "%2B1700000000",
        "1700000000.0",
        "1700000000%20",
        "1700000000%00",
        "0x6553f100",
        "01700000000",
        "-9223372036854775808",
        "18446744073709551616",
        "",
        "1700000000000",
        "%D9%A1%D9%A7%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0",
        &long,
    ] {
        bench.expect("25 to 28", &Sample::before().with("RequestTime", time), UNAUTHORIZED).await;
    }
}

/// The signature is a plain hash, so anybody who has seen one can continue it without the token.
async fn a_continued_hash_is_no_signature(kind: Kind) {
    let forged = "ace1aa9075bff6813f29f4e6f321dc817e49a43d6740e9b70929865151a13d71";
    let mut message = b"xxxxyyyy1669872112\x80".to_vec();
    message.extend([0; 44]);
    message.extend(b"\x901999999999");
    assert_eq!(Sha256::digest(&message)[..], base16(forged), "the forgery is a real one");

    let time = format!("1669872112%80{}%901999999999", "%00".repeat(44));
    let sample = Sample::before().with("Sign", forged).with("RequestTime", &time);
    for at in [1_669_872_112, 1_999_999_999] {
        let clock = move || std::time::UNIX_EPOCH + std::time::Duration::from_secs(at);
        let receiver = Receiver::builder().app(APP, ["xxxxyyyy"]).clock(clock).build().unwrap();
        Bench::around(kind, &receiver).expect("24", &sample, UNAUTHORIZED).await;
    }
}

async fn a_boundary_between_token_and_time_cannot_be_moved(kind: Kind) {
    // "abc1" and "700000000" concatenate to the same text as "abc" and "1700000000".
    let receiver = Receiver::builder().app(APP, ["abc1"]).clock(now).build().unwrap();
    let nine_digits = Sample::before().signed("abc1", 700_000_000);
    let eleven_digits = Sample::before().signed("ab", 17_000_000_000);
    let bench = Bench::around(kind, &receiver);
    bench.expect("34", &nine_digits, UNAUTHORIZED).await;
    bench.expect("34", &eleven_digits, UNAUTHORIZED).await;
}

async fn both_tokens_are_good_while_they_rotate(kind: Kind) {
    let old = Sample::before().signed("old", NOW);
    let new = Sample::before().signed("new", NOW);
    let during = Receiver::builder().app(APP, ["new", "old"]).clock(now).build().unwrap();
    let bench = Bench::around(kind, &during);
    bench.expect("33", &old, Expected::Typed).await;
    bench.expect("33", &new, Expected::Typed).await;
    let later = Receiver::builder().app(APP, ["new"]).clock(now).build().unwrap();
    let bench = Bench::around(kind, &later);
    bench.expect("33", &old, UNAUTHORIZED).await;
    bench.expect("33", &new, Expected::Typed).await;
}

async fn every_app_has_its_own_token(kind: Kind) {
    let other = SdkAppId(20_000_001);
    let receiver = receiver().app(other, ["other token"]).build().unwrap();
    let bench = Bench::around(kind, &receiver);
    let of_other = Sample::before().with("SdkAppid", "20000001");
    let seen = bench.expect("own", &of_other.clone().signed("other token", NOW), Expected::Typed).await;
    assert!(seen.iter().all(|seen| seen.context.app() == other));
    bench.expect("first app's token", &of_other.signed(TOKEN, NOW), UNAUTHORIZED).await;
    bench.expect("first app", &Sample::before(), Expected::Typed).await;
}

async fn without_a_token_the_signature_is_ignored(kind: Kind) {
    let receiver = Receiver::builder().app_without_signature(APP).build().unwrap();
    let bench = Bench::around(kind, &receiver);
    bench.expect("31", &Sample::before().with("Sign", "nonsense"), Expected::Typed).await;
    bench.expect("31", &Sample::before().without("Sign").without("RequestTime"), Expected::Typed).await;
    bench.expect("31", &Sample::before().with("SdkAppid", "1"), UNAUTHORIZED).await;
    // A probe is known by its signature, which nobody can check here.
    bench.expect("probe", &Sample::before().emptied().and("Sign=x&RequestTime=1"), UNAUTHORIZED).await;
}

async fn the_probe_of_the_console_gets_an_ok(kind: Kind) {
    let bench = Bench::new(kind);
    let probe = Sample::before().without("SdkAppid").without("CallbackCommand");
    for body in ["{}", "", r#"{"CallbackCommand":"OfficialAccount.CallbackBeforeSendMsg"}"#] {
        let seen = bench.expect("probe", &probe.clone().body(body), Expected::Unknown).await;
        assert!(seen.iter().all(|seen| seen.context.command().is_none()));
    }
    let second = receiver().app(SdkAppId(1_600_000_000), ["second"]).build().unwrap();
    let of_second = probe.clone().body("{}").signed("second", NOW);
    for seen in Bench::around(kind, &second).expect("second app's probe", &of_second, Expected::Unknown).await
    {
        assert_eq!(seen.context.app(), SdkAppId(1_600_000_000));
    }
    bench.expect("forged probe", &probe.clone().with("Sign", &"0".repeat(64)), UNAUTHORIZED).await;
    bench.expect("stale probe", &probe.signed(TOKEN, NOW - 61), UNAUTHORIZED).await;
}

fn base16(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}
