//! An axum app that exists without webhooks, and has them mounted on its router.
//!
//! ```text
//! cargo run -p quickstart
//! ```
//!
//! serves on 127.0.0.1:3000, plays the platform once over real HTTP, prints what the handler answered,
//! and goes on serving. To copy: the mount is one line in `app.rs`, the rules are `moderator.rs`.

use std::future::IntoFuture as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use clap::Parser;
use tencent_im_webhook::{BuildError, Receiver, SdkAppId};
use tencent_im_webhook_serve::{asked_to_stop, serve};
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

use crate::demo::Target;
use crate::store::Store;

mod app;
mod demo;
mod moderator;
mod samples;
mod server;
mod store;
#[cfg(test)]
mod tests;

/// A small axum app with Tencent Cloud Chat webhooks at /im/webhook, which tries itself at the start.
#[derive(Parser)]
#[command(name = "quickstart")]
struct Args {
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,

    /// The SDKAppID whose webhooks are accepted
    #[arg(long, value_name = "N", default_value_t = 1_400_000_000)]
    app_id: u64,

    /// The token of the console's webhook settings [default: signatures are not checked]
    #[arg(long, value_name = "T")]
    token: Option<String>,

    /// Keep the messages in this SQLite file [default: in memory]
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,

    /// Serve without playing the platform first
    #[arg(long, conflicts_with = "once")]
    no_demo: bool,

    /// Play the platform, check every answer, and exit
    #[arg(long)]
    once: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    log_to_stderr();
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until the visit is over or somebody asks to stop, and cuts off nothing that was received.
async fn run(args: Args) -> anyhow::Result<()> {
    let receiver = receiver(&args)?;
    let app = app::app(open_store(&args)?, receiver.clone());
    let listener = server::listen(args.listen).await?;
    let address = server::reachable(listener.local_addr()?);

    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async { _ = stopped.await };
    let server = tokio::spawn(serve(listener, app, receiver.clone()).until(stopped).into_future());
    let outcome = tokio::select! {
        outcome = visit(&args, address, &receiver) => outcome,
        () = asked_to_stop() => {
            eprintln!("stopping: open requests are finished first");
            Ok(())
        }
    };
    drop(stop);
    let stopped = server.await?;
    if !stopped.is_clean() {
        eprintln!("{stopped}");
    }
    outcome
}

/// What the webhook needs to know of the platform: which app calls, and how it proves that.
fn receiver(args: &Args) -> Result<Receiver, BuildError> {
    let app_id = SdkAppId(args.app_id);
    let builder = Receiver::builder();
    match &args.token {
        Some(token) => builder.app(app_id, [token]).build(),
        None => builder.app_without_signature(app_id).build(),
    }
}

fn open_store(args: &Args) -> anyhow::Result<Store> {
    let Some(file) = &args.store else { return Store::in_memory() };
    Store::in_file(file).map_err(|error| {
        anyhow!("cannot keep messages in {} ({error}): pass another --store FILE", file.display())
    })
}

/// What happens while the app is served: the demo, unless it is not wanted, then whatever comes.
async fn visit(args: &Args, address: SocketAddr, receiver: &Receiver) -> anyhow::Result<()> {
    let target = Target { address, app_id: args.app_id, token: args.token.clone() };
    writeln!(io::stdout(), "{}", greeting(args, &target))?;
    if !args.no_demo {
        let outcome = demo::run(&target).await;
        if args.once {
            return outcome;
        }
        if let Err(error) = outcome {
            eprintln!("error: {error:#}");
        }
    }
    writeln!(io::stdout(), "{}", invitation(&target, receiver.max_age()))?;
    std::future::pending().await
}

fn greeting(args: &Args, target: &Target) -> String {
    let store = match &args.store {
        Some(file) => format!("messages are kept in {}", file.display()),
        None => "in memory; --store FILE keeps the messages".into(),
    };
    let signature = match target.token {
        Some(_) => "every webhook must be signed with the token",
        None => "NOT CHECKED: whoever knows the app id can post; pass --token T",
    };
    let Target { app_id, .. } = target;
    let (page, webhook) = (target.page(), target.webhook());
    format!(
        "
  page       {page}
  webhook    {webhook}
  app id     {app_id}
  signature  {signature}
  store      {store}
"
    )
}

fn invitation(target: &Target, max_age: Duration) -> String {
    let validity = match target.token {
        Some(_) => format!(" (the signature is valid for {} s)", max_age.as_secs()),
        None => String::new(),
    };
    format!(
        "Serving; Ctrl-C stops. Try a text with vip, spam, quota or forbidden{validity}:\n\n{}\n\nThen look at {}",
        target.curl(),
        target.page(),
    )
}

/// The table goes to stdout, the log to stderr, and only what is worth a look unless `RUST_LOG` says more.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
}
