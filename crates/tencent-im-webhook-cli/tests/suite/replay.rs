//! `imhook replay`: what `listen --save` wrote comes again, byte for byte and in order.

use std::path::PathBuf;

use serde_json::Value;
use tencent_im_webhook::Command;
use tencent_im_webhook_testing::fixture;

use crate::listening::{Listening, send, webhook};
use crate::support::{APP, Run, TOKEN, run};

/// A file of this test's own.
fn file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&path);
    path
}

#[tokio::test]
async fn what_was_saved_comes_again_byte_for_byte_and_in_order() {
    let path = file("saved.jsonl");
    let path = path.to_str().unwrap();
    let mut listening = Listening::start(&["--save", path]).await;
    let pretty = fixture(&Command::C2cBeforeSendMsg).unwrap().body();
    let lossy = b"{\"CallbackCommand\":\"State.StateChange\",\"x\":\"\xff\\ud83d\"}".to_vec();
    for (command, body) in [
        (Command::C2cBeforeSendMsg, pretty.as_bytes().to_vec()),
        (Command::StateStateChange, lossy),
        (Command::StateStateChange, b"no json".to_vec()),
        (Command::LiveBeforeSendGift, b"{\"n\":123456789012345678901234567890}".to_vec()),
    ] {
        send(webhook(&command).body(body).to_http(&listening.url("/old/path"))).await;
    }
    let saved =
        [listening.line().await, listening.line().await, listening.line().await, listening.line().await];
    assert_eq!(listening.interrupt().await.code, 0);
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>(),
        saved,
        "the file has what is printed"
    );
    assert!(!text.contains("Sign="));

    let mut target = Listening::start(&["--answer", "C2C=reject"]).await;
    let to = target.url("/new/path");
    let replay = run(&["--json", "replay", path, "--to", &to, "--token", TOKEN, "--speed", "max"]).await;
    assert_eq!(replay.code, 1, "two are answered with 503");
    let lines = replay.json();
    let (closing, replayed) = lines.split_last().unwrap();
    assert_eq!((&closing["summary"]["sent"], &closing["left_out"]), (&3.into(), &1.into()));
    let of = |key: &str| replayed.iter().map(|line| line[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("line"), [1, 2, 4]);
    assert_eq!(of("changed"), [true, false, false]);
    assert_eq!(of("verdict")[0], "reject");
    for original in [&saved[0], &saved[1], &saved[3]] {
        let again = target.line().await;
        for key in ["command", "typed", "cause", "event", "raw", "raw_base64"] {
            assert_eq!(again[key], original[key], "{key}");
        }
        assert_eq!(again["path"], "/new/path");
        assert_eq!(again["refused"], Value::Null, "it was signed anew");
    }
}

#[tokio::test]
async fn a_webhook_for_another_app_or_unsigned_is_one() {
    let path = file("other.jsonl");
    let line = r#"{"id":1,"received":0,"method":"POST","path":"/","query":"SdkAppid=7&CallbackCommand=State.StateChange&RequestTime=1","command":"State.StateChange","typed":true,"cause":null,"event":null,"raw":{},"refused":null,"status":200,"answer":null,"outcome":"","latency_us":1}"#;
    std::fs::write(&path, format!("{line}\n\n{line}\n")).unwrap();
    let mut target = Listening::start(&[]).await;
    let (path, to) = (path.to_str().unwrap(), target.url("/"));
    let signed = ["replay", path, "--to", &to, "--app-id", APP, "--token", TOKEN];
    assert_eq!(run(&signed).await.code, 0, "both are at once due");
    assert_eq!(
        [target.line().await, target.line().await].map(|line| line["refused"].clone()),
        [Value::Null, Value::Null]
    );
    assert_eq!(run(&["replay", path, "--to", &to]).await.code, 1);
    assert_eq!(target.line().await["refused"], "app_id");
    assert_eq!(run(&["replay", path, "--to", &to, "--app-id", APP]).await.code, 1);
    assert_eq!(
        [target.line().await, target.line().await].map(|line| line["refused"].clone())[1],
        "signature_missing"
    );
}

#[tokio::test]
async fn what_cannot_be_replayed_is_one_line_and_a_code() {
    let (broken, good) = (file("broken.jsonl"), file("good.jsonl"));
    std::fs::write(&broken, "\n{\"id\":1,\n").unwrap();
    std::fs::write(&good, "").unwrap();
    let (broken, good) = (broken.to_str().unwrap(), good.to_str().unwrap());
    for (args, code, problem) in [
        (vec![broken, "--to", "http://127.0.0.1:1/"], 4, "line 2: EOF"),
        (vec!["/no/such/file", "--to", "http://127.0.0.1:1/"], 4, "/no/such/file"),
        (vec![good, "--to", "127.0.0.1"], 2, "http://"),
        (vec![good, "--to", "http://127.0.0.1:1/", "--speed", "0"], 2, "0.001"),
    ] {
        let Run { code: found, stderr, .. } = run(&[&["replay"], &args[..]].concat()).await;
        assert_eq!((found, stderr.lines().count()), (code, 1), "{args:?}: {stderr}");
        assert!(stderr.contains(problem), "{args:?}: {stderr}");
    }
    let nothing = run(&["replay", good, "--to", "http://127.0.0.1:1/"]).await;
    assert_eq!(
        (nothing.code, &*nothing.stdout),
        (0, "nothing to send: the file is empty\n"),
        "nothing to send is no fault"
    );
}
