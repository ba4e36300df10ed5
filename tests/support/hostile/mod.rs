//! Hostile and odd requests as one table: what each is, what it gets, and whether a handler may run.
//!
//! Every row runs on every stack that can carry it. The numbers are names: they stay, and new rows are added
//! at the end of their part.

mod bodies;
mod bytes;
mod heads;
mod identity;
mod queries;

use tencent_im_webhook::Receiver;

pub use self::bytes::{BYTES, Bytes, Outcome};
use crate::{Sample, Seen, receiver};

/// The table, part by part.
pub const PARTS: &[(&str, &[Row])] = &[
    ("Identity and signature", identity::ROWS),
    ("Method and headers", heads::ROWS),
    ("Other parameters", queries::ROWS),
    ("Body", bodies::ROWS),
];

/// All rows but those that no HTTP client would send, which are [`BYTES`].
pub fn rows() -> impl Iterator<Item = &'static Row> {
    PARTS.iter().flat_map(|(_, rows)| *rows)
}

/// A request, or several of one sort, and what they get.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub number: &'static str,
    pub name: &'static str,
    requests: Requests,
    pub expected: Expected,
    pub setting: Setting,
    /// Looks at what the handler saw.
    pub sees: fn(&Seen, &Sample),
    /// Whether it tells of how a body comes, which the bare protocol does not see.
    pub is_io: bool,
}

#[derive(Clone, Copy, Debug)]
enum Requests {
    One(fn() -> Sample),
    Each(fn() -> Vec<Sample>),
}

/// The receiver that a row is sent to, and a request that it takes.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub receiver: fn() -> Receiver,
    pub good: fn() -> Sample,
}

/// What a request gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expected {
    /// 200 and OK, from a handler that saw the typed event.
    Typed,
    /// 200 and OK, from a handler that saw an event nobody has typed.
    Unknown,
    /// 200 and OK, from a handler that saw a body which does not fit its command, and can only note it.
    Noted,
    /// 503, since the handler saw a body that does not fit a command that asks for a decision.
    Misfit,
    /// This status and text, and no handler saw anything.
    Refused(u16, &'static str),
    /// 400 or no answer at all, since the connection broke, and no handler saw anything.
    Broken,
}

pub const TYPED: Expected = Expected::Typed;
pub const UNKNOWN: Expected = Expected::Unknown;
pub const NOTED: Expected = Expected::Noted;
pub const MISFIT: Expected = Expected::Misfit;
pub const BROKEN: Expected = Expected::Broken;
pub const UNAUTHORIZED: Expected = Expected::Refused(401, "unauthorized");
pub const BAD_REQUEST: Expected = Expected::Refused(400, "bad request");
pub const TOO_LARGE: Expected = Expected::Refused(413, "body too large");
pub const TOO_SLOW: Expected = Expected::Refused(408, "body too slow");
pub const ENCODED: Expected = Expected::Refused(415, "unsupported content encoding");
pub const NOT_POST: Expected = Expected::Refused(405, "method not allowed");

impl Expected {
    /// The status of its answer.
    pub fn status(self) -> u16 {
        match self {
            Self::Typed | Self::Unknown | Self::Noted => 200,
            Self::Misfit => 503,
            Self::Refused(status, _) => status,
            Self::Broken => 400,
        }
    }

    /// Whether a handler runs. One that must not run does not, and one that must does.
    pub fn runs_handler(self) -> bool {
        match self {
            Self::Typed | Self::Unknown | Self::Noted | Self::Misfit => true,
            Self::Refused(_, _) | Self::Broken => false,
        }
    }
}

impl Row {
    pub fn requests(&self) -> Vec<Sample> {
        match self.requests {
            Requests::One(request) => vec![request()],
            Requests::Each(requests) => requests(),
        }
    }

    const fn new(number: &'static str, name: &'static str, requests: Requests, expected: Expected) -> Self {
        let setting = Setting { receiver: default_receiver, good: Sample::before };
        Self { number, name, requests, expected, setting, sees: |_, _| {}, is_io: false }
    }

    /// Checks what the handler saw.
    const fn sees(mut self, sees: fn(&Seen, &Sample)) -> Self {
        self.sees = sees;
        self
    }

    /// Sends it to another receiver.
    const fn at(mut self, receiver: fn() -> Receiver, good: fn() -> Sample) -> Self {
        self.setting = Setting { receiver, good };
        self
    }

    /// Leaves the bare protocol out.
    const fn over_io(mut self) -> Self {
        self.is_io = true;
        self
    }
}

/// A row with one request.
const fn row(number: &'static str, name: &'static str, request: fn() -> Sample, expected: Expected) -> Row {
    Row::new(number, name, Requests::One(request), expected)
}

/// A row with several requests that get the same.
const fn each(
    number: &'static str,
    name: &'static str,
    requests: fn() -> Vec<Sample>,
    expected: Expected,
) -> Row {
    Row::new(number, name, Requests::Each(requests), expected)
}

fn default_receiver() -> Receiver {
    receiver().build().expect("the settings are good")
}

/// The good request that most rows spoil.
fn good() -> Sample {
    Sample::before()
}
