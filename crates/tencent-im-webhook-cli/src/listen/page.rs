//! The live page at `/_imhook`: the deliveries as they come, and a button that sends one again.
//!
//! What people write in chats is shown here, so only a program on this machine gets it, and only directly: what a
//! proxy or a tunnel passes on is refused, and so is a `Host` that is a name of somebody's, which may have been
//! made to point here. A button can be pressed only by who has read the page, which holds a key of this run.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, FORWARDED, HOST, ORIGIN, REFERRER_POLICY,
    VIA, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use serde_json::json;
use tencent_im_webhook_serve::PeerAddr;

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::listen::feed::Feed;
use crate::listen::watch;
use crate::record::{Record, Resign};

/// Answers requests for the page. Clones share everything.
#[derive(Clone, Debug)]
pub(super) struct Page {
    feed: Arc<Feed>,
    /// Stands in the page, and comes with each press of a button.
    key: Arc<str>,
    ourselves: Ourselves,
}

/// How to send a webhook to this very server.
#[derive(Clone, Debug)]
pub(super) struct Ourselves {
    pub(super) client: Client,
    pub(super) base: Arc<str>,
    pub(super) resign: Resign,
}

/// A whole answer, or events without end.
pub(super) type PageBody = UnsyncBoxBody<Bytes, Infallible>;

impl Page {
    /// A page for the deliveries of a feed, with a key that nobody guesses.
    pub(super) fn new(feed: Arc<Feed>, key: Arc<str>, ourselves: Ourselves) -> Self {
        Self { feed, key, ourselves }
    }

    /// Whether a path is the page's, and no webhook's.
    pub(super) fn is_at(path: &str) -> bool {
        path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Answers a request; none of them has a body. Its extensions say whose it is.
    pub(super) async fn respond(&self, head: &Parts) -> Response<PageBody> {
        if !is_local(head) {
            return text(StatusCode::FORBIDDEN, NOT_LOCAL);
        }
        let place = head.uri.path().strip_prefix(PATH).unwrap_or_default();
        match (place.trim_end_matches('/'), place.strip_prefix("/resend/")) {
            ("", _) => only(&Method::GET, head).unwrap_or_else(|| self.html()),
            ("/events", _) => only(&Method::GET, head).unwrap_or_else(|| self.events(&head.headers)),
            (_, Some(id)) => match only(&Method::POST, head) {
                Some(refusal) => refusal,
                None => self.resend(id, &head.headers).await,
            },
            (_, None) => text(StatusCode::NOT_FOUND, "there is nothing here"),
        }
    }

    fn html(&self) -> Response<PageBody> {
        let Ok(nonce) = random() else {
            return text(StatusCode::INTERNAL_SERVER_ERROR, "no random numbers");
        };
        let html = HTML.replace("{nonce}", &nonce).replace("{key}", &self.key);
        // The style and the script last: no text of theirs is taken for a place to fill.
        let html = html.replace("{style}", STYLE).replace("{script}", SCRIPT);
        let policy = format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; \
             connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'"
        );
        let mut response = whole(StatusCode::OK, "text/html; charset=utf-8", html);
        let policy = HeaderValue::try_from(policy).expect("the policy is ASCII");
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        response
    }

    fn events(&self, headers: &HeaderMap) -> Response<PageBody> {
        let last_seen = headers.get("last-event-id").and_then(|id| id.to_str().ok());
        let events = StreamBody::new(Arc::clone(&self.feed).events(last_seen)).boxed_unsync();
        response(StatusCode::OK, "text/event-stream", events)
    }

    async fn resend(&self, id: &str, headers: &HeaderMap) -> Response<PageBody> {
        if headers.get(KEY).map(HeaderValue::as_bytes) != Some(self.key.as_bytes()) {
            return told(StatusCode::FORBIDDEN, "this page is of an earlier run: reload it");
        }
        if !is_own_origin(headers) {
            return told(StatusCode::FORBIDDEN, "this page is of elsewhere");
        }
        let Some(record) = id.parse().ok().and_then(|id| self.feed.find(id)) else {
            return told(StatusCode::NOT_FOUND, "this delivery is no longer kept");
        };
        if record.refused.is_some() {
            return told(
                StatusCode::CONFLICT,
                "this delivery was turned away, perhaps before its body was read",
            );
        }
        match self.ourselves.send(&record, &self.key).await {
            Ok(status) => told(StatusCode::OK, &format!("sent again, answered with {status}")),
            Err(error) => told(StatusCode::BAD_GATEWAY, &error.to_string()),
        }
    }
}

impl Ourselves {
    async fn send(&self, record: &Record, key: &str) -> Result<StatusCode, Error> {
        let url = format!("{}{}", self.base, record.path);
        let mut request = record.request(&url, &self.resign, SystemTime::now().into())?;
        let resent = HeaderValue::try_from(watch::resent(key, record.id)).expect("hex and digits are ASCII");
        request.headers_mut().insert(watch::RESENT, resent);
        let timed = self.client.send_prepared(request).await;
        timed.map(|timed| timed.answered.status()).map_err(|error| Error::new(ErrorKind::Unreachable, error))
    }
}

