//! What any event tells without a match over all of them: when, who, where, and whether it came before.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use conformance::{APP, Kind, Sample, Spy, Stack, receiver};
use serde_json::{Value, json};
use tencent_im_webhook::{Command, Event, GroupId, UnixMillis, UserId};
use tencent_im_webhook_testing::{Fixture, fixture, fixtures};

use crate::decode;
use crate::json::{Place, keys, leaves};

#[test]
fn accounts_are_those_that_the_body_names() {
    for fixture in fixtures() {
        let event = decode(fixture.command(), fixture.body()).event;
        let given: BTreeSet<String> =
            event.accounts().into_iter().map(|account| account.as_str().to_owned()).collect();
        assert_eq!(given, accounts_in(fixture), "{}", fixture.name());
    }
}

fn accounts_in(fixture: &Fixture) -> BTreeSet<String> {
    let document = read(fixture);
    let named = keys(&document).filter(|(place, _)| names_a_user(&fixture.command(), place));
    named.flat_map(|(_, value)| ids(value)).filter(|id| !id.is_empty()).collect()
}

fn names_a_user(command: &Command, place: &Place) -> bool {
    // What a message quotes concerns nobody now.
    if place.is_inside("MsgBody") {
        return false;
    }
    match (command.as_str(), place.key().unwrap()) {
        // It has subscribers and is no user: its id is of another type.
        (_, "Official_Account") => false,
        (_, key) if key.ends_with("_Account") => true,
        // Desk has names of its own for its customers, bots and agents.
        (
            "Desk.SessionEventNotify",
            "ClientUserId" | "CustomerServiceId" | "AgentId" | "ForwardFromAgentId",
        )
        | ("Member.EventNotify", "MemberId") => true,
        // So has the recorder.
        ("Call.CallbackAfterRecordChanged" | "Live.CallbackAfterCloudRecordingChanged", "UserId") => true,
        _ => false,
    }
}

/// The ids that stand in one value. Those in objects stand under keys of their own.
fn ids(value: &Value) -> Vec<String> {
    match value {
        Value::String(id) => vec![id.clone()],
        Value::Number(id) => vec![id.to_string()],
        Value::Array(list) => list.iter().flat_map(ids).collect(),
        Value::Object(_) | Value::Null | Value::Bool(_) => Vec::new(),
    }
}

#[test]
fn the_event_time_is_that_of_the_body() {
    for fixture in fixtures() {
        let document = read(fixture);
        let time = match fixture.command().as_str() {
            // The recorder's own name for it.
            "Live.CallbackAfterCloudRecordingChanged" => &document["CallbackTs"],
            // One sample has it in the wrong place.
            "Live.CallbackAfterCreateRoom" if document.get("EventTime").is_none() => {
                &document["RoomInfo"]["EventTime"]
            }
            _ => &document["EventTime"],
        };
        let time = time.as_u64().or_else(|| time.as_str()?.parse().ok()).map(UnixMillis);
        let event = decode(fixture.command(), fixture.body()).event;
        assert_eq!(event.event_time(), time, "{}", fixture.name());
    }
}

#[test]
fn the_group_is_that_of_the_body() {
    for fixture in fixtures() {
        let document = read(fixture);
        let group = match fixture.command().as_str() {
            "Call.CallbackAfterStartCall" => &document["CallInfo"]["ChatGroupId"],
            "ContentCallback.ResultNotify" => &document["ContactItem"]["ToGroupId"],
            _ if document.get("groupID").is_some() => &document["groupID"],
            _ => &document["GroupId"],
        };
        let group = group.as_str().filter(|group| !group.is_empty());
        let event = decode(fixture.command(), fixture.body()).event;
        assert_eq!(event.group_id().map(GroupId::as_str), group, "{}", fixture.name());
    }
}

#[test]
fn an_empty_id_is_nobody() {
    let mut document = read(&fixture(&Command::GroupAfterSendMsg).unwrap());
    document["From_Account"] = json!("");
    document["GroupId"] = json!("");
    let event = decode(Command::GroupAfterSendMsg, document.to_string()).event;
    assert!(event.accounts().into_iter().map(UserId::as_str).eq(["administrator", "jon"]));
    assert_eq!(event.group_id(), None);
}

