//! What a body says, and what it does not: repaired, kept raw, or told as a misfit.

use conformance::{Kind, Sample, Seen};
use tencent_im_webhook::event::official_account::BeforeSendMsg;
use tencent_im_webhook::{Event, MsgElement, UnixMillis};

use crate::{BAD_REQUEST, Bench, Expected, behaviors};

behaviors! {
    Nothing: [
        what_is_no_object_is_refused,
        a_truncated_body_is_refused_wherever_it_ends,
        a_byte_order_mark_is_skipped,
        invalid_utf8_in_a_text_is_repaired,
        half_a_surrogate_pair_is_repaired_wherever_it_stands,
        odd_characters_are_taken_as_they_are,
        deep_nesting_costs_nothing_where_it_is_not_looked_at,
        a_known_key_given_twice_does_not_fit,
        a_misfit_says_where_and_keeps_the_body,
        a_misfit_of_what_has_happened_is_acknowledged,
        an_array_is_no_object,
        an_odd_event_time_is_no_reason_to_stop,
        odd_elements_are_kept_raw,
        lists_of_any_length_and_keys_of_any_name_are_fine,
    ]
}

const TEXT: &str = "The autumn issue is here";

fn before(seen: &Seen) -> &BeforeSendMsg {
    match &seen.event {
        Event::OfficialAccountBeforeSendMsg(event) => event,
        other => panic!("{other:?}"),
    }
}

fn cause(seen: &Seen) -> String {
    match &seen.event {
        Event::Unknown(event) => event.cause().unwrap().to_string(),
        other => panic!("{other:?}"),
    }
}

async fn what_is_no_object_is_refused(kind: Kind) {
    let bench = Bench::new(kind);
    let whole = Sample::before().text();
    let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf32: Vec<u8> = whole.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    for body in ["", "   \n", "null", "1", "\"x\"", "[]", "[\"evil\"]", "true", "{", "nul", "\u{0}"] {
        bench.expect("80, 81", &Sample::before().body(body), BAD_REQUEST).await;
    }
    for tail in ["x", "{}", "\u{0}", ",", "]"] {
        bench.expect("83", &Sample::before().body(whole.clone() + tail), BAD_REQUEST).await;
    }
    bench.expect("85", &Sample::before().body(utf16), BAD_REQUEST).await;
    bench.expect("85", &Sample::before().body(utf32), BAD_REQUEST).await;
    bench.expect("89", &Sample::before().replacing(TEXT, "a\nb"), BAD_REQUEST).await;
    bench.expect("104", &Sample::before().replacing("{\n", "{ // sample\n"), BAD_REQUEST).await;
    bench.expect("104", &Sample::before().replacing("111\n}", "111,\n}"), BAD_REQUEST).await;
}

async fn a_truncated_body_is_refused_wherever_it_ends(kind: Kind) {
    let bench = Bench::new(kind);
    let whole = Sample::before().text();
    for end in 0..whole.trim_end().len() {
        bench.expect("82", &Sample::before().body(whole[..end].to_owned()), BAD_REQUEST).await;
    }
}

async fn a_byte_order_mark_is_skipped(kind: Kind) {
    let marked = format!("\u{feff}{}", Sample::before().text());
    Bench::new(kind).expect("84", &Sample::before().body(marked), Expected::Typed).await;
}

async fn invalid_utf8_in_a_text_is_repaired(kind: Kind) {
    let bench = Bench::new(kind);
    let text = Sample::before().text();
    let (head, tail) = text.split_once("autumn").unwrap();
    // The last is "你好" in GBK: nothing tells it from any other invalid UTF-8.
    for bad in [&b"\xff"[..], b"\xc3", b"\xed\xa0\x80", b"\xc4\xe3\xba\xc3"] {
        let body = [head.as_bytes(), bad, tail.as_bytes()].concat();
        for seen in bench.expect("86", &Sample::before().body(body.clone()), Expected::Typed).await {
            let says = before(&seen).msg_body.texts().next().unwrap().to_owned();
            assert!(says.starts_with("The \u{fffd}") && says.ends_with(" issue is here"), "{says}");
            assert!(seen.context.is_lossy());
            assert_eq!(seen.context.raw(), &body);
        }
    }
}

