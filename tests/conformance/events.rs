//! The documented bodies, typed.

use std::sync::Arc;

use serde_json::{Value, json};
use tencent_im_webhook::event::{group, official_account};
use tencent_im_webhook::message::CustomElem;
use tencent_im_webhook::{Command, Event, MsgBody, MsgElement, UnixMillis, UnixSeconds};
use tencent_im_webhook_testing::{fixtures, payload};

use crate::decode;

#[test]
fn an_official_account_message_has_every_field() {
    let event: official_account::BeforeSendMsg = payload();
    assert_eq!(event.official_account, "@TOA#_gazette");
    assert_eq!(event.online_only_flag, Some(false));
    assert!(event.msg_body.texts().eq(["The autumn issue is here"]));
    assert_eq!(event.cloud_custom_data.as_deref(), Some("issue=autumn"));
    assert_eq!(event.event_time, Some(UnixMillis(1_761_000_000_111)));

    let event: official_account::AfterSendMsg = payload();
    assert_eq!(event.msg_key, "27_4_1761000001");
    assert_eq!(event.msg_time, UnixSeconds(1_761_000_001));
    assert_eq!(event.online_only_flag, Some(true));

    let event: official_account::AfterMsgWithdraw = payload();
    let keys: Vec<&str> = event.withdraw_msg_list.iter().map(|message| message.msg_key.as_str()).collect();
    assert_eq!(keys, ["27_4_1761000001", "28_4_1761000050"]);
}

#[test]
fn a_group_message_has_every_field() {
    let event: group::AfterSendMsg = payload();
    assert_eq!(event.group_id, "@TGS#_orchard");
    assert_eq!(event.group_type, group::GroupType::Community);
    assert_eq!((event.from_account.as_str(), event.operator_account.as_str()), ("ines", "administrator"));
    assert_eq!(event.random, 4_123_456_789, "more than 31 bits");
    assert_eq!(event.msg_id.as_ref().unwrap(), &"144115200000000321-1761010000-4123456789");
    assert_eq!((event.msg_seq, event.msg_time), (88, UnixSeconds(1_761_010_000)));
    assert_eq!(event.topic().unwrap(), &"@TGS#_orchard@TOPIC#_harvest");
    let at = &event.group_at_info;
    assert!(at[0].group_at_all_flag && at[0].group_at_account.is_none());
    assert!(!at[1].group_at_all_flag && at[1].group_at_account.as_ref().unwrap() == "jon");
}

#[test]
fn quirks_of_groups_decode_to_the_same_type() {
    let quirk = |name: &str| {
        let fixture = fixtures()
            .iter()
            .find(|fixture| fixture.quirk() == Some(name) && fixture.command() == Command::GroupAfterSendMsg);
        let call = decode(Command::GroupAfterSendMsg, fixture.unwrap().body());
        assert!(!call.context.is_lossy());
        group::AfterSendMsg::try_from(call.event).unwrap()
    };
    assert_eq!(quirk("event-time-as-string").event_time, Some(UnixMillis(1_761_010_100_555)));
    let live = quirk("live-room");
    assert_eq!((live.group_type, live.online_only_flag), (group::GroupType::Live, None));
    let sorted = quirk("sorted-keys");
    assert!(sorted.msg_body.texts().eq(["content before type"]));
    assert_eq!(sorted.random, 74_363_827_834_904, "more than 32 bits");
    assert!(sorted.topic().is_none() && sorted.event_time.is_none() && sorted.cloud_custom_data.is_none());
}

#[test]
fn every_fixture_decodes_and_serializes_back() {
    for fixture in fixtures() {
        let call = decode(fixture.command(), fixture.body());
        assert!(!matches!(call.event, Event::Unknown(_)), "{}: {:?}", fixture.name(), call.event);
        assert!(!call.context.is_lossy(), "{}", fixture.name());
        assert_eq!(call.event.command(), Some(&fixture.command()), "{}", fixture.name());
        let written = serde_json::to_string(&call.event).unwrap();
        if fixture.quirk().is_none() {
            let read: Value = serde_json::from_str(fixture.body()).unwrap();
            let mut written: Value = serde_json::from_str(&written).unwrap();
            if read.get("CallbackCommand").is_none() {
                written.as_object_mut().unwrap().remove("CallbackCommand");
            }
            assert_eq!(written, read, "{}", fixture.name());
        }
        assert_eq!(decode(fixture.command(), written).event, call.event, "{}", fixture.name());
    }
}

