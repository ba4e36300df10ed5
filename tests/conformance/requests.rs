//! Requests of any sort: good ones, spoilt in a few ways at once.

use conformance::{APP, NOW, Sample, TOKEN};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tencent_im_webhook::{Command, UnixSeconds};
use tencent_im_webhook_testing::{WebhookRequest, fixtures};

/// Any request that HTTP can carry.
pub(crate) fn request() -> impl Strategy<Value = Sample> {
    (method(), vec(edit(), 0..4), body(), encoding()).prop_map(
        |(method, edits, (command, body), encoding)| {
            let mut sample = Sample::of(command.as_str()).method(method).body(body);
            sample.query = edited(&sample.query, &edits);
            match encoding {
                Some(encoding) => sample.header("content-encoding", encoding),
                None => sample,
            }
        },
    )
}

/// The parameters of a good request, one way to write each.
pub(crate) fn good_parameters() -> Vec<(String, String)> {
    let request =
        WebhookRequest::new(APP, Command::StateStateChange).token_at(TOKEN, UnixSeconds(NOW)).query();
    let pairs = request.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub(crate) fn joined(parameters: &[(String, String)]) -> String {
    let pairs: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// A body, and the command that it is for.
pub(crate) fn body() -> impl Strategy<Value = (Command, Vec<u8>)> {
    let spoilt =
        (select(fixtures()), any::<Index>(), vec(any::<u8>(), 0..4)).prop_map(|(fixture, at, bytes)| {
            let mut body = fixture.body().as_bytes().to_vec();
            let at = at.index(body.len());
            let end = (at + bytes.len()).min(body.len());
            body.splice(at..end, bytes);
            (fixture.command(), body)
        });
    let cut = (select(fixtures()), any::<Index>()).prop_map(|(fixture, end)| {
        (fixture.command(), fixture.body().as_bytes()[..end.index(fixture.body().len())].to_vec())
    });
    prop_oneof![
        4 => select(fixtures()).prop_map(|fixture| (fixture.command(), fixture.body().into())),
        4 => spoilt,
        1 => cut,
        1 => (select(Command::ALL), vec(any::<u8>(), 0..64)),
        1 => (select(fixtures()), select(Command::ALL)).prop_map(|(fixture, command)| (command, fixture.body().into())),
    ]
}

fn method() -> impl Strategy<Value = &'static str> {
    prop_oneof![12 => Just("POST"), 1 => select(vec!["GET", "PUT", "HEAD", "OPTIONS", "DELETE", "post"])]
}

fn encoding() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![
        12 => Just(None),
        1 => select(vec!["identity", "gzip", "", "identity, br"]).prop_map(Some),
    ]
}

/// What is done to a query.
#[derive(Clone, Debug)]
enum Edit {
    Drop(Index),
    Repeat(Index),
    Rename(Index, &'static str),
    Set(Index, String),
    Move(Index, Index),
    Append(String),
}

fn edit() -> impl Strategy<Value = Edit> {
    let names = vec![
        "SdkAppid",
        "sdkappid",
        "%53dkAppid",
        "Sign",
        "RequestTime",
        "CallbackCommand",
        "ClientIP",
        "RequestID",
        "x",
        "",
    ];
    let values = prop_oneof![
        select(vec!["", "1400000000", "1700000000", "%zz", "%ff", "a+b", "State.StateChange", "0", "IOS"])
            .prop_map(str::to_owned),
        "[A-Za-z0-9%+._~:;-]{0,12}",
    ];
    prop_oneof![
        any::<Index>().prop_map(Edit::Drop),
        any::<Index>().prop_map(Edit::Repeat),
        (any::<Index>(), select(names)).prop_map(|(at, name)| Edit::Rename(at, name)),
        (any::<Index>(), values).prop_map(|(at, value)| Edit::Set(at, value)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Edit::Move(from, to)),
        "[A-Za-z0-9%&=+._~:;?-]{0,16}".prop_map(Edit::Append),
    ]
}

fn edited(query: &str, edits: &[Edit]) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut tail = String::new();
    for edit in edits {
        let count = pairs.len();
        match edit {
            Edit::Append(text) => tail = format!("&{text}"),
            _ if pairs.is_empty() => {}
            Edit::Drop(at) => drop(pairs.remove(at.index(count))),
            Edit::Repeat(at) => pairs.push(pairs[at.index(count)].clone()),
            Edit::Rename(at, name) => (*name).clone_into(&mut pairs[at.index(count)].0),
            Edit::Set(at, value) => value.clone_into(&mut pairs[at.index(count)].1),
            Edit::Move(from, to) => pairs.swap(from.index(count), to.index(count)),
        }
    }
    joined(&pairs) + &tail
}
