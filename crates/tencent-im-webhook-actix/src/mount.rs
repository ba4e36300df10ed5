use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use actix_web::dev::Handler;
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, ready};
use http::Extensions;
use tencent_im_webhook::{
    Admission, Answer, BoxError, CallService, HandlerService, Receiver, WebhookHandler, WebhookService,
};
use tokio::runtime::Handle;

use crate::convert::{PayloadBody, Shape, head};

/// Webhooks as a service of an actix-web app: a [`WebhookHandler`], or any tower service of calls.
///
/// Build it once, in `main`, and clone it into the app of each worker:
///
/// ```no_run
/// use actix_web::{App, HttpServer};
/// use tencent_im_webhook_actix::{Receiver, SdkAppId, Webhook, WebhookHandler};
///
/// struct Bot;
/// impl WebhookHandler for Bot {}
///
/// #[actix_web::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["the console's token"]).build()?;
///     let webhook = Webhook::new(receiver.clone(), Bot);
///     HttpServer::new(move || App::new().service(webhook.clone().at("/im/webhook")))
///         .bind("127.0.0.1:8080")?
///         .run()
///         .await?;
///     receiver.drain().await;
///     Ok(())
/// }
/// ```
///
/// Each worker has a runtime of its own, and what runs there ends with the worker. A handler that outlasts its
/// request goes on upon the runtime that was current when the `Webhook` was built, which is why it is built
/// in `main`, and why [`drain`](Receiver::drain) after the server has stopped waits for all of them. Under
/// `#[actix_web::main]` that is one thread; take `#[tokio::main]` if such handlers compute for long.
///
/// It is a [`Handler`] as well, to be put where a path alone is too little: see [`at`](Self::at).
pub struct Webhook<S> {
    service: WebhookService<S>,
    runtime: Handle,
    extend: Option<Extend>,
}

type Extend = Arc<dyn Fn(&HttpRequest, &mut Extensions) + Send + Sync>;

impl<H: WebhookHandler> Webhook<HandlerService<H>> {
    /// Answers with a handler: a type of yours, an `Arc` of it, or an `Arc<dyn WebhookHandler>`.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use tencent_im_webhook_actix::{Receiver, SdkAppId, Webhook, WebhookHandler};
    ///
    /// # struct Bot;
    /// # impl WebhookHandler for Bot {}
    /// # #[actix_web::main]
    /// # async fn main() -> Result<(), tencent_im_webhook_actix::BuildError> {
    /// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
    /// let handler: Arc<dyn WebhookHandler> = Arc::new(Bot);
    /// let webhook = Webhook::new(receiver, handler);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime. Every `main` of an actix-web app has one.
    #[must_use]
    #[track_caller]
    pub fn new(receiver: Receiver, handler: H) -> Self {
        Self::service(receiver, HandlerService::new(handler))
    }
}

impl<S: CallService> Webhook<S> {
    /// Answers with a service of calls, such as a [`CommandRouter`](tencent_im_webhook::CommandRouter), or
    /// tower layers around one.
    ///
    /// ```
    /// use tencent_im_webhook_actix::{HandlerService, Receiver, SdkAppId, Webhook, WebhookHandler};
    /// use tower::ServiceBuilder;
    ///
    /// # struct Bot;
    /// # impl WebhookHandler for Bot {}
    /// # #[actix_web::main]
    /// # async fn main() -> Result<(), tencent_im_webhook_actix::BuildError> {
    /// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
    /// let busy = ServiceBuilder::new().concurrency_limit(64).service(HandlerService::new(Bot));
    /// let webhook = Webhook::service(receiver, busy);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime. Every `main` of an actix-web app has one.
    #[must_use]
    #[track_caller]
    #[expect(clippy::panic, reason = "documented, and seen at the start of the program")]
    pub fn service(receiver: Receiver, service: S) -> Self {
        let Ok(runtime) = Handle::try_current() else {
            panic!("a `Webhook` is built in a runtime: under `#[actix_web::main]`, before `HttpServer::new`")
        };
        Self { service: WebhookService::new(receiver, service), runtime, extend: None }
    }