#[test]
fn an_event_that_comes_again_has_the_same_duplicate_key() {
    for fixture in fixtures() {
        let key = || decode(fixture.command(), fixture.body()).event.duplicate_key();
        assert_eq!(key(), key(), "{}", fixture.name());
    }
}

#[test]
fn the_duplicate_keys_of_different_commands_differ() {
    let keys: Vec<String> =
        Command::ALL.iter().filter_map(|command| event_of(command, None)?.duplicate_key()).collect();
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
}

#[test]
fn duplicate_keys_tell_what_tells_events_apart() {
    let mut rows = String::new();
    for command in Command::ALL {
        let document = read(&fixture(command).unwrap());
        let key = event_of(command, None).unwrap().duplicate_key();
        let parts: BTreeSet<String> = leaves(&document)
            .filter(|(place, _)| place.key() != Some("CallbackCommand"))
            .filter(|(place, value)| {
                let changed = place.replaced_in(&document, another(value));
                event_of(command, Some(&changed)).is_some_and(|event| event.duplicate_key() != key)
            })
            .map(|(place, _)| place.name())
            .collect();
        assert_eq!(key.is_none(), parts.is_empty(), "{command}: {parts:?}");
        let parts = match parts.is_empty() {
            true => "none".to_owned(),
            false => parts.into_iter().collect::<Vec<_>>().join(", "),
        };
        let _ = writeln!(rows, "{command}: {parts}");
    }
    insta::assert_snapshot!("duplicate_keys", rows);
}

#[test]
fn without_its_time_an_event_has_the_key_of_a_message_or_none() {
    for command in Command::ALL {
        let mut document = read(&fixture(command).unwrap());
        let with_time = event_of(command, Some(&document)).unwrap().duplicate_key();
        let root = document.as_object_mut().unwrap();
        root.remove("EventTime");
        root.remove("CallbackTs");
        let without = event_of(command, Some(&document)).unwrap().duplicate_key();
        assert!(without.is_none() || without == with_time, "{command}: {without:?}, {with_time:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_id_of_a_request_wins_over_the_key_of_its_event() {
    let spy = Spy::default();
    let stack = Stack::new(Kind::SansIo, &receiver().build().unwrap(), spy.clone());
    for id in ["r-1", "r-2"] {
        for name in ["Desk.SessionEventNotify", "Group.CallbackAfterSendMsg"] {
            stack.send(&Sample::of(name).and(&format!("&RequestID={id}"))).await;
            let seen = spy.take().remove(0);
            let call = tencent_im_webhook::Call { event: seen.event, context: seen.context };
            assert_eq!(call.duplicate_key(), Some(format!("{APP}\u{1f}{name}\u{1f}{id}")));
        }
    }
    stack.send(&Sample::of("Desk.SessionEventNotify")).await;
    let seen = spy.take().remove(0);
    let call = tencent_im_webhook::Call { event: seen.event, context: seen.context };
    assert_eq!(call.duplicate_key(), call.event.duplicate_key().map(|key| format!("{APP}\u{1f}{key}")));
}

fn read(fixture: &Fixture) -> Value {
    serde_json::from_str(fixture.body()).unwrap()
}

/// The typed event of a command: of its fixture, or of another body. `None` if that does not fit.
fn event_of(command: &Command, document: Option<&Value>) -> Option<Event> {
    let body = document.map_or_else(|| fixture(command).unwrap().body().to_owned(), Value::to_string);
    let event = decode(command.clone(), body).event;
    (!matches!(event, Event::Unknown(_))).then_some(event)
}

fn another(leaf: &Value) -> Value {
    match leaf {
        Value::String(text) => json!(format!("{text}2")),
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => json!(number.as_u64().map_or(0, |number| number ^ 1)),
        Value::Null | Value::Array(_) | Value::Object(_) => leaf.clone(),
    }
}
