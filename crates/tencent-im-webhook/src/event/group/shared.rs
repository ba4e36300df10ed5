//! What the group payloads have in common.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::open::open_enum;

open_enum! {
    /// What sort of group it is. The wire keeps the legacy names.
    pub enum GroupType {
        /// Members are invited ("Work" in the console).
        Private = "Private",
        /// Found and joined with approval.
        Public = "Public",
        /// Joined freely ("Meeting" in the console).
        ChatRoom = "ChatRoom",
        /// A live audience without a member list.
        AvChatRoom = "AVChatRoom",
        /// A large group with topics.
        Community = "Community",
        /// A room of the Live and Room products; the group id is the room's.
        Live = "Live",
        /// A broadcast room, retired.
        BChatRoom = "BChatRoom",
    }
}

/// An entry of any list of members.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Member {
    /// Who it is.
    #[serde(rename = "Member_Account")]
    pub member_account: UserId,
}

/// A custom field of a group or a topic.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct UserDefinedData {
    /// The field's name, as set up in the console.
    pub key: String,
    /// What the app put there.
    pub value: String,
}

/// Gives payloads their `topic`: on the wire, absent and empty mean the same.
macro_rules! in_topics {
    ($($payload:ident)*) => {$(
        impl $payload {
            /// The topic that it is about; `None` where the id is absent or empty.
            ///
            /// ```
            #[doc = concat!("use tencent_im_webhook::event::group::", stringify!($payload), ";")]
            #[doc = concat!("let mut event = ", stringify!($payload), "::default();")]
            /// event.topic_id = Some("".into()); // As the platform writes it outside of topics.
            /// assert_eq!(event.topic(), None);
            /// ```
            #[must_use]
            pub fn topic(&self) -> Option<&$crate::id::TopicId> {
                self.topic_id.as_ref().filter(|topic| !topic.is_empty())
            }
        }
    )*};
}

pub(super) use in_topics;

/// Who is on a list of members.
pub(super) fn accounts(members: &[Member]) -> impl Iterator<Item = &UserId> {
    members.iter().map(|member| &member.member_account)
}
