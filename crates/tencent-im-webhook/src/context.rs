//! A decoded webhook and where it came from.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::Extensions;
use tokio::time::Instant;

use crate::auth::SdkAppId;
use crate::catalogue::{Command, Event};
use crate::event::joined;
use crate::open::open_enum;
use crate::time::UnixSeconds;
use crate::trace;

/// A webhook on its way to a handler: the request type of the typed side of a tower stack.
///
/// `E` is the whole [`Event`], or one payload type where it is known.
///
/// ```
/// use tencent_im_webhook::event::group::AfterSendMsg;
/// use tencent_im_webhook::Call;
///
/// async fn keep(Call { event, context, .. }: Call<AfterSendMsg>) {
///     println!("{} wrote to {}, says app {}", event.from_account, event.group_id, context.app());
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Call<E = Event> {
    /// What it tells.
    pub event: E,
    /// Where it came from.
    pub context: Context,
}

impl Call {
    /// A text that is the same when the platform sends the event again, and differs between the events of all
    /// apps: the app, and the request's id where it has one, else [`Event::duplicate_key`].
    ///
    /// ```
    /// use tencent_im_webhook::Call;
    ///
    /// /// Whether it was seen before: the column has a unique index.
    /// async fn is_new(call: &Call) -> bool {
    ///     match call.duplicate_key() {
    ///         Some(key) => insert("INSERT OR IGNORE INTO seen VALUES (?)", &key).await == 1,
    ///         None => true,
    ///     }
    /// }
    /// # async fn insert(_: &str, _: &str) -> u64 { 1 }
    /// ```
    #[must_use]
    pub fn duplicate_key(&self) -> Option<String> {
        let app = self.context.app();
        let key = match (self.context.request_id(), self.event.command()) {
            (Some(id), Some(command)) => Some(joined(&[&command.as_str(), &id])),
            (_, _) => self.event.duplicate_key(),
        };
        Some(joined(&[&app, &key?]))
    }
}

/// Where a webhook came from, and how long its answer may take.
///
/// ```
/// use tencent_im_webhook::Context;
///
/// fn log_line(cx: &Context) -> String {
///     let command = cx.command().map_or("none", |command| command.as_str());
///     let client = cx.client_ip().map_or_else(|| "unknown".into(), ToString::to_string);
///     format!("{command} of app {} from {client}", cx.app())
/// }
/// # use tencent_im_webhook::event::group::AfterSendMsg;
/// # use tencent_im_webhook_testing::{call, payload};
/// # let cx = call(payload::<AfterSendMsg>()).context;
/// assert_eq!(log_line(&cx), "Group.CallbackAfterSendMsg of app 1400000000 from 203.0.113.7");
/// ```
#[derive(Clone)]
pub struct Context {
    pub(crate) app: SdkAppId,
    pub(crate) command: Option<Command>,
    pub(crate) client_ip: Option<ClientIp>,
    pub(crate) platform: Option<Platform>,
    pub(crate) request_time: Option<UnixSeconds>,
    pub(crate) request_id: Option<Box<str>>,
    pub(crate) raw: Bytes,
    pub(crate) lossy: bool,
    pub(crate) deadline: Instant,
    pub(crate) extensions: Extensions,
    pub(crate) span: trace::Span,
}

impl Context {
    /// The app that it is for: one of those the receiver was built with.
    ///
    /// ```
    /// use tencent_im_webhook::SdkAppId;
    ///
    /// # use tencent_im_webhook::event::group::AfterSendMsg;
    /// # use tencent_im_webhook_testing::{call, payload};
    /// # let cx = call(payload::<AfterSendMsg>()).context;
    /// let database = match cx.app() {
    ///     SdkAppId(1_400_000_000) => "production",
    ///     _ => "staging",
    /// };
    /// assert_eq!(database, "production");
    /// ```
    #[must_use]
    pub fn app(&self) -> SdkAppId {
        self.app
    }

