//! Which of several routes a webhook takes.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::catalogue::{Command, Event};
use crate::context::Call;

/// A route per command, and one for everything else: what [`CommandRouter`](crate::CommandRouter) and the
/// adapters' native handlers are found with.
///
/// `R` is whatever handles a call. Clones share the routes.
///
/// ```
/// use tencent_im_webhook::{Admission, Call, Command, CommandMap, Head, Receiver, SdkAppId};
///
/// let routes = CommandMap::new().with(Command::AlertRequestOverLimit, "alerts").with_fallback("the rest");
///
/// # let receiver = Receiver::builder().app_without_signature(SdkAppId(1)).build()?;
/// # let call = |command: &str, body: &'static str| -> Result<Call, tencent_im_webhook::Rejection> {
/// #     let query = format!("SdkAppid=1&CallbackCommand={command}");
/// #     receiver.decode(receiver.admit(&Head::new("POST", &query))?, body.into())
/// # };
/// let new: Call = call("Group.CallbackNew", "{}")?;
/// assert_eq!(routes.find(&new), Some(&"the rest"));
/// # Ok::<_, tencent_im_webhook::BoxError>(())
/// ```
pub struct CommandMap<R> {
    routes: Arc<HashMap<Command, R>>,
    fallback: Option<R>,
}

impl<R> CommandMap<R> {
    /// Without any route.
    #[must_use]
    pub fn new() -> Self {
        Self { routes: Arc::default(), fallback: None }
    }

    /// The route for a call: its command's own, else the fallback.
    ///
    /// A body that does not fit its command is nothing for the command's route, and goes to the fallback.
    ///
    /// ```
    /// use tencent_im_webhook::event::group::AfterSendMsg;
    /// use tencent_im_webhook::{Call, Command, CommandMap};
    /// # use tencent_im_webhook_testing::{call, payload};
    ///
    /// # let Call { event, context } = call(payload::<AfterSendMsg>());
    /// # let message: Call = Call { event: event.into(), context };
    /// let routes = CommandMap::new().with(Command::GroupAfterSendMsg, "archive");
    /// assert_eq!(routes.find(&message), Some(&"archive"));
    /// ```
    #[must_use]
    pub fn find(&self, call: &Call) -> Option<&R> {
        let own = match &call.event {
            Event::Unknown(_) => None,
            typed => typed.command().and_then(|command| self.routes.get(command)),
        };
        own.or(self.fallback.as_ref())
    }
}

impl<R: Clone> CommandMap<R> {
    /// Adds the route of a command.
    ///
    /// ```
    /// use tencent_im_webhook::{Command, CommandMap};
    ///
    /// let routes = CommandMap::new()
    ///     .with(Command::GroupAfterSendMsg, "archive")
    ///     .with(Command::GroupAfterRecallMsg, "archive");
    /// # let _ = routes;
    /// ```
    ///
    /// # Panics
    ///
    /// When the command has one already.
    #[must_use]
    #[track_caller]
    pub fn with(mut self, command: Command, route: R) -> Self {
        let taken = self.routes.contains_key(&command);
        assert!(!taken, "{command} has two handlers: merge them, or drop one");
        Arc::make_mut(&mut self.routes).insert(command, route);
        self
    }

    /// Adds the route of everything else.
    ///
    /// # Panics
    ///
    /// When there is one already.
    #[must_use]
    #[track_caller]
    pub fn with_fallback(mut self, route: R) -> Self {
        let taken = self.fallback.replace(route);
        assert!(taken.is_none(), "there are two fallbacks: merge them, or drop one");
        self
    }
}

impl<R> Default for CommandMap<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Clone> Clone for CommandMap<R> {
    fn clone(&self) -> Self {
        Self { routes: Arc::clone(&self.routes), fallback: self.fallback.clone() }
    }
}

impl<R> fmt::Debug for CommandMap<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandMap").field("commands", &self.routes.keys()).finish_non_exhaustive()
    }
}
