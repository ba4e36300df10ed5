//! `imhook listen`: what comes is printed, answered, saved and passed on.

use http::Method;
use serde_json::{Value, json};
use tencent_im_webhook::Command;
use tencent_im_webhook::event::live;
use tencent_im_webhook_testing::{WebhookRequest, fixture};

use crate::listening::{APP_ID, FRAMEWORKS, Listening, send, webhook};
use crate::support::{APP, Run, TOKEN, run};

#[tokio::test]
async fn every_command_is_typed_and_answered_on_every_framework() {
    for framework in FRAMEWORKS {
        let mut listening = Listening::start(&["--framework", framework]).await;
        let to = listening.url("/im/webhook");
        let sending = run(&["--json", "send", "--all", "--to", &to, "--app-id", APP, "--token", TOKEN]).await;
        assert_eq!(sending.code, 0, "{framework}: {sending:?}");
        let sent = sending.json();
        let (closing, sent) = sent.split_last().unwrap();
        let all = Command::ALL.len();
        assert_eq!((sent.len(), &closing["summary"]["good"]), (all, &all.into()), "{framework}");
        for (command, sent) in Command::ALL.iter().zip(sent) {
            let body: Value = serde_json::from_str(fixture(command).unwrap().body()).unwrap();
            let line = listening.line().await;
            assert_eq!(
                (&line["command"], &line["typed"]),
                (&command.as_str().into(), &true.into()),
                "{line}"
            );
            assert_eq!((&line["cause"], &line["raw"]), (&Value::Null, &body), "{line}");
            assert_eq!(line["event"]["CallbackCommand"], command.as_str(), "{line}");
            assert_eq!((&line["status"], &line["answer"]), (&200.into(), &sent["answer"]), "{line}");
            let effect = sent["effect"].as_str().unwrap();
            assert!(line["outcome"].as_str().unwrap().ends_with(effect), "{line}: {effect}");
            assert!(line["latency_us"].as_u64().unwrap() > 0, "{line}");
            assert!(!line.to_string().contains("Sign="), "{line}");
        }
        let rest = listening.interrupt().await;
        let (code, rest) = (rest.code, rest.json());
        assert_eq!((rest.len(), code), (1, 0), "{framework} {rest:?}");
        assert_eq!(rest[0]["summary"]["answered"], all, "{framework}");
        assert_eq!(rest[0]["commands"].as_object().unwrap().len(), all, "{framework}");
    }
}

