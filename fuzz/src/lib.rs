//! What holds for any bytes. Each function is one target, and panics where something does not hold.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context as Task, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use tencent_im_webhook::{
    Answer, C2cCode, Call, Command, Event, GroupCode, HandlerService, Head, IntoReply, InviteVerdict,
    MessageVerdict, MsgElement, Receiver, Reply, Rewrite, SdkAppId, UnixSeconds, UserId, WebhookHandler,
    WebhookService, sign,
};
use tower::Service;

/// A query is admitted only if it names our app once and holds a right and fresh signature once.
pub fn query(data: &[u8]) {
    let query = String::from_utf8_lossy(data);
    let head = Head::new("POST", &query);
    let Ok(admission) = receiver().admit(&head) else { return };
    assert_eq!(admission.command(), head.command().as_ref(), "{query}");
    assert_eq!(admission.app(), APP);
    let [app, sign, time] = ["SdkAppid", "Sign", "RequestTime"].map(|name| values(&query, name));
    let ([sign], [time]) = (&*sign, &*time) else { panic!("admitted without a signature: {query}") };
    // Without an app it is the console's check, which names no command either.
    let is_check = app.is_empty() && values(&query, "CallbackCommand").is_empty();
    assert!(is_check || app == [APP.to_string()], "{query}");
    assert!(time.len() == 10 && time.parse::<u64>().is_ok_and(|time| time.abs_diff(NOW) <= 60), "{query}");
    let digest = Sha256::digest(format!("{TOKEN}{time}"));
    let right = digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    assert!(sign.eq_ignore_ascii_case(&right), "{query}");
}

/// A body has one meaning, which survives being written and read again. What is typed is JSON by the word of another
/// reader. The first byte names the command.
pub fn body(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let command = Command::ALL.get(usize::from(*first));
    let body = Bytes::copy_from_slice(body);
    let Some(call) = decode(command, body.clone()) else { return };
    assert_eq!(call.context.raw(), &body);

    if matches!(call.event, Event::Unknown(_)) {
        return;
    }
    let text = String::from_utf8_lossy(&body);
    let json: Result<&RawValue, _> = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text));
    assert!(json.is_ok(), "{text:?} is read as {:?}", call.event);
    let written = serde_json::to_vec(&call.event).expect("an event is written");
    let again = decode(call.event.command(), written.into()).expect("what was written is read");
    assert!(again.event == call.event && !again.context.is_lossy(), "{:?} {:?}", call.event, again.event);
}

/// Every request is answered, by one of the known statuses and a JSON object.
pub fn service(data: &[u8]) {
    let request = Script(data).request();
    let is_head = request.method() == http::Method::HEAD;
    let (status, body) = RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let response = SERVICE.with(Clone::clone).call(request).await;
            let response = response.unwrap_or_else(|never| match never {});
            let status = response.status().as_u16();
            let body = response.into_body().collect().await.unwrap_or_else(|never| match never {}).to_bytes();
            receiver().drain().await;
            (status, body)
        })
    });
    assert!([200, 400, 401, 405, 408, 413, 415, 503].contains(&status), "{status}");
    assert_eq!(body.is_empty(), is_head);
    if !is_head {
        is_reply(&body, status == 200);
    }
}

/// What a handler decides arrives as it was decided.
pub fn reply(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest).into_owned();
    let number = u32::from(*kind) * 40;
    let allowed = || MessageVerdict::<C2cCode>::Allow;
    let (reply, code) = match kind % 6 {
        0 => (allowed().into_reply(), 0),
        1 => match C2cCode::new(120_001 + number % 9_999) {
            Some(code) => {
                (MessageVerdict::RejectWith(code, text.clone().into()).into_reply(), 120_001 + number % 9_999)
            }
            None => return,
        },
        2 => match GroupCode::new(10_100 + number % 101) {
            Some(code) => {
                (InviteVerdict::RejectWith(code, text.clone().into()).into_reply(), 10_100 + number % 101)
            }
            None => return,
        },
        3 => (InviteVerdict::AllowExcept(vec![UserId::from(text.clone())]).into_reply(), 0),
        4 => {
            let rewrite =
                Rewrite::new().msg_body(vec![MsgElement::text(text.clone())]).cloud_custom_data(text.clone());
            (MessageVerdict::<C2cCode>::Rewrite(rewrite).into_reply(), 0)
        }
        _ => (Reply::new(number, &text).and_then(|reply| reply.with(&text, &text)), number),
    };
    // A rewrite may be too long, a key may be taken.
    let Ok(reply) = reply else { return };
    let answer = Answer::from(reply);
    let value = is_reply(answer.body(), true);
    assert_eq!(value["ErrorCode"], code);
    match kind % 6 {
        1 | 2 => assert_eq!(value["ErrorInfo"], *text),
        4 => {
            assert_eq!(value["MsgBody"][0]["MsgContent"]["Text"], *text);
            assert_eq!(value["CloudCustomData"], *text);
        }
        5 => assert_eq!(value[&*text], *text),
        _ => {}
    }
}

/// The name of a target and what it is.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 4] = [("query", query), ("body", body), ("service", service), ("reply", reply)];

