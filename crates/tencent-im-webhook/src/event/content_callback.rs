//! Cloud moderation.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::{GroupId, MsgKey, UserId};
use crate::open::open_enum;
use crate::wire;

open_enum! {
    /// Where the moderated content stood.
    pub enum Scene {
        /// In a one-to-one message.
        C2c = "C2C",
        /// In a custom element of a one-to-one message.
        C2cCustom = "C2CCustom",
        /// In a group message.
        Group = "Group",
        /// In a custom element of a group message.
        GroupCustom = "GroupCustom",
        /// In the data of a group.
        GroupInfo = "GroupInfo",
        /// In the data of a group's member.
        GroupMemberInfo = "GroupMemberInfo",
        /// In the data of a friendship.
        RelationChain = "RelationChain",
        /// In a user's profile.
        UserInfo = "UserInfo",
    }
}

open_enum! {
    /// What sort of content was moderated.
    pub enum ContentType {
        /// Text: see [`ResultNotify::text_content`].
        Text = "Text",
        /// A picture.
        Image = "Image",
        /// A recording.
        Audio = "Audio",
        /// A film.
        Video = "Video",
    }
}

open_enum! {
    /// What the moderation advises.
    pub enum Suggestion {
        /// To block it.
        Block = "Block",
        /// To have a human look at it.
        Review = "Review",
        /// To let it go.
        Normal = "Normal",
    }
}

open_enum! {
    /// What the moderation found. The key is documented; these names come from peers.
    pub enum Label {
        /// Nothing.
        Normal = "Normal",
        /// Something against the law.
        Illegal = "Illegal",
        /// Insults.
        Abuse = "Abuse",
        /// Politics.
        Polity = "Polity",
        /// Advertising.
        Ad = "Ad",
        /// Pornography.
        Porn = "Porn",
        /// Suggestive content.
        Sexy = "Sexy",
        /// Terror.
        Terror = "Terror",
        /// Several of them.
        Composite = "Composite",
    }
}

/// The cloud moderation judged something that a user wrote or uploaded.
///
/// Only violations come, unless the console says otherwise (as of 2026 for listed customers). The body
/// names no command: the URL alone does. There is no event time.
///
/// ```
/// use tencent_im_webhook::event::content_callback::{ResultNotify, Suggestion};
///
/// /// What was done and what is advised are two things: a review is advised of content that is out already.
/// fn queue_for_review(result: &ResultNotify) -> bool {
///     !result.is_blocked() && result.ctxcb_suggestion == Some(Suggestion::Review)
/// }
/// # let result: ResultNotify = tencent_im_webhook_testing::payload();
/// assert!(!queue_for_review(&result));
/// ```
///
/// Tencent: [CN 95616](https://cloud.tencent.com/document/product/269/95616),
/// [INTL 78240](https://www.tencentcloud.com/document/product/1047/78240),
/// [INTL 77840](https://www.tencentcloud.com/document/product/1047/77840).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ResultNotify {
    /// Where the content stood.
    pub scene: Scene,
    /// The app's number, which the URL gives too. In the vendor's sample, not in its table.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub sdk_app_id: Option<u64>,
    /// Whose content it is.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Whom it was for. Absent where nobody receives it, as in a profile.
    #[serde(default, deserialize_with = "wire::optional_object", skip_serializing_if = "Option::is_none")]
    pub contact_item: Option<ContactItem>,
    /// What sort of content it is.
    pub content_type: ContentType,
    /// The text; more than one for custom messages only. Absent, and so empty here, for files. A lone
    /// string, as one English page has it, is read as well.
    #[serde(default, deserialize_with = "wire::one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub text_content: Vec<String>,
    /// Where to fetch the file. Absent for text.
    #[serde(default, rename = "FileURL", skip_serializing_if = "Option::is_none")]
    pub file_url: Option<String>,
    /// The message: its key if it is one-to-one, its number (`MsgSeq`) if it is a group's, which is read
    /// as a string or a number. Absent for a group's that was not delivered, and for what is no message.
    #[serde(default, rename = "MsgID", skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<MsgKey>,
    /// What was done: 0 it was let go, 1 it was blocked. See [`is_blocked`](Self::is_blocked).
    #[serde(deserialize_with = "wire::number")]
    pub ctxcb_result: u64,
    /// The result's id at the moderation service.
    pub ctxcb_request_id: String,
    /// The words that hit. Absent, and so empty here, without any.
    #[serde(default, deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub ctxcb_keywords: Vec<String>,
    /// What the service advises, whatever was done. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ctxcb_suggestion: Option<Suggestion>,
    /// What the service found. Absent: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ctxcb_label: Option<Label>,
    /// The same in finer words of the service. Absent from what a peer describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ctxcb_sub_label: Option<String>,
    /// The finer label spelled out for readers. Absent from what a peer describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ctxcb_sub_label_desc: Option<String>,
    /// The library of words or pictures that hit. Absent from what a peer describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ctxcb_lib_name: Option<String>,
    /// The app's own data of the message. Empty, or absent, for what is no message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
}

impl ResultNotify {
    /// Whether the content was blocked.
    ///
    /// ```
    /// use tencent_im_webhook::event::content_callback::ResultNotify;
    ///
    /// # let result: ResultNotify = tencent_im_webhook_testing::payload();
    /// assert!(result.is_blocked());
    /// ```
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.ctxcb_result == 1
    }
}

/// Whom the content of a [`ResultNotify`] was for.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ContactItem {
    /// 1 a user, 2 a group. Absent: tell by the two ids.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub contact_type: Option<u64>,
    /// The user. Absent if it is a group.
    #[serde(default, rename = "To_Account", skip_serializing_if = "Option::is_none")]
    pub to_account: Option<UserId>,
    /// The group. Absent if it is a user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_group_id: Option<GroupId>,
}

concerns! {
    ResultNotify: |it| {
        accounts: [&it.from_account],
        accounts: it.contact_item.as_ref().and_then(|contact| contact.to_account.as_ref()),
        group: it.contact_item.as_ref().and_then(|contact| contact.to_group_id.as_ref()),
        key: [&it.ctxcb_request_id],
    }
}
