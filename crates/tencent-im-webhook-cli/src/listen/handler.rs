//! The typed side: what answers a webhook that was let in.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tencent_im_webhook::{BoxError, Call, HandlerService, Reply, WebhookHandler};
use tower::{Service, ServiceExt as _};

use crate::listen::answers::Answers;
use crate::listen::forward::Forward;
use crate::listen::watch::Draft;

/// Answers by the rules of the command line, else with the target's answer, else as an empty handler does.
#[derive(Clone, Debug)]
pub(super) struct Answering {
    answers: Arc<Answers>,
    forward: Option<Forward>,
    default: HandlerService<Harmless>,
}

/// Every method as the core has it.
#[derive(Debug)]
struct Harmless;

impl WebhookHandler for Harmless {}

impl Answering {
    pub(super) fn new(answers: Answers, forward: Option<Forward>) -> Self {
        Self { answers: Arc::new(answers), forward, default: HandlerService::new(Harmless) }
    }

    async fn answer(self, call: Call) -> Result<Reply, BoxError> {
        let draft = Draft::of(&call.context).ok_or("a webhook that nobody watches")?;
        draft.decoded(&call);
        let reply = self.reply(call, &draft).await;
        match &reply {
            Ok(_) => draft.handled(),
            Err(error) => draft.failed(error.to_string()),
        }
        reply
    }

    async fn reply(self, call: Call, draft: &Draft) -> Result<Reply, BoxError> {
        let command = call.event.command();
        if let Some(delay) = self.answers.delay(command) {
            draft.hold(delay);
        }
        match (self.answers.decision(command), &self.forward) {
            (Some(decision), _) => decision.reply(&call.event),
            (None, Some(forward)) => {
                let answered =
                    forward.send(&draft.query(), &draft.forwarded_by(), call.context.raw().clone()).await?;
                draft.relay(answered);
                Ok(Reply::ok())
            }
            (None, None) => self.default.oneshot(call).await,
        }
    }
}

impl Service<Call> for Answering {
    type Response = Reply;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        Box::pin(self.clone().answer(call))
    }
}
