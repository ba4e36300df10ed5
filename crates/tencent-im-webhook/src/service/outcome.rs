//! How a call ends: in a reply, or in a failure that the policy answers. The one place for both.

use std::any::Any;
use std::future::poll_fn;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tower_service::Service;

use crate::auth::SdkAppId;
use crate::catalogue::Command;
use crate::context::Call;
use crate::error::{BoxError, Failure, FailureKind};
use crate::observe::{self, Concluded, Outcome};
use crate::quietly::quietly;
use crate::receiver::Receiver;
use crate::reply::{Answer, Reply};
use crate::service::spawn::Spawn;
use crate::service::within::within;
use crate::tasks::Counted;
use crate::trace;

/// What is known of a call while its handler has it.
pub(super) struct Pending {
    receiver: Receiver,
    app: SdkAppId,
    command: Option<Command>,
    body: Bytes,
    received: Instant,
    deadline: Instant,
    span: trace::Span,
    /// The service was ready, and has the call.
    begun: AtomicBool,
}

impl Pending {
    pub(super) fn new(receiver: Receiver, call: &Call) -> Self {
        let cx = &call.context;
        Self {
            app: cx.app,
            command: cx.command.clone(),
            body: cx.raw.clone(),
            received: receiver.received(cx.deadline),
            deadline: cx.deadline,
            span: cx.span.clone(),
            begun: AtomicBool::new(false),
            receiver,
        }
    }

    pub(super) fn span(&self) -> &trace::Span {
        &self.span
    }

    /// Whether its answer is awaited: else it is an event.
    pub(super) fn is_asked(&self) -> bool {
        observe::is_asked(self.command.as_ref())
    }

    /// The answer for how it ended, which log and metrics are told.
    pub(super) fn answer(&self, ended: Ended) -> Answer {
        self.conclude(&ended);
        match ended.outcome {
            Ok(Done::Handled(reply)) => reply.into(),
            Ok(Done::Acknowledged) => Reply::ok().into(),
            Err(Failed(_)) => self.receiver.answer_failure(self.command.as_ref(), &self.body),
        }
    }

    fn report(&self, kind: FailureKind, source: Option<BoxError>) {
        let late = !self.is_asked() && Instant::now() >= self.deadline;
        let failure = Failure { kind, app: self.app, command: self.command.clone(), late, source };
        self.receiver.report(&failure);
    }

    fn conclude(&self, ended: &Ended) {
        let (outcome, verdict) = match &ended.outcome {
            Ok(Done::Handled(reply)) => (Outcome::Handled, Some(reply.verdict())),
            Ok(Done::Acknowledged) => (Outcome::Acknowledged, None),
            Err(Failed(kind)) => (Outcome::Failed(*kind), None),
        };
        let (app, command, span) = (self.app, self.command.as_ref(), &self.span);
        let latency = ended.at.saturating_duration_since(self.received);
        Concluded { app, command, outcome, verdict, latency, span }.tell(self.receiver.slow_after());
    }
}

/// How a webhook ended, and when.
pub(super) struct Ended {
    outcome: Result<Done, Failed>,
    at: Instant,
}

/// What came of a handler in time.
pub(super) enum Done {
    Handled(Reply),
    /// It has the event in hand, and goes on.
    Acknowledged,
}

/// The failure itself was reported where it happened.
#[derive(Debug)]
pub(super) struct Failed(FailureKind);

/// Waits for a decision up to the deadline, and drops it then. One that a blocked thread brings too late is
/// as good as none.
pub(super) async fn in_time<F>(pending: &Pending, mut run: Pin<&mut Option<F>>) -> Ended
where
    F: Future<Output = Result<Reply, Failed>>,
{
    let decided = pin!(poll_fn(|cx| run.as_mut().as_pin_mut().map_or(Poll::Pending, |run| run.poll(cx))));
    let outcome = within(pending.deadline, decided).await;
    let mut at = Instant::now();
    let outcome = match outcome {
        Ok(Ok(reply)) if at <= pending.deadline => Ok(Done::Handled(reply)),
        Ok(Err(failed)) => Err(failed),
        Ok(Ok(_)) | Err(_) => {
            quietly(|| run.set(None));
            trace::within(&pending.span, || pending.report(FailureKind::Deadline, None));
            // What the handler did in the end is part of it.
            at = Instant::now();
            Err(Failed(FailureKind::Deadline))
        }
    };
    Ended { outcome, at }
}

