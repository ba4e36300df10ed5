//! What every measurement shares: the requests, and the receiver that they are for.
#![allow(missing_docs, reason = "read by its own measurements alone")]

mod prepared;
mod request;

pub use prepared::{admitted, ready, refused};
pub use request::{APP, Body, Request, TOKEN, receiver, receiver_without_signature};
