//! The handlers that run on their own, counted.

use tokio::sync::watch;

/// How many there are. It is the number of receivers of a channel that sends nothing.
#[derive(Default)]
pub(crate) struct Tasks(watch::Sender<()>);

/// One of them, for as long as it lives.
pub(crate) struct Counted {
    _one: watch::Receiver<()>,
}

impl Tasks {
    pub(crate) fn count(&self) -> Counted {
        Counted { _one: self.0.subscribe() }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.receiver_count()
    }

    /// Waits until there is none.
    pub(crate) async fn finished(&self) {
        self.0.closed().await;
    }
}
