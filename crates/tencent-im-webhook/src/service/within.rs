//! Deadlines that cost nothing where nobody waits.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

/// What a future brings up to the deadline. One that has its value at once has it after the deadline too.
///
/// A timer is made for a future that waits only: a body that has come and a handler that decides without
/// waiting need none, and to make one costs more than to look first.
pub(super) async fn within<F: Future>(
    deadline: Instant,
    mut future: Pin<&mut F>,
) -> Result<F::Output, Elapsed> {
    if let Some(output) = at_once(future.as_mut()).await {
        return Ok(output);
    }
    // Boxed, so that no request carries the room for a timer.
    Box::pin(timeout_at(deadline, future)).await
}

/// What a future brings without waiting.
pub(super) async fn at_once<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
