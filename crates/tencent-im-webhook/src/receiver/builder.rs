use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use zeroize::Zeroizing;

use super::{Inner, Receiver, Settings};
use crate::auth::{App, Apps, SdkAppId, Token};
use crate::catalogue::Command;
use crate::error::{BuildError, Failure, Rejection};
use crate::reply::FailurePolicy;
use crate::tasks::Tasks;
use crate::trace;

/// Settings of a [`Receiver`].
///
/// | setting | default |
/// | --- | --- |
/// | [`app`](Self::app), [`app_without_signature`](Self::app_without_signature) | none: at least one is required |
/// | [`max_age`](Self::max_age) | 60 s |
/// | [`deadline`](Self::deadline) | 1.5 s |
/// | [`body_deadline`](Self::body_deadline) | 1 s |
/// | [`body_limit`](Self::body_limit) | 1 MiB |
/// | [`slow_percent`](Self::slow_percent) | 75 % of the deadline |
/// | [`on_failure`](Self::on_failure) | [`FailurePolicy::Defer`] |
///
/// ```
/// use std::time::Duration;
///
/// use tencent_im_webhook::{Command, FailurePolicy, Receiver, SdkAppId};
///
/// let receiver = Receiver::builder()
///     .app(SdkAppId(1_400_000_000), ["the new token", "the old token"])
///     .max_age(Duration::from_secs(30))
///     .on_failure_of(Command::C2cBeforeSendMsg, FailurePolicy::Reject)
///     .inspect_failure(|failure| eprintln!("{failure}"))
///     .build()?;
/// # Ok::<_, tencent_im_webhook::BuildError>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct ReceiverBuilder {
    signed: BTreeMap<SdkAppId, Vec<Zeroizing<String>>>,
    unsigned: BTreeSet<SdkAppId>,
    settings: Settings,
}

impl Default for ReceiverBuilder {
    fn default() -> Self {
        let settings = Settings {
            max_age: Duration::from_secs(60),
            deadline: Duration::from_millis(1500),
            body_deadline: Duration::from_secs(1),
            body_limit: 1024 * 1024,
            slow_percent: 75,
            slow_within: None,
            policy: FailurePolicy::default(),
            policies: HashMap::new(),
            clock: Box::new(SystemTime::now),
            inspect_failure: Box::new(|_| {}),
            inspect_rejection: Box::new(|_| {}),
        };
        Self { signed: BTreeMap::new(), unsigned: BTreeSet::new(), settings }
    }
}

