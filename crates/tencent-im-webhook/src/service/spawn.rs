//! Where a handler goes on by itself.

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// Runs a handler to its end, whatever becomes of the request.
pub(super) trait Spawn<F> {
    fn spawn(&self, tasks: &TaskTracker, handler: F);
}

/// On a runtime.
pub(super) struct On<'a>(pub(super) &'a Handle);

impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for On<'_> {
    fn spawn(&self, tasks: &TaskTracker, handler: F) {
        tasks.spawn_on(handler, self.0);
    }
}

/// On the thread that serves the request, for handlers that cannot leave it.
pub(super) struct Local;

impl<F: Future<Output = ()> + 'static> Spawn<F> for Local {
    fn spawn(&self, tasks: &TaskTracker, handler: F) {
        tasks.spawn_local(handler);
    }
}
