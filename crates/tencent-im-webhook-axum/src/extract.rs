//! A webhook as the last argument of any axum handler.

use std::fmt;
use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequest, Request};
use tencent_im_webhook::{
    BoxError, Call, Context, Decision, Event, FromEvent, Head, Payload, Receiver, Rejection, Reply,
};

use crate::response::WebhookResponse;

/// A webhook, checked and decoded: an extractor for handlers of your own.
///
/// `E` is the payload type of a command, or [`Event`] for any. The [`Receiver`] comes from the app's state.
/// Route it with [`any`](axum::routing::any), so that requests of other methods get the platform's answer too:
///
/// ```
/// use axum::Router;
/// use axum::extract::FromRef;
/// use axum::routing::any;
/// use tencent_im_webhook_axum::event::official_account::BeforeSendMsg;
/// use tencent_im_webhook_axum::{MessageVerdict, Receiver, SdkAppId, Received, WebhookResponse};
///
/// #[derive(Clone)]
/// struct App {
///     receiver: Receiver,
/// }
///
/// // Or `#[derive(FromRef)]`, with axum's feature `macros`.
/// impl FromRef<App> for Receiver {
///     fn from_ref(app: &App) -> Receiver {
///         app.receiver.clone()
///     }
/// }
///
/// async fn moderate(webhook: Received<BeforeSendMsg>) -> WebhookResponse {
///     webhook.answer(match webhook.call.event.msg_body.is_empty() {
///         true => MessageVerdict::Discard,
///         false => MessageVerdict::Allow,
///     })
/// }
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let app: Router = Router::new().route("/im/webhook", any(moderate)).with_state(App { receiver });
/// # Ok::<_, tencent_im_webhook_axum::BuildError>(())
/// ```
///
/// # What comes in
///
/// Limit and deadline of the body are the receiver's; axum's
/// [`DefaultBodyLimit`](axum::extract::DefaultBodyLimit) changes nothing. What is refused, the handler does not
/// see.
///
/// A webhook of another command than `E` does not reach the handler either, nor does a body that does not fit,
/// nor the console's check of the URL. They are answered as an empty
/// [`WebhookHandler`](crate::WebhookHandler) does: what has happened is acknowledged, what is about to happen is
/// allowed, gifts excepted, and a body that does not fit is a failure where a decision is asked for. The log is
/// told of each. Take the whole [`Event`] if any of them matters.
///
/// # What it does not do
///
/// An extractor is done before its handler begins. So there is **no deadline for the handler**, a **panic is no
/// failure** (axum drops the connection), and a handler of an *after* webhook is **cut off when the platform
/// hangs up**, and at shutdown. All of these come with [`Commands`](crate::Commands) and with
/// [`webhook`](crate::webhook()); use this one where a handler is quick, or brings its own.
///
/// So does the **tracing span** of the webhook: what the handler logs says app and command where it runs in
/// [`in_span`](crate::Context::in_span). The answer says how it ended there, and in the metrics, either way.
///
/// ```
/// use tencent_im_webhook_axum::event::group::AfterSendMsg;
/// use tencent_im_webhook_axum::{Call, Received, WebhookResponse};
///
/// async fn keep(webhook: Received<AfterSendMsg>) -> WebhookResponse {
///     let Received { call: Call { event, context, .. }, responder, .. } = webhook;
///     responder.answer(context.in_span(store(event)).await)
/// }
///
/// async fn store(event: AfterSendMsg) {
///     // webhook{app=1400000000 command=Group.CallbackAfterSendMsg …
///     tracing::info!(group = %event.group_id, "kept");
/// }
/// ```
///
/// # Mounting
///
/// A state without a receiver does not compile:
///
/// ```compile_fail,E0308
/// # use axum::{Router, routing::any};
/// # use tencent_im_webhook_axum::{Receiver, Received, WebhookResponse, event::group::AfterSendMsg};
/// async fn keep(webhook: Received<AfterSendMsg>) -> WebhookResponse {
///     webhook.answer(())
/// }
/// # fn app(receiver: Receiver) -> Router {
/// Router::new().route("/im/webhook", any(keep)).with_state("no receiver")
/// # }
/// ```
///
/// ```
/// # use axum::{Router, routing::any};
/// # use tencent_im_webhook_axum::{Receiver, Received, WebhookResponse, event::group::AfterSendMsg};
/// async fn keep(webhook: Received<AfterSendMsg>) -> WebhookResponse {
///     webhook.answer(())
/// }
/// # fn app(receiver: Receiver) -> Router {
/// Router::new().route("/im/webhook", any(keep)).with_state(receiver)
/// # }
/// ```
///
/// Nor does an answer that its command does not have:
///
/// ```compile_fail,E0277
/// # use tencent_im_webhook_axum::{MessageVerdict, Received, WebhookResponse, event::group::AfterSendMsg};
/// async fn too_late(webhook: Received<AfterSendMsg>) -> WebhookResponse {
///     webhook.answer(MessageVerdict::Reject)
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received<E = Event> {
    /// What it tells, and where it came from.
    pub call: Call<E>,
    /// What answers it, for handlers that take the call apart.
    pub responder: Responder<E>,
}

