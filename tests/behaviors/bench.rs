//! One stack around a spy, and what a request may get from it.

use conformance::{Kind, Sample, Seen, Spy, Stack, receiver};
use tencent_im_webhook::{Event, Receiver};
use tencent_im_webhook_testing::Answered;

/// What a request gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Expected {
    /// 200 and OK, from a handler that saw the typed event.
    Typed,
    /// 200 and OK, from a handler that saw an event nobody has typed.
    Unknown,
    /// 503, since the handler saw a body that does not fit a command that asks for a decision.
    Misfit,
    /// This status and text, and no handler saw anything.
    Refused(u16, &'static str),
}

pub(crate) const UNAUTHORIZED: Expected = Expected::Refused(401, "unauthorized");
pub(crate) const BAD_REQUEST: Expected = Expected::Refused(400, "bad request");
pub(crate) const TOO_LARGE: Expected = Expected::Refused(413, "body too large");
pub(crate) const TOO_SLOW: Expected = Expected::Refused(408, "body too slow");
pub(crate) const ENCODED: Expected = Expected::Refused(415, "unsupported content encoding");
pub(crate) const NOT_POST: Expected = Expected::Refused(405, "method not allowed");

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
        let what = format!("{row}, {}: {answer:?}, {seen:?}", self.stack);
        check(&answer, &seen, expected, sample, &what);
        seen
    }

    pub(crate) async fn expect_each(
        &self,
        samples: impl IntoIterator<Item = (&str, Sample)>,
        expected: Expected,
    ) {
        for (row, sample) in samples {
            self.expect(row, &sample, expected).await;
        }
    }
}

fn check(answer: &Answered, seen: &[Seen], expected: Expected, sample: &Sample, what: &str) {
    let is_head = sample.method == "HEAD";
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
        Expected::Misfit => {
            assert!(
                matches!(seen, [Seen { event: Event::Unknown(event), .. }] if event.cause().is_some()),
                "{what}"
            );
            assert_eq!(answer.headers()["retry-after"], "1", "{what}");
            (503, 1)
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
    assert_eq!(answer.headers().get("allow").is_some(), status == 405, "{what}");
    if !is_head {
        assert_eq!(answer.error_code(), Some(error_code), "{what}");
        let action = if status == 200 { "OK" } else { "FAIL" };
        assert_eq!(answer.json().unwrap()["ActionStatus"], action, "{what}");
    }
}
