//! What the log learns. Without the feature `tracing`, nothing.
//!
//! Names of commands come from outside: they are written escaped and cut.

use crate::auth::SdkAppId;
use crate::catalogue::Event;
use crate::context::Context;
use crate::error::{Failure, Rejection};

#[cfg(feature = "tracing")]
mod emit {
    use std::error::Error;
    use std::fmt::{self, Write as _};

    use super::*;
    use crate::catalogue::Command;

    const TARGET: &str = "tencent_im_webhook";

    pub(crate) fn unsigned(app: SdkAppId) {
        tracing::warn!(target: TARGET, %app, "webhooks of this app are accepted without a signature");
    }

    pub(crate) fn refused(rejection: &Rejection) {
        let status = rejection.status().as_u16();
        tracing::warn!(target: TARGET, status, reason = %rejection, source = rejection.source(), "webhook refused");
    }

    pub(crate) fn decoded(event: &Event) {
        if let Event::Unknown(unknown) = event
            && let Some(cause) = unknown.cause()
        {
            tracing::warn!(target: TARGET, command = name(event.command()), %cause, "webhook does not fit its type");
        }
    }

    /// The console's check of the URL is for no handler.
    pub(crate) fn unhandled(event: &Event) {
        if event.command().is_some() {
            tracing::warn!(target: TARGET, command = name(event.command()), "webhook has no handler at its URL");
        }
    }

    pub(crate) fn failed(failure: &Failure) {
        let (command, late, source) = (name(failure.command()), failure.is_late(), failure.source());
        tracing::error!(target: TARGET, command, late, reason = %failure, source, "webhook not handled");
    }

    pub(crate) type Span = tracing::Span;

    /// The span of one webhook; the request's own where nobody looks at that.
    pub(crate) fn span(cx: &Context) -> Span {
        // The name is written for a span that somebody looks at: 2900 instructions.
        let command = tracing::field::display(Name(cx.command()));
        let span = tracing::debug_span!(target: TARGET, "webhook", command, app = %cx.app());
        if span.is_disabled() { Span::current() } else { span }
    }

    /// Runs a handler in its webhook's span.
    pub(crate) fn instrument<F: Future>(handler: F, span: Span) -> impl Future<Output = F::Output> {
        tracing::Instrument::instrument(handler, span)
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

    pub(crate) fn decoded(_: &Event) {}

    pub(crate) fn unhandled(_: &Event) {}

    pub(crate) fn failed(_: &Failure) {}

    pub(crate) type Span = ();

    pub(crate) fn span(_: &Context) -> Span {}

    pub(crate) fn instrument<F: Future>(handler: F, (): Span) -> F {
        handler
    }
}

pub(crate) use emit::{decoded, failed, instrument, refused, span, unhandled, unsigned};
