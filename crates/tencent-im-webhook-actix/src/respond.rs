use std::fmt;

use actix_web::body::BoxBody;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Responder, dev};
use tencent_im_webhook::{Answer, BoxError, Context, Decision, IntoReply, Payload, Receiver, Reply};

use crate::convert::{PayloadBody, Shape};

/// Answers a command with what it is answered with: a verdict, data, or `()`.
///
/// It names the payload, so that another command's answer does not compile:
///
/// ```
/// use tencent_im_webhook_actix::event::live::BeforeSendGift;
/// use tencent_im_webhook_actix::{Decided, GiftVerdict, Received};
///
/// async fn gift(_: Received<BeforeSendGift>) -> Decided<BeforeSendGift> {
///     Decided(GiftVerdict::Reject)
/// }
/// ```
///
/// ```compile_fail,E0308
/// # use tencent_im_webhook_actix::event::live::BeforeSendGift;
/// # use tencent_im_webhook_actix::{Decided, GiftVerdict, Received};
/// async fn gift(_: Received<BeforeSendGift>) -> Decided<BeforeSendGift> {
///     Decided(())
/// }
/// ```
///
/// One that cannot be encoded, such as a rewrite to nothing, is a failure: it is reported, and the
/// [`FailurePolicy`](crate::FailurePolicy) answers. So is one for another command than the
/// [`Received`](crate::Received) had.
pub struct Decided<P: Payload>(pub P::Reply);

impl<P: Payload> fmt::Debug for Decided<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decided").finish_non_exhaustive()
    }
}

/// Answers with a [`Reply`], or a `Result` of one whose error the [`FailurePolicy`](crate::FailurePolicy)
/// answers: for handlers of whole events, and for those that may fail.
///
/// ```
/// use tencent_im_webhook_actix::{BoxError, Received, Replied, Reply};
///
/// async fn any(Received(call): Received) -> Replied<Result<Reply, BoxError>> {
///     println!("{:?}", call.event.command());
///     // Not `Reply::ok()`, which would give gifts away.
///     Replied(call.event.default_reply())
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Replied<D>(pub D);

/// Which webhook a request was, for its answer; left in the request's extensions by the extractor.
pub(crate) struct Taken {
    pub(crate) receiver: Receiver,
    pub(crate) context: Context,
}

impl<P: Payload> Responder for Decided<P> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let outcome = match is_about::<P>(request) {
            true => self.0.into_reply().map_err(Into::into),
            false => Err(format!("answered as {}, which it is not", P::COMMAND).into()),
        };
        conclude(request, outcome)
    }
}

/// Whether the webhook that was taken is the payload's; true where none was.
fn is_about<P: Payload>(request: &HttpRequest) -> bool {
    let extensions = request.extensions();
    extensions.get::<Taken>().is_none_or(|taken| taken.context.command() == Some(&P::COMMAND))
}

impl<D: Decision<Reply>> Responder for Replied<D> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        conclude(request, self.0.decided())
    }
}

fn conclude(request: &HttpRequest, outcome: Result<Reply, BoxError>) -> HttpResponse {
    let answer = match (request.extensions().get::<Taken>(), outcome) {
        (Some(Taken { receiver, context }), outcome) => receiver.conclude(context, outcome),
        (None, Ok(reply)) => reply.into(),
        (None, Err(error)) => {
            tracing::error!(target: "tencent_im_webhook", %error, "answered without the extractor `Received`");
            Answer::deferred()
        }
    };
    Shape::of(request.head()).fit(&answer, PayloadBody::new(dev::Payload::None))
}
