//! Serves the app on several workers: `cargo run -p actix-app`, with `IM_TOKEN` set to check signatures.

use std::env;
use std::time::Duration;

use actix_app::configure;
use actix_web::{App, HttpServer, rt};
use tencent_im_webhook_actix::{BoxError, Receiver, SdkAppId, shut_down};

#[actix_web::main]
async fn main() -> Result<(), BoxError> {
    let receiver = match env::var("IM_TOKEN") {
        Ok(token) => Receiver::builder().app(APP, [token]).build()?,
        Err(_) => Receiver::builder().app_without_signature(APP).build()?,
    };
    let configure = configure(receiver.clone());
    let server = HttpServer::new(move || App::new().configure(configure.clone()))
        .workers(4)
        // The platform keeps its connections; actix-web closes them after 5 s by default.
        .keep_alive(Duration::from_secs(75))
        // Handlers live on the workers, so the signal is ours: see `shut_down`.
        .disable_signals()
        .bind("127.0.0.1:3000")?;
    println!("listening on http://{}/im/webhook for app {APP}", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    let running = rt::spawn(server);
    asked_to_stop().await;
    shut_down(&handle, &receiver, Duration::from_secs(10)).await;
    Ok(running.await??)
}

/// Ctrl-C, or the signal that service managers and container runtimes send.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use rt::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("a runtime with signals");
        tokio::select! {
            _ = rt::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = rt::signal::ctrl_c().await;
}

const APP: SdkAppId = SdkAppId(1_400_000_000);
