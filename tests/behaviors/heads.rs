//! Methods and headers.

use conformance::{Kind, PATH, Sample};

use crate::{Bench, ENCODED, Expected, NOT_POST, TOO_LARGE, UNAUTHORIZED, behaviors};

behaviors! {
    Nothing: [
        only_post_is_a_webhook,
        no_content_type_is_asked_for,
        a_content_encoding_is_refused_and_not_inflated,
        identity_comes_before_everything_that_follows_it,
        a_body_of_the_limit_is_read_and_one_more_byte_is_not,
        headers_of_proxies_give_no_trust,
        paths_are_the_routers_business,
    ]
    Service: [
        an_answer_to_head_has_no_body,
    ]
}

async fn only_post_is_a_webhook(kind: Kind) {
    let bench = Bench::new(kind);
    for method in ["GET", "PUT", "PATCH", "DELETE", "TRACE", "post", "FOO", "HEAD", "OPTIONS"] {
        let sample = Sample::before().method(method);
        bench.expect("36 to 38", &sample, NOT_POST).await;
        let stack = &bench.stack;
        let answer = stack.send(&sample).await;
        assert_eq!(answer.headers()["allow"], "POST", "{stack}");
        assert!(answer.headers().keys().all(|name| !name.as_str().starts_with("access-control")), "{stack}");
    }
    let overridden = Sample::before().method("GET").header("x-http-method-override", "POST");
    bench.expect("39", &overridden, NOT_POST).await;
}

async fn an_answer_to_head_has_no_body(kind: Kind) {
    let bench = Bench::new(kind);
    let stack = &bench.stack;
    let answer = stack.send(&Sample::before().method("HEAD")).await;
    assert!(answer.body().is_empty(), "37, {stack}");
}

async fn no_content_type_is_asked_for(kind: Kind) {
    let bench = Bench::new(kind);
    bench.expect("41", &Sample::before(), Expected::Typed).await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json;charset=gbk",
    ] {
        bench.expect("42", &Sample::before().header("content-type", kind), Expected::Typed).await;
    }
    let two = Sample::before().header("content-type", "text/plain").header("content-type", "text/html");
    bench.expect("42", &two, Expected::Typed).await;
}

async fn a_content_encoding_is_refused_and_not_inflated(kind: Kind) {
    let bench = Bench::new(kind);
    for coding in ["gzip", "br", "deflate", "zstd", "gzip, gzip", "GZIP", "identity, gzip"] {
        bench.expect("43", &Sample::before().header("content-encoding", coding), ENCODED).await;
    }
    let hidden = Sample::before().header("content-encoding", "identity").header("content-encoding", "gzip");
    bench.expect("43", &hidden, ENCODED).await;
    for coding in ["identity", "Identity", "", "identity, identity"] {
        bench.expect("45", &Sample::before().header("content-encoding", coding), Expected::Typed).await;
    }
}

async fn identity_comes_before_everything_that_follows_it(kind: Kind) {
    let forged = Sample::before().with("SdkAppid", "1").header("content-encoding", "gzip");
    let bench = Bench::new(kind);
    bench.expect("order", &forged.clone().body(vec![b' '; 2 << 20]), UNAUTHORIZED).await;
    bench.expect("order", &forged.clone().and("&CallbackCommand=x"), UNAUTHORIZED).await;
    bench.expect("order", &forged.method("PUT"), NOT_POST).await;
}

async fn a_body_of_the_limit_is_read_and_one_more_byte_is_not(kind: Kind) {
    let limit = 1 << 20;
    let bench = Bench::new(kind);
    let padded = |size: usize| {
        let text = Sample::before().text();
        Sample::before().body(text.clone() + &" ".repeat(size - text.len()))
    };
    bench.expect("47", &padded(limit), Expected::Typed).await;
    bench.expect("47", &padded(limit + 1), TOO_LARGE).await;
}

async fn headers_of_proxies_give_no_trust(kind: Kind) {
    let sample = Sample::before().with("SdkAppid", "1").header("x-forwarded-for", "127.0.0.1");
    Bench::new(kind).expect("66", &sample, UNAUTHORIZED).await;
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
