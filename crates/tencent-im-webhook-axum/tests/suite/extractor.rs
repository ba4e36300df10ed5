//! The `Received` extractor.

use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::{HeaderMap, Request, StatusCode, Version};
use axum::routing::any;
use axum::{Extension, Router};
use tencent_im_webhook_axum::event::group::{self, AfterSendMsg};
use tencent_im_webhook_axum::event::official_account::BeforeSendMsg;
use tencent_im_webhook_axum::{
    Command, Event, FailureKind, FailurePolicy, MessageVerdict, MsgBody, Payload, Received, Receiver, Reply,
    Rewrite, WebhookResponse,
};
use tencent_im_webhook_testing::{WebhookRequest, payload};

use crate::support::{
    APP, PATH, Seen, builder, exchange, header, post, receiver, request, send, stalled, watched, webhook,
};

#[derive(Clone)]
struct App {
    receiver: Receiver,
    seen: Seen<String>,
}

impl App {
    fn new(receiver: Receiver) -> Self {
        Self { receiver, seen: Seen::default() }
    }
}

impl FromRef<App> for Receiver {
    fn from_ref(app: &App) -> Self {
        app.receiver.clone()
    }
}

async fn refuse(
    State(app): State<App>,
    headers: HeaderMap,
    webhook: Received<BeforeSendMsg>,
) -> WebhookResponse {
    let Received { call, responder, .. } = webhook;
    app.seen.add(format!("{} {}", call.context.app(), headers.contains_key("content-length")));
    drop(call.event.msg_body);
    responder.answer(MessageVerdict::Reject)
}

fn refusing(app: &App) -> Router {
    Router::new().route(PATH, any(refuse)).with_state(app.clone())
}

#[tokio::test]
async fn a_payload_is_extracted_beside_state_and_headers() {
    let app = App::new(receiver());
    assert_eq!(send::<BeforeSendMsg>(&refusing(&app)).await.error_code(), Some(1));
    assert_eq!(app.seen.take(), [format!("{APP} true")]);
}

#[tokio::test]
async fn any_event_is_extracted_with_what_outer_layers_know() {
    async fn tell(State(app): State<App>, webhook: Received) -> WebhookResponse {
        let cx = &webhook.call.context;
        assert_eq!(cx.extensions().get(), Some(&"layered"));
        app.seen.add(webhook.call.event.command().map_or_else(String::new, ToString::to_string));
        webhook.reply(Reply::new(7, "by hand"))
    }

    let app = App::new(receiver());
    let router = Router::new().route(PATH, any(tell)).layer(Extension("layered")).with_state(app.clone());
    assert_eq!(send::<BeforeSendMsg>(&router).await.error_code(), Some(7));
    let unheard = WebhookRequest::new(APP, Command::from("Future.Callback")).token("secret");
    assert_eq!(exchange(&router, post(PATH, &unheard)).await.error_code(), Some(7));
    assert_eq!(app.seen.take(), [BeforeSendMsg::COMMAND.as_str(), "Future.Callback"]);
}

#[tokio::test]
async fn a_type_of_ones_own_takes_some_events() {
    enum Group {
        Sent(group::AfterSendMsg),
    }

    impl TryFrom<Event> for Group {
        type Error = Event;

        fn try_from(event: Event) -> Result<Self, Event> {
            group::AfterSendMsg::try_from(event).map(Group::Sent)
        }
    }

    async fn tell(webhook: Received<Group>) -> WebhookResponse {
        let Group::Sent(message) = &webhook.call.event;
        webhook.reply(Reply::new(8, message.from_account.as_str()))
    }

    let app: Router = Router::new().route(PATH, any(tell)).with_state(receiver());
    assert_eq!(send::<AfterSendMsg>(&app).await.error_code(), Some(8));
    assert_eq!(send::<BeforeSendMsg>(&app).await.error_code(), Some(0));
}

