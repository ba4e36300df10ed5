//! What a connection is doing. Its stream sees bytes and its service requests, and only both together tell.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep_until};

use crate::timers::Timers;

/// Shared by what sees a connection.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    timers: Timers,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    is_http2: bool,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// A head has begun, or the connection has.
    Head { until: Instant },
    /// Requests are being answered.
    Busy { requests: usize },
    /// All are answered.
    Idle { until: Instant },
}

impl Activity {
    pub(crate) fn new(timers: Timers) -> Self {
        let phase = Phase::Head { until: Instant::now() + timers.head_timeout };
        Self { timers, state: Arc::new(Mutex::new(State { phase, is_http2: false })) }
    }

    /// When the connection is over if nothing happens before. Later than this in any case while it is busy.
    pub(crate) fn deadline(&self) -> Instant {
        match self.state().phase {
            Phase::Head { until } | Phase::Idle { until } => until,
            Phase::Busy { .. } => Instant::now() + self.timers.keep_alive,
        }
    }

    pub(crate) fn is_http2(&self) -> bool {
        self.state().is_http2
    }

    /// A head is complete. The request is open until the guard goes.
    pub(crate) fn begin(&self, version: http::Version) -> OpenRequest {
        let mut state = self.state();
        state.is_http2 = version == http::Version::HTTP_2;
        let requests = match state.phase {
            Phase::Busy { requests } => requests + 1,
            Phase::Head { .. } | Phase::Idle { .. } => 1,
        };
        state.phase = Phase::Busy { requests };
        OpenRequest(self.clone())
    }

    /// Some bytes have come: the first ones of a head, where none is open. HTTP/2 has other traffic too.
    fn bytes_read(&self) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Idle { .. }) && !state.is_http2 {
            state.phase = Phase::Head { until: Instant::now() + self.timers.head_timeout };
        }
    }

    fn end(&self) {
        let mut state = self.state();
        state.phase = match state.phase {
            Phase::Busy { requests } if requests > 1 => Phase::Busy { requests: requests - 1 },
            _ => Phase::Idle { until: Instant::now() + self.timers.keep_alive },
        };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request without its whole answer.
#[derive(Debug)]
pub(crate) struct OpenRequest(Activity);

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Waits for the deadline of an activity, wherever it moves. Poll it whenever the connection was polled.
pub(crate) async fn expired(activity: &Activity) {
    let mut sleep = std::pin::pin!(sleep_until(activity.deadline()));
    std::future::poll_fn(|cx| {
        loop {
            let deadline = activity.deadline();
            // Moving it costs, and most requests come and go before it fires: later is looked at when it does.
            if deadline < sleep.deadline() || sleep.is_elapsed() {
                sleep.as_mut().reset(deadline);
            }
            ready!(sleep.as_mut().poll(cx));
            if activity.deadline() <= Instant::now() {
                return Poll::Ready(());
            }
        }
    })
    .await;
}

pin_project! {
    /// A body that keeps its request open.
    pub(crate) struct OpenBody<B> {
        #[pin]
        body: B,
        request: OpenRequest,
    }
}

impl<B> OpenBody<B> {
    pub(crate) fn new(body: B, request: OpenRequest) -> Self {
        Self { body, request }
    }
}

impl<B: Body> Body for OpenBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

pin_project! {
    /// A stream that tells when bytes come.
    pub(crate) struct Watched<I> {
        #[pin]
        stream: I,
        activity: Activity,
    }
}

impl<I> Watched<I> {
    pub(crate) fn new(stream: I, activity: Activity) -> Self {
        Self { stream, activity }
    }
}

impl<I: AsyncRead> AsyncRead for Watched<I> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.project();
        let before = buffer.filled().len();
        ready!(this.stream.poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            this.activity.bytes_read();
        }
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncWrite> AsyncWrite for Watched<I> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.project().stream.poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.project().stream.poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_shutdown(cx)
    }
}
