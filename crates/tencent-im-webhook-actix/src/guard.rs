use actix_web::guard::{Guard, GuardContext};
use tencent_im_webhook::{Command, Payload};

use crate::convert::head;

/// Lets a route have the webhooks of one command, by the name in their URL.
///
/// It looks at the name and at nothing else: the request is checked by whatever is behind it, such as the
/// extractor [`Received`](crate::Received). Where no route takes a command, [`resource`](crate::resource)
/// answers it.
///
/// ```
/// use actix_web::web;
/// use tencent_im_webhook_actix::event::group;
/// use tencent_im_webhook_actix::{CommandGuard, Decided, Received};
///
/// async fn archive(Received(call): Received<group::AfterSendMsg>) -> Decided<group::AfterSendMsg> {
///     println!("{}", call.event.group_id);
///     Decided(())
/// }
///
/// let route = web::route().guard(CommandGuard::of::<group::AfterSendMsg>()).to(archive);
/// ```
#[derive(Clone, Debug)]
pub struct CommandGuard(Command);

impl CommandGuard {
    /// Of any command, one that this crate does not type included.
    ///
    /// ```
    /// use actix_web::web;
    /// use tencent_im_webhook_actix::{BoxError, Command, CommandGuard, Received, Replied, Reply};
    ///
    /// async fn new(Received(call): Received) -> Replied<Result<Reply, BoxError>> {
    ///     println!("{:?}", call.context.raw());
    ///     Replied(call.event.default_reply())
    /// }
    ///
    /// let command = Command::from("Group.CallbackAfterSomethingNew");
    /// let route = web::route().guard(CommandGuard::new(command)).to(new);
    /// ```
    #[must_use]
    pub fn new(command: Command) -> Self {
        Self(command)
    }

    /// Of a payload type.
    #[must_use]
    pub fn of<P: Payload>() -> Self {
        Self(P::COMMAND)
    }
}

impl Guard for CommandGuard {
    fn check(&self, request: &GuardContext<'_>) -> bool {
        head(request.head()).command().as_ref() == Some(&self.0)
    }
}
