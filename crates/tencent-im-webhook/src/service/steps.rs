//! The steps of a [`WebhookService`](crate::WebhookService) one by one, for a shell that runs the handler
//! itself: an extractor of a framework, say.

use std::future::poll_fn;
use std::pin::pin;

use http_body::Body;
use tokio::time::Instant;

use crate::context::{Call, Context};
use crate::error::{BoxError, Failure, FailureKind, Rejection};
use crate::observe::{Concluded, Outcome};
use crate::quietly::quietly;
use crate::receiver::{Admission, Receiver};
use crate::reply::{Answer, Reply};
use crate::service::body::Reading;
use crate::trace;

impl Receiver {
    /// Reads the body of an admitted request, as far as limit and body deadline allow, and decodes it.
    ///
    /// ```
    /// use tencent_im_webhook::{Command, Head, Receiver, SdkAppId};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), tencent_im_webhook::BoxError> {
    /// let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
    /// let admission = receiver.admit(&Head::new("POST", "SdkAppid=1&CallbackCommand=State.StateChange"))?;
    /// let call = receiver.receive(admission, String::from("{}")).await?;
    /// assert_eq!(call.event.command(), Some(&Command::StateStateChange));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the body is too large, too slow or broken off; or as [`decode`](Self::decode).
    pub async fn receive<B>(&self, admission: Admission, body: B) -> Result<Call, Rejection>
    where
        B: Body<Error: Into<BoxError>>,
    {
        let mut reading = pin!(Reading::new(body));
        let body = poll_fn(|cx| reading.as_mut().poll(&admission, cx)).await?;
        self.decode(admission, body)
    }

    /// The answer to a webhook that a handler is through with. How it ended is told to the webhook's span and to
    /// metrics; an error is told to log and hook, as one of the context's app and command, and answered as the
    /// policy says.
    ///
    /// ```
    /// use tencent_im_webhook::{Call, Head, Receiver, Reply, SdkAppId};
    ///
    /// let app = SdkAppId(1);
    /// let receiver = Receiver::builder()
    ///     .app_without_signature(app)
    ///     .inspect_failure(move |failure| assert_eq!(failure.app(), app))
    ///     .build()?;
    /// let head = Head::new("POST", "SdkAppid=1&CallbackCommand=C2C.CallbackBeforeSendMsg");
    /// let Call { event, context } = receiver.decode(receiver.admit(&head)?, "{}".into())?;
    /// # let _ = event;
    /// assert_eq!(receiver.conclude(&context, Ok(Reply::ok())).status(), 200);
    /// assert_eq!(receiver.conclude(&context, Err("no database".into())).status(), 503);
    /// # Ok::<_, tencent_im_webhook::BoxError>(())
    /// ```
    #[must_use]
    pub fn conclude(&self, context: &Context, outcome: Result<Reply, BoxError>) -> Answer {
        let conclude = |outcome, verdict| {
            let (app, command, span) = (context.app, context.command(), &context.span);
            let (at, deadline) = (Instant::now(), context.deadline);
            Concluded { app, command, outcome, verdict, at, deadline, receiver: self, span }.tell();
        };
        match outcome {
            Ok(reply) => {
                conclude(Outcome::Handled, Some(reply.verdict()));
                reply.into()
            }
            Err(source) => {
                let (kind, source) = (FailureKind::Error, Some(source));
                let (app, command) = (context.app, context.command.clone());
                let failure = Failure { kind, app, command, late: false, source };
                trace::within(&context.span, || self.report(&failure));
                conclude(Outcome::Failed(kind), None);
                self.answer_failure(context.command(), context.raw())
            }
        }
    }

    /// The answer to a webhook that no handler takes: that of an empty
    /// [`WebhookHandler`](crate::WebhookHandler). The log is told, unless it is the console's check.
    ///
    /// ```
    /// use tencent_im_webhook::{Head, Receiver, SdkAppId};
    ///
    /// let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
    /// let head = Head::new("POST", "SdkAppid=1&CallbackCommand=Group.CallbackAfterSomethingNew");
    /// let call = receiver.decode(receiver.admit(&head)?, "{}".into())?;
    /// assert_eq!(receiver.answer_unhandled(call).status(), 200);
    /// # Ok::<_, tencent_im_webhook::BoxError>(())
    /// ```
    pub fn answer_unhandled(&self, call: Call) -> Answer {
        let Call { event, context } = call;
        quietly(|| trace::within(&context.span, || trace::unhandled(context.app, &event)));
        self.conclude(&context, event.default_reply())
    }
}
