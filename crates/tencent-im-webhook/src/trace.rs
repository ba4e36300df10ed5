//! What the log learns. Without the feature `tracing`, nothing.
//!
//! Names of commands come from outside: they are written escaped and cut.

use crate::auth::SdkAppId;
use crate::catalogue::Event;
use crate::context::Context;
use crate::error::{Failure, Misfit, Rejection};
use crate::event::UnknownEvent;
use crate::observe::Concluded;

#[cfg(feature = "tracing")]
mod emit {
    use std::error::Error;
    use std::fmt::{self, Write as _};
    use std::sync::Arc;
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

    pub(crate) fn misfit(app: SdkAppId, event: &UnknownEvent, cause: &Misfit) {
        let command = name(event.command());
        tracing::warn!(target: TARGET, %app, command, %cause, "webhook does not fit its type");
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
        let (app, command, latency_us) = (decision.app, name(decision.command), micros(decision.latency()));
        within(decision.span, || {
            tracing::warn!(target: TARGET, %app, command, latency_us, "decision took most of its time");
        });
    }

    /// The span of one webhook; nothing where nobody listens to those of the level debug.
    // Shared: a span of `tracing` has five words, and goes through many hands with every call.
    #[derive(Clone, Debug)]
    pub(crate) struct Span(Option<Arc<tracing::Span>>);

    impl Span {
        /// Of what is not decoded yet.
        pub(crate) fn none() -> Self {
            Self(None)
        }

        /// The span of one webhook. What is not known yet is recorded when it is answered.
        pub(crate) fn of(cx: &Context) -> Self {
            // Left out of `log` too, where `tracing` writes to that: it would prepare a line for every webhook, read or
            // not.
            if LevelFilter::current() < Level::DEBUG {
                return Self::none();
            }
            Self::from(tracing::debug_span!(
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
            ))
        }

        /// What is told while this lives is told of the webhook.
        pub(crate) fn enter(&self) -> Entered<'_> {
            Entered(self.0.as_deref().map(tracing::Span::enter))
        }

        /// For a handler that leaves its request: where nobody looks at the webhook's span, the one around it.
        pub(crate) fn or_current(&self) -> Self {
            match &self.0 {
                Some(_) => self.clone(),
                None => Self::from(tracing::Span::current()),
            }
        }
    }

    /// A span that is entered, as long as it lives.
    pub(crate) struct Entered<'a>(
        #[expect(dead_code, reason = "dropped")] Option<tracing::span::Entered<'a>>,
    );

    impl From<tracing::Span> for Span {
        fn from(span: tracing::Span) -> Self {
            Self((!span.is_disabled()).then(|| Arc::new(span)))
        }
    }

    pub(crate) fn concluded(concluded: &Concluded<'_>) {
        let Some(span) = &concluded.span.0 else { return };
        span.record("outcome", concluded.outcome.as_str());
        span.record("latency_us", micros(concluded.latency()));
        // What is recorded as nothing leaves a blank in the log.
        if let Some(verdict) = concluded.verdict {
            span.record("verdict", verdict);
        }
        if let Some(failure) = concluded.outcome.failure() {
            span.record("failure", failure);
        }
    }

    /// Runs a future in a webhook's span, or in the one around it where nobody looks at that.
    pub(crate) fn instrument<F: Future>(future: F, span: &Span) -> impl Future<Output = F::Output> + use<F> {
        let span = span.0.as_deref().cloned().unwrap_or_else(tracing::Span::current);
        future.instrument(span)
    }

    pub(crate) fn within<T>(span: &Span, run: impl FnOnce() -> T) -> T {
        match &span.0 {
            Some(span) => span.in_scope(run),
            None => run(),
        }
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

    pub(crate) fn misfit(_: SdkAppId, _: &UnknownEvent, _: &Misfit) {}

    pub(crate) fn unhandled(_: SdkAppId, _: &Event) {}

    pub(crate) fn failed(_: &Failure) {}

    pub(crate) fn slow(_: &Concluded<'_>) {}

    #[derive(Clone, Debug)]
    pub(crate) struct Span;

    impl Span {
        pub(crate) fn none() -> Self {
            Self
        }

        pub(crate) fn of(_: &Context) -> Self {
            Self
        }

        pub(crate) fn enter(&self) -> Entered {
            Entered
        }

        pub(crate) fn or_current(&self) -> Self {
            Self
        }
    }

    pub(crate) struct Entered;

    pub(crate) fn concluded(_: &Concluded<'_>) {}

    pub(crate) fn instrument<F: Future>(future: F, _: &Span) -> F {
        future
    }

    pub(crate) fn within<T>(_: &Span, run: impl FnOnce() -> T) -> T {
        run()
    }
}

pub(crate) use emit::{
    Span, concluded, failed, instrument, misfit, refused, slow, unhandled, unsigned, within,
};
