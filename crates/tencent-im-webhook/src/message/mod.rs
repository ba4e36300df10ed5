//! The body of a message: what its sender wrote, as a list of elements.
//!
//! Tencent: [CN 2720](https://cloud.tencent.com/document/product/269/2720),
//! [INTL 33527](https://www.tencentcloud.com/document/product/1047/33527).
//!
//! The set of element types is open, and a rewrite replaces the whole list. So nothing is dropped on the
//! way through: unknown types are kept raw, unknown keys of known types stay with their element, and a
//! known type whose content does not fit is kept raw as [`MsgElement::Malformed`].

mod codec;
mod degrees;
mod extra;

pub use degrees::Degrees;

use std::ops::{Deref, DerefMut};

use crate::id::{GroupId, UserId};
use crate::message::codec::{CUSTOM, FACE, FILE, IMAGE, LOCATION, RELAY, SOUND, TEXT, VIDEO_FILE, type_of};
use crate::message::extra::Extra;
use crate::raw::RawJson;
use crate::time::UnixSeconds;

/// The elements of a message, in the order in which they are shown (`MsgBody`).
///
/// At most one [`CustomElem`] is allowed per message, and about 12 KB in all.
///
/// ```
/// use tencent_im_webhook::{MsgBody, MsgElement};
///
/// let body: MsgBody = [MsgElement::text("Look: "), MsgElement::text("a boat")].into_iter().collect();
/// assert_eq!(body.len(), 2);
/// assert_eq!(body.texts().collect::<String>(), "Look: a boat");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MsgBody(pub Vec<MsgElement>);

impl MsgBody {
    /// The text of every [`TextElem`] in order, not looking into relays.
    ///
    /// ```
    /// use tencent_im_webhook::MsgBody;
    ///
    /// let body: MsgBody = serde_json::from_str(
    ///     r#"[{"MsgType":"TIMTextElem","MsgContent":{"Text":"hello"}},
    ///         {"MsgType":"TIMFaceElem","MsgContent":{"Index":6}}]"#,
    /// )?;
    /// assert!(body.texts().eq(["hello"]));
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|element| match element {
            MsgElement::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
    }

    /// The text of every [`TextElem`], those of forwarded messages included: what a moderator has to look at.
    ///
    /// ```
    /// use tencent_im_webhook::MsgBody;
    ///
    /// let body: MsgBody = serde_json::from_str(
    ///     r#"[{"MsgType":"TIMRelayElem","MsgContent":{"MsgList":[
    ///         {"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"forwarded"}}]}]}}]"#,
    /// )?;
    /// assert_eq!(body.texts().count(), 0);
    /// assert_eq!(body.all_texts(), ["forwarded"]);
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn all_texts(&self) -> Vec<&str> {
        let texts = self.0.iter().flat_map(|element| match element {
            MsgElement::Text(text) => vec![text.text.as_str()],
            MsgElement::Relay(relay) => {
                relay.messages().flat_map(|message| message.msg_body.all_texts()).collect()
            }
            _ => Vec::new(),
        });
        texts.collect()
    }

    /// The same, to be changed in place for a rewrite.
    ///
    /// ```
    /// use tencent_im_webhook::{MsgBody, MsgElement};
    ///
    /// let mut body = MsgBody(vec![MsgElement::text("a secret word")]);
    /// for text in body.all_texts_mut() {
    ///     *text = text.replace("secret", "******");
    /// }
    /// assert_eq!(body.all_texts(), ["a ****** word"]);
    /// ```
    pub fn all_texts_mut(&mut self) -> Vec<&mut String> {
        let texts = self.0.iter_mut().flat_map(|element| match element {
            MsgElement::Text(text) => vec![&mut text.text],
            MsgElement::Relay(relay) => {
                let messages = relay.msg_list.iter_mut().flatten();
                messages.flat_map(|message| message.msg_body.all_texts_mut()).collect()
            }
            _ => Vec::new(),
        });
        texts.collect()
    }
}

impl Deref for MsgBody {
    type Target = Vec<MsgElement>;

    fn deref(&self) -> &Vec<MsgElement> {
        &self.0
    }
}

impl DerefMut for MsgBody {
    fn deref_mut(&mut self) -> &mut Vec<MsgElement> {
        &mut self.0
    }
}

