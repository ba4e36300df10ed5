use std::convert::Infallible;
use std::mem;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Body;
use http_body_util::Full;
use tokio::runtime::Handle;
use tower_service::Service;

use crate::context::Call;
use crate::error::{BoxError, Rejection};
use crate::head::Head;
use crate::receiver::{Admission, Receiver};
use crate::reply::{Answer, Reply};
use crate::service::deliver::Deliver;
use crate::service::shape::Shape;
use crate::service::spawn::{Here, Local, On};
use crate::service::{CallService, ResponseFuture};

/// Receives webhooks over HTTP and hands them to a service of [`Call`]s, such as a
/// [`HandlerService`](crate::HandlerService) in any number of tower layers.
///
/// Always ready: the inner service's readiness is awaited for each webhook, under its deadline, so that
/// overload and back-pressure are answered by the [`FailurePolicy`](crate::FailurePolicy) too. The path of
/// a request is not looked at; that is the router's business.
///
/// ```
/// use tencent_im_webhook::{HandlerService, Receiver, SdkAppId, WebhookHandler, WebhookService};
/// use tower::ServiceExt;
///
/// struct App;
/// impl WebhookHandler for App {}
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), tencent_im_webhook::BoxError> {
/// let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
/// let service = WebhookService::new(receiver, HandlerService::new(App));
///
/// let request = http::Request::post("/?SdkAppid=1&CallbackCommand=State.StateChange").body(String::from("{}"))?;
/// let response = service.oneshot(request).await?;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// Outside a tokio runtime with time enabled, where a body has to be waited for or an event is to be handled. A decision
/// that has to be waited for fails there, as if its handler had panicked.
#[derive(Clone, Debug)]
pub struct WebhookService<S> {
    receiver: Receiver,
    inner: S,
}

impl<S> WebhookService<S> {
    /// A service that receives what this receiver admits.
    ///
    /// ```
    /// use tencent_im_webhook::event::group::AfterSendMsg;
    /// use tencent_im_webhook::{Call, CommandRouter, Receiver, SdkAppId, WebhookService};
    ///
    /// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
    /// let router = CommandRouter::new().on(|call: Call<AfterSendMsg>| async move {
    ///     println!("{}", call.event.group_id);
    /// });
    /// let service = WebhookService::new(receiver, router);
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    #[must_use]
    pub fn new(receiver: Receiver, inner: S) -> Self
    where
        S: CallService,
    {
        Self { receiver, inner }
    }

    /// The same around a service that cannot leave its thread: for [`deliver_local`](Self::deliver_local).
    #[must_use]
    pub fn local(receiver: Receiver, inner: S) -> Self
    where
        S: Service<Call, Response = Reply, Error: Into<BoxError>>,
    {
        Self { receiver, inner }
    }

    /// The receiver, for instance to [`drain`](Receiver::drain) it at shutdown.
    ///
    /// ```
    /// # use tencent_im_webhook::WebhookService;
    /// async fn shut_down<S>(service: WebhookService<S>) {
    ///     service.receiver().drain().await;
    /// }
    /// ```
    #[must_use]
    pub fn receiver(&self) -> &Receiver {
        &self.receiver
    }
}

/// The whole service but for the types of HTTP: for adapters to frameworks that have their own.
impl<S> WebhookService<S> {
    /// Reads and decodes the body of an admitted request, and answers it.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http_body_util::Full;
    /// use tencent_im_webhook::{Answer, CommandRouter, Head, WebhookService};
    ///
    /// /// The whole of an adapter to a server that has its own types for requests and responses.
    /// async fn answer(service: WebhookService<CommandRouter>, query: &str, body: Bytes) -> Answer {
    ///     let head = Head::new("POST", query).content_length(body.len() as u64);
    ///     match service.receiver().admit(&head) {
    ///         Ok(admission) => service.deliver(admission, Full::new(body)).await,
    ///         Err(rejection) => service.receiver().refuse(&rejection),
    ///     }
    /// }
    /// ```
    pub fn deliver<B>(self, admission: Admission, body: B) -> impl Future<Output = Answer>
    where
        S: CallService,
        B: Body<Error: Into<BoxError>>,
    {
        Deliver::new(self.inner, admission.by(self.receiver), body, Here)
    }

    /// The same, where handlers that outlast their request go on upon another runtime: one that is still
    /// there when the serving one stops.
    pub fn deliver_on<B>(self, runtime: Handle, admission: Admission, body: B) -> impl Future<Output = Answer>
    where
        S: CallService,
        B: Body<Error: Into<BoxError>>,
    {
        Deliver::new(self.inner, admission.by(self.receiver), body, On(runtime))
    }

    /// The same for a service that cannot leave its thread.
    ///
    /// # Panics
    ///
    /// Outside a tokio `LocalSet`, for any *after* webhook: it runs in a task of its own.
    pub fn deliver_local<B>(self, admission: Admission, body: B) -> impl Future<Output = Answer>
    where
        S: Service<Call, Response = Reply, Error: Into<BoxError>> + 'static,
        B: Body<Error: Into<BoxError>>,
    {
        Deliver::new(self.inner, admission.by(self.receiver), body, Local)
    }
}

impl<S, B> Service<http::Request<B>> for WebhookService<S>
where
    S: CallService,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    type Response = http::Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: http::Request<B>) -> ResponseFuture {
        let shape = Shape::of(&request);
        match admit(&self.receiver, &mut request) {
            Ok(admission) => {
                let (service, body) = (self.inner.clone(), request.into_body());
                ResponseFuture::admitted(shape, || Deliver::new(service, admission, body, Here))
            }
            Err(rejection) => ResponseFuture::refused(shape, self.receiver.refuse(&rejection)),
        }
    }
}

/// Admits a request, unless an outer [`AdmissionLayer`](crate::AdmissionLayer) has done so, and takes its extensions.
fn admit<B>(receiver: &Receiver, request: &mut http::Request<B>) -> Result<Admission, Rejection> {
    let outer = request.extensions_mut().remove::<Admission>();
    let mut admitted = match outer {
        // One of another receiver may be for an app that is none of ours.
        Some(admission) if admission.is_of(receiver) => Ok(admission),
        Some(_) | None => receiver.admit(&Head::from(&*request)),
    };
    if let Ok(admission) = &mut admitted {
        admission.set_extensions(mem::take(request.extensions_mut()));
    }
    admitted
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::{CommandRouter, HandlerService, SdkAppId, WebhookHandler};

    struct App;

    impl WebhookHandler for App {}

    /// Common allocators hand out a kilobyte at once, and search for more.
    #[test]
    fn what_is_boxed_for_each_request_is_small() {
        fn boxed<S: CallService>(service: S) -> usize {
            let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build().unwrap();
            let admission = receiver.admit(&Head::new("POST", "SdkAppid=1")).unwrap();
            size_of_val(&WebhookService::new(receiver, service).deliver(admission, Full::<Bytes>::default()))
        }
        for size in [boxed(HandlerService::new(App)), boxed(CommandRouter::new())] {
            assert!(size <= 1024, "{size}");
        }
    }
}
