//! Payloads of any values, and bodies of any bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tencent_im_webhook::{Command, Event, RejectionKind};
use tencent_im_webhook_testing::{Fixture, fixtures};

use crate::events::elements;
use crate::json::keys;
use crate::{decode, try_decode};

proptest! {
    #![proptest_config(many())]

    #[test]
    fn any_payload_survives_the_wire((command, document) in payload()) {
        let text = document.to_string();
        // Read as the event is: a number with a fraction may be off by its last bit.
        let document = serde_json::from_str(&text).unwrap();
        let call = decode(command.clone(), text);
        prop_assert!(!matches!(call.event, Event::Unknown(_)), "{:?}", call.event);
        prop_assert!(!call.context.is_lossy());
        let written = serde_json::to_string(&call.event).unwrap();
        prop_assert_eq!(&with_command(document, &command), &serde_json::from_str::<Value>(&written).unwrap());
        prop_assert_eq!(decode(command, written).event, call.event);
    }

    #[test]
    fn any_bytes_have_one_meaning(command in command(), body in vec(any::<u8>(), 0..64)) {
        let [one, other] = [(); 2].map(|()| try_decode(command.clone(), body.clone()));
        match (one, other) {
            (Ok(one), Ok(other)) => prop_assert_eq!(one.event, other.event),
            (Err(one), Err(other)) => {
                prop_assert_eq!(one.kind(), other.kind());
                prop_assert_eq!(one.kind(), RejectionKind::NotAnObject);
            }
            (one, other) => prop_assert!(false, "{one:?}, {other:?}"),
        }
    }

    #[test]
    fn any_bytes_in_a_good_body_have_one_meaning(
        fixture in select(fixtures()),
        at in any::<prop::sample::Index>(),
        bytes in vec(any::<u8>(), 1..4),
    ) {
        let mut body = fixture.body().as_bytes().to_vec();
        let at = at.index(body.len());
        body.splice(at..(at + bytes.len()).min(fixture.body().len()), bytes);
        let [one, other] = [(); 2].map(|()| try_decode(fixture.command(), body.clone()));
        match (one, other) {
            (Ok(one), Ok(other)) => prop_assert_eq!(one.event, other.event),
            (Err(one), Err(other)) => prop_assert_eq!(one.kind(), other.kind()),
            (one, other) => prop_assert!(false, "{one:?}, {other:?}"),
        }
    }

    #[test]
    fn any_value_in_place_of_any_other_is_decoded(
        fixture in select(fixtures()),
        at in any::<prop::sample::Index>(),
        raw in odd_text(),
    ) {
        let document: Value = serde_json::from_str(fixture.body()).unwrap();
        let places: Vec<_> = keys(&document).map(|(place, _)| place).collect();
        let place = &places[at.index(places.len())];
        let body = place.spliced_into(&document, &raw);
        match try_decode(fixture.command(), body.clone()) {
            Ok(call) => {
                prop_assert_eq!(call.event.command(), Some(&fixture.command()));
                prop_assert_eq!(call.context.raw(), &body);
                let written = serde_json::to_string(&call.event).unwrap();
                prop_assert_eq!(decode(fixture.command(), body).event, call.event.clone());
                if !matches!(call.event, Event::Unknown(_)) {
                    prop_assert_eq!(decode(fixture.command(), written).event, call.event);
                }
            }
            Err(rejection) => {
                prop_assert_eq!(rejection.kind(), RejectionKind::CommandMismatch);
                prop_assert!(place.is_top_level() && place.key() == Some("CallbackCommand"));
            }
        }
    }
}

/// Ten thousand cases each.
pub(crate) fn many() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) }
}

fn command() -> impl Strategy<Value = Command> {
    select(Command::ALL)
}

/// A documented body with every key and, if it has a message, every element; all values are arbitrary.
fn payload() -> impl Strategy<Value = (Command, Value)> {
    let documented: Vec<Fixture> =
        fixtures().iter().copied().filter(|fixture| fixture.quirk().is_none()).collect();
    select(documented).prop_flat_map(|fixture| {
        let mut document: Value = serde_json::from_str(fixture.body()).unwrap();
        if document.get("MsgBody").is_some() {
            document["MsgBody"] = elements();
        }
        like("", &document).prop_map(move |document| (fixture.command(), document))
    })
}

/// Any value of the same JSON type.
fn like(key: &str, value: &Value) -> BoxedStrategy<Value> {
    match value {
        Value::Null => Just(Value::Null).boxed(),
        Value::Bool(_) => any::<bool>().prop_map(Value::from).boxed(),
        // A switch is 0 or 1 on the wire.
        Value::Number(_) if key.ends_with("Flag") || key.ends_with("Flags") => {
            (0..=1_u64).prop_map(Value::from).boxed()
        }
        Value::Number(number) if number.is_f64() => {
            any::<f64>().prop_filter("JSON has no others", |x| x.is_finite()).prop_map(Value::from).boxed()
        }
        // May be negative, which leaves it a bit less.
        Value::Number(_) if ["UnreadMsgNum", "Score", "Index"].contains(&key) => {
            (0..=i64::MAX.unsigned_abs()).prop_map(Value::from).boxed()
        }
        Value::Number(_) => prop_oneof![any::<u64>(), Just(u64::MAX)].prop_map(Value::from).boxed(),
        // Their names decide how the rest is read.
        Value::String(_) if ["CallbackCommand", "MsgType"].contains(&key) => Just(value.clone()).boxed(),
        Value::String(_) => text().prop_map(Value::from).boxed(),
        Value::Array(list) => {
            let list: Vec<_> = list.iter().map(|value| like(key, value)).collect();
            list.prop_map(Value::from).boxed()
        }
        Value::Object(map) => {
            let entries: Vec<_> =
                map.iter().map(|(key, value)| (Just(key.clone()), like(key, value))).collect();
            entries.prop_map(|entries| Value::Object(entries.into_iter().collect())).boxed()
        }
    }
}

/// Any characters, control characters and those outside the basic plane too.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![any::<char>(), (0_u8..0x80).prop_map(char::from), Just('\u{10FFFF}')];
    vec(character, 0..12).prop_map(String::from_iter)
}

/// The text of any value, and of some that only a text can hold.
fn odd_text() -> impl Strategy<Value = String> {
    let deep = "[".repeat(200) + &"]".repeat(200);
    let texts =
        ["1e999", "-0", "-1", "1.5", "18446744073709551616", r#""\ud800""#, r#""\u0000""#, "{}", "[]"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((text(), inner), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    });
    prop_oneof![
        2 => value.prop_map(|value| value.to_string()),
        1 => select(texts.to_vec()).prop_map(str::to_owned),
        1 => Just(deep),
    ]
}

/// The canonical form of the few bodies that name no command names it.
fn with_command(mut document: Value, command: &Command) -> Value {
    document.as_object_mut().unwrap().entry("CallbackCommand").or_insert_with(|| json!(command.as_str()));
    document
}
