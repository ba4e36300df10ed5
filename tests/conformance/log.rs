//! What the log says, and what it never does.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use actix_web::test as actix;
use axum::Router;
use axum::routing::any;
use conformance::{APP, Kind, NOW, PATH, Sample, Stack, TOKEN, receiver, stacks};
use metrics_exporter_prometheus::PrometheusBuilder;
use tencent_im_webhook::event::official_account::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{
    BoxError, Context, Head, MessageVerdict, Receiver, SdkAppId, UnixSeconds, WebhookHandler, async_trait,
    sign,
};
use tencent_im_webhook_testing::send;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::alike::for_actix;

/// A log that can be read back.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }

    /// Collects everything that is logged on this thread while the guard lives.
    pub(crate) fn listen(&self) -> tracing::subscriber::DefaultGuard {
        self.listen_at(tracing::Level::TRACE)
    }

    fn listen_at(&self, level: tracing::Level) -> tracing::subscriber::DefaultGuard {
        self.listen_for(level, FmtSpan::NONE)
    }

    /// Down to debug, and with a line for each span that closes.
    fn listen_to_spans(&self) -> tracing::subscriber::DefaultGuard {
        self.listen_for(tracing::Level::DEBUG, FmtSpan::CLOSE)
    }

    fn listen_for(&self, level: tracing::Level, spans: FmtSpan) -> tracing::subscriber::DefaultGuard {
        // With one subscriber alone, tracing asks the thread that meets an event first, which may be that
        // of another test and have none: then the event is off for all.
        static ANOTHER: OnceLock<tracing::Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new()));
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_span_events(spans)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Fails;

#[async_trait]
impl WebhookHandler for Fails {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        Err("the rules are not loaded".into())
    }
}

