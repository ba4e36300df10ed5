//! A server for webhooks: the timers that only a server can have, and a shutdown that loses no request.
//!
//! ```no_run
//! use tencent_im_webhook::{HandlerService, Receiver, SdkAppId, WebhookHandler, WebhookService};
//! use tencent_im_webhook_serve::serve;
//! use tokio::net::TcpListener;
//!
//! struct Bot;
//! impl WebhookHandler for Bot {}
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["the console's token"]).build()?;
//! let app = WebhookService::new(receiver.clone(), HandlerService::new(Bot));
//! let listener = TcpListener::bind("0.0.0.0:3000").await?;
//! println!("{}", serve(listener, app, receiver).await);
//! # Ok(())
//! # }
//! ```
//!
//! It serves HTTP/1 and HTTP/2 without TLS until SIGTERM or Ctrl-C, and takes any tower service: a
//! `WebhookService`, or the router of an app. axum and actix-web have it in their adapters, under the same name.
//!
//! # Timers
//!
//! | [timer](Timers) | default | what it ends |
//! | --- | --- | --- |
//! | [`head_timeout`](Timers::head_timeout) | 10 s | a connection on which a head has begun and does not end |
//! | [`keep_alive`](Timers::keep_alive) | 75 s | a connection without a request |
//! | [`linger`](Timers::linger) | 3 s | the time after the signal in which everybody is still answered |
//! | [`grace`](Timers::grace) | 10 s | the time after that for what is open or running |
//!
//! Bodies and handlers have the receiver's own deadlines. Connections that come in a burst wait until they are
//! accepted, more of them than std's own listener keeps: see [`widen_backlog`].
//!
//! # Shutdown
//!
//! The platform keeps its connections open and posts over them whenever something happens, and it does not repeat
//! what was lost. A server that closes idle connections at the signal cuts off the requests that are on their way,
//! so there is more to it:
//!
//! 1. *Linger.* Everything goes on, but each answer says `Connection: close`, which tells the client to take
//!    another connection next, and HTTP/2 is told to go away. It ends early when no connection is open.
//! 2. *Turn away.* No new connection comes up any more. Those that have come up are accepted, see [`turn_away`], and
//!    have a moment for a last request: two seconds in all, less when no connection is open.
//! 3. *Close.* Idle connections are closed, busy ones after their answer.
//! 4. *Drain.* Handlers of *after* webhooks that outlast their requests are waited for.
//!
//! Give the process as long as `linger` and `grace` together and five seconds more before it is killed: Kubernetes,
//! with its default of 30 s, does. What is not done by then is cut off, logged, counted in [`Stopped`], and, when the
//! runtime ends, reported as [`FailureKind::Cancelled`](tencent_im_webhook::FailureKind::Cancelled).
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `hyper` | yes | [`serve`]; without it, what servers of other frameworks need to do the same |
//!
//! # What this crate does not do
//!
//! TLS, which a proxy in front does, and limits of connections or of rates.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[cfg(feature = "hyper")]
mod activity;
mod backlog;
#[cfg(feature = "hyper")]
mod connection;
#[cfg(feature = "hyper")]
mod server;
mod signal;
mod stopped;
mod timers;
mod turn_away;

pub use backlog::widen_backlog;
#[cfg(feature = "hyper")]
pub use server::{App, PeerAddr, Serve, serve};
pub use signal::asked_to_stop;
pub use stopped::Stopped;
pub use timers::Timers;
pub use turn_away::{LATECOMERS, stop_listening, turn_away};
