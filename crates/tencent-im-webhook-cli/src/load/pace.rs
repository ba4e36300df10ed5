//! When each webhook is due.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// Hands out what is due, to whoever asks first.
///
/// A thread of its own keeps the time: the timers of an async runtime tick in milliseconds, which is more than many
/// an answer takes.
#[derive(Debug)]
pub(super) struct Pace {
    begun: Instant,
    rate: u32,
    duration: Duration,
    /// How many there are; less than planned once stopped.
    total: AtomicU64,
    taken: AtomicU64,
    due: Semaphore,
}

impl Pace {
    /// Begins now, for so many takers.
    pub(super) fn begin(rate: u32, duration: Duration, takers: u16) -> Arc<Self> {
        let pace = Arc::new(Self {
            begun: Instant::now(),
            rate,
            duration,
            total: AtomicU64::new(planned(rate, duration)),
            taken: AtomicU64::new(0),
            due: Semaphore::new(0),
        });
        let keeper = Arc::clone(&pace);
        thread::spawn(move || keeper.keep(takers));
        pace
    }

    /// Waits for the next one to be due; `None` if there is none any more.
    pub(super) async fn next(&self) -> Option<Instant> {
        self.due.acquire().await.ok()?.forget();
        let index = self.taken.fetch_add(1, Ordering::Relaxed);
        (index < self.total()).then(|| self.due_at(index))
    }

    /// No more from now on.
    pub(super) fn stop(&self) {
        self.total.fetch_min(self.due_by(self.elapsed()), Ordering::Relaxed);
        self.due.close();
    }

    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    pub(super) fn ends(&self) -> Instant {
        self.begun + self.duration
    }

    pub(super) fn rate(&self) -> u32 {
        self.rate
    }

    /// How many were to be sent from the beginning to the end.
    pub(super) fn planned(&self) -> u64 {
        planned(self.rate, self.duration)
    }

    /// How many were to be sent, until it was stopped if it was.
    pub(super) fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// How many nobody took.
    pub(super) fn left(&self) -> u64 {
        self.total().saturating_sub(self.taken.load(Ordering::Relaxed))
    }

    fn due_at(&self, index: u64) -> Instant {
        let nanos = u128::from(index) * NANOS / u128::from(self.rate);
        self.begun + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// How many are due once so much time has passed; the first one is at once.
    fn due_by(&self, elapsed: Duration) -> u64 {
        let count = u128::from(self.rate) * elapsed.as_nanos() / NANOS + 1;
        u64::try_from(count).unwrap_or(u64::MAX).min(self.total())
    }

    fn keep(&self, takers: u16) {
        let mut released = 0;
        while released < self.total() {
            let due = self.due_by(self.elapsed());
            if due > released {
                self.due.add_permits(usize::try_from(due - released).unwrap_or(Semaphore::MAX_PERMITS));
                released = due;
            }
            let nap = self.due_at(released).saturating_duration_since(Instant::now());
            thread::sleep(nap.clamp(SHORTEST_NAP, LONGEST_NAP));
        }
        // So that everybody finds that nothing is left.
        self.due.add_permits(takers.into());
    }
}

/// How many are due before a time is over.
fn planned(rate: u32, duration: Duration) -> u64 {
    let count = (u128::from(rate) * duration.as_nanos()).div_ceil(NANOS);
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// A second.
const NANOS: u128 = 1_000_000_000;

/// What a system's timer can tell apart anyhow.
const SHORTEST_NAP: Duration = Duration::from_micros(50);
/// A stop is seen after so long.
const LONGEST_NAP: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everything_is_due_once_and_in_its_time() {
        let pace = Pace::begin(10_000, Duration::from_millis(10), 2);
        let mut dues = Vec::new();
        while let Some(due) = pace.next().await {
            assert!(due <= Instant::now(), "nothing before its time");
            dues.push(due.duration_since(pace.begun()));
        }
        let expected: Vec<_> = (0..100).map(|index| Duration::from_micros(index * 100)).collect();
        assert_eq!(dues, expected);
        assert_eq!((pace.total(), pace.left()), (100, 0));
        assert_eq!(pace.next().await, None, "nor for the other taker");
    }

    #[tokio::test]
    async fn a_stop_leaves_the_rest() {
        let pace = Pace::begin(1, Duration::from_secs(3600), 1);
        assert_eq!(pace.next().await, Some(pace.begun()));
        pace.stop();
        assert_eq!(pace.next().await, None);
        assert_eq!(pace.planned(), 3600);
        assert!(pace.total() < 3600, "what was not due yet does not count: {}", pace.total());
        assert!(pace.total() >= 1, "what was sent counts");
    }

    #[test]
    fn what_is_due_begins_with_the_first_and_ends_with_the_last() {
        let pace = Pace::begin(10, Duration::from_millis(250), 0);
        let due_by = [0, 99, 100, 200, 250, 9_000].map(|at| pace.due_by(Duration::from_millis(at)));
        assert_eq!(due_by, [1, 1, 2, 3, 3, 3]);
    }
}
