//! A handler or a tower service on an app: where it is put, what reaches it, and what becomes of it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{App, HttpMessage, middleware, test as memory, web};
use tencent_im_webhook_actix::event::official_account::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook_actix::event::sns::PrevFriendAdd;
use tencent_im_webhook_actix::{
    BoxError, Call, CommandRouter, Context, FailureKind, FailurePolicy, MessageVerdict, Receiver, Webhook,
    WebhookHandler, async_trait,
};
use tencent_im_webhook_testing::WebhookRequest;
use tokio::sync::{Notify, Semaphore};

use crate::support::{
    APP, Failures, PATH, Server, builder, in_memory, receiver, request, test_request, with_method,
};

/// Refuses whatever it is asked.
struct Strict;

#[async_trait]
impl WebhookHandler for Strict {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        Ok(MessageVerdict::Reject)
    }
}

async fn code<B: MessageBody>(response: ServiceResponse<B>) -> u64 {
    assert_eq!(response.status(), StatusCode::OK);
    let json: serde_json::Value = memory::read_body_json(response).await;
    json["ErrorCode"].as_u64().unwrap()
}

#[actix_web::test]
async fn it_stands_in_an_app_a_scope_and_a_resource_of_ones_own() {
    let strict: Arc<dyn WebhookHandler> = Arc::new(Strict);
    let (plain, shared) = (Webhook::new(receiver(), Strict), Webhook::new(receiver(), strict));
    let app = App::new()
        .app_data(web::Data::new("state of others"))
        .service(plain.clone().at(PATH))
        .service(web::scope("/scope").service(shared.at("/webhook")))
        .service(web::resource(["/a", "/a/"]).to(plain.clone()))
        .route("/post", web::post().to(plain));
    let app = memory::init_service(app).await;
    for path in [PATH, "/scope/webhook", "/a", "/a/", "/post"] {
        let webhook = WebhookRequest::of::<BeforeSendMsg>(APP);
        let request = in_memory(&webhook).uri(&format!("{path}?{}", webhook.query()));
        assert_eq!(code(memory::call_service(&app, request.to_request()).await).await, 1, "{path}");
    }
}

#[actix_web::test]
async fn any_tower_service_of_calls_may_answer() {
    let router = CommandRouter::new().on(|_: Call<BeforeSendMsg>| async { MessageVerdict::Discard });
    let limited = tower::ServiceBuilder::new().concurrency_limit(8).service(router);
    let app = App::new().service(Webhook::service(receiver(), limited).at(PATH));
    let app = memory::init_service(app).await;
    let response = memory::call_service(&app, test_request::<BeforeSendMsg>().to_request()).await;
    assert_eq!(code(response).await, 2);
}

#[derive(Clone)]
struct TraceId(u32);

#[actix_web::test]
async fn chosen_values_of_a_request_reach_the_handler() {
    let router = CommandRouter::new().on(|call: Call<BeforeSendMsg>| async move {
        let extensions = call.context.extensions();
        match (extensions.get::<TraceId>(), extensions.get::<web::Data<&str>>()) {
            (Some(TraceId(7)), Some(data)) if **data.get_ref() == *"state" => MessageVerdict::Reject,
            (_, _) => MessageVerdict::Allow,
        }
    });
    let webhook = Webhook::service(receiver(), router).with_extensions(|request, extensions| {
        extensions.insert(request.extensions().get::<TraceId>().unwrap().clone());
        extensions.insert(request.app_data::<web::Data<&str>>().unwrap().clone());
    });
    let app = App::new()
        .app_data(web::Data::new("state"))
        .wrap(middleware::DefaultHeaders::new().add(("x-outer", "seen")))
        .wrap_fn(|request, next| {
            request.extensions_mut().insert(TraceId(7));
            next.call(request)
        })
        .service(webhook.at(PATH));
    let app = memory::init_service(app).await;
    let response = memory::call_service(&app, test_request::<BeforeSendMsg>().to_request()).await;
    assert_eq!(response.headers().get("x-outer").unwrap(), "seen");
    assert_eq!(code(response).await, 1);
}

#[actix_web::test]
async fn a_panic_while_extending_is_a_failure() {
    let failures = Failures::default();
    let receiver = failures.hook(builder()).build().unwrap();
    let webhook = Webhook::new(receiver, Strict).with_extensions(|_, _| panic!("on purpose"));
    let app = memory::init_service(App::new().service(webhook.at(PATH))).await;
    let response = memory::call_service(&app, test_request::<BeforeSendMsg>().to_request()).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(failures.kinds(), [FailureKind::Error]);
}

