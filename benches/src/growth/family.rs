use benches::{APP, TOKEN};
use tencent_im_webhook::{Command, Receiver, UnixSeconds};
use tencent_im_webhook_testing::WebhookRequest;

#[cfg(test)]
use tencent_im_webhook::{Event, Head};

/// Requests of one make, in any size.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) sort: Sort,
    /// What becomes of them.
    pub(crate) fate: Fate,
    pub(super) command: Command,
    /// Makes the part that grows: the body, or what stands behind the valid query.
    pub(super) make: fn(usize) -> Vec<u8>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sort {
    /// A body as the platform may send it.
    Valid,
    /// A body that somebody made up.
    Hostile,
    /// A query that somebody made up.
    Query,
}

impl Sort {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Hostile => "hostile",
            Self::Query => "query",
        }
    }

    /// The largest that a server takes by default, in bytes.
    pub(crate) fn limit(self) -> usize {
        match self {
            Self::Valid | Self::Hostile => 1 << 20,
            // hyper's limit of an address, less its path.
            Self::Query => 65_000,
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    /// Decoded into the command's type.
    Typed,
    /// The same, after a repair or without an odd field.
    Lossy,
    /// Its body does not fit, or its command is unknown.
    Unknown,
    /// It was turned away.
    Refused,
}

impl Fate {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::Lossy => "repaired",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }
}

/// What is sent.
pub(crate) struct Sent {
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
}

impl Family {
    pub(crate) fn request(&self, size: usize) -> Sent {
        let signed = WebhookRequest::new(APP, self.command.clone()).token_at(TOKEN, NOW);
        match self.sort {
            Sort::Valid | Sort::Hostile => Sent { query: signed.query(), body: (self.make)(size) },
            Sort::Query => {
                let query = signed.query();
                let more = (self.make)(size.saturating_sub(query.len()));
                Sent { query: query + &String::from_utf8_lossy(&more), body: signed.body_bytes().to_vec() }
            }
        }
    }
}

/// Its clock stands still.
pub(crate) fn receiver() -> Receiver {
    let now = NOW.system_time().expect("in range");
    Receiver::builder().app(APP, [TOKEN]).clock(move || now).build().expect("an app with a token")
}

/// What a receiver makes of a request.
#[cfg(test)]
pub(crate) fn fate(request: &Sent) -> Fate {
    let receiver = receiver();
    let decoded = receiver
        .admit(&Head::new("POST", &request.query))
        .and_then(|admission| receiver.decode(admission, request.body.clone().into()));
    match decoded {
        Err(_) => Fate::Refused,
        Ok(call) if matches!(call.event, Event::Unknown(_)) => Fate::Unknown,
        Ok(call) if call.context.is_lossy() => Fate::Lossy,
        Ok(_) => Fate::Typed,
    }
}

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

/// `head`, then what `unit` gives for 0, 1, 2, … as often as it fits, then `tail`.
pub(super) fn numbered(size: usize, head: &str, unit: impl Fn(usize) -> String, tail: &str) -> Vec<u8> {
    let mut text = head.to_owned();
    for unit in (0..).map(unit) {
        if text.len() + unit.len() + tail.len() > size {
            break;
        }
        text.push_str(&unit);
    }
    (text + tail).into_bytes()
}

/// `head`, `unit` as often as it fits, `tail`.
pub(super) fn filled(size: usize, head: &str, unit: &str, tail: &str) -> Vec<u8> {
    let times = size.saturating_sub(head.len() + tail.len()) / unit.len();
    [head, &unit.repeat(times), tail].concat().into_bytes()
}

/// `head`, `open` as often as there is room for as many of `close`, `inner` between them, `tail`.
pub(super) fn nested(size: usize, head: &str, [open, inner, close]: [&str; 3], tail: &str) -> Vec<u8> {
    let room = size.saturating_sub(head.len() + inner.len() + tail.len());
    let times = room / (open.len() + close.len());
    [head, &open.repeat(times), inner, &close.repeat(times), tail].concat().into_bytes()
}
