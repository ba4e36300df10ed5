//! Payloads, a module per family.

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
