//! How much memory a server uses while something goes on.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::child::Child;
use crate::table::Table;

/// In KiB, second by second.
#[derive(Debug, Default)]
pub(crate) struct Memory(Vec<u64>);

impl Memory {
    /// Looks at the server until the work is done.
    pub(crate) async fn during<T>(
        server: &Child,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<(T, Self)> {
        let mut work = std::pin::pin!(work);
        let (mut seconds, mut memory) = (interval(Duration::from_secs(1)), Self::default());
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                done = &mut work => return Ok((done?, memory)),
                _ = seconds.tick() => memory.0.push(server.resident()?),
            }
        }
    }

    /// Compares the first quarter with the last: what grows with the number of requests has grown by then.
    pub(crate) fn check(&self, what: &str, table: &mut Table) {
        let quarter = self.0.len().div_ceil(4);
        let highest = |part: &[u64]| part.iter().max().copied().unwrap_or_default();
        let first = highest(&self.0[..quarter]);
        let last = highest(&self.0[self.0.len() - quarter..]);
        let text = format!("{first} KiB, then {last} KiB");
        table.check(what, text, "5 % and 1 MiB more", last <= first + first / 20 + 1024);
    }
}
