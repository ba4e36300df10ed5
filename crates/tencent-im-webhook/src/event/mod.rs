//! Payloads, a module per family.
//!
//! A field that is no `Option` and no list has to be there: a body without it becomes an
//! [`UnknownEvent`] that names it. All others may be absent or `null`, and say what that means. `event_time`
//! says nothing of it where the page promises the key: bodies without it are read all the same.
//!
//! "Inferred" and "by its name" mark what no page states, "undocumented" what other people's code or real
//! bodies show, and "not documented" what stays open.

pub mod alert;
pub mod bot;
pub mod c2c;
pub mod call;
pub mod chatbot;
pub mod content_callback;
pub mod desk;
pub mod follow;
pub mod group;
pub mod live;
pub mod member;
pub mod mic;
pub mod official_account;
pub mod profile;
pub mod push;
pub mod room;
pub mod sns;
pub mod state;

mod concerns;
mod unknown;

pub(crate) use concerns::{Concerns, concerns, joined, listed};
pub use unknown::UnknownEvent;

use crate::handler::Payload;

/// Decodes the payload that a command names.
pub(crate) trait Decoder {
    type Error;

    fn decode<P: Payload>(self) -> Result<P, Self::Error>;
}
