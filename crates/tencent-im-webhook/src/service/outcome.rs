//! How a call ends: in a reply, or in a failure that the policy answers. The one place for both.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tower::Service;

use bytes::Bytes;

use crate::catalogue::Command;
use crate::context::Call;
use crate::error::{BoxError, Failure, FailureKind};
use crate::receiver::Receiver;
use crate::reply::{Answer, Kind, Reply};
use crate::service::spawn::Spawn;
use crate::trace;

/// What is known of a call while its handler has it.
pub(super) struct Pending {
    command: Option<Command>,
    body: Bytes,
    deadline: Instant,
}

impl Pending {
    pub(super) fn of(call: &Call) -> Self {
        let cx = &call.context;
        Self { command: cx.command.clone(), body: cx.raw.clone(), deadline: cx.deadline }
    }

    fn kind(&self) -> Option<Kind> {
        self.command.as_ref().and_then(Command::kind)
    }
}

/// Runs a handler, and answers before the deadline whatever becomes of it.
pub(super) async fn answer<F, R>(
    receiver: &Receiver,
    pending: Pending,
    run: Pin<Box<F>>,
    spawner: R,
) -> Answer
where
    F: Future<Output = Result<Reply, Failed>>,
    R: Spawn<Finish<F>>,
{
    let outcome = match pending.kind() {
        Some(Kind::Before | Kind::Reply) => in_time(receiver, &pending, run).await,
        // What a future command tells may have happened too, so it is not cut off either.
        Some(Kind::After) | None => to_the_end(receiver, &pending, run, spawner).await,
    };
    match outcome {
        Ok(reply) => reply.into(),
        Err(Failed) => receiver.answer_failure(pending.command.as_ref(), &pending.body),
    }
}

/// The failure itself was reported where it happened.
#[derive(Debug)]
pub(super) struct Failed;

/// Waits for a decision up to the deadline, and drops it then.
async fn in_time<F>(receiver: &Receiver, pending: &Pending, run: Pin<Box<F>>) -> Result<Reply, Failed>
where
    F: Future<Output = Result<Reply, Failed>>,
{
    match timeout_at(pending.deadline, run).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => {
            let command = pending.command.clone();
            receiver.report(&Failure { kind: FailureKind::Deadline, command, late: false, source: None });
            Err(Failed)
        }
    }
}

/// Lets a handler finish whatever becomes of the connection. One that is still running at the deadline
/// goes on, and the platform gets its OK: the event is in hand.
async fn to_the_end<F, R>(
    receiver: &Receiver,
    pending: &Pending,
    mut run: Pin<Box<F>>,
    spawner: R,
) -> Result<Reply, Failed>
where
    F: Future<Output = Result<Reply, Failed>>,
    R: Spawn<Finish<F>>,
{
    // A handler that is ready at its first poll needs no task of its own.
    if let Some(outcome) = run.as_mut().now_or_never() {
        return outcome;
    }
    let (done, outcome) = oneshot::channel();
    spawner.spawn(receiver.tasks(), Finish { run, done: Some(done) });
    match timeout_at(pending.deadline, outcome).await {
        Ok(Ok(outcome)) => outcome,
        // The runtime is shutting down.
        Ok(Err(_closed)) => Err(Failed),
        Err(_elapsed) => Ok(Reply::ok()),
    }
}

/// A handler that runs to its end by itself, and then tells whoever still waits.
pub(super) struct Finish<F> {
    run: Pin<Box<F>>,
    done: Option<oneshot::Sender<Result<Reply, Failed>>>,
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

/// Waits for the service to be ready, calls it, and reports what fails.
pub(super) async fn run<S>(receiver: Receiver, service: S, call: Call) -> Result<Reply, Failed>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
{
    let (command, deadline) = (call.context.command.clone(), call.context.deadline);
    let span = trace::span(&call.context);
    let calling = trace::instrument(call_when_ready(service, call), span);
    let (kind, source) = match AssertUnwindSafe(calling).catch_unwind().await {
        Ok(Ok(reply)) => return Ok(reply),
        Ok(Err(error)) => (FailureKind::Error, Some(error.into())),
        Err(panic) => (FailureKind::Panic, Some(panic_message(&*panic))),
    };
    let late = Instant::now() > deadline;
    receiver.report(&Failure { kind, command, late, source });
    Err(Failed)
}

async fn call_when_ready<S: Service<Call>>(mut service: S, call: Call) -> Result<S::Response, S::Error> {
    std::future::poll_fn(|cx| service.poll_ready(cx)).await?;
    service.call(call).await
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> BoxError {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned()).into()
}