    /// Its command; `None` if neither the URL nor the body named one.
    ///
    /// ```
    /// use tencent_im_webhook::Command;
    ///
    /// # use tencent_im_webhook::event::group::AfterSendMsg;
    /// # use tencent_im_webhook_testing::{call, payload};
    /// # let cx = call(payload::<AfterSendMsg>()).context;
    /// assert_eq!(cx.command(), Some(&Command::GroupAfterSendMsg));
    /// ```
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        self.command.as_ref()
    }

    /// The address of the client that caused it. Absent from `Push.*`, `ContentCallback.*` and `Alert.*`,
    /// and where the platform leaves it empty.
    ///
    /// What the platform says of its client, not the peer of the connection:
    ///
    /// ```
    /// # use tencent_im_webhook::event::group::AfterSendMsg;
    /// # use tencent_im_webhook_testing::{call, payload};
    /// # let cx = call(payload::<AfterSendMsg>()).context;
    /// let address = cx.client_ip().and_then(|ip| ip.addr());
    /// assert!(address.is_some_and(|address| address.is_ipv4()));
    /// ```
    #[must_use]
    pub fn client_ip(&self) -> Option<&ClientIp> {
        self.client_ip.as_ref()
    }

    /// The platform of the client that caused it. Absent as [`client_ip`](Self::client_ip) is.
    ///
    /// ```
    /// use tencent_im_webhook::Platform;
    ///
    /// # use tencent_im_webhook::event::group::AfterSendMsg;
    /// # use tencent_im_webhook_testing::{call, payload};
    /// # let cx = call(payload::<AfterSendMsg>()).context;
    /// let by_a_server = cx.platform() == Some(&Platform::RestApi);
    /// assert!(!by_a_server);
    /// ```
    #[must_use]
    pub fn platform(&self) -> Option<&Platform> {
        self.platform.as_ref()
    }

    /// When the platform signed it; `None` where signatures are off.
    ///
    /// ```
    /// use tencent_im_webhook::event::group::AfterSendMsg;
    /// use tencent_im_webhook::{Receiver, SdkAppId, UnixSeconds};
    /// # use tencent_im_webhook::Head;
    /// # use tencent_im_webhook_testing::WebhookRequest;
    ///
    /// # let app = SdkAppId(1);
    /// # let now = UnixSeconds(1_700_000_000);
    /// # let receiver = Receiver::builder().app(app, ["token"]).clock(move || now.system_time().unwrap()).build()?;
    /// # let request = WebhookRequest::of::<AfterSendMsg>(app).token_at("token", now);
    /// # let query = request.query();
    /// # let cx = receiver.decode(receiver.admit(&Head::new("POST", &query))?, request.body_bytes().clone())?.context;
    /// assert_eq!(cx.request_time(), Some(UnixSeconds(1_700_000_000)));
    /// # Ok::<_, tencent_im_webhook::BoxError>(())
    /// ```
    #[must_use]
    pub fn request_time(&self) -> Option<UnixSeconds> {
        self.request_time
    }

    /// The request's id for dropping repeats. Only customer-service (Desk) commands have one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The body, byte for byte: for keys that the payload type does not know.
    ///
    /// ```
    /// # use tencent_im_webhook::event::group::AfterSendMsg;
    /// # use tencent_im_webhook_testing::{call, payload};
    /// # let cx = call(payload::<AfterSendMsg>()).context;
    /// #[derive(serde::Deserialize)]
    /// struct Extra {
    ///     #[serde(rename = "OnlineOnlyFlag")]
    ///     online_only: u8,
    /// }
    /// let extra: Extra = serde_json::from_slice(cx.raw())?;
    /// assert_eq!(extra.online_only, 0);
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Whether something in the body was no Unicode, and stands as U+FFFD in the event, or an odd value was
    /// dropped from a field that may be absent. [`raw`](Self::raw) has what came.
    ///
    /// ```
    /// use tencent_im_webhook::{Head, Receiver, SdkAppId};
    ///
    /// # let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
    /// # let admit = || receiver.admit(&Head::new("POST", "SdkAppid=1&CallbackCommand=State.StateChange"));
    /// let half_an_emoji = r#"{"Info":{"Action":"Login","To_Account":"a\ud83d","Reason":"Register"}}"#;
    /// let call = receiver.decode(admit()?, half_an_emoji.into())?;
    /// assert!(call.context.is_lossy());
    /// # Ok::<_, tencent_im_webhook::BoxError>(())
    /// ```
    #[must_use]
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// How long the answer may still take before the deadline. Zero once it is over.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use tencent_im_webhook::{BoxError, Context, MessageVerdict};
    /// use tokio::time::timeout;
    ///
    /// async fn decide(cx: &Context, text: &str) -> Result<MessageVerdict, BoxError> {
    ///     let budget = cx.remaining().saturating_sub(Duration::from_millis(100));
    ///     match timeout(budget, classifier_says_no(text)).await {
    ///         Ok(true) => Ok(MessageVerdict::Reject),
    ///         Ok(false) => Ok(MessageVerdict::Allow),
    ///         Err(_elapsed) => Ok(MessageVerdict::Allow), // The classifier is slow today.
    ///     }
    /// }
    /// # async fn classifier_says_no(_: &str) -> bool { false }
    /// ```
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// What outer HTTP layers put into the request's extensions.
    ///
    /// ```
    /// use tencent_im_webhook::Context;
    ///
    /// #[derive(Clone)]
    /// struct RequestId(String); // An outer layer inserts it.
    ///
    /// fn request_id(cx: &Context) -> Option<&str> {
    ///     cx.extensions().get::<RequestId>().map(|id| id.0.as_str())
    /// }
    /// ```
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Runs a future in the webhook's tracing span, so that what it logs tells app and command.
    ///
    /// A handler behind a [`WebhookService`](crate::WebhookService) runs in it anyway. This is for those that take
    /// a webhook by an adapter's extractor, and for tasks of your own:
    ///
    /// ```
    /// use tencent_im_webhook::Call;
    /// use tencent_im_webhook::event::group::AfterSendMsg;
    ///
    /// async fn keep(Call { event, context, .. }: Call<AfterSendMsg>) {
    ///     tokio::spawn(context.in_span(async move {
    ///         tracing::info!(group = %event.group_id, "kept");
    ///     }));
    /// }
    /// # use tencent_im_webhook_testing::{call, payload};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let Call { context, .. } = call(payload::<AfterSendMsg>());
    /// # keep(Call { event: payload(), context }).await;
    /// # }
    /// ```
    ///
    /// The span is one of the level debug. Where nobody listens to those, the future runs in the span around it,
    /// such as that of the HTTP request; without the feature `tracing`, in none. It closes with the last clone of
    /// the context, and not before what runs in it has finished.
    pub fn in_span<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        trace::instrument(future, &self.span)
    }
}

