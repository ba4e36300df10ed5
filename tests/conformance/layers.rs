//! tower layers on both sides of the receiver.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use conformance::{Sample, Spy, receiver};
use http::{HeaderName, HeaderValue};
use tencent_im_webhook::event::group;
use tencent_im_webhook::event::official_account::BeforeSendMsg;
use tencent_im_webhook::{
    Admission, AdmissionLayer, BoxError, Call, CommandRouter, Context, FailureKind, HandlerService,
    MessageVerdict, WebhookHandler, WebhookLayer, async_trait,
};
use tencent_im_webhook_testing::send;
use tokio::time::{Instant, sleep};
use tower::util::MapRequestLayer;
use tower::{ServiceBuilder, service_fn};

/// Takes a second for each decision.
struct Slow(Duration);

#[async_trait]
impl WebhookHandler for Slow {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        _: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        sleep(self.0).await;
        Ok(MessageVerdict::Reject)
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_on_the_typed_side_is_a_failure() {
    let kinds = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = Arc::clone(&kinds);
    let receiver = receiver()
        .inspect_failure(move |failure| noted.lock().unwrap().push(failure.kind()))
        .build()
        .unwrap();
    let service = ServiceBuilder::new()
        .layer(WebhookLayer::new(receiver))
        .timeout(Duration::from_millis(200))
        .service(HandlerService::new(Slow(Duration::from_secs(1))));
    let start = Instant::now();
    assert_eq!(send(service, Sample::before().to_http()).await.status(), 503);
    assert_eq!(start.elapsed().as_millis() / 10, 20);
    assert_eq!(*kinds.lock().unwrap(), [FailureKind::Error]);
}

#[tokio::test(start_paused = true)]
async fn overload_is_shed_and_answered() {
    let service = ServiceBuilder::new()
        .layer(WebhookLayer::new(receiver().build().unwrap()))
        .load_shed()
        .concurrency_limit(1)
        .service(HandlerService::new(Slow(Duration::from_secs(1))));
    let start = Instant::now();
    let (one, two) = tokio::join!(
        send(service.clone(), Sample::before().to_http()),
        send(service, Sample::before().to_http())
    );
    let mut statuses = [one.status().as_u16(), two.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 503]);
    assert_eq!(start.elapsed().as_millis() / 10, 100);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_permit_counts_against_the_deadline() {
    let service = ServiceBuilder::new()
        .layer(WebhookLayer::new(receiver().build().unwrap()))
        .concurrency_limit(1)
        .service(HandlerService::new(Slow(Duration::from_secs(1))));
    let start = Instant::now();
    let (one, two) = tokio::join!(
        send(service.clone(), Sample::before().to_http()),
        send(service.clone(), Sample::before().to_http())
    );
    assert_eq!((one.status().as_u16(), two.status().as_u16()), (200, 503));
    assert_eq!(start.elapsed().as_millis() / 10, 150);
    // The one that was given up has given its permit back.
    assert_eq!(send(service, Sample::before().to_http()).await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_buffer_shares_a_service_that_cannot_be_cloned() {
    let spy = Spy::default();
    let service = ServiceBuilder::new()
        .layer(WebhookLayer::new(receiver().build().unwrap()))
        .buffer(16)
        .rate_limit(2, Duration::from_secs(60))
        .service(HandlerService::new(spy.clone()));
    let start = Instant::now();
    for status in [200, 200, 503] {
        assert_eq!(send(service.clone(), Sample::before().to_http()).await.status(), status);
    }
    assert_eq!(spy.take().len(), 2);
    assert_eq!(start.elapsed().as_millis() / 10, 150);
}

#[tokio::test(start_paused = true)]
async fn typed_layers_see_typed_webhooks() {
    let spy = Spy::default();
    let mark = |mut call: Call| {
        if let tencent_im_webhook::Event::OfficialAccountBeforeSendMsg(event) = &mut call.event {
            event.cloud_custom_data = Some(format!("seen for app {}", call.context.app()));
        }
        call
    };
    let service = ServiceBuilder::new()
        .layer(WebhookLayer::new(receiver().build().unwrap()))
        .layer(MapRequestLayer::new(mark))
        .service(HandlerService::new(spy.clone()));
    send(service, Sample::before().to_http()).await;
    let seen = spy.take();
    let text = serde_json::to_value(&seen[0].event).unwrap();
    assert_eq!(text["CloudCustomData"], "seen for app 1400000000");
}

#[tokio::test(start_paused = true)]
async fn http_layers_see_http() {
    let service = ServiceBuilder::new()
        .layer(tower_http::trace::TraceLayer::new_for_http())
        .layer(tower_http::set_header::SetResponseHeaderLayer::overriding(
            HeaderName::from_static("x-served-by"),
            HeaderValue::from_static("us"),
        ))
        .layer(WebhookLayer::new(receiver().build().unwrap()))
        .service(HandlerService::new(Spy::default()));
    for (sample, status) in [(Sample::before(), 200), (Sample::before().method("GET"), 405)] {
        let answer = send(service.clone(), sample.to_http()).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["x-served-by"]),
            (status, &"us".parse().unwrap())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn extensions_of_outer_layers_reach_the_handler() {
    #[derive(Clone, Debug, PartialEq)]
    struct Tenant(&'static str);

    let spy = Spy::default();
    let service = ServiceBuilder::new()
        .map_request(|mut request: http::Request<_>| {
            request.extensions_mut().insert(Tenant("north"));
            request
        })
        .layer(WebhookLayer::new(receiver().build().unwrap()))
        .service(HandlerService::new(spy.clone()));
    send(service, Sample::before().to_http()).await;
    assert_eq!(spy.take()[0].context.extensions().get::<Tenant>(), Some(&Tenant("north")));
}

/// A service that counts readiness as tower asks: called only when it was polled ready.
#[derive(Default)]
struct Strict {
    ready: bool,
    calls: Arc<AtomicU32>,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { ready: false, calls: Arc::clone(&self.calls) }
    }
}

impl tower::Service<Call> for Strict {
    type Response = tencent_im_webhook::Reply;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), BoxError>> {
        self.ready = true;
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Call) -> Self::Future {
        assert!(self.ready, "called a clone that nobody polled ready");
        self.ready = false;
        self.calls.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(tencent_im_webhook::Reply::ok()))
    }
}

#[tokio::test(start_paused = true)]
async fn the_inner_service_is_called_only_when_it_is_ready() {
    let strict = Strict::default();
    let service =
        ServiceBuilder::new().layer(WebhookLayer::new(receiver().build().unwrap())).service(strict.clone());
    for sample in [Sample::before(), Sample::after(), Sample::before()] {
        assert_eq!(send(service.clone(), sample.to_http()).await.status(), 200);
    }
    assert_eq!(strict.calls.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_closure_is_a_service_too() {
    let service = ServiceBuilder::new().layer(WebhookLayer::new(receiver().build().unwrap())).service(
        service_fn(|call: Call| async move {
            let command = call.event.command().map(ToString::to_string).unwrap_or_default();
            tencent_im_webhook::Reply::new(1, &command)
        }),
    );
    let answer = send(service, Sample::before().to_http()).await;
    assert_eq!(answer.error_info().as_deref(), Some("OfficialAccount.CallbackBeforeSendMsg"));
}

/// A service that is never ready.
#[derive(Clone)]
struct Never;

impl tower::Service<Call> for Never {
    type Response = tencent_im_webhook::Reply;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), BoxError>> {
        std::task::Poll::Pending
    }

    fn call(&mut self, _: Call) -> Self::Future {
        unreachable!("it was never ready")
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_nobody_took_is_not_acknowledged() {
    let kinds = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = Arc::clone(&kinds);
    let receiver = receiver()
        .inspect_failure(move |failure| noted.lock().unwrap().push(failure.kind()))
        .build()
        .unwrap();
    let service = ServiceBuilder::new().layer(WebhookLayer::new(receiver.clone())).service(Never);
    let start = Instant::now();
    assert_eq!(send(service, Sample::after().to_http()).await.status(), 503);
    assert_eq!(start.elapsed().as_millis() / 10, 150);
    receiver.drain().await;
    assert_eq!(*kinds.lock().unwrap(), [FailureKind::Deadline], "reported once");
}

#[tokio::test(start_paused = true)]
async fn an_admission_of_another_receiver_does_not_count() {
    let ours = receiver().build().unwrap();
    let theirs = receiver().app_without_signature(tencent_im_webhook::SdkAppId(7)).build().unwrap();
    let sample = Sample::before().with("SdkAppid", "7");
    let service = |outer: &tencent_im_webhook::Receiver, inner: &tencent_im_webhook::Receiver| {
        ServiceBuilder::new()
            .layer(AdmissionLayer::new(outer.clone()))
            .layer(WebhookLayer::new(inner.clone()))
            .service(HandlerService::new(Spy::default()))
    };
    assert_eq!(send(service(&theirs, &theirs), sample.to_http()).await.status(), 200);
    assert_eq!(send(service(&theirs, &ours), sample.to_http()).await.status(), 401);
    assert_eq!(send(service(&ours, &ours), sample.to_http()).await.status(), 401);
}

#[tokio::test(start_paused = true)]
async fn an_admission_layer_lets_through_what_is_ours_untouched() {
    let echo = service_fn(|request: http::Request<conformance::Sent>| async move {
        let admission = request.extensions().get::<Admission>().unwrap();
        let command = admission.command().unwrap().to_string();
        let body = request.into_body().whole();
        Ok::<_, std::convert::Infallible>(http::Response::new(http_body_util::Full::new(
            format!("{command} {}", body.len()).into_bytes().into(),
        )))
    });
    let service = ServiceBuilder::new().layer(AdmissionLayer::new(receiver().build().unwrap())).service(echo);
    let sample = Sample::before();
    let answer = send(service.clone(), sample.to_http()).await;
    let expected = format!("OfficialAccount.CallbackBeforeSendMsg {}", sample.text().len());
    assert_eq!(answer.body(), &expected);
    for (sample, status) in [
        (Sample::before().with("Sign", "0"), 401),
        (Sample::before().method("HEAD"), 405),
        (Sample::before().header("content-encoding", "gzip"), 415),
        (Sample::before().header("content-length", "9999999"), 413),
    ] {
        assert_eq!(send(service.clone(), sample.to_http()).await.status(), status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_router_picks_the_closure_of_the_command() {
    let router = CommandRouter::new()
        .on(|call: Call<BeforeSendMsg>| async move {
            match call.event.msg_body.is_empty() {
                true => Err("nothing to judge"),
                false => Ok(MessageVerdict::Discard),
            }
        })
        .on(|_: Call<group::AfterSendMsg>| async {});
    let bare = router.clone();
    let router = router.fallback(|call: Call| async move {
        tencent_im_webhook::Reply::new(9, call.event.command().map_or("", |command| command.as_str()))
    });
    let service = ServiceBuilder::new().layer(WebhookLayer::new(receiver().build().unwrap())).service(router);
    let empty = Sample::before().body(r#"{"Official_Account":"x","MsgBody":[]}"#);
    let misfit = Sample::before().body("{}");
    for (sample, status, code) in [
        (Sample::before(), 200, 2),
        (empty, 503, 1),
        (Sample::of("Group.CallbackAfterSendMsg"), 200, 0),
        (Sample::after(), 200, 9),
        (misfit.clone(), 200, 9),
        (Sample::before().with("CallbackCommand", "Group.CallbackFuture").body("{}"), 200, 9),
    ] {
        let answer = send(service.clone(), sample.to_http()).await;
        assert_eq!((answer.status().as_u16(), answer.error_code()), (status, Some(code)), "{sample:?}");
    }
    // Without a fallback it does what an empty handler does.
    let service = ServiceBuilder::new().layer(WebhookLayer::new(receiver().build().unwrap())).service(bare);
    assert_eq!(send(service.clone(), Sample::after().to_http()).await.status(), 200);
    assert_eq!(send(service, misfit.to_http()).await.status(), 503);
}

#[test]
#[should_panic(expected = "has two handlers")]
fn a_router_takes_one_closure_per_command() {
    let _ = CommandRouter::new()
        .on(|_: Call<BeforeSendMsg>| async { MessageVerdict::Allow })
        .on(|_: Call<BeforeSendMsg>| async { MessageVerdict::Reject });
}

#[tokio::test(start_paused = true)]
async fn more_http_layers_go_outside() {
    use tower_http::catch_panic::CatchPanicLayer;
    use tower_http::limit::RequestBodyLimitLayer;
    use tower_http::timeout::TimeoutLayer;

    let service = ServiceBuilder::new()
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(http::StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(5)))
        .layer(RequestBodyLimitLayer::new(4 << 20))
        .layer(AdmissionLayer::new(receiver().build().unwrap()))
        .layer(WebhookLayer::new(receiver().build().unwrap()))
        .service(HandlerService::new(Spy::default()));
    for (sample, status) in [(Sample::before(), 200), (Sample::before().with("SdkAppid", "7"), 401)] {
        assert_eq!(send(service.clone(), sample.to_http()).await.status(), status);
    }
}

#[tokio::test(start_paused = true)]
async fn more_typed_layers_go_inside() {
    let service = ServiceBuilder::new()
        .layer(WebhookLayer::new(receiver().build().unwrap()))
        .map_response(|reply: tencent_im_webhook::Reply| {
            reply.with("Extra", &1).unwrap_or_else(|_| unreachable!())
        })
        .map_err(|error: BoxError| -> BoxError { format!("mapped: {error}").into() })
        .filter(|call: Call| match call.event.command() {
            Some(tencent_im_webhook::Command::OfficialAccountBeforeSendMsg) => Ok(call),
            _ => Err("not served here"),
        })
        .service(HandlerService::new(Spy::default()));
    let answer = send(service.clone(), Sample::before().to_http()).await;
    assert_eq!(answer.json().unwrap()["Extra"], 1);
    assert_eq!(send(service, Sample::after().to_http()).await.status(), 503);
}

#[tokio::test]
async fn a_handler_that_its_runtime_dropped_is_reported() {
    let kinds = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = Arc::clone(&kinds);
    let receiver = receiver()
        .inspect_failure(move |failure| noted.lock().unwrap().push(failure.kind()))
        .build()
        .unwrap();
    let gone = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let handle = gone.handle().clone();
    gone.shutdown_background();
    let service =
        tencent_im_webhook::WebhookService::new(receiver.clone(), HandlerService::new(Spy::default()));
    let request = Sample::after().to_http();
    let admission = receiver.admit(&tencent_im_webhook::Head::from(&request)).unwrap();
    let answer = service.deliver_on(handle, admission, request.into_body()).await;
    assert_eq!(answer.status(), 503);
    assert_eq!(*kinds.lock().unwrap(), [FailureKind::Cancelled]);
}
