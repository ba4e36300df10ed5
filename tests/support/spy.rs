use std::sync::{Arc, Mutex, PoisonError};

use tencent_im_webhook::event::{
    alert, bot, c2c, call, chatbot, content_callback, desk, follow, group, live, member, mic,
    official_account, profile, push, room, sns, state,
};
use tencent_im_webhook::{
    BoxError, Context, Event, Payload, Reply, UnknownEvent, WebhookHandler, async_trait,
};

/// A handler that answers every command by its default and remembers what it saw. Clones share their
/// memory.
#[derive(Clone, Debug, Default)]
pub struct Spy {
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// One webhook that reached a handler.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The handler's method.
    pub method: &'static str,
    pub event: Event,
    pub context: Context,
}

impl Spy {
    /// What it saw since it was last asked.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn see(&self, method: &'static str, context: &Context, event: impl Into<Event>) {
        let seen = Seen { method, event: event.into(), context: context.clone() };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }
}

/// Overrides every method. A method that is missing here is found by the loop over all fixtures.
macro_rules! spy_on {
    ($($method:ident($module:ident::$payload:ident);)*) => {
        #[async_trait]
        impl WebhookHandler for Spy {
            $(
                async fn $method(
                    &self,
                    cx: &Context,
                    event: $module::$payload,
                ) -> Result<<$module::$payload as Payload>::Reply, BoxError> {
                    self.see(stringify!($method), cx, event);
                    Ok(Default::default())
                }
            )*

            async fn unknown(&self, cx: &Context, event: UnknownEvent) -> Result<Reply, BoxError> {
                self.see("unknown", cx, Event::Unknown(event.clone()));
                event.default_reply()
            }
        }
    };
}

spy_on! {
    state_state_change(state::StateChange);
    profile_portrait_set(profile::PortraitSet);
    sns_prev_friend_add(sns::PrevFriendAdd);
    sns_prev_friend_response(sns::PrevFriendResponse);
    sns_friend_add(sns::FriendAdd);
    sns_friend_delete(sns::FriendDelete);
    sns_black_list_add(sns::BlackListAdd);
    sns_black_list_delete(sns::BlackListDelete);
    follow_after_follow_add(follow::AfterFollowAdd);
    follow_after_follow_delete(follow::AfterFollowDelete);
    c2c_before_send_msg(c2c::BeforeSendMsg);
    c2c_after_send_msg(c2c::AfterSendMsg);
    c2c_after_msg_report(c2c::AfterMsgReport);
    c2c_after_msg_withdraw(c2c::AfterMsgWithdraw);
    c2c_after_c2c_msg_extension(c2c::AfterC2cMsgExtension);
    c2c_after_msg_read_receipt(c2c::AfterMsgReadReceipt);
    c2c_after_modify_msg(c2c::AfterModifyMsg);
    c2c_after_msg_read_all(c2c::AfterMsgReadAll);
    official_account_before_create_official_account(official_account::BeforeCreateOfficialAccount);
    official_account_after_create_official_account(official_account::AfterCreateOfficialAccount);
    official_account_after_official_account_info_changed(official_account::AfterOfficialAccountInfoChanged);
    official_account_after_official_account_destroyed(official_account::AfterOfficialAccountDestroyed);
    official_account_before_add_subscriber(official_account::BeforeAddSubscriber);
    official_account_after_add_subscriber(official_account::AfterAddSubscriber);
    official_account_after_official_account_full(official_account::AfterOfficialAccountFull);
    official_account_after_delete_subscriber(official_account::AfterDeleteSubscriber);
    official_account_before_send_msg(official_account::BeforeSendMsg);
    official_account_after_send_msg(official_account::AfterSendMsg);
    official_account_after_msg_withdraw(official_account::AfterMsgWithdraw);
    group_before_create_group(group::BeforeCreateGroup);
    group_after_create_group(group::AfterCreateGroup);
    group_before_apply_join_group(group::BeforeApplyJoinGroup);
    group_before_invite_join_group(group::BeforeInviteJoinGroup);
    group_after_new_member_join(group::AfterNewMemberJoin);
    group_after_member_exit(group::AfterMemberExit);
    group_before_send_msg(group::BeforeSendMsg);
    group_after_send_msg(group::AfterSendMsg);
    group_after_group_full(group::AfterGroupFull);
    group_after_group_destroyed(group::AfterGroupDestroyed);
    group_after_group_info_changed(group::AfterGroupInfoChanged);
    group_after_recall_msg(group::AfterRecallMsg);
    group_on_member_state_change(group::OnMemberStateChange);
    group_send_msg_exception(group::SendMsgException);
    group_before_create_topic(group::BeforeCreateTopic);
    group_after_create_topic(group::AfterCreateTopic);
    group_after_topic_destroyed(group::AfterTopicDestroyed);
    group_after_topic_info_changed(group::AfterTopicInfoChanged);
    group_after_member_field_changed(group::AfterMemberFieldChanged);
    group_after_group_attr_changed(group::AfterGroupAttrChanged);
    group_after_read_receipt(group::AfterReadReceipt);
    group_after_change_group_owner(group::AfterChangeGroupOwner);
    group_on_daily_group_quota_alarm(group::OnDailyGroupQuotaAlarm);
    group_after_group_msg_extension(group::AfterGroupMsgExtension);
    group_after_modify_msg(group::AfterModifyMsg);
    bot_on_c2c_message(bot::OnC2cMessage);
    bot_on_group_message(bot::OnGroupMessage);
    chatbot_on_c2c_signal_message(chatbot::OnC2cSignalMessage);
    chatbot_interface_invocation(chatbot::InterfaceInvocation);
    push_offline_push(push::OfflinePush);
    push_all_member_push(push::AllMemberPush);
    content_callback_result_notify(content_callback::ResultNotify);
    alert_request_over_limit(alert::RequestOverLimit);
    call_after_start_call(call::AfterStartCall);
    call_after_end_call(call::AfterEndCall);
    call_after_member_changed(call::AfterMemberChanged);
    call_after_record_changed(call::AfterRecordChanged);
    desk_session_event_notify(desk::SessionEventNotify);
    member_event_notify(member::EventNotify);
    live_after_create_room(live::AfterCreateRoom);
    live_after_destroy_room(live::AfterDestroyRoom);
    live_after_update_room_info(live::AfterUpdateRoomInfo);
    live_after_set_metadata(live::AfterSetMetadata);
    live_after_del_metadata(live::AfterDelMetadata);
    live_after_create_room_reaching_threshold(live::AfterCreateRoomReachingThreshold);
    live_after_member_state_changed(live::AfterMemberStateChanged);
    live_after_change_owner(live::AfterChangeOwner);
    live_after_modify_admin(live::AfterModifyAdmin);
    live_after_create_battle(live::AfterCreateBattle);
    live_after_start_battle(live::AfterStartBattle);
    live_after_end_battle(live::AfterEndBattle);
    live_before_send_gift(live::BeforeSendGift);
    live_after_cloud_recording_changed(live::AfterCloudRecordingChanged);
    mic_after_seat_info_changed(mic::AfterSeatInfoChanged);
    room_after_create_room(room::AfterCreateRoom);
    room_after_destroy_room(room::AfterDestroyRoom);
    room_after_update_room_info(room::AfterUpdateRoomInfo);
    room_after_member_enter(room::AfterMemberEnter);
    room_after_member_leave(room::AfterMemberLeave);
}
