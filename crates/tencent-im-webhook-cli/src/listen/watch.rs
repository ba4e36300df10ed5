//! A webhook from its head to its answer: what is learned on the way becomes its record.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tencent_im_webhook::{
    Answer, Call, Command, Context, Event, Failure, Head, RawJson, Rejection, UnixMillis,
};
use tencent_im_webhook_testing::Answered;
use tokio::time::{Instant, sleep_until};

use crate::client::Timed;
use crate::judge::judge;
use crate::listen::journal::Pen;
use crate::record::{Record, Written, one_line_or_text, without};

/// Sees each webhook come and go, whatever serves it.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    journal: Pen,
    /// Known to the page alone.
    key: Arc<str>,
}

/// A webhook that is being answered. Dropped before, its sender has gone away; it is recorded all the same.
#[derive(Debug)]
pub(super) struct Watched {
    draft: Draft,
    journal: Pen,
    recorded: bool,
}

/// What is known of a webhook by now. Clones share it, and one is among the extensions of its call.
#[derive(Clone, Debug)]
pub(super) struct Draft(Arc<Mutex<Drafted>>);

#[derive(Debug)]
struct Drafted {
    begun: Instant,
    received: UnixMillis,
    method: String,
    path: String,
    /// With its signature.
    query: String,
    command: Option<Command>,
    /// As much of the body as was read.
    body: Vec<u8>,
    decoded: Option<Decoded>,
    refusal: Option<Refusal>,
    failure: Option<String>,
    handled: bool,
    relayed: Option<Answered>,
    held_until: Option<Instant>,
    resent: Option<u64>,
    /// The runs that have passed it on.
    forwarded_by: String,
}

#[derive(Debug)]
struct Decoded {
    event: Option<RawJson>,
    cause: Option<String>,
    raw: Bytes,
}

#[derive(Debug)]
struct Refusal {
    name: &'static str,
    reason: String,
    body: Bytes,
}

tokio::task_local! {
    /// The webhook of the running request: the hooks of a receiver are told of refusals, but not of whose.
    static CURRENT: Draft;
}

impl Watch {
    pub(super) fn new(journal: Pen, key: Arc<str>) -> Self {
        Self { journal, key }
    }

    /// A webhook's head is here. `header` gives the first value of a name.
    pub(super) fn begin<'h>(
        &self,
        method: &str,
        path: &str,
        query: &str,
        header: impl Fn(&'static str) -> Option<&'h [u8]>,
    ) -> Watched {
        let drafted = Drafted {
            begun: Instant::now(),
            received: now(),
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            command: Head::new(method, query).command(),
            body: Vec::new(),
            decoded: None,
            refusal: None,
            failure: None,
            handled: false,
            relayed: None,
            held_until: None,
            resent: header(RESENT).and_then(|value| resent_id(&self.key, value)),
            forwarded_by: String::from_utf8_lossy(header(FORWARDED_BY).unwrap_or_default()).into_owned(),
        };
        let draft = Draft(Arc::new(Mutex::new(drafted)));
        Watched { draft, journal: self.journal.clone(), recorded: false }
    }
}

impl Watched {
    pub(super) fn draft(&self) -> &Draft {
        &self.draft
    }

    /// Answers the webhook, with the hooks knowing which one it is.
    pub(super) async fn scope<F: Future>(&self, answering: F) -> F::Output {
        CURRENT.scope(self.draft.clone(), answering).await
    }

    /// Holds the answer back as long as was asked for, records it, and gives what is to be sent: the answer
    /// of the target instead where there is one.
    ///
    /// `body` is `None` where a framework does not show it, which is so for refusals only.
    pub(super) async fn finish(
        mut self,
        status: StatusCode,
        body: Option<Bytes>,
    ) -> (StatusCode, Option<Bytes>) {
        let held_until = self.draft.lock().held_until;
        if let Some(until) = held_until {
            sleep_until(until).await;
        }
        let (status, body) = match self.draft.lock().relayed.take() {
            Some(answered) => (answered.status(), Some(answered.body().clone())),
            None => (status, body),
        };
        let record = self.draft.lock().record(status.as_u16(), body.as_deref());
        self.recorded = true;
        // The journal ends before the server only where it cannot be written, which ends the program.
        let _ = self.journal.send(Some(record)).await;
        (status, body)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !self.recorded {
            let record = self.draft.lock().record(GONE, None);
            let _ = self.journal.try_send(Some(record));
        }
    }
}

impl Draft {
    /// That of a call which the server has received.
    pub(super) fn of(context: &Context) -> Option<Self> {
        context.extensions().get().cloned()
    }

    /// A piece of the body was read.
    pub(super) fn read(&self, piece: &[u8]) {
        self.lock().body.extend_from_slice(piece);
    }

    /// The webhook was let in and decoded.
    pub(super) fn decoded(&self, call: &Call) {
        let (event, cause) = match &call.event {
            Event::Unknown(unknown) => (None, unknown.cause().map(ToString::to_string)),
            typed => (serde_json::to_vec(typed).ok().map(|json| one_line_or_text(&json)), None),
        };
        let mut drafted = self.lock();
        drafted.command = call.context.command().cloned();
        drafted.decoded = Some(Decoded { event, cause, raw: call.context.raw().clone() });
    }

