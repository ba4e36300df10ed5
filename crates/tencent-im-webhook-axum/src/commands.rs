//! Native axum handlers, one per command, at one URL.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use axum::body::Body;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use tencent_im_webhook::{
    AdmissionLayer, Call, CallService, CommandRouter, Decision, Event, Payload, Receiver, Reply,
    WebhookService,
};
use tower::{Layer, ServiceExt};

use crate::handler::CommandHandler;
use crate::scene::SetScene;

/// Axum handlers for webhooks: one per command, all at one URL.
///
/// A handler is an async function of up to eight extractors and, last, the [`Call`] with its payload type,
/// which picks the command. It returns what its command is answered with, or a `Result` of that:
///
/// ```
/// use std::net::SocketAddr;
///
/// use axum::Router;
/// use axum::extract::{ConnectInfo, State};
/// use axum::http::HeaderMap;
/// use tencent_im_webhook_axum::event::{group, official_account};
/// use tencent_im_webhook_axum::{
///     BoxError, Call, Commands, MessageVerdict, Receiver, Reply, RouterExt, SdkAppId,
/// };
///
/// #[derive(Clone)]
/// struct Words(Vec<String>);
///
/// async fn moderate(
///     State(forbidden): State<Words>,
///     call: Call<official_account::BeforeSendMsg>,
/// ) -> MessageVerdict {
///     let mut texts = call.event.msg_body.texts();
///     match texts.any(|text| forbidden.0.iter().any(|word| text.contains(word))) {
///         true => MessageVerdict::Reject,
///         false => MessageVerdict::Allow,
///     }
/// }
///
/// async fn keep(headers: HeaderMap, call: Call<group::AfterSendMsg>) -> Result<(), BoxError> {
///     println!("{:?}: {}", headers.get("x-request-id"), call.event.from_account);
///     Ok(())
/// }
///
/// async fn others(ConnectInfo(peer): ConnectInfo<SocketAddr>, call: Call) -> Result<Reply, BoxError> {
///     println!("{peer} sent {:?}", call.event.command());
///     call.event.default_reply()
/// }
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let commands = Commands::new().on(moderate).on(keep).fallback(others);
/// let app: Router = Router::new()
///     .webhook_commands("/im/webhook", receiver, commands)
///     .with_state(Words(vec!["forbidden".into()]));
/// # Ok::<_, tencent_im_webhook_axum::BuildError>(())
/// ```
///
/// It is a [`CommandRouter`] inside of a [`WebhookService`], so deadline, panics, hang-ups and failures are what
/// the [core](tencent_im_webhook#when-something-goes-wrong) says, and commands that nobody takes are answered as
/// an empty [`WebhookHandler`](crate::WebhookHandler) does. An extractor that refuses is a failure of the handler: the
/// [`FailurePolicy`](crate::FailurePolicy) answers, and an [`ExtractError`](crate::ExtractError) is its source.
/// The time that extractors take counts.
///
/// Extractors see method, URI, version, headers and extensions as they reached this route. `S` is the state of
/// the router; a handler for another state, or one that does not answer its command, does not compile:
///
/// ```compile_fail,E0308
/// # use axum::{Router, extract::State};
/// # use tencent_im_webhook_axum::{Call, Commands, Receiver, RouterExt, event::group::AfterSendMsg};
/// # fn app(receiver: Receiver) -> Router {
/// #[derive(Clone)]
/// struct Db;
/// async fn keep(State(db): State<Db>, call: Call<AfterSendMsg>) {}
///
/// Router::new().webhook_commands("/im/webhook", receiver, Commands::new().on(keep)).with_state("no db")
/// # }
/// ```
///
/// ```
/// # use axum::{Router, extract::State};
/// # use tencent_im_webhook_axum::{Call, Commands, Receiver, RouterExt, event::group::AfterSendMsg};
/// # fn app(receiver: Receiver) -> Router {
/// #[derive(Clone)]
/// struct Db;
/// async fn keep(State(db): State<Db>, call: Call<AfterSendMsg>) {}
///
/// Router::new().webhook_commands("/im/webhook", receiver, Commands::new().on(keep)).with_state(Db)
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # use tencent_im_webhook_axum::{Call, Commands, MessageVerdict, event::group::AfterSendMsg};
/// async fn too_late(call: Call<AfterSendMsg>) -> MessageVerdict {
///     MessageVerdict::Reject
/// }
/// let commands: Commands = Commands::new().on(too_late);
/// ```
///
/// ```
/// # use tencent_im_webhook_axum::{Call, Commands, MessageVerdict, event::official_account::BeforeSendMsg};
/// async fn in_time(call: Call<BeforeSendMsg>) -> MessageVerdict {
///     MessageVerdict::Reject
/// }
/// let commands: Commands = Commands::new().on(in_time);
/// ```
///
/// `C` is what answers: the router of commands, in [layers](Self::layer) or not.
pub struct Commands<S = (), C = CommandRouter> {
    service: C,
    state: PhantomData<fn(&S)>,
}

