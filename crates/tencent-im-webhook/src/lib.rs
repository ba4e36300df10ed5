//! Receive [Tencent Cloud Chat](https://www.tencentcloud.com/products/im) (Tencent IM) webhooks in the
//! server that you already run: checked, decoded and answered in time.
//!
//! The platform posts JSON to a URL of yours. *Before* webhooks ask whether something may happen (a message,
//! a new group, a friend request) and wait two seconds for the decision; *after* webhooks tell what has
//! happened. This crate is a tower [`Service`](WebhookService) that answers them, around a
//! [`WebhookHandler`] that you write:
//!
//! ```
//! use axum::Router;
//! use tencent_im_webhook::event::official_account;
//! use tencent_im_webhook::{
//!     BoxError, C2cCode, Context, HandlerService, MessageVerdict, Receiver, SdkAppId, WebhookHandler,
//!     WebhookService, async_trait,
//! };
//!
//! const NO_LINKS: C2cCode = C2cCode::new(120_100).unwrap();
//!
//! struct Moderator;
//!
//! #[async_trait]
//! impl WebhookHandler for Moderator {
//!     async fn official_account_before_send_msg(
//!         &self,
//!         _: &Context,
//!         message: official_account::BeforeSendMsg,
//!     ) -> Result<MessageVerdict, BoxError> {
//!         Ok(match message.msg_body.texts().any(|text| text.contains("http://")) {
//!             true => MessageVerdict::RejectWith(NO_LINKS, "no links please".into()),
//!             false => MessageVerdict::Allow,
//!         })
//!     }
//! }
//!
//! let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["the console's token"]).build()?;
//! let webhook = WebhookService::new(receiver, HandlerService::new(Moderator));
//! let app: Router = Router::new().route_service("/im/webhook", webhook);
//! # Ok::<_, tencent_im_webhook::BuildError>(())
//! ```
//!
//! # Three types to know
//!
//! - [`Receiver`] is the protocol, without any IO: which apps and tokens are ours, how old a signature may be,
//!   how long a body and an answer may take, and what answers in failure.
//! - [`WebhookHandler`] is your side: a method per command, each with a harmless default. `dyn WebhookHandler`
//!   works everywhere a type does.
//! - [`WebhookService`], or [`WebhookLayer`] in a stack of layers, joins the two for any server that speaks
//!   [`http`] and tower: axum, hyper and others.
//!
//! # Answering
//!
//! What a method returns follows from its command: `()` for what has happened, a verdict for what is about to
//! happen, data where data is asked for. A verdict names decisions, not numbers, and has only those decisions
//! that its command has. [`MessageVerdict`] can allow, refuse, refuse with a code of your own, drop silently,
//! or rewrite. Own codes have a type per range, such as [`C2cCode`], so a code that the platform would not
//! pass on cannot be written.
//!
//! A rewrite replaces all elements of a message. Take those that came, change them, and send them back: what
//! this crate does not know of them is carried through unchanged.
//!
//! # Who may ask
//!
//! A request is admitted from its head, before a byte of its body is read: the method, the app id, and the
//! signature with its time. Whatever is wrong with them, the caller gets the same 401; the reason goes to the
//! log and to [`inspect_rejection`](ReceiverBuilder::inspect_rejection). Give the old and the new token while
//! you rotate them.
//!
//! The signature is `SHA-256(token ‖ time)` and covers neither body nor command. Who has seen one request can
//! send any other until the time is [stale](ReceiverBuilder::max_age): use HTTPS, and keep queries out of
//! access logs.
//!
//! # When something goes wrong
//!
//! | what | the platform gets |
//! | --- | --- |
//! | the handler returns an error or panics, or a layer sheds load | the [`FailurePolicy`]'s answer |
//! | a *before* handler is still running at the [deadline](ReceiverBuilder::deadline) | the same; the handler is dropped |
//! | an *after* handler is still running at the deadline | OK, and the handler goes on |
//! | a layer lets nobody through until the deadline | the [`FailurePolicy`]'s answer |
//! | the platform hangs up during an *after* handler | nothing; the handler goes on |
//! | the body does not fit its command | what [`unknown`](WebhookHandler::unknown) answers: OK after, the policy's answer before |
//! | a command that this crate does not know | what [`unknown`](WebhookHandler::unknown) answers: OK |
//!
//! The policy's default is to defer: 503, so that the setting in the console rules, which lets the operation
//! go on unless you changed it. Catching a panic needs `panic = "unwind"`, which is the default.
//!
//! A handler that blocks its thread cannot be answered for: use `spawn_blocking`. *After* handlers run in a task
//! of their own, with the request's tracing span but without its task-locals.
//!
//! Handlers that go on are waited for by [`Receiver::drain`]; call it after your server has shut down. A late
//! failure is told to the log and to [`inspect_failure`](ReceiverBuilder::inspect_failure).
//!
//! # Layers
//!
//! tower layers fit on both sides of a [`WebhookLayer`]. Outside they see `http::Request` and
//! `http::Response`, inside [`Call`] and [`Reply`]:
//!
//! | layer | where | what it does there |
//! | --- | --- | --- |
//! | `tower_http::trace::TraceLayer` | outside | logs requests; make sure that it leaves the query out |
//! | `tower_http::set_header`, `map_request`, `map_response` | outside | headers; extensions for [`Context::extensions`] |
//! | `tower_http::timeout`, `catch_panic` | outside | a second line: the service has answered before |
//! | `tower_http::limit::RequestBodyLimitLayer` | outside | needs room for [`body_limit`](ReceiverBuilder::body_limit) |
//! | [`AdmissionLayer`] | outside | the check of the head; the service inside takes it over |
//! | `timeout` | inside | a shorter time for handlers; ends in the failure policy |
//! | `load_shed` over `concurrency_limit` | inside | overload ends in the failure policy at once |
//! | `concurrency_limit` alone | inside | overload waits, at most until the deadline |
//! | `buffer` over `rate_limit` | inside | a limit per time; the buffer makes it `Clone` |
//! | `map_request`, `filter`, `map_response`, `map_err` | inside | changes or refuses typed webhooks |
//!
//! What changes the type of the request or the response, such as anything of HTTP inside, does not compile:
//!
//! ```compile_fail,E0277
//! # use tencent_im_webhook::{HandlerService, Receiver, SdkAppId, WebhookHandler, WebhookLayer};
//! # struct App; impl WebhookHandler for App {}
//! # fn stack(receiver: Receiver) {
//! tower::ServiceBuilder::new()
//!     .layer(WebhookLayer::new(receiver))
//!     .service(App); // a handler is no service: `HandlerService::new(App)` is
//! # }
//! ```
//!
//! # What comes in
//!
//! Nothing that a chat user types makes a body undecodable. Invalid UTF-8 and half surrogate pairs become
//! U+FFFD; an element of a message that does not fit its type is kept raw; and a whole body that does not fit
//! reaches [`unknown`](WebhookHandler::unknown) with the [cause](UnknownEvent::cause) and every byte. Names
//! that the platform may add to are open enums with an `Other`. Unknown keys are ignored, and stand in
//! [`Context::raw`].
//!
//! *After* webhooks may come twice where the console has its retry switched on, and in any order. Use
//! [`Event::duplicate_key`].
//!
//! # What this crate does not do
//!
//! It does not call the platform's REST API, keep events, drop duplicates, or limit rates: there are other
//! crates, your database, and tower layers for that. It has no opinion on paths; mount it where you like. It
//! cannot see a changed body under a valid signature.
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `tracing` | yes | events for refusals and failures, and a debug span per webhook |
//!
//! # Runtime
//!
//! [`WebhookService`] needs tokio with time enabled, for deadlines and for handlers that go on. [`Receiver`]
//! alone needs none.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod catalogue;
mod code;
mod command_map;
mod context;
mod decode;
mod envelope;
mod error;
pub mod event;
mod from_event;
mod handler;
mod head;
mod id;
mod macros;
pub mod message;
mod open;
mod query;
mod quietly;
mod raw;
mod receiver;
mod reply;
mod router;
mod service;
mod time;
mod trace;
mod wire;

