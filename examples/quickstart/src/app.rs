//! The app: two pages of its own, its own state, and the webhook mounted beside them.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use tencent_im_webhook::{HandlerService, Receiver, WebhookService};

use crate::moderator::Moderator;
use crate::store::{SeenMessage, SeenVerdict, Store};

/// Where the platform posts to. The console wants the whole URL of it.
pub(crate) const WEBHOOK_PATH: &str = "/im/webhook";

/// The whole app. What it knows of webhooks is the one route; all else would be here without them.
pub(crate) fn app(store: Store, receiver: Receiver) -> Router {
    let moderator = Moderator::new(store.clone());
    Router::new()
        .route("/", get(page))
        .route("/health", get(health))
        // The mount.
        .route_service(WEBHOOK_PATH, WebhookService::new(receiver, HandlerService::new(moderator)))
        .with_state(store)
}

async fn health() -> &'static str {
    "ok"
}

async fn page(State(store): State<Store>) -> Result<Markup, PageError> {
    let verdicts = store.latest_verdicts().await?;
    let messages = store.latest_messages().await?;
    Ok(html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Messages" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Messages" }
                p { "What the webhooks told this app, the latest first. Reload for more." }
                h2 { "Verdicts on messages about to be sent" }
                (verdict_table(&verdicts))
                h2 { "Messages that were sent" }
                (message_table(&messages))
            }
        }
    })
}

fn verdict_table(verdicts: &[SeenVerdict]) -> Markup {
    html! {
        table {
            thead { tr { th { "Decided (UTC)" } th { "Official account" } th { "Text" } th { "Verdict" } } }
            tbody {
                @for seen in verdicts {
                    tr {
                        td.fixed { (seen.decided_at) }
                        td.fixed { (seen.official_account) }
                        td { (seen.text) }
                        td { span.badge.(seen.decision) { (seen.decision) } " " (seen.detail) }
                    }
                }
                @if verdicts.is_empty() { tr { td colspan="4" { "None yet." } } }
            }
        }
    }
}

fn message_table(messages: &[SeenMessage]) -> Markup {
    html! {
        table {
            thead { tr { th { "Sent (UTC)" } th { "Where" } th { "From" } th { "Text" } th { "State" } } }
            tbody {
                @for seen in messages {
                    tr class=[seen.recalled.then_some("recalled")] {
                        td.fixed { (seen.sent_at) }
                        td { (seen.place) br; span.fixed { (seen.conversation) } }
                        td.fixed { (seen.sender) }
                        td.text { (seen.text) }
                        td { @if seen.recalled { span.badge.reject { "recalled" } } @else { "sent" } }
                    }
                }
                @if messages.is_empty() { tr { td colspan="5" { "None yet." } } }
            }
        }
    }
}

/// The store did not answer. The visitor learns that, the log why.
struct PageError(anyhow::Error);

impl From<anyhow::Error> for PageError {
    fn from(error: anyhow::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        tracing::error!(error = %self.0, "the page cannot be shown");
        (StatusCode::INTERNAL_SERVER_ERROR, "the messages cannot be read right now").into_response()
    }
}

const STYLE: &str = "
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8884; }
th { font-size: .85rem; font-weight: 600; opacity: .7; }
td { overflow-wrap: anywhere; }
.fixed { font: .85rem/1.7 ui-monospace, monospace; }
.badge { padding: .1rem .5rem; border-radius: 1rem; font-size: .85rem; background: #8883; }
.allow { background: #2a84; }
.rewrite { background: #26d4; }
.reject, .discard { background: #d334; }
.recalled .text { text-decoration: line-through; opacity: .6; }
";
