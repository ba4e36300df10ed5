//! Times of the command line.

use std::ops::RangeInclusive;
use std::time::Duration;

/// A duration such as `2500ms`, a day at most.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("`{text}` is no time such as 2500ms: {error}"))?;
    match duration <= DAY {
        true => Ok(duration),
        false => Err(format!("`{text}` is longer than a day")),
    }
}

/// A duration that is more than nothing.
pub(crate) fn some_duration(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err(format!("`{text}` is no time at all")),
        duration => Ok(duration),
    }
}

/// Seconds since 1970 that the platform can write: ten digits.
pub(crate) const SECONDS: RangeInclusive<u64> = 0..=9_999_999_999;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_day_at_most() {
        assert_eq!((duration("1d"), duration("0s")), (Ok(DAY), Ok(Duration::ZERO)));
        for (text, problem) in [
            ("1d 1ns", "is longer than a day"),
            ("500000000000years", "is longer than a day"),
            ("soon", "is no time such as"),
            ("", "is no time such as"),
        ] {
            let error = duration(text).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
        assert_eq!(some_duration("0s").unwrap_err(), "`0s` is no time at all");
        assert_eq!(some_duration("1ms"), Ok(Duration::from_millis(1)));
    }
}
