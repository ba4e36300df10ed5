//! `imhook load`: the rate, the mix, the figures.

use std::path::Path;

use axum::Router;
use serde_json::Value;
use tencent_im_webhook::CommandRouter;
use tokio::sync::mpsc;

use crate::support::{APP, Run, TOKEN, constant, imhook, interrupt, nobody, receiver, run, serve, telling};

/// Loads a URL, signed, with JSON for an answer.
async fn load(url: &str, args: &[&str]) -> (i32, Value) {
    let to = ["load", "--json", "--to", url, "--app-id", APP, "--token", TOKEN];
    let run = run(&[&to, args].concat()).await;
    (run.code, run.json().pop().unwrap())
}

#[tokio::test]
async fn all_that_is_due_is_sent_signed_and_answered() {
    let url = receiver(CommandRouter::new()).await;
    let (code, summary) = load(&url, &["--rate", "500", "--for", "352ms", "--connections", "4"]).await;
    assert_eq!((code, &summary["due"], &summary["answered"]), (0, &176.into(), &176.into()), "{summary}");
    assert_eq!((&summary["failed"], &summary["errors"]), (&0.into(), &serde_json::json!({})));
    let figures: Vec<u64> =
        ["p50_us", "p99_us", "p999_us", "max_us"].map(|key| summary[key].as_u64().unwrap()).into();
    assert!(figures[0] > 0 && figures.is_sorted(), "{summary}");
}

#[tokio::test]
async fn a_mix_is_kept_to() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mix.jsonl");
    let mix = r#"{"command":"c2c.beforesendmsg","weight":3}
{"command":"State.StateChange","body":{"of": "my own"}}"#;
    std::fs::write(&file, mix).unwrap();
    let (tell, mut told) = mpsc::unbounded_channel();
    let url = telling(tell).await;
    let (code, _) = load(&url, &["--rate", "1000", "--for", "40ms", "--mix", file.to_str().unwrap()]).await;
    assert_eq!(code, 0);
    let mut requests = Vec::new();
    while let Ok(request) = told.try_recv() {
        requests.push(request);
    }
    let states: Vec<_> = requests.iter().filter(|(query, _)| query.contains("State.StateChange")).collect();
    assert_eq!((requests.len(), states.len()), (40, 10));
    assert!(states.iter().all(|(_, body)| body == r#"{"of": "my own"}"#));
}

#[tokio::test]
async fn errors_are_counted_by_kind() {
    let url = constant(500, "").await;
    let (code, summary) = load(&url, &["--rate", "1000", "--for", "20ms"]).await;
    assert_eq!(
        (code, &summary["errors"]["status"], &summary["failed"]),
        (1, &20.into(), &20.into()),
        "{summary}"
    );
}

#[tokio::test]
async fn a_target_that_stalls_is_not_spared() {
    let url = serve(Router::new().fallback(std::future::pending::<()>)).await;
    let args = ["--rate", "100", "--for", "100ms", "--connections", "2", "--patience", "20ms"];
    let (code, summary) = load(&url, &args).await;
    let count = |key: &str| summary[key].as_u64().unwrap();
    assert_eq!((code, count("answered")), (1, 0), "{summary}");
    assert_eq!((count("over_limit"), &summary["p50_us"]), (10, &Value::Null), "{summary}");
    assert_eq!(count("failed") + count("unsent") + count("pending"), 10, "{summary}");
}

#[tokio::test]
async fn a_plot_is_a_picture() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plot.svg");
    let url = receiver(CommandRouter::new()).await;
    let (code, _) = load(&url, &["--rate", "100", "--for", "50ms", "--plot", file.to_str().unwrap()]).await;
    let svg = std::fs::read_to_string(&file).unwrap();
    assert_eq!((code, svg.starts_with("<svg"), svg.trim_end().ends_with("</svg>")), (0, true, true), "{svg}");
    for label in ["p50", "p99", "max", "seconds"] {
        assert!(svg.contains(label), "{label}");
    }
}

#[tokio::test]
async fn a_plot_stays_where_there_is_nothing_to_draw() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (old, new) = (folder.join("old.svg"), folder.join("new.svg"));
    std::fs::write(&old, "the last one").unwrap();
    let nobody = nobody().await;
    for file in [&old, &new] {
        let (to, plot) = (["--to", &nobody, "--app-id", APP], ["--plot", file.to_str().unwrap()]);
        assert_eq!(run(&[&["load", "--rate", "1"][..], &to, &plot].concat()).await.code, 3);
    }
    assert_eq!((std::fs::read_to_string(&old).unwrap().as_str(), new.exists()), ("the last one", false));
}

#[tokio::test]
async fn ctrl_c_ends_with_the_summary_so_far() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let url = telling(tell).await;
    let child =
        imhook(&["load", "--rate", "100", "--for", "1h", "--to", &url, "--app-id", APP]).spawn().unwrap();
    for _ in 0..3 {
        told.recv().await.unwrap();
    }
    interrupt(&child).await;
    let run = Run::from(child.wait_with_output().await.unwrap());
    assert_eq!(run.code, 6, "{run:?}");
    assert!(run.stderr.starts_with("error: stopped before "), "{run:?}");
    assert!(run.stdout.contains("a second of 100\nlatency     p50"), "{}", run.stdout);
}
