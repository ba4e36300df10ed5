//! Every behavior, against every stack.
#![allow(missing_docs, reason = "tests are named by sentences")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod bodies;
mod decoding;
mod events;
mod failures;
mod heads;
mod identity;
mod layers;
mod log;
mod queries;
mod readme;
mod transport;

use conformance::{Sample, Seen, Spy, Stack, receiver, stacks};
use tencent_im_webhook::{Event, Receiver};
use tencent_im_webhook_testing::Answered;

/// What a request gets.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// 200 and OK, from a handler that saw the typed event.
    Typed,
    /// 200 and OK, from a handler that saw an event nobody has typed.
    Unknown,
    /// 503, since the handler saw a body that does not fit a command that asks for a decision.
    Misfit,
    /// This status and text, and no handler saw anything.
    Refused(u16, &'static str),
}

const UNAUTHORIZED: Expected = Expected::Refused(401, "unauthorized");
const BAD_REQUEST: Expected = Expected::Refused(400, "bad request");
const TOO_LARGE: Expected = Expected::Refused(413, "body too large");
const TOO_SLOW: Expected = Expected::Refused(408, "body too slow");
const ENCODED: Expected = Expected::Refused(415, "unsupported content encoding");
const NOT_POST: Expected = Expected::Refused(405, "method not allowed");

/// All stacks around one spy.
struct Bench {
    spy: Spy,
    stacks: Vec<Stack>,
}

impl Bench {
    fn new() -> Self {
        Self::around(&receiver().build().unwrap())
    }

    fn around(receiver: &Receiver) -> Self {
        let spy = Spy::default();
        let stacks = stacks(receiver, spy.clone());
        Self { spy, stacks }
    }

    /// Sends the request through every stack that can carry it. Gives what each handler saw.
    async fn expect(&self, row: &str, sample: &Sample, expected: Expected) -> Vec<Seen> {
        let mut all = Vec::new();
        for stack in self.stacks.iter().filter(|stack| stack.can_send(sample)) {
            let answer = stack.send(sample).await;
            let seen = self.spy.take();
            let what = format!("{row}, {stack}: {answer:?}, {seen:?}");
            check(&answer, &seen, expected, sample, &what);
            all.extend(seen);
        }
        all
    }

    async fn expect_each(&self, samples: impl IntoIterator<Item = (&str, Sample)>, expected: Expected) {
        for (row, sample) in samples {
            self.expect(row, &sample, expected).await;
        }
    }
}

fn check(answer: &Answered, seen: &[Seen], expected: Expected, sample: &Sample, what: &str) {
    let is_head = sample.method == "HEAD";
    assert_eq!(answer.headers()["content-type"], "application/json", "{what}");
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
