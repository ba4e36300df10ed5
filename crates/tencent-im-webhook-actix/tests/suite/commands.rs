//! Native handlers per command: what they may take, and what becomes of those that fail, hang or go on.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Payload, Service};
use actix_web::http::StatusCode;
use actix_web::http::header::ContentLength;
use actix_web::{App, FromRequest, HttpMessage, HttpRequest, test as memory, web};
use tencent_im_webhook_actix::event::group::AfterSendMsg as AfterGroupMsg;
use tencent_im_webhook_actix::event::official_account::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook_actix::{
    BoxError, Call, Commands, ExtractError, FailureKind, FailurePolicy, MessageVerdict, Receiver, Reply,
    shut_down,
};
use tencent_im_webhook_testing::WebhookRequest;
use tokio::sync::{Notify, Semaphore};

use crate::support::{
    APP, Failures, PATH, Server, builder, in_memory, receiver, request, test_request, unknown,
};

async fn refuse(_: Call<BeforeSendMsg>) -> MessageVerdict {
    MessageVerdict::Reject
}

/// The status and the `ErrorCode` of an answer in memory.
async fn ask(routes: &Commands, request: memory::TestRequest) -> (u16, u64) {
    let app = memory::init_service(App::new().service(routes.clone().at(PATH))).await;
    let response = memory::call_service(&app, request.to_request()).await;
    let status = response.status().as_u16();
    let json: serde_json::Value = memory::read_body_json(response).await;
    (status, json["ErrorCode"].as_u64().unwrap())
}

#[derive(Clone)]
struct TraceId(u32);

#[actix_web::test]
async fn a_handler_takes_any_extractors() {
    #[allow(clippy::too_many_arguments, reason = "as many as there may be")]
    async fn greedy(
        data: web::Data<u32>,
        request: HttpRequest,
        length: web::Header<ContentLength>,
        id: web::ReqData<TraceId>,
        path: web::Path<String>,
        missing: Option<web::Data<String>>,
        query: web::Query<std::collections::HashMap<String, String>>,
        body: web::Bytes,
        call: Call<BeforeSendMsg>,
    ) -> Result<MessageVerdict, BoxError> {
        assert_eq!((**data, id.0, &**path), (5, 7, "im"));
        assert!(missing.is_none() && request.method() == "POST" && *length.into_inner() > 0);
        assert!(query.contains_key("CallbackCommand"));
        assert_eq!(body, call.context.raw());
        Ok(MessageVerdict::RejectWith(tencent_im_webhook_actix::C2cCode::FIRST, "seen".into()))
    }
    let routes = Commands::new(receiver()).on(greedy);
    let app = App::new()
        .app_data(web::Data::new(5_u32))
        .wrap_fn(|request, next| {
            request.extensions_mut().insert(TraceId(7));
            next.call(request)
        })
        .service(web::scope("/{family}").service(routes.at("/webhook")));
    let app = memory::init_service(app).await;
    let webhook = WebhookRequest::of::<BeforeSendMsg>(APP);
    let request = in_memory(&webhook).insert_header(("content-length", webhook.body_bytes().len()));
    let response = memory::call_service(&app, request.to_request()).await;
    let json: serde_json::Value = memory::read_body_json(response).await;
    assert_eq!((&json["ErrorCode"], &json["ErrorInfo"]), (&120_001.into(), &"seen".into()));
}

