//! Tangent.
//!
//! Method: `x = q pi/2 + r`, |r| <= pi/4, reduced as in [`super::sine`]; `tan x` is `sin r / cos r` for even `q`
//! and `-cos r / sin r` for odd `q`, with the polynomials of [`super::quarter`] and one division.
//!
//! Largest error over 180,000 random arguments and `tests/tables/accuracy.txt`: 2.77 ulp.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

use super::polynomial::ROUNDER;
use super::{quarter, reduction};

const HALF_PI_MIDDLE: f64 = 6.123_233_995_736_766e-17;
const HALF_PI_LOW: f64 = -1.497_384_904_859_169_8e-33;

#[inline(always)]
fn quotient(odd: bool, r: f64) -> f64 {
    let (sine, cosine) = (quarter::sine(r), quarter::cosine(r));
    let above = if odd { -cosine } else { sine };
    let below = if odd { sine } else { cosine };
    above / below
}

/// The tangent of |x| <= 2^30.
#[inline(always)]
pub(super) fn tangent(x: f64) -> f64 {
    let shifted = x.mul_add(FRAC_2_PI, ROUNDER);
    let q = shifted - ROUNDER;
    let r = q.mul_add(-FRAC_PI_2, x);
    let r = q.mul_add(-HALF_PI_MIDDLE, r);
    let r = q.mul_add(-HALF_PI_LOW, r);
    let value = quotient(shifted.to_bits() & 1 == 1, r);
    if x == 0.0 { x } else { value }
}

/// The tangent of |x| > 2^30; NaN for infinities and NaN.
#[cold]
#[inline(never)]
pub(super) fn tangent_of_huge(x: f64) -> f64 {
    let (quadrant, r) = reduction::reduce(x);
    quotient(quadrant & 1 == 1, r)
}
