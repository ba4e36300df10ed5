//! Requests at a steady rate, whatever becomes of them.

use std::net::SocketAddr;
use std::time::Duration;

use hdrhistogram::Histogram;
use http1::Connection;
use tencent_im_webhook_testing::Answered;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

/// How many requests a second, for how long, over how many kept connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) rate: u32,
    pub(crate) duration: Duration,
    pub(crate) connections: u32,
}

/// A request, and the statuses that it may get: any or the end of the connection, if there are none.
pub(crate) type Expected = (Vec<u8>, &'static [u16]);

/// How it went. Latencies are microseconds.
#[derive(Debug)]
pub(crate) struct Measured {
    /// Of answers with status 200.
    pub(crate) accepted: Histogram<u64>,
    /// Of all others.
    pub(crate) refused: Histogram<u64>,
    /// Requests that got something else than what was expected, the first of them in words.
    pub(crate) unexpected: Vec<String>,
    /// The longest latency of each connection.
    pub(crate) slowest: Vec<Duration>,
}

impl Pace {
    pub(crate) fn requests(&self) -> u64 {
        u64::from(self.rate) * self.duration.as_secs()
    }

    /// Sends them all. A slow answer delays what comes next over its connection, and is charged for it.
    pub(crate) async fn drive(
        self,
        address: SocketAddr,
        next: fn(usize) -> Expected,
    ) -> anyhow::Result<Measured> {
        let start = Instant::now();
        let mut clients = JoinSet::new();
        for client in 0..self.connections {
            clients.spawn(self.client(client, start, address, next));
        }
        let mut sum = Measured::new()?;
        while let Some(measured) = clients.join_next().await {
            let measured = measured??;
            sum.accepted.add(measured.accepted)?;
            sum.refused.add(measured.refused)?;
            sum.unexpected.extend(measured.unexpected);
            sum.slowest.extend(measured.slowest);
        }
        Ok(sum)
    }

    async fn client(
        self,
        client: u32,
        start: Instant,
        address: SocketAddr,
        next: fn(usize) -> Expected,
    ) -> anyhow::Result<Measured> {
        let (mut measured, mut kept, mut slowest) = (Measured::new()?, None, Duration::ZERO);
        for number in (u64::from(client)..self.requests()).step_by(usize::try_from(self.connections)?) {
            let due = start + Duration::from_micros(number * 1_000_000 / u64::from(self.rate));
            let late = Instant::now() > due;
            sleep_until(due).await;
            // Timers fire within a millisecond, which is not the server's fault; being busy before is.
            let begun = if late { due } else { Instant::now() };
            let (request, statuses) = next(usize::try_from(number)?);
            let answer = match timeout(PATIENCE, ask(&mut kept, address, &request)).await {
                Ok(answer) => answer,
                Err(_elapsed) => Err(std::io::ErrorKind::TimedOut.into()),
            };
            if !answer.as_ref().is_ok_and(|answer| !http1::closes(answer)) {
                kept = None;
            }
            let latency = begun.elapsed();
            slowest = slowest.max(latency);
            measured.note(&answer, statuses, latency);
        }
        measured.slowest.push(slowest);
        Ok(measured)
    }
}

impl Measured {
    fn new() -> anyhow::Result<Self> {
        let micros = || Histogram::new_with_max(LONGEST, 3);
        Ok(Self { accepted: micros()?, refused: micros()?, unexpected: Vec::new(), slowest: Vec::new() })
    }

    fn note(&mut self, answer: &std::io::Result<Answered>, statuses: &[u16], latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        match answer {
            Ok(answer) if answer.status() == 200 => self.accepted.saturating_record(micros),
            Ok(_) => self.refused.saturating_record(micros),
            Err(_) => {}
        }
        let as_expected = match answer {
            Ok(answer) => statuses.is_empty() || statuses.contains(&answer.status().as_u16()),
            Err(_) => statuses.is_empty(),
        };
        if !as_expected {
            self.unexpected.push(format!("{answer:?} instead of {statuses:?}"));
        }
    }
}

/// Over the kept connection, or a new one if there is none or the server has closed it.
async fn ask(
    kept: &mut Option<Connection>,
    address: SocketAddr,
    request: &[u8],
) -> std::io::Result<Answered> {
    if kept.as_mut().is_none_or(Connection::is_closed) {
        *kept = Some(Connection::open(address).await?);
    }
    match kept {
        Some(connection) => connection.ask(request).await,
        None => Err(std::io::ErrorKind::NotConnected.into()),
    }
}

/// A latency in words.
pub(crate) fn millis(latencies: &Histogram<u64>, quantile: f64) -> f64 {
    Duration::from_micros(latencies.value_at_quantile(quantile)).as_secs_f64() * 1e3
}

/// A minute in microseconds: longer ones count as this.
const LONGEST: u64 = 60_000_000;

/// More than anybody may take.
const PATIENCE: Duration = Duration::from_secs(10);
