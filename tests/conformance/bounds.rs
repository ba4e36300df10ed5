//! What a hostile body may cost: heap in proportion to its size, at any depth and in any list.

use bytes::Bytes;
use serde_json::Value;
use tencent_im_webhook::{Command, Event};
use tencent_im_webhook_testing::{fixture, fixtures};

use crate::decode;
use crate::json::{Place, places};

/// The largest body that a receiver takes by default.
const LIMIT: usize = 1 << 20;

/// Bytes of heap for a byte of body. Elements of a message take most: two bytes of body can make one.
pub(crate) const HEAP_PER_BYTE: u64 = 60;

#[test]
fn lists_of_the_smallest_entries_take_heap_in_proportion() {
    for (name, list, entry) in [
        ("C2C.CallbackBeforeSendMsg", "MsgBody", "7"),
        ("C2C.CallbackBeforeSendMsg", "MsgBody", r#"{"MsgType":""}"#),
        ("Group.CallbackBeforeSendMsg", "MsgBody", r#"{"MsgType":"TIMCustomElem","MsgContent":{}}"#),
        (
            "Group.CallbackAfterSendMsg",
            "MsgBody",
            r#"{"MsgType":"TIMRelayElem","MsgContent":{"MsgList":[{"MsgBody":[]}]}}"#,
        ),
        ("Group.CallbackAfterSendMsg", "GroupAtInfo", r#"{"GroupAtAllFlag":1}"#),
        ("Group.CallbackBeforeCreateGroup", "MemberList", r#"{"Member_Account":""}"#),
        ("Mic.CallbackAfterSeatInfoChanged", "SeatList", r#"{"Index":1}"#),
        ("Follow.CallbackAfterFollowDelete", "To_Account", "1"),
        ("Live.CallbackAfterDelMetadata", "Keys", "\"\""),
        ("Member.EventNotify", "ClientInfo", r#"{"ClientType":""}"#),
        ("Group.CallbackAfterTopicDestroyed", "TopicIdList", "\"\""),
    ] {
        let entries = LIMIT / (entry.len() + 1) - 1000;
        let long = format!("[{entry}{}]", format!(",{entry}").repeat(entries));
        let body = with(name, list, &long);
        let size = body.len() as u64;
        let (heap, is_typed) = heap_of(name, body);
        println!("{name} {list}: {} bytes of heap for a byte of body", heap / size);
        assert!(heap <= HEAP_PER_BYTE * size && is_typed, "{name} {list}: {heap}, {is_typed}");
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
    for depth in [2, 8, 9, 30] {
        let open = r#"{"MsgType":"TIMRelayElem","MsgContent":{"MsgList":[{"MsgBody":["#.repeat(depth);
        let close = "]}]}}".repeat(depth);
        let room = (LIMIT - open.len() - close.len()) / 2 - 1000;
        let body =
            with("C2C.CallbackBeforeSendMsg", "MsgBody", &format!("[{open}7{}{close}]", ",7".repeat(room)));
        let size = body.len() as u64;
        let (heap, is_typed) = heap_of("C2C.CallbackBeforeSendMsg", body);
        println!("{depth} relays deep: {} bytes of heap for a byte of body", heap / size);
        assert!(heap <= HEAP_PER_BYTE * size && is_typed, "{depth}: {heap}, {is_typed}");
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

/// The command's documented body with other raw text at a key of the outer object.
fn with(name: &str, key: &str, raw: &str) -> String {
    let document: Value = serde_json::from_str(fixture(&Command::from(name)).unwrap().body()).unwrap();
    let found = places(&document).into_iter().find(|(place, _)| place.name() == key);
    found.unwrap().0.spliced_into(&document, raw)
}
