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
//! content types; `call.context.raw()` has it without.) They work behind your middleware, and share a [`Receiver`] across workers. Wrong methods are answered
//! by the core too, so mount them without a method.
//!
//! # Where to build
//!
//! Build the receiver and what takes it once, in `main`, and clone them into
//! [`HttpServer::new`](actix_web::HttpServer::new). What is wrong then fails there, with a text that says so: an
//! app without a token, a command with two handlers, a missing runtime. And a [`Webhook`] remembers the runtime
//! of `main`, upon which handlers go on that outlast their request.
//!
//! # Shutdown
//!
//! Handlers of *after* commands are not cut off by the deadline or by a client that hangs up. With a
//! [`Webhook`], let the server stop as it likes, and then wait for the rest:
//! [`Receiver::drain`]. With [`Commands`], whose handlers cannot leave their worker, stop it by
//! [`shut_down`].
//!
//! # Server settings
//!
//! The platform keeps connections open, so give [`keep_alive`](actix_web::HttpServer::keep_alive) 75 seconds or
//! more; the default is 5. [`Logger`](actix_web::middleware::Logger) writes the query by default, and a
//! webhook's query holds its signature: take a format without `%r`.
//!
//! # What this crate does not do
//!
//! It has no protocol of its own, no TLS and no server. It does not pass request extensions on by itself: see
//! [`Webhook::with_extensions`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod commands;
mod convert;
mod extract;
mod guard;
mod mount;
mod respond;
mod shutdown;

pub use commands::{CommandHandler, Commands, ExtractError};
pub use extract::{Received, Refused, resource};
pub use guard::CommandGuard;
pub use mount::Webhook;
pub use respond::{Decided, Replied};
pub use shutdown::shut_down;
/// The core, whole.
pub use tencent_im_webhook;
/// The core's names, as if they were this crate's.
pub use tencent_im_webhook::*;
