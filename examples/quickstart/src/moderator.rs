//! What this app does with webhooks: one struct, one method per command that it cares about.

use tencent_im_webhook::event::{group, official_account};
use tencent_im_webhook::{
    BoxError, C2cCode, Context, MessageVerdict, MsgBody, MsgElement, Rewrite, WebhookHandler, async_trait,
};

use crate::store::{Identity, Message, Store, Verdict};

/// Judges the messages of official accounts, and keeps a record of everything that is sent.
pub(crate) struct Moderator {
    store: Store,
}

impl Moderator {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Keeps a verdict. The message must not go out only because the store is slow or full, so this neither
    /// fails nor takes more than half of the time that is left for the answer.
    async fn record_verdict(&self, cx: &Context, verdict: Verdict) {
        let record = self.store.record_verdict(verdict);
        match tokio::time::timeout(cx.remaining() / 2, record).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a verdict was not recorded"),
            Err(_elapsed) => tracing::warn!("a verdict is recorded late"),
        }
    }
}

#[async_trait]
impl WebhookHandler for Moderator {
    async fn official_account_before_send_msg(
        &self,
        cx: &Context,
        message: official_account::BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        let (official_account, text) = (message.official_account.to_string(), shown(&message.msg_body));
        let verdict = judge(message);
        let (decision, detail) = (verdict.as_str(), detail(&verdict));
        self.record_verdict(cx, Verdict { official_account, text, decision, detail }).await;
        Ok(verdict)
    }

    async fn official_account_after_send_msg(
        &self,
        _: &Context,
        message: official_account::AfterSendMsg,
    ) -> Result<(), BoxError> {
        let message = Message {
            identity: Identity::MsgKey(message.msg_key),
            place: "official account".into(),
            conversation: message.official_account.to_string(),
            sender: String::new(),
            text: shown(&message.msg_body),
            sent_at: message.msg_time,
        };
        Ok(self.store.record(message).await?)
    }

    async fn official_account_after_msg_withdraw(
        &self,
        _: &Context,
        recall: official_account::AfterMsgWithdraw,
    ) -> Result<(), BoxError> {
        let keys = recall.withdraw_msg_list.into_iter().map(|message| message.msg_key).collect();
        Ok(self.store.recall(keys).await?)
    }

    async fn group_after_send_msg(&self, _: &Context, message: group::AfterSendMsg) -> Result<(), BoxError> {
        let place = match message.group_type {
            group::GroupType::Live => "live room".into(),
            ref other => format!("{other} group"),
        };
        let message = Message {
            identity: Identity::MsgSeq { topic: message.topic().cloned(), seq: message.msg_seq },
            place,
            conversation: message.group_id.to_string(),
            sender: message.from_account.to_string(),
            text: shown(&message.msg_body),
            sent_at: message.msg_time,
        };
        Ok(self.store.record(message).await?)
    }
}

/// The rules. The first word that a message contains decides. They do not look into forwarded bundles
/// (`MsgElement::Relay`), which a real moderator would.
fn judge(message: official_account::BeforeSendMsg) -> MessageVerdict {
    let says = |word| message.msg_body.texts().any(|text| text.contains(word));
    if says("forbidden") {
        MessageVerdict::Reject
    } else if says("quota") {
        MessageVerdict::RejectWith(QUOTA, "today's quota is used up".into())
    } else if says("spam") {
        MessageVerdict::Discard
    } else if says("vip") {
        MessageVerdict::Rewrite(Rewrite::new().msg_body(with_member_level(message.msg_body)))
    } else {
        MessageVerdict::Allow
    }
}

/// A rewrite replaces the whole body, so the badge goes behind all that is there. A message may have one custom
/// element, so it takes the place of another.
fn with_member_level(mut body: MsgBody) -> MsgBody {
    body.retain(|element| !matches!(element, MsgElement::Custom(_)));
    body.push(MsgElement::custom("LV1", "CustomElement.MemberLevel"));
    body
}

/// What else there is to say of a verdict than its word.
fn detail(verdict: &MessageVerdict) -> String {
    match verdict {
        MessageVerdict::Rewrite(_) => "the member level was appended".into(),
        MessageVerdict::RejectWith(code, text) => format!("{code}: {text}"),
        MessageVerdict::Discard => "the sender is told that it was sent".into(),
        _ => String::new(),
    }
}

/// A message as the page shows it: its text, and the type of every element that has none.
fn shown(body: &MsgBody) -> String {
    let parts = body.iter().map(|element| match element {
        MsgElement::Text(text) => text.text.clone(),
        other => format!("[{}]", other.msg_type().unwrap_or("?")),
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// Our own code for "no more messages today". The client gets it together with the text.
const QUOTA: C2cCode = C2cCode::new(120_001).expect("120001 is the first code of the range");
