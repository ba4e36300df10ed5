//! `imhook send`: what it sends, and what it makes of the answers.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use tencent_im_webhook::event::{c2c, group, sns};
use tencent_im_webhook::{
    C2cCode, Call, CommandRouter, Event, FriendCode, FriendVerdict, HandlerService, MessageVerdict, Reply,
    WebhookHandler,
};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;

use crate::support::{APP, Run, TOKEN, constant, imhook, interrupt, receiver, run, serve, telling};

/// Sends to a URL, signed.
async fn send(url: &str, args: &[&str]) -> Run {
    let to = ["send", "--to", url, "--app-id", APP, "--token", TOKEN];
    run(&[&to, args].concat()).await
}

#[tokio::test]
async fn every_command_is_typed_and_answered() {
    let untyped = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&untyped);
    let service = CommandRouter::new().fallback(move |call: Call| {
        counter.fetch_add(usize::from(matches!(call.event, Event::Unknown(_))), Ordering::Relaxed);
        async { Reply::ok() }
    });
    let run = send(&receiver(service).await, &["--all"]).await;
    assert_eq!((run.code, untyped.load(Ordering::Relaxed)), (0, 0), "{}", run.stdout);
    assert!(run.stdout.contains("\n88 of 88 answered as the platform wants it"), "{}", run.stdout);
}

#[tokio::test]
async fn the_default_handler_answers_everything() {
    struct Nothing;
    impl WebhookHandler for Nothing {}

    let run = send(&receiver(HandlerService::new(Nothing)).await, &["--all", "--json"]).await;
    let lines = run.json();
    assert_eq!((run.code, &lines.last().unwrap()["summary"]["good"]), (0, &88.into()));
    assert!(lines[..88].iter().all(|line| line["faults"] == serde_json::json!([])), "{}", run.stdout);
}

#[tokio::test]
async fn verdicts_are_put_into_words() {
    let service = CommandRouter::new()
        .on(|_: Call<c2c::BeforeSendMsg>| async {
            MessageVerdict::RejectWith(C2cCode::FIRST, "no links please".into())
        })
        .on(|_: Call<group::BeforeSendMsg>| async { MessageVerdict::Discard })
        .on(|_: Call<group::BeforeCreateGroup>| async { tencent_im_webhook::Verdict::Reject })
        .on(|call: Call<sns::PrevFriendAdd>| async move {
            let verdict = FriendVerdict::new();
            let friends = call.event.friend_item.into_iter();
            friends.fold(verdict, |verdict, friend| verdict.reject(friend.to_account, FriendCode::FIRST, ""))
        });
    let commands = [
        "c2c.beforesendmsg",
        "group.beforesendmsg",
        "group.beforecreategroup",
        "sns.prevfriendadd",
        "live.beforesendgift",
        "chatbot.onc2csignalmessage",
        "state.statechange",
    ];
    let run = send(&receiver(service).await, &commands).await;
    assert_eq!(run.code, 0);
    insta::assert_snapshot!("verdicts", run.steady());
}

