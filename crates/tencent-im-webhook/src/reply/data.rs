//! Answers that carry data.

use std::collections::BTreeMap;

use crate::error::EncodeError;
use crate::reply::{Choice, Failing, IntoReply, Kind, Reply};

/// What a smart bot gets in answer to a user's pass-through message.
///
/// The default sends nothing; whether the platform needs data is not documented.
///
/// ```
/// use tencent_im_webhook::{IntoReply, SignalReply};
///
/// let menu = SignalReply(Some(r#"{"items":["tea","coffee"]}"#.into()));
/// let reply = menu.into_reply()?;
/// assert!(String::from_utf8_lossy(reply.body()).contains("RspData"));
/// # Ok::<_, tencent_im_webhook::EncodeError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SignalReply(pub Option<String>);

/// What a customer-service bot gets in answer to an invocation.
///
/// ```
/// use tencent_im_webhook::{InvocationReply, event::chatbot::InterfaceInvocation};
///
/// fn look_up(invocation: &InterfaceInvocation) -> InvocationReply {
///     match invocation.body.get("bookingNo").and_then(|number| number.parse::<String>().ok()) {
///         Some(number) => InvocationReply::Done([("state".into(), format!("{number} is paid"))].into()),
///         None => InvocationReply::Failed("which booking?".into()),
///     }
/// }
/// # let paid = InvocationReply::Done([("state".into(), "H-5531 is paid".into())].into());
/// # assert_eq!(look_up(&tencent_im_webhook_testing::payload()), paid);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvocationReply {
    /// Values for the session's variables of the same names.
    Done(BTreeMap<String, String>),
    /// The invocation failed, for this reason.
    Failed(String),
}

impl Default for InvocationReply {
    /// Done, without any value.
    fn default() -> Self {
        Self::Done(BTreeMap::new())
    }
}

impl IntoReply for SignalReply {
    const KIND: Kind = Kind::Reply;
    const CHOICES: &'static [Choice] = &[Choice::Ok, Choice::Data { key: SIGNAL_DATA }];

    fn into_reply(self) -> Result<Reply, EncodeError> {
        match self.0 {
            Some(data) => Reply::ok().with(SIGNAL_DATA, &data),
            None => Ok(Reply::ok()),
        }
    }

    fn in_failure(failing: &Failing<'_>) -> Option<Reply> {
        failing.decide()
    }
}

impl IntoReply for InvocationReply {
    const KIND: Kind = Kind::Reply;
    const CHOICES: &'static [Choice] = &[Choice::Ok, Choice::Variables { key: VARIABLES }, Choice::Fail];

    fn into_reply(self) -> Result<Reply, EncodeError> {
        match self {
            Self::Done(values) if values.is_empty() => Ok(Reply::ok()),
            Self::Done(values) => Reply::ok().with(VARIABLES, &values),
            Self::Failed(reason) => Reply::new(1, &reason),
        }
    }

    fn in_failure(failing: &Failing<'_>) -> Option<Reply> {
        failing.decide()
    }
}

const SIGNAL_DATA: &str = "RspData";
const VARIABLES: &str = "Body";

#[cfg(test)]
mod tests {
    use super::*;

    fn json(reply: impl IntoReply) -> serde_json::Value {
        serde_json::from_slice(reply.into_reply().unwrap().body()).unwrap()
    }

    #[test]
    fn data_stands_under_the_key_of_its_command() {
        let signal = json(SignalReply(Some(r#"{"items":[]}"#.into())));
        assert_eq!(signal["RspData"], r#"{"items":[]}"#);
        let done = json(InvocationReply::Done([("state".into(), "shipped".into())].into()));
        assert_eq!(done["Body"], serde_json::json!({"state": "shipped"}));
        assert_eq!(json(InvocationReply::Failed("no such order".into()))["ErrorInfo"], "no such order");
        assert!(json(SignalReply::default()).get("RspData").is_none());
    }
}
