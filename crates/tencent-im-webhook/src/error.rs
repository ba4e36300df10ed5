//! What goes wrong, for the program ([`RejectionKind`], [`FailureKind`]) and for the log.
//!
//! No message holds a token, a signature, a query or what a user wrote.

use std::error::Error;
use std::fmt;

use crate::auth::SdkAppId;
use crate::catalogue::Command;
use crate::json;

/// Any error of a handler.
///
/// ```
/// use tencent_im_webhook::{BoxError, MessageVerdict};
///
/// fn decide(number: &str) -> Result<MessageVerdict, BoxError> {
///     let price: u32 = number.parse()?; // Any error converts.
///     match price {
///         0 => Err("a price of nothing".into()),
///         _ => Ok(MessageVerdict::Allow),
///     }
/// }
/// assert_eq!(decide("").unwrap_err().to_string(), "cannot parse integer from empty string");
/// ```
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Why a request was turned away before a handler saw it.
///
/// The caller learns the HTTP status only; [`kind`](Self::kind) and the message are for you.
///
/// ```
/// use tencent_im_webhook::{Head, Receiver, RejectionKind, SdkAppId};
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).build()?;
/// let rejection = receiver.admit(&Head::new("POST", "SdkAppid=1400000000")).unwrap_err();
/// assert_eq!(rejection.kind(), RejectionKind::SignatureMissing);
/// assert_eq!(rejection.to_string(), "the signature is missing");
/// assert_eq!(rejection.status(), 401);
/// # Ok::<_, tencent_im_webhook::BuildError>(())
/// ```
#[derive(Debug)]
pub struct Rejection {
    kind: RejectionKind,
    app: Option<SdkAppId>,
    source: Option<BoxError>,
}

impl Rejection {
    pub(crate) fn new(kind: RejectionKind, source: impl Into<BoxError>) -> Self {
        Self { kind, app: None, source: Some(source.into()) }
    }

    /// The request was for this app of ours.
    pub(crate) fn of(self, app: SdkAppId) -> Self {
        Self { app: Some(app), ..self }
    }

    /// The app that it was for, if that is one of the receiver's. Before the signature is checked that is what
    /// the request claims.
    #[must_use]
    pub fn app(&self) -> Option<SdkAppId> {
        self.app
    }

    /// What was wrong.
    ///
    /// ```
    /// use tencent_im_webhook::{Rejection, RejectionKind};
    ///
    /// fn hint(rejection: &Rejection) -> Option<&'static str> {
    ///     match rejection.kind() {
    ///         RejectionKind::AppId => Some("compare SDKAppID with the console"),
    ///         RejectionKind::SignatureMismatch => Some("compare the token with the console"),
    ///         RejectionKind::Stale => Some("is this machine's clock right?"),
    ///         _ => None,
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn kind(&self) -> RejectionKind {
        self.kind
    }

    /// The HTTP status of its answer.
    #[must_use]
    pub fn status(&self) -> http::StatusCode {
        self.kind.status()
    }
}