#[actix_web::test]
async fn each_command_has_its_handler_and_the_rest_the_fallback() {
    async fn teapot(request: HttpRequest, call: Call) -> Result<Reply, BoxError> {
        assert_eq!(request.path(), PATH);
        Ok(Reply::new(120_418, call.event.command().ok_or("no command")?.as_str())?)
    }
    let done = Arc::new(Semaphore::new(0));
    let archive = {
        let done = Arc::clone(&done);
        move |_: HttpRequest, _: Call<AfterSendMsg>| {
            let done = Arc::clone(&done);
            async move { done.add_permits(1) }
        }
    };
    let plain = Commands::new(receiver()).on(refuse).on(archive);
    let routes = plain.clone().fallback(teapot);
    assert_eq!(ask(&routes, test_request::<BeforeSendMsg>()).await, (200, 1));
    assert_eq!(ask(&routes, test_request::<AfterSendMsg>()).await, (200, 0));
    assert_eq!(done.available_permits(), 1);
    let misfit = WebhookRequest::of::<BeforeSendMsg>(APP).body("{}");
    for webhook in [unknown(), misfit.clone(), WebhookRequest::of::<AfterGroupMsg>(APP)] {
        assert_eq!(ask(&routes, in_memory(&webhook)).await, (200, 120_418));
    }
    // Without a fallback: as a handler does by default.
    assert_eq!(ask(&plain, in_memory(&unknown())).await, (200, 0));
    assert_eq!(ask(&plain, in_memory(&misfit)).await.0, 503);
}

/// An extractor that always refuses.
struct Never;

impl FromRequest for Never {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Err(actix_web::error::ErrorForbidden("not you")))
    }
}

async fn never_called(_: Never, _: Call<BeforeSendMsg>) -> MessageVerdict {
    MessageVerdict::Reject
}

async fn without_state(_: web::Data<String>, _: Call<AfterSendMsg>) {}

async fn nobody(_: Never, call: Call) -> Result<Reply, BoxError> {
    call.event.default_reply()
}

#[actix_web::test]
async fn an_extractor_that_refuses_is_a_failure() {
    let failures = Failures::default();
    let receiver = failures.hook(builder()).build().unwrap();
    let routes = Commands::new(receiver).on(never_called).on(without_state).fallback(nobody);
    assert_eq!(ask(&routes, test_request::<BeforeSendMsg>()).await.0, 503);
    assert_eq!(ask(&routes, test_request::<AfterSendMsg>()).await.0, 503);
    assert_eq!(ask(&routes, in_memory(&unknown())).await.0, 503);
    assert_eq!(failures.kinds(), [FailureKind::Error; 3]);
    // Without the extractor's own words, which may quote the signature.
    let never = ExtractError::of::<Never>(http::StatusCode::FORBIDDEN).to_string();
    let no_data = ExtractError::of::<web::Data<String>>(http::StatusCode::INTERNAL_SERVER_ERROR).to_string();
    assert_eq!(failures.texts(), [never.as_str(), &no_data, &never].concat());
}

async fn panics(_: HttpRequest, _: Call<BeforeSendMsg>) -> MessageVerdict {
    panic!("on purpose")
}

async fn panics_at_once(_: web::Bytes, call: Call<AfterSendMsg>) {
    assert!(call.context.raw().is_empty(), "on purpose");
}

async fn errs(_: Call<AfterGroupMsg>) -> Result<(), std::fmt::Error> {
    Err(std::fmt::Error)
}

#[actix_web::test]
async fn errors_and_panics_are_failures_and_the_policy_answers() {
    let failures = Failures::default();
    let builder = failures.hook(builder()).on_failure(FailurePolicy::Reject);
    let routes = Commands::new(builder.build().unwrap()).on(panics).on(panics_at_once).on(errs);
    assert_eq!(ask(&routes, test_request::<BeforeSendMsg>()).await, (200, 1));
    assert_eq!(ask(&routes, test_request::<AfterSendMsg>()).await.0, 503);
    assert_eq!(ask(&routes, test_request::<AfterGroupMsg>()).await.0, 503);
    assert_eq!(failures.kinds(), [FailureKind::Panic, FailureKind::Panic, FailureKind::Error]);
}

/// What a handler that is under way tells the test, and waits for.
#[derive(Default)]
struct Gate {
    started: Notify,
    open: Notify,
    done: Notify,
}

async fn waits(gate: web::Data<Gate>, _: HttpRequest, _: Call<AfterSendMsg>) {
    gate.started.notify_one();
    gate.open.notified().await;
    gate.done.notify_one();
}

/// Tells when it is dropped.
struct Dropped(web::Data<Gate>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.done.notify_one();
    }
}

