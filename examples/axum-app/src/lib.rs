//! An axum app with a page and a state of its own, and webhooks in one line: `cargo run -p axum-app`
//!
//! Then, in another terminal:
//!
//! ```text
//! curl -d '{"GroupId":"g","Type":"Public","From_Account":"eve","Operator_Account":"eve","Random":1,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"casino"}}]}' 'http://127.0.0.1:3000/im/webhook?SdkAppid=1400000000&CallbackCommand=Group.CallbackBeforeSendMsg'
//! curl http://127.0.0.1:3000/
//! ```
//!
//! `actix-app` is the same app on actix-web.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::get;
use tencent_im_webhook_axum::event::group::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook_axum::{
    BoxError, Call, Commands, GroupCode, GroupId, MessageVerdict, Receiver, Reply, RouterExt,
};

/// The app: without the line of the webhooks it is any axum app.
pub fn app(receiver: Receiver) -> Router {
    let commands = Commands::new().on(moderate).on(count).fallback(others);
    Router::new()
        .route("/", get(page))
        .webhook_commands("/im/webhook", receiver, commands)
        .with_state(Stats::default())
}

async fn page(State(stats): State<Stats>) -> String {
    let line = |(id, group): (&GroupId, &Group)| {
        format!("{:?}: {} sent, {} refused\n", id.as_str(), group.sent, group.refused)
    };
    let counts = stats.lock();
    let lines: String = counts.groups.iter().map(line).collect();
    format!("{lines}other webhooks: {}\n", counts.others)
}

/// Refuses advertisements, with a text that tells the user what to ask the support for.
async fn moderate(
    State(stats): State<Stats>,
    headers: HeaderMap,
    call: Call<BeforeSendMsg>,
) -> MessageVerdict<GroupCode> {
    if !call.event.msg_body.texts().any(|text| text.contains("casino")) {
        return MessageVerdict::Allow;
    }
    stats.lock().groups.entry(call.event.group_id).or_default().refused += 1;
    let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("unknown");
    MessageVerdict::RejectWith(ADVERTISEMENT, format!("no advertisements (request {request_id})").into())
}

async fn count(State(stats): State<Stats>, call: Call<AfterSendMsg>) {
    stats.lock().groups.entry(call.event.group_id).or_default().sent += 1;
}

/// All other commands are counted, and answered as by a handler without a method.
async fn others(State(stats): State<Stats>, call: Call) -> Result<Reply, BoxError> {
    stats.lock().others += 1;
    call.event.default_reply()
}

/// What the app knows. Put your database here.
#[derive(Clone, Debug, Default)]
struct Stats(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    groups: BTreeMap<GroupId, Group>,
    others: u64,
}

#[derive(Debug, Default)]
struct Group {
    sent: u64,
    refused: u64,
}

impl Stats {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const ADVERTISEMENT: GroupCode = GroupCode::new(10_100).expect("10100 to 10200");

#[cfg(test)]
mod tests {
    use super::*;

    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use tencent_im_webhook_axum::{MsgElement, SdkAppId};
    use tencent_im_webhook_testing::{Answered, WebhookRequest, payload, send};

    const APP: SdkAppId = SdkAppId(1_400_000_000);

    fn signed() -> Router {
        app(Receiver::builder().app(APP, ["secret"]).build().unwrap())
    }

    async fn answer(app: &Router, request: &WebhookRequest) -> Answered {
        let mut request = request.clone().token("secret").to_http("/im/webhook").map(Body::new);
        request.headers_mut().insert("x-request-id", "17".parse().unwrap());
        send(app.clone(), request).await
    }

    async fn shown(app: &Router) -> String {
        let page = send(app.clone(), Request::get("/").body(Body::empty()).unwrap()).await;
        String::from_utf8(page.body().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn messages_are_counted_on_the_apps_own_page() {
        let app = signed();
        for group in ["g", "h", "g"] {
            let mut message: AfterSendMsg = payload();
            message.group_id = group.into();
            let request = WebhookRequest::of::<AfterSendMsg>(APP).payload(message);
            assert_eq!(answer(&app, &request).await.error_code(), Some(0));
        }
        assert_eq!(
            shown(&app).await,
            "\"g\": 2 sent, 0 refused\n\"h\": 1 sent, 0 refused\nother webhooks: 0\n"
        );
    }

    #[tokio::test]
    async fn an_advertisement_is_refused_with_the_id_of_its_request() {
        let app = signed();
        let mut message: BeforeSendMsg = payload();
        message.msg_body = vec![MsgElement::text("a casino!")].into();
        let answer = answer(&app, &WebhookRequest::of::<BeforeSendMsg>(APP).payload(message)).await;
        let refused = (answer.error_code(), answer.error_info());
        assert_eq!(refused, (Some(10_100), Some("no advertisements (request 17)".into())));
        assert!(shown(&app).await.contains(" 0 sent, 1 refused\n"));
    }

    #[tokio::test]
    async fn what_nobody_takes_passes_unless_it_cannot_be_read() {
        let app = signed();
        let unknown = WebhookRequest::new(APP, "Group.CallbackOfTomorrow".into());
        assert_eq!(answer(&app, &unknown).await.error_code(), Some(0));
        let odd = WebhookRequest::of::<BeforeSendMsg>(APP).body(r#"{"GroupId":[]}"#);
        assert_eq!(answer(&app, &odd).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(shown(&app).await, "other webhooks: 2\n");
    }
}
