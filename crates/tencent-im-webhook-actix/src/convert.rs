//! Between the types of actix-web, which are those of http 0.2, and the core's. Only what is needed.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{self, RequestHead};
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use futures_util::Stream;
use http_body::Frame;
use tencent_im_webhook::{Answer, Head};

/// What the core looks at before any body is read.
pub(crate) fn head(request: &RequestHead) -> Head<'_> {
    let query = request.uri.query().unwrap_or_default();
    let encodings = request.headers.get_all(CONTENT_ENCODING);
    let head = encodings.fold(Head::new(request.method.as_str(), query), |head, value| {
        head.content_encoding(value.as_bytes())
    });
    let length = request.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    match length {
        Some(length) => head.content_length(length),
        None => head,
    }
}

/// A body as it comes from the connection: no limit but the core's applies to it.
///
/// Clones share it. One that is kept stands for what was not read.
#[derive(Clone)]
pub(crate) struct PayloadBody(Rc<RefCell<dev::Payload>>);

impl PayloadBody {
    pub(crate) fn new(payload: dev::Payload) -> Self {
        Self(Rc::new(RefCell::new(payload)))
    }
}

impl http_body::Body for PayloadBody {
    type Data = Bytes;
    type Error = PayloadError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, PayloadError>>> {
        let piece = ready!(Pin::new(&mut *self.0.borrow_mut()).poll_next(cx));
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }
}

impl fmt::Debug for PayloadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayloadBody").finish_non_exhaustive()
    }
}

/// What of a request decides on the form of its response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    bodiless: bool,
}

impl Shape {
    pub(crate) fn of(request: &RequestHead) -> Self {
        Self { bodiless: request.method == Method::HEAD }
    }

    pub(crate) fn fit(self, answer: &Answer, unread: PayloadBody) -> HttpResponse {
        let mut response = HttpResponse::build(status(answer));
        for (name, value) in answer.headers() {
            match name == http::header::CONTENT_TYPE {
                // Every answer has it: a name that is known need not be read.
                true => response.append_header((CONTENT_TYPE, value.as_bytes())),
                false => response.append_header((name.as_str(), value.as_bytes())),
            };
        }
        let body = match self.bodiless {
            true => Bytes::new(),
            false => answer.body().clone(),
        };
        match answer.closes() {
            true => response.force_close().body(Last { body, _unread: unread }),
            false => response.body(body),
        }
    }
}

/// The body of the last answer on a connection.
///
/// actix-web reads a chunked body that was dropped half read to its end, which may never come, before it
/// closes. One that is alive by the end of the answer lets it close.
struct Last {
    body: Bytes,
    _unread: PayloadBody,
}

impl MessageBody for Last {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let body = std::mem::take(&mut self.body);
        Poll::Ready((!body.is_empty()).then_some(Ok(body)))
    }
}

pub(crate) fn status(answer: &Answer) -> StatusCode {
    StatusCode::from_u16(answer.status().as_u16()).expect("both crates know the same codes")
}

/// What an error would be answered with.
pub(crate) fn status_of(error: &actix_web::Error) -> http::StatusCode {
    let status = error.as_response_error().status_code();
    http::StatusCode::from_u16(status.as_u16()).expect("both crates know the same codes")
}
