//! What a consumer wants of any event, without a match over all of them.

use std::fmt::Display;

use crate::id::{GroupId, UserId};
use crate::time::UnixMillis;

/// When, who and where, as far as the payload tells.
pub(crate) trait Concerns {
    fn event_time(&self) -> Option<UnixMillis>;

    fn accounts(&self) -> Vec<&UserId>;

    fn group_id(&self) -> Option<&GroupId>;

    /// What tells the event from all others of its command; `None` if the payload has nothing of the sort.
    fn own_key(&self) -> Option<String>;
}

/// Implements [`Concerns`], each line as far as the payload has it.
///
/// `accounts` may stand several times, each with something that yields `&UserId`.
macro_rules! concerns {
    ($($payload:ident: |$it:ident| {
        $(time: $time:expr,)?
        $(accounts: $accounts:expr,)*
        $(group: $group:expr,)?
        $(key: $key:expr,)?
    })*) => {$(
        impl $crate::event::concerns::Concerns for $payload {
            fn event_time(&self) -> Option<$crate::time::UnixMillis> {
                let $it = self;
                let _ = $it;
                let time: [Option<$crate::time::UnixMillis>; _] = [$($time)?];
                time.into_iter().flatten().next()
            }

            fn accounts(&self) -> Vec<&$crate::id::UserId> {
                let $it = self;
                let _ = $it;
                let accounts: Vec<&$crate::id::UserId> = Vec::new();
                $(let accounts = { let mut accounts = accounts; accounts.extend($accounts); accounts };)*
                accounts
            }

            fn group_id(&self) -> Option<&$crate::id::GroupId> {
                let $it = self;
                let _ = $it;
                let group: [Option<&$crate::id::GroupId>; _] = [$($group.into())?];
                group.into_iter().flatten().next()
            }

            fn own_key(&self) -> Option<String> {
                let $it = self;
                let _ = $it;
                let key: [&[&dyn std::fmt::Display]; _] = [$(&$key)?];
                key.first().map(|parts| $crate::event::concerns::joined(parts))
            }
        }
    )*};
}

pub(crate) use concerns;

/// The parts of a key, told apart by a character that ids do not hold.
pub(crate) fn joined(parts: &[&dyn Display]) -> String {
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    parts.join("\u{1f}")
}
