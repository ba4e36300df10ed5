//! What a hostile body may cost: heap in proportion to its size, at any depth and in any list.

use bytes::Bytes;
use serde_json::Value;
use tencent_im_webhook::{Command, Event};
use tencent_im_webhook_testing::{fixture, fixtures};

use crate::decode;
use crate::json::{Place, places};

/// The largest body that a receiver takes by default.
const LIMIT: usize = 1 << 20;

/// Bytes of heap for a byte of body, and for any body.
pub(crate) const HEAP_PER_BYTE: u64 = 6;
pub(crate) const HEAP: u64 = 4 * 1024;

/// What would take more is not typed: two bytes could become an entry of eighty.
#[test]
fn lists_of_the_smallest_entries_take_heap_in_proportion() {
    for (name, list, entry, fits) in [
        ("C2C.CallbackBeforeSendMsg", "MsgBody", "7", false),
        ("C2C.CallbackBeforeSendMsg", "MsgBody", r#"{"MsgType":""}"#, false),
        ("Group.CallbackBeforeSendMsg", "MsgBody", r#"{"MsgType":"TIMCustomElem","MsgContent":{}}"#, true),
        (
            "Group.CallbackBeforeSendMsg",
            "MsgBody",
            r#"{"MsgType":"TIMVideoFileElem","MsgContent":{}}"#,
            false,
        ),
        ("Group.CallbackBeforeSendMsg", "MsgBody", r#"{"MsgType":"T","":0,"":0}"#, false),
        (
            "Group.CallbackAfterSendMsg",
            "MsgBody",
            r#"{"MsgType":"TIMRelayElem","MsgContent":{"MsgList":[{"MsgBody":[]}]}}"#,
            false,
        ),
        ("Group.CallbackAfterSendMsg", "GroupAtInfo", r#"{"GroupAtAllFlag":1}"#, true),
        ("Group.CallbackBeforeCreateGroup", "MemberList", r#"{"Member_Account":""}"#, true),
        ("Mic.CallbackAfterSeatInfoChanged", "SeatList", r#"{"Index":1}"#, false),
        ("Follow.CallbackAfterFollowDelete", "To_Account", "1", false),
        ("Live.CallbackAfterDelMetadata", "Keys", "\"\"", false),
        ("Member.EventNotify", "ClientInfo", r#"{"ClientType":""}"#, true),
        ("Group.CallbackAfterTopicDestroyed", "TopicIdList", "\"\"", false),
        ("Profile.CallbackPortraitSet", "ProfileItem", r#"{"Tag":"","Value":""}"#, true),
    ] {
        let (heap, size, is_typed) = heap_of_entries(name, list, entry, LIMIT);
        println!("{name} {list}: {} bytes of heap for a byte of body", heap / size);
        assert!(heap <= HEAP_PER_BYTE * size + HEAP, "{name} {list}: {heap}");
        assert_eq!(is_typed, fits, "{name} {list} {entry}");
        // A list that grows has its old place beside the new one for a while.
        for part in 8..16 {
            let (heap, size, _) = heap_of_entries(name, list, entry, LIMIT / 160 * part);
            assert!(heap <= HEAP_PER_BYTE * size + HEAP, "{name} {list}: {heap} for {size}");
        }
    }
}

#[test]
fn objects_of_the_smallest_entries_take_heap_in_proportion() {
    for (name, key) in
        [("Chatbot.InterfaceInvocation", "Body"), ("Group.CallbackBeforeCreateGroup", "CreateGroupNum")]
    {
        for same in [true, false] {
            let entry = |number: usize| match same {
                true => r#""":0"#.to_owned(),
                false => format!("\"{number:x}\":0"),
            };
            let entries: Vec<String> = (0..100_000).map(entry).collect();
            let body = with(name, key, &format!("{{{}}}", entries.join(",")));
            let size = body.len() as u64;
            let (heap, _) = heap_of(name, body);
            assert!(heap <= HEAP_PER_BYTE * size + HEAP, "{name} {key}: {heap} for {size}");
        }
    }
}

#[test]
fn what_there_is_no_room_for_makes_the_whole_body_unknown() {
    let text = r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":"a \u0062ad word"}}"#;
    for junk in [r#"{"MsgType":"T","":0,"":0}"#, "7"] {
        for entries in 0..400 {
            let list = format!("[{}{text}]", format!("{junk},").repeat(entries));
            let call = decode(Command::C2cBeforeSendMsg, with("C2C.CallbackBeforeSendMsg", "MsgBody", &list));
            match call.event {
                Event::C2cBeforeSendMsg(message) => assert_eq!(message.msg_body.all_texts(), ["a bad word"]),
                Event::Unknown(event) => assert!(event.cause().unwrap().message().contains("memory")),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn short_entries_in_the_numbers_that_an_app_sees_are_typed() {
    let forwarded = r#"{"From_Account":"a","MsgTimeStamp":1,"MsgBody":[
        {"MsgType":"TIMTextElem","MsgContent":{"Text":"k"}}]}"#;
    for (name, list, entry, total) in [
        ("Follow.CallbackAfterFollowDelete", "To_Account", "\"a1\"", 500 * 5),
        ("Follow.CallbackAfterFollowDelete", "To_Account", "\"user_1\"", LIMIT),
        ("Mic.CallbackAfterSeatInfoChanged", "SeatList", r#"{"Index":1}"#, 50 * 12),
        (
            "C2C.CallbackBeforeSendMsg",
            "MsgBody",
            r#"{"MsgType":"TIMFaceElem","MsgContent":{"Index":1}}"#,
            LIMIT,
        ),
        (
            "C2C.CallbackBeforeSendMsg",
            "MsgBody",
            r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":""}}"#,
            LIMIT,
        ),
        (
            "C2C.CallbackBeforeSendMsg",
            "MsgBody",
            &format!(r#"{{"MsgType":"TIMRelayElem","MsgContent":{{"MsgList":[{forwarded},{forwarded}]}}}}"#),
            LIMIT,
        ),
        (
            "C2C.CallbackBeforeSendMsg",
            "MsgBody",
            &format!(
                r#"{{"MsgType":"TIMRelayElem","MsgContent":{{"MsgList":[{forwarded}{}]}}}}"#,
                format!(",{forwarded}").repeat(299),
            ),
            LIMIT,
        ),
    ] {
        let (heap, size, is_typed) = heap_of_entries(name, list, entry, total);
        assert!(is_typed, "{name} {list} {entry}: {heap} for {size}");
    }
}

#[test]
fn a_value_of_any_depth_is_decoded_wherever_it_stands() {
    for fixture in fixtures().iter().filter(|fixture| fixture.quirk().is_none()) {
        let document: Value = serde_json::from_str(fixture.body()).unwrap();
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"MsgBody\":", "}]")] {
            let deep = format!("{}1{}", open.repeat(200), close.repeat(200));
            let places: Vec<Place> = places(&document).into_iter().map(|(place, _)| place).collect();
            for place in places.iter().filter(|place| place.key().is_some()) {
                let call = decode(fixture.command(), place.spliced_into(&document, &deep));
                assert_eq!(call.event.command(), Some(&fixture.command()), "{}", place.name());
                assert!(serde_json::to_string(&call.event).is_ok(), "{}", place.name());
            }
        }
    }
}

#[test]
fn nested_relays_take_heap_in_proportion_too() {
    // What nests deeper than messages may is kept raw.
    for (depth, fits) in [(2, false), (8, false), (9, true), (30, true)] {
        let open = r#"{"MsgType":"TIMRelayElem","MsgContent":{"MsgList":[{"MsgBody":["#.repeat(depth);
        let close = "]}]}}".repeat(depth);
        let room = (LIMIT - open.len() - close.len()) / 2 - 1000;
        let body =
            with("C2C.CallbackBeforeSendMsg", "MsgBody", &format!("[{open}7{}{close}]", ",7".repeat(room)));
        let size = body.len() as u64;
        let (heap, is_typed) = heap_of("C2C.CallbackBeforeSendMsg", body);
        println!("{depth} relays deep: {} bytes of heap for a byte of body", heap / size);
        assert!(heap <= HEAP_PER_BYTE * size + HEAP, "{depth}: {heap}");
        assert_eq!(is_typed, fits, "{depth}");
    }
}

#[test]
fn a_key_given_a_hundred_thousand_times_costs_no_more_than_its_text() {
    for key in ["EventTime", "MsgBody", "CallbackCommand", "Key_To_Come"] {
        let text = fixture(&Command::C2cBeforeSendMsg).unwrap().body();
        let again = format!("\"{key}\":[],").repeat(LIMIT / (key.len() + 6) - 1000);
        let body = text.replacen('{', &format!("{{{again}"), 1);
        let size = body.len() as u64;
        let (heap, is_typed) = heap_of("C2C.CallbackBeforeSendMsg", body);
        assert!(heap <= 2 * size, "{key}: {heap}");
        assert_eq!(is_typed, key == "Key_To_Come", "{key}");
    }
}

/// The most heap that decoding takes, and whether the event is typed.
fn heap_of(name: &str, body: String) -> (u64, bool) {
    let body = Bytes::from(body);
    let mut is_typed = false;
    let heap = allocation_counter::measure(|| {
        let call = decode(Command::from(name), body);
        is_typed = !matches!(call.event, Event::Unknown(_));
    });
    (heap.bytes_max, is_typed)
}

/// The heap that a list of so many bytes takes, the size of its body, and whether the event is typed.
fn heap_of_entries(name: &str, list: &str, entry: &str, total: usize) -> (u64, u64, bool) {
    let entries = (total / (entry.len() + 1)).saturating_sub(if total == LIMIT { 1000 } else { 1 });
    let body = with(name, list, &format!("[{entry}{}]", format!(",{entry}").repeat(entries)));
    let size = body.len() as u64;
    let (heap, is_typed) = heap_of(name, body);
    (heap, size, is_typed)
}

/// The command's documented body with other raw text at a key of the outer object.
fn with(name: &str, key: &str, raw: &str) -> String {
    let document: Value = serde_json::from_str(fixture(&Command::from(name)).unwrap().body()).unwrap();
    let found = places(&document).into_iter().find(|(place, _)| place.name() == key);
    found.unwrap().0.spliced_into(&document, raw)
}
