//! One stack around a spy, and what a request may get from it.

use conformance::hostile::{Expected, TOO_LARGE};
use conformance::{Kind, Sample, Seen, Spy, Stack, receiver};
use tencent_im_webhook::{Event, Receiver};
use tencent_im_webhook_testing::Answered;

/// A stack around a spy.
pub(crate) struct Bench {
    pub(crate) spy: Spy,
    pub(crate) stack: Stack,
}

impl Bench {
    pub(crate) fn new(kind: Kind) -> Self {
        Self::around(kind, &receiver().build().unwrap())
    }

    pub(crate) fn around(kind: Kind, receiver: &Receiver) -> Self {
        let spy = Spy::default();
        let stack = Stack::new(kind, receiver, spy.clone());
        Self { spy, stack }
    }

    /// Sends the request, if the stack can carry it. Gives what the handler saw.
    pub(crate) async fn expect(&self, row: &str, sample: &Sample, expected: Expected) -> Vec<Seen> {
        if !self.stack.can_send(sample) {
            return Vec::new();
        }
        let answer = match self.stack.try_send(sample).await {
            // Who goes on writing to a closed socket may not get to read.
            Err(_) if expected == TOO_LARGE && self.stack.kind().has_sockets() => return Vec::new(),
            answer => answer.unwrap(),
        };
        let seen = self.spy.take();
        let what = format!("{row}, {}", self.stack);
        check(&answer, &seen, expected, sample, self.stack.kind(), &what);
        seen
    }
}

/// Checks an answer, and what the handler saw before it.
pub(crate) fn check(
    answer: &Answered,
    seen: &[Seen],
    expected: Expected,
    sample: &Sample,
    kind: Kind,
    what: &str,
) {
    let what = &format!("{what}: {answer:?}, {seen:?}");
    // The bare protocol has no answer without a body.
    let is_head = sample.method == "HEAD" && kind.reads_bodies();
    let content_type = answer.headers().get("content-type").map(http::HeaderValue::as_bytes);
    assert_eq!(content_type, Some(&b"application/json"[..]), "{what}");
    let (status, error_code) = match expected {
        Expected::Typed => {
            assert!(matches!(seen, [Seen { event, .. }] if !matches!(event, Event::Unknown(_))), "{what}");
            (200, 0)
        }
        Expected::Unknown => {
            assert!(
                matches!(seen, [Seen { event: Event::Unknown(event), .. }] if event.cause().is_none()),
                "{what}"
            );
            (200, 0)
        }
        Expected::Noted | Expected::Misfit => {
            assert!(
                matches!(seen, [Seen { event: Event::Unknown(event), .. }] if event.cause().is_some()),
                "{what}"
            );
            match expected.status() {
                200 => (200, 0),
                status => {
                    assert_eq!(answer.headers()["retry-after"], "1", "{what}");
                    (status, 1)
                }
            }
        }
        Expected::Broken => {
            assert!(seen.is_empty(), "{what}");
            (400, 1)
        }
        Expected::Refused(status, text) => {
            assert!(seen.is_empty(), "{what}");
            if !is_head {
                assert_eq!(answer.error_info().as_deref(), Some(text), "{what}");
            }
            (status, 1)
        }
    };
    assert_eq!(answer.status(), status, "{what}");
    assert_eq!(answer.headers().get("allow").is_some_and(|allow| allow == "POST"), status == 405, "{what}");
    assert!(answer.headers().keys().all(|name| !name.as_str().starts_with("access-control")), "{what}");
    assert_eq!(answer.body().is_empty(), is_head, "{what}");
    if !is_head {
        assert_eq!(answer.error_code(), Some(error_code), "{what}");
        let action = if status == 200 { "OK" } else { "FAIL" };
        assert_eq!(answer.json().unwrap()["ActionStatus"], action, "{what}");
    }
}
