//! A connection: keep-alive, pipelining, `Expect`, and bytes that are no HTTP.

use conformance::{RawConnection, Sample, Spy, receiver, router};
use tencent_im_webhook::{HandlerService, WebhookService};

fn connect(spy: &Spy) -> RawConnection {
    let service = WebhookService::new(receiver().build().unwrap(), HandlerService::new(spy.clone()));
    RawConnection::to(router(service))
}

fn post(sample: &Sample, more: &str) -> String {
    let text = sample.text();
    format!(
        "POST /cb?{} HTTP/1.1\r\nHost: a\r\n{more}Content-Length: {}\r\n\r\n{text}",
        sample.query,
        text.len()
    )
}

#[tokio::test(start_paused = true)]
async fn pipelined_requests_are_answered_in_order() {
    let spy = Spy::default();
    let mut connection = connect(&spy);
    let forged = Sample::before().with("Sign", &"0".repeat(64));
    connection.write(post(&Sample::before(), "") + &post(&forged, "") + &post(&Sample::after(), "")).await;
    for status in [200, 401, 200] {
        assert_eq!(connection.answer().await.unwrap().status, status, "64");
    }
    assert_eq!(spy.take().len(), 2, "64");
}

#[tokio::test(start_paused = true)]
async fn a_connection_outlives_a_thousand_requests_of_all_sorts() {
    let spy = Spy::default();
    let mut connection = connect(&spy);
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
        connection.write(post(&sample, "")).await;
        assert_eq!(connection.answer().await.unwrap().status, status, "65, {round}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_asked_for_only_from_the_admitted() {
    let spy = Spy::default();
    let (sample, text) = (Sample::before(), Sample::before().text());
    let head = |sample: &Sample| {
        format!(
            "POST /cb?{} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
            sample.query,
            text.len()
        )
    };
    let mut connection = connect(&spy);
    connection.write(head(&sample)).await;
    assert_eq!(connection.answer().await.unwrap().status, 100, "54");
    connection.write(&text).await;
    assert_eq!(connection.answer().await.unwrap().status, 200, "54");
    let mut connection = connect(&spy);
    connection.write(head(&sample.with("SdkAppid", "7"))).await;
    assert_eq!(connection.answer().await.unwrap().status, 401, "55");
    assert_eq!(spy.take().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_announced_flood_is_refused_before_it_comes() {
    let spy = Spy::default();
    let mut connection = connect(&spy);
    let query = Sample::before().query;
    connection
        .write(format!("POST /cb?{query} HTTP/1.1\r\nHost: a\r\nContent-Length: 300000000\r\n\r\n"))
        .await;
    let answer = connection.answer().await.unwrap();
    assert_eq!(answer.status, 413, "46");
    assert!(answer.head.to_ascii_lowercase().contains("connection: close"), "46: {}", answer.head);
    assert!(connection.is_closed().await, "46");
}

#[tokio::test(start_paused = true)]
async fn half_a_body_and_a_farewell_reach_nobody() {
    let spy = Spy::default();
    let mut connection = connect(&spy);
    let whole = post(&Sample::before(), "");
    connection.write(&whole[..whole.len() - 2]).await;
    connection.finish().await;
    if let Some(answer) = connection.answer().await {
        assert_eq!(answer.status, 400, "52");
    }
    assert!(spy.take().is_empty(), "52");
}

#[tokio::test(start_paused = true)]
async fn old_http_and_absolute_targets_are_fine() {
    let spy = Spy::default();
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
        let mut connection = connect(&spy);
        connection.write(head.clone() + &text).await;
        assert_eq!(connection.answer().await.unwrap().status, 200, "58, 59: {head}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_http_never_reaches_us() {
    let spy = Spy::default();
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
        let mut connection = connect(&spy);
        connection.write(&bytes).await;
        connection.finish().await;
        let status = connection.answer().await.map(|answer| answer.status);
        assert!(
            status.is_none_or(|status| (400..500).contains(&status)),
            "{row}: {status:?} for {:?}",
            bytes.get(..80)
        );
        assert!(spy.take().is_empty(), "{row}");
    }
}

#[tokio::test(start_paused = true)]
async fn broken_chunks_reach_nobody() {
    let spy = Spy::default();
    let query = Sample::before().query;
    for (row, chunk) in
        [("57", "fffffffffffffffff\r\n".to_owned()), ("57", format!("1;{}\r\n", "x".repeat(1 << 20)))]
    {
        let mut connection = connect(&spy);
        connection
            .write(format!(
                "POST /cb?{query} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
            ))
            .await;
        connection.finish().await;
        let status = connection.answer().await.map(|answer| answer.status);
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{row}: {status:?}");
        assert!(spy.take().is_empty(), "{row}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_server_goes_on_after_all_of_it() {
    let spy = Spy::default();
    let service = WebhookService::new(receiver().build().unwrap(), HandlerService::new(spy.clone()));
    let app = router(service);
    let mut bad = RawConnection::to(app.clone());
    bad.write("\0\0\0").await;
    let mut good = RawConnection::to(app);
    good.write(post(&Sample::before(), "")).await;
    assert_eq!(good.answer().await.unwrap().status, 200);
}
