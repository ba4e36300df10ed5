//! How much heap a hostile request may take.

use bytes::Bytes;
use conformance::hostile::{Row, rows};
use conformance::{Kind, Sample, Sent, Stack, receiver};
use tencent_im_webhook::{Head, Receiver, WebhookHandler};

use crate::bounds::{HEAP, HEAP_PER_BYTE};

/// For a request that is refused from its head.
const REFUSED: u64 = 1024;

/// For one that is admitted, beside its body and what that is decoded to.
const IN_FLIGHT: u64 = 40 * 1024;

/// The largest body that a receiver takes by default.
const LIMIT: u64 = 1 << 20;

#[test]
fn a_row_takes_no_more_heap_than_its_sort_may() {
    let runtime = runtime();
    for row in rows() {
        let receiver = (row.setting.receiver)();
        let tower = Stack::new(Kind::Tower, &receiver, Defaults);
        for sample in row.requests() {
            let (request, service) = (sample.to_http(), tower.service());
            let is_admitted = receiver.admit(&Head::from(&request)).is_ok();
            let heap = allocation_counter::measure(|| {
                let _ = runtime.block_on(tower::ServiceExt::oneshot(service, request));
            });
            let bound = if is_admitted { IN_FLIGHT + body_and_event(&sample) } else { REFUSED };
            assert!(heap.bytes_max <= bound, "{}: {} of {bound}", title(row), heap.bytes_max);
        }
    }
}

#[test]
fn decoding_a_row_takes_heap_in_proportion_to_its_body() {
    for row in rows() {
        let receiver = (row.setting.receiver)();
        for sample in row.requests() {
            let (heap, size) = heap_of_decoding(&receiver, &sample);
            // A command that nobody knows is kept by its name.
            let name = sample.query.len() as u64;
            assert!(heap <= HEAP_PER_BYTE * size + name + HEAP, "{}: {heap} for {size}", title(row));
        }
    }
}

#[test]
fn a_long_body_takes_little_more_heap_than_itself() {
    let tower = Stack::new(Kind::Tower, &receiver().build().unwrap(), Defaults);
    let one_byte_each = vec![Bytes::from_static(b" "); usize::try_from(LIMIT).unwrap() + 1];
    let request = Sample::before().sent(Sent::Pieces(one_byte_each.into())).to_http();
    let service = tower.service();
    let runtime = runtime();
    let heap = allocation_counter::measure(|| {
        let answer = runtime.block_on(tower::ServiceExt::oneshot(service, request));
        assert_eq!(answer.unwrap().status(), 413);
    });
    assert!(heap.bytes_max <= LIMIT + IN_FLIGHT, "48: {}", heap.bytes_max);
}

#[test]
fn what_is_not_looked_at_takes_no_heap() {
    let receiver = receiver().build().unwrap();
    let deep = format!("{{\"Deep\":{}{},", "[".repeat(100_000), "]".repeat(100_000));
    for start in [
        deep,
        format!("{{\"A\":[{}[]],", "[],".repeat(80 * 1024)),
        format!("{{{}", "\"a\":1,".repeat(40 * 1024)),
    ] {
        let (heap, size) = heap_of_decoding(&receiver, &Sample::before().with_start(&start));
        assert!(heap <= size + HEAP, "90, 103, 106: {heap} for {size}");
    }
}

#[test]
fn a_byte_that_is_no_utf8_becomes_three_in_text_and_event() {
    let receiver = receiver().build().unwrap();
    let text = Sample::before().text();
    let (head, tail) = text.split_once("autumn").unwrap();
    let body = [head.as_bytes(), &[0xff; 200_000], tail.as_bytes()].concat();
    let (heap, size) = heap_of_decoding(&receiver, &Sample::before().body(body));
    assert!(heap <= HEAP_PER_BYTE * size + HEAP, "86: {heap} for {size}");
}

struct Defaults;

impl WebhookHandler for Defaults {}

fn title(row: &Row) -> String {
    format!("{} {}", row.number, row.name)
}

/// What the body may take, in hand and decoded.
fn body_and_event(sample: &Sample) -> u64 {
    let size = sample.body.clone().whole().len() as u64;
    size.min(LIMIT) + HEAP_PER_BYTE * size
}

/// Nothing for what is refused from its head.
fn heap_of_decoding(receiver: &Receiver, sample: &Sample) -> (u64, u64) {
    let body = sample.body.clone().whole();
    let size = body.len() as u64;
    let heap = match receiver.admit(&Head::new(&sample.method, &sample.query)) {
        Ok(admission) => allocation_counter::measure(|| drop(receiver.decode(admission, body))).bytes_max,
        Err(_) => 0,
    };
    (heap, size)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}
