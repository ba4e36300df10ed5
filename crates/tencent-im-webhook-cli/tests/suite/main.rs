//! The program as a user runs it, against servers built from the crates of this workspace.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

mod bad_input;
mod browser;
mod listen;
mod listening;
mod load;
mod page;
mod replay;
mod send;
mod support;
mod text;
