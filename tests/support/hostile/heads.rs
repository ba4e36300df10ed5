//! Methods and headers, and how a body comes.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use tencent_im_webhook::Receiver;

use super::{
    BAD_REQUEST, BROKEN, ENCODED, NOT_POST, Row, TOO_LARGE, TOO_SLOW, TYPED, UNAUTHORIZED, each, good, row,
};
use crate::{Sample, Sent, receiver};

pub(super) const ROWS: &[Row] = &[
    each(
        "36",
        "any other method",
        || methods(&["GET", "PUT", "PATCH", "DELETE", "TRACE", "post", "FOO"]),
        NOT_POST,
    ),
    row("37", "HEAD", || good().method("HEAD"), NOT_POST),
    row("38", "OPTIONS, as browsers ask for permission", preflight, NOT_POST),
    row(
        "39",
        "GET that says it were POST",
        || good().method("GET").header("x-http-method-override", "POST"),
        NOT_POST,
    ),
    row("156", "a method of a thousand letters", || good().method(&"M".repeat(1000)), NOT_POST),
    row("157", "PROPFIND and a wrong app id", || good().method("PROPFIND").with("SdkAppid", "1"), NOT_POST),
    row("41", "no content type", good, TYPED),
    each(
        "42a",
        "another content type",
        || {
            [
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "application/json;charset=gbk",
                "",
            ]
            .map(|value| good().header("content-type", value))
            .into()
        },
        TYPED,
    ),
    row(
        "42b",
        "two content types",
        || good().header("content-type", "text/plain").header("content-type", "text/html"),
        TYPED,
    ),
    each(
        "43a",
        "a content encoding",
        || {
            [
                "gzip",
                "br",
                "deflate",
                "zstd",
                "gzip, gzip",
                "GZIP",
                "identity, gzip",
                "gzip,",
                "x",
                "identity;q=0",
            ]
            .map(|value| good().header("content-encoding", value))
            .into()
        },
        ENCODED,
    ),
    row(
        "43b",
        "a content encoding behind another one",
        || good().header("content-encoding", "identity").header("content-encoding", "gzip"),
        ENCODED,
    ),
    row(
        "44",
        "ten kilobytes that inflate to more than a megabyte",
        || good().header("content-encoding", "gzip").body(bomb()),
        ENCODED,
    ),
    each(
        "45",
        "the content encoding that is none",
        || {
            ["identity", "Identity", "", "identity, identity", " identity ,"]
                .map(|value| good().header("content-encoding", value))
                .into()
        },
        TYPED,
    ),
    row("47a", "a body of the limit", || padded(LIMIT), TYPED),
    row("47b", "a body one byte beyond the limit", || padded(LIMIT + 1), TOO_LARGE),
    row(
        "48a",
        "a body of the limit without a length",
        || good().sent(pieces(&padded(LIMIT).text(), 4096)),
        TYPED,
    ),
    row(
        "48b",
        "one byte beyond it without a length",
        || good().sent(pieces(&padded(LIMIT + 1).text(), 4096)),
        TOO_LARGE,
    ),
    row(
        "48c",
        "a body without an end",
        || good().sent(Sent::Pieces(vec![Bytes::from_static(&[b' '; 1000]); 2000].into())),
        TOO_LARGE,
    ),
    each(
        "49a",
        "a body in pieces of any size",
        || [1, 2, 7, 100, 1000].map(|size| good().sent(pieces(&good().text(), size))).into(),
        TYPED,
    )
    .sees(|seen, _| assert_eq!(seen.context.raw(), &good().text())),
    row("49b", "trailers", trailed, TYPED).over_io(),
    row("50a", "a body that stops a byte before its end", || stalled(good().text().len() - 1), TOO_SLOW)
        .at(impatient, good)
        .over_io(),
    row("50b", "a body that never begins", || stalled(0), TOO_SLOW).at(impatient, good).over_io(),
    row("52", "a body that breaks off", || broken(good().text().len() - 1), BROKEN).over_io(),
    row("53", "a body that breaks off at once", || broken(0), BROKEN).over_io(),
    row(
        "66",
        "a header that tells of a trusted address",
        || good().with("SdkAppid", "1").header("x-forwarded-for", "127.0.0.1"),
        UNAUTHORIZED,
    ),
    // What is checked first decides.
    row("158", "a wrong method before a wrong app", || forged().method("PUT"), NOT_POST),
    row(
        "159",
        "a wrong app before an encoded body that is too large",
        || forged().body(vec![b' '; 2 << 20]),
        UNAUTHORIZED,
    ),
    row("160", "a wrong app before two commands", || forged().and("&CallbackCommand=x"), UNAUTHORIZED),
    row(
        "161",
        "an encoded body before one that is too large",
        || padded(LIMIT + 1).header("content-encoding", "br"),
        ENCODED,
    ),
    row(
        "162",
        "a body that is too large before two commands",
        || padded(LIMIT + 1).header("content-length", &(LIMIT + 1).to_string()).and("&CallbackCommand=x"),
        TOO_LARGE,
    ),
    row(
        "163",
        "two commands before a body that is no JSON",
        || good().and("&CallbackCommand=x").body("{"),
        BAD_REQUEST,
    ),
    row("164", "a hundred headers of proxies and tools", proxied, TYPED),
    row("165", "a header that is no text", || good().header("x-odd", "\u{e9}\u{4f60}"), TYPED),
    row(
        "166",
        "a header that asks for another answer",
        || good().header("accept", "text/html").header("accept-encoding", "gzip"),
        TYPED,
    ),
    row(
        "167",
        "credentials of another sort",
        || good().without("Sign").header("authorization", "Bearer demo-token"),
        UNAUTHORIZED,
    ),
    row(
        "168",
        "a header that asks for another protocol",
        || good().header("upgrade-insecure-requests", "1").header("range", "bytes=0-1"),
        TYPED,
    ),
];

