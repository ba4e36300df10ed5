//! Every command has a row, a fixture, a payload and a method of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use conformance::{Sample, Spy, receiver, stacks};
use tencent_im_webhook::{Call, Command, Event, Kind, WebhookHandler, dispatch};
use tencent_im_webhook_testing::{Fixture, fixture, fixtures};

use crate::decode;

#[test]
fn every_command_has_a_fixture_and_is_typed() {
    let commands = Command::ALL.len();
    let documented: Vec<Fixture> = Command::ALL.iter().filter_map(fixture).collect();
    let typed = documented.iter().filter(|fixture| is_typed(fixture)).count();
    let counts = format!("{commands} commands, {} fixtures, {typed} typed", documented.len());
    println!("{counts}");
    assert_eq!(counts, "88 commands, 88 fixtures, 88 typed");
}

fn is_typed(fixture: &Fixture) -> bool {
    let event = decode(fixture.command(), fixture.body()).event;
    !matches!(event, Event::Unknown(_)) && event.command() == Some(&fixture.command())
}

#[test]
fn every_fixture_belongs_to_a_command() {
    for fixture in fixtures() {
        assert!(Command::ALL.contains(&fixture.command()), "{}", fixture.name());
    }
}

#[test]
fn every_name_reads_back_as_its_command() {
    for command in Command::ALL {
        assert_eq!(Command::from(command.as_str()), *command);
    }
    let mut names: Vec<&str> = Command::ALL.iter().map(Command::as_str).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Command::ALL.len());
}

#[test]
fn commands_are_of_the_documented_kinds() {
    let of = |kind| Command::ALL.iter().filter(|command| command.kind() == Some(kind)).count();
    assert_eq!((of(Kind::Before), of(Kind::Reply), of(Kind::After)), (12, 2, 74));
}

#[test]
fn families_have_the_documented_sizes() {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for command in Command::ALL {
        *sizes.entry(command.family()).or_default() += 1;
    }
    let documented = [
        ("Alert", 1),
        ("Bot", 2),
        ("C2C", 8),
        ("Call", 4),
        ("Chatbot", 2),
        ("ContentCallback", 1),
        ("Desk", 1),
        ("Follow", 2),
        ("Group", 25),
        ("Live", 14),
        ("Member", 1),
        ("Mic", 1),
        ("OfficialAccount", 11),
        ("Profile", 1),
        ("Push", 2),
        ("Room", 5),
        ("Sns", 6),
        ("State", 1),
    ];
    assert_eq!(sizes, BTreeMap::from(documented));
}

const ALIASES: [(&str, &str); 4] = [
    ("Call.CallbackAfterCloudRecordingChanged", "Call.CallbackAfterRecordChanged"),
    ("Live.CallbackMemberStateChanged", "Live.CallbackAfterMemberStateChanged"),
    ("Follow.CallbackAfterCloudRecordingChanged", "Live.CallbackAfterCloudRecordingChanged"),
    ("Room.CallbackUpdateRoomInfo", "Room.CallbackAfterUpdateRoomInfo"),
];

#[tokio::test(start_paused = true)]
async fn an_alias_reaches_its_command_from_url_and_body() {
    let spy = Spy::default();
    let stacks = stacks(&receiver().build().unwrap(), spy.clone());
    for (alias, name) in ALIASES {
        assert_eq!(Command::from(alias).as_str(), name);
        for (in_url, in_body) in [(alias, alias), (alias, name), (name, alias), (name, name)] {
            let sample = Sample::of(name).with("CallbackCommand", in_url);
            let sample = sample.replacing(&format!("{name:?}"), &format!("{in_body:?}"));
            for stack in &stacks {
                assert_eq!(stack.send(&sample).await.status(), 200);
                let seen = spy.take();
                assert_eq!(seen[0].method, method_of(name), "{in_url}, {in_body}, {stack}");
                assert_eq!(seen[0].context.command().map(Command::as_str), Some(name));
            }
        }
        let only_in_body = Sample::of(name).without("CallbackCommand").replacing(name, alias);
        stacks[0].send(&only_in_body).await;
        assert_eq!(spy.take()[0].method, method_of(name), "{alias}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_fixture_reaches_the_method_of_its_command() {
    let spy = Spy::default();
    let stacks = stacks(&receiver().build().unwrap(), spy.clone());
    for stack in stacks.iter().filter(|stack| !stack.kind().has_connections()) {
        for fixture in fixtures() {
            let command = fixture.command();
            let answer = stack.send(&Sample::of(command.as_str()).body(fixture.body())).await;
            assert_eq!(answer.status(), 200, "{}, {stack}", fixture.name());
            let seen = spy.take();
            assert_eq!(seen.len(), 1, "{}, {stack}", fixture.name());
            assert_eq!(seen[0].method, method_of(command.as_str()), "{}, {stack}", fixture.name());
            assert_eq!(seen[0].event.command(), Some(&command), "{}, {stack}", fixture.name());
        }
    }
}

#[tokio::test]
async fn pointers_to_a_handler_forward_every_method() {
    let spy = Spy::default();
    let shared: Arc<dyn WebhookHandler> = Arc::new(spy.clone());
    let boxed: Box<dyn WebhookHandler> = Box::new(spy.clone());
    let nested: Box<Arc<dyn WebhookHandler>> = Box::new(Arc::clone(&shared));
    for command in Command::ALL.iter().cloned().chain([Command::from("Future.Command")]) {
        let method = match &command {
            Command::Other(_) => "unknown".to_owned(),
            typed => method_of(typed.as_str()),
        };
        let body = fixture(&command).map_or("{}", |fixture| fixture.body());
        let call = decode(command, body);
        through(&spy, &shared, call.clone(), &method).await;
        through(&spy, &boxed, call.clone(), &method).await;
        through(&spy, &nested, call, &method).await;
    }
}

async fn through<H: WebhookHandler>(spy: &Spy, pointer: &H, call: Call, method: &str) {
    dispatch(pointer, call).await.unwrap();
    let seen = spy.take();
    assert_eq!(seen.iter().map(|seen| seen.method).collect::<Vec<_>>(), [method]);
}

/// The method that the wire name asks for: its words in snake case, without `Callback`, with two odd
/// casings repaired.
fn method_of(name: &str) -> String {
    let (family, words) = name.split_once('.').unwrap();
    let words = words.strip_prefix("Callback").unwrap_or(words);
    let words = words.replace("C2C", "C2c").replace("WithDraw", "Withdraw");
    format!("{}_{}", in_snake_case(&family.replace("C2C", "C2c")), in_snake_case(&words))
}

fn in_snake_case(words: &str) -> String {
    let mut snake = String::new();
    for letter in words.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
