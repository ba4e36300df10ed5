//! The protocol without any IO: admit a head, decode a body, encode an answer.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Extensions;
use tokio::time::Instant;

use crate::auth::Apps;
use crate::catalogue::{Command, Event};
use crate::context::{Call, ClientIp, Platform};
use crate::decode;
use crate::error::{Failure, Rejection, RejectionKind};
use crate::event::UnknownEvent;
use crate::head::Head;
use crate::query::{Param, Params};
use crate::quietly::quietly;
use crate::reply::{Answer, Failing, FailurePolicy, IntoReply};
use crate::tasks::Tasks;
use crate::{metric, trace};

mod admission;
mod builder;

pub use admission::Admission;
pub use builder::ReceiverBuilder;

/// What a server needs to know to receive webhooks: apps, tokens, limits, and what to do in failure.
///
/// Cheap to clone; all clones share one set of running tasks.
///
/// ```
/// use tencent_im_webhook::{Receiver, SdkAppId};
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["the console's token"]).build()?;
/// # Ok::<_, tencent_im_webhook::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Receiver {
    inner: Arc<Inner>,
}

struct Inner {
    apps: Apps,
    settings: Settings,
    tasks: Tasks,
}

/// What is set while building and read ever after.
struct Settings {
    max_age: Duration,
    deadline: Duration,
    body_deadline: Duration,
    body_limit: usize,
    slow_percent: u8,
    /// How long before its deadline a decision is slow. Follows from deadline and percentage.
    slow_within: Option<Duration>,
    policy: FailurePolicy,
    policies: HashMap<Command, FailurePolicy>,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    inspect_failure: Inspect<Failure>,
    inspect_rejection: Inspect<Rejection>,
}

type Inspect<T> = Box<dyn Fn(&T) + Send + Sync>;

