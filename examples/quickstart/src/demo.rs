//! Plays the platform: delivers the samples over HTTP, as the platform does, and shows what was answered.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use comfy_table::presets::UTF8_FULL;
use comfy_table::{ColumnConstraint, ContentArrangement, Table};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tencent_im_webhook::{Command, SdkAppId};
use tencent_im_webhook_testing::WebhookRequest;
use tokio::time::timeout;

use crate::app::WEBHOOK_PATH;
use crate::samples::{self, Sample};

/// Delivers every sample once and prints a table of the answers.
///
/// # Errors
///
/// When the app cannot be reached, or an answer is not the one that the sample expects.
pub(crate) async fn run(target: &Target) -> anyhow::Result<()> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut deliveries = Vec::new();
    for sample in samples::all() {
        deliveries.push(deliver(&client, target, sample).await?);
    }
    writeln!(io::stdout(), "{}", table(&deliveries))?;
    require_expected(&deliveries)?;
    writeln!(io::stdout(), "All {} answers are the expected ones.\n", deliveries.len())?;
    Ok(())
}

/// The app as the platform's console knows it.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) app_id: u64,
    pub(crate) token: Option<String>,
}

impl Target {
    pub(crate) fn page(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// What is entered in the console.
    pub(crate) fn webhook(&self) -> String {
        format!("http://{}{WEBHOOK_PATH}", self.address)
    }

    /// What the platform makes of it for one webhook.
    fn url(&self, command: &Command, platform: &str) -> String {
        let request = WebhookRequest::new(SdkAppId(self.app_id), command.clone())
            .client_ip(Some("127.0.0.1"))
            .platform(Some(platform));
        let request = match &self.token {
            Some(token) => request.token(token),
            None => request,
        };
        format!("{}?{}", self.webhook(), request.query())
    }

    /// A command line that posts a message, to be changed and tried.
    pub(crate) fn curl(&self) -> String {
        let command = Command::OfficialAccountBeforeSendMsg;
        let body = samples::before_send(&[samples::text("a vip message")]);
        format!("curl -w '\\n' '{}' -d '{body}'", self.url(&command, "RESTAPI"))
    }
}

/// A sample, and what came back for it.
struct Delivery {
    sample: Sample,
    status: StatusCode,
    answer: Bytes,
    took: Duration,
}

impl Delivery {
    fn is_expected(&self) -> bool {
        let answer = serde_json::from_slice::<Value>(&self.answer);
        self.status == StatusCode::OK && answer.is_ok_and(|answer| answer == self.sample.answer)
    }

    fn decision(&self) -> String {
        match self.is_expected() {
            true => self.sample.decision.into(),
            false => format!("UNEXPECTED, not: {}", self.sample.decision),
        }
    }
}

type PlatformClient = Client<HttpConnector, Full<Bytes>>;

/// Posts a sample and waits no longer than the platform does.
async fn deliver(client: &PlatformClient, target: &Target, sample: Sample) -> anyhow::Result<Delivery> {
    let started = Instant::now();
    let (status, answer) = timeout(PATIENCE, post(client, target, &sample))
        .await
        .with_context(|| format!("no answer to {} within {PATIENCE:?}", sample.command.as_str()))?
        .with_context(|| {
            format!("{} cannot be delivered to {}", sample.command.as_str(), target.webhook())
        })?;
    Ok(Delivery { sample, status, answer, took: started.elapsed() })
}

async fn post(
    client: &PlatformClient,
    target: &Target,
    sample: &Sample,
) -> anyhow::Result<(StatusCode, Bytes)> {
    // No content type: the platform documents none.
    let request = Request::post(target.url(&sample.command, sample.platform))
        .body(Full::from(sample.body.to_string()))?;
    let (head, body) = client.request(request).await?.into_parts();
    Ok((head.status, body.collect().await?.to_bytes()))
}

fn table(deliveries: &[Delivery]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(["webhook", "decision", "HTTP", "answer", "took"])
        .add_rows(deliveries.iter().map(row));
    if let Some(webhook) = table.column_mut(0) {
        webhook.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}

fn row(delivery: &Delivery) -> [String; 5] {
    let Delivery { sample, status, answer, took } = delivery;
    [
        format!("{}\n{}", sample.command.as_str(), sample.about),
        delivery.decision(),
        status.as_str().into(),
        with_blanks(&String::from_utf8_lossy(answer)),
        format!("{:.1} ms", took.as_secs_f64() * 1000.0),
    ]
}

/// Compact JSON with places where a line may end.
fn with_blanks(json: &str) -> String {
    json.replace(",\"", ", \"").replace("},{", "}, {")
}

fn require_expected(deliveries: &[Delivery]) -> anyhow::Result<()> {
    let unexpected = deliveries.iter().filter(|delivery| !delivery.is_expected());
    let complaints: Vec<_> = unexpected.map(complaint).collect();
    if complaints.is_empty() {
        return Ok(());
    }
    bail!(
        "{} of {} answers are not the expected ones:\n{}",
        complaints.len(),
        deliveries.len(),
        complaints.join("\n")
    )
}

fn complaint(delivery: &Delivery) -> String {
    let Sample { command, about, answer, .. } = &delivery.sample;
    let (command, came) = (command.as_str(), String::from_utf8_lossy(&delivery.answer));
    format!("  {command} ({about}): expected 200 {answer}, came {} {came}", delivery.status.as_str())
}

/// How long the platform waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Characters to a line of the table.
const WIDTH: u16 = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unexpected_answer_is_named() {
        let answers = [
            (StatusCode::OK, r#"{"ErrorCode":0,"ErrorInfo":"","ActionStatus":"OK"}"#),
            (StatusCode::OK, r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":7}"#),
            (StatusCode::SERVICE_UNAVAILABLE, "try later"),
        ];
        let deliveries = answers.map(|(status, answer)| Delivery {
            sample: samples::allowed(),
            status,
            answer: answer.into(),
            took: Duration::ZERO,
        });
        assert!(require_expected(&deliveries[..1]).is_ok());
        let error = require_expected(&deliveries).unwrap_err().to_string();
        assert!(error.starts_with("2 of 3 answers are not the expected ones:\n"), "{error}");
        assert!(error.contains("(plain text): expected 200 "), "{error}");
        assert!(error.ends_with("came 503 try later"), "{error}");
    }

    #[test]
    fn a_url_is_signed_when_there_is_a_token() {
        let (address, app_id) = ("127.0.0.1:3000".parse().unwrap(), 7);
        let unsigned = Target { address, app_id, token: None }.url(&Command::GroupAfterSendMsg, "iOS");
        assert_eq!(
            unsigned,
            "http://127.0.0.1:3000/im/webhook?SdkAppid=7&CallbackCommand=Group.CallbackAfterSendMsg\
             &contenttype=json&ClientIP=127.0.0.1&OptPlatform=iOS"
        );
        let token = Some("secret".to_owned());
        let signed = Target { address, app_id, token }.url(&Command::GroupAfterSendMsg, "iOS");
        assert!(signed.starts_with(&format!("{unsigned}&Sign=")) && signed.contains("&RequestTime="));
    }
}
