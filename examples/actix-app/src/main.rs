//! Serves the app on several workers: `cargo run -p actix-app`, with `IM_TOKEN` set to check signatures and
//! `IM_LISTEN` to listen elsewhere than on 127.0.0.1:3000.

use std::env;
use std::net::TcpListener;

use actix_app::configure;
use actix_web::App;
use tencent_im_webhook_actix::{BoxError, Receiver, SdkAppId, serve};

#[actix_web::main]
async fn main() -> Result<(), BoxError> {
    let receiver = match env::var("IM_TOKEN") {
        Ok(token) => Receiver::builder().app(APP, [token]).build()?,
        Err(_) => Receiver::builder().app_without_signature(APP).build()?,
    };
    let configure = configure(receiver.clone());
    let listener = TcpListener::bind(env::var("IM_LISTEN").as_deref().unwrap_or("127.0.0.1:3000"))?;
    println!("listening on http://{}/im/webhook for app {APP}", listener.local_addr()?);
    println!(
        "{}",
        serve(listener, move || App::new().configure(configure.clone()), receiver).workers(4).await?
    );
    Ok(())
}

const APP: SdkAppId = SdkAppId(1_400_000_000);
