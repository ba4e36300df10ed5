//! What is counted. Without the feature `metrics`, nothing.
//!
//! Labels are bounded: ids of our own apps, names of commands that the catalogue knows, and words of this crate.

use crate::error::{Failure, Rejection};
use crate::observe::Concluded;

#[cfg(feature = "metrics")]
mod emit {
    use ::metrics::{counter, histogram};

    use super::*;
    use crate::auth::SdkAppId;
    use crate::catalogue::Command;

    pub(crate) fn concluded(concluded: &Concluded<'_>) {
        let (app, command) = (app(Some(concluded.app)), name(concluded.command));
        let (outcome, failure) = (concluded.outcome.as_str(), concluded.outcome.failure().unwrap_or(NONE));
        let verdict = concluded.verdict.unwrap_or(NONE);
        counter!(
            "tencent_im_webhook_webhooks_total",
            "app" => app.clone(), "command" => command, "outcome" => outcome, "verdict" => verdict, "failure" => failure
        )
        .increment(1);
        histogram!("tencent_im_webhook_duration_seconds", "app" => app, "command" => command, "outcome" => outcome)
            .record(concluded.latency());
    }

    pub(crate) fn refused(rejection: &Rejection) {
        let (app, reason) = (app(rejection.app()), rejection.kind().as_str());
        counter!("tencent_im_webhook_refusals_total", "app" => app, "reason" => reason).increment(1);
    }

    pub(crate) fn failed(failure: &Failure) {
        let (app, command, kind) =
            (app(Some(failure.app())), name(failure.command()), failure.kind().as_str());
        let late = if failure.is_late() { "true" } else { "false" };
        counter!(
            "tencent_im_webhook_failures_total",
            "app" => app, "command" => command, "failure" => kind, "late" => late
        )
        .increment(1);
    }

    pub(crate) fn slow(decision: &Concluded<'_>) {
        let (app, command) = (app(Some(decision.app)), name(decision.command));
        counter!("tencent_im_webhook_slow_decisions_total", "app" => app, "command" => command).increment(1);
    }

    fn app(app: Option<SdkAppId>) -> String {
        app.map_or_else(|| NONE.to_owned(), |app| app.to_string())
    }

    /// Any name that we do not know may be anybody's.
    fn name(command: Option<&Command>) -> &'static str {
        match command {
            None => NONE,
            Some(command) => {
                Command::ALL.iter().find(|known| *known == command).map_or("unknown", Command::as_str)
            }
        }
    }

    const NONE: &str = "none";
}

#[cfg(not(feature = "metrics"))]
mod emit {
    use super::*;

    pub(crate) fn concluded(_: &Concluded<'_>) {}

    pub(crate) fn refused(_: &Rejection) {}

    pub(crate) fn failed(_: &Failure) {}

    pub(crate) fn slow(_: &Concluded<'_>) {}
}

pub(crate) use emit::{concluded, failed, refused, slow};
