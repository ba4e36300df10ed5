//! Live rooms (TUILiveKit).
//!
//! These webhooks are configured in the console or over REST (`v4/live_config/set_callback`), one URL per
//! app. Messages in live rooms come as those of [groups](super::group), with the group type `Live`; seats
//! as those of [`mic`](super::mic).

mod battle;
mod gift;
mod member;
mod recording;
mod room;

pub use battle::{AfterCreateBattle, AfterEndBattle, AfterStartBattle, BattleRoom};
pub use gift::{BeforeSendGift, GiftWater};
pub use member::{
    AfterChangeOwner, AfterMemberStateChanged, AfterModifyAdmin, Member, MemberCause, MemberState, OpType,
};
pub use recording::{AfterCloudRecordingChanged, RecordingInfo};
pub use room::{
    AfterCreateRoom, AfterCreateRoomReachingThreshold, AfterDelMetadata, AfterDestroyRoom, AfterSetMetadata,
    AfterUpdateRoomInfo, DestroyType, Metadata, RoomInfo, Statistic,
};
