use std::fmt::Write as _;
use std::time::SystemTime;

use tencent_im_webhook::{Command, Head, Receiver, SdkAppId, UnixSeconds};
use tencent_im_webhook_testing::WebhookRequest;

pub const APP: SdkAppId = SdkAppId(1_400_000_000);
pub const TOKEN: &str = "demo-token";

/// A receiver with the settings that a user gets.
pub fn receiver() -> Receiver {
    Receiver::builder().app(APP, [TOKEN]).build().expect("an app with a token")
}

/// The same without asking for signatures.
pub fn receiver_without_signature() -> Receiver {
    Receiver::builder().app_without_signature(APP).build().expect("an app")
}

/// The bodies that are measured: all of a message before it is sent to subscribers.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum Body {
    /// One short text, printed as the vendor's pages do: 468 bytes.
    Small,
    /// One Chinese text of 12 KB.
    Text,
    /// Many short elements of every kind, 12 KB.
    Elements,
    /// The same with sorted keys, so that `MsgContent` stands before `MsgType`.
    Sorted,
}

impl Body {
    pub const ALL: [Self; 4] = [Self::Small, Self::Text, Self::Elements, Self::Sorted];

    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Text => "text",
            Self::Elements => "elements",
            Self::Sorted => "sorted",
        }
    }

    /// The JSON text.
    pub fn json(self) -> String {
        match self {
            Self::Small => SMALL.to_owned(),
            Self::Text => {
                let text = "今天的课程安排有一些变化，请大家留意群里的通知。".repeat(LARGE / 72);
                message(&format!(r#"{{"MsgType":"TIMTextElem","MsgContent":{{"Text":"{text}"}}}}"#))
            }
            Self::Elements => message(&elements(|name, content| {
                format!(r#"{{"MsgType":"{name}","MsgContent":{content}}}"#)
            })),
            Self::Sorted => message(&elements(|name, content| {
                format!(r#"{{"MsgContent":{content},"MsgType":"{name}"}}"#)
            })),
        }
    }
}

/// One request: what is sent to a server, or to the receiver.
#[derive(Clone, Debug)]
pub struct Request {
    pub query: String,
    pub body: String,
}

impl Request {
    /// Signed now.
    pub fn new(body: Body) -> Self {
        Self::signed_at(body, SystemTime::now().into())
    }

    pub fn signed_at(body: Body, time: UnixSeconds) -> Self {
        let request = WebhookRequest::new(APP, Command::OfficialAccountBeforeSendMsg);
        Self { query: request.token_at(TOKEN, time).query(), body: body.json() }
    }

    /// Without a signature.
    pub fn unsigned(body: Body) -> Self {
        let request = WebhookRequest::new(APP, Command::OfficialAccountBeforeSendMsg);
        Self { query: request.query(), body: body.json() }
    }

    pub fn is_signed(&self) -> bool {
        self.query.contains("&Sign=")
    }

    /// The same with a signature that is none.
    pub fn spoiled(mut self) -> Self {
        self.query = self.query.replace("&Sign=", "&Sign=x");
        self
    }

    pub fn head(&self) -> Head<'_> {
        Head::new("POST", &self.query).content_length(self.body.len() as u64)
    }

    /// The bytes of an HTTP/1.1 request. The content type is for the hand-written servers, which ask for it.
    pub fn to_http1(&self) -> Vec<u8> {
        let mut http = String::new();
        let (query, body) = (&self.query, &self.body);
        let written = write!(
            http,
            "POST /im/webhook?{query} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        written.expect("a string takes anything");
        http.into_bytes()
    }
}

const LARGE: usize = 12 * 1024;

const SMALL: &str = r#"{
  "CallbackCommand": "OfficialAccount.CallbackBeforeSendMsg",
  "Official_Account": "@TOA#_weekly_news_of_the_city",
  "OnlineOnlyFlag": 0,
  "MsgBody": [
    {
      "MsgType": "TIMTextElem",
      "MsgContent": {
        "Text": "Issue 12 is out: the new library opens on Saturday at ten, with a reading for children at noon."
      }
    }
  ],
  "CloudCustomData": "issue=12;language=en;channel=weekly;editor=editor7;country=eu;",
  "EventTime": 1735707600123
}
"#;

fn message(elements: &str) -> String {
    format!(
        r#"{{"CallbackCommand":"OfficialAccount.CallbackBeforeSendMsg","Official_Account":"@TOA#_weekly","OnlineOnlyFlag":0,"MsgBody":[{elements}],"CloudCustomData":"issue=12","EventTime":1735707600123}}"#
    )
}

/// Elements in turn, up to the size.
fn elements(element: impl Fn(&str, &str) -> String) -> String {
    let kinds = [
        ("TIMTextElem", r#"{"Text":"see you at noon"}"#),
        ("TIMFaceElem", r#"{"Data":"smile","Index":6}"#),
        ("TIMCustomElem", r#"{"Data":"poll=7","Desc":"a poll","Ext":"","Sound":""}"#),
        ("TIMLocationElem", r#"{"Desc":"the library","Latitude":29.34,"Longitude":106.57}"#),
    ];
    let mut all = String::new();
    for (name, content) in kinds.iter().cycle() {
        let next = element(name, content);
        if all.len() + next.len() > LARGE {
            break;
        }
        if !all.is_empty() {
            all.push(',');
        }
        all.push_str(&next);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_have_the_sizes_that_the_tables_name() {
        assert_eq!(Body::Small.json().len(), 468);
        for body in [Body::Text, Body::Elements, Body::Sorted] {
            assert!((12_000..13_000).contains(&body.json().len()), "{body:?}: {}", body.json().len());
        }
    }

    #[test]
    fn every_body_fits_its_command() {
        for body in Body::ALL {
            let (receiver, request) = (receiver(), Request::new(body));
            let admission = receiver.admit(&request.head()).expect("signed now");
            let call = receiver.decode(admission, request.body.into()).expect("an object");
            assert_eq!(call.event.command(), Some(&Command::OfficialAccountBeforeSendMsg));
            assert!(!call.context.is_lossy());
        }
    }
}
