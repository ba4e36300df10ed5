//! `--framework`: the same receiver, mounted in three ways.

use std::convert::Infallible;
use std::fmt;
use std::net::TcpListener;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use clap::ValueEnum;
use http::{Request, Response};
use http_body::Body;
use serde::Serialize;
use tencent_im_webhook::{BoxError, Receiver, WebhookService};
use tencent_im_webhook_axum::RouterExt as _;
use tencent_im_webhook_serve::{Timers, serve};
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::error::{Error, ErrorKind};
#[cfg(feature = "actix")]
use crate::listen::actix;
use crate::listen::address::cannot_listen;
use crate::listen::handler::Answering;
use crate::listen::page::Page;
use crate::listen::site::{Site, WatchedBody};
use crate::listen::watch::Watch;

/// What the receiver is mounted on.
#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(super) enum Framework {
    /// No framework: the tower service, served by hyper.
    Hyper,
    /// An axum router.
    Axum,
    /// An actix-web app.
    Actix,
}

/// What is mounted, whatever on.
#[derive(Debug)]
pub(super) struct Mount {
    pub(super) page: Page,
    pub(super) watch: Watch,
    pub(super) answering: Answering,
    pub(super) receiver: Receiver,
    pub(super) stopping: CancellationToken,
}

impl Framework {
    /// Whether this program has it.
    ///
    /// # Errors
    ///
    /// When it was built without it, with what to do.
    pub(super) fn require_built(self) -> Result<(), Error> {
        match self {
            Self::Hyper | Self::Axum => Ok(()),
            Self::Actix if cfg!(feature = "actix") => Ok(()),
            Self::Actix => Err(Error::new(ErrorKind::Usage, NO_ACTIX)),
        }
    }

    /// Serves until told to stop, then lets open requests and running handlers finish.
    ///
    /// # Errors
    ///
    /// When it cannot begin.
    pub(super) async fn serve(self, listener: TcpListener, mount: Mount) -> Result<(), Error> {
        match self {
            Self::Hyper => {
                let service = WebhookService::new(mount.receiver.clone(), mount.answering.clone());
                serve_service(listener, service, mount).await
            }
            Self::Axum => {
                let router = router(&mount.receiver, &mount.answering);
                serve_service(listener, router, mount).await
            }
            #[cfg(feature = "actix")]
            Self::Actix => actix::serve(listener, mount).await,
            #[cfg(not(feature = "actix"))]
            Self::Actix => self.require_built(),
        }
    }
}

impl fmt::Display for Framework {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hyper => "hyper",
            Self::Axum => "axum",
            Self::Actix => "actix-web",
        })
    }
}

fn router(receiver: &Receiver, answering: &Answering) -> Router {
    Router::new().webhook_service("/", receiver.clone(), answering.clone()).webhook_service(
        "/{*path}",
        receiver.clone(),
        answering.clone(),
    )
}

async fn serve_service<S, R>(listener: TcpListener, webhooks: S, mount: Mount) -> Result<(), Error>
where
    S: Service<Request<WatchedBody>, Response = Response<R>, Error = Infallible, Future: Send>,
    S: Clone + Send + Sync + 'static,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let listener = tokio::net::TcpListener::from_std(listener).map_err(|error| cannot_listen(&error))?;
    let site = Site::new(mount.page, mount.watch, webhooks);
    let server = serve(listener, site.into_service(), mount.receiver).timers(TIMERS);
    server.until(mount.stopping.cancelled_owned()).await;
    Ok(())
}

/// Whoever stops it wants to go on; no load balancer has to notice first.
pub(super) const TIMERS: Timers = Timers {
    head_timeout: Duration::from_secs(10),
    keep_alive: Duration::from_secs(75),
    linger: Duration::ZERO,
    grace: Duration::from_secs(5),
};

const NO_ACTIX: &str =
    "this program was built without actix-web: cargo install tencent-im-webhook-cli --features actix";
