//! The index of the protocol: one row per command.
//!
//! A row says the wire name, the variant with its payload, the handler's method and what it answers.
//! [`macros`](crate::macros) turns the rows into [`Command`], [`Event`], [`WebhookHandler`] and the match
//! that joins them.

use crate::context::{Call, Context};
use crate::error::BoxError;
use crate::event::{Concerns as _, UnknownEvent, group, joined, official_account};
use crate::handler::Payload;
use crate::id::{GroupId, UserId};
use crate::macros::catalogue;
use crate::reply::{Failing, IntoReply, Kind, MessageVerdict, Reply};
use crate::time::UnixMillis;

catalogue! {
    // Official accounts

    /// A message is about to go to the subscribers: let it pass, change it, refuse it or drop it.
    "OfficialAccount.CallbackBeforeSendMsg"
        OfficialAccountBeforeSendMsg(official_account::BeforeSendMsg)
        fn official_account_before_send_msg -> MessageVerdict;

    /// A message went to the subscribers.
    "OfficialAccount.CallbackAfterSendMsg"
        OfficialAccountAfterSendMsg(official_account::AfterSendMsg)
        fn official_account_after_send_msg -> ();

    /// Messages to the subscribers were recalled.
    "OfficialAccount.CallbackAfterMsgWithDraw"
        OfficialAccountAfterMsgWithdraw(official_account::AfterMsgWithdraw)
        fn official_account_after_msg_withdraw -> ();

    // Groups and live rooms

    /// A message went to a group or a live room.
    "Group.CallbackAfterSendMsg"
        GroupAfterSendMsg(group::AfterSendMsg)
        fn group_after_send_msg -> ();
}
