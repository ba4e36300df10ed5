//! What a body says, and what it does not: repaired, kept raw, or told as a misfit.

use serde_json::Value;
use tencent_im_webhook::event::official_account::BeforeSendMsg;
use tencent_im_webhook::{Event, MsgElement, UnixMillis};

use super::{BAD_REQUEST, MISFIT, NOTED, Row, TYPED, each, good, row};
use crate::{Sample, Seen, receiver};

pub(super) const ROWS: &[Row] = &[
    each("80", "nothing, or blanks", || bodies(&["", " ", "   \n\t\r"]), BAD_REQUEST),
    each(
        "81",
        "JSON that is no object",
        || bodies(&["null", "1", "\"x\"", "[]", "[\"evil\"]", "true", "-0.5e3", "[{}]"]),
        BAD_REQUEST,
    ),
    each(
        "82",
        "a body cut off at any byte",
        || {
            let whole = good().text();
            (0..whole.trim_end().len()).map(|end| good().body(whole[..end].to_owned())).collect()
        },
        BAD_REQUEST,
    ),
    each(
        "83",
        "anything behind the object",
        || ["x", "{}", "\u{0}", ",", "]", "}", "null"].map(|tail| good().body(good().text() + tail)).into(),
        BAD_REQUEST,
    ),
    row("84", "a byte order mark", || good().body(format!("\u{feff}{}", good().text())), TYPED),
    row(
        "180",
        "two byte order marks",
        || good().body(format!("\u{feff}\u{feff}{}", good().text())),
        BAD_REQUEST,
    ),
    row(
        "181",
        "a byte order mark behind the object",
        || good().body(good().text() + "\u{feff}"),
        BAD_REQUEST,
    ),
    each("85a", "UTF-16 and UTF-32", in_wide_characters, BAD_REQUEST),
    // Nothing tells GBK in a text from any other invalid UTF-8.
    each("85b", "GBK in a text", || vec![with_bytes(b"\xc4\xe3\xba\xc3")], TYPED).sees(is_repaired),
    row(
        "182",
        "bytes that are no UTF-8 outside of texts",
        || good().body([b"\xff\xfe", good().text().as_bytes()].concat()),
        BAD_REQUEST,
    ),
    each(
        "86",
        "invalid UTF-8 in a text",
        || {
            [
                &b"\xff"[..],
                b"\xc3",
                b"\xed\xa0\x80",
                b"\xf8\x88\x80\x80\x80",
                b"\xc0\xaf",
                b"\xf4\x90\x80\x80",
            ]
            .map(with_bytes)
            .into()
        },
        TYPED,
    )
    .sees(is_repaired),
    each("87a", "half a surrogate pair in a text", || halves(|half| good().replacing("autumn", half)), TYPED)
        .sees(is_repaired),
    each(
        "87b",
        "half a pair in a key",
        || halves(|half| good().with_start(&format!("{{\"{half}\": 1,"))),
        TYPED,
    )
    .sees(is_lossy),
    each(
        "87c",
        "half a pair in the custom data",
        || halves(|half| good().replacing("issue=autumn", half)),
        TYPED,
    )
    .sees(is_lossy),
    each("87d", "half a pair in an element whose type comes last", || halves(content_first), TYPED)
        .sees(is_lossy),
    each(
        "87e",
        "half a pair in a custom element",
        || {
            halves(|half| {
                elements(&format!(r#"[{{"MsgType":"TIMCustomElem","MsgContent":{{"Data":"{half}"}}}}]"#))
            })
        },
        TYPED,
    )
    .sees(is_lossy),
    row("87f", "a whole pair in a text", || good().replacing("autumn", r"\ud83d\ude00"), TYPED)
        .sees(|seen, _| says(seen, "The 😀 issue is here")),
    row(
        "87g",
        "half a pair in an unknown element, which nobody reads",
        || elements(r#"[{"MsgType":"TIMFutureElem","MsgContent":"\ud800"}]"#),
        TYPED,
    )
    .sees(|seen, _| {
        let MsgElement::Unknown(element) = &message(seen).msg_body[0] else { panic!("{seen:?}") };
        assert_eq!(element.msg_content.as_ref().expect("content").as_str(), r#""\ud800""#);
        assert!(!seen.context.is_lossy());
    }),
    row("88a", "an escaped NUL in a text", || text(r"\u0000"), TYPED).sees(|seen, _| says(seen, "\0")),
    row("88b", "a text that turns itself around", || text("\u{202e}"), TYPED)
        .sees(|seen, _| says(seen, "\u{202e}")),
    row("88c", "ten thousand marks on a letter", || text(&marks()), TYPED)
        .sees(|seen, _| says(seen, &marks())),
    row("183", "line separators of Unicode in a text", || text("a\u{2028}\u{2029}\u{85}b"), TYPED)
        .sees(|seen, _| says(seen, "a\u{2028}\u{2029}\u{85}b")),
    row("184", "a DEL in a text", || text("\u{7f}"), TYPED).sees(|seen, _| says(seen, "\u{7f}")),
    row("185", "characters that are none in a text", || text("\u{ffff}\u{fdd0}\u{10ffff}"), TYPED)
        .sees(|seen, _| says(seen, "\u{ffff}\u{fdd0}\u{10ffff}")),
    row("186", "a million letters in a text", || text(&"é".repeat(500_000)), TYPED),
    row("187", "every escape of JSON in a text", || text(r#"\"\\\/\b\f\n\r\t\u00e9"#), TYPED)
        .sees(|seen, _| says(seen, "\"\\/\u{8}\u{c}\n\r\té")),
    each(
        "89",
        "a raw control character in a text",
        || ["a\nb", "\u{0}", "\u{1f}", "\r"].map(text).into(),
        BAD_REQUEST,
    ),
    each(
        "188",
        "escapes that JSON does not have",
        || [r"\x41", r"\u12", r"\u{41}", r"\'", r"\U0041", r"\u+123"].map(text).into(),
        BAD_REQUEST,
    ),
    row("90a", "a hundred thousand lists in each other", || deep("]"), TYPED),
    row("90b", "the same, never closed", || deep(""), BAD_REQUEST),
    row(
        "91",
        "objects 129 deep in an unknown element",
        || elements(&format!(r#"[{{"MsgType":"TIMFutureElem","MsgContent":{}}}]"#, nested())),
        TYPED,
    )
    .sees(|seen, _| {
        let MsgElement::Unknown(element) = &message(seen).msg_body[0] else { panic!("{seen:?}") };
        assert_eq!(element.msg_content.as_ref().expect("content").as_str(), nested());
    }),
    each(
        "92a",
        "a known key twice",
        || {
            [
                r#""MsgBody": [],"#,
                r#""\u004dsgBody": [],"#,
                r#""Official_Account": "x","#,
                r#""EventTime": null,"#,
            ]
            .map(|again| good().with_start(&format!("{{{again}")))
            .into()
        },
        MISFIT,
    )
    .sees(|seen, _| assert!(cause(seen).contains("duplicate field"), "{}", cause(seen))),
    row(
        "92b",
        "the command twice in the body",
        || good().with_start(r#"{"CallbackCommand": "OfficialAccount.CallbackBeforeSendMsg","#),
        MISFIT,
    ),
    row("93", "an unknown key twice", || good().with_start(r#"{"New": 1, "New": 2,"#), TYPED),
    row("94", "a key in other letters", || good().replacing("MsgBody", "msgbody"), MISFIT)
        .sees(|seen, _| fits_not(seen, ".", "missing field `MsgBody`")),
    row("95a", "the time as a text", || event_time("\"1761000000111\""), TYPED)
        .sees(|seen, _| assert_eq!(time(seen), (Some(UnixMillis(1_761_000_000_111)), false))),
    row("95b", "a small time", || event_time("7"), TYPED)
        .sees(|seen, _| assert_eq!(time(seen), (Some(UnixMillis(7)), false))),
    row("95c", "no time at all", || event_time("null"), TYPED)
        .sees(|seen, _| assert_eq!(time(seen), (None, false))),
    each(
        "95d",
        "a time that is none",
        || {
            [
                "1e3",
                "1.0",
                "-1",
                "18446744073709551616",
                "1e999",
                "true",
                "[]",
                "{}",
                "\"\"",
                "\"soon\"",
                "\"+1\"",
                "-0",
                "\" 1\"",
            ]
            .map(event_time)
            .into()
        },
        TYPED,
    )
    .sees(|seen, _| assert_eq!(time(seen), (None, true))),
    row("95e", "a time of a quarter of a million digits", || event_time(&"9".repeat(250_000)), TYPED)
        .sees(|seen, _| assert_eq!(time(seen), (None, true))),
    each(
        "95f",
        "numbers that JSON does not have",
        || ["012", "+1", ".5", "1.", "0x1", "NaN", "Infinity", "1_000", "1e"].map(event_time).into(),
        BAD_REQUEST,
    ),
    each(
        "96a",
        "a message that is no list",
        || ["5", r#"{"MsgType":"TIMTextElem"}"#, r#""[]""#, "true"].map(elements).into(),
        MISFIT,
    )
    .sees(|seen, _| fits_not(seen, "MsgBody", "invalid type")),
    row("96b", "a message without elements", || elements("[]"), TYPED)
        .sees(|seen, _| assert!(message(seen).msg_body.is_empty())),
    row(
        "96c",
        "a message of a hundred thousand elements, at a receiver that takes so much",
        || {
            let face = r#"{"MsgType":"TIMFaceElem","MsgContent":{"Index":1}}"#;
            elements(&format!("[{}{face}]", format!("{face},").repeat(99_999)))
        },
        TYPED,
    )
    .at(|| receiver().body_limit(8 << 20).build().expect("the settings are good"), Sample::before)
    .sees(|seen, _| assert_eq!(message(seen).msg_body.len(), 100_000)),
    row(
        "96d",
        "a hundred thousand elements of a byte, which would take forty times their size",
        || elements(&format!("[{}7]", "7,".repeat(99_999))),
        MISFIT,
    )
    .sees(|seen, _| fits_not(seen, "MsgBody", "memory")),
    each(
        "97a",
        "elements that nobody knows yet",
        || unknown_elements().map(|element| elements(&format!("[{element}]"))).into(),
        TYPED,
    )
    .sees(|seen, sample| {
        let element = &message(seen).msg_body[0];
        assert!(matches!(element, MsgElement::Unknown(_)), "{element:?}");
        assert_eq!(element.msg_type(), Some("TIMFutureElem"));
        let sent = serde_json::from_str::<Value>(&sample.text()).expect("JSON")["MsgBody"][0].clone();
        assert_eq!(serde_json::to_value(element).expect("JSON"), sent);
    }),
    each(
        "97b",
        "elements without a type",
        || {
            malformed(&[
                r#"{"MsgType":5,"MsgContent":{}}"#,
                r#"{"MsgContent":{"Text":"a"}}"#,
                r#"["TIMTextElem",{"Text":"a"}]"#,
                "7",
                "null",
                "\"x\"",
            ])
        },
        TYPED,
    )
    .sees(|seen, _| is_malformed(seen, None)),
    each(
        "98",
        "elements that do not fit their type",
        || {
            malformed(&[
                r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":5}}"#,
                r#"{"MsgContent":{"Text":5},"MsgType":"TIMTextElem"}"#,
                r#"{"MsgType":"TIMTextElem","MsgContent":["evil"]}"#,
                r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":"a","Text":"b"}}"#,
                r#"{"MsgType":"TIMTextElem"}"#,
                r#"{"MsgType":"TIMTextElem","MsgContent":null}"#,
            ])
        },
        TYPED,
    )
    .sees(|seen, _| is_malformed(seen, Some("TIMTextElem"))),
    row(
        "189",
        "an element with two types",
        || elements(r#"[{"MsgType":"TIMTextElem","MsgContent":{"Text":"a"},"MsgType":"TIMFaceElem"}]"#),
        TYPED,
    )
    .sees(|seen, _| assert!(matches!(message(seen).msg_body[0], MsgElement::Malformed(_)))),
    row(
        "99",
        "the command in the URL alone",
        || good().replacing("\"CallbackCommand\": \"OfficialAccount.CallbackBeforeSendMsg\",", ""),
        TYPED,
    ),
    each(
        "190",
        "a command in the body that is no text",
        || {
            ["5", "[]", "{}", "true"]
                .map(|value| good().replacing("\"OfficialAccount.CallbackBeforeSendMsg\"", value))
                .into()
        },
        MISFIT,
    ),
    row(
        "191",
        "another command deep in the body",
        || good().with_start(r#"{"New":{"CallbackCommand":"State.StateChange"},"#),
        TYPED,
    ),
    row(
        "100",
        "unknown keys at every level",
        || {
            elements(r#"[{"MsgType":"TIMTextElem","MsgContent":{"Text":"a","New":{"b":[]}},"Beside":null}]"#)
                .with_start(r#"{"New":1,"#)
        },
        TYPED,
    ),
    row("101a", "a null for custom data", || good().replacing("\"issue=autumn\"", "null"), TYPED),
    row(
        "101b",
        "a null for a switch",
        || good().replacing("\"OnlineOnlyFlag\": 0", "\"OnlineOnlyFlag\": null"),
        TYPED,
    ),
    row(
        "101c",
        "nothing but what must be there",
        || good().body(r#"{"Official_Account":"@TOA#_x","MsgBody":[]}"#),
        TYPED,
    ),
    row("102a", "a required key missing", || good().replacing("Official_Account", "Official"), MISFIT)
        .sees(|seen, _| fits_not(seen, ".", "missing field `Official_Account`")),
    row("102b", "an empty object", || good().body("{}"), MISFIT)
        .sees(|seen, _| fits_not(seen, ".", "missing field `Official_Account`")),
    each(
        "102c",
        "a required key of another type",
        || ["{}", "[]", "true"].map(|value| good().replacing("\"@TOA#_gazette\"", value)).into(),
        MISFIT,
    )
    .sees(|seen, sample| {
        fits_not(seen, "Official_Account", "invalid type");
        assert_eq!(seen.context.raw(), &sample.text());
    }),
    row(
        "192",
        "a misfit of what has happened",
        || Sample::of("OfficialAccount.CallbackAfterMsgWithDraw").replacing("\"28_4_1761000050\"", "[]"),
        NOTED,
    )
    .sees(|seen, _| fits_not(seen, "WithdrawMsgList[1].MsgKey", "invalid type")),
    row(
        "193",
        "a list in place of an object",
        || {
            Sample::of("OfficialAccount.CallbackAfterMsgWithDraw")
                .body(r#"{"Official_Account":"@TOA#_x","WithdrawMsgList":[["27_4_1761000001"]]}"#)
        },
        NOTED,
    )
    .sees(|seen, _| fits_not(seen, "WithdrawMsgList[0]", "invalid type")),
    row(
        "103a",
        "256 KB of blanks before the object",
        || good().body(" ".repeat(256 * 1024) + &good().text()),
        TYPED,
    ),
    row(
        "103b",
        "256 KB of empty lists",
        || good().with_start(&format!("{{\"A\":[{}[]],", "[],".repeat(85 * 1024))),
        TYPED,
    ),
    row(
        "103c",
        "256 KB of unknown keys",
        || good().with_start(&format!("{{{}", "\"a\":1,".repeat(43 * 1024))),
        TYPED,
    ),
    each(
        "104",
        "what JSON allows nowhere, and pages print",
        || {
            [
                good().with_start("{ // sample\n"),
                good().with_start("{ /* */ "),
                good().replacing("111\n}", "111,\n}"),
                good().with_start("{,"),
                good().replacing("\"MsgBody\"", "MsgBody"),
                good().replacing("\"MsgBody\"", "'MsgBody'"),
            ]
            .into()
        },
        BAD_REQUEST,
    ),
    row(
        "105",
        "twelve kilobytes of escapes",
        || {
            elements(&format!(
                r#"[{{"MsgType":"TIMCustomElem","MsgContent":{{"Data":"{}"}}}}]"#,
                r#"\\\""#.repeat(3 * 1024)
            ))
        },
        TYPED,
    ),
    row("106", "twenty thousand keys for a map", || good().with_start(&many_keys()), TYPED),
    row("194", "an empty key", || good().with_start(r#"{"":1,"#), TYPED),
    row(
        "195",
        "keys that other languages trip over",
        || good().with_start(r#"{"__proto__":{"a":1},"constructor":1,"$ref":"x","@type":"y","#),
        TYPED,
    ),
    row(
        "196",
        "a key of half a megabyte",
        || good().with_start(&format!("{{\"{}\":1,", "k".repeat(500_000))),
        TYPED,
    ),
    row(
        "197",
        "a number that nothing can hold under an unknown key",
        || good().with_start(r#"{"New":1e400,"Newer":-1e-400,"#),
        TYPED,
    ),
    row(
        "198",
        "a number of half a million digits under an unknown key",
        || good().with_start(&format!("{{\"New\":{},", "7".repeat(500_000))),
        TYPED,
    ),
    each("199", "a message within relays within relays", || [2, 8, 9, 30, 200].map(relays).into(), TYPED),
    row(
        "200",
        "an object among blanks of every sort",
        || good().body(good().text().replace('\n', "\r\n\t ")),
        TYPED,
    ),
    row(
        "201",
        "blanks that JSON does not have",
        || good().body(good().text().replace('\n', "\u{a0}")),
        BAD_REQUEST,
    ),
    row(
        "202",
        "the whole object as a text",
        || good().body(Value::from(good().text()).to_string()),
        BAD_REQUEST,
    ),
    row(
        "203",
        "a form",
        || good().body("CallbackCommand=OfficialAccount.CallbackBeforeSendMsg&MsgBody=[]"),
        BAD_REQUEST,
    ),
    row(
        "204",
        "XML",
        || {
            good().body(
                "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
            )
        },
        BAD_REQUEST,
    ),
];

fn bodies(texts: &[&'static str]) -> Vec<Sample> {
    texts.iter().map(|text| good().body(*text)).collect()
}

/// The good message with another text, raw.
fn text(raw: &str) -> Sample {
    good().replacing("The autumn issue is here", raw)
}

fn event_time(raw: &str) -> Sample {
    good().replacing("1761000000111", raw)
}

/// The good message with other elements.
fn elements(list: &str) -> Sample {
    let text = good().text();
    let start = text.find("\"MsgBody\": [").expect("a message");
    let end = text.find("],\n  \"CloudCustomData\"").expect("its end");
    good().body(format!("{}\"MsgBody\": {list}{}", &text[..start], &text[end + 1..]))
}

fn with_bytes(bytes: &[u8]) -> Sample {
    let text = good().text();
    let (head, tail) = text.split_once("autumn").expect("the text");
    good().body([head.as_bytes(), bytes, tail.as_bytes()].concat())
}

fn in_wide_characters() -> Vec<Sample> {
    let whole = good().text();
    let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf32: Vec<u8> = whole.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    vec![good().body(utf16), good().body(utf32)]
}

fn halves(sample: fn(&str) -> Sample) -> Vec<Sample> {
    [r"\ud83d", r"\udE00", r"\uD800x\uDBFF", r"\ud83d\ud83d\ude00"].map(sample).into()
}

fn content_first(text: &str) -> Sample {
    elements(&format!(r#"[{{"MsgContent":{{"Text":"{text}"}},"MsgType":"TIMTextElem"}}]"#))
}

fn marks() -> String {
    format!("e{}", "\u{301}".repeat(10_000))
}

fn deep(close: &str) -> Sample {
    let (open, close) = ("[".repeat(100_000), close.repeat(100_000));
    good().with_start(&format!("{{\"Deep\":{open}{close},"))
}

fn nested() -> String {
    format!("{}1{}", "{\"a\":".repeat(129), "}".repeat(129))
}

fn relays(depth: usize) -> Sample {
    let open = r#"{"MsgType":"TIMRelayElem","MsgContent":{"MsgList":[{"MsgBody":["#.repeat(depth);
    elements(&format!("[{open}7{}]", "]}]}}".repeat(depth)))
}

fn many_keys() -> String {
    (0..20_000).fold("{".to_owned(), |keys, at| format!("{keys}\"k{at:x}\":1,"))
}

fn unknown_elements() -> [&'static str; 5] {
    [
        r#"{"MsgType":"TIMFutureElem","MsgContent":{"a":[1.50,{}]}}"#,
        r#"{"MsgType":"TIMFutureElem"}"#,
        r#"{"MsgType":"TIMFutureElem","MsgContent":null}"#,
        r#"{"MsgType":"TIMFutureElem","MsgContent":"text"}"#,
        r#"{"MsgContent":{"a":1},"MsgType":"TIMFutureElem"}"#,
    ]
}

/// Behind a good element, each of these.
fn malformed(raw: &[&str]) -> Vec<Sample> {
    let good = r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":"good"}}"#;
    raw.iter().map(|raw| elements(&format!("[{good},{raw}]"))).collect()
}

fn is_malformed(seen: &Seen, msg_type: Option<&str>) {
    let body = &message(seen).msg_body;
    assert!(body.texts().eq(["good"]), "{body:?}");
    assert!(matches!(&body[1], MsgElement::Malformed(_)), "{body:?}");
    assert_eq!(body[1].msg_type(), msg_type);
}

fn message(seen: &Seen) -> &BeforeSendMsg {
    match &seen.event {
        Event::OfficialAccountBeforeSendMsg(event) => event,
        other => panic!("{other:?}"),
    }
}

fn says(seen: &Seen, text: &str) {
    assert!(message(seen).msg_body.texts().eq([text]));
    assert!(!seen.context.is_lossy());
}

fn is_lossy(seen: &Seen, sample: &Sample) {
    assert!(seen.context.is_lossy());
    assert_eq!(seen.context.raw(), &sample.body.clone().whole());
}

fn is_repaired(seen: &Seen, sample: &Sample) {
    is_lossy(seen, sample);
    let text = message(seen).msg_body.texts().next().expect("a text");
    assert!(
        text.starts_with("The ") && text.contains('\u{fffd}') && text.ends_with(" issue is here"),
        "{text}"
    );
}

fn time(seen: &Seen) -> (Option<UnixMillis>, bool) {
    (message(seen).event_time, seen.context.is_lossy())
}

fn cause(seen: &Seen) -> String {
    match &seen.event {
        Event::Unknown(event) => event.cause().expect("a cause").to_string(),
        other => panic!("{other:?}"),
    }
}

fn fits_not(seen: &Seen, path: &str, message: &str) {
    let Event::Unknown(event) = &seen.event else { panic!("{seen:?}") };
    let cause = event.cause().expect("a cause");
    assert_eq!(cause.path(), path);
    assert!(cause.message().contains(message), "{cause}");
    assert_eq!(event.raw(), seen.context.raw());
}
