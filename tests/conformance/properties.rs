//! What holds for any request, any body, any handler and any reply.
//!
//! | property | where |
//! | --- | --- |
//! | any bytes have one meaning, and decoding them takes heap in proportion | here, and in `arbitrary` |
//! | a body means the same however it is cut | here |
//! | order, unknown keys and encoding of a query do not matter; a repeated key of identity refuses | here |
//! | a signature is taken for the right digest of a fresh time in ten digits, and nothing else | here |
//! | what is decoded is encoded as it was; every reply has its three fields | `arbitrary`; here |
//! | typed fields are those of the JSON document | `arbitrary` |
//! | halves of surrogate pairs are repaired, and nothing else is touched | here |
//! | axum, actix-web and the service answer byte for byte alike | `alike` |
//! | a request dropped at any time leaks no permit and cuts off no *after* handler | here |
//! | no output holds a token or a signature | here |

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context as Task, Waker};
use std::time::Duration;

use conformance::{APP, Kind, NOW, Sample, Sent, Stack, TOKEN, receiver};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tencent_im_webhook::event::official_account::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{
    Answer, BoxError, C2cCode, Command, Context, FriendCode, FriendVerdict, GiftCode, GiftVerdict, GroupCode,
    HandlerService, Head, IntoReply, InviteVerdict, MessageVerdict, MsgElement, Receiver, Reply, Rewrite,
    SubscribeVerdict, UnixSeconds, UserId, Verdict, WebhookHandler, WebhookService, async_trait, sign,
};
use tencent_im_webhook_testing::fixture;
use tokio::runtime::Runtime;
use tower::{Service, ServiceBuilder};

use crate::arbitrary::many;
use crate::bounds::{HEAP, HEAP_PER_BYTE};
use crate::log::Log;
use crate::requests::{body, good_parameters, joined, request};
use crate::try_decode;

