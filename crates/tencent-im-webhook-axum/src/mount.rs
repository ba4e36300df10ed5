//! Webhooks on a router.

use axum::Router;
use axum::routing::{MethodRouter, any, any_service};
use tencent_im_webhook::{CallService, HandlerService, Receiver, WebhookHandler, WebhookService};

use crate::commands::{Commands, Mounted};

/// Receives webhooks, and hands them to a [`WebhookHandler`]: a struct of yours, or an
/// `Arc<dyn WebhookHandler>`.
///
/// Goes wherever a [`MethodRouter`] goes. It answers every method, and so takes the place of axum's own
/// [405](axum::http::StatusCode::METHOD_NOT_ALLOWED).
///
/// ```
/// use axum::Router;
/// use tencent_im_webhook_axum::{Receiver, SdkAppId, WebhookHandler, webhook};
///
/// struct Quiet;
/// impl WebhookHandler for Quiet {}
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let app: Router = Router::new().route("/im/webhook", webhook(receiver, Quiet));
/// # Ok::<_, tencent_im_webhook_axum::BuildError>(())
/// ```
pub fn webhook<H, S>(receiver: Receiver, handler: H) -> MethodRouter<S>
where
    H: WebhookHandler,
    S: Clone + Send + Sync + 'static,
{
    webhook_service(receiver, HandlerService::new(handler))
}

/// The same for a service of [`Call`](crate::Call)s: a handler in tower layers, a
/// [`CommandRouter`](crate::CommandRouter), or one of your own.
///
/// ```
/// use axum::Router;
/// use tencent_im_webhook_axum::{HandlerService, Receiver, SdkAppId, WebhookHandler, webhook_service};
/// use tower::ServiceBuilder;
///
/// struct Quiet;
/// impl WebhookHandler for Quiet {}
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let service = ServiceBuilder::new().load_shed().concurrency_limit(64).service(HandlerService::new(Quiet));
/// let app: Router = Router::new().route("/im/webhook", webhook_service(receiver, service));
/// # Ok::<_, tencent_im_webhook_axum::BuildError>(())
/// ```
pub fn webhook_service<C, S>(receiver: Receiver, service: C) -> MethodRouter<S>
where
    C: CallService + Sync,
    S: Clone + Send + Sync + 'static,
{
    any_service(WebhookService::new(receiver, service))
}

/// The same for axum handlers, one per command. See [`Commands`].
///
/// ```
/// use axum::Router;
/// use tencent_im_webhook_axum::event::group::AfterSendMsg;
/// use tencent_im_webhook_axum::{Call, Commands, Receiver, SdkAppId, webhook_commands};
///
/// async fn keep(call: Call<AfterSendMsg>) {
///     println!("{}", call.event.group_id);
/// }
///
/// # let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let app: Router = Router::new().route("/im/webhook", webhook_commands(receiver, Commands::new().on(keep)));
/// # Ok::<_, tencent_im_webhook_axum::BuildError>(())
/// ```
pub fn webhook_commands<S, C>(receiver: Receiver, commands: Commands<S, C>) -> MethodRouter<S>
where
    C: CallService + Sync,
    S: Clone + Send + Sync + 'static,
{
    any(Mounted::new(receiver, commands))
}

/// Mounts webhooks on a [`Router`], whatever its state, nested or not, in any layers.
///
/// ```
/// use std::sync::Arc;
///
/// use axum::Router;
/// use tencent_im_webhook_axum::{Receiver, RouterExt, SdkAppId, WebhookHandler};
///
/// struct Quiet;
/// impl WebhookHandler for Quiet {}
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let handler: Arc<dyn WebhookHandler> = Arc::new(Quiet);
/// let app: Router = Router::new().webhook("/im/webhook", receiver, handler);
/// # Ok::<_, tencent_im_webhook_axum::BuildError>(())
/// ```
pub trait RouterExt<S>: sealed::Sealed {
    /// Mounts a [`WebhookHandler`]. See [`webhook`].
    ///
    /// ```
    /// use axum::Router;
    /// use tencent_im_webhook_axum::{Receiver, RouterExt, SdkAppId, WebhookHandler};
    ///
    /// # struct Quiet;
    /// # impl WebhookHandler for Quiet {}
    /// # let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
    /// let im: Router = Router::new().webhook("/webhook", receiver, Quiet);
    /// let app: Router = Router::new().nest("/im", im); // The console gets /im/webhook.
    /// # Ok::<_, tencent_im_webhook_axum::BuildError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// As [`Router::route`]: when the path is taken or malformed.
    #[must_use]
    fn webhook<H: WebhookHandler>(self, path: &str, receiver: Receiver, handler: H) -> Self;

    /// Mounts a service of [`Call`](crate::Call)s. See [`webhook_service`].
    ///
    /// ```
    /// use axum::Router;
    /// use tencent_im_webhook_axum::{Call, CommandRouter, Receiver, RouterExt, SdkAppId};
    /// use tencent_im_webhook_axum::event::group::AfterSendMsg;
    ///
    /// # let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
    /// let router = CommandRouter::new().on(|call: Call<AfterSendMsg>| async move {
    ///     println!("{}", call.event.group_id);
    /// });
    /// let app: Router = Router::new().webhook_service("/im/webhook", receiver, router);
    /// # Ok::<_, tencent_im_webhook_axum::BuildError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// As [`Router::route`]: when the path is taken or malformed.
    #[must_use]
    fn webhook_service<C>(self, path: &str, receiver: Receiver, service: C) -> Self
    where
        C: CallService + Sync;

    /// Mounts axum handlers, one per command. See [`Commands`].
    ///
    /// ```
    /// use axum::Router;
    /// use axum::extract::State;
    /// use tencent_im_webhook_axum::event::group::AfterSendMsg;
    /// use tencent_im_webhook_axum::{Call, Commands, Receiver, RouterExt, SdkAppId};
    ///
    /// #[derive(Clone)]
    /// struct Db;
    ///
    /// async fn keep(State(_db): State<Db>, call: Call<AfterSendMsg>) {
    ///     println!("{}", call.event.group_id);
    /// }
    ///
    /// # let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
    /// let commands = Commands::new().on(keep);
    /// let app: Router = Router::new().webhook_commands("/im/webhook", receiver, commands).with_state(Db);
    /// # Ok::<_, tencent_im_webhook_axum::BuildError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// As [`Router::route`]: when the path is taken or malformed.
    #[must_use]
    fn webhook_commands<C>(self, path: &str, receiver: Receiver, commands: Commands<S, C>) -> Self
    where
        C: CallService + Sync;
}

impl<S: Clone + Send + Sync + 'static> RouterExt<S> for Router<S> {
    fn webhook<H: WebhookHandler>(self, path: &str, receiver: Receiver, handler: H) -> Self {
        self.route(path, webhook(receiver, handler))
    }

    fn webhook_service<C>(self, path: &str, receiver: Receiver, service: C) -> Self
    where
        C: CallService + Sync,
    {
        self.route(path, webhook_service(receiver, service))
    }

    fn webhook_commands<C>(self, path: &str, receiver: Receiver, commands: Commands<S, C>) -> Self
    where
        C: CallService + Sync,
    {
        self.route(path, webhook_commands(receiver, commands))
    }
}

mod sealed {
    pub trait Sealed: Sized {}
    impl<S> Sealed for axum::Router<S> {}
}
