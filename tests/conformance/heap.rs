//! How much heap a hostile request may take.

use bytes::Bytes;
use conformance::{Kind, Sample, Sent, Spy, Stack, receiver};

#[test]
fn a_long_body_takes_little_more_heap_than_itself() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let tower = Stack::new(Kind::Tower, &receiver().build().unwrap(), Spy::default());
    let limit = 1 << 20;
    let one_byte_each = vec![Bytes::from_static(b" "); limit + 1];
    let sample = Sample::before().sent(Sent::Pieces(one_byte_each.into()));
    let request = sample.clone();
    let own = allocation_counter::measure(|| drop(request.to_http())).bytes_max;
    let heap = allocation_counter::measure(|| {
        let answer = runtime.block_on(tower.send(&sample));
        assert_eq!(answer.status(), 413);
    });
    assert!(heap.bytes_max - own <= limit as u64 + 40 * 1024, "48: {} beyond {own}", heap.bytes_max);
}

#[test]
fn a_hostile_body_takes_heap_in_proportion_to_itself() {
    let receiver = receiver().build().unwrap();
    let query = Sample::before().query;
    let decode = |body: Vec<u8>| {
        let body = bytes::Bytes::from(body);
        let admission = receiver.admit(&tencent_im_webhook::Head::new("POST", &query)).unwrap();
        allocation_counter::measure(|| drop(receiver.decode(admission, body)))
    };
    let text = Sample::before().text();
    let deep =
        with_first_key(&format!("{{\n\"Deep\":{}{},", "[".repeat(100_000), "]".repeat(100_000))).text();
    assert!(decode(deep.into_bytes()).bytes_max <= 1 << 20, "90");
    let rows = [
        " ".repeat(256 * 1024) + &text,
        format!("{{\n\"A\":[{}[]],", "[],".repeat(80 * 1024)),
        format!("{{\n{}", "\"a\":1,".repeat(40 * 1024)),
    ];
    for start in &rows[1..] {
        let body = with_first_key(start).text();
        assert!(decode(body.clone().into_bytes()).bytes_max <= 6 * body.len() as u64, "103, 106");
    }
    assert!(decode(rows[0].clone().into_bytes()).bytes_max <= 6 * rows[0].len() as u64, "103");
    let invalid: Vec<u8> = text
        .replace("autumn", &"x".repeat(200_000))
        .bytes()
        .map(|b| if b == b'x' { 0xff } else { b })
        .collect();
    let size = invalid.len() as u64;
    assert!(decode(invalid).bytes_max <= 10 * size, "86: each bad byte becomes three, in text and event");
}

/// The good sample with something else in place of its opening brace.
fn with_first_key(start: &str) -> Sample {
    let text = Sample::before().text();
    Sample::before().body(text.replacen("{\n", start, 1))
}
