//! Errors, panics, deadlines and hang-ups: every request has an answer in time, and nothing is cut off.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use conformance::{Kind, Sample, Sent, Stack, receiver};
use tencent_im_webhook::event::official_account::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{
    BoxError, Command, Context, FailureKind, FailurePolicy, MessageVerdict, Receiver, ReceiverBuilder, Reply,
    UnknownEvent, WebhookHandler, async_trait,
};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use crate::{ON_PURPOSE, behaviors};

behaviors! {
    Service: [
        a_failure_is_deferred_unless_somebody_says_otherwise,
        a_failed_after_handler_is_not_acknowledged,
        a_decision_that_never_comes_is_answered_at_the_deadline,
        an_event_in_hand_is_acknowledged_at_the_deadline_and_goes_on,
        a_late_failure_is_reported,
        draining_waits_for_a_running_handler,
        a_short_deadline_shortens_that_of_the_body,
        no_deadline_at_all_is_a_long_one,
        what_a_future_command_tells_goes_on_too,
        a_failure_without_a_command_has_a_policy_too,
        a_panic_in_a_hook_is_none_of_the_answer,
        a_panic_on_the_way_out_is_answered_too,
    ]
    PausedTime: [
        a_decision_is_awaited_up_to_the_deadline_and_not_beyond,
        a_decision_that_a_blocked_thread_brings_late_is_none,
        a_handler_sees_how_much_time_is_left,
    ]
    PausedHttp1: [the_deadline_counts_from_the_head]
    Http1: [
        a_hang_up_does_not_cut_off_what_has_begun,
        a_server_that_stops_answers_what_it_has,
        a_panic_leaves_the_connection_usable,
    ]
}

/// What goes wrong in a handler.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Fails,
    Panics,
    /// Panics after it has given way once.
    PanicsLater,
    Takes(Duration),
    /// Is never done.
    Hangs,
}

#[derive(Clone)]
struct Faulty {
    fault: Fault,
    begun: Arc<AtomicU32>,
    finished: Arc<AtomicU32>,
}

impl Faulty {
    fn new(fault: Fault) -> Self {
        Self { fault, begun: Arc::default(), finished: Arc::default() }
    }

    async fn go_wrong(&self) -> Result<(), BoxError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        match self.fault {
            Fault::Fails => return Err("out of order".into()),
            Fault::Panics => panic!("{ON_PURPOSE}"),
            Fault::PanicsLater => {
                tokio::task::yield_now().await;
                panic!("{ON_PURPOSE}");
            }
            Fault::Takes(time) => sleep(time).await,
            Fault::Hangs => std::future::pending().await,
        }
        self.finished.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[async_trait]
impl WebhookHandler for Faulty {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        self.go_wrong().await?;
        Ok(MessageVerdict::Discard)
    }

    async fn official_account_after_send_msg(&self, _: &Context, _: AfterSendMsg) -> Result<(), BoxError> {
        self.go_wrong().await
    }
}

type Reports = Arc<Mutex<Vec<(FailureKind, bool)>>>;

/// A receiver that notes every failure.
fn reporting(builder: ReceiverBuilder) -> (Receiver, Reports) {
    let reports = Reports::default();
    let noted = Arc::clone(&reports);
    let receiver = builder
        .inspect_failure(move |failure| noted.lock().unwrap().push((failure.kind(), failure.is_late())))
        .build()
        .unwrap();
    (receiver, reports)
}

/// Short where the time is real, so that nobody waits long; the default elsewhere.
fn deadline(kind: Kind) -> Duration {
    match kind.is_paused() {
        true => Duration::from_millis(1500),
        false => Duration::from_millis(400),
    }
}

async fn a_failure_is_deferred_unless_somebody_says_otherwise(kind: Kind) {
    let of_command = Command::OfficialAccountBeforeSendMsg;
    for (fault, failure) in [
        (Fault::Fails, FailureKind::Error),
        (Fault::Panics, FailureKind::Panic),
        (Fault::PanicsLater, FailureKind::Panic),
    ] {
        for (builder, status, code) in [
            (receiver(), 503, 1),
            (receiver().on_failure(FailurePolicy::Allow), 200, 0),
            (receiver().on_failure(FailurePolicy::Reject), 200, 1),
            (receiver().on_failure_of(of_command.clone(), FailurePolicy::Reject), 200, 1),
            (allow_but_defer(of_command.clone()), 503, 1),
            (receiver().on_failure_of(Command::OfficialAccountAfterSendMsg, FailurePolicy::Allow), 503, 1),
        ] {
            let (receiver, reports) = reporting(builder);
            let stack = Stack::new(kind, &receiver, Faulty::new(fault));
            let answer = stack.send(&Sample::before()).await;
            let got = (answer.status().as_u16(), answer.error_code());
            assert_eq!(got, (status, Some(code)), "107, 109, {fault:?}");
            assert_eq!(*reports.lock().unwrap(), [(failure, false)], "{fault:?}");
        }
    }
}

