//! What was measured.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::error::{Error, ErrorKind};
use crate::judge::LIMIT;
use crate::load::pace::Pace;
use crate::output::{BAD, GOOD, STRONG};
use crate::send::Milliseconds;

/// Filled by all connections at once.
#[derive(Debug, Default)]
pub(super) struct Record(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    latency: Histogram<u64>,
    /// By the second in which a webhook was due.
    seconds: Vec<Histogram<u32>>,
    done: u64,
    /// Answers within the limit.
    in_time: u64,
    errors: BTreeMap<&'static str, u64>,
}

impl Default for Inner {
    fn default() -> Self {
        let latency = Histogram::new(3).expect("three digits are possible");
        Self { latency, seconds: Vec::new(), done: 0, in_time: 0, errors: BTreeMap::new() }
    }
}

/// Latencies of one second, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Second {
    pub(super) p50: u64,
    pub(super) p99: u64,
    pub(super) max: u64,
}

/// What a load came to.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    /// How many would have been due at the end.
    planned: u64,
    /// How many were due.
    due: u64,
    rate: u32,
    seconds: f64,
    answered: u64,
    /// Answers that the platform takes for none, and webhooks without one.
    failed: u64,
    errors: BTreeMap<&'static str, u64>,
    /// Due, and not even sent: every connection was busy.
    unsent: u64,
    /// Sent, and still unanswered at the end.
    pending: u64,
    /// Due, and without an answer within the limit, for whatever reason.
    over_limit: u64,
    /// Of all that were due.
    over_limit_share: f64,
    /// How many answers there were a second.
    achieved_rate: f64,
    /// Of the answers; absent where there is none.
    pub(super) p50_us: Option<u64>,
    pub(super) p99_us: Option<u64>,
    p999_us: Option<u64>,
    pub(super) max_us: Option<u64>,
    interrupted: bool,
}

impl Record {
    /// One webhook: when it was due, how long it then took, whether anything came back, and what was wrong with it.
    pub(super) fn add(&self, due: Duration, latency: Duration, answered: bool, error: Option<&'static str>) {
        let mut inner = self.inner();
        inner.done += 1;
        if let Some(error) = error {
            *inner.errors.entry(error).or_default() += 1;
        }
        if !answered {
            return;
        }
        inner.in_time += u64::from(latency <= LIMIT);
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        inner.latency.record(micros).expect("it grows as needed");
        let second = usize::try_from(due.as_secs()).unwrap_or(usize::MAX);
        while inner.seconds.len() <= second {
            inner.seconds.push(Histogram::new(2).expect("two digits are possible"));
        }
        inner.seconds[second].record(micros).expect("it grows as needed");
    }

    pub(super) fn has_answers(&self) -> bool {
        !self.inner().latency.is_empty()
    }

    /// For the progress bar.
    pub(super) fn glance(&self) -> String {
        let inner = self.inner();
        let errors: u64 = inner.errors.values().sum();
        let p99 = inner.quantile(0.99);
        format!("{} done, p99 {}, {errors} failed", inner.done, Latency(p99))
    }

    /// Every second that had an answer, with its number.
    pub(super) fn seconds(&self) -> Vec<(usize, Second)> {
        let second = |latency: &Histogram<u32>| Second {
            p50: latency.value_at_quantile(0.5),
            p99: latency.value_at_quantile(0.99),
            max: latency.max(),
        };
        let inner = self.inner();
        let seconds = inner.seconds.iter().enumerate().filter(|(_, latency)| !latency.is_empty());
        seconds.map(|(at, latency)| (at, second(latency))).collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Of the answers; `None` without one.
    fn quantile(&self, quantile: f64) -> Option<u64> {
        (!self.latency.is_empty()).then(|| self.latency.value_at_quantile(quantile))
    }
}

impl Summary {
    pub(super) fn of(record: &Record, pace: &Pace, interrupted: bool) -> Self {
        let inner = record.inner();
        let (due, unsent) = (pace.total(), pace.left());
        let (seconds, answered) = (pace.elapsed().as_secs_f64(), inner.latency.len());
        let over_limit = due.saturating_sub(inner.in_time);
        Self {
            planned: pace.planned(),
            due,
            rate: pace.rate(),
            seconds,
            answered,
            failed: inner.errors.values().sum(),
            errors: inner.errors.clone(),
            unsent,
            pending: (due - unsent).saturating_sub(inner.done),
            over_limit,
            over_limit_share: over_limit as f64 / due.max(1) as f64,
            achieved_rate: answered as f64 / seconds,
            p50_us: inner.quantile(0.5),
            p99_us: inner.quantile(0.99),
            p999_us: inner.quantile(0.999),
            max_us: inner.quantile(1.0),
            interrupted,
        }
    }

