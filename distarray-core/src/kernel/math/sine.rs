//! Sine and cosine.
//!
//! Method: `x = q pi + r` (sine) or `x = (2 h + 1) pi/2 + r` (cosine), |r| <= pi/2, and one odd polynomial
//! for both, `sin r = r + r^3 P(r^2)`; the parity of `q` or `h` is the sign. The constant is subtracted in
//! three parts of 53 bits each by fused multiply-adds: the first difference is exact, and because no
//! double comes nearer to a multiple of pi/2 than 2^-62 the two further ones leave a relative error of
//! one ulp at most, for |x| up to 2^30. Beyond that, element by element, [`super::reduction`].
//!
//! Source: reduction after Cody and Waite, "Software Manual for the Elementary Functions" (1980);
//! coefficients by the Remez exchange of `tests/tables/coefficients.py` (relative error 2^-61.6).
//!
//! Largest error over 180,000 random arguments and `tests/tables/accuracy.txt`: sin 1.63, cos 1.55 ulp.

use std::f64::consts::{FRAC_1_PI, FRAC_PI_2, PI};

use super::polynomial::{ROUNDER, horner};
use super::{quarter, reduction};

const SINE: [f64; 8] = [
    -0.16666666666666666,
    0.008333333333333194,
    -0.0001984126984120922,
    2.7557319211137296e-06,
    -2.5052106872797293e-08,
    1.6058939705388727e-10,
    -7.642991471027353e-13,
    2.7211747298245876e-15,
];

pub(super) const PI_MIDDLE: f64 = 1.224_646_799_147_353_2e-16;
const PI_LOW: f64 = -2.994_769_809_718_339_7e-33;

/// `sin r`, |r| <= pi/2 (and a little more), never beyond [-1, 1].
#[inline(always)]
pub(super) fn polynomial(r: f64) -> f64 {
    let z = r * r;
    let value = (r * z).mul_add(horner(z, &SINE), r);
    let value = if value > 1.0 { 1.0 } else { value };
    if value < -1.0 { -1.0 } else { value }
}

#[inline(always)]
fn flip_sign(x: f64, sign_bit: u64) -> f64 {
    f64::from_bits(x.to_bits() ^ sign_bit)
}

/// The sine of |x| <= 2^30.
#[inline(always)]
pub(super) fn sine(x: f64) -> f64 {
    let shifted = x.mul_add(FRAC_1_PI, ROUNDER);
    let q = shifted - ROUNDER;
    let r = q.mul_add(-PI, x);
    let r = q.mul_add(-PI_MIDDLE, r);
    let r = q.mul_add(-PI_LOW, r);
    let value = flip_sign(polynomial(r), shifted.to_bits() << 63);
    if x == 0.0 { x } else { value }
}

/// The cosine of |x| <= 2^30.
#[inline(always)]
pub(super) fn cosine(x: f64) -> f64 {
    let shifted = x.mul_add(FRAC_1_PI, -0.5) + ROUNDER;
    let q = (shifted - ROUNDER).mul_add(2.0, 1.0);
    let r = q.mul_add(-FRAC_PI_2, x);
    let r = q.mul_add(-0.5 * PI_MIDDLE, r);
    let r = q.mul_add(-0.5 * PI_LOW, r);
    flip_sign(-polynomial(r), shifted.to_bits() << 63)
}

/// The sine of |x| > 2^30; NaN for infinities and NaN.
#[cold]
#[inline(never)]
pub(super) fn sine_of_huge(x: f64) -> f64 {
    let (quadrant, r) = reduction::reduce(x);
    let value = if quadrant & 1 == 0 { quarter::sine(r) } else { quarter::cosine(r) };
    if quadrant & 2 == 0 { value } else { -value }
}

/// The cosine of |x| > 2^30; NaN for infinities and NaN.
#[cold]
#[inline(never)]
pub(super) fn cosine_of_huge(x: f64) -> f64 {
    let (quadrant, r) = reduction::reduce(x);
    let value = if quadrant & 1 == 0 { quarter::cosine(r) } else { quarter::sine(r) };
    if quadrant == 1 || quadrant == 2 { -value } else { value }
}
