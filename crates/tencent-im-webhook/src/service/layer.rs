use tower_layer::Layer;

use crate::receiver::Receiver;
use crate::service::{CallService, WebhookService};

/// Turns a service of [`Call`](crate::Call)s into one of HTTP requests.
///
/// Layers outside of it see HTTP, those inside see typed webhooks:
///
/// ```
/// use tencent_im_webhook::{HandlerService, Receiver, SdkAppId, WebhookHandler, WebhookLayer};
/// use tower::ServiceBuilder;
///
/// struct App;
/// impl WebhookHandler for App {}
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let service = ServiceBuilder::new()
///     .layer(WebhookLayer::new(receiver))
///     .service(HandlerService::new(App));
/// # let _: axum::Router = axum::Router::new().route_service("/im/webhook", service);
/// # Ok::<_, tencent_im_webhook::BuildError>(())
/// ```
#[derive(Clone, Debug)]
pub struct WebhookLayer {
    receiver: Receiver,
}

impl WebhookLayer {
    /// A layer that receives what this receiver admits.
    ///
    /// ```
    /// use tencent_im_webhook::{HandlerService, Receiver, SdkAppId, WebhookHandler, WebhookLayer};
    /// use tower::Layer;
    ///
    /// struct App;
    /// impl WebhookHandler for App {}
    ///
    /// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
    /// let service = WebhookLayer::new(receiver).layer(HandlerService::new(App));
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    #[must_use]
    pub fn new(receiver: Receiver) -> Self {
        Self { receiver }
    }
}

impl<S: CallService> Layer<S> for WebhookLayer {
    type Service = WebhookService<S>;

    fn layer(&self, inner: S) -> WebhookService<S> {
        WebhookService::new(self.receiver.clone(), inner)
    }
}
