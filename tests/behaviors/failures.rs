//! Errors, panics, deadlines and hang-ups: every request has an answer in time, and nothing is cut off.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use conformance::{RawConnection, Sample, Stack, receiver, router, stacks};
use tencent_im_webhook::event::official_account::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{
    BoxError, Command, Context, FailureKind, FailurePolicy, HandlerService, MessageVerdict, Receiver,
    ReceiverBuilder, WebhookHandler, WebhookService, async_trait,
};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

/// What goes wrong in a handler.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Fails,
    Panics,
    /// Panics after it has given way once.
    PanicsLater,
    Takes(Duration),
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
            Fault::Panics => panic!("out of order"),
            Fault::PanicsLater => {
                tokio::task::yield_now().await;
                panic!("out of order");
            }
            Fault::Takes(time) => sleep(time).await,
        }
        self.finished.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn take_finished(&self) -> u32 {
        self.finished.swap(0, Ordering::SeqCst)
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

/// Those that run handlers under a deadline.
fn services(receiver: &Receiver, handler: impl WebhookHandler) -> Vec<Stack> {
    stacks(receiver, handler).into_iter().filter(Stack::reads_bodies).collect()
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_deferred_unless_somebody_says_otherwise() {
    let of_command = Command::OfficialAccountBeforeSendMsg;
    for (fault, kind) in [
        (Fault::Fails, FailureKind::Error),
        (Fault::Panics, FailureKind::Panic),
        (Fault::PanicsLater, FailureKind::Panic),
        (Fault::Takes(Duration::from_secs(10)), FailureKind::Deadline),
    ] {
        for (builder, status, code) in [
            (receiver(), 503, 1),
            (receiver().on_failure(FailurePolicy::Allow), 200, 0),
            (receiver().on_failure(FailurePolicy::Reject), 200, 1),
            (receiver().on_failure_of(of_command.clone(), FailurePolicy::Reject), 200, 1),
            (
                receiver()
                    .on_failure(FailurePolicy::Allow)
                    .on_failure_of(of_command.clone(), FailurePolicy::Defer),
                503,
                1,
            ),
            (receiver().on_failure_of(Command::OfficialAccountAfterSendMsg, FailurePolicy::Allow), 503, 1),
        ] {
            let (receiver, reports) = reporting(builder);
            for stack in services(&receiver, Faulty::new(fault)) {
                let answer = stack.send(&Sample::before()).await;
                let got = (answer.status().as_u16(), answer.error_code());
                assert_eq!(got, (status, Some(code)), "107 to 109, {stack}, {fault:?}");
                assert_eq!(
                    *std::mem::take(&mut *reports.lock().unwrap()),
                    [(kind, false)],
                    "{stack}, {fault:?}"
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_after_handler_is_not_acknowledged() {
    for (policy, status) in
        [(FailurePolicy::Defer, 503), (FailurePolicy::Reject, 503), (FailurePolicy::Allow, 200)]
    {
        for fault in [Fault::Fails, Fault::Panics, Fault::PanicsLater] {
            let (receiver, reports) = reporting(receiver().on_failure(policy));
            for stack in services(&receiver, Faulty::new(fault)) {
                assert_eq!(stack.send(&Sample::after()).await.status(), status, "{stack}, {fault:?}");
                assert_eq!(std::mem::take(&mut *reports.lock().unwrap()).len(), 1, "{stack}, {fault:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_decision_is_awaited_until_the_deadline_and_dropped_then() {
    let faulty = Faulty::new(Fault::Takes(Duration::from_millis(1499)));
    let in_time = receiver().build().unwrap();
    for stack in services(&in_time, faulty.clone()) {
        assert_eq!(stack.send(&Sample::before()).await.error_code(), Some(2), "{stack}");
    }
    let faulty = Faulty::new(Fault::Takes(Duration::from_millis(1501)));
    for stack in services(&in_time, faulty.clone()) {
        let start = Instant::now();
        assert_eq!(stack.send(&Sample::before()).await.status(), 503, "108, {stack}");
        assert_eq!(start.elapsed().as_millis() / 10, 150, "108, {stack}");
    }
    sleep(Duration::from_secs(5)).await;
    assert_eq!(faulty.take_finished(), 0, "108: dropped at the deadline");
}

#[tokio::test(start_paused = true)]
async fn an_event_in_hand_is_acknowledged_at_the_deadline_and_goes_on() {
    let faulty = Faulty::new(Fault::Takes(Duration::from_secs(4)));
    let (receiver, reports) = reporting(receiver());
    for stack in services(&receiver, faulty.clone()) {
        let start = Instant::now();
        let answer = stack.send(&Sample::after()).await;
        assert_eq!((answer.status().as_u16(), answer.error_code()), (200, Some(0)), "108, {stack}");
        assert_eq!(start.elapsed().as_millis() / 10, 150, "108, {stack}");
        assert_eq!(faulty.take_finished(), 0, "108, {stack}");
        sleep(Duration::from_secs(4)).await;
        assert_eq!(faulty.take_finished(), 1, "108, {stack}");
    }
    assert!(reports.lock().unwrap().is_empty());
}

#[derive(Clone)]
struct FailsLate;

#[async_trait]
impl WebhookHandler for FailsLate {
    async fn official_account_after_send_msg(&self, _: &Context, _: AfterSendMsg) -> Result<(), BoxError> {
        sleep(Duration::from_secs(4)).await;
        Err("too late to tell the platform".into())
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_failure_is_reported() {
    let (receiver, reports) = reporting(receiver());
    for stack in services(&receiver, FailsLate) {
        assert_eq!(stack.send(&Sample::after()).await.status(), 200, "{stack}");
        assert!(reports.lock().unwrap().is_empty(), "{stack}");
        receiver.drain().await;
        assert_eq!(*std::mem::take(&mut *reports.lock().unwrap()), [(FailureKind::Error, true)], "{stack}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_counts_from_the_head() {
    // The body takes 0.9 s of it.
    let faulty = Faulty::new(Fault::Takes(Duration::from_millis(700)));
    let receiver = receiver().build().unwrap();
    let service = WebhookService::new(receiver, HandlerService::new(faulty));
    let mut connection = RawConnection::to(router(service));
    let sample = Sample::before();
    let text = sample.text();
    let (head, tail) = text.split_at(20);
    let start = Instant::now();
    let length = text.len();
    connection
        .write(format!(
            "POST /cb?{} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{head}",
            sample.query
        ))
        .await;
    sleep(Duration::from_millis(900)).await;
    connection.write(tail).await;
    assert_eq!(connection.answer().await.unwrap().status, 503);
    assert_eq!(start.elapsed().as_millis() / 10, 150);
}

#[tokio::test(start_paused = true)]
async fn a_hang_up_does_not_cut_off_what_has_begun() {
    let faulty = Faulty::new(Fault::Takes(Duration::from_millis(500)));
    let receiver = receiver().build().unwrap();
    let service = WebhookService::new(receiver.clone(), HandlerService::new(faulty.clone()));
    let mut connection = RawConnection::to(router(service));
    let (sample, text) = (Sample::after(), Sample::after().text());
    connection
        .write(format!(
            "POST /cb?{} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{text}",
            sample.query,
            text.len()
        ))
        .await;
    while faulty.begun.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    drop(connection);
    receiver.drain().await;
    assert_eq!(faulty.take_finished(), 1);
}

/// Waits until it is let go.
struct Gate(Arc<Semaphore>, Arc<AtomicU32>);

#[async_trait]
impl WebhookHandler for Gate {
    async fn official_account_after_send_msg(&self, _: &Context, _: AfterSendMsg) -> Result<(), BoxError> {
        self.0.acquire().await?.forget();
        self.1.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn draining_waits_for_every_running_handler() {
    let (gate, passed) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicU32::new(0)));
    let receiver = receiver().build().unwrap();
    let stacks = services(&receiver, Gate(Arc::clone(&gate), Arc::clone(&passed)));
    for stack in &stacks {
        assert_eq!(stack.send(&Sample::after()).await.status(), 200, "{stack}");
    }
    let drained = tokio::spawn(async move { receiver.drain().await });
    sleep(Duration::from_secs(60)).await;
    assert!(!drained.is_finished());
    gate.add_permits(stacks.len());
    drained.await.unwrap();
    assert_eq!(passed.load(Ordering::SeqCst), stacks.len() as u32);
}

#[tokio::test(start_paused = true)]
async fn a_panic_leaves_the_connection_usable() {
    let receiver = receiver().build().unwrap();
    let service = WebhookService::new(receiver, HandlerService::new(Faulty::new(Fault::Panics)));
    let mut connection = RawConnection::to(router(service));
    let (sample, text) = (Sample::before(), Sample::before().text());
    for _ in 0..3 {
        connection
            .write(format!(
                "POST /cb?{} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{text}",
                sample.query,
                text.len()
            ))
            .await;
        assert_eq!(connection.answer().await.unwrap().status, 503, "107");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_beyond_reason_is_refused_when_building() {
    assert!(receiver().deadline(Duration::ZERO).build().is_err());
    assert!(receiver().body_deadline(Duration::ZERO).build().is_err());
    // A short deadline shortens that of the body.
    let short = receiver().deadline(Duration::from_millis(300)).build().unwrap();
    let stalled = Sample::before().sent(conformance::Sent::Stalled("{".into()));
    for stack in services(&short, Faulty::new(Fault::Fails)) {
        let start = Instant::now();
        assert_eq!(stack.send(&stalled).await.status(), 408, "{stack}");
        assert_eq!(start.elapsed().as_millis() / 10, 30, "{stack}");
    }
}
