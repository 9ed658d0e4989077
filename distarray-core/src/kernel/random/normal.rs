//! The normal distribution by its inverse distribution function.
//!
//! Vectorised in two passes: the central formula for all elements, and those of the tails, one in seven, once more by
//! the formula of the tails.
//!
//! # Source
//! M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37 (1988)
//! 477-484, routine PPND16 (relative error about 10^-16), with Horner's rule in fused multiply-adds.

use super::source::open_fraction;
use crate::kernel::math::{Function1, Log};

/// Numerators and denominators, the constant first: up to 0.425 from the middle, and up to 5 and beyond 5 in
/// `sqrt(-log p)`.
const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];
const TAIL: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];
const FAR: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];
/// Where the tails begin, and the square of it plus what makes the sum 0.180625 at the middle.
const CENTRE_LIMIT: f64 = 0.425;
const CENTRE_SQUARE: f64 = 0.180_625;
const FAR_LIMIT: f64 = 5.0;

#[inline(always)]
fn ratio(x: f64, coefficients: &[[f64; 8]; 2]) -> f64 {
    let [numerator, denominator] = coefficients;
    let (mut above, mut below) = (numerator[7], denominator[7]);
    for place in (0..7).rev() {
        above = above.mul_add(x, numerator[place]);
        below = below.mul_add(x, denominator[place]);
    }
    above / below
}

/// The quantile at 1/2 + `offset` for offsets up to [`CENTRE_LIMIT`].
#[inline(always)]
fn centre(offset: f64) -> f64 {
    offset * ratio(CENTRE_SQUARE - offset * offset, &CENTRE)
}

/// The quantile at 1 - `p` for a small `p`, as long as `root`, the root of -log p, is at most [`FAR_LIMIT`].
#[inline(always)]
fn tail(root: f64) -> f64 {
    ratio(root - 1.6, &TAIL)
}

/// As [`tail`], beyond the limit: for one element in 3.6e10.
#[cold]
#[inline(never)]
fn far(root: f64) -> f64 {
    ratio(root - FAR_LIMIT, &FAR)
}

/// The root of minus the logarithm of the smaller of p and 1 - p, p being 1/2 + `offset`.
#[inline(always)]
fn root(offset: f64) -> f64 {
    (-Log::body(0.5 - offset.abs())).sqrt()
}

/// The standard normal number of one word.
#[inline(always)]
pub(super) fn normal(word: u64) -> f64 {
    let offset = open_fraction(word) - 0.5;
    if offset.abs() <= CENTRE_LIMIT {
        return centre(offset);
    }
    let root = root(offset);
    let value = if root <= FAR_LIMIT { tail(root) } else { far(root) };
    if offset < 0.0 { -value } else { value }
}

/// Of the words without their last 12 bits, those within [`CENTRE_LIMIT`] of the middle: the first and how many.
const CENTRE_FIRST: u64 = ((1 << 52) - 1 - CENTRE_STEPS).div_ceil(2);
const CENTRE_COUNT: u64 = ((1 << 52) - 1 + CENTRE_STEPS) / 2 - CENTRE_FIRST + 1;
/// The limit in steps of 2^-53, on which offsets lie.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive number below 2^53")]
const CENTRE_STEPS: u64 = (CENTRE_LIMIT * 9_007_199_254_740_992.0) as u64;

/// Whether the number of a word lies in a tail, without computing its offset.
#[inline(always)]
fn is_outside(word: u64) -> bool {
    (word >> 12).wrapping_sub(CENTRE_FIRST) >= CENTRE_COUNT
}

/// How many words are looked at together: tables for their tails are that long.
const CHUNK: usize = 256;

crate::multiversion! {
    /// The standard normal numbers of words, as far as both slices reach.
    pub(super) fn normals(words: &[u64], output: &mut [f64]) {
        let mut outside = [0_u8; CHUNK];
        let mut offsets = [0.0; CHUNK];
        let mut roots = [0.0; CHUNK];
        for (words, output) in words.chunks(CHUNK).zip(output.chunks_mut(CHUNK)) {
            for (word, value) in words.iter().zip(output.iter_mut()) {
                *value = centre(open_fraction(*word) - 0.5);
            }
            let (mut count, mut place) = (0, 0_u8);
            for word in words {
                outside[count % CHUNK] = place;
                count += usize::from(is_outside(*word));
                place = place.wrapping_add(1);
            }
            let outside = &outside[..count];
            for (place, offset) in outside.iter().zip(&mut offsets) {
                *offset = open_fraction(words[usize::from(*place)]) - 0.5;
            }
            let mut any_far = false;
            for (offset, square_root) in offsets[..count].iter_mut().zip(&mut roots) {
                *square_root = root(*offset);
                any_far |= *square_root > FAR_LIMIT;
                *offset = tail(*square_root).copysign(*offset);
            }
            if any_far {
                for (value, square_root) in offsets[..count].iter_mut().zip(&roots) {
                    if *square_root > FAR_LIMIT {
                        *value = far(*square_root).copysign(*value);
                    }
                }
            }
            for (place, value) in outside.iter().zip(&offsets) {
                output[usize::from(*place)] = *value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let near = |found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
        };
        // 3/4, 15/16 and 1/4096, but for half a step of 2^-52; then the ends. Values by Python's `statistics`.
        near(normal(0xc000_0000_0000_0000), 0.674_489_750_196_081_7);
        near(normal(0xf000_0000_0000_0000), 1.534_120_544_352_545_9);
        near(normal(0x0010_0000_0000_0000), -3.487_104_104_114_431_3);
        near(normal(0), -8.209_536_151_601_386);
        near(normal(u64::MAX), 8.209_536_151_601_386);
    }

    #[test]
    fn many_words_give_what_one_word_gives() {
        let words: Vec<u64> = (0..1000_u64)
            .map(|place| place.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .chain([0, u64::MAX])
            .collect();
        let mut values = vec![0.0; words.len()];
        normals(&words, &mut values);
        for (word, value) in words.iter().zip(values) {
            assert_eq!(normal(*word).to_bits(), value.to_bits());
        }
    }
}
