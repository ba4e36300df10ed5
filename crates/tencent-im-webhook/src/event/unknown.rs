//! What no payload type holds.

use bytes::Bytes;
use serde::{Serialize, Serializer};

use crate::catalogue::Command;
use crate::error::{BoxError, Misfit};
use crate::raw::RawJson;
use crate::reply::{Kind, Reply};

/// A webhook that could not be typed, with its body as it came.
///
/// Three things end here: a command that this crate does not know, a known one whose body does not fit
/// ([`cause`](Self::cause) says where), and the console's check of the URL, which names no command. A body that
/// would take more than six times its size on the heap, and 2 KB, does not fit either: a thousand accounts of two
/// letters, say.
///
/// ```
/// # use tencent_im_webhook::{Event, Head, Receiver, SdkAppId};
/// # let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
/// # let unknown = |query: &str, body: &'static str| -> Result<_, tencent_im_webhook::BoxError> {
/// #     match receiver.decode(receiver.admit(&Head::new("POST", query))?, body.into())?.event {
/// #         Event::Unknown(unknown) => Ok(unknown),
/// #         typed => Err(format!("{typed:?}").into()),
/// #     }
/// # };
/// let new = unknown("SdkAppid=1&CallbackCommand=Group.CallbackAfterSomethingNew", r#"{"GroupId":"g"}"#)?;
/// assert!(new.cause().is_none());
/// let body: serde_json::Value = serde_json::from_slice(new.raw())?;
/// assert_eq!(body["GroupId"], "g");
///
/// let odd = unknown("SdkAppid=1&CallbackCommand=State.StateChange", r#"{"Info":[]}"#)?;
/// assert_eq!(odd.cause().map(|misfit| misfit.path()), Some("Info"));
/// # Ok::<_, tencent_im_webhook::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct UnknownEvent {
    command: Option<Command>,
    raw: Bytes,
    cause: Option<Misfit>,
}

impl UnknownEvent {
    pub(crate) fn new(command: Option<Command>, raw: Bytes, cause: Option<Misfit>) -> Self {
        Self { command, raw, cause }
    }

    /// The command; `None` if neither URL nor body named one.
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        self.command.as_ref()
    }

    /// The body, byte for byte: a JSON object, unless the console checks the URL with another one.
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Why the body did not fit its command; `None` if the command itself is unknown.
    ///
    /// ```
    /// # use tencent_im_webhook::{Event, Head, Receiver, SdkAppId};
    /// # let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
    /// # let unknown = |query: &str, body: &'static str| -> Result<_, tencent_im_webhook::BoxError> {
    /// #     match receiver.decode(receiver.admit(&Head::new("POST", query))?, body.into())?.event {
    /// #         Event::Unknown(unknown) => Ok(unknown),
    /// #         typed => Err(format!("{typed:?}").into()),
    /// #     }
    /// # };
    /// let odd = unknown("SdkAppid=1&CallbackCommand=State.StateChange", r#"{"Info":{"Action":7}}"#)?;
    /// let cause = odd.cause().expect("the command is known");
    /// assert_eq!(cause.path(), "Info.Action");
    /// # Ok::<_, tencent_im_webhook::BoxError>(())
    /// ```
    #[must_use]
    pub fn cause(&self) -> Option<&Misfit> {
        self.cause.as_ref()
    }

    /// What [`WebhookHandler::unknown`](crate::WebhookHandler::unknown) answers by default: OK.
    ///
    /// ```
    /// # use tencent_im_webhook::{Event, Head, Receiver, SdkAppId};
    /// # let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
    /// # let unknown = |query: &str, body: &'static str| -> Result<_, tencent_im_webhook::BoxError> {
    /// #     match receiver.decode(receiver.admit(&Head::new("POST", query))?, body.into())?.event {
    /// #         Event::Unknown(unknown) => Ok(unknown),
    /// #         typed => Err(format!("{typed:?}").into()),
    /// #     }
    /// # };
    /// // A decision is asked for, and nobody has looked at the message.
    /// let odd = unknown("SdkAppid=1&CallbackCommand=C2C.CallbackBeforeSendMsg", "{}")?;
    /// assert!(odd.default_reply().is_err());
    ///
    /// // What has happened has happened.
    /// let odd = unknown("SdkAppid=1&CallbackCommand=C2C.CallbackAfterSendMsg", "{}")?;
    /// assert_eq!(odd.default_reply()?.error_code(), 0);
    /// # Ok::<_, tencent_im_webhook::BoxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The [cause](Self::cause), for a known command whose answer decides or carries data: nobody has looked
    /// at it, so the [`FailurePolicy`](crate::FailurePolicy) answers.
    pub fn default_reply(self) -> Result<Reply, BoxError> {
        let kind = self.command.as_ref().and_then(Command::kind);
        match (kind, self.cause) {
            (Some(Kind::Before | Kind::Reply), Some(cause)) => Err(cause.into()),
            (Some(Kind::Before | Kind::Reply | Kind::After) | None, _) => Ok(Reply::ok()),
        }
    }
}

impl PartialEq for UnknownEvent {
    /// By command and body; the cause follows from them.
    fn eq(&self, other: &Self) -> bool {
        self.command == other.command && self.raw == other.raw
    }
}

impl Serialize for UnknownEvent {
    /// The body, where it is JSON: without a byte order mark, and with U+FFFD for what is no UTF-8. Else its
    /// text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = String::from_utf8_lossy(&self.raw);
        let text = text.trim_start_matches('\u{feff}');
        match RawJson::new(text) {
            Ok(json) => json.serialize(serializer),
            Err(_) => serializer.serialize_str(text),
        }
    }
}
