//! Webhooks on hyper alone: `cargo run -p hyper-bare`, with `IM_TOKEN` set to check signatures and
//! `IM_LISTEN` to listen elsewhere than on 127.0.0.1:3000.
//!
//! Without it, this message is refused, with the `ErrorCode` 1:
//!
//! ```text
//! curl -d '{"GroupId":"g","Type":"Public","From_Account":"eve","Operator_Account":"eve","Random":1,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"spam"}}]}' 'http://127.0.0.1:3000/im/webhook?SdkAppid=1400000000&CallbackCommand=Group.CallbackBeforeSendMsg'
//! ```
//!
//! What a framework does for you is here: the path. Timers and the shutdown come with `serve`, and TLS is left to a
//! proxy in front.

use std::convert::Infallible;
use std::env;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use tencent_im_webhook::event::group::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{BoxError, Call, CommandRouter, MessageVerdict, Receiver, SdkAppId, WebhookService};
use tencent_im_webhook_serve::serve;
use tokio::net::TcpListener;
use tower::{ServiceExt, service_fn};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let receiver = match env::var("IM_TOKEN") {
        Ok(token) => Receiver::builder().app(APP, [token]).build()?,
        Err(_) => Receiver::builder().app_without_signature(APP).build()?,
    };
    let listener = TcpListener::bind(env::var("IM_LISTEN").as_deref().unwrap_or("127.0.0.1:3000")).await?;
    println!("listening on http://{}{PATH} for app {APP}", listener.local_addr()?);
    let webhooks = webhooks(receiver.clone());
    let app = service_fn(move |request| route(webhooks.clone(), request));
    println!("{}", serve(listener, app, receiver).await);
    Ok(())
}

/// The webhooks: put yours here.
fn webhooks(receiver: Receiver) -> Webhooks {
    let router = CommandRouter::new()
        .on(|call: Call<BeforeSendMsg>| async move {
            match call.event.msg_body.texts().any(|text| text.contains("spam")) {
                true => MessageVerdict::Reject,
                false => MessageVerdict::Allow,
            }
        })
        .on(|call: Call<AfterSendMsg>| async move {
            println!("{} wrote to {}", call.event.from_account, call.event.group_id);
        });
    WebhookService::new(receiver, router)
}

type Webhooks = WebhookService<CommandRouter>;

/// The service looks at no path, and hyper has no router.
async fn route(webhooks: Webhooks, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == PATH {
        return webhooks.oneshot(request).await;
    }
    let mut not_found = Response::default();
    *not_found.status_mut() = StatusCode::NOT_FOUND;
    Ok(not_found)
}

const APP: SdkAppId = SdkAppId(1_400_000_000);
const PATH: &str = "/im/webhook";

#[cfg(test)]
mod tests {
    use super::*;

    use http_body_util::BodyExt;
    use hyper::client::conn::http1::{SendRequest, handshake};
    use hyper_util::rt::TokioIo;
    use tencent_im_webhook_testing::{Answered, WebhookRequest};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;

    fn says(text: &str) -> WebhookRequest {
        let mut message: BeforeSendMsg = tencent_im_webhook_testing::payload();
        message.msg_body = vec![tencent_im_webhook::MsgElement::text(text)].into();
        WebhookRequest::of::<BeforeSendMsg>(APP).payload(message).token("secret")
    }

    async fn answered(client: &mut SendRequest<Full<Bytes>>, mut request: Request<Full<Bytes>>) -> Answered {
        request.headers_mut().insert("host", "localhost".parse().unwrap());
        let (head, body) = client.send_request(request).await.unwrap().into_parts();
        Answered::new(head.status, head.headers, body.collect().await.unwrap().to_bytes())
    }

    #[tokio::test]
    async fn one_connection_has_many_answers() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let receiver = Receiver::builder().app(APP, ["secret"]).build().unwrap();
        let webhooks = webhooks(receiver.clone());
        let app = service_fn(move |request| route(webhooks.clone(), request));
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = serve(listener, app, receiver).until(async { _ = stopped.await });
        let server = tokio::spawn(serving.into_future());
        let (mut client, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);

        for (text, code) in [("hello", 0), ("spam", 1), ("hello", 0)] {
            let answer = answered(&mut client, says(text).to_http(PATH)).await;
            assert_eq!(answer.error_code(), Some(code), "{text}");
        }
        let elsewhere = answered(&mut client, says("hello").to_http("/")).await;
        assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);
        let forged = answered(&mut client, says("hello").token("guessed").to_http(PATH)).await;
        assert_eq!(forged.status(), StatusCode::UNAUTHORIZED);
        drop(client);
        stop.send(()).unwrap();
        assert!(server.await.unwrap().is_clean());
    }
}
