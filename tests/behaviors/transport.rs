//! Paths, and connections that last: `Expect`, a thousand requests of all sorts.

use conformance::{Kind, PATH, Sample};

use crate::{Bench, behaviors};

behaviors! {
    Nothing: [paths_are_the_routers_business]
    Http1: [
        a_connection_outlives_a_thousand_requests_of_all_sorts,
        a_body_is_asked_for_only_from_the_admitted,
    ]
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
        assert_eq!(connection.ask(sample.to_bytes()).await.unwrap().status(), status, "65, {round}");
        if status == 401 && kind.closes_on_unread_bodies() {
            assert!(connection.ends().await, "65, {round}");
            connection = bench.stack.connect().await;
        }
    }
}

async fn a_body_is_asked_for_only_from_the_admitted(kind: Kind) {
    let bench = Bench::new(kind);
    let whole = Sample::before().to_bytes_with("Expect: 100-continue\r\n");
    let (head, text) = whole.split_once("\r\n\r\n").unwrap();
    let mut connection = bench.stack.connect().await;
    assert_eq!(connection.ask(format!("{head}\r\n\r\n")).await.unwrap().status(), 100, "54");
    assert_eq!(connection.ask(text).await.unwrap().status(), 200, "54");
    let mut connection = bench.stack.connect().await;
    connection.write(format!("{head}\r\n\r\n").replace("SdkAppid=1", "SdkAppid=7")).await.unwrap();
    if kind.continues_unasked() {
        assert_eq!(
            connection.answer().await.unwrap().status(),
            100,
            "55: actix-web asks before anybody looks"
        );
    }
    assert_eq!(connection.answer().await.unwrap().status(), 401, "55");
    assert_eq!(bench.spy.take().len(), 1);
}

async fn paths_are_the_routers_business(kind: Kind) {
    let bench = Bench::new(kind);
    for path in ["/cb/", "//cb", "/CB", "/./cb", "/cb%2f"] {
        let sample = Sample { path: path.into(), ..Sample::before() };
        let stack = &bench.stack;
        let answer = stack.send(&sample).await;
        let seen = bench.spy.take().len();
        match kind.has_router() {
            true => assert_eq!((answer.status().as_u16(), seen), (404, 0), "67, {stack}: {path}"),
            false => assert_eq!((answer.status().as_u16(), seen), (200, 1), "67, {stack}: {path}"),
        }
    }
    assert_eq!(PATH, "/cb");
}
