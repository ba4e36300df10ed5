//! An actix-web app with a page and data of its own, and webhooks in one line: `cargo run -p actix-app`
//!
//! Then, in another terminal:
//!
//! ```text
//! curl -d '{"GroupId":"g","Type":"Public","From_Account":"eve","Operator_Account":"eve","Random":1,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"casino"}}]}' 'http://127.0.0.1:3000/im/webhook?SdkAppid=1400000000&CallbackCommand=Group.CallbackBeforeSendMsg'
//! curl http://127.0.0.1:3000/
//! ```
//!
//! `axum-app` is the same app on axum.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::HttpRequest;
use actix_web::web::{Data, ServiceConfig, get};
use tencent_im_webhook_actix::event::group::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook_actix::{
    BoxError, Call, Commands, GroupCode, GroupId, MessageVerdict, Receiver, Reply,
};

/// The app, for [`App::configure`](actix_web::App::configure): without the service of the webhooks it is any
/// actix-web app. Called once, in `main`, since all workers share the data.
pub fn configure(receiver: Receiver) -> impl Fn(&mut ServiceConfig) + Clone + Send {
    let webhook = Commands::new(receiver).on(moderate).on(count).fallback(others);
    let stats = Data::new(Stats::default());
    move |app| {
        app.app_data(stats.clone()).route("/", get().to(page)).service(webhook.clone().at("/im/webhook"));
    }
}

async fn page(stats: Data<Stats>) -> String {
    let line = |(id, group): (&GroupId, &Group)| {
        format!("{:?}: {} sent, {} refused\n", id.as_str(), group.sent, group.refused)
    };
    let counts = stats.lock();
    let lines: String = counts.groups.iter().map(line).collect();
    format!("{lines}other webhooks: {}\n", counts.others)
}

/// Refuses advertisements, with a text that tells the user what to ask the support for.
async fn moderate(
    stats: Data<Stats>,
    request: HttpRequest,
    call: Call<BeforeSendMsg>,
) -> MessageVerdict<GroupCode> {
    if !call.event.msg_body.texts().any(|text| text.contains("casino")) {
        return MessageVerdict::Allow;
    }
    stats.lock().groups.entry(call.event.group_id).or_default().refused += 1;
    let request_id =
        request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("unknown");
    MessageVerdict::RejectWith(ADVERTISEMENT, format!("no advertisements (request {request_id})").into())
}

async fn count(stats: Data<Stats>, call: Call<AfterSendMsg>) {
    stats.lock().groups.entry(call.event.group_id).or_default().sent += 1;
}

/// All other commands are counted, and answered as by a handler without a method.
async fn others(stats: Data<Stats>, call: Call) -> Result<Reply, BoxError> {
    stats.lock().others += 1;
    call.event.default_reply()
}

/// What the app knows. Put your database here.
#[derive(Debug, Default)]
struct Stats(Mutex<Counts>);

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

    use actix_web::App;
    use actix_web::dev::ServiceResponse;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use tencent_im_webhook_actix::{MsgElement, SdkAppId};
    use tencent_im_webhook_testing::{WebhookRequest, payload};

    const APP: SdkAppId = SdkAppId(1_400_000_000);

    fn signed() -> impl Fn(&mut ServiceConfig) + Clone + Send {
        configure(Receiver::builder().app(APP, ["secret"]).build().unwrap())
    }

    fn sent(request: WebhookRequest) -> TestRequest {
        let request = request.token("secret");
        let post = TestRequest::post().uri(&format!("/im/webhook?{}", request.query()));
        post.insert_header(("x-request-id", "17")).set_payload(request.body_bytes().clone())
    }

    async fn text(answer: ServiceResponse) -> String {
        String::from_utf8(read_body(answer).await.into()).unwrap()
    }

    #[actix_web::test]
    async fn messages_are_counted_on_the_apps_own_page_whichever_the_worker() {
        let configure = signed();
        let one = init_service(App::new().configure(configure.clone())).await;
        let other = init_service(App::new().configure(configure)).await;
        for (worker, group) in [(&one, "g"), (&one, "h"), (&other, "g")] {
            let mut message: AfterSendMsg = payload();
            message.group_id = group.into();
            let request = sent(WebhookRequest::of::<AfterSendMsg>(APP).payload(message)).to_request();
            assert_eq!(call_service(worker, request).await.status(), 200);
        }
        let page = call_service(&one, TestRequest::get().to_request()).await;
        assert_eq!(
            text(page).await,
            "\"g\": 2 sent, 0 refused\n\"h\": 1 sent, 0 refused\nother webhooks: 0\n"
        );
    }

    #[actix_web::test]
    async fn an_advertisement_is_refused_with_the_id_of_its_request() {
        let app = init_service(App::new().configure(signed())).await;
        let mut message: BeforeSendMsg = payload();
        message.msg_body = vec![MsgElement::text("a casino!")].into();
        let request = sent(WebhookRequest::of::<BeforeSendMsg>(APP).payload(message)).to_request();
        let body = text(call_service(&app, request).await).await;
        assert!(body.contains(r#""ErrorCode":10100"#), "{body}");
        assert!(body.contains("no advertisements (request 17)"), "{body}");
        let page = call_service(&app, TestRequest::get().to_request()).await;
        assert!(text(page).await.contains(" 0 sent, 1 refused\n"));
    }

    #[actix_web::test]
    async fn what_nobody_takes_passes_unless_it_cannot_be_read() {
        let app = init_service(App::new().configure(signed())).await;
        let unknown = WebhookRequest::new(APP, "Group.CallbackOfTomorrow".into());
        assert_eq!(call_service(&app, sent(unknown).to_request()).await.status(), 200);
        let odd = WebhookRequest::of::<BeforeSendMsg>(APP).body(r#"{"GroupId":[]}"#);
        assert_eq!(call_service(&app, sent(odd).to_request()).await.status(), 503);
        let page = call_service(&app, TestRequest::get().to_request()).await;
        assert_eq!(text(page).await, "other webhooks: 2\n");
    }
}
