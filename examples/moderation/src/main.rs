//! Judges messages with a slow classifier, in time whatever it does: `cargo run -p moderation`, then
//!
//! ```text
//! curl -d '{"From_Account":"eve","To_Account":"bob","MsgSeq":1,"MsgRandom":1,"MsgTime":1,"MsgKey":"1_1_1","MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"darn"}}]}' 'http://127.0.0.1:3000/im/webhook?SdkAppid=1400000000&CallbackCommand=C2C.CallbackBeforeSendMsg'
//! ```
//!
//! `darn` is masked. Try `idiot`, which the classifier refuses; `slow scam` and `broken scam`, for which it gives
//! no answer, so that the word rules refuse them; and `slow`, which passes, if late. `IM_TOKEN` in the
//! environment makes it check signatures.

use std::env;
use std::time::Duration;

use axum::Router;
use tencent_im_webhook::event::{c2c, group, official_account};
use tencent_im_webhook::{
    BoxError, C2cCode, Context, GroupCode, HandlerService, MessageVerdict, MsgBody, MsgElement, Receiver,
    Rewrite, SdkAppId, WebhookHandler, WebhookService, async_trait,
};
use tencent_im_webhook_serve::serve;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    tracing_subscriber::fmt().init();
    let receiver = match env::var("IM_TOKEN") {
        Ok(token) => Receiver::builder().app(APP, [token]).build()?,
        Err(_) => Receiver::builder().app_without_signature(APP).build()?,
    };
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    tracing::info!("listening on http://{}/im/webhook for app {APP}", listener.local_addr()?);
    let stopped = serve(listener, app(receiver.clone(), Fake), receiver).await;
    tracing::info!("{stopped}");
    Ok(())
}

fn app(receiver: Receiver, classifier: impl Classifier) -> Router {
    let moderator = Moderator { classifier: Box::new(classifier) };
    Router::new().route_service("/im/webhook", WebhookService::new(receiver, HandlerService::new(moderator)))
}

/// A service somewhere else, which may take its time or fail.
#[async_trait]
trait Classifier: Send + Sync + 'static {
    async fn is_abusive(&self, text: &str) -> Result<bool, BoxError>;
}

struct Moderator {
    classifier: Box<dyn Classifier>,
}

#[async_trait]
impl WebhookHandler for Moderator {
    async fn c2c_before_send_msg(&self, cx: &Context, msg: c2c::BeforeSendMsg) -> Judged {
        self.judge(cx, msg.msg_body, ABUSE).await
    }

    async fn official_account_before_send_msg(
        &self,
        cx: &Context,
        msg: official_account::BeforeSendMsg,
    ) -> Judged {
        self.judge(cx, msg.msg_body, ABUSE).await
    }

    async fn group_before_send_msg(&self, cx: &Context, msg: group::BeforeSendMsg) -> Judged<GroupCode> {
        self.judge(cx, msg.msg_body, ABUSE_IN_GROUP).await
    }
}

type Judged<C = C2cCode> = Result<MessageVerdict<C>, BoxError>;

impl Moderator {
    /// The range of own codes differs, the rules do not.
    async fn judge<C>(&self, cx: &Context, mut body: MsgBody, code: C) -> Judged<C> {
        if self.is_abusive(cx, &joined(&mut body)).await {
            return Ok(MessageVerdict::RejectWith(code, "be kind".into()));
        }
        // The rest of the message goes out as it came: elements and keys that nobody here knows included.
        Ok(match texts(&mut body).into_iter().map(mask).fold(false, |any, masked| any | masked) {
            true => MessageVerdict::Rewrite(Rewrite::new().msg_body(body)),
            false => MessageVerdict::Allow,
        })
    }

    /// Asks the classifier, but lets it have only what is left for the answer; else the words decide.
    async fn is_abusive(&self, cx: &Context, text: &str) -> bool {
        let budget = cx.remaining().saturating_sub(MARGIN);
        match timeout(budget, self.classifier.is_abusive(text)).await {
            Ok(Ok(abusive)) => return abusive,
            Ok(Err(error)) => tracing::warn!(error, "the classifier failed, words decide"),
            Err(_elapsed) => tracing::warn!(?budget, "the classifier is late, words decide"),
        }
        let text = text.to_lowercase();
        BANNED.iter().any(|word| text.contains(word))
    }
}

/// What a reader sees of a message as text, in forwarded bundles too, which decode at most eight deep. A bundle
/// over 12 KB stands elsewhere: fetch it by its `json_msg_key`.
fn texts(body: &mut MsgBody) -> Vec<&mut String> {
    let mut found = Vec::new();
    for element in body.iter_mut() {
        match element {
            MsgElement::Text(elem) => found.push(&mut elem.text),
            MsgElement::Relay(relay) => {
                let relay = &mut **relay;
                found.extend(&mut relay.title);
                found.extend(relay.abstract_list.iter_mut().flatten());
                let messages = relay.msg_list.iter_mut().flatten();
                found.extend(messages.flat_map(|message| texts(&mut message.msg_body)));
            }
            _ => {}
        }
    }
    found
}

