//! Axum handlers, one per command.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::MockConnectInfo;
use axum::extract::{ConnectInfo, FromRef, MatchedPath, OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, Version};
use axum::{Extension, Router};
use tencent_im_webhook_axum::event::group::{self, AfterSendMsg};
use tencent_im_webhook_axum::event::official_account::BeforeSendMsg;
use tencent_im_webhook_axum::{
    BoxError, Call, Command, Commands, FailureKind, FailurePolicy, GroupCode, MessageVerdict, MsgBody,
    Payload, Receiver, Reply, Rewrite, RouterExt,
};
use tencent_im_webhook_testing::{Answered, WebhookRequest};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;

use crate::support::{APP, PATH, Seen, builder, exchange, post, receiver, send, stalled, watched, webhook};

fn mount(receiver: &Receiver, commands: Commands) -> Router {
    Router::new().webhook_commands(PATH, receiver.clone(), commands)
}

async fn refuse(_: Call<BeforeSendMsg>) -> MessageVerdict {
    MessageVerdict::Reject
}

#[tokio::test]
async fn a_payload_type_picks_its_handler() {
    async fn group(_: Call<group::BeforeSendMsg>) -> Result<MessageVerdict<GroupCode>, BoxError> {
        Ok(MessageVerdict::Discard)
    }

    async fn rest(call: Call) -> Result<Reply, BoxError> {
        Ok(Reply::new(7, call.event.command().map_or("", Command::as_str))?)
    }

    let app = mount(&receiver(), Commands::new().on(refuse).on(group).fallback(rest));
    assert_eq!(send::<BeforeSendMsg>(&app).await.error_code(), Some(1));
    assert_eq!(send::<group::BeforeSendMsg>(&app).await.error_code(), Some(2));
    let after = send::<AfterSendMsg>(&app).await;
    assert_eq!(after.error_code(), Some(7));
    assert_eq!(after.error_info().as_deref(), Some(AfterSendMsg::COMMAND.as_str()));
    let unknown = WebhookRequest::new(APP, Command::from("Future.Callback")).token("secret");
    assert_eq!(exchange(&app, post(PATH, &unknown)).await.error_code(), Some(7));
    let misfit = webhook::<BeforeSendMsg>().body(r#"{"MsgBody":7}"#);
    assert_eq!(exchange(&app, post(PATH, &misfit)).await.error_code(), Some(7));
}

#[tokio::test]
async fn what_no_handler_takes_is_answered_by_default() {
    let app = mount(&receiver(), Commands::new().on(refuse));
    assert_eq!(send::<AfterSendMsg>(&app).await.error_code(), Some(0));
    assert_eq!(send::<group::BeforeSendMsg>(&app).await.error_code(), Some(0));
}

#[tokio::test]
async fn closures_are_handlers() {
    let refusal = MessageVerdict::Reject;
    let commands = Commands::new()
        .on(move |Extension(_): Extension<u8>, _: Call<BeforeSendMsg>| {
            let refusal = refusal.clone();
            async move { refusal }
        })
        .on(async |_: Call<AfterSendMsg>| {});
    let app = mount(&receiver(), commands).layer(Extension(7u8));
    assert_eq!(send::<BeforeSendMsg>(&app).await.error_code(), Some(1));
    assert_eq!(send::<AfterSendMsg>(&app).await.error_code(), Some(0));
}

#[derive(Clone)]
struct App {
    name: &'static str,
    seen: Seen<String>,
}

#[derive(Clone)]
struct Name(&'static str);

impl FromRef<App> for Name {
    fn from_ref(app: &App) -> Self {
        Self(app.name)
    }
}

#[tokio::test]
async fn extractors_see_state_extensions_and_the_whole_head() {
    #[expect(clippy::too_many_arguments, reason = "eight extractors are the most there may be")]
    async fn tell(
        State(app): State<App>,
        State(Name(name)): State<Name>,
        Extension(layered): Extension<&'static str>,
        ConnectInfo(peer): ConnectInfo<SocketAddr>,
        headers: HeaderMap,
        (method, version): (Method, Version),
        (uri, OriginalUri(original)): (Uri, OriginalUri),
        (Path(tenant), matched): (Path<String>, MatchedPath),
        call: Call<BeforeSendMsg>,
    ) -> MessageVerdict {
        let length = headers["content-length"].to_str().unwrap();
        assert_eq!(length, call.context.raw().len().to_string());
        assert!(uri.query().unwrap().contains("SdkAppid") && original.query() == uri.query());
        app.seen.add(format!("{name} {layered} {peer} {method} {version:?}"));
        app.seen.add(format!("{} {} {tenant} {}", uri.path(), original.path(), matched.as_str()));
        MessageVerdict::Reject
    }

    let app = App { name: "app", seen: Seen::default() };
    let inner = Router::new().webhook_commands("/{tenant}/webhook", receiver(), Commands::new().on(tell));
    let router: Router = Router::new()
        .nest("/im", inner)
        .layer(Extension("layered"))
        .layer(MockConnectInfo(SocketAddr::from(([203, 0, 113, 7], 80))))
        .with_state(app.clone());
    let answer = exchange(&router, post("/im/acme/webhook", &webhook::<BeforeSendMsg>())).await;
    assert_eq!(answer.error_code(), Some(1));
    assert_eq!(
        app.seen.take(),
        [
            "app layered 203.0.113.7:80 POST HTTP/1.1",
            "/acme/webhook /im/acme/webhook acme /im/{tenant}/webhook"
        ]
    );
}

#[tokio::test]
async fn an_extractor_that_refuses_is_a_failure() {
    async fn no_such_layer(Extension(_): Extension<u64>, _: Call<BeforeSendMsg>) -> MessageVerdict {
        MessageVerdict::Allow
    }

    let (receiver, failures) = watched();
    let app = mount(&receiver, Commands::new().on(no_such_layer));
    assert_eq!(send::<BeforeSendMsg>(&app).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let text =
        "the extractor `axum::extension::Extension<u64>` refused the request with 500 Internal Server Error";
    assert_eq!(failures.take(), [(FailureKind::Error, text.to_owned())]);
}

#[tokio::test]
async fn errors_panics_and_verdicts_that_do_not_encode_are_failures() {
    async fn fail(_: Call<BeforeSendMsg>) -> Result<MessageVerdict, std::io::Error> {
        Err(std::io::Error::other("no database"))
    }

    async fn panic(_: Call<BeforeSendMsg>) -> MessageVerdict {
        panic!("no database either")
    }

    async fn encode(_: Call<BeforeSendMsg>) -> MessageVerdict {
        MessageVerdict::Rewrite(Rewrite::new().msg_body(MsgBody::default()))
    }

    let (receiver, failures) = watched();
    for (commands, kind, source) in [
        (Commands::new().on(fail), FailureKind::Error, "no database"),
        (Commands::new().on(panic), FailureKind::Panic, "no database either"),
        (Commands::new().on(encode), FailureKind::Error, "the rewritten message body is empty"),
    ] {
        let answer = send::<BeforeSendMsg>(&mount(&receiver, commands)).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{source}");
        assert_eq!(failures.take(), [(kind, source.to_owned())]);
    }

    let strict = builder().on_failure(FailurePolicy::Reject).build().unwrap();
    let answer = send::<BeforeSendMsg>(&mount(&strict, Commands::new().on(panic))).await;
    assert_eq!(answer.error_code(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_decision_that_is_late_is_a_failure() {
    async fn think(_: Call<BeforeSendMsg>) -> MessageVerdict {
        sleep(Duration::from_secs(60)).await;
        MessageVerdict::Reject
    }

    let (receiver, failures) = watched();
    let answer = send::<BeforeSendMsg>(&mount(&receiver, Commands::new().on(think))).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(failures.take(), [(FailureKind::Deadline, String::new())]);
}

#[tokio::test(start_paused = true)]
async fn an_extractor_that_is_late_is_a_failure_too() {
    struct Slow;

    impl<S: Sync> axum::extract::FromRequestParts<S> for Slow {
        type Rejection = StatusCode;

        async fn from_request_parts(_: &mut axum::http::request::Parts, _: &S) -> Result<Self, StatusCode> {
            sleep(Duration::from_secs(60)).await;
            Ok(Self)
        }
    }

    async fn wait(_: Slow, _: Call<BeforeSendMsg>) -> MessageVerdict {
        MessageVerdict::Reject
    }

    let app = mount(&receiver(), Commands::new().on(wait));
    assert_eq!(send::<BeforeSendMsg>(&app).await.status(), StatusCode::SERVICE_UNAVAILABLE);
}

/// An app whose handler takes a minute, and what it has finished.
fn slow_app(receiver: &Receiver) -> (Router, Seen<()>) {
    async fn keep(State(done): State<Seen<()>>, _: Call<AfterSendMsg>) {
        sleep(Duration::from_secs(60)).await;
        done.add(());
    }

    let done = Seen::default();
    let app = Router::new().webhook_commands(PATH, receiver.clone(), Commands::new().on(keep));
    (app.with_state(done.clone()), done)
}

#[tokio::test(start_paused = true)]
async fn what_has_happened_is_acknowledged_in_time_and_handled_to_the_end() {
    let receiver = receiver();
    let (app, done) = slow_app(&receiver);
    assert_eq!(send::<AfterSendMsg>(&app).await.error_code(), Some(0));
    assert!(done.take().is_empty());
    receiver.drain().await;
    assert_eq!(done.take().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hang_up_cuts_nothing_off() {
    let receiver = receiver();
    let (app, done) = slow_app(&receiver);
    let hung_up: Result<Answered, _> = timeout(Duration::from_millis(100), send::<AfterSendMsg>(&app)).await;
    assert!(hung_up.is_err());
    receiver.drain().await;
    assert_eq!(done.take().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_is_refused_in_time() {
    let app = mount(&receiver(), Commands::new().on(refuse));
    let request = post(PATH, &webhook::<BeforeSendMsg>()).map(|_| stalled());
    assert_eq!(exchange(&app, request).await.status(), StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test(start_paused = true)]
async fn layers_see_calls_and_their_refusals_are_failures() {
    async fn hold(State(release): State<Arc<Notify>>, _: Call<BeforeSendMsg>) -> MessageVerdict {
        release.notified().await;
        MessageVerdict::Reject
    }

    let (receiver, failures) = watched();
    let release = Arc::new(Notify::new());
    let commands =
        Commands::new().on(hold).layer(GlobalConcurrencyLimitLayer::new(1)).layer(LoadShedLayer::new());
    let app = Router::new().webhook_commands(PATH, receiver, commands).with_state(Arc::clone(&release));
    let (first, second) = tokio::join!(send::<BeforeSendMsg>(&app), async {
        let second = send::<BeforeSendMsg>(&app).await;
        release.notify_one();
        second
    });
    assert_eq!(first.error_code(), Some(1));
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(failures.take().len(), 1);
}

#[test]
fn a_command_or_a_fallback_given_twice_is_told_at_start() {
    async fn rest(call: Call) -> Result<Reply, BoxError> {
        call.event.default_reply()
    }

    let twice = catch_unwind(|| Commands::<()>::new().on(refuse).on(refuse)).unwrap_err();
    let text = format!("{} has two handlers: merge them, or drop one", BeforeSendMsg::COMMAND);
    assert_eq!(twice.downcast_ref(), Some(&text));
    let fallbacks = AssertUnwindSafe(|| Commands::<()>::new().fallback(rest).fallback(rest));
    assert!(catch_unwind(fallbacks).is_err());
}
