//! What every measurement shares: the requests, and the receiver that they are for.
#![allow(missing_docs, reason = "read by its own measurements alone")]

mod request;

pub use request::{APP, Body, Request, TOKEN, receiver};
