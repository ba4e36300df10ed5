//! What does not depend on a stack: events, layers, the log, and what the README says.
#![allow(missing_docs, reason = "tests are named by sentences")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod events;
mod heap;
mod layers;
mod log;
mod readme;
mod settings;
