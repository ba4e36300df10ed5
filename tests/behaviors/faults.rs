//! Faults in great number, and those that stay: whatever has gone wrong before, the next request is answered.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use conformance::{Kind, NOW, Sample, Stack, TOKEN, receiver};
use futures_util::future::join_all;
use tencent_im_webhook::event::official_account::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{BoxError, Call, Context, MessageVerdict, Receiver, WebhookHandler, async_trait};
use tokio::time::Instant;

use crate::{ON_PURPOSE, behaviors};

behaviors! {
    Nothing: [
        a_clock_that_jumps_changes_who_is_let_in_and_nothing_else,
        an_event_that_comes_again_is_acknowledged_and_not_handled_again,
    ]
    Service: [a_poisoned_lock_fails_those_who_need_it_and_no_others]
    PausedTime: [five_hundred_stuck_handlers_are_answered_at_the_deadline]
    Http1: [
        a_thousand_panics_and_successes_share_a_connection,
        a_client_that_hangs_up_anywhere_leaves_no_handler_half_run,
    ]
}

/// Handles what it has not seen before.
#[derive(Clone, Default)]
struct Once {
    seen: Arc<Mutex<HashSet<String>>>,
    handled: Arc<AtomicU32>,
}

#[async_trait]
impl WebhookHandler for Once {
    async fn official_account_after_send_msg(
        &self,
        cx: &Context,
        event: AfterSendMsg,
    ) -> Result<(), BoxError> {
        let key = Call { event: event.into(), context: cx.clone() }.duplicate_key();
        if self.seen.lock().unwrap().insert(key.unwrap()) {
            self.handled.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }
}

async fn an_event_that_comes_again_is_acknowledged_and_not_handled_again(kind: Kind) {
    let once = Once::default();
    let stack = Stack::new(kind, &receiver().build().unwrap(), once.clone());
    let (sent, other) = (Sample::after(), Sample::after().replacing("27_4_", "27_5_"));
    for (sample, handled) in [(&sent, 1), (&other, 2), (&sent, 2)] {
        for second in 0..2 {
            let answer = stack.send(&sample.clone().signed(TOKEN, NOW + second)).await;
            assert_eq!(answer.error_code(), Some(0), "111");
        }
        assert_eq!(once.handled.load(Ordering::SeqCst), handled, "111");
    }
}

/// Panics at every other message.
#[derive(Default)]
struct EveryOther(AtomicU32);

#[async_trait]
impl WebhookHandler for EveryOther {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        match self.0.fetch_add(1, Ordering::SeqCst) % 2 {
            0 => panic!("{ON_PURPOSE}"),
            _ => Ok(MessageVerdict::Discard),
        }
    }
}

async fn a_thousand_panics_and_successes_share_a_connection(kind: Kind) {
    let stack = Stack::new(kind, &receiver().build().unwrap(), EveryOther::default());
    let mut connection = stack.connect().await;
    let request = Sample::before().to_bytes();
    for round in 0..500 {
        for status in [503, 200] {
            assert_eq!(connection.ask(&request).await.unwrap().status(), status, "107, round {round}");
        }
    }
}

/// Panics with a lock in its hands, which is poisoned from then on.
#[derive(Default)]
struct Careless(Mutex<()>);

#[async_trait]
impl WebhookHandler for Careless {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        let _held = self.0.lock().unwrap_or_else(|_| panic!("{ON_PURPOSE}"));
        panic!("{ON_PURPOSE}");
    }
}

async fn a_poisoned_lock_fails_those_who_need_it_and_no_others(kind: Kind) {
    let stack = Stack::new(kind, &receiver().build().unwrap(), Careless::default());
    for _ in 0..3 {
        assert_eq!(stack.send(&Sample::before()).await.status(), 503, "107");
        assert_eq!(stack.send(&Sample::after()).await.error_code(), Some(0), "107");
    }
}

/// Never returns.
struct Stuck;

#[async_trait]
impl WebhookHandler for Stuck {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        std::future::pending().await
    }
}

async fn five_hundred_stuck_handlers_are_answered_at_the_deadline(kind: Kind) {
    let stack = Stack::new(kind, &receiver().build().unwrap(), Stuck);
    let start = Instant::now();
    let ask = || async {
        let answer = stack.send(&Sample::before()).await;
        stack.check_elapsed(start, Duration::from_millis(1500));
        answer.status()
    };
    let answers = join_all((0..500).map(|_| ask())).await;
    assert!(answers.iter().all(|status| *status == 503), "108");
    let honest = stack.send(&Sample::after()).await;
    assert_eq!(honest.error_code(), Some(0));
    stack.check_elapsed(start, Duration::from_millis(1500));
}

/// Gives way a few times, so that it can be dropped in between, and counts.
#[derive(Clone, Default)]
struct Counting {
    begun: Arc<AtomicU32>,
    finished: Arc<AtomicU32>,
}

#[async_trait]
impl WebhookHandler for Counting {
    async fn official_account_after_send_msg(&self, _: &Context, _: AfterSendMsg) -> Result<(), BoxError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        self.finished.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

async fn a_client_that_hangs_up_anywhere_leaves_no_handler_half_run(kind: Kind) {
    let counting = Counting::default();
    let receiver = receiver().build().unwrap();
    let stack = Stack::new(kind, &receiver, counting.clone());
    let request = Sample::after().to_bytes();
    let request = request.as_bytes();
    // Every length in some order, and as often all of it.
    for number in 0..request.len() {
        for sent in [number * 31 % request.len(), request.len()] {
            let mut connection = stack.connect().await;
            connection.write(&request[..sent]).await.unwrap();
            for _ in 0..number % 7 {
                tokio::task::yield_now().await;
            }
        }
    }
    assert_eq!(stack.send(&Sample::after()).await.error_code(), Some(0));
    // The server has seen everybody, and nobody comes after.
    stack.stop().await;
    receiver.drain().await;
    let (begun, finished) = (&counting.begun, &counting.finished);
    assert!(begun.load(Ordering::SeqCst) > 1);
    assert_eq!(begun.load(Ordering::SeqCst), finished.load(Ordering::SeqCst));
}

/// A receiver, and the clock that it goes by, in seconds.
fn by_the_clock() -> (Receiver, Arc<AtomicU64>) {
    let clock = Arc::new(AtomicU64::new(NOW));
    let read = Arc::clone(&clock);
    let now = move || -> SystemTime { UNIX_EPOCH + Duration::from_secs(read.load(Ordering::SeqCst)) };
    (receiver().clock(now).build().unwrap(), clock)
}

async fn a_clock_that_jumps_changes_who_is_let_in_and_nothing_else(kind: Kind) {
    let (receiver, clock) = by_the_clock();
    let stack = Stack::new(kind, &receiver, Stuck);
    let hour = 3600;
    for now in [NOW, NOW + hour, NOW - hour, NOW, 0, NOW + 100 * 365 * 24 * hour, NOW] {
        clock.store(now, Ordering::SeqCst);
        for signed in [NOW - hour, NOW, NOW + hour] {
            let expected = if signed == now { 200 } else { 401 };
            let answer = stack.send(&Sample::after().signed(TOKEN, signed)).await;
            assert_eq!(answer.status(), expected, "23: signed at {signed}, now {now}");
        }
    }
}
