//! Elements on the wire.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::json::{self, Raw};
use crate::message::extra::{Extra, Members};
use crate::message::{
    CustomElem, FaceElem, FileElem, ImageElem, ImageInfo, LocationElem, MsgBody, MsgElement, RelayElem,
    RelayedMsg, SoundElem, TextElem, UnknownElem, VideoFileElem,
};
use crate::raw::RawJson;
use crate::wire::{self, Text, once};

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
    extra.beside().serialize(&mut map)?;
    map.end()
}

impl<'de> Deserialize<'de> for MsgElement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if wire::is_strict() {
            return deserializer.deserialize_map(ElementVisitor);
        }
        let raw = Raw::deserialize(deserializer)?;
        // Looked at before anything is set up to read it: a list may hold many of what is none.
        let element = match raw.text().starts_with('{') {
            true => {
                wire::attempt(|| json::reread(raw.text(), |reader| reader.deserialize_map(ElementVisitor)))?
            }
            false => None,
        };
        Ok(element.unwrap_or_else(|| Self::Malformed(raw.into())))
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
        let mut held: Option<Raw<'de>> = None;
        let mut beside = Members::default();
        while let Some(Text(key)) = map.next_key()? {
            match (&*key, &msg_type) {
                (MSG_TYPE, _) => once(&mut msg_type, MSG_TYPE, &mut map)?,
                (MSG_CONTENT, _) if element.is_some() => return Err(de::Error::duplicate_field(MSG_CONTENT)),
                (MSG_CONTENT, Some(Text(known))) if held.is_none() => {
                    element = Some(Content::of(known).read(&mut map)?);
                }
                (MSG_CONTENT, _) => once(&mut held, MSG_CONTENT, &mut map)?,
                _ => beside.keep(&key, &mut map)?,
            }
        }
        let Text(msg_type) = msg_type.ok_or_else(|| de::Error::missing_field(MSG_TYPE))?;
        let element = match (element, held) {
            (Some(element), _) => element,
            (None, Some(held)) => Content::of(&msg_type).parse(held.text()).map_err(de::Error::custom)?,
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
        $(pub(super) const $name: &str = $wire;)*

        impl Content<'_> {
            /// Decodes the content where it stands.
            fn read<'de, A: MapAccess<'de>>(&self, map: &mut A) -> Result<MsgElement, A::Error> {
                Ok(match self.0 {
                    $($name => MsgElement::$variant(contents!(@hold map.next_value::<$elem>()? $(, $holder)?)),)*
                    other => MsgElement::Unknown(UnknownElem::new(other, map.next_value()?)),
                })
            }

            /// Decodes a content that was held until its type was known.
            fn parse(&self, held: &str) -> Result<MsgElement, json::Error> {
                Ok(match self.0 {
                    $($name => {
                        MsgElement::$variant(contents!(@hold reread::<$elem>(held)? $(, $holder)?))
                    })*
                    other => MsgElement::Unknown(UnknownElem::new(other, reread(held)?)),
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
            fn with_keys_beside(mut self, keys: Members) -> Self {
                if !keys.is_empty() {
                    match &mut self {
                        $(Self::$variant(elem) => elem.extra.set_beside(keys),)*
                        Self::Unknown(elem) => elem.extra.set_beside(keys),
                        Self::Malformed(_) => {}
                    }
                }
                self
            }
        }
    };
    (@hold $value:expr) => { $value };
    (@hold $value:expr, Box) => { boxed($value)? };
}

contents! {
    TEXT = "TIMTextElem" => Text(TextElem);
    FACE = "TIMFaceElem" => Face(FaceElem);
    LOCATION = "TIMLocationElem" => Location(LocationElem) in Box;
    CUSTOM = "TIMCustomElem" => Custom(CustomElem) in Box;
    SOUND = "TIMSoundElem" => Sound(SoundElem) in Box;
    IMAGE = "TIMImageElem" => Image(ImageElem) in Box;
    FILE = "TIMFileElem" => File(FileElem) in Box;
    VIDEO_FILE = "TIMVideoFileElem" => VideoFile(VideoFileElem) in Box;
    RELAY = "TIMRelayElem" => Relay(RelayElem) in Box;
}

/// A content on the heap, where even an empty one takes the room of all its fields.
fn boxed<T, E: de::Error>(content: T) -> Result<Box<T>, E> {
    wire::take_room(size_of::<T>())?;
    Ok(Box::new(content))
}

fn reread<'de, T: Deserialize<'de>>(held: &'de str) -> Result<T, json::Error> {
    json::reread(held, |reader| T::deserialize(reader))
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
                        let mut inside = Members::default();
                        while let Some(Text(key)) = map.next_key()? {
                            match &*key {
                                $($key => once(&mut $field, $key, &mut map)?,)*
                                _ => inside.keep(&key, &mut map)?,
                            }
                        }
                        Ok($elem {
                            $($field: keeps_unknown_keys!(@take $presence $field, $key),)*
                            extra: Extra::of_content(inside),
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
                self.extra.inside().serialize(&mut map)?;
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

pub(super) fn type_of(raw: &RawJson) -> Option<&str> {
    #[derive(serde::Deserialize)]
    struct Typed<'a> {
        #[serde(rename = "MsgType", borrow)]
        msg_type: &'a str,
    }
    raw.parse::<Typed<'_>>().ok().map(|typed| typed.msg_type)
}
