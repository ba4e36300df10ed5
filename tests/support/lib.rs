//! The stacks behind one face, and requests to try them with.
#![allow(missing_docs, reason = "a test support crate, read by its tests alone")]

mod commands;
pub mod hostile;
mod http;
mod sample;
mod serve;
mod spy;
mod stack;

pub use http::Http;
pub use sample::{Sample, Sent};
pub use spy::{Seen, Spy};
pub use stack::{Client, Kind, Stack, stacks};

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tencent_im_webhook::{Receiver, ReceiverBuilder, SdkAppId};

/// The app that every receiver here is for.
pub const APP: SdkAppId = SdkAppId(1_400_000_000);

/// Its token.
pub const TOKEN: &str = "demo-token";

/// The time of day of every receiver here.
pub const NOW: u64 = 1_700_000_000;

/// The path that stacks with a router are mounted at.
pub const PATH: &str = "/cb";

/// A receiver for [`APP`], signed with [`TOKEN`], at [`NOW`].
pub fn receiver() -> ReceiverBuilder {
    Receiver::builder().app(APP, [TOKEN]).clock(now)
}

/// [`NOW`] as the standard library writes it.
pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

/// The code of the README and of the guides, compiled and run.
pub mod guides {
    #[doc = include_str!("../../README.md")]
    pub mod readme {}

    #[doc = include_str!("../../docs/before-webhooks.md")]
    pub mod before_webhooks {}

    #[doc = include_str!("../../docs/console.md")]
    pub mod console {}

    #[doc = include_str!("../../docs/first-steps.md")]
    pub mod first_steps {}

    #[doc = include_str!("../../docs/migrating.md")]
    pub mod migrating {}

    /// The core shows it and cannot compile it: it does not depend on a framework.
    #[doc = include_str!("../../crates/tencent-im-webhook/src/guide/actix-web.md")]
    pub mod actix_web {}
}

#[doc = include_str!("wrong_replies.md")]
pub mod wrong_replies {}
