//! What payloads survive: keys that are new, lost, null or given twice, and values of another shape.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};
use tencent_im_webhook::{Command, Event};
use tencent_im_webhook_testing::{Fixture, fixtures};

use crate::decode;
use crate::json::{Place, keys, objects};

const NEW_KEY: &str = "Key_To_Come";

#[test]
fn a_new_key_changes_nothing_wherever_it_stands() {
    for fixture in fixtures() {
        let document = read(fixture);
        let expected = written(&decode(fixture.command(), fixture.body()).event);
        let places: Vec<Place> = objects(&document)
            .map(|(place, _)| place)
            // A map of the numbers of groups by their types, so that any key in it is known.
            .filter(|place| place.key() != Some("CreatedGroupNum"))
            .collect();
        let mut with_all = document.clone();
        for place in &places {
            let mut document = document.clone();
            for document in [&mut document, &mut with_all] {
                let object = place.of(document).as_object_mut().unwrap();
                object.insert(NEW_KEY.into(), json!({"Deep": [[1.5, null, "\u{0}"]]}));
            }
            survives(fixture, &document, &expected, &place.name());
        }
        survives(fixture, &with_all, &expected, "everywhere");
    }
}

fn survives(fixture: &Fixture, document: &Value, expected: &Value, place: &str) {
    let call = decode(fixture.command(), document.to_string());
    assert!(!call.context.is_lossy(), "{}, {place}", fixture.name());
    assert_eq!(without_new_keys(written(&call.event)), *expected, "{}, {place}", fixture.name());
}

#[test]
fn a_lost_key_is_either_optional_or_named_as_missing() {
    let mut required: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for fixture in fixtures() {
        let document = read(fixture);
        for (place, _) in keys(&document).filter(|(place, _)| !has_any_name(place)) {
            let call = decode(fixture.command(), place.removed_from(&document).to_string());
            assert!(!call.context.is_lossy(), "{}, {}", fixture.name(), place.name());
            let row = required.entry(fixture.command().as_str().to_owned()).or_default();
            if let Event::Unknown(event) = &call.event {
                let message = event.cause().unwrap().message();
                let missing = format!("missing field `{}`", canonical(&place));
                assert!(message.contains(&missing), "{}, {}: {message}", fixture.name(), place.name());
                row.insert(place.name().replace(place.key().unwrap(), canonical(&place)));
            }
        }
    }
    let rows = required.into_iter().fold(String::new(), |mut rows, (command, keys)| {
        let keys: Vec<String> = keys.into_iter().collect();
        let _ = writeln!(rows, "{command}: {}", keys.join(", "));
        rows
    });
    insta::assert_snapshot!("required_keys", rows);
}

#[test]
fn null_is_as_good_as_absent_in_place_of_an_optional_key() {
    for fixture in fixtures() {
        let document = read(fixture);
        for (place, _) in keys(&document).filter(|(place, _)| !has_any_name(place)) {
            let absent = decode(fixture.command(), place.removed_from(&document).to_string());
            if matches!(absent.event, Event::Unknown(_)) || place.is_inside("MsgBody") {
                continue;
            }
            let null = decode(fixture.command(), place.replaced_in(&document, Value::Null).to_string());
            assert_eq!(null.event, absent.event, "{}, {}", fixture.name(), place.name());
            assert!(!null.context.is_lossy(), "{}, {}", fixture.name(), place.name());
        }
    }
}

#[test]
fn an_array_never_passes_for_an_object() {
    for fixture in fixtures() {
        let document = read(fixture);
        for (place, object) in objects(&document).filter(|(place, _)| *place != Place::default()) {
            let values: Vec<Value> = object.values().cloned().collect();
            for array in orders(&values) {
                let array = Value::Array(array);
                let call = decode(fixture.command(), place.replaced_in(&document, array.clone()).to_string());
                let is_noticed = matches!(&call.event, Event::Unknown(event) if event.cause().is_some());
                let is_as_it_came = || written(&call.event).to_string().contains(&array.to_string());
                assert!(
                    is_noticed || call.context.is_lossy() || is_as_it_came(),
                    "{}, {}: {array} became {:?}",
                    fixture.name(),
                    place.name(),
                    call.event
                );
            }
        }
    }
}

/// No value, all of them, and every order of a few: a derived type would take its fields in one of these.
fn orders(values: &[Value]) -> Vec<Vec<Value>> {
    let mut orders = vec![Vec::new(), values.to_vec()];
    if values.len() <= 4 {
        permute(&mut Vec::new(), values, &mut orders);
    }
    orders
}

fn permute(taken: &mut Vec<Value>, left: &[Value], orders: &mut Vec<Vec<Value>>) {
    if left.is_empty() {
        orders.push(taken.clone());
    }
    for at in 0..left.len() {
        let mut rest = left.to_vec();
        taken.push(rest.remove(at));
        permute(taken, &rest, orders);
        taken.pop();
    }
}

