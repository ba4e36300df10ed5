//! What extractors look at, on its way past the receiver: the head of the request, and the app's state.

use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, Version};
use tower::Service;

/// Kept in the request's extensions, which reach the handler's [`Context`](crate::Context).
#[derive(Debug)]
pub(crate) struct Scene<S> {
    method: Method,
    uri: Uri,
    version: Version,
    headers: HeaderMap,
    state: S,
}

impl<S> Scene<S> {
    /// Takes what nobody looks at any more once a request is admitted, and copies the rest.
    fn of(request: &mut Request, state: S) -> Self {
        Self {
            method: request.method().clone(),
            uri: mem::take(request.uri_mut()),
            version: request.version(),
            headers: mem::take(request.headers_mut()),
            state,
        }
    }

    pub(crate) fn state(&self) -> &S {
        &self.state
    }

    /// The head as it came, with what outer layers know of it.
    pub(crate) fn parts(&self, cx: &crate::Context) -> Parts {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.method = self.method.clone();
        parts.uri = self.uri.clone();
        parts.version = self.version;
        parts.headers = self.headers.clone();
        parts.extensions = cx.extensions().clone();
        parts
    }
}

impl<S: Send + Sync + 'static> Scene<S> {
    /// That of a webhook; `None` for one that did not come through a [`SetScene`].
    pub(crate) fn in_which(cx: &crate::Context) -> Option<Arc<Self>> {
        cx.extensions().get::<Arc<Self>>().cloned()
    }
}

/// Sets the scene for admitted requests.
#[derive(Clone, Debug)]
pub(crate) struct SetScene<T, S> {
    pub(crate) inner: T,
    pub(crate) state: S,
}

impl<T, S> Service<Request> for SetScene<T, S>
where
    T: Service<Request>,
    S: Clone + Send + Sync + 'static,
{
    type Response = T::Response;
    type Error = T::Error;
    type Future = T::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> T::Future {
        let scene = Scene::of(&mut request, self.state.clone());
        request.extensions_mut().insert(Arc::new(scene));
        self.inner.call(request)
    }
}
