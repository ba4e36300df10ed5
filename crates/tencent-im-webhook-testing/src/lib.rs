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
