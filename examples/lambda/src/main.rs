//! A function on AWS Lambda: `IM_TOKEN=secret cargo lambda watch` here (it is `pip install cargo-lambda`).
//!
//! Then, in another terminal, where the first request waits for the build:
//!
//! ```text
//! T=$(date +%s); SIGN=$(printf "secret$T" | sha256sum | cut -c-64)
//! curl -d '{"From_Account":"eve","To_Account":"bob","MsgSeq":1,"MsgRandom":1,"MsgTime":1,"MsgKey":"1_1_1","MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"spam"}}]}' "http://127.0.0.1:9000/lambda-url/lambda/?SdkAppid=1400000000&CallbackCommand=C2C.CallbackBeforeSendMsg&RequestTime=$T&Sign=$SIGN"
//! ```
//!
//! Behind a function URL or an HTTP API it is the same. The platform waits two seconds, a cold start included:
//! if that takes long, provision concurrency, or have the console refuse what it got no answer for.

use std::convert::Infallible;
use std::env;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use lambda_http::{Error, Request, Response, service_fn};
use tencent_im_webhook::event::c2c::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{BoxError, Call, CommandRouter, MessageVerdict, Receiver, SdkAppId, WebhookService};
use tokio::time::timeout;
use tower::ServiceExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    // Refusals and failures are events of `tracing`, and reach CloudWatch.
    lambda_http::tracing::init_default_subscriber();
    let token =
        env::var("IM_TOKEN").map_err(|_| "set IM_TOKEN to the token of the console's webhook settings")?;
    let app = app(&token)?;
    lambda_http::run(service_fn(move |request| answer(app.clone(), request))).await
}

/// The webhooks: put yours here.
fn app(token: &str) -> Result<App, BoxError> {
    // Counted from when the function sees the request, so what the gateway takes comes on top.
    let receiver = Receiver::builder().app(APP, [token]).deadline(Duration::from_millis(1200)).build()?;
    let router = CommandRouter::new()
        .on(|call: Call<BeforeSendMsg>| async move {
            match call.event.msg_body.texts().any(|text| text.contains("spam")) {
                true => MessageVerdict::Reject,
                false => MessageVerdict::Allow,
            }
        })
        .on(|call: Call<AfterSendMsg>| async move {
            println!("{} wrote to {}", call.event.from_account, call.event.to_account);
        });
    Ok(WebhookService::new(receiver, router))
}

type App = WebhookService<CommandRouter>;

/// Answers one request. `lambda_http::Body` is an `http_body::Body`, and it takes any such body for an answer.
///
/// On other servers, a handler of an *after* webhook that takes long goes on when its answer is out. Here the
/// function is frozen then, and the handler with it, perhaps for good. So the answer waits for the handler.
/// If that is more than two seconds, the platform takes the webhook for failed. It ignores this, or, where the
/// console has its retry switched on, sends the event again, which [`Call::duplicate_key`] tells.
///
/// A decision does not wait here: its handler is done, or was dropped at the deadline.
async fn answer(app: App, request: Request) -> Result<Response<Full<Bytes>>, Infallible> {
    let receiver = app.receiver().clone();
    let response = app.oneshot(request).await?;
    if timeout(PATIENCE, receiver.drain()).await.is_err() {
        eprintln!("a handler was still running after {PATIENCE:?}, and is frozen");
    }
    Ok(response)
}

const APP: SdkAppId = SdkAppId(1_400_000_000);

/// How long a handler may go on. Let the function's own timeout, 3 s unless you set it, be longer.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use lambda_http::{Body, IntoResponse, request};
    use serde_json::{Value, json};
    use tencent_im_webhook_testing::WebhookRequest;
    use tokio::time::Instant;

    /// A webhook as API Gateway and function URLs hand it to a function (payload format 2.0).
    fn event(webhook: &WebhookRequest) -> Value {
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/im/webhook",
            "rawQueryString": webhook.query(),
            "headers": {"host": "abc.lambda-url.eu-central-1.on.aws"},
            "requestContext": {
                "http": {"method": "POST", "path": "/im/webhook", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"},
                "stage": "$default",
                "timeEpoch": 1_762_934_400_000_u64,
            },
            "body": std::str::from_utf8(webhook.body_bytes()).unwrap(),
            "isBase64Encoded": false,
        })
    }

    async fn answered(app: App, event: &Value) -> (u16, Value) {
        let request = request::from_str(&event.to_string()).unwrap();
        let response = answer(app, request).await.unwrap().into_response().await;
        let Body::Text(text) = response.body() else { panic!("JSON goes out as text") };
        (response.status().as_u16(), serde_json::from_str(text).unwrap())
    }

    fn spam() -> WebhookRequest {
        let mut message: BeforeSendMsg = tencent_im_webhook_testing::payload();
        message.msg_body = vec![tencent_im_webhook::MsgElement::text("this is spam")].into();
        WebhookRequest::of::<BeforeSendMsg>(APP).payload(message).token("secret")
    }

    #[tokio::test]
    async fn an_event_of_the_gateway_is_a_webhook() {
        let app = app("secret").unwrap();
        let (status, answer) = answered(app.clone(), &event(&spam())).await;
        assert_eq!((status, &answer["ErrorCode"]), (200, &json!(1)));
        let (status, answer) = answered(app, &event(&spam().token("guessed"))).await;
        assert_eq!((status, &answer["ActionStatus"]), (401, &json!("FAIL")));
    }

    /// Gateways encode bodies whose content type they do not take for text, and the platform names none.
    #[tokio::test]
    async fn an_encoded_body_is_read() {
        let mut event = event(&WebhookRequest::of::<BeforeSendMsg>(APP).body("{}").token("secret"));
        (event["body"], event["isBase64Encoded"]) = (json!("W10="), json!(true));
        let (status, _) = answered(app("secret").unwrap(), &event).await;
        assert_eq!(status, 400, "it is the array []");
    }

    #[tokio::test(start_paused = true)]
    async fn the_function_goes_on_until_its_handler_is_done() {
        let done = Arc::new(AtomicBool::new(false));
        let finished = Arc::clone(&done);
        let router = CommandRouter::new().on(move |_: Call<AfterSendMsg>| {
            let finished = Arc::clone(&finished);
            async move {
                tokio::time::sleep(PATIENCE / 2).await;
                finished.store(true, Ordering::Relaxed);
            }
        });
        let app = WebhookService::new(app("secret").unwrap().receiver().clone(), router);
        let webhook = event(&WebhookRequest::of::<AfterSendMsg>(APP).token("secret"));
        // Again and again: a function answers many requests, one after the other.
        for _ in 0..2 {
            done.store(false, Ordering::Relaxed);
            let (status, _) = answered(app.clone(), &webhook).await;
            assert!(status == 200 && done.load(Ordering::Relaxed));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_hangs_is_left_alone() {
        let router = CommandRouter::new().on(|_: Call<AfterSendMsg>| std::future::pending::<()>());
        let app = WebhookService::new(app("secret").unwrap().receiver().clone(), router);
        let (started, webhook) = (Instant::now(), WebhookRequest::of::<AfterSendMsg>(APP).token("secret"));
        assert_eq!(answered(app, &event(&webhook)).await.0, 200);
        assert!(started.elapsed() < PATIENCE * 2);
    }
}
