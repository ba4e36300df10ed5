//! The latest deliveries, for as many readers as there are.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use http_body::Frame;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::record::Record;

/// Keeps the latest deliveries and tells of each new one.
#[derive(Debug)]
pub(super) struct Feed {
    /// The name of this run: ids begin anew with the next.
    run: String,
    kept: Mutex<Kept>,
    latest: watch::Sender<u64>,
    stopping: CancellationToken,
}

#[derive(Debug, Default)]
struct Kept {
    deliveries: VecDeque<Arc<Delivery>>,
    bytes: usize,
}

#[derive(Debug)]
struct Delivery {
    record: Arc<Record>,
    line: String,
}

impl Feed {
    /// A feed of nothing yet, whose readers are dismissed by the token.
    pub(super) fn new(run: String, stopping: CancellationToken) -> Self {
        Self { run, kept: Mutex::default(), latest: watch::Sender::new(0), stopping }
    }

    /// Keeps a delivery, as long as there is room, and tells of it. `line` is the record as JSON.
    pub(super) fn publish(&self, record: Arc<Record>, line: String) {
        let id = record.id;
        self.lock().push(Delivery { record, line });
        self.latest.send_replace(id);
    }

    /// A delivery of this run, if it is still kept.
    pub(super) fn find(&self, id: u64) -> Option<Arc<Record>> {
        let kept = self.lock();
        kept.deliveries
            .iter()
            .find(|delivery| delivery.record.id == id)
            .map(|found| Arc::clone(&found.record))
    }

    /// Server-sent events: the name of the run, the deliveries after the last one that the reader has seen, and
    /// then each as it comes.
    ///
    /// `last_seen` is what an earlier stream gave as an event's id. That of another run counts for nothing.
    pub(super) fn events(
        self: Arc<Self>,
        last_seen: Option<&str>,
    ) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> + use<> {
        let seen = last_seen.and_then(|id| id.strip_prefix(&self.run)?.strip_prefix('-')?.parse().ok());
        let reader =
            Reader { news: self.latest.subscribe(), feed: self, seen: seen.unwrap_or(0), greeted: false };
        unfold(reader, |mut reader| async move {
            let events = reader.next().await?;
            Some((Ok(Frame::data(events.into())), reader))
        })
    }

    fn after(&self, id: u64) -> Vec<Arc<Delivery>> {
        let kept = self.lock();
        kept.deliveries.iter().filter(|delivery| delivery.record.id > id).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn push(&mut self, delivery: Delivery) {
        self.bytes += delivery.line.len();
        self.deliveries.push_back(Arc::new(delivery));
        while self.deliveries.len() > 1 && (self.deliveries.len() > MAX_KEPT || self.bytes > MAX_KEPT_BYTES) {
            let oldest = self.deliveries.pop_front();
            self.bytes -= oldest.map_or(0, |oldest| oldest.line.len());
        }
    }
}

/// One open page.
struct Reader {
    feed: Arc<Feed>,
    news: watch::Receiver<u64>,
    seen: u64,
    greeted: bool,
}

impl Reader {
    /// What to send next; `None` when the program stops.
    async fn next(&mut self) -> Option<String> {
        if !self.greeted {
            self.greeted = true;
            return Some(format!("event: run\ndata: {}\n\n", self.feed.run));
        }
        loop {
            self.news.borrow_and_update();
            let unseen = self.feed.after(self.seen);
            if let Some(last) = unseen.last() {
                self.seen = last.record.id;
                return Some(unseen.iter().map(|delivery| self.event(delivery)).collect());
            }
            let stopping = self.feed.stopping.clone();
            match stopping.run_until_cancelled(timeout(QUIET, self.news.changed())).await? {
                Ok(changed) => changed.ok()?,
                Err(_elapsed) => return Some(":\n\n".into()),
            }
        }
    }

    fn event(&self, delivery: &Delivery) -> String {
        format!("id: {}-{}\ndata: {}\n\n", self.feed.run, delivery.record.id, delivery.line)
    }
}

/// How many deliveries a page that opens later still gets to see.
const MAX_KEPT: usize = 500;
const MAX_KEPT_BYTES: usize = 32 * 1024 * 1024;

/// A stream that says nothing for longer is taken for dead by proxies.
const QUIET: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    fn feed() -> (Arc<Feed>, CancellationToken) {
        let stopping = CancellationToken::new();
        (Arc::new(Feed::new("run".into(), stopping.clone())), stopping)
    }

    fn publish(feed: &Feed, id: u64, line: &str) {
        feed.publish(Arc::new(Record { id, ..Record::default() }), line.to_owned());
    }

    async fn next(
        events: &mut (impl Stream<Item = Result<Frame<Bytes>, Infallible>> + Unpin),
    ) -> Option<String> {
        let Ok(frame) = events.next().await?;
        Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_gets_what_was_and_what_comes_and_signs_of_life() {
        let (feed, stopping) = feed();
        publish(&feed, 1, "one");
        publish(&feed, 2, "two");
        let mut events = Box::pin(Arc::clone(&feed).events(Some("run-1")));
        assert_eq!(next(&mut events).await.unwrap(), "event: run\ndata: run\n\n");
        assert_eq!(next(&mut events).await.unwrap(), "id: run-2\ndata: two\n\n");
        assert_eq!(next(&mut events).await.unwrap(), ":\n\n", "nothing for a while");
        publish(&feed, 3, "three");
        assert_eq!(next(&mut events).await.unwrap(), "id: run-3\ndata: three\n\n");
        stopping.cancel();
        assert_eq!(next(&mut events).await, None);
    }

    #[test]
    fn only_so_many_and_so_large_deliveries_are_kept() {
        let (feed, _) = feed();
        let last = MAX_KEPT as u64 + 1;
        (1..=last).for_each(|id| publish(&feed, id, ""));
        assert!(feed.find(1).is_none() && feed.find(2).is_some() && feed.find(last).is_some());
        let large = "x".repeat(MAX_KEPT_BYTES);
        publish(&feed, last + 1, &large);
        assert_eq!(feed.after(0).len(), MAX_KEPT, "it takes all the room");
        publish(&feed, last + 2, &large);
        assert_eq!(feed.after(0).len(), 1, "one is kept, however large");
    }
}
