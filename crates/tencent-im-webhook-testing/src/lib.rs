//! Test webhook handlers without a platform, a network or a clock.
//!
//! A request is built as the platform builds it, sent to any service of HTTP requests, and its answer
//! read as the platform reads it:
//!
//! ```
//! use tencent_im_webhook::event::official_account::BeforeSendMsg;
//! use tencent_im_webhook::{
//!     BoxError, Context, HandlerService, MessageVerdict, Receiver, SdkAppId, WebhookHandler, WebhookService,
//!     async_trait,
//! };
//! use tencent_im_webhook_testing::{WebhookRequest, send};
//!
//! struct Quiet;
//!
//! #[async_trait]
//! impl WebhookHandler for Quiet {
//!     async fn official_account_before_send_msg(
//!         &self,
//!         _: &Context,
//!         _: BeforeSendMsg,
//!     ) -> Result<MessageVerdict, BoxError> {
//!         Ok(MessageVerdict::Reject)
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let app = SdkAppId(1_400_000_000);
//! let receiver = Receiver::builder().app(app, ["secret"]).build().unwrap();
//! let service = WebhookService::new(receiver, HandlerService::new(Quiet));
//!
//! let request = WebhookRequest::of::<BeforeSendMsg>(app).token("secret");
//! let answer = send(service, request.to_http("/im/webhook")).await;
//! assert_eq!(answer.error_code(), Some(1));
//! # }
//! ```
//!
//! Three things to know:
//!
//! - [`payload`] makes the argument of a handler's method, to be changed and handed over.
//! - [`WebhookRequest`] makes a whole request and [`send`] hands it to a service, signature and all.
//! - [`Fixture`]s are bodies as documented, one per command and one per quirk of the platform: see
//!   [`fixtures`].
//!
//! # One method
//!
//! Without a service around it, a handler's method is a function of a context and a payload. [`call`] makes both:
//!
//! ```
//! # use tencent_im_webhook::event::official_account::BeforeSendMsg;
//! # use tencent_im_webhook::{BoxError, Context, MessageVerdict, MsgElement, WebhookHandler, async_trait};
//! # use tencent_im_webhook_testing::{call, payload};
//! # struct Moderator;
//! # #[async_trait]
//! # impl WebhookHandler for Moderator {
//! #     async fn official_account_before_send_msg(
//! #         &self,
//! #         _: &Context,
//! #         message: BeforeSendMsg,
//! #     ) -> Result<MessageVerdict, BoxError> {
//! #         Ok(match message.msg_body.texts().any(|text| text.contains("http://")) {
//! #             true => MessageVerdict::Reject,
//! #             false => MessageVerdict::Allow,
//! #         })
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let mut message: BeforeSendMsg = payload();
//! message.msg_body = vec![MsgElement::text("http://example.com")].into();
//! let asked = call(message);
//! let verdict = Moderator.official_account_before_send_msg(&asked.context, asked.event).await?;
//! assert_eq!(verdict, MessageVerdict::Reject);
//! # Ok(())
//! # }
//! ```
//!
//! # Lateness, without waiting
//!
//! The deadline is counted in tokio's time, and with the feature `test-util` of tokio that stands still until
//! everybody waits. So a handler that never answers is tested in no time:
//!
//! ```
//! # use std::time::Duration;
//! # use tencent_im_webhook::event::c2c::BeforeSendMsg;
//! # use tencent_im_webhook::{Call, CommandRouter, MessageVerdict, Receiver, SdkAppId, WebhookService};
//! # use tencent_im_webhook_testing::{WebhookRequest, send};
//! // In a test: `#[tokio::test(start_paused = true)]`.
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), tencent_im_webhook::BoxError> {
//! # const APP: SdkAppId = SdkAppId(1);
//! let slow = CommandRouter::new().on(|_: Call<BeforeSendMsg>| std::future::pending::<MessageVerdict>());
//! let receiver = Receiver::builder().app(APP, ["secret"]).deadline(Duration::from_secs(1)).build()?;
//! let request = WebhookRequest::of::<BeforeSendMsg>(APP).token("secret").to_http("/");
//!
//! let started = tokio::time::Instant::now();
//! let answer = send(WebhookService::new(receiver, slow), request).await;
//! assert_eq!(answer.status(), 503);
//! assert_eq!(started.elapsed(), Duration::from_secs(1));
//! # Ok(())
//! # }
//! ```
//!
//! # What goes wrong
//!
//! | you want | write |
//! | --- | --- |
//! | a forged signature | [`token`](WebhookRequest::token) with another token |
//! | a stale one, or one of the future | [`token_at`](WebhookRequest::token_at) |
//! | a new command | [`WebhookRequest::new`] with `Command::from("…")` |
//! | a body that does not fit | [`body`](WebhookRequest::body) |
//! | what the platform is known to send | every one of [`fixtures`] |
//!
//! # What this crate does not do
//!
//! It opens no socket: to try a server that runs, there is the program `imhook`. Nor does it check what your handler
//! decides against the console's own settings.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod fixture;
mod request;
mod send;

pub use call::call;
pub use fixture::{Fixture, fixture, fixtures, payload};
pub use request::WebhookRequest;
pub use send::{Answered, send};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