/// The largest body that a receiver takes by default.
const LIMIT: usize = 1 << 20;

fn methods(names: &[&str]) -> Vec<Sample> {
    names.iter().map(|name| good().method(name)).collect()
}

fn preflight() -> Sample {
    good()
        .method("OPTIONS")
        .header("origin", "https://a.example")
        .header("access-control-request-method", "POST")
}

fn forged() -> Sample {
    good().with("SdkAppid", "1").header("content-encoding", "gzip")
}

fn proxied() -> Sample {
    (0..90).fold(good(), |sample, at| sample.header("via", &format!("1.1 proxy{at}")))
}

/// The good body with blanks up to a size.
fn padded(size: usize) -> Sample {
    let text = good().text();
    let blanks = " ".repeat(size - text.len());
    good().body(text + &blanks)
}

fn pieces(text: &str, size: usize) -> Sent {
    Sent::Pieces(text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect())
}

fn trailed() -> Sample {
    let mut trailers = HeaderMap::new();
    trailers.insert("content-encoding", HeaderValue::from_static("gzip"));
    trailers.insert("content-length", HeaderValue::from_static("1"));
    good().sent(Sent::Trailed([good().text().into()].into(), trailers))
}

fn impatient() -> Receiver {
    receiver().body_deadline(Duration::from_millis(200)).build().expect("the settings are good")
}

fn stalled(end: usize) -> Sample {
    good().sent(Sent::Stalled(Bytes::from(good().text()).slice(..end)))
}

fn broken(end: usize) -> Sample {
    good().sent(Sent::Broken(Bytes::from(good().text()).slice(..end)))
}

/// Ten kilobytes of gzip that say "the same 258 bytes again" over and over.
fn bomb() -> Vec<u8> {
    const HEAD: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03";
    const AGAIN: &str = "1100010100000";
    let bits = format!("11000110000{}", AGAIN.repeat(80_000 / AGAIN.len()));
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
    HEAD.iter().copied().chain(bits.as_bytes().chunks(8).map(byte)).collect()
}
