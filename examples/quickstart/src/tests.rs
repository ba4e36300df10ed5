//! The app as the platform and a visitor see it, without a network.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tencent_im_webhook::{Command, Receiver, SdkAppId};
use tower::ServiceExt;

use crate::app::app;
use crate::samples::{self, before_send, text};
use crate::store::Store;

#[tokio::test]
async fn every_rule_has_its_answer() {
    let fixture = Fixture::new();
    let level = json!({
        "MsgType": "TIMCustomElem",
        "MsgContent": {"Data": "LV1", "Desc": "CustomElement.MemberLevel"},
    });
    for (word, answer) in [
        ("hello", json!({"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0})),
        ("forbidden", json!({"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 1})),
        (
            "quota",
            json!({"ActionStatus": "OK", "ErrorInfo": "today's quota is used up", "ErrorCode": 120001}),
        ),
        ("spam", json!({"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 2})),
        (
            "vip",
            json!({"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0, "MsgBody": [text("a vip b"), level]}),
        ),
    ] {
        let body = before_send(&[text(&format!("a {word} b"))]);
        assert_eq!(fixture.before_send(&body).await, answer, "{word}");
    }
}

#[tokio::test]
async fn every_sample_is_answered_as_it_says() {
    let fixture = Fixture::new();
    for sample in samples::all() {
        assert_eq!(fixture.post(&sample.command, &sample.body).await, sample.answer, "{}", sample.about);
    }
}

#[tokio::test]
async fn a_word_counts_in_any_text_element() {
    let fixture = Fixture::new();
    let image = json!({"MsgType": "TIMImageElem", "MsgContent": {"UUID": "forbidden"}});
    let body = before_send(&[image.clone(), text("fine")]);
    assert_eq!(fixture.before_send(&body).await["ErrorCode"], 0);
    let body = before_send(&[text("fine"), image, text("a forbidden word")]);
    assert_eq!(fixture.before_send(&body).await["ErrorCode"], 1);
}

#[tokio::test]
async fn a_rewrite_carries_over_what_this_app_does_not_know() {
    let fixture = Fixture::new();
    let elements = [
        json!({"MsgType": "TIMTextElem", "MsgContent": {"Text": "vip", "Later": 1}, "Beside": true}),
        json!({"MsgType": "TIMFutureElem", "MsgContent": {"Depth": [1, 2]}}),
        json!({"MsgType": "TIMLocationElem", "MsgContent": "odd"}),
    ];
    let answer = fixture.before_send(&before_send(&elements)).await;
    assert_eq!(answer["MsgBody"].as_array().unwrap()[..3], elements);
    assert_eq!(answer["MsgBody"][3]["MsgContent"]["Data"], "LV1");
    assert_eq!(answer.get("CloudCustomData"), None);
}

#[tokio::test]
async fn a_rewrite_leaves_one_custom_element() {
    let level = json!({"MsgType": "TIMCustomElem", "MsgContent": {"Data": "LV1", "Desc": "CustomElement.MemberLevel"}});
    let other = json!({"MsgType": "TIMCustomElem", "MsgContent": {"Data": "mine"}});
    let answer = Fixture::new().before_send(&before_send(&[text("vip"), other])).await;
    assert_eq!(answer["MsgBody"], json!([text("vip"), level]));
}

#[tokio::test]
async fn verdicts_are_on_the_page() {
    let fixture = Fixture::new();
    fixture.post(&Command::OfficialAccountBeforeSendMsg, &samples::over_quota().body).await;
    let verdicts = fixture.store.latest_verdicts().await.unwrap();
    assert_eq!(verdicts[0].decision, "reject");
    assert_eq!(verdicts[0].official_account, "@TOA#_tea_weekly");
    assert!(fixture.page().await.contains("120001: today's quota is used up"));
}

#[tokio::test]
async fn messages_are_recorded_with_their_sender() {
    let fixture = Fixture::new();
    fixture.post(&Command::GroupAfterSendMsg, &samples::sent_to_group().body).await;
    fixture.post(&Command::GroupAfterSendMsg, &samples::sent_to_live_room().body).await;
    let messages = fixture.store.latest_messages().await.unwrap();
    let seen: Vec<_> = messages.iter().map(|seen| [&*seen.place, &*seen.sender, &*seen.sent_at]).collect();
    assert_eq!(
        seen,
        [["live room", "ivo", "2026-01-01 00:00:03"], ["Public group", "lena", "2026-01-01 00:00:02"]]
    );
}

#[tokio::test]
async fn a_webhook_that_comes_twice_is_recorded_once() {
    let fixture = Fixture::new();
    for sample in [samples::sent(), samples::sent_to_group(), samples::sent_to_live_room()] {
        fixture.post(&sample.command, &sample.body).await;
        fixture.post(&sample.command, &sample.body).await;
    }
    assert_eq!(fixture.store.latest_messages().await.unwrap().len(), 3);
}

#[tokio::test]
async fn topics_of_a_group_count_their_messages_apart() {
    let fixture = Fixture::new();
    let mut body = samples::sent_to_group().body;
    for topic in ["", "@TGS#QUICKSTART@TOPIC#_A", "@TGS#QUICKSTART@TOPIC#_B", ""] {
        body["TopicId"] = topic.into();
        fixture.post(&Command::GroupAfterSendMsg, &body).await;
    }
    assert_eq!(fixture.store.latest_messages().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_recall_marks_its_message_and_no_other() {
    let fixture = Fixture::new();
    let (sent, recalled) = (samples::sent(), samples::recalled());
    let mut other = sent.body.clone();
    other["MsgKey"] = "31_2_1767225605".into();
    fixture.post(&sent.command, &sent.body).await;
    fixture.post(&sent.command, &other).await;
    fixture.post(&Command::GroupAfterSendMsg, &samples::sent_to_group().body).await;
    fixture.post(&recalled.command, &recalled.body).await;
    assert_eq!(fixture.recalled().await, [false, false, true]);
    assert!(fixture.page().await.contains(r#"<tr class="recalled">"#));
}

#[tokio::test]
async fn a_recall_may_overtake_its_message() {
    let fixture = Fixture::new();
    for sample in [samples::recalled(), samples::recalled(), samples::sent()] {
        fixture.post(&sample.command, &sample.body).await;
    }
    assert_eq!(fixture.recalled().await, [true]);
}

#[tokio::test]
async fn the_page_escapes_what_a_user_writes() {
    let fixture = Fixture::new();
    let hostile = "<script>alert('mine')</script>";
    fixture.before_send(&before_send(&[text(hostile)])).await;
    let mut body = samples::sent_to_group().body;
    body["MsgBody"] = json!([text(hostile), {"MsgType": "<b>", "MsgContent": {}}]);
    body["From_Account"] = "<i>lena</i>".into();
    body["GroupId"] = "\"><u>".into();
    body["Type"] = "<s>".into();
    fixture.post(&Command::GroupAfterSendMsg, &body).await;
    let page = fixture.page().await;
    assert_eq!(page.matches("&lt;script&gt;").count(), 2, "{page}");
    for tag in ["<script>", "<b>", "<i>", "<u>", "<s>"] {
        assert!(!page.contains(tag), "{tag} in {page}");
    }
}

#[tokio::test]
async fn a_file_keeps_the_messages() {
    let file = std::env::temp_dir().join(format!("quickstart-{}.sqlite", std::process::id()));
    let first = Fixture::with(Store::in_file(&file).unwrap());
    first.post(&Command::OfficialAccountAfterSendMsg, &samples::sent().body).await;
    drop(first);
    let second = Store::in_file(&file).unwrap().latest_messages().await.unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(second[0].text, "Issue 12 is out");
}

#[tokio::test]
async fn health_answers() {
    let (status, body) = Fixture::new().send(Request::get("/health").body(Body::empty()).unwrap()).await;
    assert_eq!((status, &*body), (StatusCode::OK, "ok"));
}

#[tokio::test]
async fn another_apps_webhooks_are_refused() {
    let sample = samples::sent();
    let request = webhook(&sample.command, 1_400_000_001, &sample.body);
    let fixture = Fixture::new();
    assert_eq!(fixture.send(request).await.0, StatusCode::UNAUTHORIZED);
    assert!(fixture.store.latest_messages().await.unwrap().is_empty());
}

/// The app with a store to look into.
struct Fixture {
    app: Router,
    store: Store,
}

impl Fixture {
    fn new() -> Self {
        Self::with(Store::in_memory().unwrap())
    }

    fn with(store: Store) -> Self {
        let receiver = Receiver::builder().app_without_signature(SdkAppId(APP_ID)).build().unwrap();
        Self { app: app(store.clone(), receiver), store }
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, body) = (response.status(), response.into_body().collect().await.unwrap().to_bytes());
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn post(&self, command: &Command, body: &Value) -> Value {
        let (status, answer) = self.send(webhook(command, APP_ID, body)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        serde_json::from_str(&answer).unwrap()
    }

    async fn before_send(&self, body: &Value) -> Value {
        self.post(&Command::OfficialAccountBeforeSendMsg, body).await
    }

    async fn page(&self) -> String {
        let (status, page) = self.send(Request::get("/").body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        page
    }

    /// Which messages are recalled, the latest first.
    async fn recalled(&self) -> Vec<bool> {
        let messages = self.store.latest_messages().await.unwrap();
        messages.iter().map(|seen| seen.recalled).collect()
    }
}

fn webhook(command: &Command, app_id: u64, body: &Value) -> Request<Body> {
    let command = command.as_str();
    let uri = format!("/im/webhook?SdkAppid={app_id}&CallbackCommand={command}&contenttype=json");
    Request::post(uri).body(body.to_string().into()).unwrap()
}

const APP_ID: u64 = 1_400_000_000;