fn allow_but_defer(command: Command) -> ReceiverBuilder {
    receiver().on_failure(FailurePolicy::Allow).on_failure_of(command, FailurePolicy::Defer)
}

async fn a_failed_after_handler_is_not_acknowledged(kind: Kind) {
    for (policy, status) in
        [(FailurePolicy::Defer, 503), (FailurePolicy::Reject, 503), (FailurePolicy::Allow, 200)]
    {
        for fault in [Fault::Fails, Fault::Panics, Fault::PanicsLater] {
            let (receiver, reports) = reporting(receiver().on_failure(policy));
            let stack = Stack::new(kind, &receiver, Faulty::new(fault));
            assert_eq!(stack.send(&Sample::after()).await.status(), status, "{fault:?}");
            assert_eq!(reports.lock().unwrap().len(), 1, "{fault:?}");
        }
    }
}

async fn a_decision_that_never_comes_is_answered_at_the_deadline(kind: Kind) {
    for (policy, status) in
        [(FailurePolicy::Defer, 503), (FailurePolicy::Reject, 200), (FailurePolicy::Allow, 200)]
    {
        let (receiver, reports) = reporting(receiver().deadline(deadline(kind)).on_failure(policy));
        let stack = Stack::new(kind, &receiver, Faulty::new(Fault::Hangs));
        let start = Instant::now();
        assert_eq!(stack.send(&Sample::before()).await.status(), status, "108");
        stack.check_elapsed(start, deadline(kind));
        assert_eq!(*reports.lock().unwrap(), [(FailureKind::Deadline, false)], "108");
    }
}

async fn a_decision_is_awaited_up_to_the_deadline_and_not_beyond(kind: Kind) {
    let receiver = receiver().build().unwrap();
    let just = Faulty::new(Fault::Takes(Duration::from_millis(1499)));
    let stack = Stack::new(kind, &receiver, just);
    assert_eq!(stack.send(&Sample::before()).await.error_code(), Some(2));
    let over = Faulty::new(Fault::Takes(Duration::from_millis(1502)));
    let stack = Stack::new(kind, &receiver, over.clone());
    let start = Instant::now();
    assert_eq!(stack.send(&Sample::before()).await.status(), 503, "108");
    stack.check_elapsed(start, Duration::from_millis(1500));
    sleep(Duration::from_secs(5)).await;
    assert_eq!(over.finished.load(Ordering::SeqCst), 0, "108: dropped at the deadline");
}

/// Waits until it is let go, and then fails if it was told to.
#[derive(Clone)]
struct Gate {
    open: Arc<Semaphore>,
    begun: Arc<AtomicU32>,
    passed: Arc<AtomicU32>,
    fails: bool,
}

impl Gate {
    fn new(fails: bool) -> Self {
        Self { open: Arc::new(Semaphore::new(0)), begun: Arc::default(), passed: Arc::default(), fails }
    }
}

#[async_trait]
impl WebhookHandler for Gate {
    async fn official_account_after_send_msg(&self, _: &Context, _: AfterSendMsg) -> Result<(), BoxError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.open.acquire().await?.forget();
        self.passed.fetch_add(1, Ordering::SeqCst);
        match self.fails {
            true => Err("too late to tell the platform".into()),
            false => Ok(()),
        }
    }
}

async fn an_event_in_hand_is_acknowledged_at_the_deadline_and_goes_on(kind: Kind) {
    let gate = Gate::new(false);
    let (receiver, reports) = reporting(receiver().deadline(deadline(kind)));
    let stack = Stack::new(kind, &receiver, gate.clone());
    let start = Instant::now();
    let answer = stack.send(&Sample::after()).await;
    assert_eq!((answer.status().as_u16(), answer.error_code()), (200, Some(0)), "108");
    stack.check_elapsed(start, deadline(kind));
    assert_eq!(gate.passed.load(Ordering::SeqCst), 0, "108");
    gate.open.add_permits(1);
    receiver.drain().await;
    assert_eq!(gate.passed.load(Ordering::SeqCst), 1, "108");
    assert!(reports.lock().unwrap().is_empty());
}

