//! The frameworks alone: what is left to read the body and to answer a constant.

use std::net::TcpListener;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};

use crate::servers::{OK, PATH, on_runtime};

const JSON: &str = "application/json";

pub(super) async fn hyper(listener: TcpListener) -> anyhow::Result<()> {
    serve(listener, service_fn(constant)).await
}

async fn constant(request: hyper::Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, hyper::Error> {
    let _body = request.into_body().collect().await?.to_bytes();
    let response = hyper::Response::builder().header(CONTENT_TYPE, JSON).body(Full::from(OK));
    Ok(response.expect("a constant is a response"))
}

/// hyper with a service, in the way of its own examples.
pub(super) async fn serve<S>(listener: TcpListener, service: S) -> anyhow::Result<()>
where
    S: HttpService<Incoming, ResBody = Full<Bytes>, Future: Send> + Clone + Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let listener = on_runtime(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service.clone());
        tokio::spawn(connection);
    }
}

pub(super) fn axum() -> Router {
    Router::new().route(PATH, post(async |_body: Bytes| ([(CONTENT_TYPE, JSON)], OK)))
}

pub(super) fn actix(routes: &mut ServiceConfig) {
    async fn constant(_body: web::Bytes) -> HttpResponse {
        HttpResponse::Ok().content_type(JSON).body(OK)
    }
    routes.route(PATH, web::post().to(constant));
}