#[tokio::test]
async fn another_event_is_answered_by_default() {
    let (receiver, failures) = watched();
    let app = App::new(receiver);
    assert_eq!(send::<AfterSendMsg>(&refusing(&app)).await.error_code(), Some(0));
    assert_eq!(send::<group::BeforeSendMsg>(&refusing(&app)).await.error_code(), Some(0));
    assert!(app.seen.take().is_empty() && failures.take().is_empty());
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_a_failure_where_a_decision_is_asked_for() {
    let (receiver, failures) = watched();
    let app = App::new(receiver);
    let misfit = webhook::<BeforeSendMsg>().body(r#"{"MsgBody":7}"#);
    let answer = exchange(&refusing(&app), post(PATH, &misfit)).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(app.seen.take().is_empty());
    assert_eq!(failures.take().len(), 1);
}

#[tokio::test]
async fn refusals_are_those_of_the_core() {
    let app = refusing(&App::new(receiver()));
    for (request, status) in [
        (request("GET", PATH), StatusCode::METHOD_NOT_ALLOWED),
        (request("POST", PATH), StatusCode::UNAUTHORIZED),
        (post(PATH, &webhook::<BeforeSendMsg>().body("[]")), StatusCode::BAD_REQUEST),
    ] {
        let answer = exchange(&app, request).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.error_code(), Some(1));
    }
    let get = exchange(&app, request("GET", PATH)).await;
    assert_eq!(header(&get, "allow"), Some("POST"));
    assert!(exchange(&app, request("HEAD", PATH)).await.body().is_empty());
}

#[tokio::test]
async fn axums_body_limit_neither_shrinks_nor_lifts_ours() {
    let app = refusing(&App::new(receiver()));
    let small = app.clone().layer(DefaultBodyLimit::max(1));
    assert_eq!(send::<BeforeSendMsg>(&small).await.error_code(), Some(1));
    let lifted = app.layer(DefaultBodyLimit::disable());
    let large = webhook::<BeforeSendMsg>().body(vec![b' '; 1024 * 1024 + 1]);
    for (version, connection) in [(Version::HTTP_11, Some("close")), (Version::HTTP_2, None)] {
        let mut request = post(PATH, &large);
        *request.version_mut() = version;
        let answer = exchange(&lifted, request).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(header(&answer, "connection"), connection, "{version:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_is_refused_in_time() {
    let app = refusing(&App::new(receiver()));
    let head = post(PATH, &webhook::<BeforeSendMsg>()).into_parts().0;
    let answer = exchange(&app, Request::from_parts(head, stalled())).await;
    assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn failures_are_answered_by_the_policy_and_reported() {
    async fn fail(webhook: Received<BeforeSendMsg>) -> WebhookResponse {
        webhook.answer(Err::<MessageVerdict, _>("no database"))
    }

    async fn encode(webhook: Received<BeforeSendMsg>) -> WebhookResponse {
        webhook.answer(MessageVerdict::Rewrite(Rewrite::new().msg_body(MsgBody::default())))
    }

    let (receiver, failures) = watched();
    let app = Router::new().route("/fail", any(fail)).route("/encode", any(encode)).with_state(receiver);
    for (path, source) in [("/fail", "no database"), ("/encode", "the rewritten message body is empty")] {
        let answer = exchange(&app, post(path, &webhook::<BeforeSendMsg>())).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(failures.take(), [(FailureKind::Error, source.to_owned())]);
    }

    let strict = builder().on_failure(FailurePolicy::Reject).build().unwrap();
    let app: Router = Router::new().route(PATH, any(fail)).with_state(strict);
    assert_eq!(send::<BeforeSendMsg>(&app).await.error_code(), Some(1));
}

#[tokio::test]
async fn a_changed_payload_comes_in_changed() {
    async fn tell(webhook: Received<AfterSendMsg>) -> WebhookResponse {
        webhook.reply(Reply::new(9, webhook.call.event.from_account.as_str()))
    }

    let app: Router = Router::new().route(PATH, any(tell)).with_state(receiver());
    let mut event: AfterSendMsg = payload();
    event.from_account = "somebody".into();
    let answer = exchange(&app, post(PATH, &webhook::<AfterSendMsg>().payload(event))).await;
    assert_eq!(answer.error_info().as_deref(), Some("somebody"));
}
