use actix_web::body::BoxBody;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Responder, dev};
use tencent_im_webhook::{Answer, BoxError, Context, Decision, IntoReply, Receiver, Reply};

use crate::convert::{PayloadBody, Shape};

/// Answers with a verdict, with data, or with `()`: what the command of a [`Received`](crate::Received) is
/// answered with.
///
/// One that cannot be encoded, such as a rewrite to nothing, is a failure: it is reported, and the
/// [`FailurePolicy`](crate::FailurePolicy) answers.
#[derive(Clone, Copy, Debug)]
pub struct Decided<V>(pub V);

/// Answers with a [`Reply`], or a `Result` of one whose error the [`FailurePolicy`](crate::FailurePolicy)
/// answers: for handlers of whole events, and for those that may fail.
///
/// ```
/// use tencent_im_webhook_actix::{BoxError, Received, Replied, Reply};
///
/// async fn any(Received(call): Received) -> Replied<Result<Reply, BoxError>> {
///     Replied(match call.event.command() {
///         Some(_) => Ok(Reply::ok()),
///         None => Err("no command".into()),
///     })
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Replied<D>(pub D);

/// Which webhook a request was, for its answer; left in the request's extensions by the extractor.
pub(crate) struct Taken {
    pub(crate) receiver: Receiver,
    pub(crate) context: Context,
}

impl<V: IntoReply> Responder for Decided<V> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        conclude(request, self.0.into_reply().map_err(Into::into))
    }
}

impl<D: Decision<Reply>> Responder for Replied<D> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        conclude(request, self.0.decided())
    }
}

fn conclude(request: &HttpRequest, outcome: Result<Reply, BoxError>) -> HttpResponse {
    let answer = match (request.extensions().get::<Taken>(), outcome) {
        (Some(taken), outcome) => {
            taken.receiver.conclude(taken.context.command(), taken.context.raw(), outcome)
        }
        (None, Ok(reply)) => reply.into(),
        (None, Err(error)) => {
            tracing::error!(target: "tencent_im_webhook", %error, "answered without the extractor `Received`");
            Answer::deferred()
        }
    };
    Shape::of(request.head()).fit(&answer, PayloadBody::new(dev::Payload::None))
}
