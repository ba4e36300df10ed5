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
        // Of a call whose answer is awaited.
        pending: Option<Pending>,
        spawner: R,
    }

    impl<S, B, R> PinnedDrop for Deliver<S, B, R>
    where
        S: Service<Call>,
    {
        /// A handler is dropped in its span, as it is polled.
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = this.pending.as_ref().map(|pending| pending.span().enter());
            this.stage.set(Stage::Over);
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
            // Dropped when it has its reply, or is too late.
            #[pin]
            run: Option<Run<S>>,
            timer: Timer,
        },
        /// It tells of what has happened.
        Telling { outcome: ToTheEnd },
        /// It is answered.
        Over,
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
        let mut this = self.as_mut().project();
        if let StageProj::Reading { body, admitted } = this.stage.as_mut().project()
            && let Some((_, admission)) = admitted
        {
            let body = ready!(body.poll(admission, cx));
            if let Some((service, admission)) = admitted.take()
                && let Err(answer) = self.as_mut().begin(service, admission, body, cx)
            {
                return Poll::Ready(answer);
            }
        }
        let mut this = self.project();
        match (this.stage.as_mut().project(), this.pending) {
            (StageProj::Deciding { run, timer }, Some(pending)) => {
                let ended = ready!(decide(run, timer, pending, cx));
                Poll::Ready(pending.answer(ended))
            }
            (StageProj::Telling { outcome }, _) => {
                let answer = ready!(Pin::new(outcome).poll(cx));
                this.stage.set(Stage::Over);
                Poll::Ready(answer)
            }
            (_, _) => unreachable!("a webhook is answered once"),
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
        Some(Poll::Ready(reply)) => {
            run.set(None);
            Some(reply)
        }
        Some(Poll::Pending) | None => {
            ready!(timer.poll(pending.deadline(), cx));
            None
        }
    };
    let at = Instant::now();
    Poll::Ready(match reply {
        Some(Ok(reply)) if at <= pending.deadline() => Ended { outcome: Ok(Done::Handled(reply)), at },
        Some(Err(error)) => Ended::now(Err(pending.in_error(error))),
        Some(Ok(_)) | None => {
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

    /// # Panics
    ///
    /// When it is polled again after its answer.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let panic = match catch_unwind(AssertUnwindSafe(|| self.as_mut().advance(cx))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(answer)) => {
                *self.project().pending = None;
                return Poll::Ready(answer);
            }
            Err(panic) => panic,
        };
        let mut this = self.project();
        // Else it is one of the server's body, say.
        let Some(pending) = this.pending.take() else { resume_unwind(panic) };
        let failed = trace::within(pending.span(), || {
            quietly(|| this.stage.set(Stage::Over));
            pending.in_panic(panic)
        });
        Poll::Ready(pending.answer(Ended::now(Err(failed))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::task::Waker;
    use std::time::Duration;

    use http_body::Frame;
    use http_body_util::Full;

    use crate::{Head, Receiver, SdkAppId, WebhookService};

    const BEFORE: &str = "SdkAppid=1&CallbackCommand=C2C.CallbackBeforeSendMsg";
    const AFTER: &str = "SdkAppid=1&CallbackCommand=C2C.CallbackAfterSendMsg";

    /// What a service does, and what is seen of it.
    #[derive(Clone, Copy, Debug, Default)]
    struct Script {
        fails_to_be_ready: bool,
        /// When the reply comes, if ever.
        takes: Duration,
        panics: bool,
        panics_when_dropped: bool,
    }

    #[derive(Clone, Default)]
    struct Scripted {
        script: Script,
        seen: Arc<Seen>,
    }

    #[derive(Default)]
    struct Seen {
        dropped: AtomicBool,
        body_dropped: AtomicBool,
        called_with_body: AtomicBool,
        polls: AtomicUsize,
    }

    impl Service<Call> for Scripted {
        type Response = Reply;
        type Error = BoxError;
        type Future = Replying;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            match self.script.fails_to_be_ready {
                true => Poll::Ready(Err("not ready".into())),
                false => Poll::Ready(Ok(())),
            }
        }

        fn call(&mut self, _: Call) -> Replying {
            let body_dropped = self.seen.body_dropped.load(Ordering::SeqCst);
            self.seen.called_with_body.store(!body_dropped, Ordering::SeqCst);
            Replying { of: self.clone(), sleep: Box::pin(tokio::time::sleep(self.script.takes)) }
        }
    }

    struct Replying {
        of: Scripted,
        sleep: Pin<Box<tokio::time::Sleep>>,
    }

    impl Future for Replying {
        type Output = Result<Reply, BoxError>;

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
            self.of.seen.polls.fetch_add(1, Ordering::SeqCst);
            ready!(self.sleep.as_mut().poll(cx));
            assert!(!self.of.script.panics, "in the handler");
            Poll::Ready(Ok(Reply::ok()))
        }
    }

    impl Drop for Replying {
        fn drop(&mut self) {
            self.of.seen.dropped.store(true, Ordering::SeqCst);
            assert!(!self.of.script.panics_when_dropped, "on the way out");
        }
    }

    /// An empty object.
    struct Told(Full<Bytes>, Arc<Seen>);

    impl Body for Told {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Pin::new(&mut self.0).poll_frame(cx)
        }
    }

    impl Drop for Told {
        fn drop(&mut self) {
            self.1.body_dropped.store(true, Ordering::SeqCst);
        }
    }

    type Kinds = Arc<Mutex<Vec<FailureKind>>>;

    fn receiver() -> (Receiver, Kinds) {
        let kinds = Kinds::default();
        let told = Arc::clone(&kinds);
        let receiver = Receiver::builder().app_without_signature(SdkAppId(1));
        let receiver = receiver.inspect_failure(move |failure| told.lock().unwrap().push(failure.kind()));
        (receiver.build().unwrap(), kinds)
    }

    fn delivered(
        receiver: &Receiver,
        scripted: &Scripted,
        query: &str,
    ) -> impl Future<Output = Answer> + use<> {
        let admission = receiver.admit(&Head::new("POST", query)).unwrap();
        let body = Told(Full::from("{}"), Arc::clone(&scripted.seen));
        WebhookService::new(receiver.clone(), scripted.clone()).deliver(admission, body)
    }

    #[tokio::test(start_paused = true)]
    async fn a_webhook_ends_in_one_way_which_is_told_once() {
        use FailureKind::{Deadline, Error, Panic};
        let seconds = Duration::from_secs;
        let at_the_deadline = Duration::from_millis(1_500);
        for (query, script, status, told) in [
            (BEFORE, Script::default(), 200, None),
            (BEFORE, Script { takes: at_the_deadline, ..Script::default() }, 200, None),
            (BEFORE, Script { takes: seconds(2), ..Script::default() }, 503, Some(Deadline)),
            (
                BEFORE,
                Script { takes: seconds(2), panics_when_dropped: true, ..Script::default() },
                503,
                Some(Deadline),
            ),
            (BEFORE, Script { fails_to_be_ready: true, ..Script::default() }, 503, Some(Error)),
            (BEFORE, Script { panics: true, ..Script::default() }, 503, Some(Panic)),
            (BEFORE, Script { panics_when_dropped: true, ..Script::default() }, 503, Some(Panic)),
            (
                BEFORE,
                Script { panics: true, panics_when_dropped: true, ..Script::default() },
                503,
                Some(Panic),
            ),
            (AFTER, Script::default(), 200, None),
            (AFTER, Script { takes: seconds(2), ..Script::default() }, 200, None),
            (AFTER, Script { fails_to_be_ready: true, ..Script::default() }, 503, Some(Error)),
            (AFTER, Script { panics: true, ..Script::default() }, 503, Some(Panic)),
            (AFTER, Script { panics_when_dropped: true, ..Script::default() }, 503, Some(Panic)),
            (
                AFTER,
                Script { panics: true, panics_when_dropped: true, ..Script::default() },
                503,
                Some(Panic),
            ),
        ] {
            let (receiver, kinds) = receiver();
            let scripted = Scripted { script, ..Scripted::default() };
            let answer = delivered(&receiver, &scripted, query).await;
            assert_eq!(answer.status(), status, "{query} {script:?}");
            receiver.drain().await;
            assert_eq!(*kinds.lock().unwrap(), Vec::from_iter(told), "{query} {script:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_needed_is_gone_when_the_next_needs_it() {
        for query in [BEFORE, AFTER] {
            let (receiver, _) = receiver();
            let scripted = Scripted::default();
            assert_eq!(delivered(&receiver, &scripted, query).await.status(), 200);
            assert!(scripted.seen.dropped.load(Ordering::SeqCst), "the handler, {query}");
            assert!(!scripted.seen.called_with_body.load(Ordering::SeqCst), "the body, {query}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_goes_on_is_not_woken_for_the_deadline() {
        let (receiver, _) = receiver();
        let script = Script { takes: Duration::from_secs(9), ..Script::default() };
        let scripted = Scripted { script, ..Scripted::default() };
        assert_eq!(delivered(&receiver, &scripted, AFTER).await.status(), 200);
        receiver.drain().await;
        assert_eq!(scripted.seen.polls.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn handlers_run_for_the_receiver_of_their_service() {
        let ((mine, _), (theirs, _)) = (receiver(), receiver());
        let script = Script { takes: Duration::from_secs(9), ..Script::default() };
        let service = WebhookService::new(mine.clone(), Scripted { script, ..Scripted::default() });
        let admission = theirs.admit(&Head::new("POST", AFTER)).unwrap();
        assert_eq!(service.deliver(admission, Full::<Bytes>::from("{}")).await.status(), 200);
        assert_eq!((mine.running(), theirs.running()), (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_webhook_is_answered_once() {
        for (query, body) in [(BEFORE, "{}"), (AFTER, "{}"), (BEFORE, "[]")] {
            let (receiver, kinds) = receiver();
            let service = WebhookService::new(receiver.clone(), Scripted::default());
            let admission = receiver.admit(&Head::new("POST", query)).unwrap();
            let mut delivered = pin!(service.deliver(admission, Full::<Bytes>::from(body)));
            poll_fn(|cx| delivered.as_mut().poll(cx)).await;
            let again = catch_unwind(AssertUnwindSafe(|| {
                delivered.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            }));
            assert!(again.is_err(), "{query} {body}");
            assert!(kinds.lock().unwrap().is_empty(), "{query} {body}");
        }
    }
}
