//! The body of a message: what its sender wrote, as a list of elements.
//!
//! Tencent: [CN 2720](https://cloud.tencent.com/document/product/269/2720),
//! [INTL 33527](https://www.tencentcloud.com/document/product/1047/33527).
//!
//! The set of element types is open, and a rewrite replaces the whole list. So nothing is dropped on the
//! way through: unknown types are kept raw, unknown keys of known types stay with their element, and a
//! known type whose content does not fit is kept raw as [`MsgElement::Malformed`].

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::id::{GroupId, UserId};
use crate::raw::RawJson;
use crate::time::UnixSeconds;
use crate::wire::{self, Text, once};

/// The elements of a message, in the order in which they are shown (`MsgBody`).
///
/// At most one [`CustomElem`] is allowed per message, and about 12 KB in all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MsgBody(pub Vec<MsgElement>);

impl MsgBody {
    /// The text of every [`TextElem`] in order, not looking into relays.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|element| match element {
            MsgElement::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
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
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum MsgElement {
    /// `TIMTextElem`
    Text(TextElem),
    /// `TIMFaceElem`
    Face(FaceElem),
    /// `TIMLocationElem`
    Location(LocationElem),
    /// `TIMCustomElem`
    Custom(CustomElem),
    /// `TIMSoundElem`
    Sound(SoundElem),
    /// `TIMImageElem`
    Image(ImageElem),
    /// `TIMFileElem`
    File(FileElem),
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
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextElem { text: text.into(), extra: Extra::default() })
    }

    /// A custom element with a payload and the text that a push shows for it.
    pub fn custom(data: impl Into<String>, desc: impl Into<String>) -> Self {
        let (data, desc) = (Some(data.into()), Some(desc.into()));
        Self::Custom(CustomElem { data, desc, ..CustomElem::default() })
    }

    /// The wire name of its type; `None` for a malformed element without one.
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
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
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
    pub fn new(msg_type: impl Into<String>, msg_content: RawJson) -> Self {
        Self { msg_type: msg_type.into(), msg_content: Some(msg_content), extra: Extra::default() }
    }
}

impl Serialize for MsgBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MsgBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let _level = wire::descend().ok_or_else(|| de::Error::custom("relays nest too deep"))?;
        Vec::deserialize(deserializer).map(Self)
    }
}

impl Serialize for MsgElement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(elem) => serialize_element(TEXT, elem, &elem.extra, serializer),
            Self::Face(elem) => serialize_element(FACE, elem, &elem.extra, serializer),
            Self::Location(elem) => serialize_element(LOCATION, elem, &elem.extra, serializer),
            Self::Custom(elem) => serialize_element(CUSTOM, elem, &elem.extra, serializer),
            Self::Sound(elem) => serialize_element(SOUND, elem, &elem.extra, serializer),
            Self::Image(elem) => serialize_element(IMAGE, elem, &elem.extra, serializer),
            Self::File(elem) => serialize_element(FILE, elem, &elem.extra, serializer),
            Self::VideoFile(elem) => serialize_element(VIDEO_FILE, elem, &elem.extra, serializer),
            Self::Relay(elem) => serialize_element(RELAY, elem, &elem.extra, serializer),
            Self::Unknown(elem) => match &elem.msg_content {
                Some(content) => serialize_element(&elem.msg_type, content, &elem.extra, serializer),
                None => serialize_typed(&elem.msg_type, &elem.extra, serializer, |_| Ok(())),
            },
            Self::Malformed(raw) => raw.serialize(serializer),
        }
    }
}

fn serialize_element<S, C>(
    msg_type: &str,
    content: &C,
    extra: &Extra,
    serializer: S,
) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    C: Serialize,
{
    serialize_typed(msg_type, extra, serializer, |map| map.serialize_entry(MSG_CONTENT, content))
}

fn serialize_typed<S: Serializer>(
    msg_type: &str,
    extra: &Extra,
    serializer: S,
    content: impl FnOnce(&mut S::SerializeMap) -> Result<(), S::Error>,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry(MSG_TYPE, msg_type)?;
    content(&mut map)?;
    serialize_keys(extra.beside(), &mut map)?;
    map.end()
}

impl<'de> Deserialize<'de> for MsgElement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if wire::is_strict() {
            return deserializer.deserialize_map(ElementVisitor);
        }
        let raw = RawJson::deserialize(deserializer)?;
        let element = serde_json::Deserializer::from_str(raw.as_str()).deserialize_map(ElementVisitor);
        Ok(element.unwrap_or(Self::Malformed(raw)))
    }
}

