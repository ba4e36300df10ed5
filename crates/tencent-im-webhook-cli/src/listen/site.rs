//! What hyper serves: the page, and the receiver with somebody who watches.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response};
use http_body::Body;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Collected, Full};
use hyper::body::Incoming;
use tencent_im_webhook::BoxError;
use tencent_im_webhook_serve::App;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt as _, service_fn};

use crate::listen::page::{Page, PageBody};
use crate::listen::watch::Watch;

/// What is served: the page at its own path, webhooks at all others.
#[derive(Clone, Debug)]
pub(super) struct Site {
    page: Page,
    watch: Watch,
    webhooks: Webhooks,
}

/// The receiver, mounted in one way or another.
type Webhooks = BoxCloneSyncService<Request<WatchedBody>, Response<AnswerBody>, Infallible>;

/// A request's body, of which the watch sees what is read.
pub(super) type WatchedBody = UnsyncBoxBody<Bytes, BoxError>;

type AnswerBody = UnsyncBoxBody<Bytes, BoxError>;

impl Site {
    /// A site of a page and any service of HTTP requests.
    pub(super) fn new<S, R>(page: Page, watch: Watch, webhooks: S) -> Self
    where
        S: Service<Request<WatchedBody>, Response = Response<R>, Error = Infallible, Future: Send>,
        S: Clone + Send + Sync + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let boxed = |body: R| body.map_err(Into::into).boxed_unsync();
        let webhooks = webhooks.map_response(move |response: Response<R>| response.map(boxed));
        Self { page, watch, webhooks: Webhooks::new(webhooks) }
    }

    /// As a service that can be served.
    pub(super) fn into_service(self) -> impl App {
        service_fn(move |request| self.clone().answer(request).map(Ok::<_, Infallible>))
    }

    async fn answer(self, request: Request<Incoming>) -> Response<PageBody> {
        if Page::is_at(request.uri().path()) {
            return self.page.respond(&request.into_parts().0).await;
        }
        let header = |name| request.headers().get(name).map(HeaderValue::as_bytes);
        let (uri, method) = (request.uri(), request.method());
        let watched = self.watch.begin(method.as_str(), uri.path(), uri.query().unwrap_or_default(), header);
        let draft = watched.draft().clone();
        let (mut head, body) = request.into_parts();
        head.extensions.insert(draft.clone());
        let body = body.map_frame(move |frame| {
            frame.data_ref().inspect(|piece| draft.read(piece));
            frame
        });
        let request = Request::from_parts(head, body.map_err(Into::into).boxed_unsync());
        // Boxed, since the compiler cannot see that the bare future is `Send`.
        let Ok(response) = watched.scope(self.webhooks.oneshot(request).boxed()).await;
        let (mut head, body) = response.into_parts();
        // Our answers are whole before they are sent.
        let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
        let (status, body) = watched.finish(head.status, Some(body)).await;
        head.status = status;
        head.headers.remove(CONTENT_LENGTH);
        Response::from_parts(head, Full::new(body.unwrap_or_default()).boxed_unsync())
    }
}