/// Lets a handler finish whatever becomes of the connection. One that has begun and is still running at the
/// deadline goes on, and the platform gets its OK: the event is in hand.
pub(super) async fn to_the_end<F, R>(pending: Arc<Pending>, run: Pin<Box<F>>, spawner: R) -> Ended
where
    F: Future<Output = Result<Reply, Failed>>,
    R: Spawn<Finish<F>>,
{
    let (done, outcome) = oneshot::channel();
    let counted = pending.receiver.tasks().count();
    spawner.spawn(Finish { run, done: Some(done), about: Arc::clone(&pending), _counted: counted });
    let outcome = match within(pending.deadline, pin!(outcome)).await {
        Ok(Ok(outcome)) => outcome.map(Done::Handled),
        // Its runtime stopped, and dropped it.
        Ok(Err(_closed)) => Err(Failed(FailureKind::Cancelled)),
        Err(_elapsed) => match pending.begun.load(Ordering::Acquire) {
            true => Ok(Done::Acknowledged),
            false => Err(Failed(FailureKind::Deadline)),
        },
    };
    Ended { outcome, at: Instant::now() }
}

/// A handler that runs to its end by itself, and then tells whoever still waits.
pub(super) struct Finish<F> {
    run: Pin<Box<F>>,
    /// Taken when it is done.
    done: Option<oneshot::Sender<Result<Reply, Failed>>>,
    about: Arc<Pending>,
    /// Dropped last.
    _counted: Counted,
}

impl<F: Future<Output = Result<Reply, Failed>>> Future for Finish<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let outcome = ready!(self.run.as_mut().poll(cx));
        if let Some(done) = self.done.take() {
            // Nobody waits any more after a hang-up or the deadline.
            let _ = done.send(outcome);
        }
        Poll::Ready(())
    }
}

impl<F> Drop for Finish<F> {
    /// A runtime that stops drops its tasks.
    fn drop(&mut self) {
        if self.done.is_some() {
            trace::within(&self.about.span, || self.about.report(FailureKind::Cancelled, None));
        }
    }
}

/// Waits for the service to be ready, calls it, and reports what fails.
///
/// The call is boxed: it is large, and passes through several futures.
pub(super) async fn run<S, P>(service: S, call: Box<Call>, pending: P) -> Result<Reply, Failed>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
    P: Deref<Target = Pending>,
{
    let reply = pin!(call_when_ready(service, call, &pending));
    let (kind, source) = match caught(reply).await {
        Ok(Some(Ok(reply))) => return Ok(reply),
        Ok(Some(Err(error))) => (FailureKind::Error, Some(error.into())),
        Ok(None) => (FailureKind::Deadline, None),
        Err(panic) => (FailureKind::Panic, Some(panic_message(panic))),
    };
    pending.report(kind, source);
    Err(Failed(kind))
}

/// `None` when the service was not ready before the deadline: then nobody has the event in hand.
async fn call_when_ready<S>(
    mut service: S,
    call: Box<Call>,
    pending: &Pending,
) -> Option<Result<Reply, S::Error>>
where
    S: Service<Call, Response = Reply>,
{
    match within(pending.deadline, pin!(poll_fn(|cx| service.poll_ready(cx)))).await {
        Ok(Ok(())) => pending.begun.store(true, Ordering::Release),
        Ok(Err(error)) => return Some(Err(error)),
        Err(_elapsed) => return None,
    }
    Some(service.call(*call).await)
}

/// What a future brings, its panic included.
async fn caught<F: Future>(mut future: Pin<&mut F>) -> Result<F::Output, Box<dyn Any + Send>> {
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

fn panic_message(panic: Box<dyn Any + Send>) -> BoxError {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    quietly(|| drop(panic));
    text.unwrap_or_else(|| "no message".to_owned()).into()
}