async fn a_late_failure_is_reported(kind: Kind) {
    let gate = Gate::new(true);
    let (receiver, reports) = reporting(receiver().deadline(deadline(kind)));
    let stack = Stack::new(kind, &receiver, gate.clone());
    assert_eq!(stack.send(&Sample::after()).await.status(), 200);
    assert!(reports.lock().unwrap().is_empty());
    gate.open.add_permits(1);
    receiver.drain().await;
    assert_eq!(*reports.lock().unwrap(), [(FailureKind::Error, true)]);
}

async fn draining_waits_for_a_running_handler(kind: Kind) {
    let gate = Gate::new(false);
    let receiver = receiver().deadline(deadline(kind)).build().unwrap();
    let stack = Stack::new(kind, &receiver, gate.clone());
    for _ in 0..3 {
        assert_eq!(stack.send(&Sample::after()).await.status(), 200);
    }
    let mut drained = Box::pin(receiver.drain());
    assert!(futures_util::poll!(&mut drained).is_pending());
    gate.open.add_permits(3);
    drained.await;
    assert_eq!(gate.passed.load(Ordering::SeqCst), 3);
}

async fn a_short_deadline_shortens_that_of_the_body(kind: Kind) {
    let short = receiver().deadline(Duration::from_millis(300)).build().unwrap();
    let stack = Stack::new(kind, &short, Faulty::new(Fault::Fails));
    let start = Instant::now();
    assert_eq!(stack.send(&Sample::before().sent(Sent::Stalled("{".into()))).await.status(), 408);
    stack.check_elapsed(start, Duration::from_millis(300));
}

async fn the_deadline_counts_from_the_head(kind: Kind) {
    let receiver = receiver().build().unwrap();
    let stack = Stack::new(kind, &receiver, Faulty::new(Fault::Hangs));
    let mut connection = stack.connect().await;
    let whole = Sample::before().to_bytes();
    let (first, rest) = whole.split_at(whole.len() - 10);
    let start = Instant::now();
    connection.write(first).await.unwrap();
    sleep(Duration::from_millis(900)).await;
    assert_eq!(connection.ask(rest).await.unwrap().status(), 503, "the body was in time");
    stack.check_elapsed(start, Duration::from_millis(1500));
}

async fn a_hang_up_does_not_cut_off_what_has_begun(kind: Kind) {
    let gate = Gate::new(false);
    let receiver = receiver().build().unwrap();
    let stack = Stack::new(kind, &receiver, gate.clone());
    let mut connection = stack.connect().await;
    connection.write(Sample::after().to_bytes()).await.unwrap();
    while gate.begun.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    drop(connection);
    if kind.is_paused() {
        // Everybody who is to notice has noticed when time moves on.
        sleep(Duration::from_millis(100)).await;
    }
    gate.open.add_permits(1);
    receiver.drain().await;
    assert_eq!(gate.passed.load(Ordering::SeqCst), 1);
}

async fn a_server_that_stops_answers_what_it_has(kind: Kind) {
    let gate = Gate::new(false);
    let receiver = receiver().build().unwrap();
    let stack = Stack::new(kind, &receiver, gate.clone());
    let mut connection = stack.connect().await;
    connection.write(Sample::after().to_bytes()).await.unwrap();
    while gate.begun.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let stopping = tokio::spawn(stack.stop());
    tokio::task::yield_now().await;
    gate.open.add_permits(1);
    assert_eq!(connection.answer().await.unwrap().status(), 200, "113");
    stopping.await.unwrap();
    assert!(connection.ends().await, "113");
    receiver.drain().await;
    assert_eq!(gate.passed.load(Ordering::SeqCst), 1, "113");
}

async fn a_panic_leaves_the_connection_usable(kind: Kind) {
    let receiver = receiver().build().unwrap();
    let stack = Stack::new(kind, &receiver, Faulty::new(Fault::Panics));
    let mut connection = stack.connect().await;
    for _ in 0..3 {
        assert_eq!(connection.ask(Sample::before().to_bytes()).await.unwrap().status(), 503, "107");
    }
}

async fn no_deadline_at_all_is_a_long_one(kind: Kind) {
    let receiver = receiver().deadline(Duration::MAX).body_deadline(Duration::MAX).build().unwrap();
    let stack = Stack::new(kind, &receiver, Faulty::new(Fault::Takes(Duration::ZERO)));
    assert_eq!(stack.send(&Sample::before()).await.error_code(), Some(2));
}

/// Blocks for two seconds in the midst of its work, as far as the clock can tell.
struct Blocks;

#[async_trait]
impl WebhookHandler for Blocks {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        tokio::time::advance(Duration::from_secs(2)).await;
        Ok(MessageVerdict::Discard)
    }
}