impl fmt::Debug for Context {
    /// Without the body and the extensions: they may hold what a user wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("app", &self.app)
            .field("command", &self.command)
            .field("client_ip", &self.client_ip)
            .field("platform", &self.platform)
            .field("request_time", &self.request_time)
            .field("lossy", &self.lossy)
            .finish_non_exhaustive()
    }
}

/// A client's address, or the text that stood in its place.
///
/// ```
/// use tencent_im_webhook::ClientIp;
///
/// let ip = ClientIp::from("203.0.113.7");
/// assert!(matches!(ip, ClientIp::Addr(addr) if !addr.is_loopback()));
/// assert_eq!(ip.to_string(), "203.0.113.7");
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ClientIp {
    /// IPv4 or IPv6.
    Addr(IpAddr),
    /// Text that is no address.
    Other(Box<str>),
}

impl ClientIp {
    /// The address, if it is one.
    ///
    /// ```
    /// use tencent_im_webhook::ClientIp;
    ///
    /// assert!(ClientIp::from("2001:db8::1").addr().is_some_and(|addr| addr.is_ipv6()));
    /// assert_eq!(ClientIp::from("unknown").addr(), None);
    /// ```
    #[must_use]
    pub fn addr(&self) -> Option<IpAddr> {
        match self {
            Self::Addr(addr) => Some(*addr),
            Self::Other(_) => None,
        }
    }
}

impl From<&str> for ClientIp {
    fn from(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Other(text.into()), Self::Addr)
    }
}

impl fmt::Display for ClientIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Addr(addr) => addr.fmt(f),
            Self::Other(text) => text.fmt(f),
        }
    }
}

open_enum! {
    /// The platform of the client that caused a webhook (`OptPlatform`).
    ///
    /// ```
    /// use tencent_im_webhook::Platform;
    ///
    /// assert_eq!(Platform::from("RESTAPI"), Platform::RestApi);
    /// assert_eq!(Platform::from("HarmonyOS").as_str(), "HarmonyOS"); // New, and kept.
    /// ```
    pub enum Platform {
        /// A REST call of a server.
        RestApi = "RESTAPI",
        /// A browser.
        Web = "Web",
        /// Android.
        Android = "Android",
        /// iOS; `State.StateChange` writes `IOS`.
        Ios = "iOS",
        /// Windows.
        Windows = "Windows",
        /// macOS; English pages print `macOS` where Chinese ones print `Mac`.
        Mac = "Mac" | "macOS",
        /// iPad.
        IPad = "iPad",
        /// Linux. Documented for kicked devices only, so inferred here.
        Linux = "Linux",
        /// A device that the platform does not know.
        Unknown = "Unknown",
    }
}

impl Platform {
    /// Reads a name in any case: pages and commands disagree on it.
    pub(crate) fn from_any_case(name: &str) -> Self {
        let is_it = |platform: &&Self| platform.as_str().eq_ignore_ascii_case(name);
        match Self::from(name) {
            Self::Other(other) => Self::ALL.iter().find(is_it).cloned().unwrap_or(Self::Other(other)),
            known => known,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_match_in_any_case_and_keep_what_is_new() {
        for (name, platform) in [
            ("IOS", Platform::Ios),
            ("ios", Platform::Ios),
            ("macOS", Platform::Mac),
            ("restapi", Platform::RestApi),
        ] {
            assert_eq!(Platform::from_any_case(name), platform, "{name}");
        }
        assert_eq!(Platform::from_any_case("Future").as_str(), "Future");
    }

    #[test]
    fn an_odd_address_is_kept_as_text() {
        assert_eq!(ClientIp::from("203.0.113.7").addr(), Some([203, 0, 113, 7].into()));
        assert_eq!(ClientIp::from("999.1.1.1").addr(), None);
        assert_eq!(ClientIp::from("999.1.1.1").to_string(), "999.1.1.1");
    }
}
