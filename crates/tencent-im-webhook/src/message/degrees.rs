use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::json::Raw;
use crate::raw;

/// An angle in degrees, as the sender's device wrote it.
///
/// The text is kept beside the number, since a rewrite must not move a place: `12` stays `12`, and digits
/// beyond what an `f64` holds stay as well.
///
/// ```
/// use tencent_im_webhook::message::Degrees;
///
/// let longitude: Degrees = serde_json::from_str("14.1685367740858650")?;
/// assert!((longitude.get() - 14.168_536_774).abs() < 1e-9);
/// assert_eq!(serde_json::to_string(&longitude)?, "14.1685367740858650");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Degrees(Number);

impl Degrees {
    /// The nearest `f64`.
    #[must_use]
    pub fn get(&self) -> f64 {
        self.as_str().parse().unwrap_or_default()
    }

    /// An angle of your own; `None` for one that JSON cannot say: infinite, or not a number.
    ///
    /// ```
    /// use tencent_im_webhook::message::Degrees;
    ///
    /// assert_eq!(Degrees::new(55.6761).map(|north| north.get()), Some(55.6761));
    /// assert_eq!(Degrees::new(f64::INFINITY), None);
    /// ```
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then(|| Self(Number::from(value.to_string().as_str())))
    }

    /// Takes the text of a JSON value that is a number and no infinite one. Which one takes parsing, and is not asked
    /// before somebody wants to know.
    fn from_text(number: &str) -> Option<Self> {
        let is_number = number.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        let is_short = number.len() < 300 && !number.contains(['e', 'E']);
        let is_finite = || number.parse().is_ok_and(f64::is_finite);
        (is_number && (is_short || is_finite())).then(|| Self(Number::from(number)))
    }

    fn as_str(&self) -> &str {
        match &self.0 {
            Number::Short(length, text) => {
                let text = text.get(..usize::from(*length)).and_then(|text| str::from_utf8(text).ok());
                text.unwrap_or_default()
            }
            Number::Long(text) => text,
        }
    }
}

/// The text of a number. A place has two of them, and devices write less than the heap would take for each.
#[derive(Clone, PartialEq)]
enum Number {
    /// Its length, and its text in the front.
    Short(u8, [u8; SHORT]),
    Long(Box<str>),
}

const SHORT: usize = 22;

impl From<&str> for Number {
    fn from(number: &str) -> Self {
        let mut text = [0; SHORT];
        match (u8::try_from(number.len()), text.get_mut(..number.len())) {
            (Ok(length), Some(front)) => {
                front.copy_from_slice(number.as_bytes());
                Self::Short(length, text)
            }
            (_, _) => Self::Long(number.into()),
        }
    }
}

impl Default for Degrees {
    /// Zero.
    fn default() -> Self {
        Self(Number::from("0"))
    }
}

impl Serialize for Degrees {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        raw::serialize(self.as_str(), serializer)
    }
}

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?;
        Self::from_text(raw.text()).ok_or_else(|| de::Error::custom("not a number"))
    }
}

impl fmt::Debug for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Degrees").field(&format_args!("{self}")).finish()
    }
}

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_angle_is_written_as_it_came() {
        let long = ["14.16853677408586501234", "14.168536774085865012345", "-14.1685367740858650123456"];
        for text in
            ["0", "12.0", "14.168536774085865", "-0.10", "1e1", "9007199254740993"].into_iter().chain(long)
        {
            let degrees: Degrees = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&degrees).unwrap(), text);
            assert_eq!(degrees.get(), text.parse::<f64>().unwrap());
            assert_eq!(format!("{degrees} {degrees:?}"), format!("{text} Degrees({text})"));
        }
        for odd in ["\"12\"", "null", "[]", "1e999", "true"] {
            assert!(serde_json::from_str::<Degrees>(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn an_angle_may_be_of_any_length() {
        for length in 1..=40 {
            let text = &"1.2345678901234567890123456789012345678901"[..length + usize::from(length > 1)];
            assert_eq!(Degrees::from_text(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn an_angle_of_ones_own_is_finite() {
        assert_eq!(Degrees::new(55.6761).unwrap().to_string(), "55.6761");
        assert_eq!(Degrees::new(f64::NAN), None);
        assert_eq!(Degrees::default(), Degrees::new(0.0).unwrap());
    }
}
