//! The live page at `/_imhook`: the deliveries as they come, and a button that sends one again.
//!
//! What people write in chats is shown here, so a `Host` that is a name of somebody's is refused: it may have
//! been made to point here, or be that of a tunnel. A button can be pressed only by who has read the page, which
//! holds a key of this run.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use serde_json::json;

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::listen::feed::Feed;
use crate::listen::watch::RESENT;
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
    /// A page for the deliveries of a feed.
    ///
    /// # Errors
    ///
    /// When the machine has no random numbers.
    pub(super) fn new(feed: Arc<Feed>, ourselves: Ourselves) -> Result<Self, Error> {
        Ok(Self { feed, key: random()?.into(), ourselves })
    }

    /// Whether a path is the page's, and no webhook's.
    pub(super) fn is_at(path: &str) -> bool {
        path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Answers a request; none of them has a body.
    pub(super) async fn respond(&self, head: &Parts) -> Response<PageBody> {
        if !is_local(&head.headers) {
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
        let Some(record) = id.parse().ok().and_then(|id| self.feed.find(id)) else {
            return told(StatusCode::NOT_FOUND, "this delivery is no longer kept");
        };
        match self.ourselves.send(&record).await {
            Ok(status) => told(StatusCode::OK, &format!("sent again, answered with {status}")),
            Err(error) => told(StatusCode::BAD_GATEWAY, &error.to_string()),
        }
    }
}

impl Ourselves {
    async fn send(&self, record: &Record) -> Result<StatusCode, Error> {
        let url = format!("{}{}", self.base, record.path);
        let mut request = record.request(&url, &self.resign, SystemTime::now().into())?;
        request.headers_mut().insert(RESENT, record.id.into());
        let timed = self.client.send_prepared(request).await;
        timed.map(|timed| timed.answered.status()).map_err(|error| Error::new(ErrorKind::Unreachable, error))
    }
}

/// Whether the request names this machine by an address, or `localhost`. Any other name may have been pointed
/// here by its owner, whose page could then read ours.
fn is_local(headers: &HeaderMap) -> bool {
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

const NOT_LOCAL: &str = "This page shows what people write, so it is not for a name that anybody may have pointed \
    here: open it as http://localhost:<port>/_imhook.\n";

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
            assert!(is_local(&with(host)), "{host}");
        }
        for host in ["example.com", "localhost.example.com", "127.0.0.1.example.com:80", "", "notlocalhost"] {
            assert!(!is_local(&with(host)), "{host}");
        }
        assert!(!is_local(&HeaderMap::new()));
    }
}