/// Decodes in one pass where `MsgType` comes first. Where `MsgContent` does, its text is held until the
/// type is known: real requests of groups have their keys sorted.
struct ElementVisitor;

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = MsgElement;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message element")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MsgElement, A::Error> {
        let mut msg_type: Option<Text<'de>> = None;
        let mut element: Option<MsgElement> = None;
        let mut held: Option<&'de RawValue> = None;
        let mut beside = Vec::new();
        while let Some(Text(key)) = map.next_key()? {
            match (&*key, &msg_type) {
                (MSG_TYPE, _) => once(&mut msg_type, MSG_TYPE, &mut map)?,
                (MSG_CONTENT, _) if element.is_some() => return Err(de::Error::duplicate_field(MSG_CONTENT)),
                (MSG_CONTENT, Some(Text(known))) if held.is_none() => {
                    element = Some(Content::of(known).read(&mut map)?);
                }
                (MSG_CONTENT, _) => once(&mut held, MSG_CONTENT, &mut map)?,
                _ => beside.push((key.into(), map.next_value()?)),
            }
        }
        let Text(msg_type) = msg_type.ok_or_else(|| de::Error::missing_field(MSG_TYPE))?;
        let element = match (element, held) {
            (Some(element), _) => element,
            (None, Some(held)) => Content::of(&msg_type).parse(held).map_err(de::Error::custom)?,
            (None, None) => {
                Content::of(&msg_type).absent().ok_or_else(|| de::Error::missing_field(MSG_CONTENT))?
            }
        };
        Ok(element.with_keys_beside(beside))
    }
}

/// Joins a type's wire name, its content's type and its variant.
macro_rules! contents {
    ($($name:ident = $wire:literal => $variant:ident($elem:ty) $(in $holder:ident)?;)*) => {
        $(const $name: &str = $wire;)*

        impl Content<'_> {
            /// Decodes the content where it stands.
            fn read<'de, A: MapAccess<'de>>(&self, map: &mut A) -> Result<MsgElement, A::Error> {
                Ok(match self.0 {
                    $($name => MsgElement::$variant(contents!(@hold map.next_value::<$elem>()? $(, $holder)?)),)*
                    other => MsgElement::Unknown(UnknownElem::new(other, map.next_value()?)),
                })
            }

            /// Decodes a content that was held until its type was known.
            fn parse(&self, held: &RawValue) -> serde_json::Result<MsgElement> {
                let text = held.get();
                Ok(match self.0 {
                    $($name => {
                        MsgElement::$variant(contents!(@hold serde_json::from_str::<$elem>(text)? $(, $holder)?))
                    })*
                    other => MsgElement::Unknown(UnknownElem::new(other, serde_json::from_str(text)?)),
                })
            }

            /// The element without any content: fine for unknown types only.
            fn absent(&self) -> Option<MsgElement> {
                match self.0 {
                    $($name)|* => None,
                    other => Some(MsgElement::Unknown(UnknownElem {
                        msg_type: other.into(),
                        msg_content: None,
                        extra: Extra::default(),
                    })),
                }
            }
        }

        impl MsgElement {
            fn with_keys_beside(mut self, keys: Keys) -> Self {
                if !keys.is_empty() {
                    match &mut self {
                        $(Self::$variant(elem) => elem.extra.0.get_or_insert_default().beside = keys,)*
                        Self::Unknown(elem) => elem.extra.0.get_or_insert_default().beside = keys,
                        Self::Malformed(_) => {}
                    }
                }
                self
            }
        }
    };
    (@hold $value:expr) => { $value };
    (@hold $value:expr, $holder:ident) => { $holder::new($value) };
}

contents! {
    TEXT = "TIMTextElem" => Text(TextElem);
    FACE = "TIMFaceElem" => Face(FaceElem);
    LOCATION = "TIMLocationElem" => Location(LocationElem);
    CUSTOM = "TIMCustomElem" => Custom(CustomElem);
    SOUND = "TIMSoundElem" => Sound(SoundElem);
    IMAGE = "TIMImageElem" => Image(ImageElem);
    FILE = "TIMFileElem" => File(FileElem);
    VIDEO_FILE = "TIMVideoFileElem" => VideoFile(VideoFileElem) in Box;
    RELAY = "TIMRelayElem" => Relay(RelayElem) in Box;
}

/// The content of a type with this wire name.
struct Content<'a>(&'a str);

impl<'a> Content<'a> {
    fn of(msg_type: &'a str) -> Self {
        Self(msg_type)
    }
}

