//! A connection: keep-alive, pipelining, `Expect`, and bytes that are no HTTP.

use conformance::{Kind, Sample};

use crate::{Bench, behaviors};

behaviors! {
    Http1: [
        pipelined_requests_are_answered_in_order,
        a_connection_outlives_a_thousand_requests_of_all_sorts,
        a_body_is_asked_for_only_from_the_admitted,
        an_announced_flood_is_refused_before_it_comes,
        half_a_body_and_a_farewell_reach_nobody,
        old_http_and_absolute_targets_are_fine,
        what_is_no_http_never_reaches_us,
        broken_chunks_reach_nobody,
    ]
}

async fn pipelined_requests_are_answered_in_order(kind: Kind) {
    let bench = Bench::new(kind);
    let mut connection = bench.stack.connect().await;
    let forged = Sample::before().with("Sign", &"0".repeat(64));
    connection.write(Sample::before().to_bytes() + &forged.to_bytes() + &Sample::after().to_bytes()).await;
    for status in [200, 401, 200] {
        assert_eq!(connection.answer().await.unwrap().status, status, "64");
    }
    assert_eq!(bench.spy.take().len(), 2, "64");
}

async fn a_connection_outlives_a_thousand_requests_of_all_sorts(kind: Kind) {
    let bench = Bench::new(kind);
    let mut connection = bench.stack.connect().await;
    let hostile = [
        Sample::before().with("SdkAppid", "7"),
        Sample::before().body("{"),
        Sample::before().with("CallbackCommand", "x.Y"),
    ];
    for round in 0..1000 {
        let (sample, status) = match round % 3 {
            2 => (hostile[round / 3 % 3].clone(), [401, 400, 400][round / 3 % 3]),
            _ => (Sample::after(), 200),
        };
        connection.write(sample.to_bytes()).await;
        assert_eq!(connection.answer().await.unwrap().status, status, "65, {round}");
        if status == 401 && kind.closes_on_unread_bodies() {
            assert!(connection.is_closed().await, "65, {round}");
            connection = bench.stack.connect().await;
        }
    }
}

async fn a_body_is_asked_for_only_from_the_admitted(kind: Kind) {
    let bench = Bench::new(kind);
    let whole = Sample::before().to_bytes_with("Expect: 100-continue\r\n");
    let (head, text) = whole.split_once("\r\n\r\n").unwrap();
    let mut connection = bench.stack.connect().await;
    connection.write(format!("{head}\r\n\r\n")).await;
    assert_eq!(connection.answer().await.unwrap().status, 100, "54");
    connection.write(text).await;
    assert_eq!(connection.answer().await.unwrap().status, 200, "54");
    let mut connection = bench.stack.connect().await;
    connection.write(format!("{head}\r\n\r\n").replace("SdkAppid=1", "SdkAppid=7")).await;
    if kind.continues_unasked() {
        assert_eq!(connection.answer().await.unwrap().status, 100, "55: actix-web asks before anybody looks");
    }
    assert_eq!(connection.answer().await.unwrap().status, 401, "55");
    assert_eq!(bench.spy.take().len(), 1);
}

async fn an_announced_flood_is_refused_before_it_comes(kind: Kind) {
    let bench = Bench::new(kind);
    let mut connection = bench.stack.connect().await;
    let query = Sample::before().query;
    connection
        .write(format!("POST /cb?{query} HTTP/1.1\r\nHost: a\r\nContent-Length: 300000000\r\n\r\n"))
        .await;
    let answer = connection.answer().await.unwrap();
    assert_eq!(answer.status, 413, "46");
    assert!(answer.head.to_ascii_lowercase().contains("connection: close"), "46: {}", answer.head);
    assert!(connection.is_closed().await, "46");
}