/// What the fuzzer starts from: documented requests and bodies.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let commands = || (0_u8..).zip(Command::ALL);
    let fixture =
        |command: &Command| tencent_im_webhook_testing::fixture(command).expect("every command has one");
    match target {
        "query" => commands().map(|(_, command)| good_query(command).into_bytes()).collect(),
        "body" => {
            let at = |command: &Command| Command::ALL.iter().position(|known| known == command);
            let fixtures = tencent_im_webhook_testing::fixtures().iter();
            fixtures
                .filter_map(|fixture| Some((u8::try_from(at(&fixture.command())?).ok()?, fixture.body())))
                .map(|(first, body)| [&[first], body.as_bytes()].concat())
                .collect()
        }
        "service" => commands()
            .map(|(first, command)| [&[first, 0, 0], fixture(command).body().as_bytes()].concat())
            .collect(),
        _ => (0..6).map(|kind| [&[kind], "a user's words 你好 \"\u{0}".as_bytes()].concat()).collect(),
    }
}

const APP: SdkAppId = SdkAppId(1_400_000_000);
const TOKEN: &str = "demo-token";
const NOW: u64 = 1_700_000_000;

struct Defaults;

impl WebhookHandler for Defaults {}

thread_local! {
    static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    static SERVICE: WebhookService<HandlerService<Defaults>> =
        WebhookService::new(receiver().clone(), HandlerService::new(Defaults));
}

fn receiver() -> &'static Receiver {
    static RECEIVER: OnceLock<Receiver> = OnceLock::new();
    RECEIVER.get_or_init(|| {
        let builder =
            Receiver::builder().app(APP, [TOKEN]).app(SdkAppId(7), ["another"]).body_limit(64 * 1024);
        builder.clock(now).build().expect("the settings are good")
    })
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

/// Once: a hash is slow under the sanitizer.
fn signature() -> &'static str {
    static SIGNATURE: OnceLock<String> = OnceLock::new();
    SIGNATURE.get_or_init(|| sign(TOKEN, UnixSeconds(NOW)))
}

fn good_query(command: &Command) -> String {
    let sign = signature();
    format!(
        "SdkAppid={APP}&CallbackCommand={command}&contenttype=json&ClientIP=203.0.113.7&OptPlatform=iOS&Sign={sign}&RequestTime={NOW}"
    )
}

fn decode(command: Option<&Command>, body: Bytes) -> Option<Call> {
    let named = command.map_or_else(String::new, |command| format!("&CallbackCommand={command}"));
    let sign = signature();
    let query = format!("SdkAppid={APP}{named}&Sign={sign}&RequestTime={NOW}");
    let admission = receiver().admit(&Head::new("POST", &query)).expect("a good query");
    receiver().decode(admission, body).ok()
}

/// Every value of a name, read in the plainest way.
fn values(query: &str, name: &str) -> Vec<String> {
    let decoded = |text: &str| plainly_decoded(text).unwrap_or_else(|| text.to_owned());
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs
        .filter(|(known, _)| decoded(known).eq_ignore_ascii_case(name))
        .map(|(_, value)| decoded(value))
        .collect()
}

fn plainly_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let digits =
                    std::str::from_utf8(rest.get(..2)?).ok().filter(|digits| !digits.starts_with('+'))?;
                rest = &rest[2..];
                u8::from_str_radix(digits, 16).ok()?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn is_reply(body: &[u8], is_ok: bool) -> Value {
    let value: Value = serde_json::from_slice(body).expect("an answer is JSON");
    assert_eq!(value["ActionStatus"], if is_ok { "OK" } else { "FAIL" });
    assert!(value["ErrorCode"].is_u64() && value["ErrorInfo"].is_string(), "{value}");
    value
}

/// Bytes as a request: the first names the command, the second what is odd about the head, the third how the
/// body is cut. The rest is the body; up to a NUL it is more of the query where the second says so.
struct Script<'a>(&'a [u8]);

impl Script<'_> {
    fn request(&self) -> http::Request<Pieces> {
        let (head, mut rest) = self.0.split_at(self.0.len().min(3));
        let byte = |at: usize| head.get(at).copied().unwrap_or_default();
        let command =
            Command::ALL.get(usize::from(byte(0))).cloned().unwrap_or_else(|| "Future.Command".into());
        let mut query = good_query(&command);
        if byte(1) & 1 != 0 {
            let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
            let more =
                rest[..end].iter().filter(|byte| byte.is_ascii_alphanumeric() || b"%&=+.".contains(byte));
            query.extend(more.map(|byte| char::from(*byte)));
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        let method =
            if byte(1) & 2 == 0 { "POST" } else { ["GET", "HEAD", "PUT", "X"][usize::from(byte(1) >> 6)] };
        let mut request = http::Request::builder().method(method).uri(format!("/cb?{query}"));
        if byte(1) & 4 != 0 {
            request = request.header("content-encoding", if byte(1) & 8 == 0 { "identity" } else { "br" });
        }
        if byte(1) & 16 != 0 {
            request = request.header("content-length", rest.len() * 256);
        }
        let size = usize::from(byte(2)).max(1) * rest.len().div_ceil(256).max(1);
        let pieces = rest.chunks(size).map(Bytes::copy_from_slice).collect();
        request.body(Pieces { pieces, stalls: byte(1) & 32 != 0 }).expect("a request")
    }
}

/// A body in pieces, which may never end.
struct Pieces {
    pieces: VecDeque<Bytes>,
    stalls: bool,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.pieces.pop_front() {
            Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            None if self.stalls => Poll::Pending,
            None => Poll::Ready(None),
        }
    }
}
