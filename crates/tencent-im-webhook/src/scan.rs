//! Finding bytes, many at a time. What is looked for is near, mostly: for that, a search that has to be called costs
//! more than it saves.

use std::ops::{BitOr, Not};

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod block;
#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
mod word;

/// Sixteen bytes, in what every processor of the kind has.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
type Here = block::Block;
#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
type Here = word::Word;

/// Bytes that are looked at together.
trait Lanes: Copy {
    type Found: Found;

    const COUNT: usize;

    /// As many as are whole.
    fn of(bytes: &[u8]) -> impl Iterator<Item = Self>;

    fn equal(self, byte: u8) -> Self::Found;

    /// Below an ASCII character that is not the first.
    fn below(self, byte: u8) -> Self::Found;

    /// Each with these bits set.
    fn with(self, bits: u8) -> Self;
}

/// Where among them something is.
trait Found: BitOr<Output = Self> + Copy + Not<Output = Self> {
    /// In this lane or after it; there are more lanes than that.
    fn first_from(self, lane: usize) -> Option<usize>;

    #[inline(always)]
    fn first(self) -> Option<usize> {
        self.first_from(0)
    }

    /// A bit for each lane, the first the lowest.
    fn bits(self) -> u32;
}

/// From this place on, where the first quote, backslash or control character is.
///
/// Short strings lane by lane; long ones in blocks, which the compiler turns into vector instructions of its own.
#[inline]
pub(crate) fn special(bytes: &[u8], from: usize) -> Option<usize> {
    special_in::<Here>(bytes, from)
}

fn special_in<L: Lanes>(bytes: &[u8], from: usize) -> Option<usize> {
    near(bytes, from, specials::<L>).or_else(|| {
        let far = from + clean_blocks(bytes.get(from..)?);
        first(bytes, far, specials::<L>)
    })
}

/// The same where it is near, and not at the end.
#[inline(always)]
pub(crate) fn near_special(bytes: &[u8], from: usize) -> Option<usize> {
    near(bytes, from, specials::<Here>)
}

#[inline(always)]
fn specials<L: Lanes>(lanes: L) -> L::Found {
    lanes.equal(b'"') | lanes.equal(b'\\') | lanes.below(b' ')
}

/// Behind the bracket that closes the one at this place of a JSON text.
pub(crate) fn past_brackets(bytes: &[u8], from: usize) -> Option<usize> {
    past_brackets_in::<Here>(bytes, from)
}

fn past_brackets_in<L: Lanes>(bytes: &[u8], from: usize) -> Option<usize> {
    let mut nesting = Nesting::default();
    let mut at = from;
    loop {
        for lanes in L::of(bytes.get(at..)?) {
            if !nesting.pass_all(lanes) {
                break;
            }
            at += L::COUNT;
        }
        let next = at + L::COUNT;
        while at < next {
            at += nesting.pass(*bytes.get(at)?);
            if nesting.open == 0 {
                return Some(at);
            }
        }
    }
}

/// Where in brackets and strings a text is.
#[derive(Default)]
struct Nesting {
    open: usize,
    in_string: bool,
}

impl Nesting {
    /// Unless there is an escape among them, or the last bracket may close.
    #[inline(always)]
    fn pass_all<L: Lanes>(&mut self, lanes: L) -> bool {
        let (quotes, escapes) = (lanes.equal(b'"'), lanes.equal(b'\\'));
        // Square brackets differ from others in one bit.
        let (opening, closing) = (lanes.with(b' ').equal(b'{'), lanes.with(b' ').equal(b'}'));
        if (quotes | escapes | opening | closing).bits() == 0 {
            return true;
        }
        if escapes.bits() != 0 {
            return false;
        }
        // All lanes from a quote on change sides.
        let mut strings = quotes.bits();
        for shift in [1, 2, 4, 8] {
            strings ^= strings << shift;
        }
        let strings = if self.in_string { !strings } else { strings };
        let count = |brackets: L::Found| (brackets.bits() & !strings).count_ones() as usize;
        let closing = count(closing);
        if closing >= self.open {
            return false;
        }
        self.open = self.open - closing + count(opening);
        self.in_string = strings >> (L::COUNT - 1) & 1 == 1;
        true
    }

