//! The platform's side of the wire: an HTTP/1.1 client that keeps its connections.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::client::legacy::{self, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Serialize;
use tencent_im_webhook_testing::{Answered, WebhookRequest};
use tower::ServiceExt;
use tower::util::MapErr;

use crate::error::{Error, ErrorKind};

/// Where webhooks are sent: a URL as the console takes it.
///
/// The console forbids `?`, `&`, `$` and `!`: the platform appends its own query to what it was given.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    url: String,
    secure: bool,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(odd) = text.chars().find(|&c| "?&$!#".contains(c) || c.is_whitespace()) {
            return Err(format!("the console takes no URL with `{}`", odd.escape_debug()));
        }
        let uri: http::Uri = text.parse().map_err(|error| format!("no URL: {error}"))?;
        let secure = match uri.scheme_str() {
            Some("http") => false,
            Some("https") if cfg!(feature = "tls") => true,
            Some("https") => return Err("this program was built without the feature `tls`".into()),
            Some(_) | None => return Err("a URL begins with http:// or https://".into()),
        };
        let authority = uri.authority().ok_or("the URL names no host")?;
        let after_host = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        match (authority.host(), after_host, authority.port_u16()) {
            _ if authority.as_str().contains('@') => Err("a URL has no user before its host".into()),
            ("", _, _) => Err("the URL names no host".into()),
            (_, "", None) | (_, _, Some(1..)) => Ok(Self { url: uri.to_string(), secure }),
            (_, port, _) => Err(format!("`{port}` is no port")),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl Target {
    /// Whether this is where somebody on this machine listens at an address. Names but `localhost` are not
    /// looked up.
    pub(crate) fn is_at(&self, listening: SocketAddr) -> bool {
        let Ok(uri) = self.url.parse::<http::Uri>() else { return false };
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let port = uri.port_u16().unwrap_or(if self.secure { 443 } else { 80 });
        let ours = |ip: IpAddr| match listening.ip().is_unspecified() || ip.is_unspecified() {
            true => ip.is_unspecified() || ip.is_loopback(),
            false => ip == listening.ip(),
        };
        let host = match host.eq_ignore_ascii_case("localhost") {
            true => listening.ip().is_unspecified() || listening.ip().is_loopback(),
            false => host.parse().is_ok_and(ours),
        };
        host && port == listening.port()
    }
}

/// Sends webhooks to one target. Clones share their connections.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    target: Target,
    wire: Wire,
    patience: Duration,
}

/// An answer, and how long it took from the first byte sent to the last one received.
#[derive(Clone, Debug)]
pub(crate) struct Timed {
    pub(crate) answered: Answered,
    pub(crate) latency: Duration,
}

/// A webhook that got no answer.
#[derive(Debug)]
pub(crate) struct SendError {
    kind: SendErrorKind,
    latency: Duration,
    source: Box<dyn StdError + Send + Sync>,
}

/// What came in the way of an answer.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SendErrorKind {
    /// The host's name has no address.
    Dns,
    /// Nobody listens there.
    Refused,
    /// No connection, for any other reason.
    Unreachable,
    /// The certificate was not accepted, or the other side speaks no TLS.
    #[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "nothing speaks TLS without the feature"))]
    Tls,
    /// Connected, and no whole answer for longer than anybody waits.
    TimedOut,
    /// The connection broke, or what came was no HTTP.
    Broken,
}

#[derive(Clone, Debug)]
enum Wire {
    Plain(legacy::Client<Plain, Full<Bytes>>),
    #[cfg(feature = "tls")]
    Tls(legacy::Client<hyper_rustls::HttpsConnector<Plain>, Full<Bytes>>),
}

type Plain = HttpConnector<MapErr<GaiResolver, fn(io::Error) -> NoSuchHost>>;

impl Client {
    /// A client that waits for [`PATIENCE`], unless told otherwise.
    pub(crate) fn new(target: Target) -> Result<Self, Error> {
        let wire = match target.secure {
            false => Wire::Plain(pool().build(connector())),
            true => tls()?,
        };
        Ok(Self { target, wire, patience: PATIENCE })
    }

    /// How long to wait for an answer.
    pub(crate) fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sends a webhook as the platform does.
    pub(crate) async fn send(&self, webhook: &WebhookRequest) -> Result<Timed, SendError> {
        self.send_prepared(self.prepare(webhook)).await
    }

    /// The request for a webhook, to be cloned where many are sent.
    pub(crate) fn prepare(&self, webhook: &WebhookRequest) -> http::Request<Full<Bytes>> {
        webhook.to_http(&self.target.url)
    }

