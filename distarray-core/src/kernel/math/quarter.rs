//! Sine and cosine of an argument that is already reduced to [-pi/4, pi/4].
//!
//! `sin r = r + r^3 S(r^2)`, `cos r = 1 - r^2/2 + r^4 C(r^2)`; coefficients by the Remez exchange of
//! `tests/tables/coefficients.py` (relative errors 2^-57.9 and 2^-63.9). Shared by `tan` and by the
//! paths for huge arguments.

use super::polynomial::horner;

const SINE: [f64; 6] = [
    -0.1666666666666663,
    0.00833333333332212,
    -0.00019841269829590132,
    2.7557313621589735e-06,
    -2.505074779427876e-08,
    1.5896231928466825e-10,
];

const COSINE: [f64; 6] = [
    0.041666666666666595,
    -0.0013888888888873056,
    2.4801587288851856e-05,
    -2.755731417933593e-07,
    2.0875700846796668e-09,
    -1.1358536747972967e-11,
];

/// The sine of `r`, |r| <= pi/4.
#[inline(always)]
pub(super) fn sine(r: f64) -> f64 {
    let z = r * r;
    (r * z).mul_add(horner(z, &SINE), r)
}

/// The cosine of `r`, |r| <= pi/4; `1 - r^2/2` is carried with its rounding error.
#[inline(always)]
pub(super) fn cosine(r: f64) -> f64 {
    let z = r * r;
    let half = 0.5 * z;
    let high = 1.0 - half;
    high + (z * z).mul_add(horner(z, &COSINE), (1.0 - high) - half)
}