async fn hangs(gate: web::Data<Gate>, _: Call<BeforeSendMsg>) -> MessageVerdict {
    let _dropped = Dropped(gate);
    std::future::pending().await
}

fn gated(receiver: Receiver) -> (web::Data<Gate>, Server) {
    let gate = web::Data::new(Gate::default());
    let (routes, state) = (Commands::new(receiver).on(waits).on(hangs).on(errs), gate.clone());
    let server = Server::start(move |config| {
        config.app_data(state.clone()).service(routes.clone().at(PATH));
    });
    (gate, server)
}

#[actix_web::test]
async fn the_deadline_drops_a_decision_and_lets_the_rest_go_on() {
    let failures = Failures::default();
    let receiver = failures.hook(builder()).deadline(Duration::from_millis(20)).build().unwrap();
    let (gate, server) = gated(receiver.clone());
    assert_eq!(server.post::<BeforeSendMsg>().await.status(), 503);
    gate.done.notified().await;
    assert_eq!(failures.kinds(), [FailureKind::Deadline]);

    assert_eq!(server.post::<AfterSendMsg>().await.error_code(), Some(0));
    gate.started.notified().await;
    gate.open.notify_one();
    gate.done.notified().await;
    receiver.drain().await;
    server.stop().await;
}

#[actix_web::test]
async fn a_client_that_hangs_up_stops_no_after_handler() {
    let (gate, server) = gated(receiver());
    let mut connection = server.connect().await;
    connection.write(request(&WebhookRequest::of::<AfterSendMsg>(APP))).await.unwrap();
    gate.started.notified().await;
    drop(connection);
    gate.open.notify_one();
    gate.done.notified().await;
    server.stop().await;
}

#[actix_web::test]
async fn shutting_down_waits_for_handlers_on_workers() {
    let receiver = builder().deadline(Duration::from_millis(20)).build().unwrap();
    let (gate, server) = gated(receiver.clone());
    assert_eq!(server.post::<AfterSendMsg>().await.error_code(), Some(0));
    gate.started.notified().await;
    let handle = server.handle.clone();
    let mut stopping = Box::pin(shut_down(&handle, &receiver, Duration::from_secs(10)));
    // Nothing but the handler holds it up.
    let early = tokio::time::timeout(Duration::from_millis(50), &mut stopping).await;
    assert!(early.is_err());
    gate.open.notify_one();
    stopping.await;
    gate.done.notified().await;
    server.joined().await;
}

#[actix_web::test]
async fn shutting_down_gives_up_on_a_handler_that_never_ends_and_says_so() {
    let failures = Failures::default();
    let receiver = failures.hook(builder().deadline(Duration::from_millis(20))).build().unwrap();
    let (gate, server) = gated(receiver.clone());
    assert_eq!(server.post::<AfterSendMsg>().await.error_code(), Some(0));
    gate.started.notified().await;
    let handle = server.handle.clone();
    shut_down(&handle, &receiver, Duration::from_millis(20)).await;
    server.joined().await;
    receiver.drain().await;
    assert_eq!(failures.kinds(), [FailureKind::Cancelled]);
}

#[test]
#[should_panic(expected = "OfficialAccount.CallbackAfterSendMsg has two handlers")]
fn a_command_has_one_handler() {
    let _ = Commands::new(receiver()).on(gone).on(gone);
}

async fn gone(_: Call<AfterSendMsg>) {}

#[test]
#[should_panic(expected = "two fallbacks")]
fn there_is_one_fallback() {
    let _ = Commands::new(receiver()).fallback(nobody).fallback(nobody);
}

#[actix_web::test]
async fn refusals_are_the_cores() {
    let routes = Commands::new(Receiver::builder().app(APP, ["secret"]).build().unwrap()).on(refuse);
    assert_eq!(ask(&routes, test_request::<BeforeSendMsg>()).await.0, 401);
    let app = memory::init_service(App::new().service(routes.at(PATH))).await;
    let get = memory::TestRequest::get().uri(PATH).to_request();
    assert_eq!(memory::call_service(&app, get).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}