    /// Sends a request of [`prepare`](Self::prepare).
    pub(crate) async fn send_prepared(
        &self,
        request: http::Request<Full<Bytes>>,
    ) -> Result<Timed, SendError> {
        let begun = Instant::now();
        let fail = |(kind, source)| SendError { kind, latency: begun.elapsed(), source };
        match tokio::time::timeout(self.patience, self.exchange(request)).await {
            Ok(Ok(answered)) => Ok(Timed { answered, latency: begun.elapsed() }),
            Ok(Err(error)) => Err(fail(error)),
            Err(elapsed) => Err(fail((SendErrorKind::TimedOut, elapsed.into()))),
        }
    }

    /// The error that ends a program which has nowhere to send to.
    pub(crate) fn unreachable(&self, error: &SendError) -> Error {
        Error::new(ErrorKind::Unreachable, format!("{}: {error}", self.target))
    }

    async fn exchange(&self, request: http::Request<Full<Bytes>>) -> Result<Answered, Failure> {
        let response = self.wire.request(request).await.map_err(kind_of)?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, MAX_ANSWER).collect().await;
        let body = body.map_err(|error| (SendErrorKind::Broken, error))?.to_bytes();
        Ok(Answered::new(parts.status, parts.headers, body))
    }
}

impl Wire {
    fn request(&self, request: http::Request<Full<Bytes>>) -> ResponseFuture {
        match self {
            Self::Plain(client) => client.request(request),
            #[cfg(feature = "tls")]
            Self::Tls(client) => client.request(request),
        }
    }
}

impl SendError {
    pub(crate) fn kind(&self) -> SendErrorKind {
        self.kind
    }

    /// How long it took to fail.
    pub(crate) fn latency(&self) -> Duration {
        self.latency
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        match self.kind {
            SendErrorKind::Dns | SendErrorKind::Refused | SendErrorKind::TimedOut => Ok(()),
            SendErrorKind::Unreachable | SendErrorKind::Tls | SendErrorKind::Broken => {
                write!(f, ": {}", root_of(&*self.source))
            }
        }
    }
}

impl StdError for SendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

impl SendErrorKind {
    /// What happened, in words.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "the host's name has no address",
            Self::Refused => "nobody listens there",
            Self::Unreachable => "no connection",
            Self::Tls => "no TLS connection",
            Self::TimedOut => "no answer",
            Self::Broken => "the connection broke",
        }
    }

    /// Whether not even a connection came about.
    pub(crate) fn is_unreachable(self) -> bool {
        match self {
            Self::Dns | Self::Refused | Self::Unreachable | Self::Tls => true,
            Self::TimedOut | Self::Broken => false,
        }
    }
}

type Failure = (SendErrorKind, Box<dyn StdError + Send + Sync>);

/// Marks an error of the resolver, which is an `io::Error` like any other.
#[derive(Debug)]
struct NoSuchHost(io::Error);

impl fmt::Display for NoSuchHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for NoSuchHost {}

fn pool() -> legacy::Builder {
    let mut builder = legacy::Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).http1_title_case_headers(true);
    builder
}

fn connector() -> Plain {
    let resolver = ServiceExt::<Name>::map_err(GaiResolver::new(), NoSuchHost as fn(_) -> _);
    let mut connector = HttpConnector::new_with_resolver(resolver);
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT_PATIENCE));
    connector
}

#[cfg(feature = "tls")]
fn tls() -> Result<Wire, Error> {
    let provider = rustls::crypto::ring::default_provider();
    let tls = hyper_rustls::HttpsConnectorBuilder::new()
        .with_provider_and_platform_verifier(provider)
        .map_err(|error| Error::new(ErrorKind::Unreachable, format!("no certificates to trust: {error}")))?;
    Ok(Wire::Tls(pool().build(tls.https_only().enable_http1().wrap_connector(connector()))))
}

#[cfg(not(feature = "tls"))]
fn tls() -> Result<Wire, Error> {
    Err(Error::new(ErrorKind::Usage, "this program was built without the feature `tls`"))
}

fn kind_of(error: legacy::Error) -> Failure {
    let kind = match error.is_connect() {
        true => chain(&error).find_map(cause).unwrap_or(SendErrorKind::Unreachable),
        false => SendErrorKind::Broken,
    };
    (kind, error.into())
}

fn cause(error: &(dyn StdError + 'static)) -> Option<SendErrorKind> {
    if error.is::<NoSuchHost>() {
        return Some(SendErrorKind::Dns);
    }
    #[cfg(feature = "tls")]
    if error.is::<rustls::Error>() {
        return Some(SendErrorKind::Tls);
    }
    let error = error.downcast_ref::<io::Error>()?;
    (error.kind() == io::ErrorKind::ConnectionRefused).then_some(SendErrorKind::Refused)
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        // Its `source` is that of what it wraps, which would be left out.
        Some(error) => error.get_ref().map(|inner| inner as _),
        None => error.source(),
    })
}