/// Whether a request comes from this machine, not by way of a proxy or a tunnel, and means this machine.
fn is_local(head: &Parts) -> bool {
    let peer = head.extensions.get::<PeerAddr>();
    peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback())
        && !PASSED_ON.iter().any(|name| head.headers.contains_key(name))
        && names_us(&head.headers)
}

/// Whether the page that asks is ours. Browsers say which it is, other programs need not.
fn is_own_origin(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).map(HeaderValue::as_bytes).unwrap_or_default();
    headers.get_all(ORIGIN).iter().all(|origin| origin.as_bytes().strip_prefix(b"http://") == Some(host))
}

/// Whether the request names this machine by an address, or `localhost`. Any other name may have been pointed
/// here by its owner, whose page could then read ours.
fn names_us(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    host.is_some_and(|authority| {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok()
    })
}

/// A refusal of any other method. `HEAD` is a `GET` whose body the server keeps back.
fn only(method: &Method, head: &Parts) -> Option<Response<PageBody>> {
    let asked = if head.method == Method::HEAD { &Method::GET } else { &head.method };
    if asked == method {
        return None;
    }
    let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "not with this method");
    let allowed = HeaderValue::from_str(method.as_str()).expect("a method is ASCII");
    response.headers_mut().insert(ALLOW, allowed);
    Some(response)
}

fn told(status: StatusCode, message: &str) -> Response<PageBody> {
    whole(status, "application/json", json!({"message": message}).to_string())
}

fn text(status: StatusCode, text: &'static str) -> Response<PageBody> {
    whole(status, "text/plain; charset=utf-8", text)
}

fn whole(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response<PageBody> {
    response(status, kind, Full::new(body.into()).boxed_unsync())
}

fn response(status: StatusCode, kind: &'static str, body: PageBody) -> Response<PageBody> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    response.headers_mut().extend(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

/// 128 random bits in hex.
pub(super) fn random() -> Result<String, Error> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits)
        .map_err(|error| Error::new(ErrorKind::Failed, format!("no random numbers: {error}")))?;
    Ok(const_hex::encode(bits))
}

/// Where the page is. Webhooks are everywhere else.
pub(super) const PATH: &str = "/_imhook";

const KEY: HeaderName = HeaderName::from_static("x-imhook-key");

const HTML: &str = include_str!("page/index.html");
const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");

/// What proxies and tunnels add.
const PASSED_ON: [HeaderName; 7] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("cf-connecting-ip"),
];

const NOT_LOCAL: &str = "This page shows what people write, so it is for this machine only, and not by way of a proxy \
    or under a name that anybody may have pointed here: open it as http://localhost:<port>/_imhook.\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_takes_its_own_paths_only() {
        for (path, is_ours) in [
            ("/_imhook", true),
            ("/_imhook/", true),
            ("/_imhook/events", true),
            ("/_imhooks", false),
            ("/", false),
        ] {
            assert_eq!(Page::is_at(path), is_ours, "{path}");
        }
    }

    #[test]
    fn a_name_of_somebodys_is_not_this_machine() {
        let with = |host: &str| HeaderMap::from_iter([(HOST, HeaderValue::from_str(host).unwrap())]);
        for host in
            ["localhost", "localhost:8080", "LocalHost:1", "app.localhost", "127.0.0.1:80", "[::1]:80"]
        {
            assert!(names_us(&with(host)), "{host}");
        }
        for host in ["example.com", "localhost.example.com", "127.0.0.1.example.com:80", "", "notlocalhost"] {
            assert!(!names_us(&with(host)), "{host}");
        }
        assert!(!names_us(&HeaderMap::new()));
    }

    #[test]
    fn only_this_machine_reads_along_and_only_directly() {
        let from = |peer: Option<&str>| {
            let mut head =
                http::Request::get(PATH).header(HOST, "127.0.0.1:80").body(()).unwrap().into_parts().0;
            peer.map(|peer| head.extensions.insert(PeerAddr(peer.parse().unwrap())));
            head
        };
        for (peer, expected) in [
            (Some("127.0.0.1:5000"), true),
            (Some("[::1]:5000"), true),
            (Some("[::ffff:127.0.0.1]:5000"), true),
            (Some("192.0.2.1:5000"), false),
            (None, false),
        ] {
            assert_eq!(is_local(&from(peer)), expected, "{peer:?}");
        }
        for name in &PASSED_ON {
            let mut head = from(Some("127.0.0.1:5000"));
            head.headers.insert(name, HeaderValue::from_static("127.0.0.1"));
            assert!(!is_local(&head), "{name}");
        }
    }
}
