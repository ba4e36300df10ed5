//! How often a webhook asks for memory: exact numbers, so that one more is seen.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use bytes::Bytes;
use conformance::{Sample, receiver};
use http_body_util::Full;
use tencent_im_webhook::{Admission, HandlerService, Head, Receiver, WebhookHandler, WebhookService};

/// The strings and the list of the event: account, elements, one text, custom data.
const EVENT: u64 = 4;

/// The call, the handler's method, and the future around it.
const CALL: u64 = 3;

/// Two for the labels of each figure, with the feature `metrics`: it is off by default, and on for these tests. A
/// refusal is one figure, a webhook two.
const LABELS: u64 = 2;

#[test]
fn the_check_of_a_head_asks_for_nothing() {
    let receiver = receiver().build().unwrap();
    let sample = Sample::before();
    let head = Head::new("POST", &sample.query);
    assert_eq!(measure(|| drop(receiver.admit(&head).unwrap())).count_total, 0);
}

#[test]
fn a_refusal_asks_for_nothing_but_labels() {
    let receiver = receiver().build().unwrap();
    for sample in [
        Sample::before().with("SdkAppid", "7"),
        Sample::before().with("Sign", "x"),
        Sample::before().with("Sign", &"0".repeat(64)),
        Sample::before().without("RequestTime"),
    ] {
        let head = Head::new("POST", &sample.query);
        let refused = measure(|| {
            let rejection = receiver.admit(&head).unwrap_err();
            assert_eq!(receiver.refuse(&rejection).status(), 401);
        });
        assert_eq!(refused.count_total, LABELS, "{}", sample.query);
    }
}

#[test]
fn decoding_asks_for_what_the_event_owns() {
    let receiver = receiver().build().unwrap();
    let (admission, body) = admitted(&receiver);
    let decoded = measure(|| drop(receiver.decode(admission, body).unwrap()));
    assert_eq!(decoded.count_total, EVENT);
}

#[test]
fn a_whole_call_asks_for_little_more_than_the_event() {
    struct Quiet;
    impl WebhookHandler for Quiet {}

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();
    let receiver = receiver().build().unwrap();
    let service = WebhookService::new(receiver.clone(), HandlerService::new(Quiet));
    let (admission, body) = admitted(&receiver);
    let called = measure(|| {
        let answer = pin!(service.deliver(admission, Full::new(body)));
        match answer.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => assert_eq!(answer.status(), 200),
            Poll::Pending => panic!("a handler that waits for nothing waits"),
        }
    });
    assert_eq!(called.count_total, EVENT + CALL + 2 * LABELS);
}

fn admitted(receiver: &Receiver) -> (Admission, Bytes) {
    let sample = Sample::before();
    let admission = receiver.admit(&Head::new("POST", &sample.query)).unwrap();
    (admission, sample.body.whole())
}
