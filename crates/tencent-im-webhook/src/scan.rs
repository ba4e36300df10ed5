//! Finding bytes, eight or sixty-four at a time. What is looked for is near, mostly: for that, a vector search that
//! has to be called costs more than it saves.

/// From this place on, where the first quote, backslash or control character is.
///
/// Words of eight bytes for what most strings are; for long ones blocks that the compiler turns into vector
/// instructions, fewer than there are bytes.
#[inline]
pub(crate) fn special(bytes: &[u8], from: usize) -> Option<usize> {
    let near = bytes.get(from..)?;
    let near = near.get(..LONG).unwrap_or(near);
    in_words(near, specials, is_special).map(|at| from + at).or_else(|| {
        let far = from + LONG;
        let far = far + clean_blocks(bytes.get(far..)?);
        in_words(bytes.get(far..)?, specials, is_special).map(|at| far + at)
    })
}

/// Where the first of these two bytes is.
#[inline]
pub(crate) fn either(one: u8, other: u8, bytes: &[u8]) -> Option<usize> {
    let found = |word| (zeros(word ^ repeated(one)) | zeros(word ^ repeated(other))) & repeated(0x80);
    in_words(bytes, found, |byte| byte == one || byte == other)
}

/// From this place on, how many spaces there are before anything else: the indentation of a line.
#[inline]
pub(crate) fn spaces(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    in_words(rest, |word| word ^ repeated(b' '), |byte| byte != b' ').unwrap_or(rest.len())
}

/// Where the first byte is that is looked for: as the lowest one of a word that is not zero, or by itself.
#[inline(always)]
fn in_words(bytes: &[u8], found: impl Fn(u64) -> u64, is_found: impl Fn(u8) -> bool) -> Option<usize> {
    let (words, rest) = bytes.as_chunks();
    let mut passed = 0;
    for word in words {
        let found = found(u64::from_le_bytes(*word));
        if found != 0 {
            return Some(passed + found.trailing_zeros() as usize / 8);
        }
        passed += size_of_val(word);
    }
    rest.iter().position(|byte| is_found(*byte)).map(|at| passed + at)
}

const LONG: usize = 64;

/// How many bytes there are in whole blocks before the first with a special one.
#[inline(never)]
fn clean_blocks(bytes: &[u8]) -> usize {
    let (blocks, _) = bytes.as_chunks::<LONG>();
    let is_clean = |block: &&[u8; LONG]| !block.iter().fold(false, |any, byte| any | is_special(*byte));
    LONG * blocks.iter().take_while(is_clean).count()
}

fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < b' ')
}

/// The highest bit of each special byte, right up to the first: what is subtracted may borrow from above.
fn specials(word: u64) -> u64 {
    let quotes = (word ^ repeated(b'"')).wrapping_sub(repeated(1));
    let backslashes = (word ^ repeated(b'\\')).wrapping_sub(repeated(1));
    let controls = word.wrapping_sub(repeated(b' '));
    // None of them has its highest bit set in the text.
    (quotes | backslashes | controls) & !word & repeated(0x80)
}

/// The highest bit of each byte that is zero, right up to the first; only that bit of a byte counts.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(repeated(1)) & !word
}

const fn repeated(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_byte_is_found_at_any_place() {
        for length in 0..200 {
            let clean: Vec<u8> =
                (0..length).map(|n| [b'a', b' ', 0x7F, 0x80, 0xFF, b'!', b'#'][n % 7]).collect();
            assert_eq!(special(&clean, 0), None, "{length}");
            for at in 0..length {
                for byte in [b'"', b'\\', 0, b'\n', 0x1F] {
                    let mut bytes = clean.clone();
                    bytes[at] = byte;
                    assert_eq!(special(&bytes, 0), Some(at), "{byte} at {at} of {length}");
                    bytes.push(b'"');
                    assert_eq!(special(&bytes, 0), Some(at), "{byte} at {at} of {length}");
                }
            }
        }
    }

    #[test]
    fn no_byte_is_taken_for_a_special_one_or_a_space() {
        for byte in 0..=u8::MAX {
            assert_eq!(special(&[byte; 80], 0).is_some(), is_special(byte), "{byte}");
            assert_eq!(spaces(&[byte; 12], 0), if byte == b' ' { 12 } else { 0 }, "{byte}");
        }
    }

    #[test]
    fn the_first_of_two_is_found() {
        for at in 0..40 {
            let text = "é".repeat(at) + "&=&" + &"x".repeat(40 - at);
            let found = |from| either(b'&', b'=', &text.as_bytes()[from..]).map(|found| from + found);
            assert_eq!([0, 2 * at].map(found), [Some(2 * at); 2]);
            assert_eq!(found(2 * at + 1), Some(2 * at + 1));
            assert_eq!(found(2 * at + 3), None);
        }
    }

    #[test]
    fn spaces_are_counted_up_to_anything_else() {
        for count in 0..40 {
            for after in ["", "x", "\n   ", "\u{a0}        "] {
                let text = " ".repeat(count) + after;
                assert_eq!(spaces(text.as_bytes(), 0), count, "{text:?}");
            }
        }
    }
}
