//! How a body comes: in pieces, too long, too slow, broken off.

use bytes::Bytes;
use conformance::{Sample, Sent};
use http::{HeaderMap, HeaderValue};
use tencent_im_webhook::RejectionKind;
use tokio::time::Instant;

use crate::{Bench, Expected, TOO_LARGE, TOO_SLOW};

fn pieces(text: &str, size: usize) -> Sent {
    Sent::Pieces(text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect())
}

#[tokio::test(start_paused = true)]
async fn a_body_may_be_cut_anywhere() {
    let bench = Bench::new();
    let text = Sample::before().text();
    for size in [1, 2, 7, 100, text.len()] {
        for seen in bench.expect("49", &Sample::before().sent(pieces(&text, size)), Expected::Typed).await {
            assert_eq!(seen.context.raw(), &text);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn empty_pieces_and_trailers_say_nothing() {
    let bench = Bench::new();
    let text = Bytes::from(Sample::before().text());
    for stack in bench.stacks.iter().filter(|stack| stack.reads_bodies()) {
        // HTTP/2 ends a connection that floods it.
        let half = if stack.to_string().contains("http/2") { 20 } else { 50_000 };
        let mut many = vec![Bytes::new(); 2 * half];
        many.insert(half, text.clone());
        let answer = stack.send(&Sample::before().sent(Sent::Pieces(many.into()))).await;
        assert_eq!((answer.status().as_u16(), bench.spy.take().len()), (200, 1), "49, {stack}");
    }
    let mut trailers = HeaderMap::new();
    trailers.insert("x-late", HeaderValue::from_static("1"));
    let trailed = Sent::Trailed([text].into(), trailers);
    bench.expect("49", &Sample::before().sent(trailed), Expected::Typed).await;
}

#[tokio::test(start_paused = true)]
async fn a_body_without_a_length_ends_at_the_limit() {
    let bench = Bench::new();
    let endless = Sent::Pieces(vec![Bytes::from_static(&[b' '; 1000]); 2000].into());
    bench.expect("48", &Sample::before().sent(endless), TOO_LARGE).await;
    let just =
        format!("{}{}", Sample::before().text(), " ".repeat((1 << 20) - Sample::before().text().len()));
    bench.expect("48", &Sample::before().sent(pieces(&just, 4096)), Expected::Typed).await;
    let over = just + " ";
    bench.expect("48", &Sample::before().sent(pieces(&over, 4096)), TOO_LARGE).await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_is_given_up_after_a_second() {
    let bench = Bench::new();
    let text = Bytes::from(Sample::before().text());
    for stalled in [Sent::Stalled(text.slice(..text.len() - 1)), Sent::Stalled(Bytes::new())] {
        for stack in
            bench.stacks.iter().filter(|stack| stack.can_send(&Sample::before().sent(stalled.clone())))
        {
            let start = Instant::now();
            let answer = stack.send(&Sample::before().sent(stalled.clone())).await;
            assert_eq!(answer.status(), 408, "50, {stack}");
            assert_eq!(start.elapsed().as_millis() / 10, 100, "50, {stack}");
            assert_eq!(answer.error_info().as_deref(), Some("body too slow"), "50, {stack}");
            assert!(bench.spy.take().is_empty(), "50, {stack}");
        }
        bench.expect("50", &Sample::before().sent(stalled), TOO_SLOW).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_off_reaches_nobody() {
    let bench = Bench::new();
    let text = Bytes::from(Sample::before().text());
    let broken = Sample::before().sent(Sent::Broken(text.slice(..text.len() - 1)));
    for stack in bench.stacks.iter().filter(|stack| stack.can_send(&broken)) {
        match stack.try_send(&broken).await {
            Ok(answer) => assert_eq!(answer.status(), 400, "52, 53, {stack}"),
            Err(_) => assert!(stack.is_server(), "52, 53, {stack}: the connection is gone"),
        }
        assert!(bench.spy.take().is_empty(), "52, 53, {stack}");
    }
    assert_eq!(RejectionKind::BodyBroken.status(), 400);
}

#[tokio::test(start_paused = true)]
async fn a_connection_closes_behind_a_body_that_was_not_read() {
    let bench = Bench::new();
    let large = Sample::before().sent(Sent::Pieces(vec![Bytes::from_static(&[b' '; 60_000]); 20].into()));
    let slow = Sample::before().sent(Sent::Stalled(Bytes::from_static(b"{")));
    for sample in [large, slow] {
        for stack in bench.stacks.iter().filter(|stack| stack.can_send(&sample) && stack.reads_bodies()) {
            let answer = stack.send(&sample).await;
            // HTTP/2 has no such header.
            let expected = (!stack.to_string().contains("http/2")).then_some("close");
            let header = answer.headers().get("connection").map(|value| value.to_str().unwrap());
            assert_eq!(header, expected, "48, 50, {stack}");
        }
    }
}

#[test]
fn a_long_body_takes_little_more_heap_than_itself() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let bench = Bench::new();
    let limit = 1 << 20;
    let one_byte_each: Sent = pieces(&" ".repeat(limit + 1), 1);
    let sample = Sample::before().sent(one_byte_each);
    let tower = bench.stacks.iter().find(|stack| stack.to_string() == "tower").unwrap();
    let request = sample.clone();
    let own = allocation_counter::measure(|| drop(request.to_http())).bytes_max;
    let heap = allocation_counter::measure(|| {
        let answer = runtime.block_on(tower.send(&sample));
        assert_eq!(answer.status(), 413);
    });
    assert!(heap.bytes_max - own <= limit as u64 + 40 * 1024, "48: {} beyond {own}", heap.bytes_max);
}
