use std::time::SystemTime;

use bytes::Bytes;
use http_body_util::Full;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tencent_im_webhook::{Command, Payload, SdkAppId, UnixSeconds, sign};

use crate::fixture::fixture;

/// A webhook as the platform sends it: a POST with its parameters in the query, no content type, and
/// JSON.
///
/// It comes from an Android client at `203.0.113.7`, without either for commands that no client causes, and is
/// not signed, unless told otherwise:
///
/// ```
/// use tencent_im_webhook::event::state::StateChange;
/// use tencent_im_webhook::{SdkAppId, UnixSeconds};
/// use tencent_im_webhook_testing::WebhookRequest;
///
/// let request = WebhookRequest::of::<StateChange>(SdkAppId(1_400_000_000))
///     .platform(Some("iOS"))
///     .client_ip(None)
///     .token_at("secret", UnixSeconds(1_700_000_000));
/// assert!(request.query().contains("&OptPlatform=iOS&Sign="));
/// assert!(request.query().ends_with("&RequestTime=1700000000"));
///
/// let http = request.to_http("/im/webhook");
/// assert_eq!((http.method().as_str(), http.uri().path()), ("POST", "/im/webhook"));
/// ```
#[derive(Clone, Debug)]
pub struct WebhookRequest {
    app: SdkAppId,
    command: Command,
    client_ip: Option<String>,
    platform: Option<String>,
    signature: Option<(String, UnixSeconds)>,
    body: Bytes,
}

impl WebhookRequest {
    /// A command's webhook with the body of its fixture; an empty object for a command without one.
    ///
    /// ```
    /// use tencent_im_webhook::{Command, SdkAppId};
    /// use tencent_im_webhook_testing::WebhookRequest;
    ///
    /// let known = WebhookRequest::new(SdkAppId(1), Command::StateStateChange);
    /// assert!(known.body_bytes().starts_with(b"{"));
    /// let new = WebhookRequest::new(SdkAppId(1), Command::from("Group.CallbackAfterSomethingNew"));
    /// assert_eq!(new.body_bytes(), "{}");
    /// ```
    #[must_use]
    pub fn new(app: SdkAppId, command: Command) -> Self {
        let body = fixture(&command).map_or("{}", |fixture| fixture.body());
        let (client_ip, platform) = client_of(&command);
        Self {
            app,
            command,
            client_ip: client_ip.map(Into::into),
            platform: platform.map(Into::into),
            signature: None,
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    /// The same for a payload type.
    ///
    /// ```
    /// use tencent_im_webhook::{SdkAppId, event::state::StateChange};
    /// use tencent_im_webhook_testing::WebhookRequest;
    ///
    /// let request = WebhookRequest::of::<StateChange>(SdkAppId(1));
    /// assert!(request.query().starts_with("SdkAppid=1&CallbackCommand=State.StateChange"));
    /// ```
    #[must_use]
    pub fn of<P: Payload>(app: SdkAppId) -> Self {
        Self::new(app, P::COMMAND)
    }

    /// Signs it with a token, at the present time.
    ///
    /// ```
    /// use tencent_im_webhook::{Head, Receiver, RejectionKind, SdkAppId, event::state::StateChange};
    /// use tencent_im_webhook_testing::WebhookRequest;
    ///
    /// let app = SdkAppId(1);
    /// let receiver = Receiver::builder().app(app, ["secret"]).build()?;
    /// let forged = WebhookRequest::of::<StateChange>(app).token("guessed").query();
    /// let rejection = receiver.admit(&Head::new("POST", &forged)).unwrap_err();
    /// assert_eq!(rejection.kind(), RejectionKind::SignatureMismatch);
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.token_at(token, SystemTime::now().into())
    }

    /// Signs it with a token, at a given time. Stale and future requests are made so.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use tencent_im_webhook::{Head, Receiver, RejectionKind, SdkAppId, event::state::StateChange};
    /// use tencent_im_webhook_testing::WebhookRequest;
    ///
    /// let app = SdkAppId(1);
    /// let receiver = Receiver::builder().app(app, ["secret"]).build()?;
    /// let an_hour_ago = SystemTime::now() - Duration::from_secs(3600);
    /// let replayed = WebhookRequest::of::<StateChange>(app).token_at("secret", an_hour_ago.into()).query();
    /// let rejection = receiver.admit(&Head::new("POST", &replayed)).unwrap_err();
    /// assert_eq!(rejection.kind(), RejectionKind::Stale);
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    #[must_use]
    pub fn token_at(mut self, token: &str, time: UnixSeconds) -> Self {
        self.signature = Some((sign(token, time), time));
        self
    }

    /// Sends another body, of any bytes.
    ///
    /// ```
    /// # use tencent_im_webhook::{Command, SdkAppId};
    /// # use tencent_im_webhook_testing::WebhookRequest;
    /// let new = WebhookRequest::new(SdkAppId(1), Command::from("Future.Command")).body(r#"{"New":1}"#);
    /// assert_eq!(new.body_bytes(), r#"{"New":1}"#);
    /// ```
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends a payload. The command stays that which the request was made for.
    ///
    /// ```
    /// use tencent_im_webhook::SdkAppId;
    /// use tencent_im_webhook::event::group::AfterSendMsg;
    /// use tencent_im_webhook_testing::{WebhookRequest, payload};
    ///
    /// let mut message: AfterSendMsg = payload();
    /// message.from_account = "eve".into();
    /// let request = WebhookRequest::of::<AfterSendMsg>(SdkAppId(1)).payload(message);
    /// assert!(request.body_bytes().windows(5).any(|text| text == b"\"eve\""));
    /// ```
    ///
    /// # Panics
    ///
    /// When the payload does not serialize, which none of the core does.
    #[must_use]
    pub fn payload<P: Payload>(self, payload: P) -> Self {
        let body = serde_json::to_vec(&payload.into()).expect("payloads serialize");
        self.body(body)
    }

    /// Another address of the client; `None` leaves it out.
    ///
    /// ```
    /// use tencent_im_webhook::{SdkAppId, event::state::StateChange};
    /// use tencent_im_webhook_testing::WebhookRequest;
    ///
    /// let request = WebhookRequest::of::<StateChange>(SdkAppId(1)).client_ip(Some("2001:db8::1"));
    /// assert!(request.query().contains("ClientIP=2001:db8::1"));
    /// ```
    #[must_use]
    pub fn client_ip(mut self, address: Option<&str>) -> Self {
        self.client_ip = address.map(Into::into);
        self
    }

    /// Another platform of the client; `None` leaves it out.
    ///
    /// ```
    /// use tencent_im_webhook::{SdkAppId, event::state::StateChange};
    /// use tencent_im_webhook_testing::WebhookRequest;
    ///
    /// let by_a_server = WebhookRequest::of::<StateChange>(SdkAppId(1)).platform(Some("RESTAPI"));
    /// assert!(by_a_server.query().contains("OptPlatform=RESTAPI"));
    /// ```
    #[must_use]
    pub fn platform(mut self, platform: Option<&str>) -> Self {
        self.platform = platform.map(Into::into);
        self
    }

    /// Its query, without the question mark.
    ///
    /// For frameworks with requests of their own:
    ///
    /// ```
    /// use tencent_im_webhook::{SdkAppId, event::state::StateChange};
    /// use tencent_im_webhook_testing::WebhookRequest;
    ///
    /// let bare = WebhookRequest::of::<StateChange>(SdkAppId(1)).client_ip(None).platform(None);
    /// assert_eq!(bare.query(), "SdkAppid=1&CallbackCommand=State.StateChange&contenttype=json");
    /// ```
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = format!("SdkAppid={}&CallbackCommand={}", self.app, encoded(self.command.as_str()));
        query.push_str("&contenttype=json");
        let optional = [("ClientIP", &self.client_ip), ("OptPlatform", &self.platform)];
        for (name, value) in optional {
            if let Some(value) = value {
                query.push_str(&format!("&{name}={}", encoded(value)));
            }
        }
        if let Some((sign, time)) = &self.signature {
            query.push_str(&format!("&Sign={sign}&RequestTime={}", time.0));
        }
        query
    }