impl ReceiverBuilder {
    /// Accepts an app's webhooks when they are signed with one of these tokens.
    ///
    /// Give the new and the old token while you rotate them. Call it once per app if you have several;
    /// calls for the same app add up.
    ///
    /// ```
    /// use tencent_im_webhook::{Receiver, SdkAppId};
    ///
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1_400_000_000), ["the new token", "the old token"])
    ///     .app(SdkAppId(1_400_000_001), ["the other app's token"])
    ///     .build()?;
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn app<T: Into<String>>(mut self, id: SdkAppId, tokens: impl IntoIterator<Item = T>) -> Self {
        let tokens = tokens.into_iter().map(|token| Zeroizing::new(token.into()));
        self.signed.entry(id).or_default().extend(tokens);
        self
    }

    /// Accepts an app's webhooks from anybody who knows its id, which is no secret.
    ///
    /// For the time until authentication is switched on in the console. A signature is ignored.
    ///
    /// ```
    /// use tencent_im_webhook::{Head, Receiver, SdkAppId};
    ///
    /// let receiver = Receiver::builder().app_without_signature(SdkAppId(1_400_000_000)).build()?;
    /// assert!(receiver.admit(&Head::new("POST", "SdkAppid=1400000000")).is_ok());
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn app_without_signature(mut self, id: SdkAppId) -> Self {
        self.unsigned.insert(id);
        self
    }

    /// How far `RequestTime` may lie from now, in the past and in the future. Default: 60 s, as the
    /// vendor's page on live rooms advises.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # use tencent_im_webhook::{Receiver, SdkAppId};
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1_400_000_000), ["token"])
    ///     .max_age(Duration::from_secs(30))
    ///     .build()?;
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.settings.max_age = max_age;
        self
    }

    /// When a request must be answered, counted from its head. Default: 1.5 s.
    ///
    /// The platform waits 2 s, the way there and back included; a later answer is none.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # use tencent_im_webhook::{Receiver, SdkAppId};
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1_400_000_000), ["token"])
    ///     .deadline(Duration::from_millis(1_200)) // This server is far away.
    ///     .build()?;
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// When the body must have come, counted from the head. Default: 1 s. Not beyond the deadline.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # use tencent_im_webhook::{Receiver, SdkAppId};
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1_400_000_000), ["token"])
    ///     .body_deadline(Duration::from_millis(500))
    ///     .build()?;
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn body_deadline(mut self, deadline: Duration) -> Self {
        self.settings.body_deadline = deadline;
        self
    }

    /// How many bytes a body may have. Default: 1 MiB.
    ///
    /// The platform documents no limit. Messages have about 12 KB, member lists and batches more.
    ///
    /// ```
    /// # use tencent_im_webhook::{Receiver, SdkAppId};
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1_400_000_000), ["token"])
    ///     .body_limit(256 * 1024)
    ///     .build()?;
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// How much of the deadline a decision may take, in per cent, before the log is warned. Default: 75.
    ///
    /// Counted from the request's head, as the deadline is. A handler that comes so close to it today misses it
    /// when the classifier or the database behind it has a bad day, and then the failure policy answers. With
    /// 100 or more nothing is said, with 0 every decision is slow.
    pub fn slow_percent(mut self, percent: u8) -> Self {
        self.settings.slow_percent = percent;
        self
    }

    /// What answers when a handler cannot. Default: [`FailurePolicy::Defer`].
    ///
    /// ```
    /// use tencent_im_webhook::{FailurePolicy, Receiver, SdkAppId};
    ///
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1_400_000_000), ["token"])
    ///     .on_failure(FailurePolicy::Allow)
    ///     .build()?;
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn on_failure(mut self, policy: FailurePolicy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// The same for one command.
    ///
    /// ```
    /// use tencent_im_webhook::{Command, FailurePolicy, Receiver, SdkAppId};
    ///
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1_400_000_000), ["token"])
    ///     .on_failure(FailurePolicy::Allow)
    ///     .on_failure_of(Command::OfficialAccountBeforeSendMsg, FailurePolicy::Reject) // Nobody moderated it.
    ///     .build()?;
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn on_failure_of(mut self, command: Command, policy: FailurePolicy) -> Self {
        self.settings.policies.insert(command, policy);
        self
    }

    /// Is told of every [`Failure`], late ones included. Called on the request's way: keep it short.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use std::sync::{Arc, Mutex};
    ///
    /// use tencent_im_webhook::{Receiver, SdkAppId};
    ///
    /// let failures: Arc<Mutex<BTreeMap<&str, u64>>> = Arc::default();
    /// let counted = Arc::clone(&failures);
    /// let receiver = Receiver::builder().app(SdkAppId(1_400_000_000), ["token"]).inspect_failure(move |failure| {
    ///     if let Ok(mut counted) = counted.lock() {
    ///         *counted.entry(failure.kind().as_str()).or_default() += 1;
    ///     }
    /// });
    /// # receiver.build()?;
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn inspect_failure(mut self, inspect: impl Fn(&Failure) + Send + Sync + 'static) -> Self {
        self.settings.inspect_failure = Box::new(inspect);
        self
    }

    /// Is told of every [`Rejection`]. Called on the request's way: keep it short.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use tencent_im_webhook::{Head, Receiver, SdkAppId};
    ///
    /// let refused = Arc::new(AtomicU64::new(0));
    /// let count = Arc::clone(&refused);
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1_400_000_000), ["token"])
    ///     .inspect_rejection(move |_| { count.fetch_add(1, Ordering::Relaxed); })
    ///     .build()?;
    /// let _ = receiver.refuse(&receiver.admit(&Head::new("GET", "")).unwrap_err());
    /// assert_eq!(refused.load(Ordering::Relaxed), 1);
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn inspect_rejection(mut self, inspect: impl Fn(&Rejection) + Send + Sync + 'static) -> Self {
        self.settings.inspect_rejection = Box::new(inspect);
        self
    }

    /// Where the time of day comes from, for tests. Default: the system's clock.
    ///
    /// ```
    /// use tencent_im_webhook::{Head, Receiver, SdkAppId, UnixSeconds, sign};
    ///
    /// let time = UnixSeconds(1_700_000_000);
    /// let receiver = Receiver::builder()
    ///     .app(SdkAppId(1), ["token"])
    ///     .clock(move || time.system_time().expect("in range"))
    ///     .build()?;
    /// let query = format!("SdkAppid=1&Sign={}&RequestTime={}", sign("token", time), time.0);
    /// assert!(receiver.admit(&Head::new("POST", &query)).is_ok());
    /// # Ok::<_, tencent_im_webhook::BuildError>(())
    /// ```
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.settings.clock = Box::new(clock);
        self
    }

    /// Checks the settings. Warns of apps without signature, once.
    ///
    /// ```
    /// use tencent_im_webhook::{BuildError, Receiver, SdkAppId};
    ///
    /// let app = SdkAppId(1_400_000_000);
    /// assert!(Receiver::builder().app(app, ["token"]).build().is_ok());
    /// assert_eq!(Receiver::builder().build().unwrap_err(), BuildError::NoApp);
    /// assert_eq!(Receiver::builder().app(app, [""]).build().unwrap_err(), BuildError::EmptyToken(app));
    /// ```
    ///
    /// # Errors
    ///
    /// When no app was given, an app has no token or an empty one, or a deadline is zero.
    pub fn build(self) -> Result<Receiver, BuildError> {
        let apps = self.apps()?;
        let mut settings = self.settings;
        if settings.deadline.is_zero() || settings.body_deadline.is_zero() {
            return Err(BuildError::Deadline);
        }
        settings.deadline = settings.deadline.min(FOREVER);
        settings.body_deadline = settings.body_deadline.min(settings.deadline);
        settings.slow_within = match settings.slow_percent {
            percent @ 0..100 => Some(settings.deadline * u32::from(100 - percent) / 100),
            100.. => None,
        };
        self.unsigned.into_iter().for_each(trace::unsigned);
        Ok(Receiver { inner: Arc::new(Inner { apps, settings, tasks: Tasks::default() }) })
    }

    fn apps(&self) -> Result<Apps, BuildError> {
        let mut apps = Vec::new();
        for (&id, tokens) in &self.signed {
            if tokens.is_empty() {
                return Err(BuildError::NoToken(id));
            }
            if tokens.iter().any(|token| token.is_empty()) {
                return Err(BuildError::EmptyToken(id));
            }
            if self.unsigned.contains(&id) {
                return Err(BuildError::Ambiguous(id));
            }
            apps.push(App { id, tokens: tokens.iter().map(|token| Token::new(token)).collect() });
        }
        apps.extend(self.unsigned.iter().map(|&id| App { id, tokens: Vec::new() }));
        match apps.is_empty() {
            true => Err(BuildError::NoApp),
            false => Ok(Apps::new(apps)),
        }
    }
}

impl fmt::Debug for ReceiverBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiverBuilder")
            .field("apps", &self.signed.keys())
            .field("unsigned", &self.unsigned)
            .finish_non_exhaustive()
    }
}

/// Long enough, and still a point in time that clocks can name.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);