#[actix_web::test]
async fn the_policy_has_the_body_where_extending_panics() {
    let receiver = builder().on_failure(FailurePolicy::Reject).build().unwrap();
    let webhook = Webhook::new(receiver, Strict).with_extensions(|_, _| panic!("on purpose"));
    let app = memory::init_service(App::new().service(webhook.at(PATH))).await;
    let friends = WebhookRequest::of::<PrevFriendAdd>(APP).body(r#"{"FriendItem":[{"To_Account":"eve"}]}"#);
    let response = memory::call_service(&app, in_memory(&friends).to_request()).await;
    let json: serde_json::Value = memory::read_body_json(response).await;
    assert_eq!(json["ResultItem"][0]["To_Account"], "eve", "{json}");
}

#[actix_web::test]
async fn the_core_answers_every_method() {
    let webhook = Webhook::new(receiver(), Strict);
    let app = memory::init_service(App::new().service(webhook.at(PATH))).await;
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::TRACE] {
        let request = test_request::<BeforeSendMsg>().method(method.clone());
        let response = memory::call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(response.headers().get(header::ALLOW).unwrap(), "POST");
        assert_eq!(response.headers().get(header::CONTENT_TYPE).unwrap(), "application/json");
        assert_eq!(memory::read_body(response).await.is_empty(), method == Method::HEAD, "{method}");
    }
}

#[actix_web::test]
async fn methods_over_the_wire() {
    let webhook = Webhook::new(receiver(), Strict);
    let server = Server::start(move |config| {
        config.service(webhook.clone().at(PATH));
    });
    let sample = WebhookRequest::of::<BeforeSendMsg>(APP);
    for method in ["GET", "HEAD", "OPTIONS", "BREW"] {
        let answer = server.send(&with_method(method, &sample)).await;
        assert_eq!(answer.status(), 405, "{method}");
        assert_eq!(answer.headers()["allow"], "POST");
        assert_eq!(answer.body().is_empty(), method == "HEAD", "{method}");
    }
    assert_eq!(server.post::<BeforeSendMsg>().await.error_code(), Some(1));
    server.stop().await;
}

#[actix_web::test]
async fn a_signature_and_a_coding_are_looked_at() {
    let signed = Receiver::builder().app(APP, ["secret"]).build().unwrap();
    let webhook = Webhook::new(signed, Strict);
    let app = memory::init_service(App::new().service(webhook.at(PATH))).await;
    let status = async |request: memory::TestRequest| {
        memory::call_service(&app, request.to_request()).await.status().as_u16()
    };
    let sample = WebhookRequest::of::<BeforeSendMsg>(APP);
    assert_eq!(status(in_memory(&sample)).await, 401);
    assert_eq!(status(in_memory(&sample.clone().token("guess"))).await, 401);
    let good = in_memory(&sample.token("secret"));
    assert_eq!(status(good).await, 200);
    let encoded = WebhookRequest::of::<BeforeSendMsg>(APP).token("secret");
    assert_eq!(status(in_memory(&encoded).insert_header(("content-encoding", "gzip"))).await, 415);
    assert_eq!(status(in_memory(&encoded).insert_header(("content-encoding", "identity"))).await, 200);
}

