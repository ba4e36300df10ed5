//! What the log learns. Without the feature `tracing`, nothing.
//!
//! Names of commands come from outside: they are written escaped and cut.

use crate::auth::SdkAppId;
use crate::catalogue::Event;
use crate::context::Context;
use crate::error::{Failure, Rejection};
use crate::observe::Concluded;

#[cfg(feature = "tracing")]
mod emit {
    use std::error::Error;
    use std::fmt::{self, Write as _};
    use std::time::Duration;

    use tracing::field::Empty;
    use tracing::level_filters::LevelFilter;
    use tracing::{Instrument as _, Level};

    use super::*;
    use crate::catalogue::Command;
    use crate::observe;

    const TARGET: &str = "tencent_im_webhook";

    pub(crate) fn unsigned(app: SdkAppId) {
        tracing::warn!(target: TARGET, %app, "webhooks of this app are accepted without a signature");
    }

    pub(crate) fn refused(rejection: &Rejection) {
        let (status, app) = (rejection.status().as_u16(), rejection.app().map(|app| app.0));
        tracing::warn!(target: TARGET, status, app, reason = %rejection, source = rejection.source(), "webhook refused");
    }

    pub(crate) fn decoded(app: SdkAppId, event: &Event) {
        if let Event::Unknown(unknown) = event
            && let Some(cause) = unknown.cause()
        {
            let command = name(event.command());
            tracing::warn!(target: TARGET, %app, command, %cause, "webhook does not fit its type");
        }
    }

    /// The console's check of the URL is for no handler.
    pub(crate) fn unhandled(app: SdkAppId, event: &Event) {
        if event.command().is_some() {
            let command = name(event.command());
            tracing::warn!(target: TARGET, %app, command, "webhook has no handler at its URL");
        }
    }

    pub(crate) fn failed(failure: &Failure) {
        let (command, late, source) = (name(failure.command()), failure.is_late(), failure.source());
        let app = failure.app().0;
        tracing::error!(target: TARGET, app, command, late, reason = %failure, source, "webhook not handled");
    }

    pub(crate) fn slow(decision: &Concluded<'_>) {
        let (app, command, latency_us) = (decision.app, name(decision.command), micros(decision.latency));
        decision.span.in_scope(|| {
            tracing::warn!(target: TARGET, %app, command, latency_us, "decision took most of its time");
        });
    }

    pub(crate) type Span = tracing::Span;

    /// Of what is not decoded yet.
    pub(crate) fn no_span() -> Span {
        Span::none()
    }

    /// The span of one webhook. What is not known yet is recorded when it is answered.
    pub(crate) fn span(cx: &Context) -> Span {
        // Left out of `log` too, where `tracing` writes to that: it would prepare a line for every webhook, read or not.
        if LevelFilter::current() < Level::DEBUG {
            return Span::none();
        }
        tracing::debug_span!(
            target: TARGET,
            "webhook",
            app = %cx.app(),
            // Written for a span that somebody looks at only: it is a good part of what a small webhook costs.
            command = tracing::field::display(Name(cx.command())),
            kind = observe::kind(cx.command()),
            outcome = Empty,
            verdict = Empty,
            latency_us = Empty,
            failure = Empty,
        )
    }

    pub(crate) fn concluded(concluded: &Concluded<'_>) {
        let span = concluded.span;
        if span.is_disabled() {
            return;
        }
        span.record("outcome", concluded.outcome.as_str());
        span.record("latency_us", micros(concluded.latency));
        // What is recorded as nothing leaves a blank in the log.
        if let Some(verdict) = concluded.verdict {
            span.record("verdict", verdict);
        }
        if let Some(failure) = concluded.outcome.failure() {
            span.record("failure", failure);
        }
    }

    /// Runs a handler in its webhook's span, or in the request's own where nobody looks at that.
    pub(crate) fn instrument<F: Future>(handler: F, span: &Span) -> impl Future<Output = F::Output> + use<F> {
        let span = if span.is_disabled() { Span::current() } else { span.clone() };
        handler.instrument(span)
    }

    /// The same for one that does not leave its request: while it is polled, that one's span is entered in any case.
    pub(crate) fn instrument_in_place<F: Future>(
        handler: F,
        span: &Span,
    ) -> impl Future<Output = F::Output> + use<F> {
        handler.instrument(span.clone())
    }

    pub(crate) fn within(span: &Span, tell: impl FnOnce()) {
        span.in_scope(tell);
    }

    fn micros(time: Duration) -> u64 {
        u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
    }

    fn name(command: Option<&Command>) -> String {
        Name(command).to_string()
    }

    struct Name<'a>(Option<&'a Command>);

    impl fmt::Display for Name<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let name = self.0.map_or("none", Command::as_str);
            name.chars().take(80).flat_map(char::escape_default).try_for_each(|char| f.write_char(char))
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod emit {
    use super::*;

    pub(crate) fn unsigned(_: SdkAppId) {}

    pub(crate) fn refused(_: &Rejection) {}

    pub(crate) fn decoded(_: SdkAppId, _: &Event) {}

    pub(crate) fn unhandled(_: SdkAppId, _: &Event) {}

    pub(crate) fn failed(_: &Failure) {}

    pub(crate) fn slow(_: &Concluded<'_>) {}

    #[derive(Clone, Debug)]
    pub(crate) struct Span;

    pub(crate) fn no_span() -> Span {
        Span
    }

    pub(crate) fn span(_: &Context) -> Span {
        Span
    }

    pub(crate) fn concluded(_: &Concluded<'_>) {}

    pub(crate) fn instrument<F: Future>(handler: F, _: &Span) -> F {
        handler
    }

    pub(crate) fn instrument_in_place<F: Future>(handler: F, _: &Span) -> F {
        handler
    }

    pub(crate) fn within(_: &Span, tell: impl FnOnce()) {
        tell();
    }
}

pub(crate) use emit::{
    Span, concluded, decoded, failed, instrument, instrument_in_place, no_span, refused, slow, span,
    unhandled, unsigned, within,
};