/// The innermost error: those around it say where, which the kind has said already.
fn root_of<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    chain(error).last().unwrap_or(error)
}

/// Nobody answers a webhook with more; what sends for ever is not read for ever.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// How long an answer is waited for: long enough to tell how late it is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;
    use tencent_im_webhook::{Command, SdkAppId};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    fn client(url: &str) -> Client {
        Client::new(url.parse().unwrap()).unwrap()
    }

    fn webhook() -> WebhookRequest {
        WebhookRequest::new(SdkAppId(1_400_000_000), Command::StateStateChange).body("{}")
    }

    #[test]
    fn a_target_is_what_the_console_takes() {
        for url in ["http://127.0.0.1:8080", "http://[::1]:80/im/webhook"] {
            assert!(url.parse::<Target>().is_ok(), "{url}");
        }
        for (url, problem) in [
            ("http://localhost/cb?key=1", "the console takes no URL with `?`"),
            ("http://local host/", "the console takes no URL with ` `"),
            ("localhost:8080/cb", "no URL"),
            ("/cb", "a URL begins with http:// or https://"),
            ("ftp://localhost/cb", "a URL begins with http:// or https://"),
            ("", "no URL"),
            ("http://127.0.0.1:99999/", "`:99999` is no port"),
            ("http://127.0.0.1:0/", "`:0` is no port"),
            ("http://127.0.0.1:/", "`:` is no port"),
            ("http://ann:secret@127.0.0.1/", "a URL has no user"),
        ] {
            let error = url.parse::<Target>().unwrap_err();
            assert!(error.starts_with(problem), "{url}: {error}");
        }
    }

    #[test]
    fn a_target_may_be_where_we_listen() {
        for (url, listening, expected) in [
            ("http://127.0.0.1:8080/im", "127.0.0.1:8080", true),
            ("http://localhost:8080", "127.0.0.1:8080", true),
            ("http://127.0.0.1:8080", "0.0.0.0:8080", true),
            ("http://[::1]:8080", "[::]:8080", true),
            ("http://0.0.0.0:80", "0.0.0.0:80", true),
            ("http://127.0.0.1/", "127.0.0.1:80", true),
            ("http://127.0.0.1:3000", "127.0.0.1:8080", false),
            ("http://192.0.2.1:8080", "127.0.0.1:8080", false),
            ("http://example.com:8080", "0.0.0.0:8080", false),
        ] {
            let target: Target = url.parse().unwrap();
            assert_eq!(target.is_at(listening.parse().unwrap()), expected, "{url} {listening}");
        }
    }

    #[tokio::test]
    async fn requests_are_the_platforms_and_share_a_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = client(&format!("http://{}", listener.local_addr().unwrap()));
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut requests = Vec::new();
            for _ in 0..2 {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n{}") {
                    stream.read_buf(&mut request).await.unwrap();
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
                requests.push(String::from_utf8(request).unwrap());
            }
            requests
        });
        for _ in 0..2 {
            let timed = client.send(&webhook()).await.unwrap();
            assert_eq!((timed.answered.status().as_u16(), &timed.answered.body()[..]), (200, &b"{}"[..]));
        }
        for request in server.await.unwrap() {
            let head = "POST /?SdkAppid=1400000000&CallbackCommand=State.StateChange&contenttype=json\
                &ClientIP=203.0.113.7&OptPlatform=Android HTTP/1.1\r\n";
            assert!(request.starts_with(head), "{request}");
            assert!(request.contains("Content-Length: 2\r\n"), "{request}");
            assert!(!request.to_lowercase().contains("content-type"), "{request}");
            assert!(!request.to_lowercase().contains("connection"), "{request}");
        }
    }

    #[tokio::test]
    async fn what_fails_is_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let broken = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"SSH-2.0-OpenSSH\r\n").await.unwrap();
        });
        let error = client(&format!("http://{address}")).send(&webhook()).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::Broken);
        broken.await.unwrap();
        let error = client(&format!("http://{address}")).send(&webhook()).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::Refused, "the listener is gone: {error:?}");
        let error = client("http://host.invalid/").send(&webhook()).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::Dns, "{error:?}");
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = client(&format!("http://{}", listener.local_addr().unwrap()));
        let error = client.patience(Duration::from_millis(1)).send(&webhook()).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::TimedOut);
    }

    #[cfg(feature = "tls")]
    #[tokio::test]
    async fn a_server_without_tls_is_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let plain = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        });
        // A machine without any certificates can trust nobody, which is its own error.
        let Ok(client) = Client::new(format!("https://{address}/").parse().unwrap()) else { return };
        let error = client.send(&webhook()).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::Tls, "{error:?}");
        plain.await.unwrap();
    }
}
