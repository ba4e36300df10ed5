//! A running `imhook listen`.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tencent_im_webhook::{Command, SdkAppId};
use tencent_im_webhook_testing::{Answered, WebhookRequest};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout};

use crate::support::{APP, Run, TOKEN, imhook, interrupt};

pub(crate) const APP_ID: SdkAppId = SdkAppId(1_400_000_000);

/// Everything that a receiver can be mounted on.
pub(crate) const FRAMEWORKS: [&str; 3] = ["hyper", "axum", "actix"];

/// `imhook listen --json` on a free port, which ends with this value.
pub(crate) struct Listening {
    child: Child,
    lines: BufReader<ChildStdout>,
    pub(crate) base: String,
}

impl Listening {
    /// Starts it for one app, signatures checked.
    pub(crate) async fn start(args: &[&str]) -> Self {
        let fixed = ["--json", "listen", "--listen", "127.0.0.1:0", "--app-id", APP, "--token", TOKEN];
        let mut child = imhook(&[&fixed, args].concat()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut listening = Self { child, lines, base: String::new() };
        let first = listening.line().await;
        listening.base = first["listening"].as_str().unwrap().to_owned();
        listening
    }

    /// What it prints next.
    pub(crate) async fn line(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).await.unwrap();
        serde_json::from_str(&line).unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Stops it as Ctrl-C does, and gives what it still had to say.
    pub(crate) async fn interrupt(self) -> Run {
        interrupt(&self.child).await;
        self.ended().await
    }

    /// How it ends by itself.
    pub(crate) async fn ended(mut self) -> Run {
        let mut stdout = Vec::new();
        self.lines.read_to_end(&mut stdout).await.unwrap();
        let output = self.child.wait_with_output().await.unwrap();
        std::process::Output { stdout, ..output }.into()
    }
}

/// A command's webhook as `listen` takes it.
pub(crate) fn webhook(command: &Command) -> WebhookRequest {
    WebhookRequest::new(APP_ID, command.clone()).token(TOKEN)
}

/// Sends a request, and reads its whole answer.
pub(crate) async fn send(request: Request<Full<Bytes>>) -> Answered {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let (head, body) = client.request(request).await.unwrap().into_parts();
    Answered::new(head.status, head.headers, body.collect().await.unwrap().to_bytes())
}
