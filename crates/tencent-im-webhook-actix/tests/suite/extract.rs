//! The extractor, its answers, and the guard.

use actix_web::dev::ServiceResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::{App, HttpRequest, Resource, test as memory, web};
use tencent_im_webhook_actix::event::official_account::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook_actix::{
    BoxError, Command, CommandGuard, Decided, FailureKind, MessageVerdict, MsgBody, Received, Receiver,
    Replied, Reply, Rewrite, resource,
};
use tencent_im_webhook_testing::WebhookRequest;

use crate::support::{APP, Failures, PATH, Server, builder, in_memory, receiver, test_request, unknown};

async fn moderate(Received(call): Received<BeforeSendMsg>, request: HttpRequest) -> Decided<BeforeSendMsg> {
    assert_eq!(call.context.app(), APP);
    assert_eq!(request.path(), PATH);
    Decided(MessageVerdict::Reject)
}

async fn any(received: Received) -> Replied<Result<Reply, BoxError>> {
    let Received(call) = received;
    Replied(match call.event.command() {
        Some(command) => Reply::new(120_001, command.as_str()).map_err(Into::into),
        None => Err("no command".into()),
    })
}

async fn answer(resource: Resource, request: memory::TestRequest) -> ServiceResponse {
    let app = memory::init_service(App::new().service(resource)).await;
    memory::call_service(&app, request.to_request()).await.map_into_boxed_body()
}

async fn code(resource: Resource, request: memory::TestRequest) -> (u16, u64) {
    let response = answer(resource, request).await;
    let status = response.status().as_u16();
    let json: serde_json::Value = memory::read_body_json(response).await;
    (status, json["ErrorCode"].as_u64().unwrap())
}

fn moderated(receiver: Receiver) -> Resource {
    resource(PATH, receiver).to(moderate)
}

#[actix_web::test]
async fn an_answer_to_another_command_is_a_failure() {
    async fn confused(_: Received<BeforeSendMsg>) -> Decided<AfterSendMsg> {
        Decided(())
    }
    let failures = Failures::default();
    let receiver = failures.hook(builder()).build().unwrap();
    let app = App::new().service(resource(PATH, receiver).to(confused));
    let app = memory::init_service(app).await;
    let response = memory::call_service(&app, test_request::<BeforeSendMsg>().to_request()).await;
    assert_eq!(response.status(), 503);
    assert_eq!(failures.kinds(), [FailureKind::Error]);
}

#[actix_web::test]
async fn one_payload_type_or_the_whole_event() {
    assert_eq!(code(moderated(receiver()), test_request::<BeforeSendMsg>()).await, (200, 1));
    let whole = || resource(PATH, receiver()).to(any);
    assert_eq!(code(whole(), test_request::<BeforeSendMsg>()).await, (200, 120_001));
    assert_eq!(code(whole(), in_memory(&unknown())).await, (200, 120_001));
    let probe = memory::TestRequest::post().uri(&format!("{PATH}?SdkAppid={APP}")).set_payload("{}");
    assert_eq!(code(whole(), probe).await.0, 503);
}

#[actix_web::test]
async fn another_event_is_answered_by_default() {
    assert_eq!(code(moderated(receiver()), test_request::<AfterSendMsg>()).await, (200, 0));
    assert_eq!(code(moderated(receiver()), in_memory(&unknown())).await, (200, 0));
    let misfit = WebhookRequest::of::<BeforeSendMsg>(APP).body("{}");
    assert_eq!(code(moderated(receiver()), in_memory(&misfit)).await.0, 503);
}

#[actix_web::test]
async fn refusals_and_limits_are_the_cores() {
    let signed = Receiver::builder().app(APP, ["secret"]).build().unwrap();
    assert_eq!(code(moderated(signed), test_request::<BeforeSendMsg>()).await.0, 401);
    let head = test_request::<BeforeSendMsg>().method(Method::HEAD);
    let response = answer(moderated(receiver()), head).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(memory::read_body(response).await.is_empty());
    let small = moderated(receiver()).app_data(web::PayloadConfig::new(8));
    assert_eq!(code(small, test_request::<BeforeSendMsg>()).await, (200, 1));
    let strict = builder().body_limit(8).build().unwrap();
    let large = moderated(strict).app_data(web::PayloadConfig::new(1 << 20));
    assert_eq!(code(large, test_request::<BeforeSendMsg>()).await.0, 413);
}

#[actix_web::test]
async fn a_guard_picks_the_route_and_the_core_answers_the_rest() {
    async fn silent(_: Received<AfterSendMsg>) -> Decided<AfterSendMsg> {
        Decided(())
    }
    let routes = || {
        resource(PATH, receiver())
            .route(web::route().guard(CommandGuard::of::<BeforeSendMsg>()).to(moderate))
            .route(web::route().guard(CommandGuard::of::<AfterSendMsg>()).to(silent))
            .route(web::route().guard(CommandGuard::new(Command::from("Future.Thing"))).to(any))
    };
    assert_eq!(code(routes(), test_request::<BeforeSendMsg>()).await, (200, 1));
    assert_eq!(code(routes(), test_request::<AfterSendMsg>()).await, (200, 0));
    assert_eq!(code(routes(), in_memory(&unknown())).await, (200, 120_001));
    let other = WebhookRequest::new(APP, Command::from("State.StateChange"));
    assert_eq!(code(routes(), in_memory(&other)).await, (200, 0));
    let get = memory::TestRequest::get().uri(PATH);
    let response = answer(routes(), get).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers().get("allow").unwrap(), "POST");
}

#[actix_web::test]
async fn an_answer_that_does_not_encode_is_a_failure() {
    async fn rewrites_to_nothing(_: Received<BeforeSendMsg>) -> Decided<BeforeSendMsg> {
        Decided(MessageVerdict::Rewrite(Rewrite::new().msg_body(MsgBody::default())))
    }
    let failures = Failures::default();
    let receiver = failures.hook(builder()).build().unwrap();
    let resource = resource(PATH, receiver).to(rewrites_to_nothing);
    assert_eq!(code(resource, test_request::<BeforeSendMsg>()).await.0, 503);
    assert_eq!(failures.kinds(), [FailureKind::Error]);
}

#[actix_web::test]
async fn the_receiver_may_stand_in_the_apps_data_and_is_never_a_bare_500() {
    let app = App::new().app_data(web::Data::new(receiver())).route(PATH, web::post().to(moderate));
    let app = memory::init_service(app).await;
    let response = memory::call_service(&app, test_request::<BeforeSendMsg>().to_request()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let bare = web::resource(PATH).to(moderate);
    let response = answer(bare, test_request::<BeforeSendMsg>()).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
}

#[actix_web::test]
async fn it_works_on_a_server_of_two_workers() {
    let shared = receiver();
    let server = Server::start(move |config| {
        config.service(moderated(shared.clone()));
    });
    for _ in 0..4 {
        assert_eq!(server.post::<BeforeSendMsg>().await.error_code(), Some(1));
    }
    server.stop().await;
}
