//! A closure per command, instead of a trait.

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};

use tower_service::Service;

use crate::command_map::CommandMap;
use crate::context::Call;
use crate::error::BoxError;
use crate::handler::{HandlerFuture, Payload};
use crate::reply::{IntoReply, Reply};

/// Answers each command with the closure that takes its payload.
///
/// A service of [`Call`]s, as a [`HandlerService`](crate::HandlerService) is: put it into a
/// [`WebhookService`](crate::WebhookService), with tower layers around it if you like.
///
/// ```
/// use tencent_im_webhook::event::{group, official_account};
/// use tencent_im_webhook::{BoxError, Call, CommandRouter, MessageVerdict};
///
/// let router = CommandRouter::new()
///     .on(|call: Call<official_account::BeforeSendMsg>| async move {
///         match call.event.msg_body.is_empty() {
///             true => MessageVerdict::Discard,
///             false => MessageVerdict::Allow,
///         }
///     })
///     .on(|call: Call<group::AfterSendMsg>| async move {
///         println!("{} wrote to {}", call.event.from_account, call.event.group_id);
///         Ok::<_, BoxError>(())
///     });
/// ```
///
/// A closure returns what its command is answered with, or a `Result` of it. Without a
/// [`fallback`](Self::fallback), commands that nobody takes are answered as an empty
/// [`WebhookHandler`](crate::WebhookHandler) does.
#[derive(Clone, Default)]
pub struct CommandRouter {
    routes: CommandMap<Route>,
}

type Route = Arc<dyn Fn(Call) -> Answering + Send + Sync>;
type Answering = Pin<Box<dyn Future<Output = Result<Reply, BoxError>> + Send>>;

impl CommandRouter {
    /// A router without any closure.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers the command of `P` with this closure.
    ///
    /// ```
    /// use tencent_im_webhook::event::group::BeforeApplyJoinGroup;
    /// use tencent_im_webhook::{Call, CommandRouter, Verdict};
    ///
    /// let router = CommandRouter::new().on(|call: Call<BeforeApplyJoinGroup>| async move {
    ///     match call.event.requestor_account.as_str().starts_with("guest_") {
    ///         true => Verdict::Reject,
    ///         false => Verdict::Allow,
    ///     }
    /// });
    /// ```
    ///
    /// # Panics
    ///
    /// When the command has a closure already.
    #[must_use]
    #[track_caller]
    pub fn on<P, F, Fut, D>(self, closure: F) -> Self
    where
        P: Payload,
        F: Fn(Call<P>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = D> + Send + 'static,
        D: Decision<P::Reply>,
    {
        let route: Route = Arc::new(move |Call { event, context }| match P::try_from(event) {
            Ok(event) => {
                let decision = closure(Call { event, context });
                Box::pin(async move { decision.await.encoded() })
            }
            // Never so: a route is found by its event's own command.
            Err(event) => Box::pin(ready(event.default_reply())),
        });
        Self { routes: self.routes.with(P::COMMAND, route) }
    }

    /// Answers everything else with this closure: commands without a closure of their own, unknown ones, and
    /// bodies that do not fit.
    ///
    /// ```
    /// use tencent_im_webhook::{Call, CommandRouter};
    ///
    /// let router = CommandRouter::new().fallback(|call: Call| async move {
    ///     println!("nobody takes {:?}", call.event.command());
    ///     call.event.default_reply()
    /// });
    /// ```
    ///
    /// # Panics
    ///
    /// When there is a fallback already.
    #[must_use]
    #[track_caller]
    pub fn fallback<F, Fut, D>(self, closure: F) -> Self
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = D> + Send + 'static,
        D: Decision<Reply>,
    {
        let route: Route = Arc::new(move |call| {
            let decision = closure(call);
            Box::pin(async move { decision.await.decided() })
        });
        Self { routes: self.routes.with_fallback(route) }
    }

    fn answer(&self, call: Call) -> Answering {
        match self.routes.find(&call) {
            Some(route) => route(call),
            None => Box::pin(ready(call.event.default_reply())),
        }
    }
}

impl Service<Call> for CommandRouter {
    type Response = Reply;
    type Error = BoxError;
    type Future = HandlerFuture;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> HandlerFuture {
        HandlerFuture::new(self.answer(call))
    }
}

impl fmt::Debug for CommandRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandRouter").field("routes", &self.routes).finish()
    }
}

/// What a closure returns: an answer of type `R`, or a `Result` of one.
///
/// ```
/// use tencent_im_webhook::{BoxError, Decision, MessageVerdict};
///
/// fn log<D: Decision<MessageVerdict>>(decision: D) -> Result<MessageVerdict, BoxError> {
///     decision.decided().inspect(|verdict| println!("{}", verdict.as_str()))
/// }
/// log(MessageVerdict::Allow)?;
/// log("1".parse::<u8>().map(|_| MessageVerdict::Discard))?;
/// # Ok::<_, BoxError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not answer this command",
    label = "expected `{R}`, or a `Result` of it whose error converts to `BoxError`",
    note = "what a command is answered with stands on its payload's page, as `Payload::Reply`"
)]
pub trait Decision<R> {
    /// The answer, or why there is none.
    ///
    /// # Errors
    ///
    /// The closure's own.
    fn decided(self) -> Result<R, BoxError>;

    /// The same on the wire.
    ///
    /// ```
    /// use tencent_im_webhook::{BoxError, Decision, GiftVerdict};
    ///
    /// let on_wire = Decision::<GiftVerdict>::encoded("x".parse::<u8>().map(|_| GiftVerdict::Allow));
    /// assert!(on_wire.is_err());
    /// let on_wire = Decision::<GiftVerdict>::encoded(GiftVerdict::Reject)?;
    /// assert_eq!(on_wire.error_code(), 1);
    /// # Ok::<_, BoxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The closure's own, or that the answer [does not encode](IntoReply::into_reply).
    fn encoded(self) -> Result<Reply, BoxError>
    where
        Self: Sized,
        R: IntoReply,
    {
        Ok(self.decided()?.into_reply()?)
    }
}

impl<R> Decision<R> for R {
    fn decided(self) -> Result<R, BoxError> {
        Ok(self)
    }
}

impl<R, E: Into<BoxError>> Decision<R> for Result<R, E> {
    fn decided(self) -> Result<R, BoxError> {
        self.map_err(Into::into)
    }
}