#[tokio::test]
async fn what_is_no_answer_fails() {
    let mut found = String::new();
    for (status, body) in [
        (503, r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"try later"}"#),
        (200, ""),
        (200, "ok"),
        (200, "{}"),
        (200, r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":5000}"#),
    ] {
        let url = constant(status, body).await;
        let run = send(&url, &["group.beforesendmsg", "live.beforesendgift"]).await;
        assert_eq!((run.code, &*run.stderr), (1, "error: 2 of 2 not answered as the platform wants it\n"));
        found.push_str(&format!("{status} {body}\n{}\n", run.steady()));
    }
    insta::assert_snapshot!("failures", found);
}

#[tokio::test]
async fn silence_is_no_answer() {
    let url = serve(Router::new().fallback(std::future::pending::<()>)).await;
    let run = send(&url, &["group.beforesendmsg", "--patience", "1ms", "--json"]).await;
    assert_eq!((run.code, &run.json()[0]["faults"][0]["kind"]), (1, &"timed_out".into()), "{run:?}");
}

#[tokio::test]
async fn another_token_is_refused() {
    let url = receiver(CommandRouter::new()).await;
    let args = ["send", "state.statechange", "--to", &url, "--app-id", APP, "--token", "other", "--json"];
    let run = run(&args).await;
    let line = &run.json()[0];
    assert_eq!((run.code, &line["status"], &line["faults"][0]["kind"]), (1, &401.into(), &"status".into()));
    assert_eq!(line["answer"]["ErrorInfo"], "unauthorized");
}

#[tokio::test]
async fn bodies_are_changed_and_replaced() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let url = telling(tell).await;
    let set = ["c2c.beforesendmsg", "--set", "MsgBody.0.MsgContent.Text=5", "--unset", "CloudCustomData"];
    assert_eq!(send(&url, &set).await.code, 0);
    let (query, body) = told.recv().await.unwrap();
    assert!(
        query.starts_with("SdkAppid=1400000000&CallbackCommand=C2C.CallbackBeforeSendMsg&contenttype=json"),
        "{query}"
    );
    assert!(query.contains("&ClientIP=203.0.113.7&OptPlatform=Android&Sign="), "{query}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["MsgBody"][0]["MsgContent"]["Text"], "5");
    assert!(body.get("CloudCustomData").is_none() && body["MsgKey"].is_string());

    let replaced = ["c2c.beforesendmsg", "--body", "anything", "--platform", "iOS", "--client-ip", ""];
    assert_eq!(send(&url, &replaced).await.code, 0);
    let (query, body) = told.recv().await.unwrap();
    assert_eq!(body, "anything");
    assert!(query.contains("&OptPlatform=iOS") && !query.contains("ClientIP"), "{query}");

    let mut child = imhook(&["send", "c2c.beforesendmsg", "--body", "-", "--to", &url, "--app-id", APP]);
    let mut child = child.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"{\"from\":\"a pipe\"}").await.unwrap();
    assert!(child.wait().await.unwrap().success());
    let (query, body) = told.recv().await.unwrap();
    assert_eq!(body, "{\"from\":\"a pipe\"}");
    assert!(!query.contains("Sign"), "no token, no signature");
}

#[tokio::test]
async fn ctrl_c_ends_with_the_summary_so_far() {
    let (begun, mut begins) = mpsc::unbounded_channel();
    let answer = move || async move {
        begun.send(()).unwrap();
        // The third is held for ever.
        if begun.strong_count() > 0 && COUNT.fetch_add(1, Ordering::Relaxed) == 2 {
            std::future::pending::<()>().await;
        }
        r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#
    };
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let url = serve(Router::new().fallback(answer)).await;
    let child = imhook(&["send", "--all", "--to", &url, "--app-id", APP]).spawn().unwrap();
    for _ in 0..3 {
        begins.recv().await.unwrap();
    }
    interrupt(&child).await;
    let run = Run::from(child.wait_with_output().await.unwrap());
    assert_eq!((run.code, &*run.stderr), (6, "error: stopped before 86 more\n"));
    let last = run.steady().lines().last().unwrap().to_owned();
    assert!(last.starts_with("2 of 2 answered as the platform wants it"), "{last}");
    assert!(last.ends_with("; stopped before 86 more"), "{last}");
}

#[tokio::test]
async fn ctrl_c_before_the_only_answer_is_no_success() {
    let (begun, mut begins) = mpsc::unbounded_channel();
    let hang = move || {
        begun.send(()).unwrap();
        std::future::pending::<()>()
    };
    let url = serve(Router::new().fallback(hang)).await;
    let child = imhook(&["send", "state.statechange", "--to", &url, "--app-id", APP]).spawn().unwrap();
    begins.recv().await.unwrap();
    interrupt(&child).await;
    let run = Run::from(child.wait_with_output().await.unwrap());
    assert_eq!((run.code, &*run.stderr), (6, "error: stopped before 1 more\n"));
    assert_eq!(run.stdout, "0 of 0 answered as the platform wants it; stopped before 1 more\n");
}
