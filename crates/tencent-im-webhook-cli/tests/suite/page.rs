//! The live page without a browser: who gets it, and what its events and its button do.

use std::time::Duration;

use http::Request;
use http::header::HOST;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tencent_im_webhook::Command;
use tencent_im_webhook_testing::WebhookRequest;
use tokio::time::timeout;

use crate::listening::{APP_ID, FRAMEWORKS, Listening, send, webhook};
use crate::support::TOKEN;

type Body = Full<bytes::Bytes>;

fn get(url: &str) -> http::request::Builder {
    Request::get(url)
}

/// The events of a stream until there is one with this text.
async fn events(request: Request<Body>, until: &str) -> String {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut body = client.request(request).await.expect("there is an answer").into_body();
    let mut seen = String::new();
    while !seen.contains(until) {
        let frame = timeout(Duration::from_secs(30), body.frame()).await.expect("an event comes");
        let frame = frame.expect("the stream goes on").expect("nothing breaks");
        let event = frame.data_ref().and_then(|data| std::str::from_utf8(data).ok());
        seen.push_str(event.expect("events are text"));
    }
    seen
}

#[tokio::test]
async fn the_page_is_strict_and_for_this_machine_on_every_framework() {
    for framework in FRAMEWORKS {
        let listening = Listening::start(&["--framework", framework]).await;
        let page = listening.url("/_imhook");
        let answer = send(get(&page).body(Body::default()).unwrap()).await;
        assert_eq!(answer.status(), 200, "{framework}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'nonce-"), "{framework}: {policy}");
        assert!(!policy.contains("unsafe"), "{framework}: {policy}");
        let html = String::from_utf8(answer.body().to_vec()).unwrap();
        let nonce = policy.split('\'').find_map(|word| word.strip_prefix("nonce-")).unwrap();
        assert_eq!(html.matches(&format!("nonce=\"{nonce}\"")).count(), 2, "{framework}");
        assert!(
            !html.contains("://") && !html.contains(TOKEN),
            "{framework}: nothing from elsewhere, no secret"
        );
        for (request, status) in [
            (get(&page).header(HOST, "rebound.example.com"), 403),
            (get(&listening.url("/_imhook/events")).header(HOST, "rebound.example.com"), 403),
            (get(&page).header("x-forwarded-for", "203.0.113.7"), 403),
            (get(&listening.url("/_imhook/events")).header("cf-connecting-ip", "203.0.113.7"), 403),
            (Request::post(&page), 405),
            (get(&listening.url("/_imhook/nothing")), 404),
            (get(&listening.url("/_imhook/resend/1")), 405),
            (Request::post(listening.url("/_imhook/resend/1")), 403),
            (Request::post(listening.url("/_imhook/resend/1")).header("x-imhook-key", "guessed"), 403),
        ] {
            let answer = send(request.body(Body::default()).unwrap()).await;
            assert_eq!(answer.status().as_u16(), status, "{framework}");
        }
        let rest = listening.interrupt().await.json();
        assert_eq!(rest[0]["summary"]["webhooks"], 0, "{framework}: the page is no webhook");
    }
}

#[tokio::test]
async fn events_begin_where_the_reader_left_off_and_end_with_the_program() {
    for framework in FRAMEWORKS {
        let mut listening = Listening::start(&["--framework", framework]).await;
        for command in [Command::StateStateChange, Command::C2cAfterSendMsg] {
            send(webhook(&command).to_http(&listening.url("/"))).await;
            listening.line().await;
        }
        let url = listening.url("/_imhook/events");
        let all = events(get(&url).body(Body::default()).unwrap(), "C2C.CallbackAfterSendMsg").await;
        let ids: Vec<_> = all.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
        assert!(
            matches!(ids[..], [one, two] if one.ends_with("-1") && two.ends_with("-2")),
            "{framework} {all}"
        );
        assert!(all.starts_with("event: run\n") && !all.contains("Sign="), "{framework} {all}");
        let seen = get(&url).header("last-event-id", ids[0]).body(Body::default()).unwrap();
        let rest = events(seen, "C2C.CallbackAfterSendMsg").await;
        assert!(!rest.contains("State.StateChange"), "{framework} {rest}");
        let elsewhere = get(&url).header("last-event-id", "another-2").body(Body::default()).unwrap();
        assert!(events(elsewhere, "C2C.CallbackAfterSendMsg").await.contains("State.StateChange"));

        let client = Client::builder(TokioExecutor::new()).build_http();
        let open = client.request(get(&url).body(Body::default()).unwrap()).await.unwrap().into_body();
        assert_eq!(listening.interrupt().await.code, 0, "{framework}");
        assert!(open.collect().await.is_ok(), "{framework}: the stream ends in good order");
    }
}

#[tokio::test]
async fn the_button_sends_a_webhook_again_signed_anew_on_every_framework() {
    for framework in FRAMEWORKS {
        let mut listening = Listening::start(&["--framework", framework]).await;
        let html = send(get(&listening.url("/_imhook")).body(Body::default()).unwrap()).await;
        let html = String::from_utf8(html.body().to_vec()).unwrap();
        let (_, key) = html.split_once("name=\"imhook-key\" content=\"").unwrap();
        let key = &key[..key.find('"').unwrap()];
        let odd = b"{\"CallbackCommand\":\"Future.Command\",\n \"a\":\"\xff\"}".to_vec();
        let request = WebhookRequest::new(APP_ID, Command::from("Future.Command")).body(odd).token(TOKEN);
        send(request.to_http(&listening.url("/im/webhook"))).await;
        let first = listening.line().await;
        let press = |id: u64, origin: &str| {
            let url = listening.url(&format!("/_imhook/resend/{id}"));
            let request = Request::post(url).header("x-imhook-key", key).header("origin", origin);
            request.body(Body::default()).unwrap()
        };
        let ours = listening.url("");
        let (pressed, missing) = (send(press(1, &ours)).await, send(press(7, &ours)).await);
        assert_eq!((pressed.status().as_u16(), missing.status().as_u16()), (200, 404), "{framework}");
        for origin in ["https://example.com", "null", "http://127.0.0.1:1"] {
            assert_eq!(send(press(1, origin)).await.status(), 403, "{framework} {origin}");
        }
        let second = listening.line().await;
        assert_eq!((&second["resent"], &second["status"]), (&1.into(), &200.into()), "{framework} {second}");
        for key in ["command", "path", "raw", "raw_base64", "answer"] {
            assert_eq!(first[key], second[key], "{framework} {key}");
            assert_ne!(first[key], Value::Null, "{framework} {key}");
        }

        let mut stale = webhook(&Command::StateStateChange).token("another").to_http(&ours);
        stale.headers_mut().insert("x-imhook-resent", 1.into());
        send(stale).await;
        let refused = listening.line().await;
        assert_eq!((&refused["id"], &refused["resent"]), (&3.into(), &Value::Null), "{framework} {refused}");
        let press = Request::post(listening.url("/_imhook/resend/3")).header("x-imhook-key", key);
        assert_eq!(send(press.body(Body::default()).unwrap()).await.status(), 409, "{framework}");
    }
}