impl From<Vec<MsgElement>> for MsgBody {
    fn from(elements: Vec<MsgElement>) -> Self {
        Self(elements)
    }
}

impl FromIterator<MsgElement> for MsgBody {
    fn from_iter<I: IntoIterator<Item = MsgElement>>(elements: I) -> Self {
        Self(elements.into_iter().collect())
    }
}

impl IntoIterator for MsgBody {
    type Item = MsgElement;
    type IntoIter = std::vec::IntoIter<MsgElement>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a MsgBody {
    type Item = &'a MsgElement;
    type IntoIter = std::slice::Iter<'a, MsgElement>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// One element of a message: a `MsgType` and its `MsgContent`.
///
/// The larger contents are boxed, so that a body of many small elements stays small.
///
/// ```
/// use tencent_im_webhook::{MsgBody, MsgElement};
///
/// /// Pictures and films wait for a human; so does what cannot be read.
/// fn needs_a_look(body: &MsgBody) -> bool {
///     body.iter().any(|element| match element {
///         MsgElement::Text(_) | MsgElement::Face(_) | MsgElement::Location(_) => false,
///         MsgElement::Custom(custom) => custom.data.is_some(),
///         MsgElement::Relay(relay) => relay.messages().any(|message| needs_a_look(&message.msg_body)),
///         _ => true,
///     })
/// }
/// assert!(!needs_a_look(&MsgBody(vec![MsgElement::text("hello")])));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum MsgElement {
    /// `TIMTextElem`
    Text(TextElem),
    /// `TIMFaceElem`
    Face(FaceElem),
    /// `TIMLocationElem`
    Location(Box<LocationElem>),
    /// `TIMCustomElem`
    Custom(Box<CustomElem>),
    /// `TIMSoundElem`
    Sound(Box<SoundElem>),
    /// `TIMImageElem`
    Image(Box<ImageElem>),
    /// `TIMFileElem`
    File(Box<FileElem>),
    /// `TIMVideoFileElem`
    VideoFile(Box<VideoFileElem>),
    /// `TIMRelayElem`
    Relay(Box<RelayElem>),
    /// Any other type, kept raw: `TIMStreamElem`, whose shape still moves, and those to come.
    Unknown(UnknownElem),
    /// An element whose content does not fit its known type, which has no type at all, or whose relays
    /// nest more than eight deep: the whole element as it came.
    Malformed(RawJson),
}

impl MsgElement {
    /// A text element.
    ///
    /// ```
    /// use tencent_im_webhook::MsgElement;
    ///
    /// let MsgElement::Text(elem) = MsgElement::text("hello") else { unreachable!() };
    /// assert_eq!(elem.text, "hello");
    /// ```
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextElem { text: text.into(), extra: Extra::default() })
    }

    /// A custom element with a payload and the text that a push shows for it.
    ///
    /// ```
    /// use tencent_im_webhook::MsgElement;
    ///
    /// let card = MsgElement::custom(r#"{"card":"order","id":7}"#, "Your order is on its way");
    /// assert_eq!(card.msg_type(), Some("TIMCustomElem"));
    /// ```
    pub fn custom(data: impl Into<String>, desc: impl Into<String>) -> Self {
        let (data, desc) = (Some(data.into()), Some(desc.into()));
        Self::Custom(Box::new(CustomElem { data, desc, ..CustomElem::default() }))
    }

    /// The wire name of its type; `None` for a malformed element without one.
    ///
    /// ```
    /// use tencent_im_webhook::MsgElement;
    ///
    /// let new: MsgElement = serde_json::from_str(r#"{"MsgType":"TIMNewElem","MsgContent":{}}"#)?;
    /// assert_eq!(new.msg_type(), Some("TIMNewElem"));
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn msg_type(&self) -> Option<&str> {
        Some(match self {
            Self::Text(_) => TEXT,
            Self::Face(_) => FACE,
            Self::Location(_) => LOCATION,
            Self::Custom(_) => CUSTOM,
            Self::Sound(_) => SOUND,
            Self::Image(_) => IMAGE,
            Self::File(_) => FILE,
            Self::VideoFile(_) => VIDEO_FILE,
            Self::Relay(_) => RELAY,
            Self::Unknown(unknown) => &unknown.msg_type,
            Self::Malformed(raw) => return type_of(raw),
        })
    }
}