proptest! {
    #![proptest_config(many())]

    #[test]
    fn decoding_any_body_takes_heap_in_proportion_to_it((command, body) in body()) {
        let size = body.len() as u64;
        let heap = allocation_counter::measure(|| drop(try_decode(command, body))).bytes_max;
        prop_assert!(heap <= HEAP_PER_BYTE * size + HEAP, "{heap} for {size}");
    }

    #[test]
    fn a_body_means_the_same_however_it_is_cut(
        (command, body) in body(),
        cuts in vec(any::<Index>(), 0..6),
        has_trailers in any::<bool>(),
    ) {
        let whole = Sample::of(command.as_str()).body(body);
        let cut = whole.clone().sent(cut(&whole, &cuts, has_trailers));
        let answers = on_tower(Defaults, |stack| async move { [stack.send(&whole).await, stack.send(&cut).await] });
        prop_assert_eq!(answers[0].status(), answers[1].status());
        prop_assert_eq!(answers[0].body(), answers[1].body());
    }

    #[test]
    fn a_query_means_the_same_in_any_order_and_encoding(
        parameters in Just(good_parameters()).prop_shuffle(),
        encoded in vec(any::<Index>(), 0..20),
        unknown in "(&[a-z]{1,6}(=[A-Za-z0-9%+]{0,6})?){0,4}",
    ) {
        prop_assume!(!unknown.contains("sign"));
        let plain = joined(&parameters);
        let query = percent_encoded(&plain, &encoded) + &unknown;
        let receiver = receiver().build().unwrap();
        let admission = receiver.admit(&Head::new("POST", &query)).unwrap();
        prop_assert_eq!(admission.app(), APP);
        prop_assert_eq!(admission.command(), Some(&Command::StateStateChange));
    }

    #[test]
    fn a_repeated_key_of_identity_refuses(
        parameters in Just(good_parameters()).prop_shuffle(),
        name in select(vec!["SdkAppid", "Sign", "RequestTime"]),
        value in prop_oneof![Just(None), "[0-9a-f]{0,64}".prop_map(Some)],
        upper in any::<bool>(),
        encoded in vec(any::<Index>(), 0..4),
        at in any::<Index>(),
    ) {
        let right = parameters.iter().find(|(known, _)| known == name).unwrap().1.clone();
        let name = if upper { name.to_uppercase() } else { name.to_lowercase() };
        let again = percent_encoded(&format!("{name}={}", value.unwrap_or(right)), &encoded);
        let mut pairs: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.insert(at.index(pairs.len() + 1), again);
        let rejection = receiver().build().unwrap().admit(&Head::new("POST", &pairs.join("&"))).unwrap_err();
        prop_assert_eq!(rejection.status().as_u16(), 401);
    }

    #[test]
    fn a_signature_is_the_right_digest_of_a_fresh_time_in_ten_digits(
        time in time(),
        digest in digest(),
    ) {
        let right = hex(&Sha256::digest(format!("{TOKEN}{time}")));
        let sign = digest.of(&right);
        let seconds = time.parse::<u64>().ok().filter(|_| time.len() == 10 && time.bytes().all(|b| b.is_ascii_digit()));
        let is_fresh = seconds.is_some_and(|seconds| seconds.abs_diff(NOW) <= 60);
        let sample = Sample::before().with("Sign", &sign).with("RequestTime", &time);
        let admitted = receiver().build().unwrap().admit(&Head::new("POST", &sample.query));
        prop_assert_eq!(admitted.is_ok(), is_fresh && sign.eq_ignore_ascii_case(&right), "{} {}", time, sign);
    }

    #[test]
    fn every_reply_has_its_three_fields_and_a_code_of_its_range((reply, codes) in reply()) {
        let answer = Answer::from(reply);
        prop_assert_eq!(answer.status().as_u16(), 200);
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        prop_assert_eq!(&answer["ActionStatus"], "OK");
        prop_assert!(answer["ErrorInfo"].is_string());
        let code = answer["ErrorCode"].as_u64().unwrap();
        prop_assert!(code <= 2 || codes.contains(&code), "{}", code);
    }

    #[test]
    fn halves_of_surrogate_pairs_are_repaired_and_nothing_else_is_touched(
        units in vec(prop_oneof![0xd7f0..0xe010_u16, 0x20..0x100_u16], 0..12),
    ) {
        let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        let body = fixture(&Command::OfficialAccountBeforeSendMsg).unwrap().body().replace("autumn", &escaped);
        let call = try_decode(Command::OfficialAccountBeforeSendMsg, body.clone()).unwrap();
        let tencent_im_webhook::Event::OfficialAccountBeforeSendMsg(event) = call.event else { panic!() };
        let expected = format!("The {} issue is here", String::from_utf16_lossy(&units));
        prop_assert_eq!(event.msg_body.texts().next(), Some(&*expected));
        prop_assert_eq!(call.context.is_lossy(), String::from_utf16(&units).is_err());
        prop_assert_eq!(call.context.raw(), &body);
    }

    #[test]
    fn a_request_dropped_at_any_time_leaks_no_permit_and_cuts_off_nothing(
        polls in 0..12_usize,
        yields in 0..4_u32,
        is_after in any::<bool>(),
        cuts in vec(any::<Index>(), 0..3),
    ) {
        let sample = if is_after { Sample::after() } else { Sample::before() };
        let sample = sample.clone().sent(cut(&sample, &cuts, false));
        let counts = Counts { yields, ..Counts::default() };
        paused().block_on(async {
            let receiver = receiver().build().unwrap();
            let limited = ServiceBuilder::new().concurrency_limit(1).service(HandlerService::new(counts.clone()));
            let mut service = WebhookService::new(receiver.clone(), limited);
            let is_done = poll_and_drop(service.call(sample.to_http()), polls).await;
            receiver.drain().await;
            let (begun, finished) = counts.get();
            assert!(begun <= 1 && (!is_done || finished == 1), "{begun} {finished} {is_done}");
            assert!(!is_after || begun == finished, "an after handler was cut off");
            // The one permit is there for the next.
            let next = service.call(Sample::after().to_http()).await.unwrap();
            assert_eq!((next.status().as_u16(), counts.get().1), (200, finished + 1));
        });
    }

    #[test]
    fn no_output_holds_a_token_or_a_signature(sample in request()) {
        let signature = sign(TOKEN, UnixSeconds(NOW));
        // Whoever gives it as something else, such as the request's id, has told it himself.
        let misplaced = ["RequestID", "ClientIP", "CallbackCommand"].map(|name| format!("{name}={signature}"));
        prop_assume!(!misplaced.iter().any(|pair| sample.query.contains(pair)));
        let log = Log::default();
        let _guard = log.listen();
        let (shown, answer) = shown(&sample);
        let output = format!("{}{shown}{:?}{:?}", log.take(), answer.headers(), answer.body());
        for secret in [TOKEN, &signature] {
            prop_assert!(!output.contains(secret), "{}", output);
        }
    }
}