impl From<RejectionKind> for Rejection {
    fn from(kind: RejectionKind) -> Self {
        Self { kind, app: None, source: None }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Error for Rejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// What was wrong with a request that was turned away.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RejectionKind {
    /// 405: the platform only ever posts.
    Method,
    /// 401: `SdkAppid` is missing, given twice, not canonical, or of an app that was not configured.
    /// Compare the console's SDKAppID with [`ReceiverBuilder::app`](crate::ReceiverBuilder::app).
    AppId,
    /// 401: `Sign` or `RequestTime` is missing. Is authentication switched on in the console?
    SignatureMissing,
    /// 401: `Sign` or `RequestTime` is repeated or no signature at all.
    SignatureMalformed,
    /// 401: signed with another token, or forged. Compare the console's token with the configured ones.
    SignatureMismatch,
    /// 401: signed too long ago or in the future. A replay, or one of the clocks is wrong.
    Stale,
    /// 415: a compressed body. The platform sends none, and inflating one is how bombs go off.
    ContentEncoding,
    /// 413: more than [`body_limit`](crate::ReceiverBuilder::body_limit) bytes, announced or sent.
    TooLarge,
    /// 408: not all of the body came within [`body_deadline`](crate::ReceiverBuilder::body_deadline).
    BodyTooSlow,
    /// 400: the connection broke in the middle of the body.
    BodyBroken,
    /// 400: the body is no JSON object.
    NotAnObject,
    /// 400: the URL and the body name different commands, or the URL names two.
    CommandMismatch,
}

impl RejectionKind {
    /// A short name, for metrics.
    ///
    /// ```
    /// use tencent_im_webhook::RejectionKind;
    ///
    /// assert_eq!(RejectionKind::SignatureMismatch.as_str(), "signature_mismatch");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::AppId => "app_id",
            Self::SignatureMissing => "signature_missing",
            Self::SignatureMalformed => "signature_malformed",
            Self::SignatureMismatch => "signature_mismatch",
            Self::Stale => "stale",
            Self::ContentEncoding => "content_encoding",
            Self::TooLarge => "too_large",
            Self::BodyTooSlow => "body_too_slow",
            Self::BodyBroken => "body_broken",
            Self::NotAnObject => "not_an_object",
            Self::CommandMismatch => "command_mismatch",
        }
    }

    /// The HTTP status of its answer.
    ///
    /// ```
    /// use tencent_im_webhook::RejectionKind;
    ///
    /// assert_eq!(RejectionKind::TooLarge.status(), 413);
    /// ```
    #[must_use]
    pub fn status(self) -> http::StatusCode {
        use http::StatusCode;
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::AppId
            | Self::SignatureMissing
            | Self::SignatureMalformed
            | Self::SignatureMismatch
            | Self::Stale => StatusCode::UNAUTHORIZED,
            Self::ContentEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyBroken | Self::NotAnObject | Self::CommandMismatch => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Display for RejectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "the method is not POST",
            Self::AppId => "the app id is missing, repeated, malformed or not ours",
            Self::SignatureMissing => "the signature is missing",
            Self::SignatureMalformed => "the signature is malformed or repeated",
            Self::SignatureMismatch => "the signature does not match any token of the app",
            Self::Stale => "the signature is not of this time",
            Self::ContentEncoding => "the body has a content encoding",
            Self::TooLarge => "the body is larger than the limit",
            Self::BodyTooSlow => "the body came too slowly",
            Self::BodyBroken => "the body broke off",
            Self::NotAnObject => "the body is no JSON object",
            Self::CommandMismatch => "the request names more than one command",
        })
    }
}

impl Error for RejectionKind {}

/// Why an admitted webhook got no answer from its handler.
///
/// The [`FailurePolicy`](crate::FailurePolicy) answers in the handler's place.
///
/// ```
/// use std::error::Error;
///
/// use tencent_im_webhook::{FailureKind, Receiver, SdkAppId};
///
/// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).inspect_failure(|failure| {
///     let command = failure.command().map_or("none", |command| command.as_str());
///     match failure.kind() {
///         FailureKind::Deadline => eprintln!("{command} is too slow"),
///         kind => eprintln!("{command}: {} {:?}", kind.as_str(), failure.source()),
///     }
/// });
/// # receiver.build()?;
/// # Ok::<_, tencent_im_webhook::BuildError>(())
/// ```
#[derive(Debug)]
pub struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) app: SdkAppId,
    pub(crate) command: Option<Command>,
    pub(crate) late: bool,
    pub(crate) source: Option<BoxError>,
}

impl Failure {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The app that it was for.
    #[must_use]
    pub fn app(&self) -> SdkAppId {
        self.app
    }

