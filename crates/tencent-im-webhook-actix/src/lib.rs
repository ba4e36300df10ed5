//! Receive [Tencent Cloud Chat](https://www.tencentcloud.com/products/im) (Tencent IM) webhooks in the
//! actix-web app that you already run.
//!
//! ```
//! use actix_web::{App, test};
//! use tencent_im_webhook_actix::event::official_account::BeforeSendMsg;
//! use tencent_im_webhook_actix::{
//!     BoxError, Context, MessageVerdict, Receiver, SdkAppId, Webhook, WebhookHandler, async_trait,
//! };
//! use tencent_im_webhook_testing::WebhookRequest;
//!
//! struct Moderator;
//!
//! #[async_trait]
//! impl WebhookHandler for Moderator {
//!     async fn official_account_before_send_msg(
//!         &self,
//!         _: &Context,
//!         message: BeforeSendMsg,
//!     ) -> Result<MessageVerdict, BoxError> {
//!         Ok(match message.msg_body.is_empty() {
//!             true => MessageVerdict::Discard,
//!             false => MessageVerdict::Allow,
//!         })
//!     }
//! }
//!
//! # #[actix_web::main]
//! # async fn main() -> Result<(), tencent_im_webhook_actix::BuildError> {
//! const APP: SdkAppId = SdkAppId(1_400_000_000);
//!
//! let receiver = Receiver::builder().app(APP, ["the console's token"]).build()?;
//! let webhook = Webhook::new(receiver, Moderator);
//! let app = test::init_service(App::new().service(webhook.at("/im/webhook"))).await;
//!
//! let sent = WebhookRequest::of::<BeforeSendMsg>(APP).token("the console's token");
//! let request = test::TestRequest::post()
//!     .uri(&format!("/im/webhook?{}", sent.query()))
//!     .set_payload(sent.body_bytes().clone());
//! let response = test::call_service(&app, request.to_request()).await;
//! assert_eq!(response.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! All of the protocol is in [`tencent_im_webhook`], the core, which stands here under the same names: one
//! dependency is enough. Its guide tells how to answer, who may ask, and what happens when something goes
//! wrong. None of that differs between frameworks.
//!
//! # Three ways in
//!
//! | | you write | state comes from | deadline, panics, failures |
//! | --- | --- | --- | --- |
//! | [`Webhook`] | a [`WebhookHandler`], or a tower service | the handler's own fields | the core's |
//! | [`Commands`] | a native actix-web handler per command | any extractor | the core's |
//! | [`Received`] | handlers and routes of your own | any extractor | yours |
//!
//! All three admit a request from its head, before its body is read, and read bodies up to the receiver's own
//! limit and deadline: the app's [`PayloadConfig`](actix_web::web::PayloadConfig) neither shrinks nor lifts
//! them. (Extractors of the body in a handler of [`Commands`] get it once more, with their own limits and
//! content types; `call.context.raw()` has it without.) They work behind your middleware, and share a [`Receiver`]
//! across workers. Wrong methods are answered by the core too, so mount them without a method.
//!
//! # Where to build
//!
//! Build the receiver and what takes it once, in `main`, and clone them into
//! [`HttpServer::new`](actix_web::HttpServer::new). What is wrong then fails there, with a text that says so: an
//! app without a token, a command with two handlers, a missing runtime. And a [`Webhook`] remembers the runtime
//! of `main`, upon which handlers go on that outlast their request.
//!
//! # Testing
//!
//! As above, with [`mod@actix_web::test`] and a request of the crate `tencent-im-webhook-testing`: its `query()` goes
//! behind the path, its `body_bytes()` is the payload.
//!
//! # Serving and stopping
//!
//! [`serve`] runs a server as webhooks want it, and stops it without losing one:
//!
//! ```no_run
//! # use actix_web::App;
//! # use tencent_im_webhook_actix::{Receiver, Webhook, WebhookHandler};
//! use std::net::TcpListener;
//!
//! use tencent_im_webhook_actix::serve;
//!
//! # struct Bot;
//! # impl WebhookHandler for Bot {}
//! # async fn run(receiver: Receiver) -> std::io::Result<()> {
//! let webhook = Webhook::new(receiver.clone(), Bot);
//! let listener = TcpListener::bind("0.0.0.0:8080")?;
//! let stopped = serve(listener, move || App::new().service(webhook.clone().at("/im/webhook")), receiver).await?;
//! println!("{stopped}");
//! # Ok(())
//! # }
//! ```
//!
//! It keeps idle connections for 75 seconds, as the platform likes it, where actix-web's default is 5; gives the
//! first head of a connection 10 seconds; and at SIGTERM or Ctrl-C lets everybody have an answer that says
//! `Connection: close` before it closes anything. actix-web by itself drops the requests that are on their way over
//! idle connections, and *after* handlers that outlast their requests.
//!
//! A connection stays with its worker: a handler that blocks its thread holds up all requests of all connections
//! that the worker has, past every deadline, where other servers would take another thread. Such work belongs into
//! [`web::block`](actix_web::web::block).
//!
//! With a server of your own: wait for those of a [`Webhook`] by [`Receiver::drain`] when it has stopped; and stop
//! one with [`Commands`], whose handlers cannot leave their worker, by [`shut_down`].
//!
//! [`Logger`](actix_web::middleware::Logger) writes the query by default, and a webhook's query holds its
//! signature: take a format without `%r`.
//!
//! # If you know the adapter for axum
//!
//! The same names mean the same: [`Commands`], [`CommandHandler`], [`Received`], [`ExtractError`], [`serve`]. What
//! differs follows from the framework:
//!
//! | `tencent-im-webhook-axum` | here | since |
//! | --- | --- | --- |
//! | `router.webhook(path, receiver, handler)` | `Webhook::new(receiver, handler).at(path)` | each worker has an app of its own, made of what is cloned into it |
//! | `router.webhook_commands(path, receiver, Commands::new())` | `Commands::new(receiver).at(path)` | the same |
//! | `Commands::layer` | [`Webhook::service`] | what tower's layers hold is sent between threads, and handlers of [`Commands`] stay on theirs |
//! | a `Receiver` in the router's state | [`resource`], or a `web::Data<Receiver>` | the type of an app does not tell its data |
//! | `Received { call, responder, .. }`; `answer(..)`, `reply(..)` | `Received(call)`; [`Decided`], [`Replied`] | a [`Responder`](actix_web::Responder) is shown the request, and so finds what it answers |
//! | `WebhookResponse` as an extractor's rejection | [`Refused`] | an extractor's rejection is an [error](actix_web::ResponseError) |
//! | `PeerAddr` | [`HttpRequest::peer_addr`](actix_web::HttpRequest::peer_addr) | the framework has it |
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `metrics` | no | [the core's](tencent_im_webhook#what-operators-see) counters and histograms |
//!
//! # What this crate does not do
//!
//! It has no protocol of its own and no TLS. actix-web has no timer for heads after the first of a connection, so
//! have a proxy with one in front. It does not pass request extensions on by itself: see
//! [`Webhook::with_extensions`].

#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod commands;
mod convert;
mod extract;
mod guard;
mod mount;
mod respond;
mod serve;
mod shutdown;

pub use commands::{CommandHandler, Commands};
pub use extract::{Received, Refused, resource};
pub use guard::CommandGuard;
pub use mount::Webhook;
pub use respond::{Decided, Replied};
pub use serve::{Serve, serve};
pub use shutdown::shut_down;
#[doc(no_inline)]
pub use tencent_im_webhook::*;
#[doc(no_inline)]
pub use tencent_im_webhook_serve::{Stopped, Timers, asked_to_stop};