async fn a_decision_that_a_blocked_thread_brings_late_is_none(kind: Kind) {
    let (receiver, reports) = reporting(receiver());
    let stack = Stack::new(kind, &receiver, Blocks);
    assert_eq!(stack.send(&Sample::before()).await.status(), 503, "108");
    assert_eq!(*reports.lock().unwrap(), [(FailureKind::Deadline, false)], "108: and counted");
}

/// Notes the time that is left, twice.
#[derive(Clone, Default)]
struct Watches(Arc<Mutex<Vec<Duration>>>);

#[async_trait]
impl WebhookHandler for Watches {
    async fn official_account_after_send_msg(&self, cx: &Context, _: AfterSendMsg) -> Result<(), BoxError> {
        for pause in [100, 1900] {
            sleep(Duration::from_millis(pause)).await;
            self.0.lock().unwrap().push(cx.remaining());
        }
        Ok(())
    }
}

async fn a_handler_sees_how_much_time_is_left(kind: Kind) {
    let watches = Watches::default();
    let receiver = receiver().build().unwrap();
    let stack = Stack::new(kind, &receiver, watches.clone());
    stack.send(&Sample::after()).await;
    receiver.drain().await;
    let seen = watches.0.lock().unwrap().clone();
    assert!(seen[0].abs_diff(Duration::from_millis(1400)) <= Duration::from_millis(3), "{seen:?}");
    assert_eq!(seen[1], Duration::ZERO);
}

/// Takes unknown commands through a gate.
#[derive(Clone)]
struct Future(Gate);

#[async_trait]
impl WebhookHandler for Future {
    async fn unknown(&self, _: &Context, _: UnknownEvent) -> Result<Reply, BoxError> {
        self.0.open.acquire().await?.forget();
        self.0.passed.fetch_add(1, Ordering::SeqCst);
        Ok(Reply::ok())
    }
}

async fn what_a_future_command_tells_goes_on_too(kind: Kind) {
    let gate = Gate::new(false);
    let receiver = receiver().deadline(deadline(kind)).build().unwrap();
    let stack = Stack::new(kind, &receiver, Future(gate.clone()));
    let sample = Sample::after().with("CallbackCommand", "Group.CallbackFuture").body("{}");
    assert_eq!(stack.send(&sample).await.error_code(), Some(0));
    gate.open.add_permits(1);
    receiver.drain().await;
    assert_eq!(gate.passed.load(Ordering::SeqCst), 1);
}

/// Fails at what it does not know.
struct Ignorant;

#[async_trait]
impl WebhookHandler for Ignorant {
    async fn unknown(&self, _: &Context, _: UnknownEvent) -> Result<Reply, BoxError> {
        Err("never heard of it".into())
    }
}

async fn a_failure_without_a_command_has_a_policy_too(kind: Kind) {
    let nameless = Sample::before().without("CallbackCommand").body("{}");
    let future = Sample::before().with("CallbackCommand", "Group.CallbackFuture").body("{}");
    for (policy, status) in [(FailurePolicy::Defer, 503), (FailurePolicy::Allow, 200)] {
        let receiver = receiver().on_failure(policy).build().unwrap();
        let stack = Stack::new(kind, &receiver, Ignorant);
        for sample in [&nameless, &future] {
            assert_eq!(stack.send(sample).await.status(), status, "{policy:?}");
        }
    }
}

async fn a_panic_in_a_hook_is_none_of_the_answer(kind: Kind) {
    let builder =
        receiver().inspect_failure(|_| panic!("{ON_PURPOSE}")).inspect_rejection(|_| panic!("{ON_PURPOSE}"));
    let stack = Stack::new(kind, &builder.build().unwrap(), Faulty::new(Fault::Fails));
    assert_eq!(stack.send(&Sample::before()).await.status(), 503);
    assert_eq!(stack.send(&Sample::before().with("SdkAppid", "7")).await.status(), 401);
}

/// Panics when it is dropped at the deadline, or with a payload that does.
struct Explosive {
    in_payload: bool,
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("{ON_PURPOSE}");
        }
    }
}

#[async_trait]
impl WebhookHandler for Explosive {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        let bomb = Bomb;
        if self.in_payload {
            std::panic::panic_any(bomb);
        }
        std::future::pending::<()>().await;
        drop(bomb);
        Ok(MessageVerdict::Allow)
    }
}

async fn a_panic_on_the_way_out_is_answered_too(kind: Kind) {
    for in_payload in [true, false] {
        let receiver = receiver().deadline(deadline(kind)).build().unwrap();
        let stack = Stack::new(kind, &receiver, Explosive { in_payload });
        assert_eq!(stack.send(&Sample::before()).await.status(), 503);
    }
}
