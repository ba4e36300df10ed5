//! actix-web underneath: our adapter for it, and the same page.

use std::net::TcpListener;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse};
use futures_util::TryStreamExt as _;
use http_body_util::BodyExt as _;
use tencent_im_webhook_actix::{Webhook, serve as serve_app};
use tencent_im_webhook_serve::PeerAddr;

use crate::error::Error;
use crate::listen::address::cannot_listen;
use crate::listen::framework::{Mount, TIMERS};
use crate::listen::page::{self, Page};
use crate::listen::watch::{Draft, Watch};

/// Serves until asked to stop, then lets open requests and running handlers finish.
pub(super) async fn serve(listener: TcpListener, mount: Mount) -> Result<(), Error> {
    let Mount { page, watch, answering, receiver, stopping } = mount;
    let webhook = Webhook::service(receiver.clone(), answering).with_extensions(|request, extensions| {
        if let Some(draft) = request.extensions().get::<Draft>() {
            extensions.insert(draft.clone());
        }
    });
    let (page, watch) = (Data::new(page), Data::new(watch));
    let app = move || {
        let page_at = [page::PATH.to_owned(), format!("{}/{{rest:.*}}", page::PATH)];
        App::new()
            .app_data(page.clone())
            .app_data(watch.clone())
            .service(web::resource(page_at).to(show))
            .service(webhook.clone().at("/{path:.*}").wrap(from_fn(watched)))
    };
    let server = serve_app(listener, app, receiver).workers(WORKERS).timers(TIMERS);
    let stopped = server.until(stopping.cancelled_owned()).await;
    stopped.map(drop).map_err(|error| cannot_listen(&error))
}

/// Watches a webhook come and go.
async fn watched(
    watch: Data<Watch>,
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let header = |name: &'static str| request.headers().get(name).map(HeaderValue::as_bytes);
    let watched = watch.begin(request.method().as_str(), request.path(), request.query_string(), header);
    let draft = watched.draft().clone();
    request.extensions_mut().insert(draft.clone());
    let body = request.take_payload().inspect_ok(move |piece| draft.read(piece));
    request.set_payload(Payload::Stream { payload: Box::pin(body) });
    let (request, response) = watched.scope(next.call(request)).await?.into_parts();
    let (mut head, body) = response.into_parts();
    let status = http::StatusCode::from_u16(head.status().as_u16()).expect("both crates know the same codes");
    // The adapter's refusals that end a connection have a body that must be sent as it is.
    let (body, as_it_is) = match body.try_into_bytes() {
        Ok(body) => (Some(body), None),
        Err(body) => (None, Some(body)),
    };
    let (status, body) = watched.finish(status, body).await;
    *head.status_mut() = StatusCode::from_u16(status.as_u16()).expect("both crates know the same codes");
    let body = as_it_is.unwrap_or_else(|| body.unwrap_or_default().boxed());
    Ok(ServiceResponse::new(request, head.set_body(body)))
}

/// The page, in the types of actix-web.
async fn show(page: Data<Page>, request: HttpRequest) -> HttpResponse {
    let mut asked = http::Request::builder().method(request.method().as_str()).uri(request.uri().to_string());
    for (name, value) in request.headers() {
        asked = asked.header(name.as_str(), value.as_bytes());
    }
    if let Some(peer) = request.peer_addr() {
        asked = asked.extension(PeerAddr(peer));
    }
    let Ok(asked) = asked.body(()) else { return HttpResponse::BadRequest().finish() };
    let (head, body) = page.respond(&asked.into_parts().0).await.into_parts();
    let status = StatusCode::from_u16(head.status.as_u16()).expect("both crates know the same codes");
    let mut response = HttpResponse::build(status);
    for (name, value) in &head.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    response.streaming(body.into_data_stream())
}

/// Enough for a terminal; actix-web starts one per core otherwise.
const WORKERS: usize = 2;
