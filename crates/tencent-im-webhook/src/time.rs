//! Points in time as the wire writes them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Whole seconds since 1970-01-01 UTC.
///
/// ```
/// use std::time::SystemTime;
///
/// use tencent_im_webhook::UnixSeconds;
///
/// let now = UnixSeconds::from(SystemTime::now());
/// assert!(UnixSeconds(1_762_934_400) < now);
/// ```
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct UnixSeconds(pub u64);

impl UnixSeconds {
    /// The same moment as the standard library writes it; `None` where it cannot.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use tencent_im_webhook::UnixSeconds;
    ///
    /// let sent = UnixSeconds(1_762_934_400).system_time().expect("a year that clocks can name");
    /// assert!(SystemTime::now().duration_since(sent)? > Duration::from_secs(60));
    /// # Ok::<_, std::time::SystemTimeError>(())
    /// ```
    #[must_use]
    pub fn system_time(self) -> Option<SystemTime> {
        UNIX_EPOCH.checked_add(Duration::from_secs(self.0))
    }
}

impl From<SystemTime> for UnixSeconds {
    /// A moment before 1970 becomes 0.
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
    }
}

/// Milliseconds since 1970-01-01 UTC.
///
/// ```
/// use tencent_im_webhook::{UnixMillis, UnixSeconds};
///
/// // The two do not compare: an event's time has milliseconds, a message's seconds.
/// let (event_time, msg_time) = (UnixMillis(1_762_934_400_210), UnixSeconds(1_762_934_400));
/// assert_eq!(event_time.0 / 1000, msg_time.0);
/// ```
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct UnixMillis(pub u64);

impl UnixMillis {
    /// The same moment as the standard library writes it; `None` where it cannot.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use tencent_im_webhook::UnixMillis;
    ///
    /// let sent = UnixMillis(1_762_934_400_210).system_time().expect("a year that clocks can name");
    /// assert!(SystemTime::now().duration_since(sent)? > Duration::from_secs(60));
    /// # Ok::<_, std::time::SystemTimeError>(())
    /// ```
    #[must_use]
    pub fn system_time(self) -> Option<SystemTime> {
        UNIX_EPOCH.checked_add(Duration::from_millis(self.0))
    }
}

impl From<u64> for UnixSeconds {
    fn from(seconds: u64) -> Self {
        Self(seconds)
    }
}

impl From<u64> for UnixMillis {
    fn from(millis: u64) -> Self {
        Self(millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_of_their_names() {
        let moment = UNIX_EPOCH + Duration::from_millis(1_762_934_400_210);
        assert_eq!(UnixSeconds::from(moment), UnixSeconds(1_762_934_400));
        assert_eq!(UnixSeconds(1_762_934_400).system_time(), Some(moment - Duration::from_millis(210)));
        assert_eq!(UnixMillis(1_762_934_400_210).system_time(), Some(moment));
        assert_eq!(UnixSeconds::from(UNIX_EPOCH - Duration::from_secs(1)), UnixSeconds(0));
        assert_eq!((UnixSeconds::from(7), UnixMillis::from(7)), (UnixSeconds(7), UnixMillis(7)));
    }
}
