//! What a handler decides, and what goes over the wire for it.

use conformance::{Kind, Sample, Stack, receiver};
use serde_json::{Value, json};
use tencent_im_webhook::event::official_account::BeforeSendMsg;
use tencent_im_webhook::{
    BoxError, C2cCode, Context, MessageVerdict, MsgElement, Reply, Rewrite, UnknownEvent, WebhookHandler,
    async_trait,
};

use crate::behaviors;

behaviors! {
    Nothing: [
        a_message_is_allowed_refused_or_dropped_by_its_code,
        a_rewrite_changes_what_it_names,
        a_rewrite_that_cannot_be_sent_is_a_failure,
        a_rewrite_carries_through_what_nobody_knows,
        an_empty_handler_is_a_correct_one,
        an_unknown_command_can_be_answered_by_hand,
        shared_and_boxed_handlers_answer_as_their_own,
    ]
}

/// Answers every message with the same verdict.
struct Always(MessageVerdict);

#[async_trait]
impl WebhookHandler for Always {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        Ok(self.0.clone())
    }
}

async fn expect(kind: Kind, verdict: MessageVerdict, answer: Value) {
    let receiver = receiver().build().unwrap();
    let stack = Stack::new(kind, &receiver, Always(verdict));
    let answered = stack.send(&Sample::before()).await;
    assert_eq!(answered.status(), 200, "{stack}");
    assert_eq!(answered.json().unwrap(), answer, "{stack}");
    assert_eq!(answered.headers()["content-type"], "application/json", "{stack}");
}

async fn a_message_is_allowed_refused_or_dropped_by_its_code(kind: Kind) {
    const NO_LINKS: C2cCode = C2cCode::new(120_100).unwrap();
    let plain = |code: u32, info: &str| json!({"ActionStatus": "OK", "ErrorCode": code, "ErrorInfo": info});
    expect(kind, MessageVerdict::Allow, plain(0, "")).await;
    expect(kind, MessageVerdict::Reject, plain(1, "")).await;
    expect(kind, MessageVerdict::Discard, plain(2, "")).await;
    expect(
        kind,
        MessageVerdict::RejectWith(NO_LINKS, "no \"links\"\n".into()),
        plain(120_100, "no \"links\"\n"),
    )
    .await;
    expect(kind, MessageVerdict::RejectWith(C2cCode::FIRST, "".into()), plain(120_001, "")).await;
    expect(kind, MessageVerdict::RejectWith(C2cCode::LAST, "最后".into()), plain(130_000, "最后")).await;
}

async fn a_rewrite_changes_what_it_names(kind: Kind) {
    let ok = || json!({"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": ""});
    let with = |key: &str, value: Value| {
        let mut answer = ok();
        answer[key] = value;
        answer
    };
    let text = json!([{"MsgType": "TIMTextElem", "MsgContent": {"Text": "h***"}}]);
    let body = || Rewrite::new().msg_body(vec![MsgElement::text("h***")]);
    expect(kind, MessageVerdict::Rewrite(body()), with("MsgBody", text.clone())).await;
    let data = Rewrite::new().cloud_custom_data("checked");
    expect(kind, MessageVerdict::Rewrite(data), with("CloudCustomData", json!("checked"))).await;
    let mut both = with("MsgBody", text);
    both["CloudCustomData"] = json!("");
    expect(kind, MessageVerdict::Rewrite(body().cloud_custom_data("")), both).await;
    expect(kind, MessageVerdict::Rewrite(Rewrite::new()), ok()).await;
}

async fn a_rewrite_that_cannot_be_sent_is_a_failure(kind: Kind) {
    let receiver = receiver().build().unwrap();
    for body in [vec![], vec![MsgElement::text("x".repeat(12 * 1024))]] {
        let verdict = MessageVerdict::Rewrite(Rewrite::new().msg_body(body));
        let stack = Stack::new(kind, &receiver, Always(verdict.clone()));
        let answered = stack.send(&Sample::before()).await;
        assert_eq!((answered.status().as_u16(), answered.error_code()), (503, Some(1)), "110, {stack}");
    }
}

/// Appends an element and carries all others over.
struct Appends;

#[async_trait]
impl WebhookHandler for Appends {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        mut event: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        event.msg_body.push(MsgElement::custom("LV1", "CustomElement.MemberLevel"));
        Ok(MessageVerdict::Rewrite(Rewrite::new().msg_body(event.msg_body)))
    }
}

