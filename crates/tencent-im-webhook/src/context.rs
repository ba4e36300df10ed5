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

/// A webhook on its way to a handler: the request type of the typed side of a tower stack.
///
/// `E` is the whole [`Event`], or one payload type where it is known.
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
}

impl Context {
    /// The app that it is for: one of those the receiver was built with.
    #[must_use]
    pub fn app(&self) -> SdkAppId {
        self.app
    }

    /// Its command; `None` if neither the URL nor the body named one.
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        self.command.as_ref()
    }

    /// The address of the client that caused it. Absent from `Push.*`, `ContentCallback.*` and `Alert.*`,
    /// and where the platform leaves it empty.
    #[must_use]
    pub fn client_ip(&self) -> Option<&ClientIp> {
        self.client_ip.as_ref()
    }

    /// The platform of the client that caused it. Absent as [`client_ip`](Self::client_ip) is.
    #[must_use]
    pub fn platform(&self) -> Option<&Platform> {
        self.platform.as_ref()
    }

    /// When the platform signed it; `None` where signatures are off.
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
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Whether something in the body was no Unicode, and stands as U+FFFD in the event, or an odd value was
    /// dropped from a field that may be absent. [`raw`](Self::raw) has what came.
    #[must_use]
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// How long the answer may still take before the deadline. Zero once it is over.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// What outer HTTP layers put into the request's extensions.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
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
