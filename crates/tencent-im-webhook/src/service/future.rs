use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;

use crate::boxed::boxed;
use crate::reply::Answer;
use crate::service::shape::Shape;

/// The future of a [`WebhookService`](crate::WebhookService).
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture {
    shape: Shape,
    state: State,
}

enum State {
    /// Refused from the head; taken when polled.
    Refused(Option<Answer>),
    Admitted(Pin<Box<dyn Future<Output = Answer> + Send>>),
}

impl ResponseFuture {
    pub(super) fn refused(shape: Shape, answer: Answer) -> Self {
        Self { shape, state: State::Refused(Some(answer)) }
    }

    pub(super) fn admitted<F>(shape: Shape, answer: impl FnOnce() -> F) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        Self { shape, state: State::Admitted(Box::into_pin(boxed(answer))) }
    }
}

impl Future for ResponseFuture {
    type Output = Result<http::Response<Full<Bytes>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = match &mut self.state {
            State::Refused(answer) => answer.take().map_or(Poll::Pending, Poll::Ready),
            State::Admitted(answer) => answer.as_mut().poll(cx),
        };
        answer.map(|answer| Ok(self.shape.fit(answer)))
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