async fn a_rewrite_carries_through_what_nobody_knows(kind: Kind) {
    let elements = json!([
        {"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi", "NewInside": {"deep": [1.50, null]}}, "NewBeside": true},
        {"MsgType": "TIMStreamElem", "MsgContent": {"Chunks": [{"Index": 1, "Markdown": "**x**", "IsLast": false}]}},
        {"MsgType": "TIMFutureElem", "MsgContent": "odd", "NewBeside": {"a": 1}},
        {"MsgType": "TIMLocationElem", "MsgContent": {"Desc": "a quay", "Latitude": 55.6761, "Longitude": 0}},
        {"MsgType": "TIMTextElem", "MsgContent": {"Text": 5}},
        {"MsgType": "TIMImageElem", "MsgContent": {"ImageInfoArray": [{"Type": 1, "URL": "https://a.example/1", "New": 1}], "New": []}},
        {"MsgType": "TIMRelayElem", "MsgContent": {"MsgList": [{"MsgBody": [{"MsgType": "TIMFutureElem", "MsgContent": {}}], "New": 2}]}},
        {"MsgContent": {"Index": 1, "Data": "wave\u{0}", "New": "x"}, "MsgType": "TIMFaceElem"},
    ]);
    let body = json!({"Official_Account": "@TOA#_x", "MsgBody": elements});
    let mut expected = elements.clone();
    let badge = json!({"MsgType": "TIMCustomElem", "MsgContent": {"Data": "LV1", "Desc": "CustomElement.MemberLevel"}});
    expected.as_array_mut().unwrap().push(badge);
    let receiver = receiver().build().unwrap();
    let stack = Stack::new(kind, &receiver, Appends);
    let answered = stack.send(&Sample::before().body(body.to_string())).await;
    assert_eq!(answered.json().unwrap()["MsgBody"], expected, "{stack}");
}

struct Defaults;

impl WebhookHandler for Defaults {}

async fn an_empty_handler_is_a_correct_one(kind: Kind) {
    let receiver = receiver().build().unwrap();
    let stack = Stack::new(kind, &receiver, Defaults);
    for fixture in tencent_im_webhook_testing::fixtures() {
        let sample = Sample::of(fixture.command().as_str()).body(fixture.body());
        let answered = stack.send(&sample).await;
        // Gifts are money: nothing gives them away unasked.
        let code = u64::from(fixture.command().as_str() == "Live.CallbackBeforeSendGift");
        assert_eq!((answered.status().as_u16(), answered.error_code()), (200, Some(code)), "{fixture:?}");
    }
}

/// Answers what no type answers.
struct ByHand;

#[async_trait]
impl WebhookHandler for ByHand {
    async fn unknown(&self, _: &Context, event: UnknownEvent) -> Result<Reply, BoxError> {
        let asked: Value = serde_json::from_slice(event.raw())?;
        Ok(Reply::new(7, "by hand")?.with("Echo", &asked["Ask"])?)
    }
}

async fn an_unknown_command_can_be_answered_by_hand(kind: Kind) {
    let receiver = receiver().build().unwrap();
    let sample = Sample::before().with("CallbackCommand", "Group.CallbackFuture").body(r#"{"Ask":[1]}"#);
    let stack = Stack::new(kind, &receiver, ByHand);
    let answer = json!({"ActionStatus": "OK", "ErrorCode": 7, "ErrorInfo": "by hand", "Echo": [1]});
    assert_eq!(stack.send(&sample).await.json().unwrap(), answer, "{stack}");
}

async fn shared_and_boxed_handlers_answer_as_their_own(kind: Kind) {
    let receiver = receiver().build().unwrap();
    let shared: std::sync::Arc<dyn WebhookHandler> = std::sync::Arc::new(Always(MessageVerdict::Discard));
    let boxed: Box<dyn WebhookHandler> = Box::new(ByHand);
    let stack = Stack::new(kind, &receiver, std::sync::Arc::clone(&shared));
    assert_eq!(stack.send(&Sample::before()).await.error_code(), Some(2), "{stack}");
    let future = Sample::before().with("CallbackCommand", "Group.CallbackFuture").body("{}");
    let stack = Stack::new(kind, &receiver, boxed);
    assert_eq!(stack.send(&future).await.error_code(), Some(7), "{stack}");
}
