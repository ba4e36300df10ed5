//! Groups, communities with their topics, and live rooms.
//!
//! REST calls of the app's own administrator come here as well: a server that sends a message from inside
//! its own webhook can loop.

mod lifecycle;
mod member;
mod message;
mod profile;
mod shared;
mod topic;

pub use lifecycle::{
    AfterCreateGroup, AfterGroupDestroyed, AfterGroupFull, BeforeCreateGroup, GroupNum,
    OnDailyGroupQuotaAlarm,
};
pub use member::{
    AfterMemberExit, AfterMemberFieldChanged, AfterNewMemberJoin, BeforeApplyJoinGroup,
    BeforeInviteJoinGroup, ExitType, JoinType, MemberEventCause, MemberEventType, MemberRole,
    OnMemberStateChange,
};
pub use message::{
    AfterGroupMsgExtension, AfterModifyMsg, AfterReadReceipt, AfterRecallMsg, AfterSendMsg, BeforeSendMsg,
    GroupAt, GroupMsgReceipt, MsgExtension, RecalledMsg, SendMsgException,
};
pub use profile::{
    AfterChangeGroupOwner, AfterGroupAttrChanged, AfterGroupInfoChanged, AttrOption, GroupAttr,
};
pub use shared::{GroupType, Member, UserDefinedData};
pub use topic::{AfterCreateTopic, AfterTopicDestroyed, AfterTopicInfoChanged, BeforeCreateTopic};
