//! Receive Tencent Cloud Chat webhooks.

mod auth;
mod catalogue;
mod code;
mod context;
mod decode;
mod envelope;
mod error;
pub mod event;
mod handler;
mod head;
mod id;
mod macros;
pub mod message;
mod open;
mod query;
mod raw;
mod receiver;
mod reply;
mod service;
mod time;
mod trace;
mod wire;

pub use async_trait::async_trait;
pub use auth::{SdkAppId, sign};
pub use catalogue::{Command, Event, WebhookHandler, dispatch};
pub use code::{C2cCode, CustomCode, FriendCode, GiftCode, GroupCode};
pub use context::{Call, ClientIp, Context, Platform};
pub use error::{BoxError, BuildError, EncodeError, Failure, FailureKind, Misfit, Rejection, RejectionKind};
pub use event::UnknownEvent;
pub use handler::{HandlerFuture, HandlerService, Payload};
pub use head::Head;
pub use id::{GroupId, MsgId, MsgKey, OfficialAccountId, RoomId, TopicId, UserId};
pub use message::{MsgBody, MsgElement};
pub use raw::{InvalidJson, RawJson};
pub use receiver::{Admission, Receiver, ReceiverBuilder};
pub use reply::{
    Answer, Failing, FailurePolicy, FriendVerdict, GiftVerdict, IntoReply, InviteVerdict, InvocationReply,
    Kind, MAX_REWRITE_BYTES, MessageVerdict, Reply, Rewrite, SignalReply, SubscribeVerdict, Verdict,
};
pub use service::{ResponseFuture, WebhookLayer, WebhookService};
pub use time::{UnixMillis, UnixSeconds};
