//! Counters and histograms of webhooks, for Prometheus: `cargo run -p metrics-example`, with `IM_TOKEN` set to check
//! signatures and `IM_LISTEN` to listen elsewhere than on 127.0.0.1:3000.
//!
//! Without the token, a message that is refused, and the page that has counted it:
//!
//! ```text
//! curl -d '{"GroupId":"g","Type":"Public","From_Account":"eve","Operator_Account":"eve","Random":1,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"now!!!"}}]}' 'http://127.0.0.1:3000/im/webhook?SdkAppid=1400000000&CallbackCommand=Group.CallbackBeforeSendMsg'
//! curl http://127.0.0.1:3000/metrics
//! ```
//!
//! The page is for your own network: put it on another port or behind your proxy's rules.

use std::env;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tencent_im_webhook_axum::event::group::BeforeSendMsg;
use tencent_im_webhook_axum::{
    BoxError, Context, GroupCode, MessageVerdict, Receiver, RouterExt, SdkAppId, WebhookHandler, async_trait,
    serve,
};
use tokio::net::TcpListener;

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
    let page = get(move || async move { metrics.render() });
    Router::new().route("/metrics", page).webhook("/im/webhook", receiver, Moderator)
}

/// Buckets up to the two seconds that the platform waits.
fn prometheus() -> Result<PrometheusBuilder, metrics_exporter_prometheus::BuildError> {
    let duration = Matcher::Full("tencent_im_webhook_duration_seconds".into());
    PrometheusBuilder::new()
        .set_buckets_for_metric(duration, &[0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0])
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let metrics = prometheus()?.install_recorder()?;
    let receiver = match env::var("IM_TOKEN") {
        Ok(token) => Receiver::builder().app(APP, [token]).build()?,
        Err(_) => Receiver::builder().app_without_signature(APP).build()?,
    };
    tokio::spawn(keep_up(metrics.clone()));
    let listener = TcpListener::bind(env::var("IM_LISTEN").as_deref().unwrap_or("127.0.0.1:3000")).await?;
    println!("listening on http://{}/im/webhook for app {APP}", listener.local_addr()?);
    println!("{}", serve(listener, app(receiver.clone(), metrics), receiver).await);
    Ok(())
}

/// Histograms grow until they are summed up.
async fn keep_up(metrics: PrometheusHandle) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        metrics.run_upkeep();
    }
}

const APP: SdkAppId = SdkAppId(1_400_000_000);

#[cfg(test)]
mod tests {
    use super::*;
    use tencent_im_webhook_testing::{WebhookRequest, send};

    #[test]
    fn prometheus_sees_what_was_decided_and_refused() {
        let recorder = prometheus().unwrap().build_recorder();
        let receiver = Receiver::builder().app(APP, ["token"]).build().unwrap();
        let app = app(receiver, recorder.handle());
        let good = WebhookRequest::of::<BeforeSendMsg>(APP).token("token").to_http("/im/webhook");
        let forged = WebhookRequest::of::<BeforeSendMsg>(APP).token("guessed").to_http("/im/webhook");
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
