//! Every mount, wherever axum lets one put it.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Router};
use tencent_im_webhook_axum::event::group::AfterSendMsg;
use tencent_im_webhook_axum::event::official_account::BeforeSendMsg;
use tencent_im_webhook_axum::{
    BoxError, Call, CommandRouter, Commands, Context, HandlerService, MessageVerdict, RouterExt,
    WebhookHandler, async_trait, webhook_commands, webhook_service,
};
use tower::ServiceBuilder;

use crate::support::{PATH, exchange, header, post, receiver, request, send, webhook};

struct Refuses;

#[async_trait]
impl WebhookHandler for Refuses {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        Ok(MessageVerdict::Reject)
    }
}

async fn refuse(_: Call<BeforeSendMsg>) -> MessageVerdict {
    MessageVerdict::Reject
}

/// Every mount there is, on routers of the same state.
fn mounts<S: Clone + Send + Sync + 'static>() -> Vec<(&'static str, Router<S>)> {
    let on_router = || Router::<S>::new().route("/page", get(|| async { "page" }));
    let boxed: Arc<dyn WebhookHandler> = Arc::new(Refuses);
    let layered = ServiceBuilder::new().load_shed().concurrency_limit(8);
    let closures = CommandRouter::new().on(|_: Call<BeforeSendMsg>| async { MessageVerdict::Reject });
    let commands = Commands::new().on(refuse);
    vec![
        ("handler", on_router().webhook(PATH, receiver(), Refuses)),
        ("arc", on_router().webhook(PATH, receiver(), Arc::new(Refuses))),
        ("dyn", on_router().webhook(PATH, receiver(), boxed)),
        ("route", on_router().route(PATH, tencent_im_webhook_axum::webhook(receiver(), Refuses))),
        (
            "service",
            on_router().webhook_service(PATH, receiver(), layered.service(HandlerService::new(Refuses))),
        ),
        ("closures", on_router().route(PATH, webhook_service(receiver(), closures))),
        ("commands", on_router().webhook_commands(PATH, receiver(), commands.clone())),
        ("commands route", on_router().route(PATH, webhook_commands(receiver(), commands))),
    ]
}

#[tokio::test]
async fn every_mount_answers_without_state() {
    for (mount, app) in mounts() {
        assert_eq!(send::<BeforeSendMsg>(&app).await.error_code(), Some(1), "{mount}");
        assert_eq!(send::<AfterSendMsg>(&app).await.error_code(), Some(0), "{mount}");
    }
}

#[tokio::test]
async fn every_mount_answers_beside_a_state() {
    for (mount, app) in mounts::<&str>() {
        let app = app.with_state("state");
        assert_eq!(send::<BeforeSendMsg>(&app).await.error_code(), Some(1), "{mount}");
    }
}

#[tokio::test]
async fn every_mount_answers_nested_merged_and_in_layers() {
    for (mount, app) in mounts::<u8>() {
        let inner = Router::new().merge(app).layer(Extension("layered"));
        let app: Router = Router::new().nest("/v1", inner).with_state(7);
        let request = post(&format!("/v1{PATH}"), &webhook::<BeforeSendMsg>());
        assert_eq!(exchange(&app, request).await.error_code(), Some(1), "{mount}");
        assert_eq!(exchange(&app, request_page()).await.body(), "page", "{mount}");
    }
}

fn request_page() -> axum::http::Request<axum::body::Body> {
    request("GET", "/v1/page")
}

#[tokio::test]
async fn the_answer_to_another_method_is_not_that_of_axum() {
    for (mount, app) in mounts() {
        for method in ["GET", "PUT", "OPTIONS", "DELETE", "HEAD", "PATCH", "BREW"] {
            let answer = exchange(&app, request(method, PATH)).await;
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{mount} {method}");
            assert_eq!(header(&answer, "allow"), Some("POST"), "{mount} {method}");
            assert_eq!(answer.body().is_empty(), method == "HEAD", "{mount} {method}");
        }
    }
}

#[tokio::test]
async fn a_page_of_the_app_may_share_the_path() {
    let route = tencent_im_webhook_axum::webhook(receiver(), Refuses).get(async || "page");
    let app: Router = Router::new().route(PATH, route);
    assert_eq!(exchange(&app, request("GET", PATH)).await.body(), "page");
    assert_eq!(send::<BeforeSendMsg>(&app).await.error_code(), Some(1));
}

#[tokio::test]
async fn axums_body_limit_neither_shrinks_nor_lifts_ours() {
    for (mount, app) in mounts() {
        let small = app.clone().layer(DefaultBodyLimit::max(1));
        assert_eq!(send::<BeforeSendMsg>(&small).await.error_code(), Some(1), "{mount}");
        let lifted = app.layer(DefaultBodyLimit::disable());
        let large = webhook::<BeforeSendMsg>().body(vec![b' '; 1024 * 1024 + 1]);
        let answer = exchange(&lifted, post(PATH, &large)).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE, "{mount}");
        assert_eq!(header(&answer, "connection"), Some("close"), "{mount}");
    }
}

#[tokio::test]
async fn a_forged_request_is_refused() {
    for (mount, app) in mounts() {
        let forged = webhook::<BeforeSendMsg>().token("guessed");
        let answer = exchange(&app, post(PATH, &forged)).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{mount}");
    }
}

#[tokio::test]
async fn extensions_of_outer_layers_reach_a_handler() {
    struct Tells;

    #[async_trait]
    impl WebhookHandler for Tells {
        async fn official_account_before_send_msg(
            &self,
            cx: &Context,
            _: BeforeSendMsg,
        ) -> Result<MessageVerdict, BoxError> {
            assert_eq!(cx.extensions().get(), Some(&"layered"));
            Ok(MessageVerdict::Reject)
        }
    }

    let app: Router = Router::new().webhook(PATH, receiver(), Tells).layer(Extension("layered"));
    assert_eq!(send::<BeforeSendMsg>(&app).await.error_code(), Some(1));
}
