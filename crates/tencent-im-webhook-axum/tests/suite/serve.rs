//! The app on a port: what `serve` adds to it, and that routes of the app's own have it too.

use axum::routing::get;
use axum::{Extension, Router};
use tencent_im_webhook_axum::event::state::StateChange;
use tencent_im_webhook_axum::{PeerAddr, RouterExt, Stopped, WebhookHandler, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
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

    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET /whoami HTTP/1.1\r\nhost: h\r\n\r\n").await.unwrap();
    let me = client.local_addr().unwrap().to_string();
    let mut text = String::new();
    while !text.ends_with(&me) {
        text.push(client.read_u8().await.unwrap().into());
    }
    stop.send(()).unwrap();
    let sent = webhook::<StateChange>();
    let (query, body) = (sent.query(), sent.body_bytes());
    let head = format!("POST {PATH}?{query} HTTP/1.1\r\nhost: h\r\ncontent-length: {}\r\n\r\n", body.len());
    client.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let mut last = String::new();
    client.read_to_string(&mut last).await.unwrap();
    assert!(last.starts_with("HTTP/1.1 200") && last.contains("connection: close"), "{last}");
    assert_eq!(server.await.unwrap(), Stopped::default());
}
