//! One handler behind two frameworks at once: `cargo run -p shared-handler`, then
//!
//! ```text
//! for PORT in 3000 3001 3000 3001; do curl -d '{"GroupId":"g","Type":"Public","From_Account":"eve","Operator_Account":"eve","Random":1,"MsgBody":[]}' "http://127.0.0.1:$PORT/im/webhook?SdkAppid=1400000000&CallbackCommand=Group.CallbackBeforeSendMsg"; echo; done
//! ```
//!
//! The fourth message is one too many, whichever server got the others. So an app moves from one framework to
//! the other without two sets of rules.

use std::collections::HashMap;
use std::env;
use std::net;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::App;
use axum::Router;
use futures_util::FutureExt;
use tencent_im_webhook_actix::Webhook;
use tencent_im_webhook_axum::event::group;
use tencent_im_webhook_axum::{
    BoxError, Context, GroupCode, MessageVerdict, Receiver, RouterExt, SdkAppId, UserId, WebhookHandler,
    asked_to_stop, async_trait,
};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let receiver = match env::var("IM_TOKEN") {
        Ok(token) => Receiver::builder().app(APP, [token]).build()?,
        Err(_) => Receiver::builder().app_without_signature(APP).build()?,
    };
    let for_axum = TcpListener::bind("127.0.0.1:3000").await?;
    let for_actix = net::TcpListener::bind("127.0.0.1:3001")?;
    println!("axum listens on http://{}{PATH} for app {APP}", for_axum.local_addr()?);
    println!("actix-web listens on http://{}{PATH}", for_actix.local_addr()?);
    serve(for_axum, for_actix, &receiver, Arc::new(Quota::default()), asked_to_stop()).await?;
    Ok(())
}

/// Serves on both until asked to stop, then lets open requests and running handlers of both finish.
async fn serve(
    for_axum: TcpListener,
    for_actix: net::TcpListener,
    receiver: &Receiver,
    handler: Arc<dyn WebhookHandler>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), BoxError> {
    let stop = stop.shared();

    let app = Router::new().webhook(PATH, receiver.clone(), Arc::clone(&handler));
    let axum = tencent_im_webhook_axum::serve(for_axum, app, receiver.clone()).until(stop.clone());

    // Built here, so that handlers go on upon this runtime when the workers have ended.
    let webhook = Webhook::new(receiver.clone(), handler);
    let app = move || App::new().service(webhook.clone().at(PATH));
    let actix = tencent_im_webhook_actix::serve(for_actix, app, receiver.clone()).workers(2).until(stop);

    let (axum, actix) = tokio::join!(axum.into_future(), actix.into_future());
    println!("axum {axum}\nactix-web {}", actix?);
    Ok(())
}

/// Lets each user write to groups `MOST` times. A real one forgets with time.
#[derive(Default)]
struct Quota(Mutex<HashMap<UserId, u32>>);

#[async_trait]
impl WebhookHandler for Quota {
    async fn group_before_send_msg(
        &self,
        _: &Context,
        message: group::BeforeSendMsg,
    ) -> Result<MessageVerdict<GroupCode>, BoxError> {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = users.entry(message.from_account).or_default();
        *written += 1;
        Ok(match *written {
            ..=MOST => MessageVerdict::Allow,
            _ => MessageVerdict::RejectWith(TOO_MANY, "too many messages".into()),
        })
    }
}

const APP: SdkAppId = SdkAppId(1_400_000_000);
const PATH: &str = "/im/webhook";
const MOST: u32 = 3;
const TOO_MANY: GroupCode = GroupCode::new(10_100).expect("10100 to 10200");

#[cfg(test)]
mod tests {
    use super::*;

    use std::net::SocketAddr;
    use std::time::Duration;

    use http_body_util::BodyExt;
    use hyper::client::conn::http1::handshake;
    use hyper_util::rt::TokioIo;
    use tencent_im_webhook_axum::event::state::StateChange;
    use tencent_im_webhook_testing::{Answered, WebhookRequest};
    use tokio::net::TcpStream;
    use tokio::sync::{Semaphore, oneshot};
    use tokio::task::JoinHandle;

    /// How long an answer waits for a handler of an *after* command.
    const SOON: Duration = Duration::from_millis(50);

    struct Started {
        addresses: [SocketAddr; 2],
        stop: oneshot::Sender<()>,
        server: JoinHandle<Result<(), BoxError>>,
    }

    async fn started(handler: Arc<dyn WebhookHandler>) -> Started {
        let for_axum = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let for_actix = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let addresses = [for_axum.local_addr().unwrap(), for_actix.local_addr().unwrap()];
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(async move {
            let receiver = Receiver::builder().app(APP, ["secret"]).deadline(SOON).build()?;
            serve(for_axum, for_actix, &receiver, handler, stopped.map(drop)).await
        });
        Started { addresses, stop, server }
    }

    async fn answer(address: SocketAddr, request: WebhookRequest) -> Answered {
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut client, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut request = request.token("secret").to_http(PATH);
        request.headers_mut().insert("host", "localhost".parse().unwrap());
        let (head, body) = client.send_request(request).await.unwrap().into_parts();
        Answered::new(head.status, head.headers, body.collect().await.unwrap().to_bytes())
    }

    #[tokio::test]
    async fn both_servers_count_into_one_quota() {
        let running = started(Arc::new(Quota::default())).await;
        let [axum, actix] = running.addresses;
        for (address, code) in [(axum, 0), (actix, 0), (axum, 0), (actix, 10_100), (axum, 10_100)] {
            let answer = answer(address, WebhookRequest::of::<group::BeforeSendMsg>(APP)).await;
            assert_eq!(answer.error_code(), Some(code));
        }
    }

    /// Ends where the test lets it, and long after its request.
    struct Slow {
        go: Semaphore,
        done: Semaphore,
    }

    #[async_trait]
    impl WebhookHandler for Slow {
        async fn state_state_change(&self, _: &Context, _: StateChange) -> Result<(), BoxError> {
            self.go.acquire().await?.forget();
            self.done.add_permits(1);
            Ok(())
        }
    }

    #[tokio::test]
    async fn handlers_of_both_are_waited_for() {
        let slow = Arc::new(Slow { go: Semaphore::new(0), done: Semaphore::new(0) });
        let running = started(Arc::clone(&slow) as _).await;
        for address in running.addresses {
            let answer = answer(address, WebhookRequest::of::<StateChange>(APP)).await;
            assert_eq!(answer.error_code(), Some(0), "the event is in hand");
        }
        running.stop.send(()).unwrap();
        for address in running.addresses {
            while TcpStream::connect(address).await.is_ok() {
                tokio::task::yield_now().await;
            }
        }
        assert!(!running.server.is_finished(), "two handlers are running");
        slow.go.add_permits(2);
        running.server.await.unwrap().unwrap();
        assert_eq!(slow.done.available_permits(), 2);
    }
}
