use std::fmt;
use std::future::{Future, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::dev::{self, Handler};
use actix_web::error::PayloadError;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Resource, web};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use futures_util::stream;
use tencent_im_webhook::{
    BoxError, Call, CommandMap, Decision, Event, ExtractError, Payload, Receiver, Reply, WebhookService,
};
use tower::Service;

use crate::convert::{PayloadBody, Shape, head, status_of};

/// One URL, a native actix-web handler per command.
///
/// A handler takes any extractors, and the [`Call`] of its payload type as the last argument. It returns what
/// its command is answered with, or a `Result` of it, which the compiler checks:
///
/// ```
/// use actix_web::{App, HttpRequest, web};
/// use tencent_im_webhook_actix::event::{group, official_account};
/// use tencent_im_webhook_actix::{
///     BoxError, Call, Commands, MessageVerdict, Receiver, Reply, SdkAppId,
/// };
///
/// struct Words(Vec<String>);
///
/// async fn moderate(
///     words: web::Data<Words>,
///     call: Call<official_account::BeforeSendMsg>,
/// ) -> MessageVerdict {
///     let mut texts = call.event.msg_body.texts();
///     match texts.any(|text| words.0.iter().any(|word| text.contains(word))) {
///         true => MessageVerdict::Reject,
///         false => MessageVerdict::Allow,
///     }
/// }
///
/// async fn archive(request: HttpRequest, call: Call<group::AfterSendMsg>) -> Result<(), BoxError> {
///     println!("{:?}: {}", request.peer_addr(), call.event.group_id);
///     Ok(())
/// }
///
/// async fn others(call: Call) -> Result<Reply, BoxError> {
///     println!("{:?}", call.event.command());
///     call.event.default_reply()
/// }
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let commands = Commands::new(receiver).on(moderate).on(archive).fallback(others);
/// let words = web::Data::new(Words(vec!["casino".into()]));
/// let app = App::new().app_data(words).service(commands.at("/im/webhook"));
/// # Ok::<_, tencent_im_webhook_actix::BuildError>(())
/// ```
///
/// Deadline, panics, hang-ups and failures are treated as those of a [`Webhook`](crate::Webhook), and an
/// extractor that refuses is a failure: the [`FailurePolicy`](crate::FailurePolicy) answers, and an
/// [`ExtractError`] is its source. An extractor of the body gets it once more. Without a
/// [`fallback`](Self::fallback), commands that nobody takes are answered as a
/// [`WebhookHandler`](crate::WebhookHandler) does by default.
///
/// # Shutdown
///
/// These handlers cannot leave the thread that serves their request. One of an *after* command that outlasts
/// its request goes on there, and ends with the worker. [`shut_down`](crate::shut_down) waits for it first; the
/// server's own handling of signals does not.
#[derive(Clone)]
pub struct Commands {
    receiver: Receiver,
    routes: CommandMap<Route>,
}

type Route = Arc<dyn Fn(HttpRequest, Call) -> Answering + Send + Sync>;
type Answering = LocalBoxFuture<'static, Result<Reply, BoxError>>;

impl Commands {
    /// No handler yet.
    #[must_use]
    pub fn new(receiver: Receiver) -> Self {
        Self { receiver, routes: CommandMap::new() }
    }

    /// Answers the command of `P` with this handler.
    ///
    /// ```
    /// use tencent_im_webhook_actix::event::group::BeforeApplyJoinGroup;
    /// use tencent_im_webhook_actix::{Call, Commands, GroupCode, Receiver, Verdict};
    ///
    /// async fn join(call: Call<BeforeApplyJoinGroup>) -> Verdict<GroupCode> {
    ///     println!("{}", call.event.requestor_account);
    ///     Verdict::Allow
    /// }
    ///
    /// fn commands(receiver: Receiver) -> Commands {
    ///     Commands::new(receiver).on(join)
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// When the command has a handler already.
    #[must_use]
    #[track_caller]
    pub fn on<P, Args, H>(mut self, handler: H) -> Self
    where
        P: Payload,
        H: CommandHandler<P, P::Reply, Args>,
        Args: 'static,
    {
        let handler = Arc::new(handler);
        let route: Route = Arc::new(move |request, Call { event, context }| {
            let handler = Arc::clone(&handler);
            Box::pin(async move {
                match P::try_from(event) {
                    Ok(event) => {
                        let decision = handler.handle(request, Call { event, context }).await?;
                        Decision::<P::Reply>::encoded(decision)
                    }
                    // Never so: a route is found by its event's own command.
                    Err(event) => event.default_reply(),
                }
            })
        });
        self.routes = self.routes.with(P::COMMAND, route);
        self
    }

    /// Answers everything else with this handler: commands without a handler of their own, unknown ones, and
    /// bodies that do not fit.
    ///
    /// ```
    /// use tencent_im_webhook_actix::{BoxError, Call, Commands, Receiver, Reply};
    ///
    /// async fn others(call: Call) -> Result<Reply, BoxError> {
    ///     println!("nobody takes {:?}", call.event.command());
    ///     call.event.default_reply()
    /// }
    ///
    /// fn commands(receiver: Receiver) -> Commands {
    ///     Commands::new(receiver).fallback(others)
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// When there is a fallback already.
    #[must_use]
    #[track_caller]
    pub fn fallback<Args, H>(mut self, handler: H) -> Self
    where
        H: CommandHandler<Event, Reply, Args>,
        Args: 'static,
    {
        let handler = Arc::new(handler);
        let route: Route = Arc::new(move |request, call| {
            let handler = Arc::clone(&handler);
            Box::pin(async move { Decision::<Reply>::decided(handler.handle(request, call).await?) })
        });
        self.routes = self.routes.with_fallback(route);
        self
    }

