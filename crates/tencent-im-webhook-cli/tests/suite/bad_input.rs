//! Whatever is wrong with the input: one clear line and a documented exit code.

use crate::support::{APP, Run, constant, nobody, run};

const USAGE: i32 = 2;
const UNREACHABLE: i32 = 3;
const FILE: i32 = 4;

/// Runs it twice, the second time with `--json`.
async fn fails(args: &[&str], code: i32, message: &str) {
    let Run { code: found, stdout, stderr } = run(args).await;
    assert_eq!((found, &*stdout), (code, ""), "{args:?}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    let line = stderr.strip_prefix("error: ").unwrap();
    assert!(line.contains(message), "{args:?}: {line}");

    let json = run(&[args, &["--json"]].concat()).await;
    let error: serde_json::Value = serde_json::from_str(&json.stderr).unwrap();
    assert_eq!((json.code, error["message"].as_str()), (code, Some(line.trim_end())));
    let kind = ["failed", "usage", "unreachable", "file"][code as usize - 1];
    assert_eq!(error["error"], kind);
}

/// `send` and `load` to a target.
async fn fails_to(url: &str, code: i32, message: &str) {
    fails(&["send", "State.StateChange", "--to", url, "--app-id", APP], code, message).await;
    fails(&["load", "--rate", "1", "--to", url, "--app-id", APP], code, message).await;
}

#[tokio::test]
async fn a_target_that_cannot_be_reached() {
    fails_to(&nobody().await, UNREACHABLE, "nobody listens there").await;
    fails_to("http://host.invalid/", UNREACHABLE, "the host's name has no address").await;
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn a_target_without_tls_on_https() {
    let url = constant(200, "").await.replace("http:", "https:");
    let run = run(&["send", "State.StateChange", "--to", &url, "--app-id", APP]).await;
    assert_eq!(run.code, UNREACHABLE, "{run:?}");
}

#[tokio::test]
async fn a_bad_url() {
    for (url, message) in [
        ("127.0.0.1:8080", "a URL begins with http:// or https://"),
        ("http://", "no URL"),
        ("ftp://localhost/", "a URL begins with http:// or https://"),
        ("http://localhost/cb?key=1", "the console takes no URL with `?`"),
        ("http://127.0.0.1:99999/", "`:99999` is no port"),
    ] {
        fails_to(url, USAGE, message).await;
    }
}

#[tokio::test]
async fn a_time_out_of_range() {
    let (ages, target) = ("500000000000years", ["--to", "http://localhost", "--app-id", APP]);
    for (args, message) in [
        (["load", "--rate", "1", "--for", ages], "is longer than a day"),
        (["load", "--rate", "1", "--for", "0s"], "is no time at all"),
        (["load", "--rate", "1", "--patience", ages], "is longer than a day"),
    ] {
        fails(&[&args[..], &target].concat(), USAGE, message).await;
    }
    fails(&["listen", "--app-id", APP, "--answer", &format!("*=delay:{ages}")], USAGE, "than a day").await;
    let (first, last) = ("10000000000", u64::MAX.to_string());
    fails(&["sign", "--token", "t", "--time", first], USAGE, "is not in").await;
    fails(&["verify", "Sign=1", "--token", "t", "--time", &last], USAGE, "is not in").await;
}

#[tokio::test]
async fn an_unknown_command() {
    let meant = "did you mean `C2C.CallbackBeforeSendMsg`?";
    for name in ["C2C.BeforSendMsg", "C2C.CallbackBeforeSendMessage"] {
        fails(&["send", name, "--to", "http://localhost", "--app-id", APP], USAGE, meant).await;
    }
    fails(&["show", "c2c.beforesendmgs"], USAGE, meant).await;
    fails(&["list", "Groups"], USAGE, "there are State, Profile, Sns").await;
    fails(
        &["send", "--to", "http://localhost", "--app-id", APP, "--family", "Groups"],
        USAGE,
        "there are State",
    )
    .await;
    fails(&["lst"], USAGE, "tip: some similar subcommands exist: 'listen', 'list'").await;
    fails(&["send"], USAGE, "required arguments were not provided: --to <URL> --app-id <N>").await;
    fails(
        &["send", "--all", "--to", "http://localhost", "--app-id", "none"],
        USAGE,
        "'none' for '--app-id <N>'",
    )
    .await;
}

#[tokio::test]
async fn a_path_that_is_not_there() {
    let url = nobody().await;
    let to = ["--to", &url, "--app-id", APP];
    let set = |commands: &'static [&str], edit| [&["send"], commands, edit, &to].concat();
    let one = &["c2c.beforesendmsg"][..];
    let lists = "there is no `MsgBody.0.MsgContent.Txt`: `MsgBody.0.MsgContent` has Text";
    fails(&set(one, &["--set", "MsgBody.0.MsgContent.Txt=hi"]), USAGE, lists).await;
    fails(&set(one, &["--unset", "MsgBody.1"]), USAGE, "there is no `MsgBody.1`: `MsgBody` has 0 only").await;
    fails(&set(one, &["--set", "MsgSeq=first"]), USAGE, "`MsgSeq` is a number, and `first` is none").await;
    fails(&set(one, &["--set", "MsgSeq"]), USAGE, "it has no `=`").await;
    // Nothing is sent where one of several bodies lacks it: else nobody listens would be the error.
    let several = &["c2c.beforesendmsg", "state.statechange"];
    fails(&set(several, &["--set", "MsgKey=x"]), USAGE, "State.StateChange: there is no `MsgKey`").await;
    fails(&set(several, &["--body", "{}"]), USAGE, "one body does not fit several commands").await;
    fails(&set(one, &["--body", "no json", "--set", "a=b"]), USAGE, "the body is no JSON").await;
}

#[tokio::test]
async fn a_file_that_is_not_what_it_should_be() {
    let to = ["--to", "http://localhost", "--app-id", APP];
    let missing = "/nowhere/body.json";
    fails(&[&["send", "state.statechange", "--file", missing][..], &to].concat(), FILE, missing).await;
    let load = |args: [&'static str; 2]| [&["load", "--rate", "1"][..], &args, &to].concat();
    fails(&load(["--mix", "/nowhere/mix.jsonl"]), FILE, "/nowhere/mix.jsonl").await;
    fails(&load(["--plot", "/nowhere/plot.svg"]), FILE, "/nowhere/plot.svg").await;
    let mix = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    fails(&load(["--mix", mix]), FILE, "Cargo.toml: line 1: ").await;
}
