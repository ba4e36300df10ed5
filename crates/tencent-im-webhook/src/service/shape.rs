use bytes::Bytes;
use http::{Method, Version, header};
use http_body_util::Full;

use crate::reply::Answer;

/// What of a request decides on the form of its response.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    bodiless: bool,
    closable: bool,
}

impl Shape {
    pub(super) fn of<B>(request: &http::Request<B>) -> Self {
        Self {
            bodiless: request.method() == Method::HEAD,
            // HTTP/2 has no such header.
            closable: request.version() <= Version::HTTP_11,
        }
    }

    pub(super) fn fit(self, answer: Answer) -> http::Response<Full<Bytes>> {
        let closes = self.closable && answer.closes();
        let mut response = http::Response::from(answer);
        if closes {
            response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
        }
        if self.bodiless {
            *response.body_mut() = Full::default();
        }
        response
    }
}