    /// A resource of an app or a scope. For several paths, or a resource of your own, put the commands there as
    /// a handler: `web::resource(["/a", "/a/"]).to(commands)`.
    ///
    /// ```
    /// use actix_web::{App, web};
    /// use tencent_im_webhook_actix::{Commands, Receiver, SdkAppId};
    ///
    /// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
    /// let commands = Commands::new(receiver);
    /// let app = App::new()
    ///     .service(web::scope("/im").service(commands.clone().at("/webhook")))
    ///     .service(web::resource(["/old/webhook", "/old/webhook/"]).to(commands));
    /// # Ok::<_, tencent_im_webhook_actix::BuildError>(())
    /// ```
    pub fn at(self, path: &str) -> Resource {
        web::resource(path).to(self)
    }

    /// The receiver, for instance for [`shut_down`](crate::shut_down).
    #[must_use]
    pub fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    async fn answer(self, request: HttpRequest, payload: web::Payload) -> HttpResponse {
        let shape = Shape::of(request.head());
        let body = PayloadBody::new(payload.into_inner());
        let receiver = self.receiver.clone();
        let answer = match receiver.admit(&head(request.head())) {
            Ok(admission) => {
                let service = WebhookService::local(receiver, Dispatch { commands: self, request });
                service.deliver_local(admission, body.clone()).await
            }
            Err(rejection) => receiver.refuse(&rejection),
        };
        shape.fit(&answer, body)
    }
}

impl Handler<(HttpRequest, web::Payload)> for Commands {
    type Output = HttpResponse;
    type Future = LocalBoxFuture<'static, HttpResponse>;

    fn call(&self, (request, payload): (HttpRequest, web::Payload)) -> Self::Future {
        Box::pin(self.clone().answer(request, payload))
    }
}

impl fmt::Debug for Commands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commands").field("routes", &self.routes).finish_non_exhaustive()
    }
}

/// An async function of any extractors, up to eight, and a [`Call`] as its last argument.
///
/// Implemented for functions and closures; use it through [`Commands`]. Extractors run one after another.
///
/// For a route of [`Commands`], `E` is the payload type and `R` what its command is answered with; for the
/// fallback they are [`Event`] and [`Reply`].
///
/// ```
/// use actix_web::{HttpRequest, web};
/// use tencent_im_webhook_actix::{Call, Commands, Receiver, event::state::StateChange};
///
/// struct Db;
///
/// async fn presence(_db: web::Data<Db>, request: HttpRequest, call: Call<StateChange>) {
///     println!("{} at {}", call.event.info.to_account, request.path());
/// }
///
/// fn commands(receiver: Receiver) -> Commands {
///     Commands::new(receiver).on(presence)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle this webhook",
    label = "expected `async fn(extractors…, Call<a payload type>) -> {R}`, or a `Result` of it",
    note = "the `Call` is the last argument; before it stand up to eight extractors that implement `FromRequest`",
    note = "what a command is answered with stands on its payload's page, as `Payload::Reply`",
    note = "the handler must be `Send + Sync`, as each worker has it; its future need not be"
)]
pub trait CommandHandler<E, R, Args>: Send + Sync + 'static {
    /// What it returns: `R`, or a `Result` of it.
    type Output: Decision<R>;

    /// Extracts, and calls the function.
    #[doc(hidden)]
    fn handle(
        &self,
        request: HttpRequest,
        call: Call<E>,
    ) -> impl Future<Output = Result<Self::Output, ExtractError>>;
}

macro_rules! command_handler {
    ($($arg:ident)*) => {
        impl<F, Fut, E, R, $($arg),*> CommandHandler<E, R, ($($arg,)*)> for F
        where
            F: Fn($($arg,)* Call<E>) -> Fut + Send + Sync + 'static,
            Fut: Future<Output: Decision<R>>,
            $($arg: FromRequest,)*
        {
            type Output = Fut::Output;

            #[allow(non_snake_case, unused_mut, reason = "a value has the name of its type; there may be none")]
            async fn handle(&self, request: HttpRequest, call: Call<E>) -> Result<Fut::Output, ExtractError> {
                let mut payload = once_more(call.context.raw().clone());
                $(let $arg = extract::<$arg>(&request, &mut payload).await?;)*
                drop((request, payload));
                Ok(self($($arg,)* call).await)
            }
        }
    };
}

command_handler! {}
command_handler! { A1 }
command_handler! { A1 A2 }
command_handler! { A1 A2 A3 }
command_handler! { A1 A2 A3 A4 }
command_handler! { A1 A2 A3 A4 A5 }
command_handler! { A1 A2 A3 A4 A5 A6 }
command_handler! { A1 A2 A3 A4 A5 A6 A7 }
command_handler! { A1 A2 A3 A4 A5 A6 A7 A8 }

/// The routes, as a service for the calls of one request.
struct Dispatch {
    commands: Commands,
    request: HttpRequest,
}

impl Service<Call> for Dispatch {
    type Response = Reply;
    type Error = BoxError;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Answering {
        match self.commands.routes.find(&call) {
            Some(route) => route(self.request.clone(), call),
            None => Box::pin(ready(call.event.default_reply())),
        }
    }
}

async fn extract<T>(request: &HttpRequest, payload: &mut dev::Payload) -> Result<T, ExtractError>
where
    T: FromRequest,
{
    T::from_request(request, payload).await.map_err(|error| ExtractError::of::<T>(status_of(&error.into())))
}

/// The body for an extractor that wants it, such as one of raw bytes.
fn once_more(body: Bytes) -> dev::Payload {
    let body = stream::once(std::future::ready(Ok::<_, PayloadError>(body)));
    dev::Payload::Stream { payload: Box::pin(body) }
}