impl<P: Payload> Received<P> {
    /// Answers with what the command is answered with, or a `Result` of it. See [`Responder::answer`].
    ///
    /// ```
    /// use tencent_im_webhook_axum::event::official_account::BeforeCreateOfficialAccount;
    /// use tencent_im_webhook_axum::{BoxError, Received, Verdict, WebhookResponse};
    ///
    /// async fn new_account(webhook: Received<BeforeCreateOfficialAccount>) -> WebhookResponse {
    ///     webhook.answer(decide(&webhook.call.event.name).await)
    /// }
    ///
    /// async fn decide(name: &str) -> Result<Verdict, BoxError> {
    ///     # let _ = name;
    ///     Err("the database is away".into()) // The failure policy answers.
    /// }
    /// ```
    pub fn answer(&self, decision: impl Decision<P::Reply>) -> WebhookResponse {
        self.responder.answer(decision)
    }
}

impl<E> Received<E> {
    /// Answers with a reply by hand. See [`Responder::reply`].
    ///
    /// ```
    /// use tencent_im_webhook_axum::{Event, Received, Reply, WebhookResponse};
    ///
    /// async fn any(webhook: Received) -> WebhookResponse {
    ///     println!("{:?}", webhook.call.event.command());
    ///     match &webhook.call.event {
    ///         Event::C2cBeforeSendMsg(_) => webhook.reply(Reply::new(120_001, "closed for today")),
    ///         // Not `Reply::ok()`, which would give gifts away.
    ///         _ => webhook.responder.reply(webhook.call.event.default_reply()),
    ///     }
    /// }
    /// ```
    pub fn reply(&self, decision: impl Decision<Reply>) -> WebhookResponse {
        self.responder.reply(decision)
    }
}

impl<S, E> FromRequest<S> for Received<E>
where
    S: Send + Sync,
    Receiver: FromRef<S>,
    E: FromEvent + Send,
{
    type Rejection = WebhookResponse;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebhookResponse> {
        let receiver = Receiver::from_ref(state);
        let version = request.version();
        match receive(&receiver, request).await {
            Ok(call) => Self::of(receiver, call).await,
            Err(rejection) => Err(WebhookResponse::refusal(receiver.refuse(&rejection), version)),
        }
    }
}

impl<E: FromEvent> Received<E> {
    async fn of(receiver: Receiver, call: Call) -> Result<Self, WebhookResponse> {
        let Call { event, context } = call;
        match E::from_event(event) {
            Ok(event) => {
                let call = Call { event, context };
                let responder = Responder::to(receiver, &call);
                Ok(Self { call, responder })
            }
            Err(event) => Err(receiver.answer_unhandled(Call { event, context }).into()),
        }
    }
}

async fn receive(receiver: &Receiver, request: Request) -> Result<Call, Rejection> {
    let admission = receiver.admit(&Head::from(&request))?;
    let (parts, body) = request.into_parts();
    receiver.receive(admission.with_extensions(parts.extensions), body).await
}

/// Turns the decision about one webhook into its answer.
///
/// A failure, be it the handler's error or a verdict that does not encode, is told to the log and to
/// [`inspect_failure`](crate::ReceiverBuilder::inspect_failure), and answered as the
/// [`FailurePolicy`](crate::FailurePolicy) says.
///
/// ```
/// use tencent_im_webhook_axum::event::group::AfterSendMsg;
/// use tencent_im_webhook_axum::{BoxError, Call, Received, WebhookResponse};
///
/// async fn keep(Received { call, responder, .. }: Received<AfterSendMsg>) -> WebhookResponse {
///     responder.answer(store(call).await)
/// }
///
/// async fn store(call: Call<AfterSendMsg>) -> Result<(), BoxError> {
///     # drop(call);
///     Ok(())
/// }
/// ```
pub struct Responder<E = Event> {
    receiver: Receiver,
    context: Context,
    event: PhantomData<fn(E)>,
}

impl<E> Responder<E> {
    fn to(receiver: Receiver, call: &Call<E>) -> Self {
        Self { receiver, context: call.context.clone(), event: PhantomData }
    }

    /// Answers with a reply by hand, or a `Result` of one: where the event may be any.
    pub fn reply(&self, decision: impl Decision<Reply>) -> WebhookResponse {
        self.conclude(decision.decided())
    }

    fn conclude(&self, outcome: Result<Reply, BoxError>) -> WebhookResponse {
        self.receiver.conclude(&self.context, outcome).into()
    }
}

impl<P: Payload> Responder<P> {
    /// Answers with what the command is answered with, or a `Result` of it.
    pub fn answer(&self, decision: impl Decision<P::Reply>) -> WebhookResponse {
        self.conclude(decision.encoded())
    }
}

impl<E> Clone for Responder<E> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone(), context: self.context.clone(), event: PhantomData }
    }
}

impl<E> fmt::Debug for Responder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder").field("context", &self.context).finish_non_exhaustive()
    }
}
