//! What needs no network: lists, pages, signatures, completions.

use crate::support::{imhook, run};

#[tokio::test]
async fn every_command_is_listed_and_shown() {
    let list = run(&["list", "--json"]).await.json();
    assert_eq!(list.len(), 88);
    for row in list {
        let command = row["command"].as_str().unwrap();
        let page = &run(&["show", command, "--json"]).await.json()[0];
        assert_eq!(page["kind"], row["kind"]);
        assert!(!page["fields"].as_array().unwrap().is_empty(), "{command}");
        assert!(!page["answers"].as_array().unwrap().is_empty(), "{command}");
        assert!(page["sample"].is_object(), "{command}");
    }
}

#[tokio::test]
async fn a_family_is_listed() {
    insta::assert_snapshot!("list", run(&["list", "bot"]).await.stdout);
}

#[tokio::test]
async fn a_page_is_for_reading() {
    insta::assert_snapshot!("show", run(&["show", "group.beforeinvitejoingroup"]).await.stdout);
}

#[tokio::test]
async fn a_signature_is_made_and_checked() {
    let sign = run(&["sign", "--token", "xxxxyyyy", "--time", "1669872112"]).await.stdout;
    let expected =
        "Sign=17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061&RequestTime=1669872112\n";
    assert_eq!(sign, expected, "the vendor's sample");
    let url = format!("https://example.com/im?SdkAppid=1&{}", sign.trim_end());
    let verify = |token: &'static str, time: &'static str| {
        let url = url.clone();
        async move { run(&["verify", &url, "--token", token, "--time", time, "--json"]).await }
    };
    assert_eq!(verify("xxxxyyyy", "1669872172").await.code, 0);
    for (token, time, reason) in
        [("xxxxyyyy", "1669872173", "stale"), ("xxxyyy", "1669872112", "wrong_token")]
    {
        let run = verify(token, time).await;
        let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
        assert_eq!((run.code, &error["reason"]), (1, &reason.into()), "{error}");
    }
}

#[tokio::test]
async fn shells_get_the_commands() {
    for shell in ["bash", "zsh"] {
        let script = run(&["completions", shell]).await.stdout;
        assert!(script.contains("Live.CallbackBeforeSendGift"), "{shell}");
    }
    let (bare, json) =
        (run(&["completions", "bash"]).await, run(&["completions", "bash", "--json"]).await.json());
    assert_eq!((json.len(), &json[0]["shell"]), (1, &"bash".into()));
    assert_eq!(json[0]["script"], bare.stdout);
    for shell in ["fish", "powershell", "elvish"] {
        assert!(run(&["completions", shell]).await.stdout.contains("imhook"), "{shell}");
    }
}

#[tokio::test]
async fn colors_are_for_those_who_see_them() {
    let escapes = |name: &'static str| async move {
        let mut command = imhook(&["list", "bot"]);
        command.env(name, "1");
        let stdout = command.output().await.unwrap().stdout;
        stdout.contains(&0x1b)
    };
    assert!(escapes("CLICOLOR_FORCE").await);
    assert!(!escapes("NO_COLOR").await);
    assert!(!run(&["list", "bot"]).await.stdout.contains('\u{1b}'), "a pipe is no terminal");
}

#[tokio::test]
async fn nothing_typed_is_answered_with_the_help() {
    let (bare, help) = (run(&[]).await, run(&["--help"]).await);
    assert_eq!((bare.code, &*bare.stdout), (2, ""));
    assert_eq!(bare.stderr, help.stdout);
}

#[tokio::test]
async fn help_has_examples_and_exit_codes() {
    let help = run(&["--help"]).await;
    assert_eq!((help.code, help.stdout.contains("Exit codes:")), (0, true));
    for command in ["list", "show", "send", "load", "sign", "verify", "completions"] {
        assert!(run(&[command, "--help"]).await.stdout.contains("Examples:"), "{command}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn output_that_cannot_be_written_is_no_success() {
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    for args in [&["list"][..], &["--help"], &["list", "--json"]] {
        let list = imhook(args).stdout(full()).spawn().unwrap().wait_with_output().await.unwrap();
        let stderr = String::from_utf8(list.stderr).unwrap();
        assert_eq!((list.status.code(), stderr.lines().count()), (Some(4), 1), "{args:?}: {stderr}");
        assert!(stderr.contains("standard output: No space left"), "{args:?}: {stderr}");
    }
    let bogus = imhook(&["bogus"]).stderr(full()).spawn().unwrap().wait_with_output().await.unwrap();
    assert_eq!(bogus.status.code(), Some(2), "the code is left");
}

#[cfg(unix)]
#[tokio::test]
async fn a_reader_that_has_gone_is_no_fault() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let list = imhook(&["list"]).stdout(writer).spawn().unwrap().wait_with_output().await.unwrap();
    assert_eq!((list.status.code(), &*list.stderr), (Some(0), &b""[..]));
}
