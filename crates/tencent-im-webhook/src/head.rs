//! The head of a request, without the types of any framework.

use std::fmt;

use crate::catalogue::Command;
use crate::digits;
use crate::query::Params;

/// What the receiver looks at before any body is read.
///
/// ```
/// use tencent_im_webhook::Head;
///
/// let head = Head::new("POST", "SdkAppid=1400000000").content_length(468);
/// ```
#[derive(Clone, Copy)]
pub struct Head<'a> {
    pub(crate) method: &'a str,
    pub(crate) query: &'a str,
    pub(crate) encoded: bool,
    pub(crate) content_length: Option<u64>,
}

impl<'a> Head<'a> {
    /// A head with this method and query, the latter without its `?` and still percent-encoded.
    #[must_use]
    pub fn new(method: &'a str, query: &'a str) -> Self {
        Self { method, query, encoded: false, content_length: None }
    }

    /// Adds the value of a `Content-Encoding` header; call it once per header.
    ///
    /// ```
    /// use tencent_im_webhook::{Head, Receiver, RejectionKind, SdkAppId};
    ///
    /// let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
    /// let head = Head::new("POST", "SdkAppid=1").content_encoding(b"gzip");
    /// assert_eq!(receiver.admit(&head).unwrap_err().kind(), RejectionKind::ContentEncoding);
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    #[must_use]
    pub fn content_encoding(mut self, value: &[u8]) -> Self {
        let codings = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        self.encoded |= codings
            .filter(|coding| !coding.is_empty())
            .any(|coding| !coding.eq_ignore_ascii_case(b"identity"));
        self
    }

    /// Adds the length that the request announces.
    ///
    /// ```
    /// use tencent_im_webhook::{Head, Receiver, RejectionKind, SdkAppId};
    ///
    /// let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).body_limit(1024).build()?;
    /// let head = Head::new("POST", "SdkAppid=1").content_length(1025);
    /// assert_eq!(receiver.admit(&head).unwrap_err().kind(), RejectionKind::TooLarge);
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    #[must_use]
    pub fn content_length(mut self, bytes: u64) -> Self {
        self.content_length = Some(bytes);
        self
    }

    /// The command that the URL names, for routing: whoever sent it was not checked.
    ///
    /// `None` where it names none or several. The body may name one then, and
    /// [`admit`](crate::Receiver::admit) refuses several.
    ///
    /// ```
    /// use tencent_im_webhook::{Command, Head};
    ///
    /// let head = Head::new("POST", "SdkAppid=1&CallbackCommand=State.StateChange");
    /// assert_eq!(head.command(), Some(Command::StateStateChange));
    /// ```
    #[must_use]
    pub fn command(&self) -> Option<Command> {
        Params::parse(self.query).command.text().map(|name| Command::from(&*name))
    }
}

impl<'a, B> From<&'a http::Request<B>> for Head<'a> {
    fn from(request: &'a http::Request<B>) -> Self {
        use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
        let query = request.uri().query().unwrap_or_default();
        let mut head = Self::new(request.method().as_str(), query);
        let headers = request.headers();
        head.content_length = headers.get(CONTENT_LENGTH).and_then(|value| digits::whole(value.as_bytes()));
        // Hardly any request has one.
        if headers.contains_key(CONTENT_ENCODING) {
            let encodings = headers.get_all(CONTENT_ENCODING).iter();
            head = encodings.fold(head, |head, value| head.content_encoding(value.as_bytes()));
        }
        head
    }
}

impl fmt::Debug for Head<'_> {
    /// Without the query, which holds the signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("method", &self.method)
            .field("encoded", &self.encoded)
            .field("content_length", &self.content_length)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_that_is_none_is_none() {
        let encoded = |values: &[&str]| {
            let head = values
                .iter()
                .fold(Head::new("POST", ""), |head, value| head.content_encoding(value.as_bytes()));
            head.encoded
        };
        for none in [&[][..], &[""], &["identity"], &["Identity , ,identity"], &["identity", "identity"]] {
            assert!(!encoded(none), "{none:?}");
        }
        for some in [&["gzip"][..], &["identity, br"], &["gzip", "identity"], &["identity", "gzip"]] {
            assert!(encoded(some), "{some:?}");
        }
    }

    #[test]
    fn a_request_has_its_own_head() {
        let request = http::Request::post("/cb?SdkAppid=1").header("content-length", "12");
        let request = request.header("content-encoding", "identity").header("content-encoding", "br");
        let request = request.body(()).unwrap();
        let head = Head::from(&request);
        assert_eq!((head.method, head.query, head.content_length), ("POST", "SdkAppid=1", Some(12)));
        assert!(head.encoded);
        let shown = format!("{head:?}");
        assert!(shown.contains("POST") && !shown.contains("SdkAppid"), "{shown}");
    }

    #[test]
    fn a_head_names_one_command_or_none() {
        let command = |query| Head::new("POST", query).command();
        let state = Command::from("State.StateChange");
        assert_eq!(command("callbackcommand=State%2EStateChange&a=b"), Some(state));
        assert_eq!(command("SdkAppid=1"), None);
        assert_eq!(command("CallbackCommand=State.StateChange&CallbackCommand=State.StateChange"), None);
    }
}
