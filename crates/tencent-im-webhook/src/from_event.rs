//! Types that take some events and give the others back.

use std::convert::Infallible;

use crate::catalogue::Event;

/// What an adapter's extractor may hold: a [`Payload`](crate::Payload), the whole [`Event`], or a type of yours
/// that implements `TryFrom<Event, Error = Event>` and so takes some of them.
///
/// ```
/// use tencent_im_webhook::event::group::{BeforeSendMsg, AfterSendMsg};
/// use tencent_im_webhook::{Event, FromEvent};
///
/// enum GroupMessage {
///     About(BeforeSendMsg),
///     Sent(AfterSendMsg),
/// }
///
/// impl TryFrom<Event> for GroupMessage {
///     type Error = Event;
///
///     fn try_from(event: Event) -> Result<Self, Event> {
///         match event {
///             Event::GroupBeforeSendMsg(message) => Ok(Self::About(message)),
///             Event::GroupAfterSendMsg(message) => Ok(Self::Sent(message)),
///             other => Err(other),
///         }
///     }
/// }
///
/// fn takes_events<E: FromEvent>() {}
/// takes_events::<GroupMessage>();
/// takes_events::<Event>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no webhook",
    note = "payloads are in `event`, such as `event::group::AfterSendMsg`; `Event` is any of them"
)]
pub trait FromEvent: Sized {
    /// Takes the event, or gives it back.
    ///
    /// ```
    /// use tencent_im_webhook::event::group::{AfterRecallMsg, AfterSendMsg};
    /// use tencent_im_webhook::{Event, FromEvent};
    ///
    /// let event = Event::from(AfterSendMsg::default());
    /// let given_back = AfterRecallMsg::from_event(event).unwrap_err();
    /// assert!(AfterSendMsg::from_event(given_back).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// The event itself if it is for somebody else.
    #[expect(clippy::result_large_err, reason = "what is not taken is given back, as `TryFrom` does")]
    fn from_event(event: Event) -> Result<Self, Event>;
}

impl<E> FromEvent for E
where
    E: TryFrom<Event, Error: GivenBack>,
{
    fn from_event(event: Event) -> Result<Self, Event> {
        Self::try_from(event).map_err(GivenBack::event)
    }
}

/// An event that was not taken. Every type takes itself, hence the second impl.
pub trait GivenBack {
    fn event(self) -> Event;
}

impl GivenBack for Event {
    fn event(self) -> Event {
        self
    }
}

impl GivenBack for Infallible {
    fn event(self) -> Event {
        match self {}
    }
}
