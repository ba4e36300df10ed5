use bytes::Bytes;
use serde::Serialize;

use crate::error::EncodeError;
use crate::message::MsgBody;

/// An answer to an admitted webhook, encoded.
///
/// Handlers return a verdict or `()`, which become one. Build one by hand where no type is known, as for
/// an [`UnknownEvent`](crate::UnknownEvent).
///
/// ```
/// use tencent_im_webhook::Reply;
///
/// // A command that this crate does not know yet, answered as its page says.
/// let reply = Reply::new(0, "")?.with("Limit", &5)?;
/// assert_eq!(reply.body(), r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"Limit":5}"#);
/// # Ok::<_, tencent_im_webhook::EncodeError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    error_code: u32,
    pub(super) body: Bytes,
}

impl Reply {
    /// Done, or go ahead.
    ///
    /// ```
    /// use tencent_im_webhook::Reply;
    ///
    /// assert_eq!(Reply::ok().body(), r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#);
    /// ```
    #[must_use]
    pub fn ok() -> Self {
        Self::constant(0, OK)
    }

    /// An answer with a code and a text. `ActionStatus` stays `OK`: the code decides.
    ///
    /// ```
    /// use tencent_im_webhook::Reply;
    ///
    /// let reply = Reply::new(120_100, "no links please")?;
    /// assert_eq!(reply.error_code(), 120_100);
    /// # Ok::<_, tencent_im_webhook::EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// None today: any text serializes.
    pub fn new(error_code: u32, error_info: &str) -> Result<Self, EncodeError> {
        Self::encode(&Wire { error_code, error_info, ..Wire::default() })
    }

    /// Adds a key of the command's own.
    ///
    /// ```
    /// use tencent_im_webhook::Reply;
    ///
    /// let reply = Reply::ok().with("RefusedMembers_Account", &["mallory"])?;
    /// assert!(reply.with("ErrorCode", &1).is_err());
    /// # Ok::<_, tencent_im_webhook::EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the value does not serialize to JSON, or the key is one that every reply has.
    pub fn with(self, key: &str, value: &impl Serialize) -> Result<Self, EncodeError> {
        if ["ActionStatus", "ErrorCode", "ErrorInfo"].contains(&key) {
            return Err(EncodeError::ReservedKey);
        }
        let mut body = self.body.to_vec();
        body.pop();
        body.push(b',');
        body.extend(to_json(key)?);
        body.push(b':');
        body.extend(to_json(value)?);
        body.push(b'}');
        Ok(Self { body: body.into(), ..self })
    }

    /// The `ErrorCode`.
    #[must_use]
    pub fn error_code(&self) -> u32 {
        self.error_code
    }

    /// The JSON text.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Its meaning in a word, one of a few: `ok`, `changed` (a rewrite, a list of the refused, data), `reject`,
    /// `discard`, or `code` for any other code.
    pub(crate) fn verdict(&self) -> &'static str {
        match self.error_code {
            0 if self.body.len() == OK.len() => "ok",
            0 => "changed",
            1 => "reject",
            2 => "discard",
            _ => "code",
        }
    }

    /// Refused, with the platform's own code for it.
    pub(crate) fn reject() -> Self {
        Self::constant(1, REJECT)
    }

    pub(super) fn constant(error_code: u32, body: &'static str) -> Self {
        Self { error_code, body: Bytes::from_static(body.as_bytes()) }
    }

    pub(super) fn encode(wire: &Wire<'_>) -> Result<Self, EncodeError> {
        Ok(Self { error_code: wire.error_code, body: to_json(wire)?.into() })
    }
}

pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    serde_json::to_vec(value).map_err(|error| EncodeError::Json(error.into()))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Wire<'a> {
    pub(super) action_status: &'a str,
    pub(super) error_info: &'a str,
    pub(super) error_code: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) msg_body: Option<&'a MsgBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cloud_custom_data: Option<&'a str>,
}

impl Default for Wire<'_> {
    fn default() -> Self {
        Self { action_status: "OK", error_info: "", error_code: 0, msg_body: None, cloud_custom_data: None }
    }
}

const OK: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
const REJECT: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":1}"#;
pub(super) const DISCARD: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":2}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_replies_are_what_would_be_encoded() {
        for (code, constant) in [(0, OK), (1, REJECT), (2, DISCARD)] {
            assert_eq!(Reply::constant(code, constant), Reply::new(code, "").unwrap());
        }
    }

    #[test]
    fn a_reply_by_hand_carries_its_own_keys() {
        assert!(Reply::ok().with("ErrorCode", &1).is_err(), "it has one already");
        let reply = Reply::ok().with("RspData", &"{\"a\":1}").unwrap();
        let json: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
        assert_eq!(json["RspData"], "{\"a\":1}");
        assert_eq!(json["ActionStatus"], "OK");
    }
}
