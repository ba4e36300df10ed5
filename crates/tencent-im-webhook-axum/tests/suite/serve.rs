//! The app on a port: what `serve` adds to it, and that routes of the app's own have it too.

use axum::routing::get;
use axum::{Extension, Router};
use http1::Connection;
use tencent_im_webhook_axum::event::state::StateChange;
use tencent_im_webhook_axum::{PeerAddr, RouterExt, Stopped, WebhookHandler, serve};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::support::{PATH, receiver, webhook};

struct Bot;

impl WebhookHandler for Bot {}

async fn whoami(Extension(PeerAddr(peer)): Extension<PeerAddr>) -> String {
    peer.to_string()
}

#[tokio::test]
async fn an_app_is_served_until_it_is_asked_to_stop() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app: Router = Router::new().route("/whoami", get(whoami)).webhook(PATH, receiver(), Bot);
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = serve(listener, app, receiver()).until(async { _ = stopped.await });
    let server = tokio::spawn(serving.into_future());

    let stream = TcpStream::connect(address).await.unwrap();
    let me = stream.local_addr().unwrap().to_string();
    let mut client = Connection::over(stream);
    let page = client.ask(http1::request("GET", "/whoami", "", b"")).await.unwrap();
    assert_eq!(page.body(), &me);
    stop.send(()).unwrap();
    let last = client.ask(http1::webhook(PATH, &webhook::<StateChange>())).await.unwrap();
    assert_eq!(last.status(), 200);
    assert!(http1::closes(&last) && client.ends().await);
    assert_eq!(server.await.unwrap(), Stopped::default());
}
