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
use crate::reply::{Failing, IntoReply, Kind, MessageVerdict, Reply, SubscribeVerdict, Verdict};
use crate::time::UnixMillis;

catalogue! {
    // Official accounts

    /// An official account is about to be created: allow or refuse it.
    "OfficialAccount.CallbackBeforeCreateOfficialAccount"
        OfficialAccountBeforeCreateOfficialAccount(official_account::BeforeCreateOfficialAccount)
        fn official_account_before_create_official_account -> Verdict;

    /// An official account was created.
    "OfficialAccount.CallbackAfterCreateOfficialAccount"
        OfficialAccountAfterCreateOfficialAccount(official_account::AfterCreateOfficialAccount)
        fn official_account_after_create_official_account -> ();

    /// The profile of an official account was changed.
    "OfficialAccount.CallbackAfterOfficialAccountInfoChanged"
        OfficialAccountAfterOfficialAccountInfoChanged(official_account::AfterOfficialAccountInfoChanged)
        fn official_account_after_official_account_info_changed -> ();

    /// An official account was destroyed.
    "OfficialAccount.CallbackAfterOfficialAccountDestroyed"
        OfficialAccountAfterOfficialAccountDestroyed(official_account::AfterOfficialAccountDestroyed)
        fn official_account_after_official_account_destroyed -> ();

    /// Users are about to subscribe: allow all, some or none.
    "OfficialAccount.CallbackBeforeAddSubscriber"
        OfficialAccountBeforeAddSubscriber(official_account::BeforeAddSubscriber)
        fn official_account_before_add_subscriber -> SubscribeVerdict;

    /// Users subscribed.
    "OfficialAccount.CallbackAfterAddSubscriber"
        OfficialAccountAfterAddSubscriber(official_account::AfterAddSubscriber)
        fn official_account_after_add_subscriber -> ();

    /// An official account reached its limit of subscribers.
    "OfficialAccount.CallbackAfterOfficialAccountFull"
        OfficialAccountAfterOfficialAccountFull(official_account::AfterOfficialAccountFull)
        fn official_account_after_official_account_full -> ();

    /// Users unsubscribed, or were removed.
    "OfficialAccount.CallbackAfterDeleteSubscriber"
        OfficialAccountAfterDeleteSubscriber(official_account::AfterDeleteSubscriber)
        fn official_account_after_delete_subscriber -> ();

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
