//! From the typed side of a tower stack to a [`WebhookHandler`].

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_service::Service;

use crate::catalogue::{Command, Event, WebhookHandler, dispatch_to};
use crate::context::Call;
use crate::error::BoxError;
use crate::reply::{IntoReply, Reply};

/// The body of one command, and what it is answered with.
///
/// Implemented by the payload types of this crate, from the catalogue.
///
/// ```
/// use tencent_im_webhook::event::group::AfterSendMsg;
/// use tencent_im_webhook::{Command, Event, Payload};
///
/// fn only<P: Payload>(event: Event) -> Option<P> {
///     P::try_from(event).ok()
/// }
/// assert_eq!(AfterSendMsg::COMMAND, Command::GroupAfterSendMsg);
/// # assert!(only::<AfterSendMsg>(AfterSendMsg::default().into()).is_some());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no payload of a webhook",
    note = "payloads are in `tencent_im_webhook::event`, such as `event::group::AfterSendMsg`",
    note = "for any event take the whole `Event`"
)]
pub trait Payload:
    DeserializeOwned + Serialize + Into<Event> + TryFrom<Event, Error = Event> + Send + 'static
{
    /// The command that carries it.
    const COMMAND: Command;

    /// What a handler answers: a verdict, data, or `()`.
    type Reply: IntoReply;
}

/// A [`WebhookHandler`] as a tower service: the innermost piece of the typed side.
///
/// ```
/// use tencent_im_webhook::{CallService, HandlerService, WebhookHandler};
/// use tower::ServiceBuilder;
///
/// struct App;
/// impl WebhookHandler for App {}
///
/// fn typed_side() -> impl CallService {
///     ServiceBuilder::new().load_shed().concurrency_limit(64).service(HandlerService::new(App))
/// }
/// ```
pub struct HandlerService<H: ?Sized> {
    handler: Arc<H>,
}

impl<H: WebhookHandler> HandlerService<H> {
    /// Wraps a handler. All clones share it.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use tencent_im_webhook::{HandlerService, WebhookHandler};
    ///
    /// struct App;
    /// impl WebhookHandler for App {}
    ///
    /// let service = HandlerService::new(App);
    /// let chosen_at_start: Arc<dyn WebhookHandler> = Arc::new(App);
    /// let service = HandlerService::from(chosen_at_start);
    /// ```
    pub fn new(handler: H) -> Self {
        Self { handler: Arc::new(handler) }
    }
}

impl<H: WebhookHandler + ?Sized> From<Arc<H>> for HandlerService<H> {
    fn from(handler: Arc<H>) -> Self {
        Self { handler }
    }
}

impl<H: ?Sized> Clone for HandlerService<H> {
    fn clone(&self) -> Self {
        Self { handler: Arc::clone(&self.handler) }
    }
}

impl<H: ?Sized> fmt::Debug for HandlerService<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerService").finish_non_exhaustive()
    }
}

impl<H: WebhookHandler + ?Sized> Service<Call> for HandlerService<H> {
    type Response = Reply;
    type Error = BoxError;
    type Future = HandlerFuture;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> HandlerFuture {
        HandlerFuture::new(Box::pin(dispatch_to(Arc::clone(&self.handler), call)))
    }
}

/// The future of a [`HandlerService`] or a [`CommandRouter`](crate::CommandRouter).
pub struct HandlerFuture(Pin<Box<dyn Future<Output = Result<Reply, BoxError>> + Send>>);

impl HandlerFuture {
    pub(crate) fn new(future: Pin<Box<dyn Future<Output = Result<Reply, BoxError>> + Send>>) -> Self {
        Self(future)
    }
}

impl Future for HandlerFuture {
    type Output = Result<Reply, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for HandlerFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerFuture").finish_non_exhaustive()
    }
}
