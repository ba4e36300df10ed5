//! How a call ends: in a reply, or in a failure that the policy answers. The one place for both.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tower::Service;

use crate::catalogue::Command;
use crate::context::Call;
use crate::error::{BoxError, Failure, FailureKind};
use crate::receiver::Receiver;
use crate::reply::{Answer, Kind, Reply};
use crate::trace;

/// Calls the service, and answers before the deadline whatever becomes of it.
pub(super) async fn answer<S>(receiver: &Receiver, service: S, call: Call) -> Answer
where
    S: Service<Call, Response = Reply> + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    let command = call.context.command.clone();
    let body = call.context.raw.clone();
    let deadline = call.context.deadline;
    let kind = command.as_ref().and_then(Command::kind);
    let run = Box::pin(run(receiver.clone(), service, call));
    let outcome = match kind {
        Some(Kind::Before | Kind::Reply) => in_time(receiver, run, command.as_ref(), deadline).await,
        // What a future command tells may have happened too, so it is not cut off either.
        Some(Kind::After) | None => to_the_end(receiver, run, deadline).await,
    };
    match outcome {
        Ok(reply) => reply.into(),
        Err(Failed) => receiver.answer_failure(command.as_ref(), &body),
    }
}

/// The failure itself was reported where it happened.
struct Failed;

/// Waits for a decision up to the deadline, and drops it then.
async fn in_time<F>(
    receiver: &Receiver,
    run: Pin<Box<F>>,
    command: Option<&Command>,
    deadline: Instant,
) -> Result<Reply, Failed>
where
    F: Future<Output = Result<Reply, Failed>>,
{
    match timeout_at(deadline, run).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => {
            let command = command.cloned();
            receiver.report(&Failure { kind: FailureKind::Deadline, command, late: false, source: None });
            Err(Failed)
        }
    }
}

/// Lets a handler finish whatever becomes of the connection. One that is still running at the deadline
/// goes on, and the platform gets its OK: the event is in hand.
async fn to_the_end<F>(receiver: &Receiver, mut run: Pin<Box<F>>, deadline: Instant) -> Result<Reply, Failed>
where
    F: Future<Output = Result<Reply, Failed>> + Send + 'static,
{
    // A handler that is ready at its first poll needs no task of its own.
    if let Some(outcome) = run.as_mut().now_or_never() {
        return outcome;
    }
    let (done, outcome) = oneshot::channel();
    receiver.tasks().spawn(async move {
        // Nobody waits any more after a hang-up or the deadline.
        let _ = done.send(run.await);
    });
    match timeout_at(deadline, outcome).await {
        Ok(Ok(outcome)) => outcome,
        // The runtime is shutting down.
        Ok(Err(_closed)) => Err(Failed),
        Err(_elapsed) => Ok(Reply::ok()),
    }
}

/// Waits for the service to be ready, calls it, and reports what fails.
async fn run<S>(receiver: Receiver, mut service: S, call: Call) -> Result<Reply, Failed>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let command = call.context.command.clone();
    let deadline = call.context.deadline;
    let instrumented = {
        let cx = call.context.clone();
        trace::instrument(
            async move {
                std::future::poll_fn(|cx| service.poll_ready(cx)).await?;
                service.call(call).await
            },
            &cx,
        )
    };
    let (kind, source) = match AssertUnwindSafe(instrumented).catch_unwind().await {
        Ok(Ok(reply)) => return Ok(reply),
        Ok(Err(error)) => (FailureKind::Error, Some(error.into())),
        Err(panic) => (FailureKind::Panic, Some(panic_message(&*panic))),
    };
    let late = Instant::now() > deadline;
    receiver.report(&Failure { kind, command, late, source });
    Err(Failed)
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> BoxError {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned()).into()
}
