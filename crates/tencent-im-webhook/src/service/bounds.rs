use tower_service::Service;

use crate::context::Call;
use crate::error::BoxError;
use crate::reply::Reply;

/// A service that answers [`Call`]s with [`Reply`]s: what stands inside of a
/// [`WebhookService`](crate::WebhookService).
///
/// A name for the bounds, implemented by everything that meets them: a
/// [`HandlerService`](crate::HandlerService), a [`CommandRouter`](crate::CommandRouter), and tower layers
/// around one that leave request and response as they are.
///
/// ```
/// use tencent_im_webhook::{CallService, HandlerService, WebhookHandler};
/// use tower::ServiceBuilder;
///
/// struct App;
/// impl WebhookHandler for App {}
///
/// /// A name for a type that nobody wants to write.
/// fn typed_side() -> impl CallService {
///     ServiceBuilder::new().concurrency_limit(64).service(HandlerService::new(App))
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not answer webhooks",
    label = "expected a service from `Call` to `Reply`",
    note = "wrap a `WebhookHandler` as `HandlerService::new(handler)`, or use a `CommandRouter`",
    note = "a layer inside of the `WebhookLayer` must leave `Call` and `Reply` as they are, be `Send`, and fail \
            with an error that converts to `BoxError`; layers for HTTP go outside",
    note = "a service that is not `Clone`, such as one with a rate limit, goes behind `.buffer(n)`"
)]
pub trait CallService:
    Service<Call, Response = Reply, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static
{
}

impl<S> CallService for S where
    S: Service<Call, Response = Reply, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static
{
}
