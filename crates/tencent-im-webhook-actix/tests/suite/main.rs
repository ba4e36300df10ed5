//! The adapter over real servers of two workers, and in memory where a server adds nothing.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod commands;
mod extract;
mod mount;
mod serve;
mod support;
