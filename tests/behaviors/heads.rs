//! Methods and headers.

use conformance::{PATH, Sample, receiver};
use tencent_im_webhook::Head;

use crate::{Bench, ENCODED, Expected, NOT_POST, TOO_LARGE, UNAUTHORIZED};

#[tokio::test(start_paused = true)]
async fn only_post_is_a_webhook() {
    let bench = Bench::new();
    for method in ["GET", "PUT", "PATCH", "DELETE", "TRACE", "post", "FOO", "HEAD", "OPTIONS"] {
        let sample = Sample::before().method(method);
        bench.expect("36 to 38", &sample, NOT_POST).await;
        for stack in &bench.stacks {
            let answer = stack.send(&sample).await;
            assert_eq!(answer.headers()["allow"], "POST", "{stack}");
            assert!(
                answer.headers().keys().all(|name| !name.as_str().starts_with("access-control")),
                "{stack}"
            );
        }
    }
    let overridden = Sample::before().method("GET").header("x-http-method-override", "POST");
    bench.expect("39", &overridden, NOT_POST).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_head_has_no_body() {
    let bench = Bench::new();
    for stack in bench.stacks.iter().filter(|stack| stack.reads_bodies()) {
        let answer = stack.send(&Sample::before().method("HEAD")).await;
        assert!(answer.body().is_empty(), "37, {stack}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_content_type_is_asked_for() {
    let bench = Bench::new();
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

#[tokio::test(start_paused = true)]
async fn a_content_encoding_is_refused_and_not_inflated() {
    let bench = Bench::new();
    for coding in ["gzip", "br", "deflate", "zstd", "gzip, gzip", "GZIP", "identity, gzip"] {
        bench.expect("43", &Sample::before().header("content-encoding", coding), ENCODED).await;
    }
    let hidden = Sample::before().header("content-encoding", "identity").header("content-encoding", "gzip");
    bench.expect("43", &hidden, ENCODED).await;
    for coding in ["identity", "Identity", "", "identity, identity"] {
        bench.expect("45", &Sample::before().header("content-encoding", coding), Expected::Typed).await;
    }
}

#[tokio::test(start_paused = true)]
async fn identity_comes_before_everything_that_follows_it() {
    let forged = Sample::before().with("SdkAppid", "1").header("content-encoding", "gzip");
    let bench = Bench::new();
    bench.expect("order", &forged.clone().body(vec![b' '; 2 << 20]), UNAUTHORIZED).await;
    bench.expect("order", &forged.clone().and("&CallbackCommand=x"), UNAUTHORIZED).await;
    bench.expect("order", &forged.method("PUT"), NOT_POST).await;
}

#[test]
fn an_announced_length_decides_before_a_byte_is_read() {
    let receiver = receiver().body_limit(1000).build().unwrap();
    let query = Sample::before().query;
    let admit = |length| receiver.admit(&Head::new("POST", &query).content_length(length));
    assert!(admit(1000).is_ok(), "47");
    for length in [1001, 300_000_000, u64::MAX] {
        assert_eq!(admit(length).unwrap_err().status(), 413, "46, 47: {length}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_of_the_limit_is_read_and_one_more_byte_is_not() {
    let limit = 1 << 20;
    let bench = Bench::new();
    let padded = |size: usize| {
        let text = Sample::before().text();
        Sample::before().body(text.clone() + &" ".repeat(size - text.len()))
    };
    bench.expect("47", &padded(limit), Expected::Typed).await;
    bench.expect("47", &padded(limit + 1), TOO_LARGE).await;
}

#[tokio::test(start_paused = true)]
async fn headers_of_proxies_give_no_trust() {
    let sample = Sample::before().with("SdkAppid", "1").header("x-forwarded-for", "127.0.0.1");
    Bench::new().expect("66", &sample, UNAUTHORIZED).await;
}

#[tokio::test(start_paused = true)]
async fn paths_are_the_routers_business() {
    let bench = Bench::new();
    for path in ["/cb/", "//cb", "/CB", "/./cb", "/cb%2f"] {
        let sample = Sample { path: path.into(), ..Sample::before() };
        for stack in &bench.stacks {
            let answer = stack.send(&sample).await;
            let seen = bench.spy.take().len();
            match stack.is_server() {
                true => assert_eq!((answer.status().as_u16(), seen), (404, 0), "67, {stack}: {path}"),
                false => assert_eq!((answer.status().as_u16(), seen), (200, 1), "67, {stack}: {path}"),
            }
        }
    }
    assert_eq!(PATH, "/cb");
}