#[tokio::test(start_paused = true)]
async fn every_refusal_and_failure_says_why_and_no_secret() {
    let log = Log::default();
    let _guard = log.listen();
    let wrong = "0".repeat(64);
    let secrets = [
        TOKEN.to_owned(),
        sign(TOKEN, UnixSeconds(NOW)),
        wrong.clone(),
        "SdkAppid=".into(),
        "a-user-wrote-this".into(),
    ];
    let told = Sample::before().replacing("The autumn issue is here", "a-user-wrote-this");
    let receiver = receiver().build().unwrap();
    for stack in stacks(&receiver, Fails) {
        for (sample, why) in [
            (told.clone().method("GET"), "the method is not POST"),
            (told.clone().with("SdkAppid", "7"), "the app id is missing, repeated, malformed or not ours"),
            (told.clone().without("Sign"), "the signature is missing"),
            (told.clone().with("Sign", "xyz"), "the signature is malformed or repeated"),
            (told.clone().with("Sign", &wrong), "the signature does not match any token of the app"),
            (told.clone().signed(TOKEN, NOW - 100), "the signature is not of this time"),
            (told.clone().header("content-encoding", "gzip"), "the body has a content encoding"),
            (told.clone().body("{"), "the body is no JSON object"),
            (told.clone().with("CallbackCommand", "x"), "the request names more than one command"),
            (told.clone().replacing("\"MsgBody\"", "\"Body\""), "at `.`: missing field `MsgBody`"),
            (
                told.clone().replacing("\"MsgBody\": [", "\"MsgBody\": \"a-user-wrote-this\", \"X\": ["),
                "at `MsgBody`: invalid type: string, expected a sequence",
            ),
            (told.clone(), "the rules are not loaded"),
        ] {
            // The bare protocol reports no failure of a handler: whoever calls it has the error in hand.
            let reports = stack.kind().reads_bodies() || why != "the rules are not loaded";
            stack.send(&sample).await;
            let text = log.take();
            assert!(text.contains(why) || !reports, "{stack}: {why:?} is not in {text}");
            for secret in &secrets {
                assert!(!text.contains(secret), "{stack}: {secret:?} is in {text}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn hostile_names_are_escaped_and_cut() {
    let log = Log::default();
    let _guard = log.listen();
    let receiver = receiver().build().unwrap();
    let name = format!("evil%0d%0aGET%1b[31m{}", "x".repeat(500));
    for stack in stacks(&receiver, Fails) {
        stack.send(&Sample::before().with("CallbackCommand", &name).body("{}")).await;
        let text = log.take();
        assert!(
            !text.contains('\u{1b}') && !text.contains("evil\r") && !text.contains(&"x".repeat(100)),
            "{stack}: {text}"
        );
    }
}

#[test]
fn an_app_without_signature_is_warned_of_once_when_building() {
    let log = Log::default();
    let _guard = log.listen();
    let _receiver = Receiver::builder().app_without_signature(SdkAppId(5)).build().unwrap();
    let text = log.take();
    assert_eq!(text.matches("WARN").count(), 1, "{text}");
    assert!(text.contains("without a signature") && text.contains("app=5"), "{text}");
}

#[test]
fn nothing_shows_a_token_in_debug_output() {
    let builder = receiver();
    assert!(!format!("{builder:?}").contains(TOKEN));
    assert!(!format!("{:?}", builder.build().unwrap()).contains(TOKEN));
    let head = Sample::before();
    let head = tencent_im_webhook::Head::new("POST", &head.query);
    assert!(!format!("{head:?}").contains("Sign"));
}

/// Logs on both sides of its first pause.
struct Logs;

#[async_trait]
impl WebhookHandler for Logs {
    async fn official_account_after_send_msg(&self, _: &Context, _: AfterSendMsg) -> Result<(), BoxError> {
        tracing::info!("at first");
        tokio::task::yield_now().await;
        tracing::info!("later");
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_handler_logs_belongs_to_the_request() {
    for level in [tracing::Level::INFO, tracing::Level::DEBUG] {
        let log = Log::default();
        let _guard = log.listen_at(level);
        let receiver = receiver().build().unwrap();
        for stack in stacks(&receiver, Logs).iter().filter(|stack| stack.kind() == Kind::Tower) {
            let span = tracing::info_span!("http", id = 42);
            tracing::Instrument::instrument(stack.send(&Sample::after()), span).await;
            let text = log.take();
            let lines: Vec<&str> = text.lines().filter(|line| line.contains("INFO")).collect();
            assert_eq!(lines.len(), 2, "{text}");
            assert!(lines.iter().all(|line| line.contains("http{id=42}")), "{level}: {text}");
        }
    }
}

/// Never ends, and logs when it is dropped.
struct Stays;

struct Left;

impl Drop for Left {
    fn drop(&mut self) {
        tracing::info!("left");
    }
}

#[async_trait]
impl WebhookHandler for Stays {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        let _left = Left;
        std::future::pending().await
    }

    async fn official_account_after_send_msg(&self, _: &Context, _: AfterSendMsg) -> Result<(), BoxError> {
        let _left = Left;
        std::future::pending().await
    }
}

#[test]
fn what_a_handler_logs_when_it_is_dropped_belongs_to_the_request() {
    let log = Log::default();
    let _guard = log.listen_at(tracing::Level::DEBUG);
    let receiver = receiver().build().unwrap();
    for (patience, sample) in [
        // At its deadline, after a hang-up, and where the runtime stops.
        (Duration::from_secs(9), Sample::before()),
        (Duration::from_millis(9), Sample::before()),
        (Duration::from_millis(9), Sample::after()),
    ] {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        let runtime = runtime.unwrap();
        runtime.block_on(async {
            let stacks = stacks(&receiver, Stays);
            let stack = stacks.iter().find(|stack| stack.kind() == Kind::Tower).unwrap();
            let _ = tokio::time::timeout(patience, stack.send(&sample)).await;
        });
        drop(runtime);
        let text = log.take();
        let left: Vec<&str> = text.lines().filter(|line| line.contains("left")).collect();
        assert_eq!(left.len(), 1, "{text}");
        assert!(left[0].contains("webhook{app="), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_webhook_has_one_span_that_says_how_it_ended() {
    let told = |log: &Log| {
        let text = log.take();
        let closed: Vec<String> =
            text.lines().filter(|line| line.contains("close")).map(str::to_owned).collect();
        assert_eq!(closed.len(), 1, "{text}");
        closed[0].clone()
    };
    let log = Log::default();
    let _guard = log.listen_to_spans();
    let receiver = receiver().build().unwrap();
    let app = "webhook{app=1400000000 command=OfficialAccount.Callback";
    for (handler, sample, ends) in [
        (
            Fault::None,
            Sample::before(),
            "BeforeSendMsg kind=\"before\" outcome=\"handled\" latency_us=0 verdict=\"ok\"",
        ),
        (
            Fault::None,
            Sample::after(),
            "AfterSendMsg kind=\"after\" outcome=\"handled\" latency_us=0 verdict=\"ok\"",
        ),
        (
            Fault::Fails,
            Sample::before(),
            "BeforeSendMsg kind=\"before\" outcome=\"failed\" latency_us=0 failure=\"error\"",
        ),
        (
            Fault::Takes(Duration::from_secs(2)),
            Sample::before(),
            "BeforeSendMsg kind=\"before\" outcome=\"failed\" latency_us=1500000 failure=\"deadline\"",
        ),
        (
            Fault::Takes(Duration::from_secs(2)),
            Sample::after(),
            "AfterSendMsg kind=\"after\" outcome=\"acknowledged\" latency_us=1500000",
        ),
    ] {
        let stack = Stack::new(Kind::Tower, &receiver, handler);
        stack.send(&sample).await;
        receiver.drain().await;
        let span = told(&log);
        let latency = |text: &str| text.replace("latency_us=1501000", "latency_us=1500000");
        assert!(latency(&span).contains(&format!("{app}{ends}")), "{span}");
    }
}

#[test]
fn extractors_tell_of_a_webhook_what_the_service_does() {
    let log = Log::default();
    let _guard = log.listen_to_spans();
    let receiver = receiver().build().unwrap();
    let axum = Router::new().route(PATH, any(extracted::on_axum)).with_state(receiver.clone());
    let before = Sample::before().replacing("The autumn issue is here", "a-user-wrote-this");
    let secrets = [TOKEN, &sign(TOKEN, UnixSeconds(NOW)), "SdkAppid=", "a-user-wrote-this"];
    actix_web::rt::System::new().block_on(async {
        let route = actix_web::web::route().to(extracted::on_actix);
        let resource = tencent_im_webhook_actix::resource(PATH, receiver).route(route);
        let actix = actix::init_service(actix_web::App::new().service(resource)).await;
        for (sample, span, ends) in [
            (before, "BeforeSendMsg kind=\"before\"", "failure=\"error\""),
            (Sample::after(), "AfterSendMsg kind=\"after\"", "verdict=\"ok\""),
        ] {
            for on_actix in [false, true] {
                match on_actix {
                    false => drop(send(axum.clone(), sample.to_http()).await),
                    true => drop(actix::call_service(&actix, for_actix(&sample).to_request()).await),
                }
                let text = log.take();
                let span = format!("webhook{{app=1400000000 command=OfficialAccount.Callback{span}");
                let lines = |about: &str| text.lines().filter(|line| line.contains(about)).count();
                assert_eq!((lines("taken"), lines("close")), (1, 1), "{text}");
                assert!(text.lines().all(|line| line.contains(&span)), "{text}");
                let closed = text.lines().find(|line| line.contains("close")).unwrap();
                assert!(closed.contains("latency_us=") && closed.contains(ends), "{text}");
                for secret in secrets {
                    assert!(!text.contains(secret), "{secret:?} is in {text}");
                }
            }
        }
    });
}

/// Handlers that take any webhook by an extractor, and allow no message.
mod extracted {
    use tencent_im_webhook::{BoxError, Context, Event, Reply};
    use tencent_im_webhook_actix::{Received as OnActix, Replied};
    use tencent_im_webhook_axum::{Received as OnAxum, WebhookResponse};

    pub(super) async fn on_axum(webhook: OnAxum) -> WebhookResponse {
        webhook.reply(handled(&webhook.call.event, &webhook.call.context).await)
    }

    pub(super) async fn on_actix(OnActix(call): OnActix) -> Replied<Result<Reply, BoxError>> {
        Replied(handled(&call.event, &call.context).await)
    }

    async fn handled(event: &Event, cx: &Context) -> Result<Reply, BoxError> {
        cx.in_span(async { tracing::info!("taken") }).await;
        match event {
            Event::OfficialAccountAfterSendMsg(_) => Ok(Reply::ok()),
            _ => Err("the rules are not loaded".into()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_decision_that_takes_most_of_its_time_is_warned_of() {
    let log = Log::default();
    let _guard = log.listen();
    for (percent, took, is_slow) in [(75, 1125, true), (75, 1120, false), (10, 150, true), (100, 1490, false)]
    {
        let receiver = receiver().slow_percent(percent).build().unwrap();
        let stack = Stack::new(Kind::Tower, &receiver, Fault::Takes(Duration::from_millis(took)));
        assert_eq!(stack.send(&Sample::before()).await.status(), 200);
        let text = log.take();
        assert_eq!(text.contains("decision took most of its time"), is_slow, "{percent} {took}: {text}");
        // An event that is in hand is in no hurry.
        stack.send(&Sample::after()).await;
        assert!(!log.take().contains("decision took"), "{percent} {took}");
    }
}

/// What a handler does wrong.
#[derive(Clone, Copy)]
enum Fault {
    None,
    Fails,
    Takes(Duration),
}

impl Fault {
    async fn happen(self) -> Result<(), BoxError> {
        match self {
            Self::None => Ok(()),
            Self::Fails => Err("the rules are not loaded".into()),
            Self::Takes(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
        }
    }
}

#[async_trait]
impl WebhookHandler for Fault {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        self.happen().await?;
        Ok(MessageVerdict::Allow)
    }

    async fn official_account_after_send_msg(&self, _: &Context, _: AfterSendMsg) -> Result<(), BoxError> {
        self.happen().await
    }
}

#[test]
fn metrics_have_bounded_labels_and_no_secret() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let receiver = receiver().build().unwrap();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let fails = Stack::new(Kind::Tower, &receiver, Fault::Fails);
            let late = Stack::new(Kind::Tower, &receiver, Fault::Takes(Duration::from_millis(1400)));
            for name in 0..50 {
                let unknown = Sample::before().with("CallbackCommand", &format!("Evil.{name}")).body("{}");
                fails.send(&unknown).await;
                fails.send(&Sample::before().with("SdkAppid", &format!("{name}"))).await;
                fails.send(&Sample::before().with("Sign", &format!("{name:064}"))).await;
            }
            fails.send(&Sample::before()).await;
            late.send(&Sample::before()).await;
            late.send(&Sample::before().body("a-user-wrote-this")).await;
        });
    });
    let text = recorder.handle().render();
    for line in [
        r#"webhooks_total{app="1400000000",command="unknown",outcome="handled",verdict="ok",failure="none"} 50"#,
        r#"webhooks_total{app="1400000000",command="OfficialAccount.CallbackBeforeSendMsg",outcome="failed",verdict="none",failure="error"} 1"#,
        r#"refusals_total{app="none",reason="app_id"} 50"#,
        r#"refusals_total{app="1400000000",reason="signature_mismatch"} 50"#,
        r#"refusals_total{app="1400000000",reason="not_an_object"} 1"#,
        r#"failures_total{app="1400000000",command="OfficialAccount.CallbackBeforeSendMsg",failure="error",late="false"} 1"#,
        r#"slow_decisions_total{app="1400000000",command="OfficialAccount.CallbackBeforeSendMsg"} 1"#,
        r#"duration_seconds_count{app="1400000000",command="unknown",outcome="handled"} 50"#,
    ] {
        assert!(text.contains(&format!("tencent_im_webhook_{line}")), "{line} is not in {text}");
    }
    for secret in [TOKEN, &sign(TOKEN, UnixSeconds(NOW)), "Evil", "a-user-wrote-this", &"0".repeat(60)] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

#[test]
fn a_refusal_tells_of_the_app_that_it_was_for() {
    let receiver = receiver().build().unwrap();
    let app = |sample: Sample| {
        let rejection =
            match receiver.admit(&Head::new(&sample.method, &sample.query).content_length(2 << 20)) {
                Ok(_) => panic!("{sample:?}"),
                Err(rejection) => rejection,
            };
        rejection.app()
    };
    assert_eq!(app(Sample::before().with("Sign", "x")), Some(APP));
    assert_eq!(app(Sample::before()), Some(APP), "too large");
    assert_eq!(app(Sample::before().with("SdkAppid", "7")), None);
    assert_eq!(app(Sample::before().method("GET")), None);
    let admission = receiver.admit(&Head::new("POST", &Sample::before().query)).unwrap();
    assert_eq!(receiver.decode(admission, "{".into()).unwrap_err().app(), Some(APP));
}
