//! How a call ends: in a reply, or in a failure that the policy answers. The one place for both.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tower::Service;

use crate::catalogue::Command;
use crate::context::Call;
use crate::error::{BoxError, Failure, FailureKind};
use crate::quietly::quietly;
use crate::receiver::Receiver;
use crate::reply::{Answer, Kind, Reply};
use crate::service::spawn::Spawn;

/// What is known of a call while its handler has it.
pub(super) struct Pending {
    command: Option<Command>,
    body: Bytes,
    deadline: Instant,
    /// The service was ready, and has the call.
    begun: AtomicBool,
}

impl Pending {
    pub(super) fn of(call: &Call) -> Arc<Self> {
        let cx = &call.context;
        let (command, body, deadline) = (cx.command.clone(), cx.raw.clone(), cx.deadline);
        Arc::new(Self { command, body, deadline, begun: AtomicBool::new(false) })
    }

    /// Whether the answer is awaited as a decision or as data. What a future command tells may have happened
    /// already, so it counts as an event.
    fn is_asked(&self) -> bool {
        match self.command.as_ref().and_then(Command::kind) {
            Some(Kind::Before | Kind::Reply) => true,
            Some(Kind::After) | None => false,
        }
    }

    fn failure(&self, kind: FailureKind, source: Option<BoxError>) -> Failure {
        let late = !self.is_asked() && Instant::now() >= self.deadline;
        Failure { kind, command: self.command.clone(), late, source }
    }
}

/// Runs a handler, and answers before the deadline whatever becomes of it.
pub(super) async fn answer<F, R>(
    receiver: &Receiver,
    pending: &Arc<Pending>,
    run: Pin<Box<F>>,
    spawner: R,
) -> Answer
where
    F: Future<Output = Result<Reply, Failed>>,
    R: Spawn<Finish<F>>,
{
    let outcome = match pending.is_asked() {
        true => in_time(receiver, pending, run).await,
        false => to_the_end(receiver, pending, run, spawner).await,
    };
    match outcome {
        Ok(reply) => reply.into(),
        Err(Failed) => receiver.answer_failure(pending.command.as_ref(), &pending.body),
    }
}

/// The failure itself was reported where it happened.
#[derive(Debug)]
pub(super) struct Failed;

/// Waits for a decision up to the deadline, and drops it then. One that a blocked thread brings too late is
/// as good as none.
async fn in_time<F>(receiver: &Receiver, pending: &Pending, mut run: Pin<Box<F>>) -> Result<Reply, Failed>
where
    F: Future<Output = Result<Reply, Failed>>,
{
    match timeout_at(pending.deadline, run.as_mut()).await {
        Ok(Ok(reply)) if Instant::now() <= pending.deadline => Ok(reply),
        Ok(Err(failed)) => Err(failed),
        Ok(Ok(_)) | Err(_) => {
            quietly(|| drop(run));
            receiver.report(&pending.failure(FailureKind::Deadline, None));
            Err(Failed)
        }
    }
}

/// Lets a handler finish whatever becomes of the connection. One that has begun and is still running at the
/// deadline goes on, and the platform gets its OK: the event is in hand.
async fn to_the_end<F, R>(
    receiver: &Receiver,
    pending: &Arc<Pending>,
    run: Pin<Box<F>>,
    spawner: R,
) -> Result<Reply, Failed>
where
    F: Future<Output = Result<Reply, Failed>>,
    R: Spawn<Finish<F>>,
{
    let (done, outcome) = oneshot::channel();
    let (reporter, about) = (receiver.clone(), Arc::clone(pending));
    spawner.spawn(receiver.tasks(), Finish { run, done: Some(done), reporter, about });
    match timeout_at(pending.deadline, outcome).await {
        Ok(Ok(outcome)) => outcome,
        // Its runtime stopped, and dropped it.
        Ok(Err(_closed)) => Err(Failed),
        Err(_elapsed) => match pending.begun.load(Ordering::Acquire) {
            true => Ok(Reply::ok()),
            false => Err(Failed),
        },
    }
}

/// A handler that runs to its end by itself, and then tells whoever still waits.
pub(super) struct Finish<F> {
    run: Pin<Box<F>>,
    /// Taken when it is done.
    done: Option<oneshot::Sender<Result<Reply, Failed>>>,
    reporter: Receiver,
    about: Arc<Pending>,
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
            self.reporter.report(&self.about.failure(FailureKind::Cancelled, None));
        }
    }
}

/// Waits for the service to be ready, calls it, and reports what fails.
pub(super) async fn run<S>(
    receiver: Receiver,
    service: S,
    call: Call,
    pending: Arc<Pending>,
) -> Result<Reply, Failed>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
{
    let (kind, source) = match AssertUnwindSafe(call_when_ready(service, call, &pending)).catch_unwind().await
    {
        Ok(Some(Ok(reply))) => return Ok(reply),
        Ok(Some(Err(error))) => (FailureKind::Error, Some(error.into())),
        Ok(None) => (FailureKind::Deadline, None),
        Err(panic) => (FailureKind::Panic, Some(panic_message(panic))),
    };
    receiver.report(&pending.failure(kind, source));
    Err(Failed)
}

/// `None` when the service was not ready before the deadline: then nobody has the event in hand.
async fn call_when_ready<S>(mut service: S, call: Call, pending: &Pending) -> Option<Result<Reply, S::Error>>
where
    S: Service<Call, Response = Reply>,
{
    let ready = std::future::poll_fn(|cx| service.poll_ready(cx));
    match timeout_at(pending.deadline, ready).await {
        Ok(Ok(())) => pending.begun.store(true, Ordering::Release),
        Ok(Err(error)) => return Some(Err(error)),
        Err(_elapsed) => return None,
    }
    Some(service.call(call).await)
}

fn panic_message(panic: Box<dyn Any + Send>) -> BoxError {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    quietly(|| drop(panic));
    text.unwrap_or_else(|| "no message".to_owned()).into()
}