#[test]
fn a_known_key_given_twice_does_not_fit() {
    for fixture in fixtures() {
        let document = read(fixture);
        let canonical_form = written(&decode(fixture.command(), fixture.body()).event);
        for (place, _) in keys(&document).filter(|(place, _)| !has_any_name(place)) {
            let is_known = !place.is_top_level() || canonical_form.get(canonical(&place)).is_some();
            if !is_known || place.is_inside("MsgBody") {
                continue;
            }
            let call = decode(fixture.command(), place.doubled_in(&document));
            let what = format!("{}, {}: {:?}", fixture.name(), place.name(), call.event);
            let Event::Unknown(event) = &call.event else { panic!("{what}") };
            assert!(event.cause().unwrap().message().contains("duplicate field"), "{what}");
        }
    }
}

#[test]
fn an_element_with_a_key_given_twice_has_any_name() {
    for fixture in fixtures() {
        let document = read(fixture);
        for (place, _) in keys(&document).filter(|(place, _)| place.is_inside("MsgBody")) {
            if !["MsgType", "MsgContent", "Text"].contains(&place.key().unwrap()) {
                continue;
            }
            let call = decode(fixture.command(), place.doubled_in(&document));
            let text = serde_json::to_string(&call.event).unwrap();
            assert!(!matches!(call.event, Event::Unknown(_)), "{}, {}", fixture.name(), place.name());
            let twice = text.matches(&format!("{:?}:", place.key().unwrap())).count();
            let once = fixture.body().matches(&format!("{:?}:", place.key().unwrap())).count();
            assert_eq!(twice, once + 1, "{}, {}", fixture.name(), place.name());
        }
    }
}

#[test]
fn the_canonical_form_of_every_command_stands() {
    let mut families: BTreeMap<&str, String> = BTreeMap::new();
    for command in Command::ALL {
        let call = decode(command.clone(), tencent_im_webhook_testing::fixture(command).unwrap().body());
        let form = format!("{:#}\n", written(&call.event));
        families.entry(command.family()).or_default().push_str(&form);
    }
    for (family, forms) in families {
        insta::assert_snapshot!(format!("canonical_{family}"), forms);
    }
}

#[test]
fn every_quirk_has_one_canonical_form() {
    let mut rows = String::new();
    for fixture in fixtures().iter().filter(|fixture| fixture.quirk().is_some()) {
        let (read, written) = (read(fixture), written(&decode(fixture.command(), fixture.body()).event));
        let _ = write!(rows, "{}", differences(fixture, &read, &written));
    }
    insta::assert_snapshot!("canonical_quirks", rows);
}

/// A row for each key of the body that is written in another way, or not at all.
fn differences(fixture: &Fixture, read: &Value, written: &Value) -> String {
    let (before, after) = (by_name(read), by_name(written));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).fold(
        String::new(),
        |mut rows, name| {
            let show = |values: Option<&String>| values.map_or("nothing".to_owned(), String::clone);
            let (from, to) = (show(before.get(name)), show(after.get(name)));
            let _ = writeln!(rows, "{} {name}: {from} -> {to}", fixture.name());
            rows
        },
    )
}

fn by_name(document: &Value) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let simple = keys(document).filter(|(_, value)| !value.is_object() && *value != &Value::Null);
    for (place, value) in simple {
        let simple = value.as_array().is_none_or(|list| !list.iter().any(Value::is_object));
        if simple {
            let values = all.entry(place.name()).or_default();
            let _ = write!(values, "{}{value}", if values.is_empty() { "" } else { " " });
        }
    }
    all
}

fn read(fixture: &Fixture) -> Value {
    serde_json::from_str(fixture.body()).unwrap()
}

/// The canonical form.
fn written(event: &Event) -> Value {
    serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap()
}

fn without_new_keys(mut value: Value) -> Value {
    match &mut value {
        Value::Object(map) => {
            map.remove(NEW_KEY);
            map.values_mut().for_each(|value| *value = without_new_keys(value.take()));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| *value = without_new_keys(value.take())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    value
}

/// Whether it stands where any key may: the app's variables, what a recorder adds, groups by their type.
fn has_any_name(place: &Place) -> bool {
    ["Body", "Payload", "CreatedGroupNum"].into_iter().any(|map| place.is_inside(map))
}

/// The spelling of the place's key that is written, for those that are read as well.
fn canonical(place: &Place) -> &str {
    match (place.key().unwrap(), place.is_top_level()) {
        ("groupID", true) => "GroupId",
        ("Member_Account", true) => "Modified_Account",
        ("CreatedGroupNum", true) => "CreateGroupNum",
        ("MediaType", false) => "CallMediaType",
        (other, _) => other,
    }
}
