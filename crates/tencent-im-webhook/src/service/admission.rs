use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{Either, Full};
use tower_layer::Layer;
use tower_service::Service;

use crate::error::BoxError;
use crate::head::Head;
use crate::receiver::Receiver;
use crate::service::shape::Shape;

/// Refuses requests that are no webhooks of ours, and leaves the rest to a service of HTTP requests.
///
/// For handlers of your own that want the check and nothing else. Method, app id, signature and announced
/// length are looked at; the body passes through untouched, and the [`Admission`](crate::Admission) stands in
/// the request's extensions.
///
/// ```
/// use axum::{Extension, Router, routing::post};
/// use tencent_im_webhook::{Admission, AdmissionLayer, Receiver, SdkAppId};
///
/// async fn by_hand(Extension(admission): Extension<Admission>, body: String) -> &'static str {
///     println!("{:?}: {body}", admission.command());
///     r#"{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}"#
/// }
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let app: Router = Router::new().route("/im/webhook", post(by_hand)).layer(AdmissionLayer::new(receiver));
/// # Ok::<_, tencent_im_webhook::BuildError>(())
/// ```
///
/// No deadline, no body limit and no failure policy: that is what [`WebhookLayer`](crate::WebhookLayer) is for.
/// A webhook service inside takes the admission as it is, and checks nothing twice.
#[derive(Clone, Debug)]
pub struct AdmissionLayer {
    receiver: Receiver,
}

impl AdmissionLayer {
    /// A layer that lets through what this receiver admits.
    #[must_use]
    pub fn new(receiver: Receiver) -> Self {
        Self { receiver }
    }
}

impl<S> Layer<S> for AdmissionLayer {
    type Service = AdmissionService<S>;

    fn layer(&self, inner: S) -> AdmissionService<S> {
        AdmissionService { receiver: self.receiver.clone(), inner }
    }
}

/// The service of an [`AdmissionLayer`].
#[derive(Clone, Debug)]
pub struct AdmissionService<S> {
    receiver: Receiver,
    inner: S,
}

impl<S, B, R> Service<http::Request<B>> for AdmissionService<S>
where
    S: Service<http::Request<B>, Response = http::Response<R>>,
    R: Body<Data = Bytes>,
{
    type Response = http::Response<AdmissionBody<R>>;
    type Error = S::Error;
    type Future = AdmissionFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: http::Request<B>) -> Self::Future {
        match self.receiver.admit(&Head::from(&request)) {
            Ok(admission) => {
                request.extensions_mut().insert(admission);
                AdmissionFuture(State::Admitted(Box::pin(self.inner.call(request))))
            }
            Err(rejection) => {
                let response = Shape::of(&request).fit(self.receiver.refuse(&rejection));
                AdmissionFuture(State::Refused(Some(response)))
            }
        }
    }
}

pin_project_lite::pin_project! {
    /// The body of a response of an [`AdmissionService`]: a refusal, or the inner service's.
    #[derive(Debug)]
    pub struct AdmissionBody<R> {
        #[pin]
        body: Either<Full<Bytes>, R>,
    }
}

impl<R> AdmissionBody<R> {
    fn refused(body: Full<Bytes>) -> Self {
        Self { body: Either::Left(body) }
    }

    fn inner(body: R) -> Self {
        Self { body: Either::Right(body) }
    }
}

impl<R> Default for AdmissionBody<R> {
    /// Empty: layers that answer by themselves, such as a timeout, want one.
    fn default() -> Self {
        Self::refused(Full::default())
    }
}

impl<R: Body<Data = Bytes, Error: Into<BoxError>>> Body for AdmissionBody<R> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The future of an [`AdmissionService`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct AdmissionFuture<F>(State<F>);

#[derive(Debug)]
enum State<F> {
    /// Taken when polled.
    Refused(Option<http::Response<Full<Bytes>>>),
    Admitted(Pin<Box<F>>),
}

impl<F, R, E> Future for AdmissionFuture<F>
where
    F: Future<Output = Result<http::Response<R>, E>>,
{
    type Output = Result<http::Response<AdmissionBody<R>>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Refused(response) => match response.take() {
                Some(response) => Poll::Ready(Ok(response.map(AdmissionBody::refused))),
                None => Poll::Pending,
            },
            State::Admitted(inner) => {
                inner.as_mut().poll(cx).map_ok(|response| response.map(AdmissionBody::inner))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::convert::Infallible;
    use std::task::Waker;

    use http_body_util::BodyExt;

    use crate::{Admission, SdkAppId};

    /// Ready when told so. Answers with the app that was admitted.
    #[derive(Clone)]
    struct Inner {
        ready: bool,
    }

    impl Service<http::Request<()>> for Inner {
        type Response = http::Response<Full<Bytes>>;
        type Error = Infallible;
        type Future = std::future::Ready<Result<Self::Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            if self.ready { Poll::Ready(Ok(())) } else { Poll::Pending }
        }

        fn call(&mut self, request: http::Request<()>) -> Self::Future {
            let app = request.extensions().get::<Admission>().unwrap().app();
            std::future::ready(Ok(http::Response::new(app.to_string().into())))
        }
    }

    fn service(ready: bool) -> AdmissionService<Inner> {
        let receiver = Receiver::builder().app_without_signature(SdkAppId(7)).build().unwrap();
        AdmissionLayer::new(receiver).layer(Inner { ready })
    }

    #[tokio::test]
    async fn who_is_admitted_reaches_the_inner_service_and_nobody_else() {
        for (uri, status, text) in [
            ("/?SdkAppid=7", 200, "7"),
            ("/?SdkAppid=8", 401, r#"{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"unauthorized"}"#),
        ] {
            let request = http::Request::post(uri).body(()).unwrap();
            let response = service(true).call(request).await.unwrap();
            assert_eq!(response.status(), status);
            let body = response.into_body();
            assert!(!body.is_end_stream());
            assert_eq!(body.size_hint().exact(), Some(text.len() as u64));
            assert_eq!(body.collect().await.unwrap().to_bytes(), text);
        }
        assert!(AdmissionBody::<Full<Bytes>>::default().is_end_stream());
    }

    #[test]
    fn it_is_ready_when_the_inner_service_is() {
        let mut cx = Context::from_waker(Waker::noop());
        assert!(service(true).poll_ready(&mut cx).is_ready());
        assert!(service(false).poll_ready(&mut cx).is_pending());
    }
}
