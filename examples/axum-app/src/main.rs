//! Serves the app: `cargo run -p axum-app`, with `IM_TOKEN` set to check signatures and `IM_LISTEN` to listen
//! elsewhere than on 127.0.0.1:3000.

use std::env;

use axum_app::app;
use tencent_im_webhook_axum::{BoxError, Receiver, SdkAppId, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let receiver = match env::var("IM_TOKEN") {
        Ok(token) => Receiver::builder().app(APP, [token]).build()?,
        Err(_) => Receiver::builder().app_without_signature(APP).build()?,
    };
    let listener = TcpListener::bind(env::var("IM_LISTEN").as_deref().unwrap_or("127.0.0.1:3000")).await?;
    println!("listening on http://{}/im/webhook for app {APP}", listener.local_addr()?);
    println!("{}", serve(listener, app(receiver.clone()), receiver).await);
    Ok(())
}

const APP: SdkAppId = SdkAppId(1_400_000_000);
