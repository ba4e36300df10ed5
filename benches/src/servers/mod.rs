//! The servers that are compared. Each has one thread, and answers every message with yes.

mod bare;
mod by_hand;
mod webhook;

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use actix_web::web::ServiceConfig;
use axum::Router;
use benches::{receiver, receiver_without_signature};

/// The answer of all.
const OK: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;

const KEEP_ALIVE: Duration = Duration::from_secs(75);

const PATH: &str = "/im/webhook";

#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum Server {
    /// Reads the body and answers a constant.
    HyperBare,
    HyperWebhook,
    /// Reads the body and answers a constant.
    AxumBare,
    AxumWebhook,
    /// The same, asked by somebody without the token.
    AxumRefused,
    /// By hand: `Query<HashMap>` and `Json<Value>`, no signature.
    AxumValue,
    /// The same with the signature.
    AxumValueSigned,
    /// By hand: derived types, no signature.
    AxumTyped,
    /// Reads the body and answers a constant.
    ActixBare,
    ActixWebhook,
    /// By hand: derived types, no signature.
    ActixTyped,
}

impl Server {
    pub(crate) const ALL: [Self; 11] = [
        Self::HyperBare,
        Self::HyperWebhook,
        Self::AxumBare,
        Self::AxumWebhook,
        Self::AxumRefused,
        Self::AxumValue,
        Self::AxumValueSigned,
        Self::AxumTyped,
        Self::ActixBare,
        Self::ActixWebhook,
        Self::ActixTyped,
    ];

    /// As on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HyperBare => "hyper-bare",
            Self::HyperWebhook => "hyper-webhook",
            Self::AxumBare => "axum-bare",
            Self::AxumWebhook => "axum-webhook",
            Self::AxumRefused => "axum-refused",
            Self::AxumValue => "axum-value",
            Self::AxumValueSigned => "axum-value-signed",
            Self::AxumTyped => "axum-typed",
            Self::ActixBare => "actix-bare",
            Self::ActixWebhook => "actix-webhook",
            Self::ActixTyped => "actix-typed",
        }
    }

    /// The one of the same framework that reads the body and answers a constant.
    pub(crate) fn bare(self) -> Self {
        match self {
            Self::HyperBare | Self::HyperWebhook => Self::HyperBare,
            Self::AxumBare
            | Self::AxumWebhook
            | Self::AxumRefused
            | Self::AxumValue
            | Self::AxumValueSigned
            | Self::AxumTyped => Self::AxumBare,
            Self::ActixBare | Self::ActixWebhook | Self::ActixTyped => Self::ActixBare,
        }
    }

    /// Whether it has nothing to do with requests that are not signed.
    pub(crate) fn needs_signature(self) -> bool {
        matches!(self, Self::AxumRefused | Self::AxumValueSigned)
    }

    /// Those that make this program serve it.
    pub(crate) fn arguments(self, signed: bool) -> impl Iterator<Item = &'static str> {
        ["serve", self.name()].into_iter().chain((!signed).then_some("--unsigned"))
    }

    /// Serves until the process ends. Prints the port first.
    pub(crate) fn serve(self, signed: bool) -> anyhow::Result<()> {
        let receiver = if signed { receiver() } else { receiver_without_signature() };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        println!("{}", listener.local_addr()?.port());
        match self {
            Self::HyperBare => on_tokio(bare::hyper(listener)),
            Self::HyperWebhook => on_tokio(webhook::hyper(listener, receiver)),
            Self::AxumBare => on_tokio(axum(listener, bare::axum())),
            Self::AxumWebhook | Self::AxumRefused => on_tokio(axum(listener, webhook::axum(receiver))),
            Self::AxumValue => on_tokio(axum(listener, by_hand::value())),
            Self::AxumValueSigned => on_tokio(axum(listener, by_hand::value_signed())),
            Self::AxumTyped => on_tokio(axum(listener, by_hand::axum_typed())),
            Self::ActixBare => actix(listener, || bare::actix),
            Self::ActixWebhook => actix(listener, || webhook::actix(receiver)),
            Self::ActixTyped => actix(listener, || by_hand::actix_typed),
        }
    }
}

fn on_tokio(serve: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(serve)
}

async fn axum(listener: TcpListener, router: Router) -> anyhow::Result<()> {
    Ok(axum::serve(on_runtime(listener)?, router).await?)
}

fn on_runtime(listener: TcpListener) -> anyhow::Result<tokio::net::TcpListener> {
    listener.set_nonblocking(true)?;
    Ok(tokio::net::TcpListener::from_std(listener)?)
}

/// `routes` is called once, in the runtime of `main`: webhooks are built there.
fn actix<C>(listener: TcpListener, routes: impl FnOnce() -> C) -> anyhow::Result<()>
where
    C: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    actix_web::rt::System::new().block_on(async {
        let routes = routes();
        let server = actix_web::HttpServer::new(move || actix_web::App::new().configure(routes.clone()));
        // The platform keeps connections open, and the default of five seconds would close them.
        let server = server.keep_alive(KEEP_ALIVE);
        Ok(server.workers(1).disable_signals().listen(listener)?.run().await?)
    })
}
