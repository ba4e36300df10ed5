//! A webhook that tells of what has happened.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::sync::oneshot;
use tower_service::Service;

use crate::context::Call;
use crate::error::{BoxError, FailureKind};
use crate::quietly::quietly;
use crate::reply::{Answer, Reply};
use crate::service::pending::{Done, Ended, Failed, Pending};
use crate::service::run::Run;
use crate::service::spawn::Spawn;
use crate::service::timer::Timer;
use crate::tasks::Counted;
use crate::trace;

/// Waits for a handler that runs on its own, whatever becomes of the connection. One that has begun and is still
/// running at the deadline goes on, and the platform gets its OK: the event is in hand.
pub(super) struct ToTheEnd {
    outcome: oneshot::Receiver<Result<Reply, Failed>>,
    pending: Arc<Pending>,
    timer: Timer,
}

impl ToTheEnd {
    pub(super) fn begin<S, R>(service: S, call: Call, pending: Pending, spawner: &R) -> Self
    where
        S: Service<Call, Response = Reply, Error: Into<BoxError>>,
        R: Spawn<Finish<S>>,
    {
        let (done, outcome) = oneshot::channel();
        let pending = Arc::new(pending);
        spawner.spawn(Finish {
            run: Some(Box::pin(Run::new(service, call))),
            done: Some(done),
            span: pending.span().or_current(),
            timer: Timer::default(),
            pending: Arc::clone(&pending),
            _counted: pending.count(),
        });
        Self { outcome, pending, timer: Timer::default() }
    }
}

impl Future for ToTheEnd {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let Self { outcome, pending, timer } = &mut *self;
        let outcome = match Pin::new(outcome).poll(cx) {
            Poll::Ready(Ok(outcome)) => outcome.map(Done::Handled),
            // Its runtime stopped, and dropped it.
            Poll::Ready(Err(_closed)) => Err(Failed(FailureKind::Cancelled)),
            Poll::Pending => {
                ready!(timer.poll(pending.deadline(), cx));
                match pending.has_begun() {
                    true => Ok(Done::Acknowledged),
                    false => Err(Failed(FailureKind::Deadline)),
                }
            }
        };
        Poll::Ready(pending.answer(Ended::now(outcome)))
    }
}

/// A handler that runs to its end by itself, and then tells whoever still waits.
pub(super) struct Finish<S>
where
    S: Service<Call>,
{
    /// Boxed: it moves into a task. Dropped in its span.
    run: Option<Pin<Box<Run<S>>>>,
    /// Taken when it is done.
    done: Option<oneshot::Sender<Result<Reply, Failed>>>,
    span: trace::Span,
    /// For a service that is not ready.
    timer: Timer,
    pending: Arc<Pending>,
    /// Dropped last.
    _counted: Counted,
}

impl<S> Finish<S>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
{
    fn poll_outcome(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply, Failed>> {
        let Self { run, span, timer, pending, .. } = self;
        let _entered = span.enter();
        let replied = match catch_unwind(AssertUnwindSafe(|| poll_reply(run, timer, pending, cx))) {
            Ok(replied) => Ok(ready!(replied)),
            Err(panic) => Err(panic),
        };
        Poll::Ready(match replied {
            Ok(Some(Ok(reply))) => Ok(reply),
            Ok(Some(Err(error))) => Err(pending.in_error(error)),
            Ok(None) => Err(pending.failed(FailureKind::Deadline, None)),
            Err(panic) => {
                quietly(|| *run = None);
                Err(pending.in_panic(panic))
            }
        })
    }
}

/// None where the service is not ready at the deadline: nobody has the event in hand then.
fn poll_reply<S>(
    run: &mut Option<Pin<Box<Run<S>>>>,
    timer: &mut Timer,
    pending: &Pending,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Reply, BoxError>>>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
{
    let polled = match run {
        Some(run) => run.as_mut().poll(cx, || pending.begin()),
        None => Poll::Pending,
    };
    if polled.is_pending() && !pending.has_begun() {
        ready!(timer.poll(pending.deadline(), cx));
        return Poll::Ready(None);
    }
    *timer = Timer::default();
    let reply = ready!(polled);
    // Before anybody learns of it: it may hold what the next one waits for.
    *run = None;
    Poll::Ready(Some(reply))
}

impl<S> Future for Finish<S>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let outcome = ready!(self.poll_outcome(cx));
        if let Some(done) = self.done.take() {
            // Nobody waits any more after a hang-up or the deadline.
            let _ = done.send(outcome);
        }
        Poll::Ready(())
    }
}

impl<S> Drop for Finish<S>
where
    S: Service<Call>,
{
    /// A runtime that stops drops its tasks.
    fn drop(&mut self) {
        if self.done.is_some() {
            trace::within(self.pending.span(), || self.pending.failed(FailureKind::Cancelled, None));
        }
        let _entered = self.span.enter();
        quietly(|| self.run = None);
    }
}
