//! A webhook that tells of what has happened.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::sync::oneshot;
use tower_service::Service;

use crate::context::Call;
use crate::error::{BoxError, FailureKind};
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
            _counted: pending.count(),
            about: Arc::clone(&pending),
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
    about: Arc<Pending>,
    /// Dropped last.
    _counted: Counted,
}

impl<S> Finish<S>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
{
    fn poll_outcome(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply, Failed>> {
        let Self { run: Some(run), span, timer, about, .. } = self else { return Poll::Pending };
        let _entered = span.enter();
        let polled = catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(cx, || about.begin())));
        Poll::Ready(match polled {
            Ok(Poll::Ready(Ok(reply))) => Ok(reply),
            Ok(Poll::Ready(Err(error))) => Err(about.in_error(error)),
            Ok(Poll::Pending) if about.has_begun() => return Poll::Pending,
            Ok(Poll::Pending) => {
                // Nobody has the event in hand then.
                ready!(timer.poll(about.deadline(), cx));
                Err(about.failed(FailureKind::Deadline, None))
            }
            Err(panic) => Err(about.in_panic(panic)),
        })
    }
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
            trace::within(self.about.span(), || self.about.failed(FailureKind::Cancelled, None));
        }
        let _entered = self.span.enter();
        self.run = None;
    }
}
