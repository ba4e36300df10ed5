use tencent_im_webhook::{Command, Payload};

/// The body of a webhook: as documented, or with one of the platform's quirks.
///
/// All values are made up; the shapes are the platform's.
///
/// ```
/// use tencent_im_webhook::{Event, Head, Receiver, SdkAppId};
/// use tencent_im_webhook_testing::fixtures;
///
/// // Whatever the platform is known to send reaches a method of the handler.
/// let app = SdkAppId(1);
/// let receiver = Receiver::builder().app_without_signature(app).build()?;
/// for fixture in fixtures() {
///     let query = format!("SdkAppid={app}&CallbackCommand={}", fixture.command());
///     let call = receiver.decode(receiver.admit(&Head::new("POST", &query))?, fixture.body().into())?;
///     assert!(!matches!(call.event, Event::Unknown(_)), "{}", fixture.name());
/// }
/// # Ok::<_, tencent_im_webhook::BoxError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Fixture {
    name: &'static str,
    body: &'static str,
}

impl Fixture {
    const fn new(name: &'static str, body: &'static str) -> Self {
        Self { name, body }
    }

    /// The name of its file: the command's wire name, and the quirk's after another dot.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The command that it belongs to.
    ///
    /// ```
    /// use tencent_im_webhook::{Command, Kind};
    /// use tencent_im_webhook_testing::fixtures;
    ///
    /// let mut asking = fixtures().iter().filter(|fixture| fixture.command().kind() == Some(Kind::Before));
    /// assert!(asking.any(|fixture| fixture.command() == Command::LiveBeforeSendGift));
    /// ```
    #[must_use]
    pub fn command(&self) -> Command {
        Command::from(self.wire_name())
    }

    /// What is odd about it; `None` for the documented body with every key.
    ///
    /// ```
    /// use tencent_im_webhook_testing::fixtures;
    ///
    /// let name = "Group.CallbackAfterSendMsg.live-room";
    /// let live = fixtures().iter().find(|fixture| fixture.name() == name);
    /// assert_eq!(live.and_then(|fixture| fixture.quirk()), Some("live-room"));
    /// ```
    #[must_use]
    pub fn quirk(&self) -> Option<&'static str> {
        self.name.get(self.wire_name().len() + 1..)
    }

    /// The JSON text.
    #[must_use]
    pub fn body(&self) -> &'static str {
        self.body
    }

    /// Wire names have exactly one dot.
    fn wire_name(&self) -> &'static str {
        let mut dots = self.name.match_indices('.').map(|(at, _)| at);
        let end = dots.nth(1).unwrap_or(self.name.len());
        &self.name[..end]
    }
}

/// Every fixture, ordered by name.
///
/// ```
/// use tencent_im_webhook::Command;
/// use tencent_im_webhook_testing::fixtures;
///
/// let odd: Vec<_> = fixtures()
///     .iter()
///     .filter(|fixture| fixture.command() == Command::StateStateChange)
///     .filter_map(|fixture| fixture.quirk())
///     .collect();
/// assert!(odd.contains(&"unknown-device"));
/// ```
#[must_use]
pub fn fixtures() -> &'static [Fixture] {
    FIXTURES
}

/// The documented body of a command, with every key; `None` for a command that is not known.
///
/// ```
/// use tencent_im_webhook::Command;
/// use tencent_im_webhook_testing::fixture;
///
/// let fixture = fixture(&Command::C2cBeforeSendMsg).unwrap();
/// assert_eq!(fixture.name(), "C2C.CallbackBeforeSendMsg");
/// assert!(fixture.body().contains("MsgBody"));
/// ```
#[must_use]
pub fn fixture(command: &Command) -> Option<Fixture> {
    FIXTURES.iter().copied().find(|fixture| fixture.quirk().is_none() && fixture.command() == *command)
}

/// A payload with the values of its fixture, to change and to hand to a handler.
///
/// Payload types grow with the platform, so they cannot be written out as literals.
///
/// ```
/// use tencent_im_webhook::event::official_account::AfterSendMsg;
/// use tencent_im_webhook_testing::payload;
///
/// let mut event: AfterSendMsg = payload();
/// event.msg_key = "12_1_1735707601".into();
/// ```
///
/// # Panics
///
/// When the fixture does not decode, which the tests of this crate rule out.
#[must_use]
pub fn payload<P: Payload>() -> P {
    let fixture = fixture(&P::COMMAND).expect("every command has a fixture");
    serde_json::from_str(fixture.body).expect("every fixture decodes")
}

const FIXTURES: &[Fixture] = include!(concat!(env!("OUT_DIR"), "/fixtures.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_command_and_a_quirk() {
        let plain = Fixture::new("State.StateChange", "{}");
        assert_eq!((plain.wire_name(), plain.quirk()), ("State.StateChange", None));
        let quirk = Fixture::new("State.StateChange.no-time", "{}");
        assert_eq!((quirk.wire_name(), quirk.quirk()), ("State.StateChange", Some("no-time")));
    }
}
