//! Decimal digits, read eight at a time.

/// The number that a text begins with, and its length: up to 19 digits, which always fit.
#[inline]
pub(crate) fn leading(text: &[u8]) -> (u64, usize) {
    let (mut number, mut length) = (0, 0);
    // As in a time.
    if let Some(eight) = text.first_chunk().and_then(eight_digits) {
        (number, length) = (eight, 8);
    }
    while let Some(digit @ b'0'..=b'9') = text.get(length)
        && length < MOST
    {
        number = number * 10 + u64::from(digit - b'0');
        length += 1;
    }
    (number, length)
}

/// The number that a text is, perhaps with leading zeros.
pub(crate) fn whole(text: &[u8]) -> Option<u64> {
    match leading(text) {
        (_, 0) => None,
        (number, length) if length == text.len() => Some(number),
        (_, _) => str::from_utf8(text).ok()?.parse().ok(),
    }
}

/// The number that a text is: neither sign, leading zero, fraction nor blank.
pub(crate) fn canonical(text: &str) -> Option<u64> {
    let (number, length) = leading(text.as_bytes());
    match length == text.len() {
        _ if text == "0" => Some(0),
        _ if text.is_empty() || text.starts_with(['0', '+']) => None,
        true => Some(number),
        false => text.parse().ok(),
    }
}

const MOST: usize = 19;

/// The number that eight digits are: pairs of digits, then pairs of those, in one word.
fn eight_digits(text: &[u8; 8]) -> Option<u64> {
    let text = u64::from_le_bytes(*text);
    // From `0` to `?`, and still so with six more.
    let is_low = |text| text & 0xF0F0_F0F0_F0F0_F0F0 == 0x3030_3030_3030_3030_u64;
    if !is_low(text) || !is_low(text.wrapping_add(0x0606_0606_0606_0606)) {
        return None;
    }
    let ones = text & 0x0F0F_0F0F_0F0F_0F0F;
    let pairs = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_FFFF_0000_FFFF;
    Some(fours.wrapping_mul(10_000 << 32 | 1) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_a_number_and_nothing_else_is() {
        for number in [0, 7, 12_345_678, 10_203_040, 99_999_999, 90_000_000] {
            assert_eq!(eight_digits(format!("{number:08}").as_bytes().try_into().unwrap()), Some(number));
        }
        for at in 0..8 {
            for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
                let mut text = *b"09182736";
                text[at] = byte;
                assert_eq!(eight_digits(&text), None, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn a_number_ends_where_its_digits_do() {
        for (text, number, length) in [
            ("", 0, 0),
            ("x1", 0, 0),
            ("0", 0, 1),
            ("007,", 7, 3),
            ("1735707600123}", 1_735_707_600_123, 13),
            ("12345678/", 12_345_678, 8),
            ("9999999999999999999", 9_999_999_999_999_999_999, 19),
            ("18446744073709551615", 1_844_674_407_370_955_161, 19),
        ] {
            assert_eq!(leading(text.as_bytes()), (number, length), "{text}");
        }
    }

    #[test]
    fn a_whole_number_is_digits_and_nothing_else() {
        for (text, number) in [
            ("468", Some(468)),
            ("0", Some(0)),
            ("00000000000000000000012", Some(12)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("", None),
            ("-1", None),
            ("1,1", None),
            ("12345678 ", None),
        ] {
            assert_eq!(whole(text.as_bytes()), number, "{text}");
        }
        assert_eq!(whole(b"1\xFF"), None);
    }

    #[test]
    fn a_canonical_number_is_written_in_one_way() {
        for number in [0, 1, 9, 10, 1_400_000_000, 12_345_678, 9_999_999_999_999_999_999, u64::MAX] {
            assert_eq!(canonical(&number.to_string()), Some(number));
        }
        for text in
            ["", "00", "01", "+", "-", "+1", "-1", " 1", "1 ", "1.0", "1e3", "x", "12345678x", "１", "١"]
        {
            assert_eq!(canonical(text), None, "{text}");
        }
        for text in ["18446744073709551616", "99999999999999999999", "1".repeat(40).as_str()] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }
}