    /// What was cut short by hand is not held against the target.
    pub(super) fn verdict(&self) -> Result<(), Error> {
        let cut_off = self.unsent + self.pending;
        let left = (self.planned + cut_off).saturating_sub(self.due);
        match self.failed + if self.interrupted { 0 } else { cut_off } {
            0 if self.interrupted && left > 0 => Err(Error::stopped(left)),
            0 => Ok(()),
            bad => {
                let message = format!("{bad} of {} not answered as the platform wants it", self.due);
                Err(Error::new(ErrorKind::Failed, message))
            }
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { due, rate, seconds, answered, failed, unsent, pending, over_limit, .. } = self;
        let [p50, p99, p999, max] = [self.p50_us, self.p99_us, self.p999_us, self.max_us].map(Latency);
        writeln!(f, "{STRONG}{answered} of {due}{STRONG:#} answered in {seconds:.1} s")?;
        writeln!(f, "rate        {:.1} a second of {rate}", self.achieved_rate)?;
        writeln!(f, "latency     p50 {p50}, p99 {p99}, p99.9 {p999}, max {max}")?;
        let (share, limit) = (self.over_limit_share * 100.0, LIMIT.as_secs());
        writeln!(f, "not in {limit} s  {over_limit} ({share:.2} %)")?;
        let style = if *failed == 0 { GOOD } else { BAD };
        write!(f, "errors      {style}{failed}{style:#}")?;
        self.errors.iter().try_for_each(|(kind, count)| write!(f, "\n  {kind:<10}{count}"))?;
        if unsent + pending > 0 {
            write!(f, "\ncut off     {unsent} not sent, {pending} not awaited")?;
        }
        Ok(())
    }
}

/// Microseconds, shown as milliseconds, or a dash.
pub(super) struct Latency(pub(super) Option<u64>);

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(micros) => Milliseconds(micros.into()).fmt(f),
            None => f.write_str("-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_counted_where_it_belongs() {
        let record = Record::default();
        let (ms, second) = (Duration::from_millis(1), Duration::from_secs(1));
        for _ in 0..98 {
            record.add(Duration::ZERO, ms, true, None);
        }
        record.add(second * 2, LIMIT + ms, true, Some("late"));
        record.add(second, second * 10, false, Some("timed_out"));
        assert!(record.has_answers());
        let seconds = record.seconds();
        assert_eq!(
            seconds.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
            [0, 2],
            "the second one had no answer"
        );
        let Second { p50, p99, max } = seconds[0].1;
        assert!(
            [p50, p99, max].iter().all(|micros| (990..=1010).contains(micros)),
            "two digits: {seconds:?}"
        );

        let pace = Pace::begin(102, second, 0);
        record.add(Duration::ZERO, ms, false, Some("refused"));
        let summary = Summary::of(&record, &pace, false);
        assert_eq!((summary.answered, summary.failed, summary.due), (99, 3, 102));
        assert_eq!(summary.errors, BTreeMap::from([("late", 1), ("refused", 1), ("timed_out", 1)]));
        assert_eq!(summary.over_limit, 4, "late, timed out, refused at once, and never sent");
        assert_eq!((summary.p50_us, summary.over_limit_share), (Some(1000), 4.0 / 102.0));
        assert!(summary.verdict().is_err());
    }

    #[test]
    fn without_answers_there_are_no_figures() {
        let (record, second) = (Record::default(), Duration::from_secs(1));
        record.add(Duration::ZERO, second, false, Some("broken"));
        let summary = Summary::of(&record, &Pace::begin(1, second, 0), false);
        assert_eq!((summary.p50_us, summary.max_us, summary.over_limit_share), (None, None, 1.0));
        assert!(summary.to_string().contains("p50 -, p99 -, p99.9 -, max -"), "{summary}");
    }
}