#[actix_web::test]
async fn the_apps_limits_of_bodies_are_not_ours() {
    let sample = WebhookRequest::of::<BeforeSendMsg>(APP);
    let big = sample.clone().body(format!("{}{}", " ".repeat(600_000), r#"{"a":1}"#));
    for (limit, apps, expected) in [(1 << 20, 16, 200), (500_000, 1 << 30, 413)] {
        let webhook = Webhook::new(builder().body_limit(limit).build().unwrap(), Strict);
        let app = App::new()
            .app_data(web::PayloadConfig::new(apps))
            .app_data(web::JsonConfig::default().limit(apps))
            .service(webhook.at(PATH));
        let app = memory::init_service(app).await;
        let response = memory::call_service(&app, in_memory(&big).to_request()).await;
        // A body that does not fit a before-command is deferred.
        assert_eq!(response.status().as_u16() == 413, expected == 413, "{}", response.status());
    }
}

#[actix_web::test]
async fn the_connection_closes_after_a_body_that_is_too_large_or_too_slow() {
    let receiver = builder().body_limit(1000).body_deadline(Duration::from_millis(20)).build().unwrap();
    let webhook = Webhook::new(receiver, Strict);
    let server = Server::start(move |config| {
        config.service(webhook.clone().at(PATH));
    });
    let query = WebhookRequest::of::<BeforeSendMsg>(APP).query();
    let announced = format!("POST {PATH}?{query} HTTP/1.1\r\nhost: a\r\ncontent-length: 2000\r\n\r\n");
    let chunked = format!("POST {PATH}?{query} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
    let too_long = format!("{chunked}7d0\r\n{}\r\n", "x".repeat(2000));
    for (bytes, status) in [(announced, 413), (too_long, 413), (chunked, 408)] {
        let answer = server.send(bytes.as_bytes()).await;
        assert_eq!(answer.status(), status);
        assert!(http1::closes(&answer));
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_connection_is_kept_and_a_body_may_come_in_chunks() {
    let webhook = Webhook::new(receiver(), Strict);
    let server = Server::start(move |config| {
        config.service(webhook.clone().at(PATH));
    });
    let sample = WebhookRequest::of::<BeforeSendMsg>(APP);
    let (query, body) = (sample.query(), sample.body_bytes());
    let mut bytes =
        format!("POST {PATH}?{query} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n").into_bytes();
    for piece in body.chunks(50) {
        bytes.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        bytes.extend_from_slice(piece);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes.extend_from_slice(&request(&sample));
    let mut connection = server.connect().await;
    connection.write(bytes).await.unwrap();
    for _ in 0..2 {
        assert_eq!(connection.answer().await.unwrap().error_code(), Some(1));
    }
    server.stop().await;
}

#[actix_web::test]
async fn failures_meet_the_policy() {
    let failures = Failures::default();
    let deadline = Duration::from_millis(20);
    let receiver = failures.hook(builder()).deadline(deadline).build().unwrap();
    let panicking = |_: Call<AfterSendMsg>| async { assert_eq!(1, 2, "on purpose") };
    let router = CommandRouter::new()
        .on(|_: Call<BeforeSendMsg>| std::future::pending::<MessageVerdict>())
        .on(panicking);
    let app = memory::init_service(App::new().service(Webhook::service(receiver, router).at(PATH))).await;
    for request in [test_request::<BeforeSendMsg>(), test_request::<AfterSendMsg>()] {
        let response = memory::call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key(header::RETRY_AFTER));
    }
    assert_eq!(failures.kinds(), [FailureKind::Deadline, FailureKind::Panic]);
}

/// Handlers that wait for a permit, with a timer of their own after it.
fn slow(started: &Arc<Notify>, permits: &Arc<Semaphore>, done: &Arc<Semaphore>) -> CommandRouter {
    let (started, permits, done) = (Arc::clone(started), Arc::clone(permits), Arc::clone(done));
    CommandRouter::new().on(move |_: Call<AfterSendMsg>| {
        let (started, permits, done) = (Arc::clone(&started), Arc::clone(&permits), Arc::clone(&done));
        async move {
            // Registered at the first poll, on whichever runtime is current then.
            let timer = tokio::time::sleep(Duration::from_millis(1));
            tokio::pin!(timer);
            assert!(futures_util::poll!(timer.as_mut()).is_pending());
            started.notify_one();
            permits.acquire().await.unwrap().forget();
            timer.await;
            done.add_permits(1);
        }
    })
}

#[actix_web::test]
async fn a_handler_outlasts_its_request_and_its_worker() {
    let (started, permits, done) =
        (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let receiver = builder().deadline(Duration::from_millis(20)).build().unwrap();
    let webhook = Webhook::service(receiver.clone(), slow(&started, &permits, &done));
    let server = Server::start(move |config| {
        config.service(webhook.clone().at(PATH));
    });
    assert_eq!(server.post::<AfterSendMsg>().await.error_code(), Some(0));
    started.notified().await;
    server.stop().await;
    assert_eq!(done.available_permits(), 0);
    permits.add_permits(1);
    receiver.drain().await;
    assert_eq!(done.available_permits(), 1);
}

#[actix_web::test]
async fn a_client_that_hangs_up_stops_no_after_handler() {
    let (started, permits, done) =
        (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let webhook = Webhook::service(receiver(), slow(&started, &permits, &done));
    let server = Server::start(move |config| {
        config.service(webhook.clone().at(PATH));
    });
    let mut connection = server.connect().await;
    connection.write(request(&WebhookRequest::of::<AfterSendMsg>(APP))).await.unwrap();
    started.notified().await;
    drop(connection);
    permits.add_permits(1);
    done.acquire().await.unwrap().forget();
    server.stop().await;
}

#[test]
fn outside_a_runtime_it_says_what_to_do() {
    let built = std::panic::catch_unwind(|| Webhook::new(receiver(), Strict));
    let panic = built.unwrap_err();
    assert!(panic.downcast_ref::<&str>().unwrap().contains("#[actix_web::main]"));
}