impl Receiver {
    /// Begins one. Every setting but the apps has a default.
    ///
    /// ```
    /// use std::env;
    /// use std::time::Duration;
    ///
    /// use tencent_im_webhook::{FailurePolicy, Receiver, SdkAppId};
    ///
    /// # fn configured() -> Result<Receiver, tencent_im_webhook::BoxError> {
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1_400_000_000), [env::var("IM_TOKEN")?])
    ///     .deadline(Duration::from_millis(1_200))
    ///     .on_failure(FailurePolicy::Allow)
    ///     .build()?;
    /// # Ok(receiver)
    /// # }
    /// ```
    pub fn builder() -> ReceiverBuilder {
        ReceiverBuilder::default()
    }

    /// Decides on the head of a request, before a byte of its body is read.
    ///
    /// ```
    /// use tencent_im_webhook::{Answer, Head, Receiver};
    ///
    /// /// What a server of your own does before it reads a body.
    /// fn begin(receiver: &Receiver, method: &str, query: &str) -> Result<usize, Answer> {
    ///     match receiver.admit(&Head::new(method, query)) {
    ///         Ok(admission) => Ok(admission.body_limit()),
    ///         Err(rejection) => Err(receiver.refuse(&rejection)),
    ///     }
    /// }
    /// # let receiver = Receiver::builder().app(tencent_im_webhook::SdkAppId(1), ["token"]).build()?;
    /// assert_eq!(begin(&receiver, "GET", "").unwrap_err().status(), 405);
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Turn the [`Rejection`] into an answer with [`refuse`](Self::refuse).
    pub fn admit(&self, head: &Head<'_>) -> Result<Admission, Rejection> {
        self.admit_at(head, (self.inner.settings.clock)())
    }

    /// The same at a given time.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use tencent_im_webhook::{Head, Receiver, RejectionKind, SdkAppId, UnixSeconds, sign};
    ///
    /// let receiver = Receiver::builder().app(SdkAppId(1), ["token"]).build()?;
    /// let time = UnixSeconds(1_700_000_000);
    /// let query = format!("SdkAppid=1&Sign={}&RequestTime={}", sign("token", time), time.0);
    /// let head = Head::new("POST", &query);
    ///
    /// let then = time.system_time().expect("in range");
    /// assert!(receiver.admit_at(&head, then).is_ok());
    /// let later = receiver.admit_at(&head, then + Duration::from_secs(61));
    /// assert_eq!(later.unwrap_err().kind(), RejectionKind::Stale);
    /// # Ok::<_, tencent_im_webhook::BoxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`admit`](Self::admit).
    pub fn admit_at(&self, head: &Head<'_>, now: SystemTime) -> Result<Admission, Rejection> {
        require_post(head)?;
        let mut params = Params::default();
        params.read(head.query);
        let identity = self.inner.apps.identify(&params, self.inner.settings.max_age, now.into())?;
        let readable = self.require_readable(head).and_then(|()| require_one_command(&params));
        readable.map_err(|kind| Rejection::from(kind).of(identity.app))?;
        let received = Instant::now();
        Ok(Admission {
            receiver: self.clone(),
            app: identity.app,
            probe: identity.probe,
            command: params.command.text().map(|name| Command::from(&*name)),
            client_ip: params.client_ip.text().map(|text| ClientIp::from(&*text)),
            platform: params.platform.text().map(|name| Platform::from_any_case(&name)),
            request_time: identity.signed_at,
            request_id: params.request_id.text().map(|id| id.into_owned().into()),
            content_length: head.content_length,
            body_deadline: received + self.inner.settings.body_deadline,
            deadline: received + self.inner.settings.deadline,
            extensions: Extensions::new(),
        })
    }

    /// Decodes the body of an admitted request.
    ///
    /// ```
    /// use tencent_im_webhook::{Event, Head, Receiver, SdkAppId};
    ///
    /// let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
    /// let head = Head::new("POST", "SdkAppid=1&CallbackCommand=State.StateChange");
    /// let body = r#"{"Info":{"Action":"Login","To_Account":"nadia","Reason":"Register"}}"#;
    ///
    /// let call = receiver.decode(receiver.admit(&head)?, body.into())?;
    /// let Event::StateStateChange(change) = &call.event else { panic!("another command") };
    /// assert_eq!(change.info.to_account, "nadia");
    ///
    /// // A body that does not fit is no error.
    /// let odd = receiver.decode(receiver.admit(&head)?, "{}".into())?;
    /// assert!(matches!(odd.event, Event::Unknown(_)));
    /// # Ok::<_, tencent_im_webhook::BoxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the body is no JSON object, or names another command than the URL. One that does not fit its
    /// command is no error: it is an [`UnknownEvent`](crate::UnknownEvent) with its cause.
    pub fn decode(&self, admission: Admission, body: Bytes) -> Result<Call, Rejection> {
        let is_probe = admission.is_probe();
        let mut call = admission.call(body);
        call.decode(is_probe)?;
        Ok(call)
    }

    /// The answer to a refused request. Logs the reason, which the caller does not learn.
    ///
    /// ```
    /// use tencent_im_webhook::{Head, Receiver, SdkAppId};
    ///
    /// let receiver = Receiver::builder().app(SdkAppId(1), ["token"]).build()?;
    /// let rejection = receiver.admit(&Head::new("POST", "SdkAppid=2")).unwrap_err();
    /// let answer = receiver.refuse(&rejection);
    /// assert_eq!(answer.status(), 401);
    /// assert!(!String::from_utf8_lossy(answer.body()).contains("app id")); // The reason is for the log.
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    #[must_use]
    pub fn refuse(&self, rejection: &Rejection) -> Answer {
        quietly(|| trace::refused(rejection));
        quietly(|| metric::refused(rejection));
        quietly(|| (self.inner.settings.inspect_rejection)(rejection));
        Answer::from(rejection)
    }

    /// The answer to a webhook whose handler failed, as the policy for its command says.
    ///
    /// ```
    /// use tencent_im_webhook::{Command, FailurePolicy, Receiver, SdkAppId};
    ///
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1), ["token"])
    ///     .on_failure_of(Command::GroupBeforeSendMsg, FailurePolicy::Reject)
    ///     .build()?;
    ///
    /// let rejected = receiver.answer_failure(Some(&Command::GroupBeforeSendMsg), b"{}");
    /// assert_eq!(rejected.status(), 200);
    /// let deferred = receiver.answer_failure(Some(&Command::C2cBeforeSendMsg), b"{}");
    /// assert_eq!(deferred.status(), 503);
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    #[must_use]
    pub fn answer_failure(&self, command: Option<&Command>, body: &[u8]) -> Answer {
        let settings = &self.inner.settings;
        let own = command.and_then(|command| settings.policies.get(command)).copied();
        let failing = Failing { policy: own.unwrap_or(settings.policy), on_purpose: own.is_some(), body };
        let reply = match command {
            Some(command) => command.in_failure(&failing),
            None => <() as IntoReply>::in_failure(&failing),
        };
        reply.map_or_else(Answer::deferred, Answer::from)
    }

    /// How far `RequestTime` may lie from now.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let receiver = tencent_im_webhook::Receiver::builder().app(tencent_im_webhook::SdkAppId(1), ["token"]).build()?;
    /// assert_eq!(receiver.max_age(), Duration::from_secs(60));
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    #[must_use]
    pub fn max_age(&self) -> Duration {
        self.inner.settings.max_age
    }

    /// Waits until every handler that runs on its own has finished.
    ///
    /// Handlers of *after* webhooks go on when the platform hangs up or has its answer already. Call this
    /// after the server has shut down, and nothing that was received is cut off. It may be called again and
    /// again, for instance after each request where a process is frozen in between.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use tencent_im_webhook::Receiver;
    /// use tokio::time::timeout;
    ///
    /// async fn shut_down(server: impl Future, receiver: Receiver) {
    ///     server.await; // It takes no more requests.
    ///     if timeout(Duration::from_secs(10), receiver.drain()).await.is_err() {
    ///         eprintln!("handlers were cut off");
    ///     }
    /// }
    /// ```
    pub async fn drain(&self) {
        self.inner.tasks.finished().await;
    }

    /// How many handlers run on their own right now: those of *after* webhooks, until they have finished.
    #[must_use]
    pub fn running(&self) -> usize {
        self.inner.tasks.len()
    }

    /// When the request with this deadline came.
    pub(crate) fn received(&self, deadline: Instant) -> Instant {
        deadline.checked_sub(self.inner.settings.deadline).unwrap_or(deadline)
    }

    /// Whether a decision that came then took most of its time.
    pub(crate) fn is_slow(&self, at: Instant, deadline: Instant) -> bool {
        self.inner.settings.slow_within.is_some_and(|left| at + left >= deadline)
    }

    pub(crate) fn tasks(&self) -> &Tasks {
        &self.inner.tasks
    }

    /// Tells log and hook of a failure; once for each.
    pub(crate) fn report(&self, failure: &Failure) {
        quietly(|| trace::failed(failure));
        quietly(|| metric::failed(failure));
        quietly(|| (self.inner.settings.inspect_failure)(failure));
    }

    fn require_readable(&self, head: &Head<'_>) -> Result<(), RejectionKind> {
        if head.encoded {
            return Err(RejectionKind::ContentEncoding);
        }
        match head.content_length {
            Some(bytes) if bytes > self.inner.settings.body_limit as u64 => Err(RejectionKind::TooLarge),
            Some(_) | None => Ok(()),
        }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("apps", &self.inner.apps).finish_non_exhaustive()
    }
}

