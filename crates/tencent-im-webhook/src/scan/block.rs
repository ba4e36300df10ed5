//! Sixteen bytes in a vector.

use std::ops::{BitOr, Not};

use safe_arch::{
    bitor_m128i, cmp_eq_mask_i8_m128i, m128i, min_u8_m128i, move_mask_i8_m128i, set_splat_i8_m128i,
};

use super::{Found, Lanes};

#[derive(Clone, Copy)]
pub(super) struct Block(m128i);

/// All bits of the bytes that were found.
#[derive(Clone, Copy)]
pub(super) struct InBlock(m128i);

impl Lanes for Block {
    type Found = InBlock;

    const COUNT: usize = 16;

    #[inline(always)]
    fn of(bytes: &[u8]) -> impl Iterator<Item = Self> {
        bytes.as_chunks().0.iter().map(|chunk| Self(m128i::from(*chunk)))
    }

    #[inline(always)]
    fn equal(self, byte: u8) -> InBlock {
        InBlock(cmp_eq_mask_i8_m128i(self.0, repeated(byte)))
    }

    #[inline(always)]
    fn below(self, byte: u8) -> InBlock {
        // There is no comparison of bytes without sign.
        let least = min_u8_m128i(self.0, repeated(byte - 1));
        InBlock(cmp_eq_mask_i8_m128i(self.0, least))
    }

    #[inline(always)]
    fn with(self, bits: u8) -> Self {
        Self(bitor_m128i(self.0, repeated(bits)))
    }
}

impl BitOr for InBlock {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(bitor_m128i(self.0, other.0))
    }
}

impl Not for InBlock {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Self(cmp_eq_mask_i8_m128i(self.0, repeated(0)))
    }
}

impl Found for InBlock {
    #[inline(always)]
    fn first_from(self, lane: usize) -> Option<usize> {
        let mask = self.bits() >> lane;
        (mask != 0).then(|| lane + mask.trailing_zeros() as usize)
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        move_mask_i8_m128i(self.0).cast_unsigned()
    }
}

#[inline(always)]
fn repeated(byte: u8) -> m128i {
    set_splat_i8_m128i(i8::from_ne_bytes([byte]))
}
