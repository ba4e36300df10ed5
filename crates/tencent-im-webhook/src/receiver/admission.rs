use std::sync::Arc;

use bytes::Bytes;
use http::Extensions;
use tokio::time::Instant;

use super::Receiver;
use crate::auth::SdkAppId;
use crate::catalogue::{Command, Event};
use crate::context::{Call, ClientIp, Context, Platform};
use crate::event::UnknownEvent;
use crate::time::UnixSeconds;
use crate::trace;

/// A request whose head was found good. Its body may be read now.
///
/// ```
/// use tencent_im_webhook::{Command, Head, Receiver, SdkAppId};
///
/// let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
/// let head = Head::new("POST", "SdkAppid=1&CallbackCommand=State.StateChange").content_length(2);
/// let admission = receiver.admit(&head)?;
///
/// assert_eq!(admission.app(), SdkAppId(1));
/// assert_eq!(admission.command(), Some(&Command::StateStateChange));
/// assert_eq!(admission.content_length(), Some(2));
/// assert_eq!(admission.body_limit(), 1024 * 1024);
/// # Ok::<_, tencent_im_webhook::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Admission {
    pub(super) receiver: Receiver,
    pub(super) app: SdkAppId,
    pub(super) probe: bool,
    pub(super) command: Option<Command>,
    pub(super) client_ip: Option<ClientIp>,
    pub(super) platform: Option<Platform>,
    pub(super) request_time: Option<UnixSeconds>,
    pub(super) request_id: Option<Box<str>>,
    pub(super) content_length: Option<u64>,
    pub(super) body_deadline: Instant,
    pub(super) deadline: Instant,
    pub(super) extensions: Extensions,
}

impl Admission {
    /// The call that comes of it, to be decoded.
    pub(crate) fn call(self, body: Bytes) -> Call {
        Call {
            event: Event::Unknown(UnknownEvent::new(None, Bytes::new(), None)),
            context: Context {
                app: self.app,
                command: self.command,
                client_ip: self.client_ip,
                platform: self.platform,
                request_time: self.request_time,
                request_id: self.request_id,
                raw: body,
                lossy: false,
                deadline: self.deadline,
                extensions: self.extensions,
                span: trace::Span::none(),
            },
        }
    }

    /// The app that it is for.
    #[must_use]
    pub fn app(&self) -> SdkAppId {
        self.app
    }

    /// The command that the URL names. The body may name one where the URL does not.
    ///
    /// ```
    /// use tencent_im_webhook::Command;
    ///
    /// # use tencent_im_webhook::{Head, Receiver, SdkAppId};
    /// # let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
    /// # let query = "SdkAppid=1&CallbackCommand=State.StateChange";
    /// # let admission = receiver.admit(&Head::new("POST", query).content_length(2))?;
    /// assert_eq!(admission.command(), Some(&Command::StateStateChange));
    /// # Ok::<_, tencent_im_webhook::BoxError>(())
    /// ```
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        self.command.as_ref()
    }

    /// How many bytes of the body to read at most.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.receiver.inner.settings.body_limit
    }

    /// The length that the head announces, within the limit.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.content_length
    }

    /// Gives the handler what outer layers know of the request.
    ///
    /// ```
    /// use http::Extensions;
    ///
    /// #[derive(Clone)]
    /// struct RequestId(&'static str);
    ///
    /// # use tencent_im_webhook::{Head, Receiver, SdkAppId};
    /// # let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
    /// # let query = "SdkAppid=1&CallbackCommand=State.StateChange";
    /// # let admission = receiver.admit(&Head::new("POST", query).content_length(2))?;
    /// let mut extensions = Extensions::new();
    /// extensions.insert(RequestId("r-17"));
    /// let call = receiver.decode(admission.with_extensions(extensions), "{}".into())?;
    /// assert_eq!(call.context.extensions().get::<RequestId>().map(|id| id.0), Some("r-17"));
    /// # Ok::<_, tencent_im_webhook::BoxError>(())
    /// ```
    #[must_use]
    pub fn with_extensions(self, extensions: Extensions) -> Self {
        Self { extensions, ..self }
    }

    pub(crate) fn set_extensions(&mut self, extensions: Extensions) {
        self.extensions = extensions;
    }

    /// Whether it is the console's check of the URL, of whose body nothing is known.
    pub(crate) fn is_probe(&self) -> bool {
        self.probe
    }

    pub(crate) fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// The same, for a service whose receiver is another.
    pub(crate) fn by(self, receiver: Receiver) -> Self {
        Self { receiver, ..self }
    }

    pub(crate) fn is_of(&self, receiver: &Receiver) -> bool {
        Arc::ptr_eq(&self.receiver.inner, &receiver.inner)
    }

    pub(crate) fn body_deadline(&self) -> Instant {
        self.body_deadline
    }
}
