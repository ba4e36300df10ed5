//! Several apps in one service: `IM_APPS='1400000001=new,old 1400000002=other' cargo run -p several-apps`
//!
//! An app may have several tokens, for the time in which the console's is changed. Then, twice:
//!
//! ```text
//! T=$(date +%s); SIGN=$(printf "old$T" | sha256sum | cut -c-64)
//! curl -d '{"From_Account":"eve","To_Account":"bob","MsgSeq":1,"MsgRandom":1,"MsgTime":1,"MsgKey":"1_1_1","SendMsgResult":0,"ErrorInfo":"","UnreadMsgNum":1,"MsgBody":[]}' "http://127.0.0.1:3000/im/webhook?SdkAppid=1400000001&CallbackCommand=C2C.CallbackAfterSendMsg&RequestTime=$T&Sign=$SIGN"
//! curl http://127.0.0.1:3000/stats
//! ```

use std::collections::BTreeMap;
use std::env;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::get;
use tencent_im_webhook::event::{c2c, group};
use tencent_im_webhook::{
    BoxError, Call, Command, CommandRouter, FailurePolicy, MessageVerdict, Receiver, SdkAppId, Verdict,
    WebhookService,
};
use tencent_im_webhook_serve::serve;
use tokio::net::TcpListener;

use crate::once::DropRepeats;

mod once;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    tracing_subscriber::fmt().init();
    let config =
        env::var("IM_APPS").map_err(|_| "set IM_APPS, such as '1400000001=new,old 1400000002=other'")?;
    let stats = Stats::default();
    let receiver = receiver(&config, stats.clone())?;
    let app = app(receiver.clone(), stats);
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on http://{}/im/webhook", listener.local_addr()?);
    println!("{}", serve(listener, app, receiver).await);
    Ok(())
}

fn app(receiver: Receiver, stats: Stats) -> Router {
    let once = DropRepeats::new(commands(stats.clone()));
    Router::new()
        .route_service("/im/webhook", WebhookService::new(receiver, once))
        .route("/stats", get(async move || format!("{:#?}\n", *stats.counts())))
}

/// Reads `APP=token,token` entries with blanks between them. No error repeats one: it may hold a token.
fn receiver(config: &str, stats: Stats) -> Result<Receiver, BoxError> {
    let mut builder = Receiver::builder()
        .on_failure_of(Command::C2cBeforeSendMsg, FailurePolicy::Allow)
        .on_failure_of(Command::GroupBeforeCreateGroup, FailurePolicy::Reject)
        .inspect_rejection(move |rejection| stats.count(format!("refused: {rejection}")));
    for (number, entry) in (1..).zip(config.split_whitespace()) {
        let parsed = entry.split_once('=').and_then(|(app, tokens)| Some((app.parse().ok()?, tokens)));
        let (app, tokens) = parsed.ok_or_else(|| format!("entry {number} is no APP=token,token"))?;
        builder = builder.app(SdkAppId(app), tokens.split(','));
    }
    Ok(builder.build()?)
}

/// What the apps have in common, and what differs.
fn commands(stats: Stats) -> CommandRouter {
    CommandRouter::new()
        .on(|call: Call<c2c::BeforeSendMsg>| async move {
            let links = call.event.msg_body.texts().any(|text| text.contains("https://"));
            match call.context.app() {
                SHOP if links => MessageVerdict::Reject,
                _ => MessageVerdict::Allow,
            }
        })
        .on(|call: Call<group::BeforeCreateGroup>| async move {
            match call.context.app() {
                SHOP => Ok(Verdict::Allow),
                // A failure is answered by the command's policy.
                app => Err(format!("the quota of app {app} is not known")),
            }
        })
        .on(move |call: Call<c2c::AfterSendMsg>| {
            stats.count(format!("messages of app {}", call.context.app()));
            async {}
        })
}

/// Counts by name. Put your metrics here.
#[derive(Clone, Default)]
struct Stats(Arc<Mutex<BTreeMap<String, u64>>>);

impl Stats {
    fn count(&self, name: String) {
        *self.counts().entry(name).or_default() += 1;
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const SHOP: SdkAppId = SdkAppId(1_400_000_001);

#[cfg(test)]
mod tests {
    use super::*;

    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use tencent_im_webhook::{MsgElement, Payload};
    use tencent_im_webhook_testing::{Answered, WebhookRequest, payload, send};

    const GAME: SdkAppId = SdkAppId(1_400_000_002);

    fn both() -> Router {
        let stats = Stats::default();
        app(receiver("1400000001=new,old 1400000002=other", stats.clone()).unwrap(), stats)
    }

    async fn answer<P: Payload>(app: &Router, id: SdkAppId, token: &str, event: P) -> Answered {
        let request = WebhookRequest::of::<P>(id).payload(event).token(token);
        send(app.clone(), request.to_http("/im/webhook").map(Body::new)).await
    }

    async fn stats(app: &Router) -> String {
        let stats = send(app.clone(), Request::get("/stats").body(Body::empty()).unwrap()).await;
        String::from_utf8(stats.body().to_vec()).unwrap()
    }

    fn link() -> c2c::BeforeSendMsg {
        let mut message: c2c::BeforeSendMsg = payload();
        message.msg_body = vec![MsgElement::text("see https://example.com")].into();
        message
    }

    #[tokio::test]
    async fn each_app_has_its_tokens_and_its_rules() {
        let app = both();
        for (id, token, code) in [(SHOP, "new", 1), (SHOP, "old", 1), (GAME, "other", 0)] {
            assert_eq!(answer(&app, id, token, link()).await.error_code(), Some(code), "{id} {token}");
        }
    }

    #[tokio::test]
    async fn strangers_are_counted() {
        let app = both();
        for (id, token) in [(SHOP, "other"), (GAME, "new"), (SdkAppId(7), "new")] {
            assert_eq!(answer(&app, id, token, link()).await.status(), StatusCode::UNAUTHORIZED);
        }
        let stats = stats(&app).await;
        assert!(
            stats.contains("\"refused: the signature does not match any token of the app\": 2"),
            "{stats}"
        );
        assert!(stats.contains("\"refused: the app id is missing, repeated, malformed or not ours\": 1"));
    }

    #[tokio::test]
    async fn a_failure_is_answered_as_its_command_says() {
        let answer = answer(&both(), GAME, "other", payload::<group::BeforeCreateGroup>()).await;
        assert_eq!((answer.status(), answer.error_code()), (StatusCode::OK, Some(1)));
    }

    #[tokio::test]
    async fn an_event_that_comes_again_is_handled_once() {
        let (app, event) = (both(), payload::<c2c::AfterSendMsg>());
        for (id, token) in [(SHOP, "old"), (SHOP, "new"), (GAME, "other")] {
            assert_eq!(answer(&app, id, token, event.clone()).await.error_code(), Some(0));
        }
        let mut next = event;
        next.msg_key = "2_2_2".into();
        answer(&app, SHOP, "new", next).await;
        let stats = stats(&app).await;
        assert!(stats.contains("\"messages of app 1400000001\": 2"), "{stats}");
        assert!(stats.contains("\"messages of app 1400000002\": 1"), "{stats}");
    }

    #[test]
    fn a_bad_entry_is_named_by_its_number_alone() {
        let error = |config| receiver(config, Stats::default()).unwrap_err().to_string();
        assert_eq!(error("1400000001=new 14oo=secret"), "entry 2 is no APP=token,token");
        assert!(!error("").contains("entry") && !error("1400000001=").contains("entry"));
    }
}