/// Every documented element with every documented key.
pub(crate) fn elements() -> Value {
    json!([
        {"MsgType": "TIMTextElem", "MsgContent": {"Text": "good evening"}},
        {"MsgType": "TIMFaceElem", "MsgContent": {"Index": 3, "Data": "nod\u{0}\u{1}"}},
        {"MsgType": "TIMLocationElem", "MsgContent": {"Desc": "the pier", "Latitude": 55.6761, "Longitude": 12}},
        {"MsgType": "TIMCustomElem", "MsgContent": {"Data": "{\"k\":1}", "Desc": "a call", "Ext": "{}", "Sound": "bell.aiff"}},
        {"MsgType": "TIMSoundElem", "MsgContent": {"Url": "https://media.example.com/s", "UUID": "s", "Size": 901, "Second": 4, "Download_Flag": 2}},
        {"MsgType": "TIMImageElem", "MsgContent": {"UUID": "p", "ImageFormat": 255, "ImageInfoArray": [
            {"Type": 1, "Size": 7, "Width": 8, "Height": 9, "URL": "https://media.example.com/p"},
            {"Type": 3, "Size": 0, "Width": 0, "Height": 0, "URL": ""},
        ]}},
        {"MsgType": "TIMFileElem", "MsgContent": {"Url": "https://media.example.com/f", "UUID": "f", "FileSize": 6_000_000_000_u64, "FileName": "plan.pdf", "Download_Flag": 2}},
        {"MsgType": "TIMVideoFileElem", "MsgContent": {
            "VideoUrl": "https://media.example.com/v", "VideoUUID": "v", "VideoSize": 11, "VideoSecond": 0,
            "VideoFormat": "mp4", "VideoDownloadFlag": 2, "ThumbUrl": "https://media.example.com/t", "ThumbUUID": "t",
            "ThumbSize": 12, "ThumbWidth": 13, "ThumbHeight": 14, "ThumbFormat": "JPG", "ThumbDownloadFlag": 2,
        }},
        {"MsgType": "TIMRelayElem", "MsgContent": {
            "Title": "History", "MsgNum": 2, "CompatibleText": "update", "AbstractList": ["a: hi", "b: [photo]"],
            "MsgList": [{
                "From_Account": "a", "To_Account": "b", "GroupId": "g", "MsgSeq": 1, "MsgRandom": 4_000_000_001_u64,
                "MsgTimeStamp": 1_761_000_000, "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}],
                "CloudCustomData": "",
            }],
            "JsonMsgKey": "relay-1",
        }},
        {"MsgType": "TIMStreamElem", "MsgContent": {"CompatibleText": "[reply]", "Chunks": [{"EventType": "data", "Index": 1}]}},
    ])
}

#[test]
fn every_element_is_typed_with_every_key_and_written_back() {
    let body: MsgBody = serde_json::from_value(elements()).unwrap();
    assert_eq!(serde_json::to_value(&body).unwrap(), elements());
    let types: Vec<Option<&str>> = body.iter().map(MsgElement::msg_type).collect();
    let wire = elements();
    let expected: Vec<Option<&str>> =
        wire.as_array().unwrap().iter().map(|element| element["MsgType"].as_str()).collect();
    assert_eq!(types, expected);
    assert!(body.iter().all(|element| !matches!(element, MsgElement::Malformed(_))));
    // A misspelt key would survive the round trip as an unknown one.
    assert!(!format!("{body:?}").contains("ExtraKeys"), "{body:?}");
    let unknown = body.iter().filter(|element| matches!(element, MsgElement::Unknown(_))).count();
    assert_eq!(unknown, 1, "the stream element alone is kept raw");
    let MsgElement::Location(place) = &body[2] else { panic!() };
    assert_eq!((place.latitude.get(), place.longitude.get()), (55.6761, 12.0));
    let MsgElement::Relay(relay) = &body[8] else { panic!() };
    assert!(relay.msg_list.as_ref().unwrap()[0].msg_body.texts().eq(["hi"]));
}

#[test]
fn every_key_of_the_media_elements_may_be_missing() {
    for kind in ["TIMCustomElem", "TIMSoundElem", "TIMFileElem", "TIMVideoFileElem", "TIMRelayElem"] {
        let wire = json!([{"MsgType": kind, "MsgContent": {}}]);
        let body: MsgBody = serde_json::from_value(wire.clone()).unwrap();
        assert!(!matches!(body[0], MsgElement::Malformed(_) | MsgElement::Unknown(_)), "{kind}");
        assert_eq!(serde_json::to_value(&body).unwrap(), wire, "{kind}");
    }
    assert_eq!(CustomElem::default().data, None);
}