async fn half_a_body_and_a_farewell_reach_nobody(kind: Kind) {
    let bench = Bench::new(kind);
    let mut connection = bench.stack.connect().await;
    let whole = Sample::before().to_bytes();
    connection.write(&whole[..whole.len() - 2]).await;
    connection.finish().await;
    if let Some(answer) = connection.answer().await {
        assert_eq!(answer.status, 400, "52");
    }
    assert!(bench.spy.take().is_empty(), "52");
}

async fn old_http_and_absolute_targets_are_fine(kind: Kind) {
    let bench = Bench::new(kind);
    let (query, text) = (Sample::before().query, Sample::before().text());
    let length = text.len();
    for head in [
        format!("POST /cb?{query} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n"),
        format!("POST /cb?{query} HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: {length}\r\n\r\n"),
        format!(
            "POST http://elsewhere.example/cb?{query} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
        ),
        format!("POST /cb?{query} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n"),
    ] {
        let mut connection = bench.stack.connect().await;
        connection.write(head.clone() + &text).await;
        let status = connection.answer().await.unwrap().status;
        // actix-web refuses HTTP/1.1 without a host by itself.
        let is_hostless = kind.is_actix() && !head.contains("Host") && head.contains("HTTP/1.1");
        assert_eq!(status, if is_hostless { 400 } else { 200 }, "58, 59: {head}");
    }
}

async fn what_is_no_http_never_reaches_us(kind: Kind) {
    let bench = Bench::new(kind);
    let query = Sample::before().query;
    let long_header = format!("X-Long: {}\r\n", "x".repeat(500_000));
    let many_headers = "X-Many: 1\r\n".repeat(101);
    let post = |more: &str| format!("POST /cb?{query} HTTP/1.1\r\nHost: a\r\n{more}\r\n");
    for (row, bytes) in [
        ("56", post("Content-Length: 5\r\nContent-Length: 6\r\n")),
        ("56", post("Content-Length: +5\r\n")),
        ("56", post("Content-Length: -1\r\n")),
        ("56", post("Content-Length: 18446744073709551616\r\n")),
        ("57", post("Transfer-Encoding: chunked, identity\r\n")),
        ("57", post("Transfer-Encoding:\x0bchunked\r\n")),
        ("60", "GET /cb\r\n\r\n".into()),
        ("60", format!("POST /cb?{query} HTTP/9.9\r\n\r\n")),
        ("60", "\x16\x03\x01\x02\0\x01\0\x01".into()),
        ("60", "\0".repeat(100)),
        ("61", post(&many_headers)),
        ("61", post(&long_header)),
        ("61", post("X-Bare: a\rb\r\n")),
        ("61", post("X-Blank : 1\r\n")),
        ("61", post("X-Fold: a\r\n b\r\n")),
        ("63", format!("POST /cb?{query}&x={} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(70_000))),
        ("79", format!("POST /cb?{query}\0 HTTP/1.1\r\nHost: a\r\n\r\n")),
    ] {
        let mut connection = bench.stack.connect().await;
        connection.write(&bytes).await;
        connection.finish().await;
        let status = connection.answer().await.map(|answer| answer.status);
        assert!(
            status.is_none_or(|status| (400..500).contains(&status)),
            "{row}: {status:?} for {:?}",
            bytes.get(..80)
        );
        assert!(bench.spy.take().is_empty(), "{row}");
    }
}

async fn broken_chunks_reach_nobody(kind: Kind) {
    let bench = Bench::new(kind);
    let query = Sample::before().query;
    for (row, chunk) in
        [("57", "fffffffffffffffff\r\n".to_owned()), ("57", format!("1;{}\r\n", "x".repeat(1 << 20)))]
    {
        let mut connection = bench.stack.connect().await;
        connection
            .write(format!(
                "POST /cb?{query} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
            ))
            .await;
        connection.finish().await;
        let status = connection.answer().await.map(|answer| answer.status);
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{row}: {status:?}");
        assert!(bench.spy.take().is_empty(), "{row}");
    }
}
