//! Bodies, up to any size.

use tencent_im_webhook::Command;

use crate::growth::family::{Family, Fate, Sort, filled, nested, numbered};

/// What the platform may send.
pub(super) static VALID: &[Family] = &[
    valid("one long text", |size| text(size, "see you at noon, ")),
    valid("one long Chinese text", |size| text(size, "今天的课程安排")),
    valid("one long text with line breaks", |size| text(size, r"see you\n")),
    valid("elements of four kinds", |size| elements(size, ELEMENTS)),
    valid("elements of four kinds, content first", |size| elements(size, SORTED)),
    valid("texts of nothing", |size| {
        elements(size, r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":""}},"#)
    }),
    valid("faces", |size| elements(size, r#"{"MsgType":"TIMFaceElem","MsgContent":{"Index":0}},"#)),
    valid("faces, content first", |size| {
        elements(size, r#"{"MsgContent":{"Index":0},"MsgType":"TIMFaceElem"},"#)
    }),
    valid("messages forwarded as one, content first", |size| elements(size, FORWARDED)),
    valid("forwarded messages forwarded again, content first", |size| {
        elements(
            size,
            &FORWARDED.replace(
                r#"{"MsgContent":{"Text":"on my way"},"MsgType":"TIMTextElem"}"#,
                FORWARDED.trim_end_matches(','),
            ),
        )
    }),
    Family {
        name: "members",
        sort: Sort::Valid,
        fate: Fate::Typed,
        command: Command::GroupAfterNewMemberJoin,
        make: |size| {
            let head = r#"{"CallbackCommand":"Group.CallbackAfterNewMemberJoin","GroupId":"@TGS#1","Type":"Public","JoinType":"Invited","Operator_Account":"linh","NewMemberList":["#;
            filled(size, head, r#"{"Member_Account":"rosa"},"#, r#"{"Member_Account":"rosa"}]}"#)
        },
    },
];

/// What somebody makes up who has the token, or a user's client can bring about.
pub(super) static HOSTILE: &[Family] = &[
    // Strings.
    hostile("a text of escaped quotes", Fate::Typed, |size| text(size, r#"\""#)),
    hostile("a text of backslashes", Fate::Typed, |size| text(size, r"\\")),
    hostile(r"a text of \u4eca", Fate::Typed, |size| text(size, r"\u4eca")),
    hostile("a text of surrogate pairs", Fate::Typed, |size| text(size, r"\ud83d\ude00")),
    hostile("a text of surrogate halves", Fate::Lossy, |size| text(size, r"\ud83d")),
    hostile("a text of halves between letters", Fate::Lossy, |size| text(size, r"a\ude00")),
    hostile("a text of no UTF-8", Fate::Lossy, |size| broken(text(size, "\u{7f}"))),
    hostile("a text of no UTF-8 between letters", Fate::Lossy, |size| broken(text(size, "a\u{7f}"))),
    hostile("a text of control characters", Fate::Refused, |size| text(size, "\u{1}")),
    hostile("a text that never ends", Fate::Refused, |size| message(size, TEXT, "a", "")),
    // Numbers.
    hostile("digits", Fate::Typed, |size| beside(size, r#""New":1"#, "7", ",")),
    hostile("digits for a time", Fate::Lossy, |size| beside(size, r#""EventTime":1"#, "7", ",")),
    hostile("digits for a coordinate", Fate::Typed, |size| {
        message(
            size,
            r#"{"MsgType":"TIMLocationElem","MsgContent":{"Desc":"","Latitude":1."#,
            "7",
            r#","Longitude":1}}"#,
        )
    }),
    hostile("numbers", Fate::Typed, |size| beside(size, r#""New":["#, "1,", "1],")),
    hostile("numbers with exponents", Fate::Typed, |size| beside(size, r#""New":["#, "-1.5e300,", "1],")),
    // Keys.
    hostile("one long key", Fate::Typed, |size| beside(size, "\"", "k", "\":1,")),
    hostile("one long key of escapes", Fate::Typed, |size| beside(size, "\"", r"\n", "\":1,")),
    hostile("keys of one name", Fate::Typed, |size| beside(size, "", r#""a":1,"#, "")),
    hostile("keys of no name", Fate::Typed, |size| beside(size, "", r#""":1,"#, "")),
    hostile("keys of many names", Fate::Typed, |size| {
        numbered(size, START, |at| format!(r#""k{at:x}":1,"#), r#""MsgBody":[]}"#)
    }),
    hostile("keys of escapes", Fate::Typed, |size| beside(size, "", r#""\u0061":1,"#, "")),
    hostile("a known key again and again", Fate::Unknown, |size| beside(size, "", r#""EventTime":1,"#, "")),
    hostile("keys of many names in a content", Fate::Typed, |size| {
        let head = format!(r#"{START}"MsgBody":[{{"MsgType":"TIMTextElem","MsgContent":{{"Text":"""#);
        numbered(size, &head, |at| format!(r#","a-long-key-{at:x}":1"#), "}}]}")
    }),
    hostile("keys of one name in a content", Fate::Typed, |size| {
        message(size, r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":"""#, r#","":1"#, "}}")
    }),
    hostile("keys beside a content", Fate::Typed, |size| {
        message(size, r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":""}"#, r#","":1"#, "}")
    }),
    // Depth.
    hostile("lists in lists", Fate::Typed, |size| deep(size, ["[", "", "]"])),
    hostile("objects in objects", Fate::Typed, |size| deep(size, [r#"{"":"#, "1", "}"])),
    hostile("lists in lists that never end", Fate::Refused, |size| filled(size, START, "[", "")),
    hostile("objects in objects that never end", Fate::Refused, |size| {
        filled(size, r#"{"":"#, r#"{"":"#, "")
    }),
    hostile("lists in lists for a content", Fate::Typed, |size| {
        let head = format!(r#"{START}"MsgBody":[{{"MsgType":"TIMFutureElem","MsgContent":"#);
        nested(size, &head, ["[", "", "]"], "}]}")
    }),
    hostile("lists in lists for a text", Fate::Typed, |size| {
        let head = format!(r#"{START}"MsgBody":[{{"MsgType":"TIMTextElem","MsgContent":{{"Text":"#);
        nested(size, &head, ["[", "", "]"], "}}]}")
    }),
    // Elements.
    hostile("numbers for elements", Fate::Unknown, |size| elements(size, "7,")),
    hostile("empty objects for elements", Fate::Unknown, |size| elements(size, "{},")),
    hostile("elements of an unknown type", Fate::Typed, |size| {
        elements(size, r#"{"MsgType":"T","MsgContent":{}},"#)
    }),
    hostile("elements that do not fit their type", Fate::Typed, |size| {
        elements(size, r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":5}},"#)
    }),
    hostile("elements that do not fit, content first", Fate::Typed, |size| {
        elements(size, r#"{"MsgContent":{"Text":5},"MsgType":"TIMTextElem"},"#)
    }),
    hostile("valid elements before one that does not fit", Fate::Typed, |size| {
        message(size, "", ELEMENTS, "7")
    }),
    hostile("a large content before its type", Fate::Typed, |size| {
        message(size, r#"{"MsgContent":{"Text":""#, "a", r#""},"MsgType":"TIMTextElem"}"#)
    }),
    hostile("a large content of many keys before its type", Fate::Typed, |size| {
        message(size, r#"{"MsgContent":{"Text":"""#, r#","":1"#, r#"},"MsgType":"TIMTextElem"}"#)
    }),
    // Relays.
    hostile("relays of nothing", Fate::Unknown, |size| {
        elements(size, r#"{"MsgType":"TIMRelayElem","MsgContent":{"MsgList":[{"MsgBody":[]}]}},"#)
    }),
    hostile("relays in relays", Fate::Unknown, |size| elements(size, &relays(TYPE_FIRST, LEVELS, "7"))),
    hostile("relays in relays, content first", Fate::Unknown, |size| {
        elements(size, &relays(CONTENT_FIRST, LEVELS, "7"))
    }),
    hostile("relays in relays, deeper than they may be", Fate::Typed, |size| {
        elements(size, &relays(CONTENT_FIRST, 4 * LEVELS, "7"))
    }),
    hostile("relays in relays around elements", Fate::Typed, |size| around(size, TYPE_FIRST, ELEMENTS)),
    hostile("relays in relays around elements, content first", Fate::Typed, |size| {
        around(size, CONTENT_FIRST, SORTED)
    }),
    hostile("relays in relays around numbers, content first", Fate::Unknown, |size| {
        around(size, CONTENT_FIRST, "7,")
    }),
    // The whole body.
    hostile("blanks before the object", Fate::Typed, |size| {
        filled(size, "", " ", &format!(r#"{START}"MsgBody":[]}}"#))
    }),
    hostile("blanks behind the object", Fate::Typed, |size| {
        filled(size, &format!(r#"{START}"MsgBody":[]}}"#), "\n", "")
    }),
    hostile("blanks between everything", Fate::Typed, |size| beside(size, r#""New":["#, "1 , ", "1],")),
    hostile("nothing but blanks", Fate::Refused, |size| filled(size, "", " ", "")),
    hostile("elements, cut off", Fate::Refused, |size| {
        filled(size, &format!(r#"{START}"MsgBody":["#), ELEMENTS, LAST)
    }),
    hostile("elements, without the account", Fate::Unknown, |size| {
        filled(size, r#"{"MsgBody":["#, ELEMENTS, &format!("{LAST}]}}"))
    }),
    hostile("elements, then another command", Fate::Refused, |size| {
        filled(
            size,
            r#"{"Official_Account":"","MsgBody":["#,
            ELEMENTS,
            r#"7],"CallbackCommand":"State.StateChange"}"#,
        )
    }),
    Family {
        name: "members that do not fit",
        sort: Sort::Hostile,
        fate: Fate::Unknown,
        command: Command::GroupAfterNewMemberJoin,
        make: |size| {
            let head = r#"{"GroupId":"@TGS#1","Type":"Public","JoinType":"Invited","Operator_Account":"linh","NewMemberList":["#;
            filled(size, head, r#"{"Member_Account":""},"#, "[]]}")
        },
    },
];

const fn valid(name: &'static str, make: fn(usize) -> Vec<u8>) -> Family {
    Family {
        name,
        sort: Sort::Valid,
        fate: Fate::Typed,
        command: Command::OfficialAccountBeforeSendMsg,
        make,
    }
}

const fn hostile(name: &'static str, fate: Fate, make: fn(usize) -> Vec<u8>) -> Family {
    Family { name, sort: Sort::Hostile, fate, command: Command::OfficialAccountBeforeSendMsg, make }
}

/// A message whose first keys are these.
fn beside(size: usize, head: &str, unit: &str, tail: &str) -> Vec<u8> {
    filled(size, &format!("{START}{head}"), unit, &format!(r#"{tail}"MsgBody":[]}}"#))
}

/// The same with one key that holds something deep.
fn deep(size: usize, levels: [&str; 3]) -> Vec<u8> {
    nested(size, &format!(r#"{START}"New":"#), levels, r#","MsgBody":[]}"#)
}

/// A message of these elements.
fn message(size: usize, head: &str, unit: &str, tail: &str) -> Vec<u8> {
    filled(size, &format!(r#"{START}"MsgBody":[{head}"#), unit, &format!("{tail}]}}"))
}

/// A message of an element again and again, each followed by a comma, and a text at the end.
fn elements(size: usize, unit: &str) -> Vec<u8> {
    message(size, "", unit, LAST)
}

fn text(size: usize, unit: &str) -> Vec<u8> {
    message(size, TEXT, unit, r#""}}"#)
}

/// Every DEL becomes a byte that UTF-8 does not have.
fn broken(mut body: Vec<u8>) -> Vec<u8> {
    body.iter_mut().filter(|byte| **byte == 0x7f).for_each(|byte| *byte = 0xff);
    body
}

/// A relay within a relay … around something, and a comma.
fn relays([open, close]: [&str; 2], levels: usize, inner: &str) -> String {
    format!("{}{inner}{},", open.repeat(levels), close.repeat(levels))
}

/// As many levels of relays as are decoded, around elements.
fn around(size: usize, [open, close]: [&str; 2], unit: &str) -> Vec<u8> {
    message(size, &open.repeat(LEVELS), unit, &format!("{LAST}{}", close.repeat(LEVELS)))
}

/// How deep relays are decoded.
const LEVELS: usize = 8;

const TYPE_FIRST: [&str; 2] = [r#"{"MsgType":"TIMRelayElem","MsgContent":{"MsgList":[{"MsgBody":["#, "]}]}}"];
const CONTENT_FIRST: [&str; 2] =
    [r#"{"MsgContent":{"MsgList":[{"MsgBody":["#, r#"]}]},"MsgType":"TIMRelayElem"}"#];

const START: &str =
    r#"{"CallbackCommand":"OfficialAccount.CallbackBeforeSendMsg","Official_Account":"@TOA#_weekly","#;
const TEXT: &str = r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":""#;
const LAST: &str = r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":""}}"#;

const ELEMENTS: &str = r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":"see you at noon"}},{"MsgType":"TIMFaceElem","MsgContent":{"Data":"smile","Index":6}},{"MsgType":"TIMCustomElem","MsgContent":{"Data":"poll=7","Desc":"a poll","Ext":"","Sound":""}},{"MsgType":"TIMLocationElem","MsgContent":{"Desc":"the library","Latitude":29.34,"Longitude":106.57}},"#;
const SORTED: &str = r#"{"MsgContent":{"Text":"see you at noon"},"MsgType":"TIMTextElem"},{"MsgContent":{"Data":"smile","Index":6},"MsgType":"TIMFaceElem"},{"MsgContent":{"Data":"poll=7","Desc":"a poll","Ext":"","Sound":""},"MsgType":"TIMCustomElem"},{"MsgContent":{"Desc":"the library","Latitude":29.34,"Longitude":106.57},"MsgType":"TIMLocationElem"},"#;
const FORWARDED: &str = r#"{"MsgContent":{"AbstractList":["nadia: at noon?","jonas: on my way"],"CompatibleText":"a newer app shows it","MsgList":[{"From_Account":"nadia","GroupId":"@TGS#2","MsgBody":[{"MsgContent":{"Text":"at noon?"},"MsgType":"TIMTextElem"}],"MsgRandom":81234567,"MsgSeq":41,"MsgTimeStamp":1735707600},{"From_Account":"jonas","GroupId":"@TGS#2","MsgBody":[{"MsgContent":{"Text":"on my way"},"MsgType":"TIMTextElem"}],"MsgRandom":7654321,"MsgSeq":42,"MsgTimeStamp":1735707660}],"MsgNum":2,"Title":"Lunch"},"MsgType":"TIMRelayElem"},"#;
