use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, Resource, ResponseError, dev, web};
use futures_util::future::LocalBoxFuture;
use tencent_im_webhook::{Answer, Call, Event, FromEvent, Receiver};

use crate::convert::{PayloadBody, Shape, head, status};
use crate::respond::Taken;

/// Extracts a checked webhook: of one payload type, or the whole [`Event`].
///
/// For handlers of your own that answer by themselves, with [`Decided`](crate::Decided) or
/// [`Replied`](crate::Replied). It finds the [`Receiver`] that [`resource`](crate::resource) put there:
///
/// ```
/// use actix_web::{App, web};
/// use tencent_im_webhook_actix::event::official_account::BeforeSendMsg;
/// use tencent_im_webhook_actix::{
///     Call, CommandGuard, Decided, MessageVerdict, Received, Receiver, SdkAppId, resource,
/// };
///
/// async fn moderate(Received(call): Received<BeforeSendMsg>) -> Decided<BeforeSendMsg> {
///     println!("{:?}", call.context.client_ip());
///     Decided(match call.event.msg_body.is_empty() {
///         true => MessageVerdict::Discard,
///         false => MessageVerdict::Allow,
///     })
/// }
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let moderation = web::route().guard(CommandGuard::of::<BeforeSendMsg>()).to(moderate);
/// let app = App::new().service(resource("/im/webhook", receiver).route(moderation));
/// # Ok::<_, tencent_im_webhook_actix::BuildError>(())
/// ```
///
/// Admission, and the limit and the deadline of the body, are the receiver's; the app's
/// [`PayloadConfig`](web::PayloadConfig) has no say. A webhook of another command, or whose body does not fit,
/// does not reach the handler: it is logged, and answered as a [`WebhookHandler`](crate::WebhookHandler) does
/// by default.
///
/// What it does **not** do: the handler has no deadline and no
/// [`FailurePolicy`](crate::FailurePolicy) for its errors and panics, and nobody waits for it at shutdown. That
/// is what [`Commands`](crate::Commands) are for. Nor does the handler run in the webhook's tracing span: what it
/// logs says app and command where it runs in [`in_span`](crate::Context::in_span). The answer says how it ended
/// there, and in the metrics, either way.
///
/// Without a receiver in reach, the answer is 503, so that the console's policy rules, and the log says what to
/// add.
#[derive(Clone, Debug)]
pub struct Received<E = Event>(pub Call<E>);

/// A resource whose handlers take webhooks by the extractor [`Received`].
///
/// As [`web::resource`], but it has the receiver that the extractor needs, so none can be missing, and what no
/// route takes is answered by the core: wrong methods, and webhooks of other commands, as a
/// [`WebhookHandler`](crate::WebhookHandler) does by default.
///
/// Give its routes no method, as [`web::route`] does. For several paths or a whole app, put the receiver there
/// by hand: `.app_data(web::Data::new(receiver))`.
///
/// ```
/// use actix_web::{App, web};
/// use tencent_im_webhook_actix::{BoxError, Received, Receiver, Replied, Reply, SdkAppId, resource};
///
/// async fn any(Received(call): Received) -> Replied<Result<Reply, BoxError>> {
///     println!("{:?}", call.event.command());
///     Replied(call.event.default_reply())
/// }
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let app = App::new().service(resource("/im/webhook", receiver).route(web::route().to(any)));
/// # Ok::<_, tencent_im_webhook_actix::BuildError>(())
/// ```
pub fn resource(path: &str, receiver: Receiver) -> Resource {
    web::resource(path).app_data(web::Data::new(receiver)).default_service(web::to(unhandled))
}

impl<E> FromRequest for Received<E>
where
    E: FromEvent + 'static,
{
    type Error = Refused;
    type Future = LocalBoxFuture<'static, Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, body) = (request.clone(), PayloadBody::new(payload.take()));
        Box::pin(async move {
            let shape = Shape::of(request.head());
            extract(&request, body.clone()).await.map_err(|answer| Refused { answer, shape, unread: body })
        })
    }
}

async fn extract<E>(request: &HttpRequest, body: PayloadBody) -> Result<Received<E>, Answer>
where
    E: FromEvent,
{
    let receiver = receiver(request)?;
    let Call { event, context } = receive(&receiver, request, body).await?;
    match E::from_event(event) {
        Ok(event) => {
            let taken = Taken { receiver, context: context.clone() };
            request.extensions_mut().insert(taken);
            Ok(Received(Call { event, context }))
        }
        Err(event) => Err(receiver.answer_unhandled(Call { event, context })),
    }
}

/// Why an extractor gave nothing: the request was refused, or is a webhook of another command.
///
/// It holds the whole answer.
///
/// ```
/// use tencent_im_webhook_actix::{BoxError, Received, Refused, Replied, Reply};
///
/// /// Takes the webhook by hand, and sees what was refused too.
/// async fn any(webhook: Result<Received, Refused>) -> Result<Replied<Result<Reply, BoxError>>, Refused> {
///     match webhook {
///         Ok(Received(call)) => Ok(Replied(call.event.default_reply())),
///         Err(refused) => {
///             eprintln!("{}", refused.answer().status());
///             Err(refused)
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Refused {
    answer: Answer,
    shape: Shape,
    unread: PayloadBody,
}

impl Refused {
    /// What the platform gets.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "answered {} in the handler's place", self.answer.status())
    }
}

impl std::error::Error for Refused {}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        status(&self.answer)
    }

    fn error_response(&self) -> HttpResponse {
        self.shape.fit(&self.answer, self.unread.clone())
    }
}

/// Answers what no route takes.
async fn unhandled(request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let shape = Shape::of(request.head());
    let body = PayloadBody::new(payload.into_inner());
    let answer = answer_unhandled(&request, body.clone()).await.unwrap_or_else(|answer| answer);
    shape.fit(&answer, body)
}

async fn answer_unhandled(request: &HttpRequest, body: PayloadBody) -> Result<Answer, Answer> {
    let receiver = receiver(request)?;
    let call = receive(&receiver, request, body).await?;
    Ok(receiver.answer_unhandled(call))
}

fn receiver(request: &HttpRequest) -> Result<Receiver, Answer> {
    let data = request.app_data::<web::Data<Receiver>>().map(web::Data::get_ref);
    data.or_else(|| request.app_data()).cloned().ok_or_else(|| {
        tracing::error!(
            target: "tencent_im_webhook",
            path = request.path(),
            "no `Receiver` for the extractor `Received`: mount its routes on `resource(path, receiver)`, or add \
             `.app_data(web::Data::new(receiver))` to the app, scope or resource",
        );
        Answer::deferred()
    })
}

async fn receive(receiver: &Receiver, request: &HttpRequest, body: PayloadBody) -> Result<Call, Answer> {
    let received = match receiver.admit(&head(request.head())) {
        Ok(admission) => receiver.receive(admission, body).await,
        Err(rejection) => Err(rejection),
    };
    received.map_err(|rejection| receiver.refuse(&rejection))
}
