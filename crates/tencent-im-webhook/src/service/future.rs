use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;

/// The future of a [`WebhookService`](crate::WebhookService).
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture(State);

type Response = http::Response<Full<Bytes>>;

enum State {
    /// Refused from the head; taken when polled.
    Refused(Option<Response>),
    Admitted(Pin<Box<dyn Future<Output = Response> + Send>>),
}

impl ResponseFuture {
    pub(super) fn refused(response: Response) -> Self {
        Self(State::Refused(Some(response)))
    }

    pub(super) fn admitted(response: impl Future<Output = Response> + Send + 'static) -> Self {
        Self(State::Admitted(Box::pin(response)))
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Refused(response) => {
                response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
            }
            State::Admitted(response) => response.as_mut().poll(cx).map(Ok),
        }
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