    /// The webhook's command; `None` if it named none.
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        self.command.as_ref()
    }

    /// Whether the platform had its answer already: the handler of an *after* webhook failed past the
    /// deadline, so nothing but this report tells of it.
    ///
    /// ```
    /// # use tencent_im_webhook::Failure;
    /// fn wake_somebody_up(failure: &Failure) -> bool {
    ///     // Nobody else knows: the platform was told that all is well.
    ///     failure.is_late()
    /// }
    /// ```
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.late
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// What kept a handler from answering.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The handler, or a tower layer around it (load shed, timeout, …), returned an error.
    Error,
    /// The handler panicked. Needs `panic = "unwind"`, the default, to be caught.
    Panic,
    /// The handler of a *before* webhook was still running at the deadline, and was dropped. Or the service
    /// around a handler was not ready by then, for instance with all permits of a concurrency limit taken.
    Deadline,
    /// The runtime of a handler stopped before it was done: [`drain`](crate::Receiver::drain) first.
    Cancelled,
}

impl FailureKind {
    /// A short name, for metrics.
    ///
    /// ```
    /// use tencent_im_webhook::FailureKind;
    ///
    /// assert_eq!(FailureKind::Deadline.as_str(), "deadline");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Panic => "panic",
            Self::Deadline => "deadline",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "the handler failed",
            Self::Panic => "the handler panicked",
            Self::Deadline => "the handler missed the deadline",
            Self::Cancelled => "the runtime stopped before the handler was done",
        })
    }
}

impl Error for FailureKind {}

/// An extractor of a framework's handler refused the request: the [`source`](Error::source) of a [`Failure`].
///
/// The same for every framework. It does not repeat the extractor's own words, which may quote the query and with it
/// the signature, or what a user wrote.
///
/// ```
/// use std::error::Error;
///
/// use tencent_im_webhook::{ExtractError, Failure};
///
/// /// For `ReceiverBuilder::inspect_failure`.
/// fn log(failure: &Failure) {
///     if let Some(refused) = failure.source().and_then(|source| source.downcast_ref::<ExtractError>()) {
///         eprintln!("{} answered {}", refused.extractor(), refused.status());
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ExtractError {
    extractor: &'static str,
    status: http::StatusCode,
}

impl ExtractError {
    /// That of an extractor of type `T`, for adapters.
    ///
    /// ```
    /// use tencent_im_webhook::ExtractError;
    ///
    /// let error = ExtractError::of::<Option<u8>>(http::StatusCode::FORBIDDEN);
    /// assert_eq!(error.extractor(), std::any::type_name::<Option<u8>>());
    /// ```
    #[must_use]
    pub fn of<T>(status: http::StatusCode) -> Self {
        Self { extractor: std::any::type_name::<T>(), status }
    }

    /// The extractor's type.
    #[must_use]
    pub fn extractor(&self) -> &'static str {
        self.extractor
    }

    /// The status that it would have answered with.
    #[must_use]
    pub fn status(&self) -> http::StatusCode {
        self.status
    }
}

impl fmt::Display for ExtractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { extractor, status } = self;
        write!(f, "the extractor `{extractor}` refused the request with {status}")
    }
}

impl Error for ExtractError {}

/// A known command's body did not fit its type.
///
/// ```
/// use tencent_im_webhook::{Event, Head, Receiver, SdkAppId};
///
/// # let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
/// # let admission = receiver.admit(&Head::new("POST", "SdkAppid=1&CallbackCommand=State.StateChange"))?;
/// let call = receiver.decode(admission, r#"{"Info":{"Action":7}}"#.into())?;
/// let Event::Unknown(unknown) = &call.event else { panic!("it does not fit") };
/// let misfit = unknown.cause().expect("the command is known");
/// assert_eq!(misfit.path(), "Info.Action");
/// assert!(misfit.message().starts_with("invalid type: integer, expected"));
/// # Ok::<_, tencent_im_webhook::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Misfit {
    path: String,
    message: String,
}

impl Misfit {
    pub(crate) fn new(path: &serde_path_to_error::Path, error: &json::Error) -> Self {
        Self { path: shown(&path.to_string()), message: without_values(&error.to_string()) }
    }

    /// Where in the body, such as `SubscribeAccountList[1].Subscriber_Account`; `.` is the body itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was expected there, without what stood there.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, message } = self;
        write!(f, "at `{path}`: {message}")
    }
}

impl Error for Misfit {}

/// A path as a log can take it: keys of maps are anybody's text.
fn shown(path: &str) -> String {
    path.chars().take(256).flat_map(char::escape_debug).collect()
}

