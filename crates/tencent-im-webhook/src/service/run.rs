//! A call on its way through a service.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tower_service::Service;

use crate::context::Call;
use crate::error::BoxError;
use crate::reply::Reply;

pin_project_lite::pin_project! {
    /// A call that waits for its service, and then for the reply.
    #[project = RunProj]
    pub(super) enum Run<S>
    where
        S: Service<Call>,
    {
        /// Boxed: a call is large, and hardly any service lets one wait. Taken when it is ready.
        Waiting { service: S, call: Option<Box<Call>> },
        Handling {
            #[pin]
            reply: S::Future,
        },
    }
}

impl<S> Run<S>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
{
    pub(super) fn new(service: S, call: Call) -> Self {
        Self::Waiting { service, call: Some(Box::new(call)) }
    }

    /// Waits for the service, says when it takes the call, and waits for its reply.
    pub(super) fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        begins: impl FnOnce(),
    ) -> Poll<Result<Reply, BoxError>> {
        if let RunProj::Waiting { service, call } = self.as_mut().project() {
            ready!(service.poll_ready(cx)).map_err(Into::into)?;
            let Some(call) = call.take() else { return Poll::Pending };
            begins();
            let reply = service.call(*call);
            self.set(Self::Handling { reply });
        }
        match self.project() {
            RunProj::Handling { reply } => reply.poll(cx).map_err(Into::into),
            RunProj::Waiting { .. } => Poll::Pending,
        }
    }
}
