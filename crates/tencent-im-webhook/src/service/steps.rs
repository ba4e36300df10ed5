//! The steps of a [`WebhookService`](crate::WebhookService) one by one, for a shell that runs the handler
//! itself: an extractor of a framework, say.

use http_body::Body;

use crate::catalogue::Command;
use crate::context::Call;
use crate::error::{BoxError, Failure, FailureKind, Rejection};
use crate::quietly::quietly;
use crate::receiver::{Admission, Receiver};
use crate::reply::{Answer, Reply};
use crate::router::by_default;
use crate::service::body;
use crate::trace;

impl Receiver {
    /// Reads the body of an admitted request, as far as limit and body deadline allow, and decodes it.
    ///
    /// # Errors
    ///
    /// When the body is too large, too slow or broken off; or as [`decode`](Self::decode).
    pub async fn receive<B>(&self, admission: Admission, body: B) -> Result<Call, Rejection>
    where
        B: Body<Error: Into<BoxError>>,
    {
        let body = body::read(&admission, body).await?;
        self.decode(admission, body)
    }

    /// The answer to a webhook that a handler is through with. An error is told to log and hook, and answered
    /// as the policy says.
    #[must_use]
    pub fn conclude(
        &self,
        command: Option<&Command>,
        body: &[u8],
        outcome: Result<Reply, BoxError>,
    ) -> Answer {
        match outcome {
            Ok(reply) => reply.into(),
            Err(source) => {
                let (kind, source) = (FailureKind::Error, Some(source));
                self.report(&Failure { kind, command: command.cloned(), late: false, source });
                self.answer_failure(command, body)
            }
        }
    }

    /// The answer to a webhook that no handler takes: that of an empty
    /// [`WebhookHandler`](crate::WebhookHandler). The log is told, unless it is the console's check.
    pub async fn answer_unhandled(&self, call: Call) -> Answer {
        quietly(|| trace::unhandled(&call.event));
        let (command, body) = (call.context.command().cloned(), call.context.raw().clone());
        self.conclude(command.as_ref(), &body, by_default(call).await)
    }
}
