use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::code::GroupCode;
use crate::error::BoxError;
use crate::reply::{
    FriendVerdict, GiftVerdict, InviteVerdict, InvocationReply, MessageVerdict, Reply, SignalReply,
    SubscribeVerdict, Verdict,
};
use crate::router::Decision;

/// A method of a handler at work.
pub(crate) type Method<'a, R> = Pin<Box<dyn Future<Output = Result<R, BoxError>> + Send + 'a>>;

/// Joins each type that a method answers with, and a variant that turns it into a reply.
macro_rules! deciding {
    ($($variant:ident($reply:ty),)*) => {
        /// A method of a handler at work, whatever its command is.
        // One await for all commands: a state of its own for each took the compiler minutes, in each app.
        pub(crate) enum Deciding<'a> {
            $($variant(Method<'a, $reply>),)*
            /// Answers by itself.
            Unknown(Method<'a, Reply>),
        }

        $(
            impl<'a> From<Method<'a, $reply>> for Deciding<'a> {
                fn from(method: Method<'a, $reply>) -> Self {
                    Self::$variant(method)
                }
            }
        )*

        impl Future for Deciding<'_> {
            type Output = Result<Reply, BoxError>;

            fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
                match &mut *self {
                    $(Self::$variant(method) => {
                        method.as_mut().poll(cx).map(Decision::<$reply>::encoded)
                    })*
                    Self::Unknown(method) => method.as_mut().poll(cx),
                }
            }
        }
    };
}

deciding! {
    Done(()),
    Verdict(Verdict),
    GroupVerdict(Verdict<GroupCode>),
    Message(MessageVerdict),
    GroupMessage(MessageVerdict<GroupCode>),
    Friend(FriendVerdict),
    Invite(InviteVerdict),
    Subscribe(SubscribeVerdict),
    Gift(GiftVerdict),
    Signal(SignalReply),
    Invocation(InvocationReply),
}
