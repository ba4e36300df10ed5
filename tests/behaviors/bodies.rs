//! How a body comes: in pieces, too long, too slow, broken off.

use std::time::Duration;

use bytes::Bytes;
use conformance::{Kind, Sample, Sent, receiver};
use http::{HeaderMap, HeaderValue};
use tokio::time::Instant;

use crate::{Bench, Expected, TOO_LARGE, TOO_SLOW, behaviors};

behaviors! {
    Nothing: [a_body_may_be_cut_anywhere, a_body_without_a_length_ends_at_the_limit]
    Service: [
        empty_pieces_and_trailers_say_nothing,
        a_body_that_stalls_is_given_up_at_its_deadline,
        a_body_that_breaks_off_reaches_nobody,
        a_connection_closes_behind_a_body_that_was_not_read,
    ]
    PausedTime: [a_body_has_a_second_to_come]
}

fn pieces(text: &str, size: usize) -> Sent {
    Sent::Pieces(text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect())
}

async fn a_body_may_be_cut_anywhere(kind: Kind) {
    let bench = Bench::new(kind);
    let text = Sample::before().text();
    for size in [1, 2, 7, 100, text.len()] {
        for seen in bench.expect("49", &Sample::before().sent(pieces(&text, size)), Expected::Typed).await {
            assert_eq!(seen.context.raw(), &text);
        }
    }
}

async fn empty_pieces_and_trailers_say_nothing(kind: Kind) {
    let bench = Bench::new(kind);
    let text = Bytes::from(Sample::before().text());
    let stack = &bench.stack;
    // HTTP/2 ends a connection that floods it.
    let half = if kind == Kind::AxumHttp2 { 20 } else { 50_000 };
    let mut many = vec![Bytes::new(); 2 * half];
    many.insert(half, text.clone());
    let answer = stack.send(&Sample::before().sent(Sent::Pieces(many.into()))).await;
    assert_eq!((answer.status().as_u16(), bench.spy.take().len()), (200, 1), "49, {stack}");
    let mut trailers = HeaderMap::new();
    trailers.insert("x-late", HeaderValue::from_static("1"));
    let trailed = Sent::Trailed([text].into(), trailers);
    bench.expect("49", &Sample::before().sent(trailed), Expected::Typed).await;
}

async fn a_body_without_a_length_ends_at_the_limit(kind: Kind) {
    let bench = Bench::new(kind);
    let endless = Sent::Pieces(vec![Bytes::from_static(&[b' '; 1000]); 2000].into());
    bench.expect("48", &Sample::before().sent(endless), TOO_LARGE).await;
    let just =
        format!("{}{}", Sample::before().text(), " ".repeat((1 << 20) - Sample::before().text().len()));
    bench.expect("48", &Sample::before().sent(pieces(&just, 4096)), Expected::Typed).await;
    let over = just + " ";
    bench.expect("48", &Sample::before().sent(pieces(&over, 4096)), TOO_LARGE).await;
}

async fn a_body_that_stalls_is_given_up_at_its_deadline(kind: Kind) {
    // A second by default; less where the time is real.
    let patience = if kind.is_paused() { Duration::from_secs(1) } else { Duration::from_millis(200) };
    let bench = Bench::around(kind, &receiver().body_deadline(patience).build().unwrap());
    let text = Bytes::from(Sample::before().text());
    for stalled in [Sent::Stalled(text.slice(..text.len() - 1)), Sent::Stalled(Bytes::new())] {
        let start = Instant::now();
        bench.expect("50", &Sample::before().sent(stalled), TOO_SLOW).await;
        bench.stack.check_elapsed(start, patience);
    }
}

async fn a_body_has_a_second_to_come(kind: Kind) {
    let bench = Bench::new(kind);
    let start = Instant::now();
    bench.expect("50", &Sample::before().sent(Sent::Stalled("{".into())), TOO_SLOW).await;
    bench.stack.check_elapsed(start, Duration::from_secs(1));
}

async fn a_body_that_breaks_off_reaches_nobody(kind: Kind) {
    let bench = Bench::new(kind);
    let text = Bytes::from(Sample::before().text());
    let broken = Sample::before().sent(Sent::Broken(text.slice(..text.len() - 1)));
    match bench.stack.try_send(&broken).await {
        Ok(answer) => assert_eq!(answer.status(), 400, "52, 53, {kind}"),
        Err(_) => assert!(kind.has_connections(), "52, 53, {kind}: the connection is gone"),
    }
    assert!(bench.spy.take().is_empty(), "52, 53, {kind}");
    bench.expect("and the server lives", &Sample::before(), Expected::Typed).await;
}

async fn a_connection_closes_behind_a_body_that_was_not_read(kind: Kind) {
    let bench = Bench::around(kind, &receiver().body_deadline(Duration::from_millis(200)).build().unwrap());
    let large = Sample::before().sent(Sent::Pieces(vec![Bytes::from_static(&[b' '; 60_000]); 20].into()));
    let slow = Sample::before().sent(Sent::Stalled(Bytes::from_static(b"{")));
    for sample in [large, slow] {
        let answer = bench.stack.send(&sample).await;
        // HTTP/2 has no such header.
        let expected = (kind != Kind::AxumHttp2).then_some("close");
        let header = answer.headers().get("connection").map(|value| value.to_str().unwrap());
        assert_eq!(header, expected, "48, 50, {kind}");
    }
}