    /// Gives handlers what your middleware knows, as [`Context::extensions`](tencent_im_webhook::Context::extensions).
    ///
    /// A request's own extensions stay behind: those of actix-web belong to one thread and cannot be cloned,
    /// and a handler may outlast both. Pick the values that it needs, from extensions, app data or headers:
    ///
    /// ```
    /// use actix_web::{HttpMessage, web};
    /// # use tencent_im_webhook_actix::{Receiver, SdkAppId, Webhook, WebhookHandler};
    /// # #[derive(Clone)]
    /// # struct TraceId(u64);
    /// # struct Db;
    /// # struct Bot;
    /// # impl WebhookHandler for Bot {}
    ///
    /// # #[actix_web::main]
    /// # async fn main() {
    /// # let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build().unwrap();
    /// let webhook = Webhook::new(receiver, Bot).with_extensions(|request, extensions| {
    ///     if let Some(id) = request.extensions().get::<TraceId>() {
    ///         extensions.insert(id.clone());
    ///     }
    ///     if let Some(db) = request.app_data::<web::Data<Db>>() {
    ///         extensions.insert(db.clone());
    ///     }
    /// });
    /// # }
    /// ```
    ///
    /// Called for admitted requests only. A second one replaces the first.
    #[must_use]
    pub fn with_extensions<F>(self, extend: F) -> Self
    where
        F: Fn(&HttpRequest, &mut Extensions) + Send + Sync + 'static,
    {
        Self { extend: Some(Arc::new(extend)), ..self }
    }

    /// The receiver, for instance to [`drain`](Receiver::drain) it at shutdown.
    #[must_use]
    pub fn receiver(&self) -> &Receiver {
        self.service.receiver()
    }

    /// A resource of an app or a scope. For several paths, or a resource of your own, it is a handler as well:
    ///
    /// ```
    /// use actix_web::{App, middleware::Logger, web};
    /// # use tencent_im_webhook_actix::{Receiver, SdkAppId, Webhook, WebhookHandler};
    /// # struct Bot;
    /// # impl WebhookHandler for Bot {}
    ///
    /// # #[actix_web::main]
    /// # async fn main() {
    /// # let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build().unwrap();
    /// # let webhook = Webhook::new(receiver, Bot);
    /// let app = App::new()
    ///     .service(web::scope("/im").service(webhook.clone().at("/webhook").wrap(Logger::new("%s %T"))))
    ///     .service(web::resource(["/old/webhook", "/old/webhook/"]).to(webhook));
    /// # }
    /// ```
    ///
    /// It takes every method, since the core answers the wrong ones too. Add middleware with
    /// [`wrap`](Resource::wrap). A [`Logger`](actix_web::middleware::Logger) with its default format writes
    /// queries, and a webhook's query holds its signature.
    pub fn at(self, path: &str) -> Resource {
        web::resource(path).to(self)
    }

    /// What the user's function gives the handler; its panic is a failure like a handler's.
    fn extensions_of(&self, request: &HttpRequest) -> Result<Extensions, BoxError> {
        let mut extensions = Extensions::new();
        if let Some(extend) = &self.extend {
            catch_unwind(AssertUnwindSafe(|| extend(request, &mut extensions)))
                .map_err(|_| "the function of `with_extensions` panicked")?;
        }
        Ok(extensions)
    }
}

impl<S: CallService> Handler<(HttpRequest, web::Payload)> for Webhook<S> {
    type Output = HttpResponse;
    type Future = LocalBoxFuture<'static, HttpResponse>;

    // What can be done at once is: a future that holds it would be over a kilobyte, which allocators search for.
    fn call(&self, (request, payload): (HttpRequest, web::Payload)) -> Self::Future {
        let shape = Shape::of(request.head());
        let body = PayloadBody::new(payload.into_inner());
        let admission = match self.receiver().admit(&head(request.head())) {
            Ok(admission) => admission,
            Err(rejection) => {
                let answer = self.receiver().refuse(&rejection);
                return Box::pin(ready(shape.fit(&answer, body)));
            }
        };
        let unread = body.clone();
        match self.extensions_of(&request) {
            Ok(extensions) => {
                let admission = admission.with_extensions(extensions);
                let answer = self.service.clone().deliver_on(self.runtime.clone(), admission, body);
                Box::pin(answer.map(move |answer| shape.fit(&answer, unread)))
            }
            Err(panicked) => {
                let answer = answer_failure(self.receiver().clone(), admission, body, panicked);
                Box::pin(answer.map(move |answer| shape.fit(&answer, unread)))
            }
        }
    }
}

/// Reads the body, which the failure policy may need.
async fn answer_failure(
    receiver: Receiver,
    admission: Admission,
    body: PayloadBody,
    failure: BoxError,
) -> Answer {
    match receiver.receive(admission, body).await {
        Ok(call) => receiver.conclude(&call.context, Err(failure)),
        Err(rejection) => receiver.refuse(&rejection),
    }
}

impl<S: Clone> Clone for Webhook<S> {
    fn clone(&self) -> Self {
        Self { service: self.service.clone(), runtime: self.runtime.clone(), extend: self.extend.clone() }
    }
}

impl<S> fmt::Debug for Webhook<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").finish_non_exhaustive()
    }
}
