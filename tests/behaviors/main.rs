//! Every behavior, on every stack that it can show on, and the matrix of both.
#![allow(missing_docs, reason = "behaviors are named by sentences")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod bench;
mod bodies;
mod failures;
mod faults;
mod hostile;
mod matrix;
mod transport;

use std::process::ExitCode;

use bench::Bench;
use matrix::{Behavior, Needs, Run, behaviors};

/// What handlers say that panic to see what comes of it.
const ON_PURPOSE: &str = "on purpose";

fn main() -> ExitCode {
    hide_panics_on_purpose();
    matrix::run(&[
        ("hostile", hostile::rows()),
        ("bytes", hostile::bytes()),
        ("bodies", bodies::ALL.into()),
        ("answers", answers::ALL.into()),
        ("failures", failures::ALL.into()),
        ("faults", faults::ALL.into()),
        ("transport", transport::ALL.into()),
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