async fn half_a_surrogate_pair_is_repaired_wherever_it_stands(kind: Kind) {
    let bench = Bench::new(kind);
    for half in [r"\ud83d", r"\udE00", r"\uD800x\uDBFF"] {
        let in_text = Sample::before().replacing("autumn", half);
        for seen in bench.expect("87, text", &in_text, Expected::Typed).await {
            assert!(before(&seen).msg_body.texts().next().unwrap().contains('\u{fffd}'));
            assert!(seen.context.is_lossy());
        }
        let key = format!("{{\n\"{half}\": 1,");
        let samples = [
            (
                "87, key",
                Sample::before().replacing("{\n", "{ \n").replacing("{ \n  \"C", &format!("{key}\"C")),
            ),
            ("87, custom data", Sample::before().replacing("issue=autumn", half)),
            ("87, content first", content_first(half)),
            (
                "87, custom element",
                elements(&format!(r#"[{{"MsgType":"TIMCustomElem","MsgContent":{{"Data":"{half}"}}}}]"#)),
            ),
        ];
        for (row, sample) in samples {
            let seen = bench.expect(row, &sample, Expected::Typed).await;
            assert!(seen.iter().all(|seen| seen.context.is_lossy()), "{row}");
        }
    }
    let pair = Sample::before().replacing("autumn", r"\ud83d\ude00");
    for seen in bench.expect("87, pair", &pair, Expected::Typed).await {
        assert_eq!(before(&seen).msg_body.texts().next(), Some("The 😀 issue is here"));
        assert!(!seen.context.is_lossy());
    }
}

async fn odd_characters_are_taken_as_they_are(kind: Kind) {
    let bench = Bench::new(kind);
    let marks = "e".to_owned() + &"\u{301}".repeat(10_000);
    for (written, read) in [("\\u0000", "\0"), ("\u{202e}", "\u{202e}"), (&marks, &marks)] {
        let seen = bench.expect("88", &Sample::before().replacing(TEXT, written), Expected::Typed).await;
        assert!(seen.iter().all(|seen| before(seen).msg_body.texts().eq([read]) && !seen.context.is_lossy()));
    }
}

async fn deep_nesting_costs_nothing_where_it_is_not_looked_at(kind: Kind) {
    let bench = Bench::new(kind);
    let deep = "[".repeat(100_000);
    let closed = format!("{{\n\"Deep\":{deep}{},", "]".repeat(100_000));
    bench.expect("90", &with_first_key(&closed), Expected::Typed).await;
    bench.expect("90", &with_first_key(&format!("{{\n\"Deep\":{deep},")), BAD_REQUEST).await;
    let nested = format!("{}1{}", "{\"a\":".repeat(129), "}".repeat(129));
    let unknown = elements(&format!(r#"[{{"MsgType":"TIMFutureElem","MsgContent":{nested}}}]"#));
    for seen in bench.expect("91", &unknown, Expected::Typed).await {
        assert!(
            matches!(&before(&seen).msg_body[0], MsgElement::Unknown(elem) if elem.msg_content.as_ref().unwrap().as_str() == nested)
        );
    }
}

async fn a_known_key_given_twice_does_not_fit(kind: Kind) {
    let bench = Bench::new(kind);
    for again in [
        r#""MsgBody": [],"#,
        r#""\u004dsgBody": [],"#,
        r#""Official_Account": "x","#,
        r#""CallbackCommand": "OfficialAccount.CallbackBeforeSendMsg","#,
    ] {
        let sample = with_first_key(&format!("{{\n{again}"));
        for seen in bench.expect("92", &sample, Expected::Misfit).await {
            assert!(cause(&seen).contains("duplicate field"), "{}", cause(&seen));
        }
    }
    bench.expect("93", &with_first_key("{\n\"New\": 1, \"New\": 2,"), Expected::Typed).await;
}

async fn a_misfit_says_where_and_keeps_the_body(kind: Kind) {
    let bench = Bench::new(kind);
    for (row, sample, path, word) in [
        ("94", Sample::before().replacing("MsgBody", "msgbody"), ".", "missing field `MsgBody`"),
        ("96", elements("5"), "MsgBody", "invalid type"),
        ("96", elements(r#"{"MsgType":"TIMTextElem"}"#), "MsgBody", "invalid type"),
        (
            "102",
            Sample::before().replacing("Official_Account", "Official"),
            ".",
            "missing field `Official_Account`",
        ),
        ("type", Sample::before().replacing("\"@TOA#_gazette\"", "{}"), "Official_Account", "invalid type"),
        ("empty", Sample::before().body("{}"), ".", "missing field `Official_Account`"),
    ] {
        for seen in bench.expect(row, &sample, Expected::Misfit).await {
            let Event::Unknown(event) = &seen.event else { panic!("{seen:?}") };
            assert_eq!(event.cause().unwrap().path(), path, "{row}");
            assert!(event.cause().unwrap().message().contains(word), "{row}: {}", cause(&seen));
            assert_eq!(event.raw(), &sample.text(), "{row}");
            assert_eq!(event.command().unwrap().as_str(), "OfficialAccount.CallbackBeforeSendMsg");
        }
    }
}

async fn a_misfit_of_what_has_happened_is_acknowledged(kind: Kind) {
    let bench = Bench::new(kind);
    let sample =
        Sample::of("OfficialAccount.CallbackAfterMsgWithDraw").replacing("\"28_4_1761000050\"", "[]");
    let stack = &bench.stack;
    let answer = stack.send(&sample).await;
    assert_eq!((answer.status().as_u16(), answer.error_code()), (200, Some(0)), "{stack}");
    let seen = bench.spy.take();
    assert!(
        cause(&seen[0]).starts_with("at `WithdrawMsgList[1].MsgKey`: invalid type"),
        "{}",
        cause(&seen[0])
    );
}

async fn an_array_is_no_object(kind: Kind) {
    let bench = Bench::new(kind);
    let withdrawn = Sample::of("OfficialAccount.CallbackAfterMsgWithDraw")
        .body(r#"{"Official_Account":"@TOA#_x","WithdrawMsgList":[["27_4_1761000001"]]}"#);
    let stack = &bench.stack;
    stack.send(&withdrawn).await;
    assert!(cause(&bench.spy.take()[0]).contains("WithdrawMsgList"), "{stack}");
    let at = r#"[[1,"x"]]"#;
    let mention = Sample::of("Group.CallbackAfterSendMsg").text();
    let start = mention.find("\"GroupAtInfo\": [").unwrap();
    let end = mention.find("],\n  \"EventTime\"").unwrap();
    let body = format!("{}\"GroupAtInfo\": {at}{}", &mention[..start], &mention[end + 1..]);
    bench.stack.send(&Sample::of("Group.CallbackAfterSendMsg").body(body)).await;
    assert!(cause(&bench.spy.take()[0]).contains("GroupAtInfo"));
}

async fn an_odd_event_time_is_no_reason_to_stop(kind: Kind) {
    let bench = Bench::new(kind);
    let at = |value: &str| Sample::before().replacing("1761000000111", value);
    for (value, time) in [("\"1761000000111\"", Some(1_761_000_000_111)), ("7", Some(7)), ("null", None)] {
        for seen in bench.expect("95", &at(value), Expected::Typed).await {
            assert_eq!(
                (before(&seen).event_time, seen.context.is_lossy()),
                (time.map(UnixMillis), false),
                "{value}"
            );
        }
    }
    let digits = "9".repeat(250_000);
    for value in [
        "1e3",
        "1.0",
        "-1",
        "18446744073709551616",
        "1e999",
        &digits,
        "true",
        "[]",
        "{}",
        "\"\"",
        "\"soon\"",
        "\"+1\"",
    ] {
        for seen in bench.expect("95", &at(value), Expected::Typed).await {
            assert_eq!((before(&seen).event_time, seen.context.is_lossy()), (None, true), "{value}");
        }
    }
    // A number with a leading zero is not JSON at all.
    bench.expect("95", &at("012"), BAD_REQUEST).await;
}

async fn odd_elements_are_kept_raw(kind: Kind) {
    let bench = Bench::new(kind);
    for unknown in [
        r#"{"MsgType":"TIMFutureElem","MsgContent":{"a":[1.50,{}]}}"#,
        r#"{"MsgType":"TIMFutureElem"}"#,
        r#"{"MsgType":"TIMFutureElem","MsgContent":null}"#,
        r#"{"MsgType":"TIMFutureElem","MsgContent":"text"}"#,
        r#"{"MsgContent":{"a":1},"MsgType":"TIMFutureElem"}"#,
    ] {
        for seen in bench.expect("97", &elements(&format!("[{unknown}]")), Expected::Typed).await {
            let element = &before(&seen).msg_body[0];
            assert!(matches!(element, MsgElement::Unknown(_)), "{element:?}");
            assert_eq!(element.msg_type(), Some("TIMFutureElem"));
            assert!(same_json(&serde_json::to_string(element).unwrap(), unknown), "{unknown}");
        }
    }
    for (malformed, msg_type) in [
        (r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":5}}"#, Some("TIMTextElem")),
        (r#"{"MsgContent":{"Text":5},"MsgType":"TIMTextElem"}"#, Some("TIMTextElem")),
        (r#"{"MsgType":"TIMTextElem","MsgContent":["evil"]}"#, Some("TIMTextElem")),
        (r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":"a","Text":"b"}}"#, Some("TIMTextElem")),
        (r#"{"MsgType":"TIMTextElem"}"#, Some("TIMTextElem")),
        (r#"{"MsgType":"TIMTextElem","MsgContent":null}"#, Some("TIMTextElem")),
        (r#"{"MsgType":5,"MsgContent":{}}"#, None),
        (r#"{"MsgContent":{"Text":"no type"}}"#, None),
        (r#"["TIMTextElem",{"Text":"a"}]"#, None),
        ("7", None),
    ] {
        let sample =
            elements(&format!(r#"[{{"MsgType":"TIMTextElem","MsgContent":{{"Text":"good"}}}},{malformed}]"#));
        for seen in bench.expect("97, 98", &sample, Expected::Typed).await {
            let body = &before(&seen).msg_body;
            assert!(body.texts().eq(["good"]));
            assert!(matches!(&body[1], MsgElement::Malformed(raw) if raw.as_str() == malformed), "{body:?}");
            assert_eq!(body[1].msg_type(), msg_type);
        }
    }
}

async fn lists_of_any_length_and_keys_of_any_name_are_fine(kind: Kind) {
    let bench = Bench::new(kind);
    for seen in bench.expect("96", &elements("[]"), Expected::Typed).await {
        assert!(before(&seen).msg_body.is_empty());
    }
    let many = format!("[{}7]", "7,".repeat(99_999));
    for seen in bench.expect("96", &elements(&many), Expected::Typed).await {
        assert_eq!(before(&seen).msg_body.len(), 100_000);
    }
    let extra = r#"[{"MsgType":"TIMTextElem","MsgContent":{"Text":"a","New":{"b":[]}},"Beside":null}]"#;
    bench.expect("100", &elements(extra), Expected::Typed).await;
    bench.expect("101", &Sample::before().replacing("\"issue=autumn\"", "null"), Expected::Typed).await;
    bench
        .expect(
            "101",
            &Sample::before().replacing("\"OnlineOnlyFlag\": 0", "\"OnlineOnlyFlag\": null"),
            Expected::Typed,
        )
        .await;
    let escapes = r#"\\\""#.repeat(3 * 1024);
    let custom = format!(r#"[{{"MsgType":"TIMCustomElem","MsgContent":{{"Data":"{escapes}"}}}}]"#);
    bench.expect("105", &elements(&custom), Expected::Typed).await;
}

/// The good sample with other elements.
fn elements(list: &str) -> Sample {
    let text = Sample::before().text();
    let start = text.find("\"MsgBody\": [").unwrap();
    let end = text.find("],\n  \"CloudCustomData\"").unwrap();
    Sample::before().body(format!("{}\"MsgBody\": {list}{}", &text[..start], &text[end + 1..]))
}

fn content_first(text: &str) -> Sample {
    elements(&format!(r#"[{{"MsgContent":{{"Text":"{text}"}},"MsgType":"TIMTextElem"}}]"#))
}

/// The good sample with something else in place of its opening brace.
fn with_first_key(start: &str) -> Sample {
    let text = Sample::before().text();
    Sample::before().body(text.replacen("{\n", start, 1))
}

fn same_json(one: &str, other: &str) -> bool {
    let read = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
    read(one) == read(other)
}
