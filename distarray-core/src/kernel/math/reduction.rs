//! Huge angles: the quadrant and the remainder of an argument modulo pi/2, for |x| > 2^30.
//!
//! # Source
//! M. Payne, R. Hanek, "Radian reduction for trigonometric functions", SIGNUM Newsletter 18 (1983):
//! with `x = m 2^e`, only 192 bits of 2/pi matter; those before them add multiples of 4 to `x * 2/pi`
//! and those behind them less than 2^-138. No double comes nearer to a multiple of pi/2 than about
//! 2^-62, so that the remainder keeps more than 70 correct bits. The bits of 2/pi are made by
//! `tests/tables/coefficients.py`.

use std::f64::consts::FRAC_PI_2;

/// The bits of 2/pi after the point, with 64 zero bits in front.
const TWO_OVER_PI: [u64; 21] = [
    0,
    0xa2f9836e4e441529,
    0xfc2757d1f534ddc0,
    0xdb6295993c439041,
    0xfe5163abdebbc561,
    0xb7246e3a424dd2e0,
    0x06492eea09d1921c,
    0xfe1deb1cb129a73e,
    0xe88235f52ebb4484,
    0xe99c7026b45f7e41,
    0x3991d639835339f4,
    0x9c845f8bbdf9283b,
    0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f,
    0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08,
    0x56033046fc7b6bab,
    0xf0cfbc209af4361d,
];

/// pi/2 - `FRAC_PI_2`.
const HALF_PI_LOW: f64 = 6.123_233_995_736_766e-17;

/// Beyond this magnitude the three-part reductions of the vector bodies give way to [`reduce`].
const LIMIT: f64 = 1_073_741_824.0;

/// Whether a vector body leaves the angle `x` to the paths by [`reduce`]: above 2^30, infinite or NaN.
#[inline(always)]
pub(super) fn is_huge(x: f64) -> bool {
    let small = x.abs() <= LIMIT;
    !small
}

/// `(quadrant, r)` with `x = (4 k + quadrant) * pi/2 + r`, |r| <= pi/4 and quadrant in 0..4, for |x| > 2^30.
/// Infinity and NaN give a NaN remainder.
#[cold]
#[inline(never)]
pub(super) fn reduce(x: f64) -> (u64, f64) {
    if !x.is_finite() {
        return (0, f64::NAN);
    }
    let bits = x.to_bits();
    let mantissa = u128::from((bits & ((1 << 52) - 1)) | (1 << 52));
    // x = mantissa * 2^e; bits of 2/pi of weight above 2^(2 - e) contribute multiples of 4.
    let start = ((bits >> 52) & 0x7ff) + (64 - 2) - 1075;
    let (word, shift) = ((start / 64) as usize, start % 64);
    let window = |i: usize| {
        let pair = (u128::from(TWO_OVER_PI[word + i]) << 64) | u128::from(TWO_OVER_PI[word + i + 1]);
        (pair << shift) >> 64
    };
    // The product modulo 2^192, in units of 2^-190 quadrants: `upper` holds its first 128 bits.
    let last = mantissa * window(2);
    let upper = ((mantissa * window(0)) << 64).wrapping_add(mantissa * window(1)).wrapping_add(last >> 64);
    let fraction = ((upper << 2) | ((last >> 62) & 3)).cast_signed();
    let quadrant = (upper >> 126) + u128::from(fraction < 0);
    let remainder = quarter_turns(fraction.unsigned_abs());
    let remainder = if (fraction < 0) == (x < 0.0) { remainder } else { -remainder };
    let quadrant = if x < 0.0 { 4 - quadrant } else { quadrant };
    (if quadrant & 1 == 1 { 1 } else { 0 } + if quadrant & 2 == 2 { 2 } else { 0 }, remainder)
}

/// `magnitude / 2^128 * pi/2`, correct to 2^-100 before its one rounding.
fn quarter_turns(magnitude: u128) -> f64 {
    const UNIT: f64 = 1.0 / (18_446_744_073_709_551_616.0 * 18_446_744_073_709_551_616.0);
    // The first 53 bits, and the next ones: both exact, or nearly.
    let shift = magnitude.leading_zeros();
    let shifted = magnitude.checked_shl(shift).unwrap_or(0);
    let high = (shifted >> 75) as f64 * 2f64.powi(75);
    let low = ((shifted << 53) >> 53) as f64;
    let product = high * FRAC_PI_2;
    let error = high.mul_add(FRAC_PI_2, -product) + high.mul_add(HALF_PI_LOW, low * FRAC_PI_2);
    (product + error) * UNIT * 2f64.powi(-shift.cast_signed())
}
