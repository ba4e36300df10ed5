//! What users give us may panic anywhere: in a hook, in a `Drop`, in a `Display`.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs something whose panic must not become an answer that never comes.
pub(crate) fn quietly(run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        // Dropping it may panic again.
        std::mem::forget(panic);
    }
}