/// Text.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TextElem {
    /// What the sender wrote. May hold any character, control characters included.
    pub text: String,
    extra: Extra,
}

/// A sticker or an emoji of the app's own set.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FaceElem {
    /// The app's number for it. Signed, since nothing says it is not.
    pub index: i64,
    /// The app's own data. Can be missing, and can hold control characters.
    pub data: Option<String>,
    extra: Extra,
}

/// A place.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LocationElem {
    /// What the sender calls it.
    pub desc: Option<String>,
    /// How far north.
    pub latitude: Degrees,
    /// How far east.
    pub longitude: Degrees,
    extra: Extra,
}

/// The app's own element. The platform reads none of it but the push texts, nor does this crate.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CustomElem {
    /// The payload, often JSON text.
    pub data: Option<String>,
    /// What an offline push shows.
    pub desc: Option<String>,
    /// What an offline push carries, often JSON text.
    pub ext: Option<String>,
    /// The sound of an Apple push.
    pub sound: Option<String>,
    extra: Extra,
}

/// A voice message.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SoundElem {
    /// Where to fetch it. Absent from senders with a 2.x or 3.x SDK.
    pub url: Option<String>,
    /// The platform's id of the file. Absent from some bodies.
    pub uuid: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
    /// Length in seconds.
    pub second: Option<u64>,
    /// How to fetch it: 2, by URL, is the only documented value. Absent from senders with an old SDK.
    pub download_flag: Option<u64>,
    extra: Extra,
}

/// A picture in several sizes.
///
/// ```
/// use tencent_im_webhook::message::ImageElem;
///
/// /// The largest rendition that has a size: small ones may say 0.
/// fn best(image: &ImageElem) -> Option<&str> {
///     let largest = image.image_info_array.iter().max_by_key(|info| info.size)?;
///     largest.url.as_deref()
/// }
/// assert_eq!(best(&ImageElem::default()), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ImageElem {
    /// The picture's id; only has to be unique.
    pub uuid: Option<String>,
    /// 1 JPG, 2 GIF, 3 PNG, 4 BMP, 255 other. 0 is seen in samples of third parties.
    pub image_format: Option<u64>,
    /// Its renditions: usually three, in no promised order.
    pub image_info_array: Vec<ImageInfo>,
    extra: Extra,
}

/// One rendition of an [`ImageElem`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ImageInfo {
    /// 1 original, 2 large, 3 thumbnail (`Type`).
    pub image_type: Option<u64>,
    /// Bytes; may be 0 for types 2 and 3.
    pub size: Option<u64>,
    /// Pixels; may be 0 for types 2 and 3.
    pub width: Option<u64>,
    /// Pixels; may be 0 for types 2 and 3.
    pub height: Option<u64>,
    /// Where to fetch it (`URL`, in capitals here alone).
    pub url: Option<String>,
    extra: Extra,
}

/// A file.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FileElem {
    /// Where to fetch it. Absent from senders with a 2.x or 3.x SDK.
    pub url: Option<String>,
    /// The platform's id of the file.
    pub uuid: Option<String>,
    /// Bytes. Passes 32 bits.
    pub file_size: Option<u64>,
    /// The name that the sender's device gave it.
    pub file_name: Option<String>,
    /// As in [`SoundElem::download_flag`].
    pub download_flag: Option<u64>,
    extra: Extra,
}

/// A video with its cover picture.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct VideoFileElem {
    /// Where to fetch the video. Absent from senders with a 2.x or 3.x SDK.
    pub video_url: Option<String>,
    /// The platform's id of the video.
    pub video_uuid: Option<String>,
    /// Bytes.
    pub video_size: Option<u64>,
    /// Length in seconds; 0 when sent from the web.
    pub video_second: Option<u64>,
    /// Such as `mp4`.
    pub video_format: Option<String>,
    /// As in [`SoundElem::download_flag`].
    pub video_download_flag: Option<u64>,
    /// Where to fetch the cover. Absent from senders with a 2.x or 3.x SDK.
    pub thumb_url: Option<String>,
    /// The platform's id of the cover.
    pub thumb_uuid: Option<String>,
    /// Bytes of the cover.
    pub thumb_size: Option<u64>,
    /// Pixels of the cover.
    pub thumb_width: Option<u64>,
    /// Pixels of the cover.
    pub thumb_height: Option<u64>,
    /// Such as `JPG`.
    pub thumb_format: Option<String>,
    /// As in [`SoundElem::download_flag`].
    pub thumb_download_flag: Option<u64>,
    extra: Extra,
}

