//! Receive [Tencent Cloud Chat](https://www.tencentcloud.com/products/im) (Tencent IM) webhooks in the
//! server that you already run: checked, decoded and answered in time.
//!
//! The platform posts JSON to a URL of yours, with the command, the app and a signature in the query.
//! *Before* webhooks ask whether something may happen (a message, a new group, a friend request) and wait two
//! seconds for the decision; *after* webhooks tell what has happened; a few others ask for data. A
//! [`Receiver`] holds the protocol: it admits a request from its head, decodes the body into an [`Event`], and
//! encodes the answer. A [`WebhookHandler`] is your side: a method per command, with a payload type that fits,
//! an answer type that fits, and a harmless default. A [`WebhookService`] is the tower service around both: it
//! answers every request inside the deadline, whatever becomes of the handler.
//!
//! - [Quick start](#quick-start): [axum](#axum), [actix-web](#actix-web), [hyper](#hyper)
//! - [How to decide](#how-to-decide)
//! - [Who may ask](#who-may-ask): verify, and rotate tokens
//! - [When something goes wrong](#when-something-goes-wrong): deadlines and the failure policy
//! - [What comes in](#what-comes-in): unknown commands, odd bodies, duplicates
//! - [Testing your handler](#testing-your-handler)
//! - [Layers](#layers) of tower, on both sides
//! - [Without a trait](#without-a-trait), [without tower](#without-tower)
//! - [What operators see](#what-operators-see): the log and the metrics
//! - [What this crate does not do](#what-this-crate-does-not-do), [features](#features), [runtime](#runtime)
//!
//! # Quick start
//!
//! ## axum
//!
//! ```
//! use axum::Router;
//! use tencent_im_webhook::event::official_account::BeforeSendMsg;
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
//!         message: BeforeSendMsg,
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
//! With `tencent-im-webhook-axum` that is `Router::new().webhook("/im/webhook", receiver, Moderator)`, and native
//! axum handlers per command, with extractors and the router's state, are there as well.
//!
//! ## actix-web
//!
//! actix-web has its own types for HTTP, so `tencent-im-webhook-actix` joins the two. It re-exports this crate, and
//! one dependency is enough:
//!
#![cfg_attr(not(doctest), doc = include_str!("guide/actix-web.md"))]
//!
//! ## hyper
//!
//! No framework at all: [`WebhookService`] is a service of [`http::Request`]s.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use hyper::server::conn::http1;
//! use hyper_util::rt::{TokioIo, TokioTimer};
//! use hyper_util::service::TowerToHyperService;
//! use tencent_im_webhook::{BoxError, HandlerService, Receiver, SdkAppId, WebhookHandler, WebhookService};
//! use tokio::net::TcpListener;
//!
//! struct App;
//! impl WebhookHandler for App {}
//!
//! #[tokio::main]
//! async fn main() -> Result<(), BoxError> {
//!     let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["the console's token"]).build()?;
//!     let webhook = WebhookService::new(receiver, HandlerService::new(App));
//!     let listener = TcpListener::bind("127.0.0.1:3000").await?;
//!     loop {
//!         let (stream, _) = listener.accept().await?;
//!         let service = TowerToHyperService::new(webhook.clone());
//!         tokio::spawn(async move {
//!             let mut server = http1::Builder::new();
//!             server.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(10));
//!             let _ = server.serve_connection(TokioIo::new(stream), service).await;
//!         });
//!     }
//! }
//! ```
//!
//! It looks at no path; the example `hyper-bare` of the repository does. To go on listening, and to stop without
//! losing a request, is work of its own: `serve` of `tencent-im-webhook-serve` is this loop with all of it, for any
//! tower service, and the adapters have it under the same name.
//!
//! # How to decide
//!
//! What a method returns follows from its command: `()` for what has happened, a verdict for what is about to
//! happen, data where data is asked for. A verdict names decisions, not numbers, and has only those that its
//! command has:
//!
//! | you decide on | with | which can |
//! | --- | --- | --- |
//! | messages | [`MessageVerdict`] | allow, [rewrite](Rewrite), reject, reject with a code, discard |
//! | new groups, topics and official accounts, asking to join | [`Verdict`] | allow, reject, reject with a code |
//! | members who are invited | [`InviteVerdict`] | allow, allow all but some, reject, reject with a code |
//! | subscribers | [`SubscribeVerdict`] | allow, allow all but some, reject |
//! | friends | [`FriendVerdict`] | allow or reject each |
//! | gifts | [`GiftVerdict`] | allow, reject, reject with a code |
//! | data for bots | [`SignalReply`], [`InvocationReply`] | answer, or say that there is none |
//!
//! A code of your own reaches the client with a text. The platform passes on a range of its own per family, and a
//! code outside of it cannot be written: [`C2cCode`], [`GroupCode`], [`GiftCode`], [`FriendCode`].
//!
//! ```
//! use tencent_im_webhook::{C2cCode, GroupCode, MessageVerdict};
//!
//! // Checked by the compiler, or at start where it comes from a configuration.
//! const NO_LINKS: C2cCode = C2cCode::new(120_100).unwrap();
//! let configured = GroupCode::new(10_150).ok_or("the code must be one of 10100 to 10200")?;
//!
//! let one_to_one = MessageVerdict::RejectWith(NO_LINKS, "no links please".into());
//! let in_groups = MessageVerdict::RejectWith(configured, "no links please".into());
//! # let _ = (one_to_one, in_groups);
//! # Ok::<_, &str>(())
//! ```
//!
//! A rewrite replaces all elements of a message. Take those that came, change them, and send them back: what
//! this crate does not know of them is carried through unchanged.
//!
//! ```
//! use tencent_im_webhook::event::group::BeforeSendMsg;
//! use tencent_im_webhook::{GroupCode, MessageVerdict, Rewrite};
//!
//! fn decide(mut message: BeforeSendMsg) -> MessageVerdict<GroupCode> {
//!     if !message.msg_body.all_texts().iter().any(|text| text.contains("darn")) {
//!         return MessageVerdict::Allow;
//!     }
//!     for text in message.msg_body.all_texts_mut() {
//!         *text = text.replace("darn", "****");
//!     }
//!     MessageVerdict::Rewrite(Rewrite::new().msg_body(message.msg_body))
//! }
//! # assert_eq!(decide(tencent_im_webhook_testing::payload()), MessageVerdict::Allow);
//! ```
//!
//! Decide from memory where you can: word lists and blocked users belong into the process. A judge behind a network
//! gets a budget of its own, within [`Context::remaining`], and rules to fall back on.
//!
//! # Who may ask
//!
//! A request is admitted from its head, before a byte of its body is read: the method, the app id, and the
//! signature with its time. Whatever is wrong with them, the caller gets the same 401; the reason goes to the
//! log and to [`inspect_rejection`](ReceiverBuilder::inspect_rejection).
//!
//! The signature is `SHA-256(token ‖ time)`, and the token is the one that you set in the console. To rotate it
//! without losing a webhook, start with both tokens, change the console, and drop the old one at the next start:
//!
//! ```
//! use tencent_im_webhook::{Head, Receiver, RejectionKind, SdkAppId, UnixSeconds, sign};
//!
//! let now = UnixSeconds(1_762_934_400);
//! let receiver = Receiver::builder()
//!     .app(SdkAppId(1_400_000_000), ["the new token", "the old token"])
//!     .clock(move || now.system_time().expect("in range")) // For this example: the default is the system's.
//!     .build()?;
//!
//! let signed_with = |token: &str| {
//!     let query = format!("SdkAppid=1400000000&Sign={}&RequestTime={}", sign(token, now), now.0);
//!     receiver.admit(&Head::new("POST", &query)).map(|admission| admission.app())
//! };
//! assert!(signed_with("the new token").is_ok());
//! assert!(signed_with("the old token").is_ok());
//! assert_eq!(signed_with("a guess").unwrap_err().kind(), RejectionKind::SignatureMismatch);
//! # Ok::<_, tencent_im_webhook::BuildError>(())
//! ```
//!
//! It covers neither body nor command. Who has seen one request can send any other until the time is
//! [stale](ReceiverBuilder::max_age), 60 s unless set: use HTTPS, and keep queries out of access logs. Until
//! authentication is on in the console there is no signature at all;
//! [`app_without_signature`](ReceiverBuilder::app_without_signature) is for that time. Several apps are several
//! calls of [`app`](ReceiverBuilder::app), and [`Context::app`] tells them apart.
//!
//! # When something goes wrong
//!
//! The platform waits two seconds, the way there and back included. The answer is out by the
//! [deadline](ReceiverBuilder::deadline), 1.5 s after the head of the request unless set, whatever becomes of the
//! handler:
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
//! The policy is one for everything, and one per command where it differs:
//!
//! | [`FailurePolicy`] | the platform gets | so that |
//! | --- | --- | --- |
//! | [`Defer`](FailurePolicy::Defer), the default | 503 | the setting in the console rules, which lets the operation go on unless you changed it |
//! | [`Allow`](FailurePolicy::Allow) | go ahead | the operation goes on, gifts excepted |
//! | [`Reject`](FailurePolicy::Reject) | refused | the operation does not go on |
//!
//! ```
//! use std::time::Duration;
//!
//! use tencent_im_webhook::{Command, FailurePolicy, Receiver, SdkAppId};
//!
//! let receiver = Receiver::builder()
//!     .app(SdkAppId(1_400_000_000), ["the console's token"])
//!     .deadline(Duration::from_millis(1_200)) // The way back takes longer from here.
//!     .on_failure(FailurePolicy::Allow)
//!     .on_failure_of(Command::OfficialAccountBeforeSendMsg, FailurePolicy::Reject)
//!     .inspect_failure(|failure| eprintln!("{failure}, late: {}", failure.is_late()))
//!     .build()?;
//! # Ok::<_, tencent_im_webhook::BuildError>(())
//! ```
//!
//! Catching a panic needs `panic = "unwind"`, which is the default. A handler that blocks its thread cannot be
//! answered for: use `spawn_blocking`. *After* handlers run in a task of their own, with the request's tracing span
//! but without its task-locals. Those that go on are waited for by [`Receiver::drain`]; call it after your server
//! has shut down, unless a `serve` of ours does. A late failure is told to the log and to
//! [`inspect_failure`](ReceiverBuilder::inspect_failure).
//!
//! # What comes in
//!
//! Nothing that a chat user types makes a body undecodable. Invalid UTF-8 and half surrogate pairs become
//! U+FFFD; an element of a message that does not fit its type is kept raw; and a whole body that does not fit
//! reaches [`unknown`](WebhookHandler::unknown) with the [cause](UnknownEvent::cause) and every byte. So does a
//! command that is newer than this crate, and the console's check of your URL, which names none. Names that the
//! platform may add to are open enums with an `Other`. Unknown keys are ignored, and stand in [`Context::raw`].
//!
//! ```
//! use serde::Deserialize;
//! use tencent_im_webhook::{BoxError, Context, Reply, UnknownEvent, WebhookHandler, async_trait};
//!
//! struct App;
//!
//! /// A command of next year.
//! #[derive(Deserialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct AfterSomethingNew {
//!     group_id: String,
//! }
//!
//! #[async_trait]
//! impl WebhookHandler for App {
//!     async fn unknown(&self, _: &Context, event: UnknownEvent) -> Result<Reply, BoxError> {
//!         match event.command().map(|command| command.as_str()) {
//!             Some("Group.CallbackAfterSomethingNew") => {
//!                 let new: AfterSomethingNew = serde_json::from_slice(event.raw())?;
//!                 println!("something new in {}", new.group_id);
//!                 Ok(Reply::ok())
//!             }
//!             _ => event.default_reply(),
//!         }
//!     }
//! }
//! ```
//!
//! *After* webhooks may come twice where the console has its retry switched on, and in any order. Put
//! [`Call::duplicate_key`] or [`Event::duplicate_key`] under a unique index where the events end up, and order
//! messages by their own time and number.
//!
//! # Testing your handler
//!
//! `tencent-im-webhook-testing` has a body of every command and of every quirk, signs requests, and sends them to a
//! service in memory. A handler is tested method by method, or with all that is around it:
//!
//! ```
//! use tencent_im_webhook::event::c2c::BeforeSendMsg;
//! use tencent_im_webhook::{
//!     HandlerService, MessageVerdict, MsgElement, Receiver, SdkAppId, WebhookHandler, WebhookService,
//! };
//! use tencent_im_webhook_testing::{WebhookRequest, call, payload, send};
//!
//! # use tencent_im_webhook::{BoxError, Context, async_trait};
//! # struct Moderator;
//! # #[async_trait]
//! # impl WebhookHandler for Moderator {
//! #     async fn c2c_before_send_msg(&self, _: &Context, event: BeforeSendMsg) -> Result<MessageVerdict, BoxError> {
//! #         match event.msg_body.texts().any(|text| text.contains("http://")) {
//! #             true => Ok(MessageVerdict::Reject),
//! #             false => Ok(MessageVerdict::Allow),
//! #         }
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let mut message: BeforeSendMsg = payload();
//! message.msg_body = vec![MsgElement::text("http://example.com")].into();
//!
//! // One method.
//! let asked = call(message.clone());
//! let verdict = Moderator.c2c_before_send_msg(&asked.context, asked.event).await?;
//! assert_eq!(verdict, MessageVerdict::Reject);
//!
//! // The whole service: signature, body, decision, answer.
//! let app = SdkAppId(1_400_000_000);
//! let receiver = Receiver::builder().app(app, ["secret"]).build()?;
//! let service = WebhookService::new(receiver, HandlerService::new(Moderator));
//! let request = WebhookRequest::of::<BeforeSendMsg>(app).payload(message).token("secret");
//! let answer = send(service, request.to_http("/im/webhook")).await;
//! assert_eq!((answer.status().as_u16(), answer.error_code()), (200, Some(1)));
//! # Ok(())
//! # }
//! ```
//!
//! Deadlines are tokio's time, so `#[tokio::test(start_paused = true)]` tests lateness without waiting.
//!
//! # Layers
//!
//! tower layers fit on both sides of a [`WebhookLayer`]. Outside they see `http::Request` and
//! `http::Response`, inside [`Call`] and [`Reply`]:
//!
//! ```
//! use std::time::Duration;
//!
//! use tencent_im_webhook::{Call, HandlerService, Receiver, SdkAppId, WebhookHandler, WebhookLayer};
//! use tower::ServiceBuilder;
//!
//! #[derive(Clone)]
//! struct RequestId(u64);
//!
//! struct App;
//! impl WebhookHandler for App {}
//!
//! let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["the console's token"]).build()?;
//! let service = ServiceBuilder::new()
//!     .map_request(|mut request: axum::extract::Request| {
//!         request.extensions_mut().insert(RequestId(17)); // For `Context::extensions`.
//!         request
//!     })
//!     .layer(WebhookLayer::new(receiver))
//!     .load_shed()
//!     .concurrency_limit(64)
//!     .timeout(Duration::from_secs(1))
//!     .map_request(|call: Call| {
//!         println!("{:?}", call.event.command());
//!         call
//!     })
//!     .service(HandlerService::new(App));
//! # let _: axum::Router = axum::Router::new().route_service("/im/webhook", service);
//! # Ok::<_, tencent_im_webhook::BuildError>(())
//! ```
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
//! # Without a trait
//!
//! A [`CommandRouter`] answers with a closure per command. It is a service of [`Call`]s as a [`HandlerService`] is, and
//! goes to the same places:
//!
//! ```
//! use tencent_im_webhook::event::group::{AfterSendMsg, BeforeSendMsg};
//! use tencent_im_webhook::{Call, CommandRouter, MessageVerdict, Receiver, SdkAppId, WebhookService};
//!
//! let router = CommandRouter::new()
//!     .on(|call: Call<BeforeSendMsg>| async move {
//!         match call.event.msg_body.is_empty() {
//!             true => MessageVerdict::Reject,
//!             false => MessageVerdict::Allow,
//!         }
//!     })
//!     .on(|call: Call<AfterSendMsg>| async move {
//!         println!("{} wrote to {}", call.event.from_account, call.event.group_id);
//!     });
//! let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["the console's token"]).build()?;
//! let webhook = WebhookService::new(receiver, router);
//! # Ok::<_, tencent_im_webhook::BuildError>(())
//! ```
//!
//! # Without tower
//!
//! [`Receiver`] does no IO, so it fits into any server, queue or function: [`admit`](Receiver::admit) the head,
//! [`decode`](Receiver::decode) the body, [`dispatch`] to a handler, and write the [`Answer`] out.
//!
//! ```
//! use bytes::Bytes;
//! use tencent_im_webhook::{Answer, Call, Head, Receiver, Rejection, WebhookHandler, dispatch};
//!
//! async fn answer(receiver: &Receiver, handler: &impl WebhookHandler, query: &str, body: Bytes) -> Answer {
//!     let decode = || -> Result<Call, Rejection> {
//!         let admission = receiver.admit(&Head::new("POST", query).content_length(body.len() as u64))?;
//!         receiver.decode(admission, body.clone())
//!     };
//!     match decode() {
//!         Ok(call) => {
//!             let context = call.context.clone();
//!             receiver.conclude(&context, dispatch(handler, call).await)
//!         }
//!         Err(rejection) => receiver.refuse(&rejection),
//!     }
//! }
//! # struct App;
//! # impl WebhookHandler for App {}
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), tencent_im_webhook::BoxError> {
//! # let app = tencent_im_webhook::SdkAppId(1);
//! # let receiver = Receiver::builder().app_without_signature(app).build()?;
//! # let query = "SdkAppid=1&CallbackCommand=State.StateChange";
//! # assert_eq!(answer(&receiver, &App, query, "{}".into()).await.status(), 200);
//! # assert_eq!(answer(&receiver, &App, "SdkAppid=2", "{}".into()).await.status(), 401);
//! # Ok(())
//! # }
//! ```
//!
//! The deadline, panics and handlers that go on are the [`WebhookService`]'s, and yours here;
//! [`WebhookService::deliver`] has them without the types of HTTP.
//!
//! # What operators see
//!
//! With the feature `tracing`, everything has the target `tencent_im_webhook`. One span `webhook` at the level
//! debug per webhook that is decoded, around all that a handler behind a [`WebhookService`] logs. Handlers that take
//! a webhook by an adapter's extractor, and shells of your own, enter it with [`Context::in_span`] and end it with
//! [`Receiver::conclude`]. It is made where a subscriber listens to that level; `log`, to which `tracing` can write
//! without one, has the events alone. It tells:
//!
//! | field | what it says |
//! | --- | --- |
//! | `app` | the app's id |
//! | `command` | its name, escaped and cut to 80 characters, or `none` |
//! | `kind` | `before`, `after`, `reply`, or `unknown` |
//! | `outcome` | `handled`; `acknowledged`: an *after* handler goes on beyond the deadline; `failed` |
//! | `verdict` | of what was handled: `ok`, `changed`, `reject`, `discard`, or `code` for a code of your own |
//! | `latency_us` | microseconds from the request's head to the answer |
//! | `failure` | `error`, `panic`, `deadline` or `cancelled` |
//!
//! Refusals, misfits and slow decisions ([`slow_percent`](ReceiverBuilder::slow_percent)) are events at the level
//! warn, failures at the level error, each with its app and, but for refusals, its command. No token, signature, query
//! or body is ever written, and no name that somebody else chose without being escaped and cut.
//!
//! With the feature `metrics`, whatever recorder the program installs gets
//!
//! | metric | kind | labels |
//! | --- | --- | --- |
//! | `tencent_im_webhook_webhooks_total` | counter | `app`, `command`, `outcome`, `verdict` or `failure` as above, else `none` |
//! | `tencent_im_webhook_duration_seconds` | histogram | `app`, `command`, `outcome` |
//! | `tencent_im_webhook_refusals_total` | counter | `app`, `none` where it is not one of yours; `reason`: [`RejectionKind::as_str`] |
//! | `tencent_im_webhook_failures_total` | counter | `app`, `command`, `failure`, `late`: whether the platform had its OK already |
//! | `tencent_im_webhook_slow_decisions_total` | counter | `app`, `command` |
//!
//! No label is anybody else's choice: all commands that this crate does not know share the label `unknown`.
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
//! | `metrics` | no | counters and histograms through the facade of the `metrics` crate |
//!
//! The adapters have a feature `metrics` that switches this one on.
//!
//! # Runtime
//!
//! [`WebhookService`] needs tokio with time enabled, for deadlines and for handlers that go on. [`Receiver`]
//! alone needs no runtime.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod auth;
mod boxed;
mod catalogue;
mod code;
mod command_map;
mod context;
mod decode;
mod digits;
mod envelope;
mod error;
pub mod event;
mod from_event;
mod handler;
mod head;
mod id;
mod json;
mod macros;
pub mod message;
mod metric;
mod observe;
mod open;
mod query;
mod quietly;
mod raw;
mod receiver;
mod reply;
mod router;
mod scan;
mod service;
mod tasks;
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
pub use error::{
    BoxError, BuildError, EncodeError, ExtractError, Failure, FailureKind, Misfit, Rejection, RejectionKind,
};
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