    /// How many bytes it was: an escaped one is passed with its backslash.
    fn pass(&mut self, byte: u8) -> usize {
        match byte {
            b'\\' => return 2,
            b'"' => self.in_string = !self.in_string,
            b'[' | b'{' if !self.in_string => self.open += 1,
            b']' | b'}' if !self.in_string => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        1
    }
}

/// From this place on, where the first of these bytes is.
#[inline(always)]
pub(crate) fn any_of<const N: usize>(one: u8, more: [u8; N], bytes: &[u8], from: usize) -> Option<usize> {
    any_of_in::<Here, N>(one, more, bytes, from)
}

#[inline(always)]
fn any_of_in<L: Lanes, const N: usize>(one: u8, more: [u8; N], bytes: &[u8], from: usize) -> Option<usize> {
    first(bytes, from, |lanes: L| {
        more.into_iter().fold(lanes.equal(one), |found, byte| found | lanes.equal(byte))
    })
}

/// From this place on, where the first byte is that is no space to JSON: what a line is indented by is passed at once.
pub(crate) fn no_space(bytes: &[u8], from: usize) -> Option<usize> {
    first(bytes, from, no_spaces::<Here>)
}

/// The same where the first lanes show it.
#[inline(always)]
pub(crate) fn near_no_space(bytes: &[u8], from: usize) -> Option<usize> {
    let lanes = Here::of(bytes.get(from..)?).next()?;
    no_spaces(lanes).first().map(|found| from + found)
}

#[inline(always)]
fn no_spaces<L: Lanes>(lanes: L) -> L::Found {
    !(lanes.equal(b' ') | lanes.equal(b'\n') | lanes.equal(b'\r') | lanes.equal(b'\t'))
}

#[inline(always)]
fn first<L: Lanes>(bytes: &[u8], from: usize, wanted: impl Fn(L) -> L::Found) -> Option<usize> {
    let rest = bytes.get(from..)?;
    match in_lanes(rest, &wanted) {
        Some(found) => Some(from + found),
        None => in_last(bytes, bytes.len() - rest.len() % L::COUNT, wanted),
    }
}

#[inline(always)]
fn near<L: Lanes>(bytes: &[u8], from: usize, wanted: impl Fn(L) -> L::Found) -> Option<usize> {
    let rest = bytes.get(from..)?;
    // The first without a loop: keys are shorter than that.
    if let Some(found) = wanted(L::of(rest).next()?).first() {
        return Some(from + found);
    }
    let next = rest.get(L::COUNT..NEAR).or_else(|| rest.get(L::COUNT..))?;
    in_lanes(next, wanted).map(|found| from + L::COUNT + found)
}

#[inline(always)]
fn in_lanes<L: Lanes>(bytes: &[u8], wanted: impl Fn(L) -> L::Found) -> Option<usize> {
    let mut passed = 0;
    for lanes in L::of(bytes) {
        if let Some(found) = wanted(lanes).first() {
            return Some(passed + found);
        }
        passed += L::COUNT;
    }
    None
}

/// From this place on, where not enough bytes are left for all lanes.
#[inline(never)]
fn in_last<L: Lanes>(bytes: &[u8], from: usize, wanted: impl Fn(L) -> L::Found) -> Option<usize> {
    // The last lanes of all: most were looked at before, and are left out.
    if let Some(begun) = bytes.len().checked_sub(L::COUNT) {
        let lanes = L::of(bytes.get(begun..)?).next()?;
        let passed = from.checked_sub(begun).filter(|passed| *passed < L::COUNT)?;
        return wanted(lanes).first_from(passed).map(|found| begun + found);
    }
    let mut padded = [0; 16];
    padded.get_mut(..bytes.len())?.copy_from_slice(bytes);
    let found = wanted(L::of(&padded).next()?).first_from(from)?;
    (found < bytes.len()).then_some(found)
}

/// As long as most texts that people write.
const NEAR: usize = 128;

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

#[cfg(test)]
mod tests {
    use super::*;

    /// Here, and on processors of every other kind.
    fn both(here: Option<usize>, elsewhere: Option<usize>) -> Option<usize> {
        assert_eq!(here, elsewhere);
        here
    }

    fn special(bytes: &[u8], from: usize) -> Option<usize> {
        both(super::special(bytes, from), special_in::<word::Word>(bytes, from))
    }