struct Defaults;

impl WebhookHandler for Defaults {}

fn paused() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

fn on_tower<F, T>(handler: impl WebhookHandler, run: impl FnOnce(Stack) -> F) -> T
where
    F: Future<Output = T>,
{
    paused().block_on(run(Stack::new(Kind::Tower, &receiver().build().unwrap(), handler)))
}

/// The body in pieces, some of them empty, and trailers behind it.
fn cut(sample: &Sample, cuts: &[Index], has_trailers: bool) -> Sent {
    let body = sample.body.clone().whole();
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    ends.push(body.len());
    ends.sort_unstable();
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let pieces = starts.zip(&ends).map(|(start, end)| body.slice(start..*end)).collect();
    match has_trailers {
        true => Sent::Trailed(pieces, [(http::header::TRAILER, "x".parse().unwrap())].into_iter().collect()),
        false => Sent::Pieces(pieces),
    }
}

/// The text with some of its letters and digits written as escapes.
fn percent_encoded(text: &str, encoded: &[Index]) -> String {
    let places: Vec<usize> = encoded.iter().map(|at| at.index(text.len())).collect();
    let letter = |(at, byte): (usize, u8)| match places.contains(&at) && byte.is_ascii_alphanumeric() {
        true => format!("%{byte:02X}"),
        false => char::from(byte).to_string(),
    };
    text.bytes().enumerate().map(letter).collect()
}

/// Times near and far, and what is none.
fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (NOW - 70..NOW + 70).prop_map(|time| time.to_string()),
        1 => any::<u64>().prop_map(|time| time.to_string()),
        1 => "[0-9]{8,12}",
        1 => "1[67][0-9]{7}[0-9.x]",
    ]
}

/// A digest, and what may be wrong with it.
#[derive(Clone, Debug)]
enum Sign {
    Right,
    Upper,
    /// With another character somewhere.
    Edited(Index, char),
    Cut(Index),
}

fn digest() -> impl Strategy<Value = Sign> {
    prop_oneof![
        2 => Just(Sign::Right),
        1 => Just(Sign::Upper),
        2 => (any::<Index>(), select("0123456789abcdefABCDEFgx.-".chars().collect::<Vec<_>>()))
            .prop_map(|(at, character)| Sign::Edited(at, character)),
        1 => any::<Index>().prop_map(Sign::Cut),
    ]
}

