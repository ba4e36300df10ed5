use std::time::Duration;

/// How long a server waits, for what.
///
/// ```
/// use std::time::Duration;
/// use tencent_im_webhook_serve::Timers;
///
/// let timers = Timers { linger: Duration::from_secs(5), ..Timers::default() };
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timers {
    /// How long the head of a request may take from its first byte, and the first head of a connection from when
    /// it is accepted. Default: 10 s.
    ///
    /// A client that sends a byte now and then holds a connection no longer. On HTTP/2, heads after the first
    /// count as idle time.
    pub head_timeout: Duration,
    /// How long a connection stays open without a request. Default: 75 s.
    ///
    /// The platform keeps its connections. One that the server closes first may take a webhook with it that is on
    /// its way, so have this longer than a proxy in front keeps its own.
    pub keep_alive: Duration,
    /// How long everybody is still answered after the signal to stop, less when no connection is open. Default:
    /// 3 s. Zero for none.
    ///
    /// As long as a load balancer takes to notice, and as clients take to post once more over each connection
    /// that they keep.
    pub linger: Duration,
    /// How long open requests and running handlers may take after that, both together. Default: 10 s.
    pub grace: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(75),
            linger: Duration::from_secs(3),
            grace: Duration::from_secs(10),
        }
    }
}