impl<S: Send + Sync + 'static> Commands<S> {
    /// No handler yet.
    #[must_use]
    pub fn new() -> Self {
        Self::of(CommandRouter::new())
    }

    /// Answers the command of `P` with this handler.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use tencent_im_webhook_axum::event::group::BeforeApplyJoinGroup;
    /// use tencent_im_webhook_axum::{Call, Commands, GroupCode, Verdict};
    ///
    /// async fn join(headers: HeaderMap, call: Call<BeforeApplyJoinGroup>) -> Verdict<GroupCode> {
    ///     println!("{:?}: {}", headers.get("x-request-id"), call.event.group_id);
    ///     Verdict::Allow
    /// }
    ///
    /// let commands: Commands = Commands::new().on(join);
    /// ```
    ///
    /// # Panics
    ///
    /// When the command has a handler already.
    #[must_use]
    pub fn on<P, T, H>(self, handler: H) -> Self
    where
        P: Payload,
        H: CommandHandler<P, T, S>,
        H::Output: Decision<P::Reply>,
    {
        Self::of(self.service.on(move |call: Call<P>| {
            let answering = handler.clone().handle(call);
            async move { Decision::<P::Reply>::decided(answering.await?) }
        }))
    }

    /// Answers everything else with this handler: commands without a handler of their own, unknown ones, and
    /// bodies that do not fit.
    ///
    /// ```
    /// use tencent_im_webhook_axum::{BoxError, Call, Commands, Reply};
    ///
    /// async fn others(call: Call) -> Result<Reply, BoxError> {
    ///     println!("nobody takes {:?}", call.event.command());
    ///     call.event.default_reply()
    /// }
    ///
    /// let commands: Commands = Commands::new().fallback(others);
    /// ```
    ///
    /// # Panics
    ///
    /// When there is a fallback already.
    #[must_use]
    pub fn fallback<T, H>(self, handler: H) -> Self
    where
        H: CommandHandler<Event, T, S>,
        H::Output: Decision<Reply>,
    {
        Self::of(self.service.fallback(move |call: Call| {
            let answering = handler.clone().handle(call);
            async move { Decision::<Reply>::decided(answering.await?) }
        }))
    }
}

impl<S, C> Commands<S, C> {
    /// Puts a tower layer around the handlers, inside of the deadline. It sees [`Call`]s; what it refuses is
    /// a failure.
    ///
    /// ```
    /// use tencent_im_webhook_axum::{Call, Commands, event::group::AfterSendMsg};
    /// use tower::limit::GlobalConcurrencyLimitLayer;
    /// use tower::load_shed::LoadShedLayer;
    ///
    /// async fn keep(call: Call<AfterSendMsg>) {}
    ///
    /// let commands: Commands<(), _> = Commands::new()
    ///     .on(keep)
    ///     .layer(GlobalConcurrencyLimitLayer::new(64))
    ///     .layer(LoadShedLayer::new());
    /// ```
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Commands<S, L::Service>
    where
        L: Layer<C>,
        L::Service: CallService,
    {
        Commands::of(layer.layer(self.service))
    }

    fn of(service: C) -> Self {
        Self { service, state: PhantomData }
    }
}

impl<S: Send + Sync + 'static> Default for Commands<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S, C: Clone> Clone for Commands<S, C> {
    fn clone(&self) -> Self {
        Self::of(self.service.clone())
    }
}

impl<S, C: fmt::Debug> fmt::Debug for Commands<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Commands").field(&self.service).finish()
    }
}

/// Commands and their receiver, as a handler that gets its state from the router.
pub(crate) struct Mounted<S, C> {
    receiver: Receiver,
    commands: Commands<S, C>,
}

impl<S, C> Mounted<S, C> {
    pub(crate) fn new(receiver: Receiver, commands: Commands<S, C>) -> Self {
        Self { receiver, commands }
    }
}

impl<S, C: Clone> Clone for Mounted<S, C> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone(), commands: self.commands.clone() }
    }
}

impl<S, C> Handler<Call, S> for Mounted<S, C>
where
    S: Clone + Send + Sync + 'static,
    C: CallService + Sync,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: S) -> Self::Future {
        let webhook = WebhookService::new(self.receiver.clone(), self.commands.service);
        // Admitted first: the scene takes what the receiver looks at.
        let service = AdmissionLayer::new(self.receiver).layer(SetScene { inner: webhook, state });
        Box::pin(async move {
            match service.oneshot(request).await {
                Ok(response) => response.map(Body::new),
                Err(never) => never.into_response(),
            }
        })
    }
}