/// For implementing [`WebhookHandler`], whose methods are `async` and whose `dyn` form is allowed.
pub use async_trait::async_trait;
pub use auth::{SdkAppId, sign};
pub use catalogue::{Command, Event, WebhookHandler, dispatch};
pub use code::{C2cCode, CustomCode, FriendCode, GiftCode, GroupCode};
pub use command_map::CommandMap;
pub use context::{Call, ClientIp, Context, Platform};
pub use error::{BoxError, BuildError, EncodeError, Failure, FailureKind, Misfit, Rejection, RejectionKind};
pub use event::UnknownEvent;
pub use from_event::FromEvent;
pub use handler::{HandlerFuture, HandlerService, Payload};
pub use head::Head;
pub use id::{GroupId, MsgId, MsgKey, OfficialAccountId, RoomId, TopicId, UserId};
pub use message::{MsgBody, MsgElement};
pub use open::OtherName;
pub use raw::{InvalidJson, RawJson};
pub use receiver::{Admission, Receiver, ReceiverBuilder};
pub use reply::{
    Answer, Choice, Failing, FailurePolicy, FriendVerdict, GiftVerdict, IntoReply, InviteVerdict,
    InvocationReply, Kind, MAX_REWRITE_BYTES, MessageVerdict, Reply, Rewrite, SignalReply, SubscribeVerdict,
    Verdict,
};
pub use router::{CommandRouter, Decision};
pub use service::{
    AdmissionBody, AdmissionFuture, AdmissionLayer, AdmissionService, CallService, ResponseFuture,
    WebhookLayer, WebhookService,
};
pub use time::{UnixMillis, UnixSeconds};
