//! What log and metrics are told of a webhook, in words that both share.
#![cfg_attr(
    not(all(feature = "tracing", feature = "metrics")),
    allow(dead_code, reason = "each of them needs a part")
)]

use std::time::Duration;

use tokio::time::Instant;

use crate::auth::SdkAppId;
use crate::catalogue::Command;
use crate::error::FailureKind;
use crate::quietly::quietly;
use crate::receiver::Receiver;
use crate::reply::Kind;
use crate::{metric, trace};

/// A webhook that has its answer.
pub(crate) struct Concluded<'a> {
    pub(crate) app: SdkAppId,
    pub(crate) command: Option<&'a Command>,
    pub(crate) outcome: Outcome,
    /// Of what was handled.
    pub(crate) verdict: Option<&'static str>,
    pub(crate) at: Instant,
    pub(crate) deadline: Instant,
    pub(crate) receiver: &'a Receiver,
    pub(crate) span: &'a trace::Span,
}

/// How it ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Handled,
    /// The platform has its OK, and the handler goes on.
    Acknowledged,
    Failed(FailureKind),
}

impl Concluded<'_> {
    /// Tells log and metrics.
    pub(crate) fn tell(&self) {
        if self.is_decision() && self.receiver.is_slow(self.at, self.deadline) {
            quietly(|| trace::slow(self));
            quietly(|| metric::slow(self));
        }
        quietly(|| trace::concluded(self));
        quietly(|| metric::concluded(self));
    }

    /// From the head of the request until it had its answer.
    pub(crate) fn latency(&self) -> Duration {
        self.at.saturating_duration_since(self.receiver.received(self.deadline))
    }

    fn is_decision(&self) -> bool {
        match self.outcome {
            Outcome::Handled => is_asked(self.command),
            Outcome::Acknowledged | Outcome::Failed(_) => false,
        }
    }
}

impl Outcome {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Acknowledged => "acknowledged",
            Self::Failed(_) => "failed",
        }
    }

    pub(crate) fn failure(self) -> Option<&'static str> {
        match self {
            Self::Failed(kind) => Some(kind.as_str()),
            Self::Handled | Self::Acknowledged => None,
        }
    }
}

/// Whether the answer to it is awaited, as a decision or as data. An unknown command may tell of what has happened
/// already.
pub(crate) fn is_asked(command: Option<&Command>) -> bool {
    match command.and_then(Command::kind) {
        Some(Kind::Before | Kind::Reply) => true,
        Some(Kind::After) | None => false,
    }
}

pub(crate) fn kind(command: Option<&Command>) -> &'static str {
    match command.and_then(Command::kind) {
        Some(Kind::Before) => "before",
        Some(Kind::Reply) => "reply",
        Some(Kind::After) => "after",
        None => "unknown",
    }
}
