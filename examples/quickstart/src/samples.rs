//! Webhooks as the platform sends them, each with the answer that this app owes it.

use serde_json::{Value, json};
use tencent_im_webhook::Command;

/// A webhook, and what is to come of it.
pub(crate) struct Sample {
    /// What it shows.
    pub(crate) about: &'static str,
    pub(crate) command: Command,
    /// Who causes it, as the URL says it.
    pub(crate) platform: &'static str,
    pub(crate) body: Value,
    /// The answer in words.
    pub(crate) decision: &'static str,
    pub(crate) answer: Value,
}

/// A message from before to after: judged by every rule, sent, and recalled; then two of groups.
pub(crate) fn all() -> Vec<Sample> {
    vec![
        allowed(),
        rejected(),
        over_quota(),
        discarded(),
        rewritten(),
        sent(),
        recalled(),
        sent_to_group(),
        sent_to_live_room(),
    ]
}

pub(crate) fn allowed() -> Sample {
    Sample {
        about: "plain text",
        body: before_send(&[text("Issue 12 is out")]),
        decision: "allow",
        answer: ok(),
        ..a_message()
    }
}

pub(crate) fn rejected() -> Sample {
    Sample {
        about: "text with \"forbidden\"",
        body: before_send(&[text("a forbidden word")]),
        decision: "reject",
        answer: json!({"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 1}),
        ..a_message()
    }
}

pub(crate) fn over_quota() -> Sample {
    Sample {
        about: "text with \"quota\"",
        body: before_send(&[text("one more beyond the quota")]),
        decision: "reject as 120001",
        answer: json!({
            "ActionStatus": "OK",
            "ErrorInfo": "today's quota is used up",
            "ErrorCode": 120001,
        }),
        ..a_message()
    }
}

pub(crate) fn discarded() -> Sample {
    Sample {
        about: "text with \"spam\"",
        body: before_send(&[text("spam, spam, lovely spam")]),
        decision: "discard silently",
        answer: json!({"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 2}),
        ..a_message()
    }
}

pub(crate) fn rewritten() -> Sample {
    let face = json!({"MsgType": "TIMFaceElem", "MsgContent": {"Index": 6, "Data": "party"}});
    let level = json!({
        "MsgType": "TIMCustomElem",
        "MsgContent": {"Data": "LV1", "Desc": "CustomElement.MemberLevel"},
    });
    Sample {
        about: "text with \"vip\", and a sticker",
        body: before_send(&[text("for our vip readers"), face.clone()]),
        decision: "rewrite",
        answer: json!({
            "ActionStatus": "OK",
            "ErrorInfo": "",
            "ErrorCode": 0,
            "MsgBody": [text("for our vip readers"), face, level],
        }),
        ..a_message()
    }
}

/// The first message, after it went out.
pub(crate) fn sent() -> Sample {
    Sample {
        about: "sent to the subscribers",
        command: Command::OfficialAccountAfterSendMsg,
        platform: "RESTAPI",
        body: json!({
            "CallbackCommand": "OfficialAccount.CallbackAfterSendMsg",
            "Official_Account": OFFICIAL_ACCOUNT,
            "MsgKey": MSG_KEY,
            "MsgTime": 1767225601,
            "OnlineOnlyFlag": 0,
            "MsgBody": [text("Issue 12 is out")],
            "CloudCustomData": "issue=12",
            "EventTime": 1767225601200_u64,
        }),
        decision: ACKNOWLEDGED,
        answer: ok(),
    }
}

/// The same message, recalled.
pub(crate) fn recalled() -> Sample {
    Sample {
        about: "that message was recalled",
        command: Command::OfficialAccountAfterMsgWithdraw,
        platform: "RESTAPI",
        body: json!({
            "CallbackCommand": "OfficialAccount.CallbackAfterMsgWithDraw",
            "Official_Account": OFFICIAL_ACCOUNT,
            "WithdrawMsgList": [{"MsgKey": MSG_KEY}],
            "EventTime": 1767225660000_u64,
        }),
        decision: ACKNOWLEDGED,
        answer: ok(),
    }
}

pub(crate) fn sent_to_group() -> Sample {
    Sample {
        about: "sent to a group",
        command: Command::GroupAfterSendMsg,
        platform: "Android",
        body: json!({
            "CallbackCommand": "Group.CallbackAfterSendMsg",
            "GroupId": "@TGS#QUICKSTART",
            "Type": "Public",
            "From_Account": "lena",
            "Operator_Account": "lena",
            "Random": 2718281828_u64,
            "MsgId": "144115200000000042-1767225602-2718281828",
            "MsgSeq": 7,
            "MsgTime": 1767225602,
            "OnlineOnlyFlag": 0,
            "MsgBody": [text("@ivo who brings the tea?")],
            "CloudCustomData": "",
            "GroupAtInfo": [{"GroupAtAllFlag": 0, "GroupAt_Account": "ivo"}],
            // A string: several pages show it so.
            "EventTime": "1767225602300",
        }),
        decision: ACKNOWLEDGED,
        answer: ok(),
    }
}

pub(crate) fn sent_to_live_room() -> Sample {
    Sample {
        about: "sent to a live room",
        command: Command::GroupAfterSendMsg,
        platform: "iOS",
        body: json!({
            "CallbackCommand": "Group.CallbackAfterSendMsg",
            "GroupId": "live_tea_tasting",
            "Type": "Live",
            "From_Account": "ivo",
            "Operator_Account": "ivo",
            "Random": 314159265,
            "MsgId": "144115200000000043-1767225603-314159265",
            "MsgSeq": 1,
            "MsgTime": 1767225603,
            "MsgBody": [text("greetings to the studio")],
            "EventTime": 1767225603400_u64,
        }),
        decision: ACKNOWLEDGED,
        answer: ok(),
    }
}

/// What the samples of messages about to be sent share.
fn a_message() -> Sample {
    Sample {
        about: "",
        command: Command::OfficialAccountBeforeSendMsg,
        platform: "RESTAPI",
        body: Value::Null,
        decision: "",
        answer: Value::Null,
    }
}

/// The body of a webhook about a message with these elements.
pub(crate) fn before_send(elements: &[Value]) -> Value {
    json!({
        "CallbackCommand": "OfficialAccount.CallbackBeforeSendMsg",
        "Official_Account": OFFICIAL_ACCOUNT,
        "OnlineOnlyFlag": 0,
        "MsgBody": elements,
        "CloudCustomData": "issue=12",
        "EventTime": 1767225600100_u64,
    })
}

pub(crate) fn text(text: &str) -> Value {
    json!({"MsgType": "TIMTextElem", "MsgContent": {"Text": text}})
}

fn ok() -> Value {
    json!({"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0})
}

const OFFICIAL_ACCOUNT: &str = "@TOA#_tea_weekly";
const MSG_KEY: &str = "31_1_1767225601";
const ACKNOWLEDGED: &str = "acknowledge";
