//! The steps of a webhook inside the process, counted in instructions.
//!
//! The names are those of `budgets.toml`.
#![allow(missing_docs, reason = "the macros of the harness document nothing")]

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use benches::{Body, Request, admitted, ready, refused};
use bytes::Bytes;
use gungraun::{library_benchmark, library_benchmark_group, main};
use http_body_util::Full;
use tencent_im_webhook::{
    Admission, Answer, Call, HandlerService, Receiver, Rejection, WebhookHandler, WebhookService,
};
use tokio::runtime::{Builder, Runtime};

struct Quiet;

impl WebhookHandler for Quiet {}

struct Served {
    runtime: Runtime,
    service: WebhookService<HandlerService<Quiet>>,
    admission: Admission,
    body: Bytes,
}

fn served(body: Body) -> Served {
    let (receiver, admission, body) = admitted(body);
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    Served { runtime, service: WebhookService::new(receiver, HandlerService::new(Quiet)), admission, body }
}

#[library_benchmark]
#[bench::small(args = (Body::Small), setup = ready)]
fn admit(given: (Receiver, Request)) -> Result<Admission, Rejection> {
    let (receiver, request) = &given;
    black_box(receiver.admit(black_box(&request.head())))
}

#[library_benchmark]
#[bench::small(args = (Body::Small), setup = refused)]
fn refuse(given: (Receiver, Request)) -> Option<Answer> {
    let (receiver, request) = &given;
    let rejection = receiver.admit(black_box(&request.head())).err();
    black_box(rejection.map(|rejection| receiver.refuse(&rejection)))
}

#[library_benchmark]
#[bench::small(args = (Body::Small), setup = admitted)]
#[bench::text(args = (Body::Text), setup = admitted)]
#[bench::elements(args = (Body::Elements), setup = admitted)]
#[bench::sorted(args = (Body::Sorted), setup = admitted)]
fn decode(given: (Receiver, Admission, Bytes)) -> Result<Call, Rejection> {
    let (receiver, admission, body) = given;
    black_box(receiver.decode(admission, black_box(body)))
}

// What decoding is compared with.
#[library_benchmark]
#[bench::small(args = (Body::Small), setup = Body::json)]
#[bench::text(args = (Body::Text), setup = Body::json)]
#[bench::elements(args = (Body::Elements), setup = Body::json)]
#[bench::sorted(args = (Body::Sorted), setup = Body::json)]
fn value(json: String) -> serde_json::Result<serde_json::Value> {
    black_box(serde_json::from_slice(black_box(json.as_bytes())))
}

// From the admission to the answer, without a connection: a handler that has nothing to wait for.
#[library_benchmark]
#[bench::small(args = (Body::Small), setup = served)]
fn deliver(given: Served) -> Option<Answer> {
    let Served { runtime, service, admission, body } = given;
    let _inside = runtime.enter();
    let delivered = pin!(service.deliver(admission, Full::new(body)));
    match delivered.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(black_box(answer)),
        Poll::Pending => None,
    }
}

library_benchmark_group!(name = steps, benchmarks = [admit, refuse, decode, value, deliver]);
main!(library_benchmark_groups = steps);
