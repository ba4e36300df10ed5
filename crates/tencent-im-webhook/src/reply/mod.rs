//! What a handler may answer, and its form on the wire.

mod answer;
mod choice;
mod data;
mod deciding;
mod encoded;
mod failing;
mod friend;
mod into_reply;
mod message;
mod verdict;

pub use answer::Answer;
pub use choice::Choice;
pub use data::{InvocationReply, SignalReply};
pub(crate) use deciding::Deciding;
pub use encoded::Reply;
pub use failing::{Failing, FailurePolicy};
pub use friend::FriendVerdict;
pub use into_reply::{IntoReply, Kind};
pub use message::{MAX_REWRITE_BYTES, MessageVerdict, Rewrite};
pub use verdict::{GiftVerdict, InviteVerdict, SubscribeVerdict, Verdict};
