//! Webhooks as bytes: what the platform sends, and what others do.

use tencent_im_webhook::event::{c2c, group, state};
use tencent_im_webhook::{MsgElement, Payload, SdkAppId};
use tencent_im_webhook_testing::{WebhookRequest, payload};

use crate::pace::Expected;

pub(crate) const APP: SdkAppId = SdkAppId(1_400_000_000);
pub(crate) const PATH: &str = "/im/webhook";
pub(crate) const TOKEN: &str = "soak";

/// A message to decide on. Its text tells the server how to behave.
pub(crate) fn before(text: &str) -> Vec<u8> {
    let mut message: c2c::BeforeSendMsg = payload();
    message.msg_body = vec![MsgElement::text(text)].into();
    of(message)
}

/// A message that was sent. Its text tells the server how to behave.
pub(crate) fn after(text: &str) -> Vec<u8> {
    let mut message: c2c::AfterSendMsg = payload();
    message.msg_body = vec![MsgElement::text(text)].into();
    of(message)
}

/// A message to a group that is to be decided on.
pub(crate) fn in_group() -> Vec<u8> {
    of(payload::<group::BeforeSendMsg>())
}

/// What a busy app gets, in about its proportions.
pub(crate) fn honest(number: usize) -> Vec<u8> {
    match number % 8 {
        0..=2 => before("hello"),
        3..=5 => after("hello"),
        6 => in_group(),
        _ => of(payload::<state::StateChange>()),
    }
}

/// The same, each of which is accepted.
pub(crate) fn only_honest(number: usize) -> Expected {
    (honest(number), &[200])
}

/// Requests whose handlers panic, fail, never return, and go on when they have been answered, among others.
pub(crate) fn troubled(number: usize) -> Expected {
    match number % 8 {
        0 => (before("panic"), &[503]),
        1 => (after("outlast"), &[200]),
        2 => (before("fail"), &[503]),
        3 => (after("fail"), &[503]),
        4 => (before("hang"), &[503]),
        5 => (after("work"), &[200]),
        6 => (before("hello"), &[200]),
        _ => (after("hello"), &[200]),
    }
}

/// A request that should not have been sent. Where the server may stop reading it has no status to get.
pub(crate) fn hostile(number: usize) -> Expected {
    let good = || WebhookRequest::of::<c2c::BeforeSendMsg>(APP).token(TOKEN);
    match number % 12 {
        0 => (bytes(&WebhookRequest::of::<c2c::BeforeSendMsg>(SdkAppId(7)).token(TOKEN)), &[401]),
        1 => (bytes(&good().token("guessed")), &[401]),
        2 => (bytes(&WebhookRequest::of::<c2c::BeforeSendMsg>(APP)), &[401]),
        3 => (bytes(&good().body("{\"MsgBody\":[{")), &[400]),
        4 => (bytes(&good().body("[]")), &[400]),
        5 => (bytes(&good().body(format!("{{\"MsgBody\":{}1", "[".repeat(100_000)))), &[400]),
        6 => (bytes(&good().body(format!("{{\"Odd\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000)))), &[503]),
        7 => (replaced(&good(), "\r\n", "\r\ncontent-encoding: gzip\r\n"), &[415]),
        8 => (replaced(&good(), "POST ", "GET "), &[405]),
        9 => (announced(&good(), 300_000_000), &[413]),
        10 => (bytes(&good().body(" ".repeat(1_048_577))), &[]),
        _ => (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 GET / HTTP/9\r\n\r\n".to_vec(), &[]),
    }
}

fn of<P: Payload>(payload: P) -> Vec<u8> {
    bytes(&WebhookRequest::of::<P>(APP).payload(payload).token(TOKEN))
}

fn bytes(webhook: &WebhookRequest) -> Vec<u8> {
    http1::webhook(PATH, webhook)
}

/// A head for a body of so many bytes.
fn announced(webhook: &WebhookRequest, length: usize) -> Vec<u8> {
    http1::head("POST", &format!("{PATH}?{}", webhook.query()), "", length).into()
}

fn replaced(webhook: &WebhookRequest, from: &str, to: &str) -> Vec<u8> {
    String::from_utf8_lossy(&bytes(webhook)).replacen(from, to, 1).into()
}
