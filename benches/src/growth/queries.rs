//! Queries that somebody made up, behind what a valid one has.

use tencent_im_webhook::Command;

use crate::growth::family::{Family, Fate, Sort, filled, numbered};

pub(super) static HOSTILE: &[Family] = &[
    query("parameters of one name", Fate::Typed, |size| filled(size, "", "&a=b", "")),
    query("parameters of many names", Fate::Typed, |size| numbered(size, "", |at| format!("&p{at:x}=1"), "")),
    query("parameters without anything", Fate::Typed, |size| filled(size, "", "&", "")),
    query("names that need decoding", Fate::Typed, |size| filled(size, "", "&%53%69=1", "")),
    query("names that begin as a known one", Fate::Typed, |size| filled(size, "", "&SdkAppi=1", "")),
    query("one long name", Fate::Typed, |size| filled(size, "&", "n", "=1")),
    query("one long name that needs decoding", Fate::Typed, |size| filled(size, "&", "%53", "=1")),
    query("one long value", Fate::Typed, |size| filled(size, "&a=", "v", "")),
    query("one long request id", Fate::Typed, |size| filled(size, "&RequestID=", "r", "")),
    query("one long request id that needs decoding", Fate::Typed, |size| {
        filled(size, "&RequestID=", "%41", "")
    }),
    query("request ids", Fate::Typed, |size| filled(size, "", "&RequestID=r", "")),
    query("app ids", Fate::Refused, |size| filled(size, "", "&SdkAppid=1400000000", "")),
    query("signatures", Fate::Refused, |size| filled(size, "", "&Sign=00", "")),
    query("commands", Fate::Refused, |size| filled(size, "", "&CallbackCommand=a", "")),
];

const fn query(name: &'static str, fate: Fate, make: fn(usize) -> Vec<u8>) -> Family {
    Family { name, sort: Sort::Query, fate, command: Command::OfficialAccountBeforeSendMsg, make }
}
