//! Receive Tencent Cloud Chat (Tencent IM) webhooks in the axum app that you already have.
//!
//! One line on your router, beside your own routes and with your own state:
//!
//! ```
//! use axum::Router;
//! use axum::routing::get;
//! use tencent_im_webhook_axum::event::official_account::BeforeSendMsg;
//! use tencent_im_webhook_axum::{
//!     BoxError, Context, MessageVerdict, Receiver, RouterExt, SdkAppId, WebhookHandler, async_trait,
//! };
//! # use tencent_im_webhook_testing::{WebhookRequest, send};
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
//!         Ok(match message.msg_body.texts().any(|text| text.contains("http://")) {
//!             true => MessageVerdict::Reject,
//!             false => MessageVerdict::Allow,
//!         })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["the console's token"]).build()?;
//! let app: Router = Router::new()
//!     .route("/health", get(|| async { "ok" }))
//!     .webhook("/im/webhook", receiver, Moderator);
//! # let request = WebhookRequest::of::<BeforeSendMsg>(SdkAppId(1_400_000_000)).token("the console's token");
//! # assert_eq!(send(app, request.to_http("/im/webhook").map(axum::body::Body::new)).await.error_code(), Some(0));
//! # Ok(())
//! # }
//! ```
//!
//! This crate only mounts. The protocol, and the guide to it, are in [`tencent_im_webhook`], all of which is
//! re-exported: one dependency line is enough.
//!
//! # Three ways
//!
//! | | what you write | deadline, panics, hang-ups |
//! | --- | --- | --- |
//! | [`webhook`], [`RouterExt::webhook`] | a [`WebhookHandler`], with a method per command | taken care of |
//! | [`Commands`] | an axum handler per command, with extractors | taken care of |
//! | [`Received`] | any axum handler, for one payload type or every [`Event`] | yours |
//!
//! [`webhook_service`] mounts any other service of [`Call`]s, such as a [`HandlerService`] in tower layers.
//!
//! # Commands
//!
//! Several handlers share a URL, each picked by its payload type, each with the extractors it likes:
//!
//! ```
//! use axum::Router;
//! use axum::extract::State;
//! use tencent_im_webhook_axum::event::{group, state};
//! use tencent_im_webhook_axum::{BoxError, Call, Commands, Receiver, RouterExt};
//!
//! #[derive(Clone)]
//! struct Db;
//!
//! async fn message(State(db): State<Db>, call: Call<group::AfterSendMsg>) -> Result<(), BoxError> {
//!     println!("{} wrote to {}", call.event.from_account, call.event.group_id);
//!     Ok(())
//! }
//!
//! async fn presence(call: Call<state::StateChange>) {
//!     println!("{:?}", call.context.client_ip());
//! }
//!
//! fn app(receiver: Receiver) -> Router {
//!     let commands = Commands::new().on(message).on(presence);
//!     Router::new().webhook_commands("/im/webhook", receiver, commands).with_state(Db)
//! }
//! ```
//!
//! # Layers, state, nesting
//!
//! Layers of your router see HTTP, and what they put into a request's extensions stands in
//! [`Context::extensions`]. Body limit and body deadline are the [`Receiver`]'s:
//! [`DefaultBodyLimit`](axum::extract::DefaultBodyLimit) neither shrinks nor lifts them. A layer that cuts
//! off requests, such as a timeout, cuts off *before* handlers; *after* handlers go on.
//!
//! Mounted routes have any state, and go into [`Router::nest`](axum::Router::nest) and
//! [`merge`](axum::Router::merge) like others. They answer every method themselves.
//!
//! # Shutting down
//!
//! *After* handlers that outlast their request are waited for by [`Receiver::drain`]. Keep a clone of the
//! receiver, and call it after `axum::serve` has returned:
//!
//! ```no_run
//! # async fn serve(app: axum::Router, receiver: tencent_im_webhook_axum::Receiver) -> std::io::Result<()> {
//! # let stop = std::future::pending::<()>();
//! let listener = tokio::net::TcpListener::bind("0.0.0.0:3000").await?;
//! axum::serve(listener, app).with_graceful_shutdown(stop).await?;
//! receiver.drain().await;
//! # Ok(())
//! # }
//! ```
//!
//! # What this crate does not do
//!
//! It has no features, and switches none of axum's on. It has no opinion on paths: axum takes `/im/webhook` and
//! `/im/webhook/` for two, and the console wants the one that you mount.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod commands;
mod extract;
mod handler;
mod mount;
mod response;
mod scene;

pub use commands::Commands;
pub use extract::{Received, Responder};
pub use handler::{CommandHandler, ExtractError};
pub use mount::{RouterExt, webhook, webhook_commands, webhook_service};
pub use response::WebhookResponse;
#[doc(no_inline)]
pub use tencent_im_webhook::*;
