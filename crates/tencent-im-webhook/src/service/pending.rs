//! How a call ends: in a reply, or in a failure that the policy answers. The one place for both.

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use tokio::time::Instant;

use crate::auth::SdkAppId;
use crate::catalogue::Command;
use crate::context::Call;
use crate::error::{BoxError, Failure, FailureKind};
use crate::observe::{self, Concluded, Outcome};
use crate::quietly::quietly;
use crate::receiver::Receiver;
use crate::reply::{Answer, Reply};
use crate::tasks::Counted;
use crate::trace;

/// What is known of a call while its handler has it.
#[derive(Debug)]
pub(super) struct Pending {
    receiver: Receiver,
    app: SdkAppId,
    command: Option<Command>,
    body: Bytes,
    deadline: Instant,
    span: trace::Span,
    /// The service was ready, and has the call.
    begun: AtomicBool,
}

impl Pending {
    pub(super) fn new(receiver: Receiver, call: &Call) -> Self {
        let cx = &call.context;
        Self {
            receiver,
            app: cx.app,
            command: cx.command.clone(),
            body: cx.raw.clone(),
            deadline: cx.deadline,
            span: cx.span.clone(),
            begun: AtomicBool::new(false),
        }
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    pub(super) fn span(&self) -> &trace::Span {
        &self.span
    }

    /// One more handler that runs on its own.
    pub(super) fn count(&self) -> Counted {
        self.receiver.tasks().count()
    }

    /// Whether its answer is awaited: else it is an event.
    pub(super) fn is_asked(&self) -> bool {
        observe::is_asked(self.command.as_ref())
    }

    pub(super) fn begin(&self) {
        self.begun.store(true, Ordering::Release);
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Acquire)
    }

    /// Tells of an error of the service.
    pub(super) fn in_error(&self, error: BoxError) -> Failed {
        self.failed(FailureKind::Error, Some(error))
    }

    /// Tells of a panic in the service.
    pub(super) fn in_panic(&self, panic: Box<dyn Any + Send>) -> Failed {
        self.failed(FailureKind::Panic, Some(panic_message(panic)))
    }

    /// Tells of a failure.
    pub(super) fn failed(&self, kind: FailureKind, source: Option<BoxError>) -> Failed {
        let late = !self.is_asked() && Instant::now() >= self.deadline;
        let failure = Failure { kind, app: self.app, command: self.command.clone(), late, source };
        self.receiver.report(&failure);
        Failed(kind)
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

    fn conclude(&self, ended: &Ended) {
        let (outcome, verdict) = match &ended.outcome {
            Ok(Done::Handled(reply)) => (Outcome::Handled, Some(reply.verdict())),
            Ok(Done::Acknowledged) => (Outcome::Acknowledged, None),
            Err(Failed(kind)) => (Outcome::Failed(*kind), None),
        };
        let Self { receiver, app, command, deadline, span, .. } = self;
        let (app, command, at, deadline) = (*app, command.as_ref(), ended.at, *deadline);
        Concluded { app, command, outcome, verdict, at, deadline, receiver, span }.tell();
    }
}

/// How a webhook ended, and when.
pub(super) struct Ended {
    pub(super) outcome: Result<Done, Failed>,
    pub(super) at: Instant,
}

impl Ended {
    pub(super) fn now(outcome: Result<Done, Failed>) -> Self {
        Self { outcome, at: Instant::now() }
    }
}

/// What came of a handler in time.
pub(super) enum Done {
    Handled(Reply),
    /// It has the event in hand, and goes on.
    Acknowledged,
}

/// The failure itself was told where it happened.
#[derive(Debug)]
pub(super) struct Failed(pub(super) FailureKind);

fn panic_message(panic: Box<dyn Any + Send>) -> BoxError {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    quietly(|| drop(panic));
    text.unwrap_or_else(|| "no message".to_owned()).into()
}
