//! Counters and histograms of webhooks, for Prometheus: `cargo run --bin metrics`, then
//! `curl http://127.0.0.1:8080/metrics`.
//!
//! The page is for your own network: put it on another port or behind your proxy's rules.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tencent_im_webhook_axum::event::group::BeforeSendMsg;
use tencent_im_webhook_axum::{
    BoxError, Context, GroupCode, MessageVerdict, Receiver, RouterExt, SdkAppId, WebhookHandler, async_trait,
};

struct Moderator;

#[async_trait]
impl WebhookHandler for Moderator {
    async fn group_before_send_msg(
        &self,
        _: &Context,
        message: BeforeSendMsg,
    ) -> Result<MessageVerdict<GroupCode>, BoxError> {
        let shouts = message.msg_body.texts().any(|text| text.ends_with("!!!"));
        Ok(if shouts { MessageVerdict::Reject } else { MessageVerdict::Allow })
    }
}

fn app(receiver: Receiver, metrics: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(move || async move { metrics.render() })).webhook(
        "/im/webhook",
        receiver,
        Moderator,
    )
}

/// Buckets up to the two seconds that the platform waits.
fn prometheus() -> Result<PrometheusBuilder, metrics_exporter_prometheus::BuildError> {
    let duration = Matcher::Full("tencent_im_webhook_duration_seconds".into());
    PrometheusBuilder::new()
        .set_buckets_for_metric(duration, &[0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0])
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let metrics = prometheus()?.install_recorder()?;
    let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["the console's token"]).build()?;
    tokio::spawn(keep_up(metrics.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, app(receiver, metrics)).await?;
    Ok(())
}

/// Histograms grow until they are summed up.
async fn keep_up(metrics: PrometheusHandle) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        metrics.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tencent_im_webhook_testing::{WebhookRequest, send};

    #[test]
    fn prometheus_sees_what_was_decided_and_refused() {
        let recorder = prometheus().unwrap().build_recorder();
        let app_id = SdkAppId(1_400_000_000);
        let receiver = Receiver::builder().app(app_id, ["token"]).build().unwrap();
        let app = app(receiver, recorder.handle());
        let good = WebhookRequest::of::<BeforeSendMsg>(app_id).token("token").to_http("/im/webhook");
        let forged = WebhookRequest::of::<BeforeSendMsg>(app_id).token("guessed").to_http("/im/webhook");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        metrics::with_local_recorder(&recorder, || {
            runtime.block_on(async {
                assert_eq!(send(app.clone(), good).await.status(), 200);
                assert_eq!(send(app.clone(), forged).await.status(), 401);
            });
        });
        let text = recorder.handle().render();
        for line in [
            r#"tencent_im_webhook_webhooks_total{app="1400000000",command="Group.CallbackBeforeSendMsg",outcome="handled",verdict="ok",failure="none"} 1"#,
            r#"tencent_im_webhook_refusals_total{app="1400000000",reason="signature_mismatch"} 1"#,
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert!(text.contains(r#"tencent_im_webhook_duration_seconds_count{app="1400000000""#), "{text}");
    }
}
