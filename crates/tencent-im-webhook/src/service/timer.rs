//! Deadlines that cost nothing where nobody waits.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::task::coop::{Unconstrained, unconstrained};
use tokio::time::{Instant, Sleep, sleep_until};

/// A deadline of something that is looked at first.
///
/// The timer is made for what waits only: a body that has come and a handler that decides without waiting need none,
/// and to make one costs more than to look.
#[derive(Default)]
pub(super) struct Timer(
    // Boxed, so that no request carries the room for it. It fires for a handler too that uses up all turns of its task.
    Option<Pin<Box<Unconstrained<Sleep>>>>,
);

impl Timer {
    /// Waits for the deadline, which is the same each time.
    pub(super) fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let timer = self.0.get_or_insert_with(|| Box::pin(unconstrained(sleep_until(deadline))));
        timer.as_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::future::poll_fn;
    use std::pin::pin;
    use std::time::Duration;

    use tokio::task::coop::{consume_budget, has_budget_remaining};

    #[tokio::test(start_paused = true)]
    async fn it_fires_for_what_uses_up_all_turns_of_its_task() {
        let (mut timer, deadline) = (Timer::default(), Instant::now() + Duration::from_secs(1));
        let mut busy = async || {
            poll_fn(|cx| {
                while has_budget_remaining() {
                    let _ = pin!(consume_budget()).poll(cx);
                }
                Poll::Ready(timer.poll(deadline, cx))
            })
            .await
        };
        assert_eq!(busy().await, Poll::Pending);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(busy().await, Poll::Ready(()));
    }
}