    /// Its body.
    #[must_use]
    pub fn body_bytes(&self) -> &Bytes {
        &self.body
    }

    /// The HTTP request to a path.
    ///
    /// ```
    /// use tencent_im_webhook::{SdkAppId, event::state::StateChange};
    /// use tencent_im_webhook_testing::WebhookRequest;
    ///
    /// let mut request = WebhookRequest::of::<StateChange>(SdkAppId(1)).to_http("/im/webhook");
    /// request.headers_mut().insert("content-encoding", http::HeaderValue::from_static("gzip"));
    /// assert_eq!(request.uri().path(), "/im/webhook");
    /// ```
    ///
    /// # Panics
    ///
    /// When the path is none.
    #[must_use]
    pub fn to_http(&self, path: &str) -> http::Request<Full<Bytes>> {
        http::Request::post(format!("{path}?{}", self.query()))
            .header(http::header::CONTENT_LENGTH, self.body.len())
            .body(Full::new(self.body.clone()))
            .expect("a path and a query make a URI")
    }
}

/// The address and the platform of the client, where the URL of a command has them.
fn client_of(command: &Command) -> (Option<&'static str>, Option<&'static str>) {
    let (address, platform) = (Some("203.0.113.7"), Some("Android"));
    match command {
        Command::PushOfflinePush | Command::PushAllMemberPush | Command::ContentCallbackResultNotify => {
            (None, None)
        }
        Command::AlertRequestOverLimit => (None, platform),
        _ => (address, platform),
    }
}

/// Dots and the like stand as they are in the platform's URLs.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b':');

fn encoded(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_the_documented_one() {
        let request = WebhookRequest::new(SdkAppId(1_400_000_000), Command::from("State.StateChange"))
            .client_ip(Some("127.0.0.1"))
            .platform(Some("iOS"))
            .token_at("xxxxyyyy", UnixSeconds(1_669_872_112));
        assert_eq!(
            request.query(),
            "SdkAppid=1400000000&CallbackCommand=State.StateChange&contenttype=json&ClientIP=127.0.0.1\
             &OptPlatform=iOS&Sign=17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061\
             &RequestTime=1669872112"
        );
        let bare = request.client_ip(None).platform(None);
        assert!(!bare.query().contains("ClientIP") && !bare.query().contains("OptPlatform"));
    }

    #[test]
    fn what_no_client_causes_names_no_client() {
        let has = |command, key| WebhookRequest::new(SdkAppId(1), command).query().contains(key);
        assert!(!has(Command::PushOfflinePush, "ClientIP") && !has(Command::PushOfflinePush, "OptPlatform"));
        let alert = Command::AlertRequestOverLimit;
        assert!(!has(alert.clone(), "ClientIP") && has(alert, "OptPlatform"));
    }
}
