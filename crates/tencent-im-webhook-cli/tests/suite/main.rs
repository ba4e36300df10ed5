//! The program as a user runs it, against servers built from the crates of this workspace.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

mod bad_input;
mod load;
mod send;
mod support;
mod text;
