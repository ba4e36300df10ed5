//! Every behavior, on every stack that it can show on, and the matrix of both.
#![allow(missing_docs, reason = "behaviors are named by sentences")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod bench;
mod bodies;
mod decoding;
mod failures;
mod heads;
mod identity;
mod matrix;
mod queries;
mod transport;

use std::process::ExitCode;

use bench::{BAD_REQUEST, Bench, ENCODED, Expected, NOT_POST, TOO_LARGE, TOO_SLOW, UNAUTHORIZED};
use matrix::{Behavior, Needs, behaviors};

/// What handlers say that panic to see what comes of it.
const ON_PURPOSE: &str = "on purpose";

fn main() -> ExitCode {
    hide_panics_on_purpose();
    matrix::run(&[
        ("identity", identity::ALL),
        ("queries", queries::ALL),
        ("heads", heads::ALL),
        ("bodies", bodies::ALL),
        ("decoding", decoding::ALL),
        ("answers", answers::ALL),
        ("failures", failures::ALL),
        ("transport", transport::ALL),
    ])
}

fn hide_panics_on_purpose() {
    let show = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str().is_some_and(|text| text != ON_PURPOSE) {
            show(panic);
        }
    }));
}
