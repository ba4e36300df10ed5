//! The index of the protocol: one row per command.
//!
//! A row says the wire name, the variant with its payload, the handler's method and what it answers.
//! [`macros`](crate::macros) turns the rows into [`Command`], [`Event`], [`WebhookHandler`] and the match
//! that joins them.

use crate::code::GroupCode;
use crate::context::{Call, Context};
use crate::error::BoxError;
use crate::event::{
    Concerns as _, UnknownEvent, alert, bot, c2c, call, chatbot, content_callback, desk, follow, group,
    joined, listed, live, member, mic, official_account, profile, push, room, sns, state,
};
use crate::handler::Payload;
use crate::id::{GroupId, UserId};
use crate::macros::catalogue;
use crate::reply::{
    Choice, Deciding, Failing, FriendVerdict, GiftVerdict, IntoReply, InviteVerdict, InvocationReply, Kind,
    MessageVerdict, Reply, SignalReply, SubscribeVerdict, Verdict,
};
use crate::time::UnixMillis;

catalogue! {
    // Online status

    /// A user came online, went offline or set a custom status.
    "State.StateChange"
        StateStateChange(state::StateChange)
        fn state_state_change -> ();

    // Profiles

    /// A profile was changed.
    "Profile.CallbackPortraitSet"
        ProfilePortraitSet(profile::PortraitSet)
        fn profile_portrait_set -> ();

    // Friends and blocked users

    /// A client is about to add friends: allow or refuse each.
    "Sns.CallbackPrevFriendAdd"
        SnsPrevFriendAdd(sns::PrevFriendAdd)
        fn sns_prev_friend_add -> FriendVerdict;

    /// A client is about to answer friend requests: allow or refuse each answer.
    "Sns.CallbackPrevFriendResponse"
        SnsPrevFriendResponse(sns::PrevFriendResponse)
        fn sns_prev_friend_response -> FriendVerdict;

    /// Users became friends.
    "Sns.CallbackFriendAdd"
        SnsFriendAdd(sns::FriendAdd)
        fn sns_friend_add -> ();

    /// Friends were deleted.
    "Sns.CallbackFriendDelete"
        SnsFriendDelete(sns::FriendDelete)
        fn sns_friend_delete -> ();

    /// Users were blocked.
    "Sns.CallbackBlackListAdd"
        SnsBlackListAdd(sns::BlackListAdd)
        fn sns_black_list_add -> ();

    /// Users were unblocked.
    "Sns.CallbackBlackListDelete"
        SnsBlackListDelete(sns::BlackListDelete)
        fn sns_black_list_delete -> ();

    // Followers

    /// A user follows others.
    "Follow.CallbackAfterFollowAdd"
        FollowAfterFollowAdd(follow::AfterFollowAdd)
        fn follow_after_follow_add -> ();

    /// A user follows others no longer.
    "Follow.CallbackAfterFollowDelete"
        FollowAfterFollowDelete(follow::AfterFollowDelete)
        fn follow_after_follow_delete -> ();

    // One-to-one messages

    /// A one-to-one message is about to be sent: let it pass, change it, refuse it or drop it.
    "C2C.CallbackBeforeSendMsg"
        C2cBeforeSendMsg(c2c::BeforeSendMsg)
        fn c2c_before_send_msg -> MessageVerdict;

    /// A one-to-one message was delivered, or its delivery failed.
    "C2C.CallbackAfterSendMsg"
        C2cAfterSendMsg(c2c::AfterSendMsg)
        fn c2c_after_send_msg -> ();

    /// A one-to-one conversation was read up to some time.
    "C2C.CallbackAfterMsgReport"
        C2cAfterMsgReport(c2c::AfterMsgReport)
        fn c2c_after_msg_report -> ();

    /// A one-to-one message was recalled.
    "C2C.CallbackAfterMsgWithDraw"
        C2cAfterMsgWithdraw(c2c::AfterMsgWithdraw)
        fn c2c_after_msg_withdraw -> ();

    /// The extension of a one-to-one message was changed.
    "C2C.CallbackAfterC2CMsgExtension"
        C2cAfterC2cMsgExtension(c2c::AfterC2cMsgExtension)
        fn c2c_after_c2c_msg_extension -> ();

    /// Receipts were sent for single one-to-one messages.
    "C2C.CallbackAfterMsgReadReceipt"
        C2cAfterMsgReadReceipt(c2c::AfterMsgReadReceipt)
        fn c2c_after_msg_read_receipt -> ();

    /// A one-to-one message was edited.
    "C2C.CallbackAfterModifyMsg"
        C2cAfterModifyMsg(c2c::AfterModifyMsg)
        fn c2c_after_modify_msg -> ();

    /// A user marked everything as read, groups included.
    "C2C.CallbackAfterMsgReadAll"
        C2cAfterMsgReadAll(c2c::AfterMsgReadAll)
        fn c2c_after_msg_read_all -> ();

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

    // Groups, topics and live rooms

    /// A group is about to be created: let it be, or refuse it.
    "Group.CallbackBeforeCreateGroup"
        GroupBeforeCreateGroup(group::BeforeCreateGroup)
        fn group_before_create_group -> Verdict<GroupCode>;

    /// A group was created.
    "Group.CallbackAfterCreateGroup"
        GroupAfterCreateGroup(group::AfterCreateGroup)
        fn group_after_create_group -> ();

    /// Somebody asks to join a group: let them, or refuse.
    "Group.CallbackBeforeApplyJoinGroup"
        GroupBeforeApplyJoinGroup(group::BeforeApplyJoinGroup)
        fn group_before_apply_join_group -> Verdict<GroupCode>;

    /// Members are about to be added to a group: let all in, some or none.
    "Group.CallbackBeforeInviteJoinGroup"
        GroupBeforeInviteJoinGroup(group::BeforeInviteJoinGroup)
        fn group_before_invite_join_group -> InviteVerdict;

    /// Members joined a group.
    "Group.CallbackAfterNewMemberJoin"
        GroupAfterNewMemberJoin(group::AfterNewMemberJoin)
        fn group_after_new_member_join -> ();

    /// Members left a group or were removed from it.
    "Group.CallbackAfterMemberExit"
        GroupAfterMemberExit(group::AfterMemberExit)
        fn group_after_member_exit -> ();

    /// A message is about to go to a group or a live room: let it pass, change it, refuse it or drop it.
    "Group.CallbackBeforeSendMsg"
        GroupBeforeSendMsg(group::BeforeSendMsg)
        fn group_before_send_msg -> MessageVerdict<GroupCode>;

    /// A message went to a group or a live room.
    "Group.CallbackAfterSendMsg"
        GroupAfterSendMsg(group::AfterSendMsg)
        fn group_after_send_msg -> ();

    /// A group is full: a join filled it, or failed.
    "Group.CallbackAfterGroupFull"
        GroupAfterGroupFull(group::AfterGroupFull)
        fn group_after_group_full -> ();

    /// A group was dissolved.
    "Group.CallbackAfterGroupDestroyed"
        GroupAfterGroupDestroyed(group::AfterGroupDestroyed)
        fn group_after_group_destroyed -> ();

    /// A group's name, introduction, notice or avatar changed.
    "Group.CallbackAfterGroupInfoChanged"
        GroupAfterGroupInfoChanged(group::AfterGroupInfoChanged)
        fn group_after_group_info_changed -> ();

    /// Messages of a group were recalled.
    "Group.CallbackAfterRecallMsg"
        GroupAfterRecallMsg(group::AfterRecallMsg)
        fn group_after_recall_msg -> ();

    /// Members of an audio-video room came online or went offline.
    "Group.CallbackOnMemberStateChange"
        GroupOnMemberStateChange(group::OnMemberStateChange)
        fn group_on_member_state_change -> ();

    /// A message to a group could not be sent.
    "Group.CallbackSendMsgException"
        GroupSendMsgException(group::SendMsgException)
        fn group_send_msg_exception -> ();

    /// A topic of a community is about to be created: let it be, or refuse it.
    "Group.CallbackBeforeCreateTopic"
        GroupBeforeCreateTopic(group::BeforeCreateTopic)
        fn group_before_create_topic -> Verdict<GroupCode>;

    /// A topic of a community was created.
    "Group.CallbackAfterCreateTopic"
        GroupAfterCreateTopic(group::AfterCreateTopic)
        fn group_after_create_topic -> ();

    /// Topics of a community were removed.
    "Group.CallbackAfterTopicDestroyed"
        GroupAfterTopicDestroyed(group::AfterTopicDestroyed)
        fn group_after_topic_destroyed -> ();

    /// A topic's name, introduction, notice or avatar changed.
    "Group.CallbackAfterTopicInfoChanged"
        GroupAfterTopicInfoChanged(group::AfterTopicInfoChanged)
        fn group_after_topic_info_changed -> ();

    /// A member's role or name card changed.
    "Group.CallbackAfterMemberFieldChanged"
        GroupAfterMemberFieldChanged(group::AfterMemberFieldChanged)
        fn group_after_member_field_changed -> ();

    /// Attributes of a group were set, changed or removed.
    "Group.CallbackAfterGroupAttrChanged"
        GroupAfterGroupAttrChanged(group::AfterGroupAttrChanged)
        fn group_after_group_attr_changed -> ();

    /// Members of a group read messages that asked for receipts.
    "Group.CallbackAfterReadReceipt"
        GroupAfterReadReceipt(group::AfterReadReceipt)
        fn group_after_read_receipt -> ();

    /// A group went to another owner.
    "Group.CallbackAfterChangeGroupOwner"
        GroupAfterChangeGroupOwner(group::AfterChangeGroupOwner)
        fn group_after_change_group_owner -> ();

    /// The groups that the app gained today passed 70 % of its quota.
    "Group.CallbackOnDailyGroupQuotaAlarm"
        GroupOnDailyGroupQuotaAlarm(group::OnDailyGroupQuotaAlarm)
        fn group_on_daily_group_quota_alarm -> ();

    /// Extension keys of a group's message were set, deleted or cleared.
    "Group.CallbackAfterGroupMsgExtension"
        GroupAfterGroupMsgExtension(group::AfterGroupMsgExtension)
        fn group_after_group_msg_extension -> ();

    /// A message of a group was edited.
    "Group.CallbackAfterModifyMsg"
        GroupAfterModifyMsg(group::AfterModifyMsg)
        fn group_after_modify_msg -> ();

    // Chat bots

    /// A one-to-one message reached a bot.
    "Bot.OnC2CMessage"
        BotOnC2cMessage(bot::OnC2cMessage)
        fn bot_on_c2c_message -> ();

    /// A message in a group mentioned a bot.
    "Bot.OnGroupMessage"
        BotOnGroupMessage(bot::OnGroupMessage)
        fn bot_on_group_message -> ();

    // Smart bots

    /// A user sent pass-through content to a smart bot: answer with data for the bot.
    "Chatbot.OnC2CSignalMessage"
        ChatbotOnC2cSignalMessage(chatbot::OnC2cSignalMessage)
        fn chatbot_on_c2c_signal_message -> SignalReply;

    /// A customer-service bot calls the app: answer with values for the session's variables.
    "Chatbot.InterfaceInvocation"
        ChatbotInterfaceInvocation(chatbot::InterfaceInvocation)
        fn chatbot_interface_invocation -> InvocationReply;

    // Pushes

    /// Pushes of chat messages were sent, received or clicked: a batch.
    "Push.OfflinePush"
        PushOfflinePush(push::OfflinePush)
        fn push_offline_push -> ();

    /// Pushes that the app began were sent, received or clicked: a batch.
    "Push.AllMemberPush"
        PushAllMemberPush(push::AllMemberPush)
        fn push_all_member_push -> ();

    // Cloud moderation

    /// The cloud moderation judged something that a user wrote or uploaded.
    "ContentCallback.ResultNotify"
        ContentCallbackResultNotify(content_callback::ResultNotify)
        fn content_callback_result_notify -> ();

    // Alarms

    /// The app calls a REST command nearly as often as it may.
    "Alert.RequestOverLimit"
        AlertRequestOverLimit(alert::RequestOverLimit)
        fn alert_request_over_limit -> ();

    // Calls

    /// A call was placed.
    "Call.CallbackAfterStartCall"
        CallAfterStartCall(call::AfterStartCall)
        fn call_after_start_call -> ();

    /// A call ended, or was never answered.
    "Call.CallbackAfterEndCall"
        CallAfterEndCall(call::AfterEndCall)
        fn call_after_end_call -> ();

    /// Users of a call answered, declined, joined, hung up or were invited.
    "Call.CallbackAfterMemberChanged"
        CallAfterMemberChanged(call::AfterMemberChanged)
        fn call_after_member_changed -> ();

    /// The recording of a call began, went on or ended.
    "Call.CallbackAfterRecordChanged" | "Call.CallbackAfterCloudRecordingChanged"
        CallAfterRecordChanged(call::AfterRecordChanged)
        fn call_after_record_changed -> ();

    // Customer service

    /// Something happened in a customer's conversation.
    "Desk.SessionEventNotify"
        DeskSessionEventNotify(desk::SessionEventNotify)
        fn desk_session_event_notify -> ();

    /// A human agent came, went, or took a break.
    "Member.EventNotify"
        MemberEventNotify(member::EventNotify)
        fn member_event_notify -> ();

    // Live rooms

    /// A live room was created.
    "Live.CallbackAfterCreateRoom"
        LiveAfterCreateRoom(live::AfterCreateRoom)
        fn live_after_create_room -> ();

    /// A live room was closed for good.
    "Live.CallbackAfterDestroyRoom"
        LiveAfterDestroyRoom(live::AfterDestroyRoom)
        fn live_after_destroy_room -> ();

    /// A live room's data changed.
    "Live.CallbackAfterUpdateRoomInfo"
        LiveAfterUpdateRoomInfo(live::AfterUpdateRoomInfo)
        fn live_after_update_room_info -> ();

    /// Metadata of a live room was set.
    "Live.CallbackAfterSetMetadata"
        LiveAfterSetMetadata(live::AfterSetMetadata)
        fn live_after_set_metadata -> ();

    /// Metadata of a live room was deleted.
    "Live.CallbackAfterDelMetadata"
        LiveAfterDelMetadata(live::AfterDelMetadata)
        fn live_after_del_metadata -> ();

    /// The app has more than 70 % of the live rooms it may have.
    "Live.CallbackAfterCreateRoomReachingThreshold"
        LiveAfterCreateRoomReachingThreshold(live::AfterCreateRoomReachingThreshold)
        fn live_after_create_room_reaching_threshold -> ();

    /// Viewers came to a live room or went.
    "Live.CallbackAfterMemberStateChanged" | "Live.CallbackMemberStateChanged"
        LiveAfterMemberStateChanged(live::AfterMemberStateChanged)
        fn live_after_member_state_changed -> ();

    /// A live room has another owner.
    "Live.CallbackAfterChangeOwner"
        LiveAfterChangeOwner(live::AfterChangeOwner)
        fn live_after_change_owner -> ();

    /// Administrators of a live room were added or removed.
    "Live.CallbackAfterModifyAdmin"
        LiveAfterModifyAdmin(live::AfterModifyAdmin)
        fn live_after_modify_admin -> ();

    /// A live room challenged others to a battle.
    "Live.CallbackAfterCreateBattle"
        LiveAfterCreateBattle(live::AfterCreateBattle)
        fn live_after_create_battle -> ();

    /// A battle of live rooms began.
    "Live.CallbackAfterStartBattle"
        LiveAfterStartBattle(live::AfterStartBattle)
        fn live_after_start_battle -> ();

    /// A battle of live rooms ended, or did not take place.
    "Live.CallbackAfterEndBattle"
        LiveAfterEndBattle(live::AfterEndBattle)
        fn live_after_end_battle -> ();

    /// A gift is about to be sent: give it or refuse it.
    "Live.CallbackBeforeSendGift"
        LiveBeforeSendGift(live::BeforeSendGift)
        fn live_before_send_gift -> GiftVerdict;

    /// The recording of a live room began, went on or ended.
    "Live.CallbackAfterCloudRecordingChanged" | "Follow.CallbackAfterCloudRecordingChanged"
        LiveAfterCloudRecordingChanged(live::AfterCloudRecordingChanged)
        fn live_after_cloud_recording_changed -> ();

    // Seats

    /// A seat in a room was taken, left, locked or switched.
    "Mic.CallbackAfterSeatInfoChanged"
        MicAfterSeatInfoChanged(mic::AfterSeatInfoChanged)
        fn mic_after_seat_info_changed -> ();

    // Conference rooms

    /// A conference room was created or scheduled.
    "Room.CallbackAfterCreateRoom"
        RoomAfterCreateRoom(room::AfterCreateRoom)
        fn room_after_create_room -> ();

    /// A conference room was closed for good.
    "Room.CallbackAfterDestroyRoom"
        RoomAfterDestroyRoom(room::AfterDestroyRoom)
        fn room_after_destroy_room -> ();

    /// A conference room's data changed.
    "Room.CallbackAfterUpdateRoomInfo" | "Room.CallbackUpdateRoomInfo"
        RoomAfterUpdateRoomInfo(room::AfterUpdateRoomInfo)
        fn room_after_update_room_info -> ();

    /// Members came into a conference room.
    "Room.CallbackAfterMemberEnter"
        RoomAfterMemberEnter(room::AfterMemberEnter)
        fn room_after_member_enter -> ();

    /// Members left a conference room, were removed or dropped.
    "Room.CallbackAfterMemberLeave"
        RoomAfterMemberLeave(room::AfterMemberLeave)
        fn room_after_member_leave -> ();
}
