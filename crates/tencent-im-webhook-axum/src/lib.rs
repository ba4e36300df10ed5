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
//! # assert_eq!(send(app, request.to_http("/im/webhook")).await.error_code(), Some(0));
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
//! # Testing
//!
//! A router is a service, so it is tested in memory, with all of its layers, by what the crate
//! `tencent-im-webhook-testing` makes and signs:
//!
//! ```
//! use axum::Router;
//! use tencent_im_webhook_axum::event::official_account::BeforeSendMsg;
//! use tencent_im_webhook_axum::{Receiver, RouterExt, SdkAppId, WebhookHandler};
//! use tencent_im_webhook_testing::{WebhookRequest, send};
//!
//! struct Quiet;
//! impl WebhookHandler for Quiet {}
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), tencent_im_webhook_axum::BuildError> {
//! const APP: SdkAppId = SdkAppId(1_400_000_000);
//!
//! let receiver = Receiver::builder().app(APP, ["secret"]).build()?;
//! let app: Router = Router::new().webhook("/im/webhook", receiver, Quiet);
//!
//! let request = WebhookRequest::of::<BeforeSendMsg>(APP).token("secret");
//! let answer = send(app, request.to_http("/im/webhook")).await;
//! assert_eq!((answer.status().as_u16(), answer.error_code()), (200, Some(0)));
//! # Ok(())
//! # }
//! ```
//!
//! # Serving and stopping
//!
//! `axum::serve` has no timer for heads and none for idle connections, and when it stops it closes connections on
//! which requests are under way. `serve` does not:
//!
//! ```no_run
//! # #[cfg(feature = "serve")]
//! # async fn run(app: axum::Router, receiver: tencent_im_webhook_axum::Receiver) -> std::io::Result<()> {
//! let listener = tokio::net::TcpListener::bind("0.0.0.0:3000").await?;
//! println!("{}", tencent_im_webhook_axum::serve(listener, app, receiver).await);
//! # Ok(())
//! # }
//! ```
//!
//! It stops at SIGTERM or Ctrl-C; answers with `Connection: close` for a while before it closes anything; and waits
//! for *after* handlers that outlast their request. [`tencent_im_webhook_serve`] has all of it. Your handlers find
//! the client's address as `Extension<PeerAddr>`, not as `ConnectInfo`.
//!
//! With a server of your own, keep a clone of the receiver, and call [`Receiver::drain`] when the server has
//! returned.
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `serve` | yes | `serve`, with hyper and tokio's network |
//! | `metrics` | no | [the core's](tencent_im_webhook#what-operators-see) counters and histograms |
//!
//! # What this crate does not do
//!
//! It switches none of axum's features on. It has no opinion on paths: axum takes `/im/webhook` and
//! `/im/webhook/` for two, and the console wants the one that you mount.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod commands;
mod extract;
mod handler;
mod mount;
mod response;
mod scene;

pub use commands::Commands;
pub use extract::{Received, Responder};
pub use handler::CommandHandler;
pub use mount::{RouterExt, webhook, webhook_commands, webhook_service};
pub use response::WebhookResponse;
#[doc(no_inline)]
pub use tencent_im_webhook::*;
#[cfg(feature = "serve")]
#[doc(no_inline)]
pub use tencent_im_webhook_serve::{PeerAddr, Serve, Stopped, Timers, asked_to_stop, serve};
