//! Serves the app: `cargo run -p axum-app`, with `IM_TOKEN` set to check signatures.

use std::env;

use axum_app::app;
use tencent_im_webhook_axum::{BoxError, Receiver, SdkAppId};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let receiver = match env::var("IM_TOKEN") {
        Ok(token) => Receiver::builder().app(APP, [token]).build()?,
        Err(_) => Receiver::builder().app_without_signature(APP).build()?,
    };
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on http://{}/im/webhook for app {APP}", listener.local_addr()?);
    axum::serve(listener, app(receiver.clone())).with_graceful_shutdown(asked_to_stop()).await?;
    // Handlers of *after* webhooks outlast their connections.
    receiver.drain().await;
    Ok(())
}

/// Ctrl-C, or the signal that service managers and container runtimes send.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("a runtime with signals");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}

const APP: SdkAppId = SdkAppId(1_400_000_000);
