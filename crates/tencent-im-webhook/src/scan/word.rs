//! Eight bytes in a word, by arithmetic that never carries from one to the next.

use std::ops::{BitOr, Not};

use super::{Found, Lanes};

#[derive(Clone, Copy)]
pub(super) struct Word(u64);

/// The highest bit of the bytes that were found, and no other.
#[derive(Clone, Copy)]
pub(super) struct InWord(u64);

impl Lanes for Word {
    type Found = InWord;

    const COUNT: usize = 8;

    #[inline(always)]
    fn of(bytes: &[u8]) -> impl Iterator<Item = Self> {
        bytes.as_chunks().0.iter().map(|chunk| Self(u64::from_le_bytes(*chunk)))
    }

    #[inline(always)]
    fn equal(self, byte: u8) -> InWord {
        let differences = self.0 ^ repeated(byte);
        !InWord((differences | ((differences & LOW) + LOW)) & HIGHEST)
    }

    #[inline(always)]
    fn below(self, byte: u8) -> InWord {
        !InWord((self.0 | ((self.0 | HIGHEST) - repeated(byte))) & HIGHEST)
    }

    #[inline(always)]
    fn with(self, bits: u8) -> Self {
        Self(self.0 | repeated(bits))
    }
}

impl BitOr for InWord {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Not for InWord {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Self(self.0 ^ HIGHEST)
    }
}

impl Found for InWord {
    #[inline(always)]
    fn first_from(self, lane: usize) -> Option<usize> {
        let highest = self.0 >> (8 * lane);
        (highest != 0).then(|| lane + highest.trailing_zeros() as usize / 8)
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        // Each bit is shifted to a place of its own in the highest byte.
        ((self.0 >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
    }
}

const HIGHEST: u64 = repeated(0x80);

const LOW: u64 = repeated(0x7F);

const fn repeated(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}
