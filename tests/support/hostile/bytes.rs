//! Bytes that no HTTP client would send, for servers of HTTP/1.

use crate::{Kind, Sample};

/// Bytes on a connection, and what comes back.
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    pub number: &'static str,
    pub name: &'static str,
    pub bytes: fn() -> Vec<u8>,
    outcome: Outcome,
    on_actix: Option<Outcome>,
}

/// What a server does with bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It answers with these statuses, in this order, and a handler runs for each 200. Then it answers more.
    Answers(&'static [u16]),
    /// The same, and then it closes the connection.
    Closes(&'static [u16]),
    /// It refuses by itself, with a status of 4xx or by closing the connection, and no handler runs.
    ByItself,
    /// It answers once, or refuses by itself.
    Either(u16),
}

use Outcome::{Answers, ByItself, Closes, Either};

impl Bytes {
    /// What this stack's server does.
    pub fn outcome(&self, kind: Kind) -> Outcome {
        match self.on_actix {
            Some(outcome) if kind.is_actix() => outcome,
            Some(_) | None => self.outcome,
        }
    }

    /// actix-web does something else.
    const fn on_actix(mut self, outcome: Outcome) -> Self {
        self.on_actix = Some(outcome);
        self
    }
}

pub const BYTES: &[Bytes] = &[
    bytes("46", "an announced flood", || head("Content-Length: 300000000\r\n"), Closes(&[413])),
    bytes("52r", "half a body and a farewell", half_a_body, Either(400)),
    bytes("56a", "two lengths", || head("Content-Length: 5\r\nContent-Length: 6\r\n"), ByItself),
    bytes("56b", "a length with a plus", || head("Content-Length: +5\r\n"), ByItself),
    bytes("56c", "a length below nothing", || head("Content-Length: -1\r\n"), ByItself),
    bytes("56d", "a length of 2⁶⁴", || head("Content-Length: 18446744073709551616\r\n"), ByItself),
    bytes("56e", "a length in hexadecimal", || head("Content-Length: 0x5\r\n"), ByItself),
    bytes("56f", "a length with a blank inside", || head("Content-Length: 5 5\r\n"), ByItself),
    bytes(
        "57a",
        "codings of which chunked is not the last",
        || head("Transfer-Encoding: chunked, identity\r\n"),
        ByItself,
    ),
    bytes("57b", "a coding behind a vertical tab", || head("Transfer-Encoding:\x0bchunked\r\n"), ByItself),
    bytes("57c", "a chunk of 2⁶⁸ bytes", || chunked("fffffffffffffffff\r\n"), ByItself),
    bytes(
        "57d",
        "a chunk with an extension of a megabyte",
        || chunked(&format!("1;{}\r\n", "x".repeat(1 << 20))),
        ByItself,
    ),
    bytes("57e", "a chunk whose size is no number", || chunked("xyz\r\nabc\r\n0\r\n\r\n"), ByItself),
    bytes("57f", "a chunk of a size below nothing", || chunked("-1\r\nabc\r\n0\r\n\r\n"), ByItself),
    bytes("57g", "a chunk that is longer than it says", || chunked("2\r\nabcdef\r\n0\r\n\r\n"), ByItself),
    bytes("57h", "no size at all", || chunked("\r\n\r\n"), ByItself),
    bytes("57i", "a body in chunks", in_chunks, Answers(&[200])),
    bytes("57j", "a body in chunks, and a length", in_chunks_with_a_length, Either(200)),
    bytes(
        "58a",
        "a target with another host",
        || line("POST http://elsewhere.example/cb?{query} HTTP/1.1\r\nHost: a\r\n"),
        Answers(&[200]),
    ),
    bytes("58b", "no host", || line("POST /cb?{query} HTTP/1.1\r\n"), Answers(&[200])).on_actix(ByItself),
    bytes("58c", "two hosts", || line("POST /cb?{query} HTTP/1.1\r\nHost: a\r\nHost: b\r\n"), Either(200)),
    bytes("59a", "HTTP/1.0", || line("POST /cb?{query} HTTP/1.0\r\n"), Closes(&[200])),
    bytes(
        "59b",
        "HTTP/1.0 that keeps the connection",
        || line("POST /cb?{query} HTTP/1.0\r\nConnection: keep-alive\r\n"),
        Answers(&[200]),
    ),
    bytes("60a", "HTTP/0.9", || b"GET /cb\r\n\r\n".into(), ByItself),
    bytes("60b", "HTTP/9.9", || line("POST /cb?{query} HTTP/9.9\r\n"), ByItself),
    bytes("60c", "the hello of TLS", || b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03".into(), ByItself),
    bytes("60d", "NULs", || vec![0; 100], ByItself),
    bytes("60e", "every byte there is", || (0..=255).collect(), ByItself),
    bytes("60f", "a greeting of another protocol", || b"SSH-2.0-OpenSSH_9.9\r\n\r\n".into(), ByItself),
    bytes("61a", "a hundred and one headers", || head(&"X-Many: 1\r\n".repeat(101)), ByItself),
    bytes(
        "61b",
        "a header of half a megabyte",
        || head(&format!("X-Long: {}\r\n", "x".repeat(500_000))),
        ByItself,
    ),
    bytes("61c", "a bare carriage return in a header", || head("X-Bare: a\rb\r\n"), ByItself),
    bytes("61d", "a blank behind a header's name", || head("X-Blank : 1\r\n"), ByItself),
    bytes("61e", "a header folded onto a second line", || head("X-Fold: a\r\n b\r\n"), ByItself),
    bytes("61f", "a NUL in a header", || head("X-Nul: a\0b\r\n"), ByItself),
    bytes("61g", "a header without a name", || head(": 1\r\n"), ByItself),
    bytes("61h", "a header without a colon", || head("X-None\r\n"), ByItself),
    bytes("61i", "a header whose name is no ASCII", || head("X-\u{e9}: 1\r\n"), ByItself),
    bytes(
        "63",
        "a query of seventy kilobytes",
        || text(&format!("POST /cb?{}&x={} HTTP/1.1\r\nHost: a\r\n\r\n", query(), "x".repeat(70_000))),
        ByItself,
    ),
    bytes("64", "three requests at once, the second forged", pipelined, Answers(&[200, 401, 200])),
    bytes("79a", "a NUL in the target", || line("POST /cb?{query}\0 HTTP/1.1\r\nHost: a\r\n"), ByItself),
    bytes("79b", "a blank in the target", || line("POST /cb?{query} &x=1 HTTP/1.1\r\nHost: a\r\n"), ByItself),
    bytes(
        "79c",
        "a carriage return in the target",
        || line("POST /cb?{query}\r&x=1 HTTP/1.1\r\nHost: a\r\n"),
        ByItself,
    ),
    bytes("79d", "a fragment", || line("POST /cb?{query}#fragment HTTP/1.1\r\nHost: a\r\n"), Either(200)),
    bytes(
        "79e",
        "raw letters beyond ASCII in the target",
        || line("POST /cb?{query}&x=é HTTP/1.1\r\nHost: a\r\n"),
        Either(200),
    ),
    bytes(
        "205",
        "empty lines before a request",
        || [b"\r\n\r\n".as_slice(), &line("POST /cb?{query} HTTP/1.1\r\nHost: a\r\n")].concat(),
        Answers(&[200]),
    ),
    bytes(
        "206",
        "lines that end in a line feed alone",
        || {
            text(
                &String::from_utf8_lossy(&line("POST /cb?{query} HTTP/1.1\r\nHost: a\r\n")).replace('\r', ""),
            )
        },
        Either(200),
    ),
    bytes(
        "207",
        "two blanks between method and target",
        || line("POST  /cb?{query} HTTP/1.1\r\nHost: a\r\n"),
        ByItself,
    ),
    bytes("208", "a method with a NUL", || line("PO\0ST /cb?{query} HTTP/1.1\r\nHost: a\r\n"), ByItself),
    bytes("209", "the target of a tunnel", || b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n".into(), ByItself),
    bytes(
        "210",
        "the target of a whole server",
        || b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        ByItself,
    ),
    bytes(
        "211",
        "half a wish to go over to HTTP/2",
        || {
            line(
                "POST /cb?{query} HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
            )
        },
        Answers(&[200]),
    ),
    bytes(
        "212",
        "a wish to go over to a web socket",
        || line("POST /cb?{query} HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"),
        Answers(&[200]),
    )
    // actix-web takes all that follows for the other protocol, and so for a body without an end.
    .on_actix(Closes(&[408])),
    bytes(
        "213",
        "a request that wants to be the last",
        || line("POST /cb?{query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"),
        Closes(&[200]),
    ),
    bytes("214", "a second request hidden behind two lengths", smuggled, ByItself),
    bytes("215", "nothing but a farewell", Vec::new, ByItself),
];

const fn bytes(number: &'static str, name: &'static str, bytes: fn() -> Vec<u8>, outcome: Outcome) -> Bytes {
    Bytes { number, name, bytes, outcome, on_actix: None }
}

fn query() -> String {
    Sample::before().query
}

fn text(text: &str) -> Vec<u8> {
    text.as_bytes().into()
}

/// A head with more headers, and nothing behind it.
fn head(more: &str) -> Vec<u8> {
    text(&format!("POST /cb?{} HTTP/1.1\r\nHost: a\r\n{more}\r\n", query()))
}

/// A good request but for its first lines.
fn line(first: &str) -> Vec<u8> {
    let body = Sample::before().text();
    text(&format!("{}Content-Length: {}\r\n\r\n{body}", first.replace("{query}", &query()), body.len()))
}

fn chunked(chunks: &str) -> Vec<u8> {
    [head("Transfer-Encoding: chunked\r\n"), text(chunks)].concat()
}

fn in_chunks() -> Vec<u8> {
    let body = Sample::before().text();
    let (one, other) = body.split_at(100);
    chunked(&format!("64;name=value\r\n{one}\r\n{:X}\r\n{other}\r\n0\r\nX-Late: 1\r\n\r\n", other.len()))
}

fn in_chunks_with_a_length() -> Vec<u8> {
    let chunks = String::from_utf8_lossy(&in_chunks()).replacen("\r\n", "\r\nContent-Length: 7\r\n", 1);
    text(&chunks)
}

fn half_a_body() -> Vec<u8> {
    let mut whole = text(&Sample::before().to_bytes());
    whole.truncate(whole.len() - 2);
    whole
}

fn pipelined() -> Vec<u8> {
    let forged = Sample::before().with("Sign", &"0".repeat(64));
    text(&(Sample::before().to_bytes() + &forged.to_bytes() + &Sample::after().to_bytes()))
}

/// One length for a proxy, another for the server behind it: what is between the two would be a request.
fn smuggled() -> Vec<u8> {
    let inner = Sample::before().to_bytes();
    text(&format!(
        "POST /cb?{} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\nContent-Length: 0\r\n\r\n{inner}",
        query(),
        inner.len()
    ))
}
