//! Runs the program, and serves what it sends to.

use std::process::{Output, Stdio};

use axum::Router;
use axum::http::{StatusCode, Uri};
use serde_json::Value;
use tencent_im_webhook::{CallService, Receiver, SdkAppId, WebhookService};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

pub(crate) const APP: &str = "1400000000";
pub(crate) const TOKEN: &str = "secret";

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// A JSON value per line.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The output without what differs from run to run.
    pub(crate) fn steady(&self) -> String {
        let words: Vec<&str> = self.stdout.split(' ').collect();
        let is_latency = |at: usize| words.get(at + 1).is_some_and(|next| next.starts_with("ms"));
        let steady = words.iter().enumerate().map(|(at, word)| if is_latency(at) { "N" } else { word });
        steady.collect::<Vec<_>>().join(" ")
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The program with nothing of this machine's settings.
pub(crate) fn imhook(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imhook"));
    command.args(args).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.kill_on_drop(true);
    command
}

pub(crate) async fn run(args: &[&str]) -> Run {
    imhook(args).output().await.unwrap().into()
}

/// As Ctrl-C does.
pub(crate) async fn interrupt(child: &Child) {
    let kill = format!("kill -INT {}", child.id().unwrap());
    assert!(Command::new("sh").args(["-c", &kill]).status().await.unwrap().success());
}

/// A receiver of signed webhooks in front of a typed service; its URL.
pub(crate) async fn receiver<S: CallService + Sync>(service: S) -> String {
    let app = SdkAppId(APP.parse().unwrap());
    let receiver = Receiver::builder().app(app, [TOKEN]).build().unwrap();
    serve(Router::new().route_service("/im", WebhookService::new(receiver, service))).await + "/im"
}

/// A server that gives the same answer to everything; its URL.
pub(crate) async fn constant(status: u16, body: &'static str) -> String {
    let status = StatusCode::from_u16(status).unwrap();
    serve(Router::new().fallback(move || async move { (status, body) })).await
}

/// A server that tells of every request, its query and body, and answers OK; its URL.
pub(crate) async fn telling(tell: tokio::sync::mpsc::UnboundedSender<(String, String)>) -> String {
    let answer = move |uri: Uri, body: String| async move {
        tell.send((uri.query().unwrap_or_default().into(), body)).unwrap();
        r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#
    };
    serve(Router::new().fallback(answer)).await
}

/// Serves until the test ends.
pub(crate) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Where nobody listens any more.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
