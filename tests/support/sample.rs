use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body, Frame, SizeHint};
use tencent_im_webhook::{Command, UnixSeconds};
use tencent_im_webhook_testing::WebhookRequest;

use crate::{APP, NOW, PATH, TOKEN};

/// A request to spoil, one way at a time. It starts as a good one.
#[derive(Clone, Debug)]
pub struct Sample {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Sent,
}

impl Sample {
    /// A signed webhook with the body of the command's fixture.
    pub fn of(command: &str) -> Self {
        let request = WebhookRequest::new(APP, Command::from(command)).token_at(TOKEN, UnixSeconds(NOW));
        Self {
            method: "POST".into(),
            path: PATH.into(),
            query: request.query(),
            headers: HeaderMap::new(),
            body: Sent::Whole(request.body_bytes().clone()),
        }
    }

    /// The same question that most rows of the tables start from.
    pub fn before() -> Self {
        Self::of("OfficialAccount.CallbackBeforeSendMsg")
    }

    /// One that needs no decision.
    pub fn after() -> Self {
        Self::of("OfficialAccount.CallbackAfterSendMsg")
    }

    /// Replaces the raw value of a parameter.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let pairs = self.query.split('&').map(|pair| match pair.split_once('=') {
            Some((known, _)) if known == name => format!("{name}={value}"),
            _ => pair.to_owned(),
        });
        self.query = pairs.collect::<Vec<_>>().join("&");
        self
    }

    /// Drops a parameter.
    pub fn without(mut self, name: &str) -> Self {
        let others = self.query.split('&').filter(|pair| pair.split('=').next() != Some(name));
        self.query = others.collect::<Vec<_>>().join("&");
        self
    }

    /// Gives a parameter another name, raw.
    pub fn renamed(mut self, name: &str, other: &str) -> Self {
        self.query = self.query.replace(&format!("{name}="), &format!("{other}="));
        self
    }

    /// Puts raw text before the query.
    pub fn after_text(mut self, text: &str) -> Self {
        self.query.insert_str(0, text);
        self
    }

    /// Puts raw text behind the query.
    pub fn and(mut self, text: &str) -> Self {
        self.query.push_str(text);
        self
    }

    /// Drops the whole query.
    pub fn emptied(mut self) -> Self {
        self.query.clear();
        self
    }

    /// Turns the order of the parameters around.
    pub fn reversed(mut self) -> Self {
        self.query = self.query.rsplit('&').collect::<Vec<_>>().join("&");
        self
    }

    /// Changes the raw text of the query.
    pub fn replacing_query(mut self, from: &str, to: &str) -> Self {
        self.query = self.query.replace(from, to);
        self
    }

    /// Replaces the signature by one of this token and time.
    pub fn signed(self, token: &str, time: u64) -> Self {
        let sign = tencent_im_webhook::sign(token, UnixSeconds(time));
        self.with("Sign", &sign).with("RequestTime", &time.to_string())
    }

    pub fn method(mut self, method: &str) -> Self {
        self.method = method.into();
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header value");
        self.headers.append(HeaderName::from_static(name), value);
        self
    }

    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Sent::Whole(body.into());
        self
    }

    pub fn sent(mut self, body: Sent) -> Self {
        self.body = body;
        self
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body.clone().whole()).into_owned()
    }

    /// Changes the text of the body.
    pub fn replacing(self, from: &str, to: &str) -> Self {
        let text = self.text();
        assert!(text.contains(from), "{from} is not in {text}");
        self.body(text.replace(from, to))
    }

    /// Puts other text in place of the opening brace of the body.
    pub fn with_start(self, start: &str) -> Self {
        let text = self.text();
        self.body(text.replacen('{', start, 1))
    }

    /// The bytes of an HTTP/1 request, its body in one piece.
    pub fn to_bytes(&self) -> String {
        self.to_bytes_with("")
    }

    /// The same with more lines in the head.
    pub fn to_bytes_with(&self, more: &str) -> String {
        let text = self.text();
        let (path, query, length) = (&self.path, &self.query, text.len());
        format!("POST {path}?{query} HTTP/1.1\r\nHost: a\r\n{more}Content-Length: {length}\r\n\r\n{text}")
    }

    pub fn to_http(&self) -> http::Request<Sent> {
        let mut request = http::Request::builder()
            .method(self.method.as_str())
            .uri(format!("{}?{}", self.path, self.query))
            .body(self.body.clone())
            .expect("a request");
        *request.headers_mut() = self.headers.clone();
        request
    }
}

/// How a body comes.
#[derive(Clone, Debug)]
pub enum Sent {
    /// In one piece, with its length announced.
    Whole(Bytes),
    /// In pieces, without a length.
    Pieces(VecDeque<Bytes>),
    /// In pieces, then trailers.
    Trailed(VecDeque<Bytes>, HeaderMap),
    /// So far, and then never more.
    Stalled(Bytes),
    /// So far, and then the connection breaks.
    Broken(Bytes),
}

impl Sent {
    /// All that comes of it.
    pub fn whole(self) -> Bytes {
        match self {
            Self::Whole(bytes) | Self::Stalled(bytes) | Self::Broken(bytes) => bytes,
            Self::Pieces(pieces) | Self::Trailed(pieces, _) => Vec::from(pieces).concat().into(),
        }
    }

    /// Whether it ends in a regular way.
    pub fn ends(&self) -> bool {
        match self {
            Self::Whole(_) | Self::Pieces(_) | Self::Trailed(_, _) => true,
            Self::Stalled(_) | Self::Broken(_) => false,
        }
    }

    fn next(&mut self) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match self {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Pieces(pieces) => Poll::Ready(pieces.pop_front().map(|piece| Ok(Frame::data(piece)))),
            Self::Trailed(pieces, trailers) => match pieces.pop_front() {
                Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
                None if trailers.is_empty() => Poll::Ready(None),
                None => Poll::Ready(Some(Ok(Frame::trailers(std::mem::take(trailers))))),
            },
            Self::Stalled(bytes) if bytes.is_empty() => Poll::Pending,
            Self::Broken(bytes) if bytes.is_empty() => Poll::Ready(Some(Err(BrokenOff))),
            Self::Stalled(bytes) | Self::Broken(bytes) => {
                Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes)))))
            }
        }
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        self.next()
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            // One byte more is announced than ever comes.
            Self::Stalled(bytes) | Self::Broken(bytes) => SizeHint::with_exact(bytes.len() as u64 + 1),
            Self::Pieces(_) | Self::Trailed(_, _) => SizeHint::new(),
        }
    }
}

/// The body broke off.
#[derive(Debug)]
pub struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken off")
    }
}

impl std::error::Error for BrokenOff {}

impl From<Infallible> for BrokenOff {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
