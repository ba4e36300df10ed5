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
/// `accounts` may stand several times, each with something that yields `&UserId`. `key` is for what alone
/// tells the event from all others; `key_at_time` for what does so among those of the same moment, where
/// the accounts and the group do not.
macro_rules! concerns {
    ($($payload:ident: |$it:ident| {
        $(time: $time:expr,)?
        $(accounts: $accounts:expr,)*
        $(group: $group:expr,)?
        $(key: $key:expr,)?
        $(key_at_time: $key_at_time:expr,)?
    })*) => {$(
        impl $crate::event::concerns::Concerns for $payload {
            fn event_time(&self) -> Option<$crate::time::UnixMillis> {
                let $it = self;
                let _ = $it;
                let time: Option<$crate::time::UnixMillis> = None;
                $(let time = time.or($time);)?
                time
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
                let group: Option<&$crate::id::GroupId> = None;
                $(let group = group.or($group.into());)?
                group
            }

            fn own_key(&self) -> Option<String> {
                let $it = self;
                let _ = $it;
                let key: Option<String> = None;
                $(let key = key.or_else(|| Some($crate::event::concerns::joined(&$key)));)?
                $(
                    let time = self.event_time();
                    let key = key.or_else(|| Some($crate::event::concerns::joined_at(time?, &$key_at_time)));
                )?
                key
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

/// The parts of a key that holds for one moment.
pub(crate) fn joined_at(time: UnixMillis, parts: &[&dyn Display]) -> String {
    joined(&[&time.0, &joined(parts)])
}

/// A list as one part of a key, its items told apart in the same way.
pub(crate) fn listed<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join("\u{1e}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::official_account::AfterOfficialAccountFull;

    #[test]
    fn a_key_of_a_moment_needs_the_time_and_tells_simultaneous_events_apart() {
        let full = |id: &str, event_time| {
            AfterOfficialAccountFull { official_account: id.into(), event_time }.own_key()
        };
        let now = Some(UnixMillis(1_762_934_400_000));
        assert_eq!(full("@TOA#_a", now), full("@TOA#_a", now));
        assert_ne!(full("@TOA#_a", now), full("@TOA#_b", now));
        assert_ne!(full("@TOA#_a", now), full("@TOA#_a", Some(UnixMillis(0))));
        assert_eq!(full("@TOA#_a", None), None);
    }
}
