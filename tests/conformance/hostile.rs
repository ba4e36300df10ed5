//! The table of hostile requests, and its page.

use std::collections::HashSet;
use std::path::Path;
use std::{env, fs};

use conformance::Kind;
use conformance::hostile::{BYTES, Expected, Outcome, PARTS, rows};

#[test]
fn rows_have_names_of_their_own() {
    let numbers: Vec<_> = rows().map(|row| row.number).chain(BYTES.iter().map(|row| row.number)).collect();
    let names: Vec<_> = rows().map(|row| row.name).chain(BYTES.iter().map(|row| row.name)).collect();
    for all in [&numbers, &names] {
        let mut seen = HashSet::new();
        all.iter().for_each(|one| assert!(seen.insert(one), "{one} stands there twice"));
    }
    assert!(numbers.len() >= 150, "{}", numbers.len());
}

#[test]
fn the_page_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/hostile-requests.md");
    if env::var_os("UPDATE_README").is_some() {
        return fs::write(&path, page()).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    assert!(text == page(), "run `UPDATE_README=1 cargo test -p conformance the_page`");
}

fn page() -> String {
    let parts = PARTS.iter().map(|(title, rows)| {
        let rows = rows.iter().map(|row| {
            let handler = if row.expected.runs_handler() { sees(row.expected) } else { "is not called" };
            format!("| {} | {} | {} | {handler} |\n", row.number, row.name, answer(row.expected))
        });
        let head =
            format!("\n## {title}\n\n| no | request | answer | handler |\n| --- | --- | --- | --- |\n");
        head + &rows.collect::<String>()
    });
    let bytes = BYTES.iter().map(|row| {
        let outcome = |kind| outcome(row.outcome(kind));
        let actix = match row.outcome(Kind::Actix) == row.outcome(Kind::Hyper) {
            true => String::new(),
            false => format!("; on actix-web: {}", outcome(Kind::Actix)),
        };
        format!("| {} | {} | {}{actix} |\n", row.number, row.name, outcome(Kind::Hyper))
    });
    format!("{INTRODUCTION}{}{BYTES_INTRODUCTION}{}", parts.collect::<String>(), bytes.collect::<String>())
}

fn answer(expected: Expected) -> String {
    match expected {
        Expected::Broken => "400, or none: the connection is gone".into(),
        Expected::Refused(status, text) => format!("{status} {text}"),
        Expected::Misfit => "503 deferred".into(),
        Expected::Typed | Expected::Unknown | Expected::Noted => "200".into(),
    }
}

fn sees(expected: Expected) -> &'static str {
    match expected {
        Expected::Typed => "sees the event",
        Expected::Unknown => "sees `unknown`",
        Expected::Noted | Expected::Misfit => "sees `unknown` with the cause",
        Expected::Refused(_, _) | Expected::Broken => "is not called",
    }
}

fn outcome(outcome: Outcome) -> String {
    let list = |statuses: &[u16]| {
        let statuses: Vec<String> = statuses.iter().map(ToString::to_string).collect();
        statuses.join(", ")
    };
    match outcome {
        Outcome::Answers(statuses) => list(statuses),
        Outcome::Closes(statuses) => format!("{}, then closes", list(statuses)),
        Outcome::ByItself => "refuses by itself".into(),
        Outcome::Either(status) => format!("{status}, or refuses by itself"),
    }
}

const INTRODUCTION: &str = "\
# Hostile and odd requests

What each of them gets, on every stack alike: the bare protocol, the tower service, hyper, axum over HTTP/1 and HTTP/2,
axum and actix-web by a mounted handler and by a handler per command. Written from the table in `tests/support/hostile/`
by `UPDATE_README=1 cargo test -p conformance the_page`; `cargo test -p conformance` runs it.

After each row the next good request is answered, on the same connection unless the answer is 408 or 413, or a server
need not read past a body that nobody wanted. A refused request takes at most 1 KB of heap, an admitted one its body,
what that is decoded to (six bytes for each of the body at most), and 40 KB.

A few rows have another answer than one might think:

- GBK inside of a text (85b) cannot be told from any other invalid UTF-8: it is repaired, since refusing it would let a
  user switch moderation off.
- A number with a leading zero (95f) is not JSON, so the whole body is none.
- actix-web sends `100 Continue` before anybody has seen the head, closes a connection whose refused body it has not read,
  refuses HTTP/1.1 without a host, and takes a wish for a web socket for a body without an end.

What handlers do (107 to 111: fail, panic, come late, go on after a hang-up, see an event again) is in
`tests/behaviors/failures.rs` and `faults.rs`; conversations on one connection are in `tests/behaviors/transport.rs`. Thousands
of connections with half a head each (112) are a part of `soak faults`, and SIGTERM with handlers in trouble (113) of
`soak shutdown`. There is no spool whose disk could be full (114): an event is answered when its handler has it, and what
keeps it is the handler's.
";

const BYTES_INTRODUCTION: &str = "
## Bytes that no client would send

Written to the sockets of the HTTP/1 servers. \"By itself\" is a status of 4xx or a closed connection from the server;
no handler is called, and the server lives.

| no | bytes | answer |
| --- | --- | --- |
";
