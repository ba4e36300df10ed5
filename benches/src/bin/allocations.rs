//! How often a webhook asks for memory, beside `allocations.toml`. A program of its own: what counts here would count
//! in every other measurement too.

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use anyhow::ensure;
use benches::{Body, Request, receiver};
use bytes::{Bytes, BytesMut};
use comfy_table::Table;
use http_body_util::Full;
use tencent_im_webhook::{Admission, HandlerService, Head, Receiver, WebhookHandler, WebhookService};

fn main() -> anyhow::Result<()> {
    let expected: BTreeMap<String, u64> = toml::from_str(include_str!("../../allocations.toml"))?;
    let counted = BTreeMap::from(
        [("admit", admit()), ("refuse", refuse()), ("decode", decode()), ("deliver", deliver()?)]
            .map(|(step, count)| (step.to_owned(), count)),
    );
    let mut table = Table::new();
    table.set_header(["step", "allocations"]);
    table.add_rows(counted.iter().map(|(step, count)| [step.clone(), count.to_string()]));
    println!("{table}");
    ensure!(counted == expected, "allocations.toml has {expected:?}");
    Ok(())
}

fn admit() -> u64 {
    let (receiver, request) = (receiver(), Request::new(Body::Small));
    let head = request.head();
    measure(|| drop(receiver.admit(&head).expect("signed now"))).count_total
}

/// The most of any of them.
fn refuse() -> u64 {
    let (receiver, good) = (receiver(), Request::new(Body::Small).query);
    let spoiled =
        [("SdkAppid=", "SdkAppid=7"), ("Sign=", "Sign=x"), ("Sign=", "Sign=0&x="), ("RequestTime=", "x=")];
    let refused = spoiled.map(|(from, to)| {
        let query = good.replace(from, to);
        let head = Head::new("POST", &query);
        let refused = || match receiver.admit(&head) {
            Ok(_) => panic!("admitted: {from} became {to}"),
            Err(rejection) => assert_eq!(receiver.refuse(&rejection).status(), 401),
        };
        measure(refused).count_total
    });
    refused.into_iter().max().unwrap_or_default()
}

fn decode() -> u64 {
    let receiver = receiver();
    let (admission, body) = admitted(&receiver);
    measure(|| drop(receiver.decode(admission, body).expect("a good body"))).count_total
}

fn deliver() -> anyhow::Result<u64> {
    struct Quiet;
    impl WebhookHandler for Quiet {}

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let _inside = runtime.enter();
    let receiver = receiver();
    let service = WebhookService::new(receiver.clone(), HandlerService::new(Quiet));
    let (admission, body) = admitted(&receiver);
    let delivered = measure(|| {
        let answer = pin!(service.deliver(admission, Full::new(body)));
        match answer.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => assert_eq!(answer.status(), 200),
            Poll::Pending => panic!("a handler that waits for nothing waits"),
        }
    });
    Ok(delivered.count_total)
}

fn admitted(receiver: &Receiver) -> (Admission, Bytes) {
    let request = Request::new(Body::Small);
    let admission = receiver.admit(&request.head()).expect("signed now");
    // As servers cut it out of what they have read.
    (admission, BytesMut::from(request.body.as_bytes()).split().freeze())
}