impl Call {
    /// Decodes the body that it holds.
    pub(crate) fn decode(&mut self, is_probe: bool) -> Result<(), Rejection> {
        let Self { event, context } = self;
        let command = context.command.take();
        match is_probe {
            true => *event = Event::Unknown(UnknownEvent::new(None, context.raw.clone(), None)),
            false => {
                let lossy = decode::decode(command, &context.raw, event);
                context.lossy = lossy.map_err(|rejection| rejection.of(context.app))?;
            }
        }
        context.command = event.command().cloned();
        context.span = trace::Span::of(context);
        if let Event::Unknown(unknown) = event
            && let Some(cause) = unknown.cause()
        {
            quietly(|| trace::within(&context.span, || trace::misfit(context.app, unknown, cause)));
        }
        Ok(())
    }
}

fn require_post(head: &Head<'_>) -> Result<(), RejectionKind> {
    match head.method {
        "POST" => Ok(()),
        _ => Err(RejectionKind::Method),
    }
}

fn require_one_command(params: &Params<'_>) -> Result<(), RejectionKind> {
    match params.command {
        Param::Repeated => Err(RejectionKind::CommandMismatch),
        Param::Absent | Param::Once(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::pin::pin;
    use std::sync::Mutex;
    use std::task::{Context, Poll, Waker};

    use crate::auth::SdkAppId;
    use crate::error::{BuildError, FailureKind};
    use crate::time::UnixSeconds;

    const APP: SdkAppId = SdkAppId(7);
    const COMMAND: Command = Command::C2cBeforeSendMsg;

    fn builder() -> ReceiverBuilder {
        Receiver::builder().app_without_signature(APP)
    }

    fn receiver() -> Receiver {
        builder().build().unwrap()
    }

    const HEAD: Head<'static> = Head {
        method: "POST",
        query: "SdkAppid=7&CallbackCommand=C2C.CallbackBeforeSendMsg",
        encoded: false,
        content_length: None,
    };

    #[test]
    fn what_the_head_makes_impossible_is_refused_before_the_body() {
        let receiver = builder().body_limit(10).build().unwrap();
        assert!(receiver.admit(&HEAD).is_ok());
        assert!(receiver.admit(&HEAD.content_length(10)).is_ok());
        let two_commands = "SdkAppid=7&CallbackCommand=a&CallbackCommand=a";
        for (head, kind, app) in [
            (Head { method: "post", ..HEAD }, RejectionKind::Method, None),
            (Head { method: "GET", ..HEAD }, RejectionKind::Method, None),
            (Head { query: "SdkAppid=8", ..HEAD }, RejectionKind::AppId, None),
            (HEAD.content_encoding(b"gzip").content_length(11), RejectionKind::ContentEncoding, Some(APP)),
            (HEAD.content_length(11), RejectionKind::TooLarge, Some(APP)),
            (HEAD.content_length(u64::MAX), RejectionKind::TooLarge, Some(APP)),
            (Head { query: two_commands, ..HEAD }, RejectionKind::CommandMismatch, Some(APP)),
        ] {
            let rejection = receiver.admit(&head).unwrap_err();
            assert_eq!((rejection.kind(), rejection.app()), (kind, app), "{head:?}");
        }
    }

    #[test]
    fn an_admission_tells_what_the_head_told() {
        let (receiver, other) = (receiver(), receiver());
        let admission = receiver.admit(&HEAD.content_length(2)).unwrap();
        assert_eq!((admission.app(), admission.command()), (APP, Some(&COMMAND)));
        assert_eq!((admission.content_length(), admission.body_limit()), (Some(2), 1024 * 1024));
        assert!(admission.is_of(&receiver) && admission.is_of(&receiver.clone()) && !admission.is_of(&other));
        let mut extensions = Extensions::new();
        extensions.insert("of an outer layer");
        let call = receiver.decode(admission.with_extensions(extensions), Bytes::from_static(b"{}")).unwrap();
        assert_eq!(call.context.extensions().get(), Some(&"of an outer layer"));
        assert!(format!("{receiver:?}").contains("SdkAppId(7)"));
        assert!(format!("{:?}", builder()).contains("SdkAppId(7)"));
    }

    /// Body deadline, deadline and the time of a slow decision, from the head.
    async fn times(builder: ReceiverBuilder) -> [Duration; 3] {
        let receiver = builder.build().unwrap();
        let start = Instant::now();
        let admission = receiver.admit(&HEAD).unwrap();
        assert_eq!(receiver.received(admission.deadline), start);
        let (deadline, millisecond) = (admission.deadline, Duration::from_millis(1));
        let slow = receiver.inner.settings.slow_within.map(|left| deadline - left);
        if let Some(slow) = slow {
            let is_slow = [slow - millisecond, slow, deadline].map(|at| receiver.is_slow(at, deadline));
            assert_eq!(is_slow, [false, true, true]);
        }
        [admission.body_deadline() - start, deadline - start, slow.map_or(Duration::MAX, |slow| slow - start)]
    }

    #[tokio::test(start_paused = true)]
    async fn times_are_counted_from_the_head() {
        let millis = |all: [u64; 3]| all.map(Duration::from_millis);
        let second = Duration::from_secs(1);
        assert_eq!(times(builder()).await, millis([1_000, 1_500, 1_125]));
        assert_eq!(times(builder().deadline(second / 2)).await, millis([500, 500, 375]));
        assert_eq!(
            times(builder().deadline(3 * second).body_deadline(2 * second)).await,
            millis([2_000, 3_000, 2_250])
        );
        assert_eq!(times(builder().slow_percent(99)).await, millis([1_000, 1_500, 1_485]));
        assert_eq!(times(builder().slow_percent(100)).await[2], Duration::MAX);
        let year = 365 * 24 * 60 * 60 * second;
        let longest = times(builder().deadline(Duration::MAX).body_deadline(Duration::MAX)).await;
        assert_eq!(longest[..2], [year, year]);
        assert_eq!(receiver().max_age(), Duration::from_secs(60));
        assert_eq!(builder().max_age(second).build().unwrap().max_age(), second);
    }

    #[test]
    fn settings_that_cannot_be_meant_are_errors() {
        let signed = |tokens: &[&str]| Receiver::builder().app(APP, tokens.iter().copied());
        for (builder, error) in [
            (Receiver::builder(), BuildError::NoApp),
            (signed(&[]), BuildError::NoToken(APP)),
            (signed(&["token", ""]), BuildError::EmptyToken(APP)),
            (signed(&["token"]).app_without_signature(APP), BuildError::Ambiguous(APP)),
            (signed(&["token"]).deadline(Duration::ZERO), BuildError::Deadline),
            (signed(&["token"]).body_deadline(Duration::ZERO), BuildError::Deadline),
        ] {
            assert_eq!(builder.build().unwrap_err(), error);
        }
    }

    #[test]
    fn the_clock_is_asked_whether_a_signature_is_fresh() {
        let time = UnixSeconds(1_700_000_000);
        let query = format!("SdkAppid=7&{}", signature_at(time));
        let admission = signed_at(time).admit(&Head { query: &query, ..HEAD }).unwrap();
        assert_eq!(admission.request_time, Some(time));
    }

    fn signed_at(time: UnixSeconds) -> Receiver {
        let builder = Receiver::builder().app(APP, ["token"]).clock(move || time.system_time().unwrap());
        builder.build().unwrap()
    }

    fn signature_at(time: UnixSeconds) -> String {
        format!("Sign={}&RequestTime={}", crate::sign("token", time), time.0)
    }

    #[test]
    fn a_body_is_decoded_as_its_command_or_refused() {
        let receiver = receiver();
        let decode = |query, body: &'static str| {
            let admission = receiver.admit(&Head { query, ..HEAD }).unwrap();
            receiver.decode(admission, Bytes::from_static(body.as_bytes()))
        };
        let body = r#"{"Info":{"Action":"Login","To_Account":"a\ud83d","Reason":"Register"}}"#;
        let Call { event, context } = decode("SdkAppid=7&CallbackCommand=State.StateChange", body).unwrap();
        assert!(matches!(event, Event::StateStateChange(_)), "{event:?}");
        assert_eq!(
            (context.command(), context.raw().as_ref()),
            (Some(&Command::StateStateChange), body.as_bytes())
        );
        assert!(context.is_lossy());

        let named_by_the_body = decode("SdkAppid=7", r#"{"CallbackCommand":"Future.Command"}"#).unwrap();
        assert_eq!(named_by_the_body.context.command(), Some(&Command::from("Future.Command")));
        assert!(!named_by_the_body.context.is_lossy());

        let cut_off = decode("SdkAppid=7", r#"{"CallbackCommand":}"#).unwrap_err();
        assert_eq!(cut_off.kind(), RejectionKind::NotAnObject);
        let cut_off = decode(
            "SdkAppid=7&CallbackCommand=State.StateChange",
            r#"{"Info":{"Action":"Login","To_Account":"a","Reason":"Register"},"CallbackCommand":}"#,
        );
        assert_eq!(cut_off.unwrap_err().kind(), RejectionKind::NotAnObject);

        let refused = decode(HEAD.query, "[]").unwrap_err();
        assert_eq!((refused.kind(), refused.app()), (RejectionKind::NotAnObject, Some(APP)));
    }

    #[test]
    fn the_body_of_the_consoles_check_may_be_anything() {
        let time = UnixSeconds(1_700_000_000);
        let receiver = signed_at(time);
        let admission = receiver.admit(&Head { query: &signature_at(time), ..HEAD }).unwrap();
        let call = receiver.decode(admission, Bytes::from_static(b"{")).unwrap();
        assert_eq!((call.event.command(), call.context.command()), (None, None));
        assert_eq!(call.context.raw().as_ref(), b"{");
    }

    #[test]
    fn hooks_are_told_once_each() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let (rejections, failures) = (Arc::clone(&told), Arc::clone(&told));
        let receiver = builder()
            .inspect_rejection(move |rejection| rejections.lock().unwrap().push(rejection.to_string()))
            .inspect_failure(move |failure| failures.lock().unwrap().push(failure.to_string()))
            .build()
            .unwrap();
        let rejection = receiver.admit(&Head { method: "GET", ..HEAD }).unwrap_err();
        assert_eq!(receiver.refuse(&rejection).status(), 405);
        let failure =
            Failure { kind: FailureKind::Panic, app: APP, command: None, late: false, source: None };
        receiver.report(&failure);
        assert_eq!(*told.lock().unwrap(), [rejection.to_string(), failure.to_string()]);
    }

    #[test]
    fn a_policy_of_its_own_comes_first() {
        let builder = builder().on_failure(FailurePolicy::Allow);
        let receiver = builder.on_failure_of(COMMAND, FailurePolicy::Defer).build().unwrap();
        assert_eq!(receiver.answer_failure(Some(&COMMAND), b"{}").status(), 503);
        assert_eq!(receiver.answer_failure(Some(&Command::GroupBeforeSendMsg), b"{}").status(), 200);
        assert_eq!(self::receiver().answer_failure(Some(&Command::GroupBeforeSendMsg), b"{}").status(), 503);
    }

    #[test]
    fn what_runs_is_counted_and_waited_for() {
        let receiver = receiver();
        let running = [receiver.tasks().count(), receiver.tasks().count()];
        assert_eq!(receiver.running(), 2);
        let mut drained = pin!(receiver.drain());
        let mut cx = Context::from_waker(Waker::noop());
        assert_eq!(drained.as_mut().poll(&mut cx), Poll::Pending);
        drop(running);
        assert_eq!((receiver.running(), drained.poll(&mut cx)), (0, Poll::Ready(())));
    }
}