/// Decodes and encodes a plain struct by its wire keys, and keeps those that it does not know.
///
/// `required` keys must be there; `optional` ones are `Option` fields. Unlike a derived type it takes no
/// array for an object.
macro_rules! keeps_unknown_keys {
    ($($elem:ident { $($presence:ident $field:ident: $key:literal,)* })*) => {$(
        impl<'de> Deserialize<'de> for $elem {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ElemVisitor;

                impl<'de> Visitor<'de> for ElemVisitor {
                    type Value = $elem;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$elem, A::Error> {
                        $(let mut $field = None;)*
                        let mut inside: Keys = Vec::new();
                        while let Some(Text(key)) = map.next_key()? {
                            match &*key {
                                $($key => once(&mut $field, $key, &mut map)?,)*
                                _ => inside.push((key.into(), map.next_value()?)),
                            }
                        }
                        Ok($elem {
                            $($field: keeps_unknown_keys!(@take $presence $field, $key),)*
                            extra: Extra::inside(inside),
                        })
                    }
                }

                deserializer.deserialize_map(ElemVisitor)
            }
        }

        impl Serialize for $elem {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(keeps_unknown_keys!(@give $presence self.$field, $key, map);)*
                serialize_keys(self.extra.within(), &mut map)?;
                map.end()
            }
        }
    )*};
    (@take required $field:ident, $key:literal) => {
        $field.ok_or_else(|| de::Error::missing_field($key))?
    };
    (@take optional $field:ident, $key:literal) => {
        Option::<Option<_>>::unwrap_or_default($field)
    };
    (@give required $value:expr, $key:literal, $map:ident) => {
        $map.serialize_entry($key, &$value)?
    };
    (@give optional $value:expr, $key:literal, $map:ident) => {
        if let Some(value) = &$value {
            $map.serialize_entry($key, value)?;
        }
    };
}

keeps_unknown_keys! {
    TextElem {
        required text: "Text",
    }
    FaceElem {
        required index: "Index",
        optional data: "Data",
    }
    LocationElem {
        optional desc: "Desc",
        required latitude: "Latitude",
        required longitude: "Longitude",
    }
    CustomElem {
        optional data: "Data",
        optional desc: "Desc",
        optional ext: "Ext",
        optional sound: "Sound",
    }
    SoundElem {
        optional url: "Url",
        optional uuid: "UUID",
        optional size: "Size",
        optional second: "Second",
        optional download_flag: "Download_Flag",
    }
    ImageElem {
        optional uuid: "UUID",
        optional image_format: "ImageFormat",
        required image_info_array: "ImageInfoArray",
    }
    ImageInfo {
        optional image_type: "Type",
        optional size: "Size",
        optional width: "Width",
        optional height: "Height",
        optional url: "URL",
    }
    FileElem {
        optional url: "Url",
        optional uuid: "UUID",
        optional file_size: "FileSize",
        optional file_name: "FileName",
        optional download_flag: "Download_Flag",
    }
    VideoFileElem {
        optional video_url: "VideoUrl",
        optional video_uuid: "VideoUUID",
        optional video_size: "VideoSize",
        optional video_second: "VideoSecond",
        optional video_format: "VideoFormat",
        optional video_download_flag: "VideoDownloadFlag",
        optional thumb_url: "ThumbUrl",
        optional thumb_uuid: "ThumbUUID",
        optional thumb_size: "ThumbSize",
        optional thumb_width: "ThumbWidth",
        optional thumb_height: "ThumbHeight",
        optional thumb_format: "ThumbFormat",
        optional thumb_download_flag: "ThumbDownloadFlag",
    }
    RelayElem {
        optional title: "Title",
        optional msg_num: "MsgNum",
        optional compatible_text: "CompatibleText",
        optional abstract_list: "AbstractList",
        optional msg_list: "MsgList",
        optional json_msg_key: "JsonMsgKey",
    }
    RelayedMsg {
        optional from_account: "From_Account",
        optional to_account: "To_Account",
        optional group_id: "GroupId",
        optional msg_seq: "MsgSeq",
        optional msg_random: "MsgRandom",
        optional msg_time_stamp: "MsgTimeStamp",
        required msg_body: "MsgBody",
        optional cloud_custom_data: "CloudCustomData",
    }
}

const MSG_TYPE: &str = "MsgType";
const MSG_CONTENT: &str = "MsgContent";

type Keys = Vec<(Box<str>, RawJson)>;

/// The keys of an element that its type does not know, in order. Almost always there are none.
#[derive(Clone, Debug, Default, PartialEq)]
struct Extra(Option<Box<ExtraKeys>>);

#[derive(Clone, Debug, Default, PartialEq)]
struct ExtraKeys {
    /// In the content.
    inside: Keys,
    /// Next to `MsgType` and `MsgContent`.
    beside: Keys,
}

impl Extra {
    fn inside(keys: Keys) -> Self {
        if keys.is_empty() {
            return Self(None);
        }
        Self(Some(Box::new(ExtraKeys { inside: keys, beside: Vec::new() })))
    }

    fn within(&self) -> &[(Box<str>, RawJson)] {
        self.0.as_ref().map_or(&[], |keys| &keys.inside)
    }

    fn beside(&self) -> &[(Box<str>, RawJson)] {
        self.0.as_ref().map_or(&[], |keys| &keys.beside)
    }
}

fn serialize_keys<M: SerializeMap>(keys: &[(Box<str>, RawJson)], map: &mut M) -> Result<(), M::Error> {
    keys.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))
}

fn type_of(raw: &RawJson) -> Option<&str> {
    #[derive(serde::Deserialize)]
    struct Typed<'a> {
        #[serde(rename = "MsgType", borrow)]
        msg_type: &'a str,
    }
    raw.parse::<Typed<'_>>().ok().map(|typed| typed.msg_type)
}
