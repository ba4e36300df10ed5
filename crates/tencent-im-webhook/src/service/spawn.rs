//! Where a handler goes on by itself.

use tokio::runtime::Handle;

/// Runs a handler to its end, whatever becomes of the request.
pub(super) trait Spawn<F> {
    fn spawn(&self, handler: F);
}

/// On the runtime that serves the request.
pub(super) struct Here;

impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for Here {
    fn spawn(&self, handler: F) {
        tokio::spawn(handler);
    }
}

/// On another runtime.
pub(super) struct On(pub(super) Handle);

impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for On {
    fn spawn(&self, handler: F) {
        self.0.spawn(handler);
    }
}

/// On the thread that serves the request, for handlers that cannot leave it.
pub(super) struct Local;

impl<F: Future<Output = ()> + 'static> Spawn<F> for Local {
    fn spawn(&self, handler: F) {
        tokio::task::spawn_local(handler);
    }
}
