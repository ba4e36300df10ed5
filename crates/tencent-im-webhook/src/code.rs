//! Error codes of an app's own, which reach the client together with a text.
//!
//! Each family of commands passes another interval on; a code outside it cannot be built.

use std::fmt;
use std::ops::RangeInclusive;

use serde::Serialize;

/// A code that a verdict may carry. Implemented by the ranges of this crate only.
///
/// Its range is there for programs that read codes from a configuration:
///
/// ```
/// use tencent_im_webhook::{CustomCode, GroupCode};
///
/// assert!(GroupCode::RANGE.contains(&10_100));
/// assert!(!GroupCode::RANGE.contains(&120_100));
/// ```
pub trait CustomCode: sealed::Sealed + Copy + Send + fmt::Debug + 'static {
    /// The numbers that there are.
    const RANGE: RangeInclusive<u32>;

    /// The number on the wire.
    fn get(self) -> u32;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! ranges {
    ($($(#[$doc:meta])* $name:ident($first:literal..=$last:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(transparent)]
        pub struct $name(u32);

        impl $name {
            /// The smallest code of the range.
            pub const FIRST: Self = Self($first);
            /// The largest code of the range.
            pub const LAST: Self = Self($last);

            /// The code with this number; `None` outside the range.
            ///
            /// A number known beforehand can be checked by the compiler:
            ///
            /// ```
            #[doc = concat!("use tencent_im_webhook::", stringify!($name), ";")]
            #[doc = concat!("const QUOTA: ", stringify!($name), " = ", stringify!($name), "::new(", stringify!($first), ").unwrap();")]
            /// ```
            #[must_use]
            pub const fn new(number: u32) -> Option<Self> {
                match number {
                    $first..=$last => Some(Self(number)),
                    _ => None,
                }
            }

            /// The number on the wire.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl CustomCode for $name {
            const RANGE: RangeInclusive<u32> = $first..=$last;

            fn get(self) -> u32 {
                self.0
            }
        }

        impl sealed::Sealed for $name {}
    )*};
}

ranges! {
    /// An own code of one-to-one and official-account commands: 120001 to 130000.
    ///
    /// Tencent: [INTL 34348](https://www.tencentcloud.com/document/product/1047/34348).
    C2cCode(120_001..=130_000);

    /// An own code of group and topic commands: 10100 to 10200.
    ///
    /// Tencent: [CN 1619](https://cloud.tencent.com/document/product/269/1619).
    GroupCode(10_100..=10_200);

    /// An own code of the gift command of live rooms: 102100 to 102200.
    ///
    /// Tencent: [RTC 72210](https://trtc.io/document/72210).
    GiftCode(102_100..=102_200);

    /// An own code of one friend in a [`FriendVerdict`](crate::FriendVerdict): 38000 to 39000.
    ///
    /// Tencent: [CN 61698](https://cloud.tencent.com/document/product/269/61698).
    FriendCode(38_000..=39_000);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_lies_in_its_range() {
        for (number, inside) in
            [(0, false), (120_000, false), (120_001, true), (130_000, true), (130_001, false)]
        {
            assert_eq!(C2cCode::new(number).map(CustomCode::get), inside.then_some(number));
        }
        for (number, inside) in
            [(10_099, false), (10_100, true), (10_200, true), (10_201, false), (120_001, false)]
        {
            assert_eq!(GroupCode::new(number).map(CustomCode::get), inside.then_some(number));
        }
    }
}