/// Several messages forwarded as one.
///
/// The bundle stands in [`msg_list`](Self::msg_list), or, above 12 KB, behind
/// [`json_msg_key`](Self::json_msg_key).
///
/// ```
/// use tencent_im_webhook::message::RelayElem;
///
/// /// What a moderator can see at once, and the key to fetch the rest by.
/// fn split(relay: &RelayElem) -> (usize, Option<&str>) {
///     (relay.messages().count(), relay.json_msg_key.as_deref())
/// }
/// assert_eq!(split(&RelayElem::default()), (0, None));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RelayElem {
    /// The heading.
    pub title: Option<String>,
    /// How many messages the bundle has.
    pub msg_num: Option<u64>,
    /// What clients show that do not know relays.
    pub compatible_text: Option<String>,
    /// Lines of preview.
    pub abstract_list: Option<Vec<String>>,
    /// The messages. Absent when the bundle is over 12 KB.
    pub msg_list: Option<Vec<RelayedMsg>>,
    /// The key to fetch the bundle by. Absent when the messages stand here.
    pub json_msg_key: Option<String>,
    extra: Extra,
}

impl RelayElem {
    /// The messages that stand here: none if they are behind the key.
    ///
    /// ```
    /// use tencent_im_webhook::message::RelayElem;
    ///
    /// fn senders(relay: &RelayElem) -> Vec<&str> {
    ///     relay.messages().filter_map(|message| Some(message.from_account.as_ref()?.as_str())).collect()
    /// }
    /// assert!(senders(&RelayElem::default()).is_empty());
    /// ```
    pub fn messages(&self) -> impl Iterator<Item = &RelayedMsg> {
        self.msg_list.iter().flatten()
    }
}

/// One message of a [`RelayElem`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RelayedMsg {
    /// Who sent it.
    pub from_account: Option<UserId>,
    /// To whom, if it comes from a one-to-one conversation.
    pub to_account: Option<UserId>,
    /// Where, if it comes from a group.
    pub group_id: Option<GroupId>,
    /// Its sequence number in its conversation.
    pub msg_seq: Option<u64>,
    /// The sender's random number.
    pub msg_random: Option<u64>,
    /// When it was sent.
    pub msg_time_stamp: Option<UnixSeconds>,
    /// Its elements, which may be relays again.
    pub msg_body: MsgBody,
    /// The app's data of the message.
    pub cloud_custom_data: Option<String>,
    extra: Extra,
}

/// An element of a type that this crate does not know.
///
/// It goes into a rewrite as it came:
///
/// ```
/// use tencent_im_webhook::MsgElement;
///
/// let text = r#"{"MsgType":"TIMNewElem","MsgContent":{"Shape":[1.0]},"More":true}"#;
/// let element: MsgElement = serde_json::from_str(text)?;
/// assert!(matches!(&element, MsgElement::Unknown(unknown) if unknown.msg_type == "TIMNewElem"));
/// assert_eq!(serde_json::to_string(&element)?, text);
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnknownElem {
    /// Its `MsgType`.
    pub msg_type: String,
    /// Its `MsgContent`, whatever that is; `None` if it has none.
    pub msg_content: Option<RawJson>,
    extra: Extra,
}

impl UnknownElem {
    /// An element of any type, for a rewrite.
    ///
    /// ```
    /// use tencent_im_webhook::message::UnknownElem;
    /// use tencent_im_webhook::{MsgElement, RawJson};
    ///
    /// let element = MsgElement::Unknown(UnknownElem::new("TIMNewElem", RawJson::new(r#"{"Shape":1}"#)?));
    /// assert_eq!(element.msg_type(), Some("TIMNewElem"));
    /// # Ok::<_, tencent_im_webhook::InvalidJson>(())
    /// ```
    pub fn new(msg_type: impl Into<String>, msg_content: RawJson) -> Self {
        Self { msg_type: msg_type.into(), msg_content: Some(msg_content), extra: Extra::default() }
    }
}
