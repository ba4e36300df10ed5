//! One webhook, from its admission to its answer.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Body;
use tokio::time::Instant;
use tower_service::Service;

use crate::context::Call;
use crate::error::{BoxError, FailureKind, Rejection};
use crate::quietly::quietly;
use crate::receiver::Admission;
use crate::reply::{Answer, Reply};
use crate::service::body::Reading;
use crate::service::pending::{Done, Ended, Pending};
use crate::service::run::Run;
use crate::service::spawn::Spawn;
use crate::service::timer::Timer;
use crate::service::to_the_end::{Finish, ToTheEnd};
use crate::trace;

pin_project_lite::pin_project! {
    /// One webhook, from its admission to its answer.
    // By hand: a call is large, and in `async` functions it would be copied from one state to the next.
    pub(super) struct Deliver<S, B, R>
    where
        S: Service<Call>,
    {
        #[pin]
        stage: Stage<S, B>,
        // Of a call that the service has.
        pending: Option<Pending>,
        spawner: R,
    }

    impl<S, B, R> PinnedDrop for Deliver<S, B, R>
    where
        S: Service<Call>,
    {
        /// A handler is dropped in its span, as it is polled.
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let (StageProj::Deciding { mut run, .. }, Some(pending)) = (this.stage.project(), this.pending) {
                let _entered = pending.span().enter();
                run.set(None);
            }
        }
    }
}

pin_project_lite::pin_project! {
    #[project = StageProj]
    enum Stage<S, B>
    where
        S: Service<Call>,
    {
        Reading {
            #[pin]
            body: Reading<B>,
            // Taken when the body is there.
            admitted: Option<(S, Admission)>,
        },
        /// Its answer is awaited.
        Deciding {
            // Dropped when it is too late.
            #[pin]
            run: Option<Run<S>>,
            timer: Timer,
        },
        /// It tells of what has happened.
        Telling { outcome: ToTheEnd },
    }
}

impl<S, B, R> Deliver<S, B, R>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
    B: Body<Error: Into<BoxError>>,
    R: Spawn<Finish<S>>,
{
    pub(super) fn new(service: S, admission: Admission, body: B, spawner: R) -> Self {
        let (body, admitted) = (Reading::new(body), Some((service, admission)));
        Self { stage: Stage::Reading { body, admitted }, pending: None, spawner }
    }

    fn advance(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        if let StageProj::Reading { body, admitted } = self.as_mut().project().stage.project() {
            let Some((_, admission)) = admitted else { return Poll::Pending };
            let body = ready!(body.poll(admission, cx));
            let Some((service, admission)) = admitted.take() else { return Poll::Pending };
            if let Err(answer) = self.as_mut().begin(service, admission, body, cx) {
                return Poll::Ready(answer);
            }
        }
        let this = self.project();
        match (this.stage.project(), this.pending) {
            (StageProj::Deciding { run, timer }, Some(pending)) => {
                let ended = ready!(decide(run, timer, pending, cx));
                Poll::Ready(pending.answer(ended))
            }
            (StageProj::Telling { outcome }, _) => Pin::new(outcome).poll(cx),
            (StageProj::Deciding { .. } | StageProj::Reading { .. }, _) => Poll::Pending,
        }
    }

    /// Hands the webhook with this body to the service.
    fn begin(
        self: Pin<&mut Self>,
        mut service: S,
        admission: Admission,
        body: Result<Bytes, Rejection>,
        cx: &mut Context<'_>,
    ) -> Result<(), Answer> {
        let mut this = self.project();
        let (receiver, is_probe) = (admission.receiver().clone(), admission.is_probe());
        let refuse = |rejection| receiver.refuse(&rejection);
        // Decoded in its place, from where the service takes it.
        let mut call = admission.call(body.map_err(refuse)?);
        call.decode(is_probe).map_err(refuse)?;
        let pending = Pending::new(receiver, &call);
        if !pending.is_asked() {
            let outcome = ToTheEnd::begin(service, call, pending, this.spawner);
            this.stage.set(Stage::Telling { outcome });
            return Ok(());
        }
        let pending = this.pending.insert(pending);
        let _entered = pending.span().enter();
        let run = match service.poll_ready(cx) {
            Poll::Ready(Ok(())) => Run::Handling { reply: service.call(call) },
            Poll::Ready(Err(error)) => {
                return Err(pending.answer(Ended::now(Err(pending.in_error(error.into())))));
            }
            Poll::Pending => Run::new(service, call),
        };
        this.stage.set(Stage::Deciding { run: Some(run), timer: Timer::default() });
        Ok(())
    }
}

/// Waits for a decision up to the deadline, and drops the handler then. A decision that a blocked thread brings too late
/// is as good as none.
fn decide<S>(
    mut run: Pin<&mut Option<Run<S>>>,
    timer: &mut Timer,
    pending: &Pending,
    cx: &mut Context<'_>,
) -> Poll<Ended>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
{
    let _entered = pending.span().enter();
    let reply = match run.as_mut().as_pin_mut().map(|run| run.poll(cx, || {})) {
        Some(Poll::Ready(Ok(reply))) => Some(reply),
        Some(Poll::Ready(Err(error))) => return Poll::Ready(Ended::now(Err(pending.in_error(error)))),
        Some(Poll::Pending) | None => {
            ready!(timer.poll(pending.deadline(), cx));
            None
        }
    };
    let at = Instant::now();
    Poll::Ready(match reply {
        Some(reply) if at <= pending.deadline() => Ended { outcome: Ok(Done::Handled(reply)), at },
        Some(_) | None => {
            quietly(|| run.set(None));
            Ended::now(Err(pending.failed(FailureKind::Deadline, None)))
        }
    })
}

impl<S, B, R> Future for Deliver<S, B, R>
where
    S: Service<Call, Response = Reply, Error: Into<BoxError>>,
    B: Body<Error: Into<BoxError>>,
    R: Spawn<Finish<S>>,
{
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let panic = match catch_unwind(AssertUnwindSafe(|| self.as_mut().advance(cx))) {
            Ok(answer) => return answer,
            Err(panic) => panic,
        };
        match self.project().pending {
            Some(pending) => {
                let failed = trace::within(pending.span(), || pending.in_panic(panic));
                Poll::Ready(pending.answer(Ended::now(Err(failed))))
            }
            // Of the server's body, say.
            None => resume_unwind(panic),
        }
    }
}
