//! Payloads, a module per family.

pub mod c2c;
pub mod follow;
pub mod group;
pub mod official_account;
pub mod profile;
pub mod sns;
pub mod state;

mod concerns;
mod unknown;

pub(crate) use concerns::{Concerns, concerns, joined};
pub use unknown::UnknownEvent;

use crate::handler::Payload;

/// Decodes the payload that a command names.
pub(crate) trait Decoder {
    type Error;

    fn decode<P: Payload>(self) -> Result<P, Self::Error>;
}
