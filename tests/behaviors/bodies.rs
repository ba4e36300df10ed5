//! How a body comes: in pieces, too slow, not at all.

use std::time::Duration;

use bytes::Bytes;
use conformance::{Kind, Sample, Sent, receiver};
use tokio::time::Instant;

use conformance::hostile::TOO_SLOW;

use crate::{Bench, behaviors};

behaviors! {
    Service: [a_flood_of_empty_pieces_says_nothing, a_connection_closes_behind_a_body_that_was_not_read]
    PausedTime: [a_body_has_a_second_to_come]
}

async fn a_flood_of_empty_pieces_says_nothing(kind: Kind) {
    let bench = Bench::new(kind);
    let text = Bytes::from(Sample::before().text());
    let stack = &bench.stack;
    // HTTP/2 ends a connection that floods it.
    let half = if kind == Kind::AxumHttp2 { 20 } else { 50_000 };
    let mut many = vec![Bytes::new(); 2 * half];
    many.insert(half, text);
    let answer = stack.send(&Sample::before().sent(Sent::Pieces(many.into()))).await;
    assert_eq!((answer.status().as_u16(), bench.spy.take().len()), (200, 1), "49, {stack}");
}

async fn a_body_has_a_second_to_come(kind: Kind) {
    let bench = Bench::new(kind);
    let start = Instant::now();
    bench.expect("50", &Sample::before().sent(Sent::Stalled("{".into())), TOO_SLOW).await;
    bench.stack.check_elapsed(start, Duration::from_secs(1));
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