impl Sign {
    fn of(&self, right: &str) -> String {
        match self {
            Self::Right => right.into(),
            Self::Upper => right.to_uppercase(),
            Self::Edited(at, character) => {
                let at = at.index(right.len());
                format!("{}{character}{}", &right[..at], &right[at + 1..])
            }
            Self::Cut(end) => right[..end.index(right.len())].into(),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

type Codes = std::ops::RangeInclusive<u64>;

/// A reply of any kind, and the range of its own codes.
fn reply() -> impl Strategy<Value = (Reply, Codes)> {
    let info = any::<String>;
    let c2c = (120_001..=130_000_u32).prop_map(|code| C2cCode::new(code).unwrap());
    let group = (10_100..=10_200_u32).prop_map(|code| GroupCode::new(code).unwrap());
    let gift = (102_100..=102_200_u32).prop_map(|code| GiftCode::new(code).unwrap());
    let friend = (38_000..=39_000_u32).prop_map(|code| FriendCode::new(code).unwrap());
    let users = vec(info().prop_map(UserId::from), 0..3);
    prop_oneof![
        (c2c, info())
            .prop_map(|(code, info)| made(MessageVerdict::RejectWith(code, info.into()), 120_001..=130_000)),
        (group.clone(), info())
            .prop_map(|(code, info)| made(MessageVerdict::RejectWith(code, info.into()), 10_100..=10_200)),
        (group, info())
            .prop_map(|(code, info)| made(Verdict::RejectWith(code, info.into()), 10_100..=10_200)),
        (gift, info())
            .prop_map(|(code, info)| made(GiftVerdict::RejectWith(code, info.into()), 102_100..=102_200)),
        (friend, info())
            .prop_map(|(code, info)| made(FriendVerdict::new().reject("a".into(), code, info), 0..=0)),
        (info(), info()).prop_map(|(text, data)| {
            let rewrite = Rewrite::new().msg_body(vec![MsgElement::text(text)]).cloud_custom_data(data);
            made(MessageVerdict::<C2cCode>::Rewrite(rewrite), 0..=0)
        }),
        users.clone().prop_map(|users| made(InviteVerdict::AllowExcept(users), 0..=0)),
        users.prop_map(|users| made(SubscribeVerdict::AllowExcept(users), 0..=0)),
        select(vec![MessageVerdict::<C2cCode>::Allow, MessageVerdict::Reject, MessageVerdict::Discard])
            .prop_map(|verdict| made(verdict, 0..=0)),
        Just(made((), 0..=0)),
    ]
}

fn made(reply: impl IntoReply, codes: Codes) -> (Reply, Codes) {
    (reply.into_reply().unwrap(), codes)
}

/// Counts how often it began and how often it came to its end.
#[derive(Clone, Default)]
struct Counts {
    yields: u32,
    begun: Arc<AtomicU32>,
    finished: Arc<AtomicU32>,
}

impl Counts {
    fn get(&self) -> (u32, u32) {
        (self.begun.load(Ordering::SeqCst), self.finished.load(Ordering::SeqCst))
    }

    async fn run(&self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        for _ in 0..self.yields {
            tokio::task::yield_now().await;
        }
        self.finished.fetch_add(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl WebhookHandler for Counts {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        self.run().await;
        Ok(MessageVerdict::Allow)
    }

    async fn official_account_after_send_msg(&self, _: &Context, _: AfterSendMsg) -> Result<(), BoxError> {
        self.run().await;
        Ok(())
    }
}

/// Polls so often, with time for others in between, and drops it then. Whether it was done.
async fn poll_and_drop(future: impl Future, polls: usize) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        if future.as_mut().poll(&mut Task::from_waker(Waker::noop())).is_ready() {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

/// Everything that the bare protocol hands out, as it shows itself, and the answer.
fn shown(sample: &Sample) -> (String, tencent_im_webhook_testing::Answered) {
    let receiver: Receiver = receiver().max_age(Duration::from_secs(60)).build().unwrap();
    let head = Head::new(&sample.method, &sample.query);
    let admission = receiver.admit(&head);
    let shown = match admission {
        Ok(admission) => {
            let shown = format!("{admission:?}");
            format!("{shown}{:?}", receiver.decode(admission, sample.body.clone().whole()))
        }
        Err(rejection) => format!("{rejection:?}{rejection}"),
    };
    let sample = sample.clone();
    let answer = on_tower(Defaults, |stack| async move { stack.send(&sample).await });
    (format!("{receiver:?}{head:?}{shown}"), answer)
}