#[test]
fn elements_decode_alike_whichever_key_comes_first() {
    let typed_first: MsgBody = serde_json::from_value(elements()).unwrap();
    let turned: Vec<String> = elements()
        .as_array()
        .unwrap()
        .iter()
        .map(|element| {
            format!(r#"{{"MsgContent":{},"MsgType":{}}}"#, element["MsgContent"], element["MsgType"])
        })
        .collect();
    let body = format!(r#"{{"Official_Account":"@TOA#_x","MsgBody":[{}]}}"#, turned.join(","));
    let call = decode(Command::OfficialAccountBeforeSendMsg, body);
    let event = official_account::BeforeSendMsg::try_from(call.event).unwrap();
    assert_eq!(event.msg_body, typed_first);
    assert!(!call.context.is_lossy());
}

#[test]
fn relays_nest_to_a_bounded_depth_and_are_kept_raw_beyond() {
    for (depth, malformed) in [(1, false), (8, false), (9, true), (20, true), (500, true)] {
        let mut wire = r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":"core"}}"#.to_owned();
        for _ in 0..depth {
            wire = format!(
                r#"{{"MsgType":"TIMRelayElem","MsgContent":{{"MsgList":[{{"MsgBody":[{wire}]}}]}}}}"#
            );
        }
        let call = decode(
            Command::OfficialAccountBeforeSendMsg,
            format!(r#"{{"Official_Account":"x","MsgBody":[{wire}]}}"#),
        );
        let event = official_account::BeforeSendMsg::try_from(call.event).unwrap();
        assert_eq!(serde_json::to_string(&event.msg_body).unwrap(), format!("[{wire}]"), "{depth}");
        assert_eq!(has_malformed(&event.msg_body), malformed, "{depth}");
    }
}

fn has_malformed(body: &MsgBody) -> bool {
    body.iter().any(|element| match element {
        MsgElement::Malformed(_) => true,
        MsgElement::Relay(relay) => {
            relay.msg_list.iter().flatten().any(|message| has_malformed(&message.msg_body))
        }
        _ => false,
    })
}

#[test]
fn an_event_tells_when_who_and_where() {
    let event = Event::from(payload::<group::AfterSendMsg>());
    assert_eq!(event.event_time(), Some(UnixMillis(1_761_010_000_444)));
    assert_eq!(event.group_id().unwrap(), &"@TGS#_orchard");
    let accounts: Vec<&str> = event.accounts().into_iter().map(tencent_im_webhook::UserId::as_str).collect();
    assert_eq!(accounts, ["ines", "administrator", "jon"]);
    let mut again = payload::<group::AfterSendMsg>();
    again.event_time = None;
    assert_eq!(
        event.duplicate_key(),
        Event::from(again.clone()).duplicate_key(),
        "the message's own number tells"
    );
    again.msg_seq += 1;
    assert_ne!(event.duplicate_key(), Event::from(again).duplicate_key());
}

#[test]
fn threads_decode_side_by_side() {
    let body: Arc<str> = json!({"Official_Account": "x", "MsgBody": elements()}).to_string().into();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let call = decode(Command::OfficialAccountBeforeSendMsg, body.to_string());
                    assert!(matches!(call.event, Event::OfficialAccountBeforeSendMsg(_)));
                }
            });
        }
    });
}

#[test]
fn forwarded_texts_can_be_read_and_changed() {
    let mut body: MsgBody = serde_json::from_value(elements()).unwrap();
    assert_eq!(body.all_texts(), ["good evening", "hi"]);
    for text in body.all_texts_mut() {
        text.push('!');
    }
    assert_eq!(body.all_texts(), ["good evening!", "hi!"]);
    assert!(body.texts().eq(["good evening!"]));
}

#[test]
fn a_number_may_come_as_a_string_of_its_digits() {
    let mut body: Value = serde_json::to_value(Event::from(payload::<group::AfterSendMsg>())).unwrap();
    for key in ["MsgSeq", "MsgTime", "Random", "EventTime"] {
        body[key] = Value::String(body[key].to_string());
    }
    let call = decode(Command::GroupAfterSendMsg, body.to_string());
    assert_eq!(call.event, Event::from(payload::<group::AfterSendMsg>()));
    assert!(!call.context.is_lossy());
}
