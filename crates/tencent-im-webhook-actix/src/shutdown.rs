use std::time::Duration;

use actix_web::dev::ServerHandle;
use tencent_im_webhook::Receiver;
use tokio::time::{Instant, timeout_at};

/// Stops a server of your own without cutting off a handler: no new connections, wait for handlers, stop, wait
/// again, all in all no longer than the grace period, and three seconds in which workers answer what is open.
///
/// Requests that are on their way over idle connections are lost all the same: [`serve`](crate::serve) waits for
/// them first.
///
/// Handlers of [`Commands`](crate::Commands) live on the server's workers, so they are waited for while
/// there are workers; those of a [`Webhook`](crate::Webhook) outlive them, and are waited for at the end. A
/// webhook that comes over an open connection in between is answered, but where it goes on after its answer, on a
/// worker, it is cut off.
///
/// The server must not stop by itself at a signal, hence [`disable_signals`]:
///
/// ```
/// use std::time::Duration;
///
/// use actix_web::{App, HttpServer, rt};
/// use tencent_im_webhook_actix::{Commands, Receiver, SdkAppId, shut_down};
///
/// async fn serve(receiver: Receiver, stop: impl Future) -> Result<(), Box<dyn std::error::Error>> {
///     let commands = Commands::new(receiver.clone());
///     let server = HttpServer::new(move || App::new().service(commands.clone().at("/im/webhook")))
///         .disable_signals()
///         .bind("127.0.0.1:0")?
///         .run();
///     let handle = server.handle();
///     let running = rt::spawn(server);
///     stop.await;
///     shut_down(&handle, &receiver, Duration::from_secs(10)).await;
///     Ok(running.await??)
/// }
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["the console's token"]).build()?;
/// # let stop = std::future::ready(());
/// # if false {
/// let stop = rt::signal::ctrl_c();
/// # let _ = stop; }
/// serve(receiver, stop).await
/// # }
/// ```
///
/// The platform keeps connections open, and goes on posting over them: then there may be no moment without a
/// handler, and it is the grace period that ends the waiting.
///
/// [`disable_signals`]: actix_web::HttpServer::disable_signals
pub async fn shut_down(server: &ServerHandle, receiver: &Receiver, grace: Duration) {
    let end = Instant::now() + grace;
    server.pause().await;
    let _ = timeout_at(end, receiver.drain()).await;
    let _ = timeout_at(end.max(Instant::now() + FOR_ANSWERS + A_LOOK), server.stop(true)).await;
    let _ = timeout_at(end, receiver.drain()).await;
}

/// How long workers have to answer what is open, and to notice that they have: they look once a second.
pub(crate) const FOR_ANSWERS: Duration = Duration::from_secs(2);

/// From one look to the next: what workers have given up on after their time is only then gone.
const A_LOOK: Duration = Duration::from_secs(1);