/// Cuts the offending value out of a message of serde: it may be what a user wrote.
fn without_values(message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return message.into();
    };
    let kind = found.split(['"', '`']).next().unwrap_or(found).trim_end();
    format!("{kind}, expected {expected}")
}

/// A verdict that cannot be sent. The platform would refuse it, or do something undocumented.
///
/// ```
/// use tencent_im_webhook::{EncodeError, IntoReply, MessageVerdict, MsgBody, Rewrite};
///
/// let nothing: MessageVerdict = MessageVerdict::Rewrite(Rewrite::new().msg_body(MsgBody::default()));
/// assert!(matches!(nothing.into_reply(), Err(EncodeError::EmptyMsgBody)));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum EncodeError {
    /// A rewrite without a single element: what the platform makes of one is not documented.
    EmptyMsgBody,
    /// A rewrite above [`MAX_REWRITE_BYTES`](crate::MAX_REWRITE_BYTES).
    MsgBodyTooLarge(usize),
    /// A key by hand that every reply has: its value follows from the decision.
    ReservedKey,
    /// A value that is no JSON.
    Json(BoxError),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyMsgBody => f.write_str("the rewritten message body is empty"),
            Self::MsgBodyTooLarge(bytes) => {
                write!(f, "the rewritten message body has {bytes} bytes, more than a message may have")
            }
            Self::ReservedKey => f.write_str("a reply has this key already"),
            Self::Json(_) => f.write_str("the reply does not serialize"),
        }
    }
}

impl Error for EncodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Json(source) => Some(&**source),
            Self::EmptyMsgBody | Self::MsgBodyTooLarge(_) | Self::ReservedKey => None,
        }
    }
}

/// A receiver that cannot be built.
///
/// ```
/// use tencent_im_webhook::{BuildError, Receiver, SdkAppId};
///
/// let token = ""; // What `env::var` gives for `IM_TOKEN=`.
/// let built = Receiver::builder().app(SdkAppId(1), [token]).build();
/// assert_eq!(built.unwrap_err(), BuildError::EmptyToken(SdkAppId(1)));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// No app at all.
    NoApp,
    /// An app without any token.
    NoToken(crate::SdkAppId),
    /// A token that is the empty string, which anybody could sign with.
    EmptyToken(crate::SdkAppId),
    /// An app that is both signed and unsigned.
    Ambiguous(crate::SdkAppId),
    /// A deadline of zero.
    Deadline,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoApp => f.write_str(
                "no app was configured: call `app(SdkAppId(…), [token])` with the numbers of your console",
            ),
            Self::NoToken(app) => write!(
                f,
                "app {app} has no token: pass the token of the console's webhook settings, or say \
                 `app_without_signature` to accept requests from anybody who knows the app id"
            ),
            Self::EmptyToken(app) => {
                write!(f, "app {app} has an empty token: is an environment variable unset?")
            }
            Self::Ambiguous(app) => write!(
                f,
                "app {app} is configured both with tokens and without signature: drop one of the two"
            ),
            Self::Deadline => f.write_str("a deadline of zero leaves no time for any answer"),
        }
    }
}

impl Error for BuildError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_escaped_and_cut() {
        assert_eq!(shown("Info.To_Account"), "Info.To_Account");
        assert_eq!(shown("a\n\u{1b}[31m"), r"a\n\u{1b}[31m");
        assert_eq!(shown(&"x".repeat(1000)).len(), 256);
    }

    #[test]
    fn a_misfit_does_not_repeat_what_a_user_wrote() {
        let message = r#"invalid type: string "my, expected secret", expected u64 at line 1 column 9"#;
        assert_eq!(without_values(message), "invalid type: string, expected u64 at line 1 column 9");
        assert_eq!(
            without_values("invalid value: integer `7`, expected 0 or 1 at line 1 column 9"),
            "invalid value: integer, expected 0 or 1 at line 1 column 9"
        );
        let missing = "missing field `MsgKey` at line 1 column 20";
        assert_eq!(without_values(missing), missing);
    }
}