fn joined(body: &mut MsgBody) -> String {
    texts(body).into_iter().map(|text| text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Masks rude words, and tells whether there were any.
fn mask(text: &mut String) -> bool {
    let before = text.to_ascii_lowercase();
    for word in RUDE {
        // As many stars as bytes, so that everything keeps its place.
        let stars = "*".repeat(word.len());
        before.match_indices(word).for_each(|(at, _)| text.replace_range(at..at + word.len(), &stars));
    }
    RUDE.iter().any(|word| before.contains(word))
}

/// Stands for yours.
struct Fake;

#[async_trait]
impl Classifier for Fake {
    async fn is_abusive(&self, text: &str) -> Result<bool, BoxError> {
        if text.contains("slow") {
            sleep(Duration::from_secs(10)).await;
        }
        match text.contains("broken") {
            true => Err("the classifier answered 500".into()),
            false => Ok(text.contains("idiot")),
        }
    }
}

const APP: SdkAppId = SdkAppId(1_400_000_000);

/// What deciding by words and encoding the answer may take: far more than they do.
const MARGIN: Duration = Duration::from_millis(200);

/// Each family of commands passes another range of own codes on to the client.
const ABUSE: C2cCode = C2cCode::new(120_100).expect("120001 to 130000");
const ABUSE_IN_GROUP: GroupCode = GroupCode::new(10_150).expect("10100 to 10200");

/// Refused where the classifier does not answer. In lower case.
const BANNED: [&str; 2] = ["scam", "casino"];

/// Masked. None overlaps another; in lower case.
const RUDE: [&str; 2] = ["darn", "该死"];

#[cfg(test)]
mod tests {
    use super::*;

    use serde_json::{Value, json};
    use tencent_im_webhook::{Payload, SdkAppId};
    use tencent_im_webhook_testing::{Answered, WebhookRequest, fixture, send};
    use tokio::time::Instant;

    const DEADLINE: Duration = Duration::from_millis(1500);

    async fn answer<P: Payload>(elements: Value) -> Answered {
        let mut body: Value = serde_json::from_str(fixture(&P::COMMAND).unwrap().body()).unwrap();
        body["MsgBody"] = elements;
        let app_id = SdkAppId(1_400_000_000);
        let receiver = Receiver::builder().app(app_id, ["secret"]).deadline(DEADLINE).build().unwrap();
        let request = WebhookRequest::of::<P>(app_id).body(body.to_string()).token("secret");
        send(app(receiver, Fake), request.to_http("/im/webhook")).await
    }

    async fn code(text: &str) -> Option<u64> {
        answer::<c2c::BeforeSendMsg>(json!([element(text)])).await.error_code()
    }

    fn element(text: &str) -> Value {
        json!({"MsgType": "TIMTextElem", "MsgContent": {"Text": text}})
    }

    #[tokio::test]
    async fn each_family_has_its_code() {
        let abuse = json!([element("you idiot")]);
        assert_eq!(answer::<c2c::BeforeSendMsg>(abuse.clone()).await.error_code(), Some(120_100));
        assert_eq!(
            answer::<official_account::BeforeSendMsg>(abuse.clone()).await.error_code(),
            Some(120_100)
        );
        let in_group = answer::<group::BeforeSendMsg>(abuse).await;
        assert_eq!(in_group.error_code(), Some(10_150));
        assert_eq!(in_group.error_info().as_deref(), Some("be kind"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_classifier_in_time_decides_whatever_the_words_say() {
        let started = Instant::now();
        assert_eq!(code("is this a scam?").await, Some(0));
        assert_eq!(code("hello").await, Some(0));
        assert_eq!(started.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn words_decide_in_time_for_a_slow_one() {
        for (text, expected) in [("slow Scam", 120_100), ("slow", 0)] {
            let started = Instant::now();
            assert_eq!(code(text).await, Some(expected), "{text}");
            assert!(started.elapsed() < DEADLINE, "{:?}", started.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn words_decide_at_once_for_a_failing_one() {
        let started = Instant::now();
        assert_eq!(code("broken casino").await, Some(120_100));
        assert_eq!(code("broken").await, Some(0));
        assert_eq!(started.elapsed(), Duration::ZERO);
    }

    fn forwarded(text: &str, title: &str) -> Value {
        let inner =
            json!({"MsgType": "TIMRelayElem", "MsgContent": {"MsgList": [{"MsgBody": [element(text)]}]}});
        json!({"MsgType": "TIMRelayElem", "MsgContent": {
            "Title": title, "AbstractList": [title], "MsgList": [{"MsgBody": [inner], "Hue": 3}],
        }})
    }

    #[tokio::test]
    async fn a_mask_reaches_into_bundles_and_carries_the_rest_through() {
        let hologram =
            json!({"MsgType": "TIMHologramElem", "MsgContent": {"Depth": [1, 2.50]}, "Spin": "left"});
        let malformed = json!({"MsgType": "TIMFaceElem", "MsgContent": "smile"});
        let sent = json!([hologram, element("Darn, DARN! 该死"), malformed, forwarded("darn", "Oh darn")]);
        let answer = answer::<group::BeforeSendMsg>(sent).await.json().unwrap();
        let expected =
            json!([hologram, element("****, ****! ******"), malformed, forwarded("****", "Oh ****")]);
        assert_eq!((&answer["ErrorCode"], &answer["MsgBody"]), (&json!(0), &expected));
    }

    #[tokio::test]
    async fn abuse_in_a_bundle_of_a_bundle_is_found() {
        let sent = json!([forwarded("idiot", "Chat history")]);
        assert_eq!(answer::<c2c::BeforeSendMsg>(sent).await.error_code(), Some(120_100));
    }
}
