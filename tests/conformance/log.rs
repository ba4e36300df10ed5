//! What the log says, and what it never does.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use conformance::{Kind, NOW, Sample, TOKEN, receiver, stacks};
use tencent_im_webhook::event::official_account::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{
    BoxError, Context, MessageVerdict, Receiver, SdkAppId, UnixSeconds, WebhookHandler, async_trait, sign,
};

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
        // With one subscriber alone, tracing asks the thread that meets an event first, which may be that
        // of another test and have none: then the event is off for all.
        static ANOTHER: OnceLock<tracing::Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new()));
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
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
