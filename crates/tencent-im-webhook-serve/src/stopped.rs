use std::fmt;

/// How a server stopped: what was cut off when its time was over. Nothing, if all went well.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Stopped {
    connections: usize,
    handlers: usize,
}

impl Stopped {
    /// For servers of other frameworks. Logs a warning if anything was cut off.
    #[must_use]
    pub fn cutting_off(connections: usize, handlers: usize) -> Self {
        let stopped = Self { connections, handlers };
        if !stopped.is_clean() {
            tracing::warn!(connections, handlers, "stopped before everything was finished");
        }
        stopped
    }

    /// Whether every request was answered and every handler finished.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }

    /// How many connections had a request without its whole answer.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections
    }

    /// How many handlers were still running. When the runtime ends, each is reported as
    /// [`FailureKind::Cancelled`](tencent_im_webhook::FailureKind::Cancelled).
    #[must_use]
    pub fn handlers(&self) -> usize {
        self.handlers
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { connections: 0, handlers: 0 } => f.write_str("stopped: all is answered and finished"),
            Self { connections, handlers } => {
                write!(
                    f,
                    "stopped too early for {connections} open connections and {handlers} running handlers"
                )
            }
        }
    }
}