    /// There is a reply to it.
    pub(super) fn handled(&self) {
        self.lock().handled = true;
    }

    /// There is none, for this reason.
    pub(super) fn failed(&self, reason: String) {
        self.lock().failure = Some(reason);
    }

    /// The target's answer is to be given in place of ours.
    pub(super) fn relay(&self, answered: Answered) {
        self.lock().relayed = Some(answered);
    }

    /// The answer is to be held back until so long after the head.
    pub(super) fn hold(&self, delay: Duration) {
        let mut drafted = self.lock();
        drafted.held_until = Some(drafted.begun + delay);
    }

    /// The query as it came, signature and all.
    pub(super) fn query(&self) -> String {
        self.lock().query.clone()
    }

    /// The value of the header [`FORWARDED_BY`], empty if there was none.
    pub(super) fn forwarded_by(&self) -> String {
        self.lock().forwarded_by.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Drafted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drafted {
    fn record(&mut self, status: u16, answer: Option<&[u8]>) -> Record {
        let latency = self.begun.elapsed();
        let answer = answer.or(self.refusal.as_ref().map(|refusal| &*refusal.body));
        let outcome = self.outcome(status, answer, latency);
        let decoded = self.decoded.take();
        let body = decoded.as_ref().map_or(&*self.body, |decoded| &*decoded.raw);
        // An identity is refused before any of the body is read.
        let written = (decoded.is_some() || !body.is_empty()).then(|| Written::of(body));
        let (raw, raw_base64) = written.map_or((None, None), |written| (Some(written.raw), written.base64));
        let (event, cause) = decoded.map_or((None, None), |decoded| (decoded.event, decoded.cause));
        Record {
            id: 0,
            received: self.received,
            method: std::mem::take(&mut self.method),
            path: std::mem::take(&mut self.path),
            query: without(&self.query, &["Sign"]),
            command: self.command.as_ref().map(|command| command.as_str().to_owned()),
            typed: event.is_some(),
            cause,
            event,
            raw,
            raw_base64,
            refused: self.refusal.as_ref().map(|refusal| refusal.name.to_owned()),
            status,
            answer: answer.map(one_line_or_text),
            outcome,
            latency_us: latency.as_micros().try_into().unwrap_or(u64::MAX),
            resent: self.resent,
        }
    }

    fn outcome(&self, status: u16, answer: Option<&[u8]>, latency: Duration) -> String {
        if status == GONE {
            return format!("the sender went away after {} ms", latency.as_millis());
        }
        let meaning = || meaning(self.command.as_ref(), status, answer.unwrap_or_default(), latency);
        match (&self.refusal, &self.failure) {
            (Some(refusal), _) => format!("turned away with {status}: {}", refusal.reason),
            (None, Some(failure)) => format!("{} ({failure})", meaning()),
            (None, None) if self.decoded.is_some() && !self.handled => {
                format!("{} (its handling goes on)", meaning())
            }
            (None, None) => meaning(),
        }
    }
}

/// What the platform makes of an answer. The console's check of a URL has no command to judge it by.
fn meaning(command: Option<&Command>, status: u16, answer: &[u8], latency: Duration) -> String {
    match (command, StatusCode::from_u16(status)) {
        (Some(command), Ok(status)) => {
            let answered = Answered::new(status, HeaderMap::new(), Bytes::copy_from_slice(answer));
            judge(command, &Ok(Timed { answered, latency })).to_string()
        }
        (_, _) => format!("answered with {status}"),
    }
}

/// For the hook of a receiver.
pub(super) fn on_rejection(rejection: &Rejection) {
    let kind = rejection.kind();
    let body = Answer::from(rejection).body().clone();
    let refusal = Refusal { name: kind.as_str(), reason: kind.to_string(), body };
    // Outside of a request nobody is refused.
    let _ = CURRENT.try_with(|draft| draft.lock().refusal = Some(refusal));
}

/// The same. What the handler itself has told stands.
pub(super) fn on_failure(failure: &Failure) {
    let _ = CURRENT.try_with(|draft| {
        draft.lock().failure.get_or_insert_with(|| failure.to_string());
    });
}

/// The header by which the page marks what it sends again, with the value of [`resent`].
pub(super) const RESENT: &str = "x-imhook-resent";

/// The header with the keys of the runs that have passed a webhook on, a space between two.
pub(super) const FORWARDED_BY: &str = "x-imhook-forwarded-by";

/// Which delivery is sent again, in a way that nobody without the key can say it.
pub(super) fn resent(key: &str, id: u64) -> String {
    format!("{key} {id}")
}

fn resent_id(key: &str, value: &[u8]) -> Option<u64> {
    let (by, id) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    (by == key).then(|| id.parse().ok()).flatten()
}

/// The status of an answer that nobody waited for.
const GONE: u16 = 0;

fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis(since.as_millis().try_into().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    const QUERY: &str =
        "SdkAppid=1&CallbackCommand=C2C.CallbackBeforeSendMsg&Sign=abc&RequestTime=1700000000";
    const OK: &[u8] = br#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;

    fn begun() -> (Watched, mpsc::Receiver<Option<Record>>) {
        begun_with("page 7")
    }

    fn begun_with(mark: &'static str) -> (Watched, mpsc::Receiver<Option<Record>>) {
        let (pen, records) = mpsc::channel(1);
        let header = |name| (name == RESENT).then_some(mark.as_bytes());
        (Watch::new(pen, "page".into()).begin("POST", "/im", QUERY, header), records)
    }

    #[tokio::test]
    async fn a_mark_counts_with_the_key_of_this_run() {
        for (value, resent) in [("page 7", Some(7)), ("7", None), ("other 7", None), ("page x", None)] {
            let (watched, mut records) = begun_with(value);
            finished(watched).await;
            assert_eq!(records.recv().await.flatten().unwrap().resent, resent, "{value}");
        }
    }

    async fn finished(watched: Watched) -> (StatusCode, Option<Bytes>) {
        watched.finish(StatusCode::OK, Some(Bytes::from_static(OK))).await
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_held_back_from_the_head_on_and_counts_as_late() {
        let (watched, mut records) = begun();
        tokio::time::sleep(Duration::from_millis(1000)).await;
        watched.draft().hold(Duration::from_millis(2500));
        finished(watched).await;
        let record = records.recv().await.flatten().unwrap();
        assert_eq!(record.latency_us, 2_500_000);
        assert!(record.outcome.starts_with("the answer came after more than 2 s"), "{}", record.outcome);
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_that_goes_away_leaves_a_record() {
        let (watched, mut records) = begun();
        watched.draft().read(b"{}");
        tokio::time::sleep(Duration::from_secs(2)).await;
        drop(watched);
        let record = records.recv().await.flatten().unwrap();
        assert_eq!((record.status, &*record.outcome), (0, "the sender went away after 2000 ms"));
        assert_eq!((record.answer, record.raw), (None, RawJson::new("{}").ok()));
    }

    #[tokio::test]
    async fn a_record_has_what_came_but_for_the_signature() {
        let (watched, mut records) = begun();
        watched.draft().handled();
        finished(watched).await;
        let record = records.recv().await.flatten().unwrap();
        assert_eq!((&*record.method, &*record.path, record.resent), ("POST", "/im", Some(7)));
        assert_eq!(
            record.query,
            "SdkAppid=1&CallbackCommand=C2C.CallbackBeforeSendMsg&RequestTime=1700000000"
        );
        assert_eq!(record.command.as_deref(), Some("C2C.CallbackBeforeSendMsg"));
        assert_eq!((record.status, record.answer), (200, Some(one_line_or_text(OK))));
        assert_eq!(record.outcome, "ok: delivered");
    }

    #[tokio::test]
    async fn the_answer_of_a_target_is_given_as_it_is() {
        let (watched, mut records) = begun();
        let body = Bytes::from_static(b"<h1>Bad Gateway</h1>");
        watched.draft().relay(Answered::new(StatusCode::BAD_GATEWAY, HeaderMap::new(), body.clone()));
        assert_eq!(finished(watched).await, (StatusCode::BAD_GATEWAY, Some(body)));
        let record = records.recv().await.flatten().unwrap();
        assert_eq!((record.status, record.answer.unwrap().as_str()), (502, "\"<h1>Bad Gateway</h1>\""));
    }

    #[tokio::test]
    async fn the_hooks_of_a_receiver_find_the_webhook_of_their_request() {
        use tencent_im_webhook::{Receiver, SdkAppId};
        let receiver = Receiver::builder().app_without_signature(SdkAppId(2)).inspect_rejection(on_rejection);
        let receiver = receiver.build().unwrap();
        let (watched, mut records) = begun();
        let rejection = receiver.admit(&Head::new("POST", QUERY)).unwrap_err();
        let answer = watched.scope(async { receiver.refuse(&rejection) }).await;
        watched.finish(answer.status(), None).await;
        let record = records.recv().await.flatten().unwrap();
        assert_eq!((record.refused.as_deref(), record.status), (Some("app_id"), 401));
        assert_eq!(record.answer, Some(one_line_or_text(answer.body())));
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_misses_the_deadline_is_told_of() {
        use tencent_im_webhook::{Receiver, Reply, SdkAppId, WebhookService};
        use tower::ServiceExt as _;
        let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).inspect_failure(on_failure);
        let hangs =
            tower::service_fn(|_: Call| std::future::pending::<Result<Reply, std::convert::Infallible>>());
        let service = WebhookService::new(receiver.build().unwrap(), hangs);
        let (watched, mut records) = begun();
        let body = http_body_util::Full::new(Bytes::from_static(b"{}"));
        let request = http::Request::post(format!("/?{QUERY}")).body(body).unwrap();
        let Ok(response) = watched.scope(service.oneshot(request)).await;
        watched.finish(response.status(), None).await;
        let record = records.recv().await.flatten().unwrap();
        assert_eq!((record.status, record.latency_us), (503, 1_500_000));
        assert!(record.outcome.ends_with("(the handler missed the deadline)"), "{}", record.outcome);
    }
}