    fn any_of<const N: usize>(one: u8, more: [u8; N], bytes: &[u8], from: usize) -> Option<usize> {
        let here = super::any_of(one, more, bytes, from);
        both(here, any_of_in::<word::Word, N>(one, more, bytes, from))
    }

    fn no_space(bytes: &[u8], from: usize) -> Option<usize> {
        both(super::no_space(bytes, from), first(bytes, from, no_spaces::<word::Word>))
    }

    #[test]
    fn every_special_byte_is_found_at_any_place() {
        for length in 0..200 {
            let clean: Vec<u8> =
                (0..length).map(|n| [b'a', b' ', 0x7F, 0x80, 0xFF, b'!', b'#'][n % 7]).collect();
            assert_eq!(special(&clean, 0), None, "{length}");
            assert_eq!(special(&clean, length + 1), None, "{length}");
            for at in 0..length {
                for byte in [b'"', b'\\', 0, b'\n', 0x1F] {
                    let mut bytes = clean.clone();
                    bytes[at] = byte;
                    assert_eq!(special(&bytes, 0), Some(at), "{byte} at {at} of {length}");
                    assert_eq!(special(&bytes, at), Some(at), "{byte} at {at} of {length}");
                    assert_eq!(special(&bytes, at + 1), None, "{byte} at {at} of {length}");
                    bytes.push(b'"');
                    assert_eq!(special(&bytes, 0), Some(at), "{byte} at {at} of {length}");
                    assert_eq!(special(&bytes, at + 1), Some(length), "{byte} at {at} of {length}");
                }
            }
        }
    }

    #[test]
    fn no_byte_is_taken_for_a_special_one_or_a_space() {
        for byte in 0..=u8::MAX {
            assert_eq!(special(&[byte; 80], 0).is_some(), is_special(byte), "{byte}");
            assert_eq!(no_space(&[byte; 20], 0).is_none(), b" \n\r\t".contains(&byte), "{byte}");
        }
    }

    #[test]
    fn the_first_of_some_is_found() {
        for (at, after) in (0..40).flat_map(|at| (0..40).map(move |after| (at, after))) {
            let text = "é".repeat(at) + "&=&" + &"x".repeat(after);
            let bytes = text.as_bytes();
            let found = |from| any_of(b'&', [b'=', b'%'], bytes, from);
            assert_eq!([0, 2 * at].map(found), [Some(2 * at); 2]);
            assert_eq!(found(2 * at + 1), Some(2 * at + 1));
            assert_eq!(any_of(b'&', [], bytes, 2 * at + 1), Some(2 * at + 2));
            assert_eq!([3, 4].map(|from| found(2 * at + from)), [None; 2]);
        }
    }

    #[test]
    fn a_bracket_is_passed_with_all_that_is_in_it() {
        let past = |text: &str, from| {
            let here = past_brackets(text.as_bytes(), from);
            both(here, past_brackets_in::<word::Word>(text.as_bytes(), from))
        };
        for unit in [
            "1,",
            "[],",
            "{}{}",
            "[[[]]]",
            "\"]\",",
            r#""\"]","#,
            r#""\\","#,
            r#""a long text [ that { never ] closes }","#,
        ] {
            for (count, lead) in (0..40).flat_map(|count| (0..20).map(move |lead| (count, lead))) {
                let (front, inner) = (" ".repeat(lead), unit.repeat(count));
                let text = format!("{front}[{inner}]");
                assert_eq!(past(&text, lead), Some(text.len()), "{text}");
                assert_eq!(
                    past(&format!("{text}]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), lead),
                    Some(text.len()),
                    "{text}"
                );
                assert_eq!(past(&text[..text.len() - 1], lead), None, "{text}");
            }
        }
    }

    #[test]
    fn spaces_are_passed_up_to_anything_else() {
        for count in 0..40 {
            for after in ["", "x", "x\n   ", "\u{b}        ", "\u{a0}        "] {
                let text = "\n   \r\t ".chars().cycle().take(count).collect::<String>() + after;
                let expected = (!after.is_empty()).then_some(count);
                assert_eq!(no_space(text.as_bytes(), 0), expected, "{text:?}");
                let near = near_no_space(text.as_bytes(), 0);
                assert!(near.is_none() || near == expected, "{text:?}");
                assert!(near.is_some() || count >= Here::COUNT || text.len() < Here::COUNT, "{text:?}");
            }
        }
    }
}