#[tokio::test]
async fn a_refusal_is_a_line_with_its_reason_on_every_framework() {
    for framework in FRAMEWORKS {
        let mut listening = Listening::start(&["--framework", framework]).await;
        let url = listening.url("/");
        let good = || webhook(&Command::StateStateChange);
        let mut wrong_method = good().to_http(&url);
        *wrong_method.method_mut() = Method::PUT;
        let large = vec![b' '; 1024 * 1024 + 1];
        for (request, refused, status, raw) in [
            (wrong_method, "method", 405, None),
            (good().token("guessed").to_http(&url), "signature_mismatch", 401, None),
            (
                WebhookRequest::new(tencent_im_webhook::SdkAppId(1), Command::StateStateChange).to_http(&url),
                "app_id",
                401,
                None,
            ),
            (good().body("no json").to_http(&url), "not_an_object", 400, Some(json!("no json"))),
            (good().body(large).to_http(&url), "too_large", 413, None),
        ] {
            let answer = send(request).await;
            let line = listening.line().await;
            assert_eq!(
                (&line["refused"], &line["status"]),
                (&refused.into(), &status.into()),
                "{framework} {line}"
            );
            assert_eq!(answer.status().as_u16(), status, "{framework} {refused}");
            assert_eq!(line["answer"], answer.json().unwrap(), "{framework} {line}");
            assert_eq!(line["raw"], raw.unwrap_or_default(), "{framework}");
            assert_eq!(
                (&line["typed"], &line["command"]),
                (&false.into(), &"State.StateChange".into()),
                "{line}"
            );
        }
        let rest = listening.interrupt().await.json();
        assert_eq!(rest[0]["summary"]["turned_away"], 5, "{framework}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_a_line_with_its_cause() {
    for framework in FRAMEWORKS {
        let mut listening = Listening::start(&["--framework", framework]).await;
        let before = webhook(&Command::C2cBeforeSendMsg).body(r#"{"From_Account":7}"#);
        let answer = send(before.to_http(&listening.url("/"))).await;
        let line = listening.line().await;
        assert_eq!((answer.status().as_u16(), &line["status"]), (503, &503.into()), "{framework}");
        assert_eq!((&line["typed"], &line["event"]), (&false.into(), &Value::Null), "{line}");
        assert!(line["cause"].as_str().unwrap().contains("To_Account"), "{line}");
        assert_eq!(line["raw"], json!({"From_Account": 7}));
        let unknown = webhook(&Command::from("Future.Command")).body("{}");
        assert_eq!(send(unknown.to_http(&listening.url("/"))).await.status(), 200, "{framework}");
        let line = listening.line().await;
        assert_eq!((&line["command"], &line["cause"]), (&"Future.Command".into(), &Value::Null), "{line}");
    }
}

#[tokio::test]
async fn answers_are_given_as_asked_on_every_framework() {
    for framework in FRAMEWORKS {
        let listening = Listening::start(&[
            "--framework",
            framework,
            "--answer",
            "C2C.CallbackBeforeSendMsg=reject:120001:no links, please",
            "--answer",
            "Live=allow",
            "--answer",
            "State.StateChange=defer",
            "--answer",
            "Group.CallbackBeforeSendMsg=discard",
        ])
        .await;
        for (command, status, code, text) in [
            (Command::C2cBeforeSendMsg, 200, 120_001, "no links, please"),
            (Command::LiveBeforeSendGift, 200, 0, ""),
            (Command::StateStateChange, 503, 1, "try later"),
            (Command::GroupBeforeSendMsg, 200, 2, ""),
            (Command::GroupBeforeCreateGroup, 200, 0, ""),
        ] {
            let answer = send(webhook(&command).to_http(&listening.url("/"))).await;
            assert_eq!(answer.status().as_u16(), status, "{framework} {command}");
            assert_eq!(answer.error_code(), Some(code), "{framework} {command}");
            assert_eq!(answer.error_info().as_deref(), Some(text), "{framework} {command}");
        }
    }
}

#[tokio::test]
async fn a_webhook_is_passed_on_with_its_signature_and_answered_by_the_target() {
    let mut target =
        Listening::start(&["--answer", "C2C.CallbackBeforeSendMsg=reject:120001:from the target"]).await;
    let to = target.url("/im/webhook");
    for framework in FRAMEWORKS {
        let mut listening =
            Listening::start(&["--framework", framework, "--forward", &to, "--answer", "Live=defer"]).await;
        let body = r#"{"CallbackCommand": "C2C.CallbackBeforeSendMsg", "From_Account": 7}"#;
        let fitting = fixture(&Command::C2cBeforeSendMsg).unwrap().body();
        for (body, typed, code) in [(fitting, true, 120_001), (body, false, 120_001)] {
            let answer =
                send(webhook(&Command::C2cBeforeSendMsg).body(body).to_http(&listening.url("/"))).await;
            assert_eq!((answer.status().as_u16(), answer.error_code()), (200, Some(code)), "{framework}");
            let (near, far) = (listening.line().await, target.line().await);
            assert_eq!((&near["typed"], &far["typed"]), (&typed.into(), &typed.into()), "{framework}");
            assert_eq!((&near["answer"], &near["raw"]), (&far["answer"], &far["raw"]), "{framework}");
            assert_eq!((&far["path"], &far["query"]), (&"/im/webhook".into(), &near["query"]), "{framework}");
        }
        let kept = send(
            WebhookRequest::of::<live::BeforeSendGift>(APP_ID).token(TOKEN).to_http(&listening.url("/")),
        );
        assert_eq!(kept.await.status(), 503, "{framework}: a rule comes before the target");
    }
}

#[tokio::test]
async fn a_target_that_is_gone_defers() {
    let target = Listening::start(&[]).await;
    let mut listening = Listening::start(&["--forward", &target.url("/")]).await;
    target.interrupt().await;
    let answer = send(webhook(&Command::C2cAfterSendMsg).to_http(&listening.url("/"))).await;
    assert_eq!(answer.status(), 503);
    let outcome = listening.line().await["outcome"].to_string();
    assert!(outcome.contains("nobody listens there"), "{outcome}");
}

#[cfg(unix)]
#[tokio::test]
async fn what_people_write_is_saved_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("private.jsonl");
    let _ = std::fs::remove_file(&file);
    let _listening = Listening::start(&["--save", file.to_str().unwrap()]).await;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_cannot_be_written_ends_it() {
    let listening = Listening::start(&["--save", "/dev/full"]).await;
    let answer = send(webhook(&Command::StateStateChange).to_http(&listening.url("/"))).await;
    assert_eq!(answer.status(), 200, "the sender is not to blame");
    let Run { code, stderr, .. } = listening.ended().await;
    assert_eq!(code, 4);
    assert!(stderr.contains("/dev/full"), "{stderr}");
}

#[tokio::test]
async fn what_cannot_be_is_one_line_and_a_code() {
    let taken = Listening::start(&[]).await;
    let address = taken.base.trim_start_matches("http://");
    let folder = env!("CARGO_MANIFEST_DIR");
    for (args, code, problem) in [
        (vec!["--listen", address], 5, "is in use"),
        (vec!["--answer", "C2C.CallbackAfterSendMsg=reject"], 2, "cannot be answered with `reject`"),
        (vec!["--answer", "C2C.BeforSendMsg=allow"], 2, "C2C.CallbackBeforeSendMsg"),
        (vec!["--answer", "Group.CallbackBeforeSendMsg=reject:120001:x"], 2, "from 10100 to 10200"),
        (vec!["--save", folder], 4, folder),
        (vec!["--forward", "localhost"], 2, "URL"),
        (vec!["--token", ""], 2, "empty token"),
    ] {
        let fixed = ["listen", "--app-id", "1", "--listen", "127.0.0.1:0"];
        let fixed = &fixed[..if args[0] == "--listen" { 3 } else { 5 }];
        let Run { code: found, stdout, stderr } = run(&[fixed, &args].concat()).await;
        assert_eq!((found, stderr.lines().count()), (code, 1), "{args:?}: {stderr}");
        assert!(stderr.contains(problem), "{args:?}: {stderr}");
        assert_eq!(stdout, "", "{args:?}");
    }
    let failed = run(&["--json", "listen", "--app-id", "1", "--listen", address]).await;
    let error: Value = serde_json::from_str(&failed.stderr).unwrap();
    assert_eq!(error["error"], "address");
}
