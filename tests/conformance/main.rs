//! What does not depend on a stack: events, layers, the log, and what the README says.
#![allow(missing_docs, reason = "tests are named by sentences")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alike;
mod arbitrary;
mod bounds;
mod catalogue;
mod compiler;
mod concerns;
mod events;
mod examples;
mod fields;
mod fuzz;
mod heap;
mod hostile;
mod json;
mod layers;
mod links;
mod log;
mod payloads;
mod properties;
mod readme;
mod requests;
mod settings;

use std::sync::OnceLock;

use bytes::Bytes;
use conformance::{APP, NOW, TOKEN, receiver};
use tencent_im_webhook::{Call, Command, Head, Receiver, Rejection, UnixSeconds};
use tencent_im_webhook_testing::WebhookRequest;

/// Decodes a body whose command stands in the URL.
fn decode(command: Command, body: impl Into<Bytes>) -> Call {
    try_decode(command, body).unwrap()
}

fn try_decode(command: Command, body: impl Into<Bytes>) -> Result<Call, Rejection> {
    static RECEIVER: OnceLock<Receiver> = OnceLock::new();
    let receiver = RECEIVER.get_or_init(|| receiver().build().unwrap());
    let request = WebhookRequest::new(APP, command).token_at(TOKEN, UnixSeconds(NOW));
    let admission = receiver.admit(&Head::new("POST", &request.query()))?;
    receiver.decode(admission, body.into())
}
