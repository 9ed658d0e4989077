//! `exp`, `exp2`, `expm1`.
//!
//! Method: `x = n log 2 + r`, |r| <= log(2)/2, `n` subtracted in two parts; `exp r = 1 + r + r^2 P(r)` of degree 11;
//! the power of two is multiplied on in two halves, so that subnormal results are rounded once.
//! Arguments are clamped to [-746, 710], where the result is 0 or infinity.
//!
//! Source: reduction after Cody and Waite (1980); coefficients by the Remez exchange of
//! `tests/tables/coefficients.py` (relative error 2^-56.8).
//!
//! Largest error over 180,000 random arguments and `tests/tables/accuracy.txt`: exp 0.99, exp2 1.01, expm1 1.70 ulp.

use std::f64::consts::{LN_2, LOG2_E};

use super::polynomial::{ROUNDER, horner, power_of_two};

const EXP: [f64; 10] = [
    0.500000000000001,
    0.16666666666666674,
    0.041666666666522106,
    0.008333333333322215,
    0.001388888894778586,
    0.00019841269886564062,
    2.4801487365644137e-05,
    2.7557242367156263e-06,
    2.7632640819274376e-07,
    2.511003840733968e-08,
];

const LN_2_LOW: f64 = 2.319_046_813_846_299_6e-17;

/// `(n, r)` with `x = n log 2 + r`, for |x| below 2^30.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let n = x.mul_add(LOG2_E, ROUNDER) - ROUNDER;
    (n, n.mul_add(-LN_2_LOW, n.mul_add(-LN_2, x)))
}

/// `exp r - 1` for |r| <= log(2)/2.
#[inline(always)]
fn minus_one(r: f64) -> f64 {
    (r * r).mul_add(horner(r, &EXP), r)
}

/// `value * 2^n` for -1076 <= n <= 1025, rounded once; below that for values that stay normal beside `2^(n/2)`.
#[inline(always)]
pub(super) fn scale(value: f64, n: f64) -> f64 {
    let half = n.mul_add(0.5, ROUNDER) - ROUNDER;
    value * power_of_two(half) * power_of_two(n - half)
}

/// `x` brought into `[low, high]`; NaN stays.
#[inline(always)]
fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

/// `e^x` for every x.
#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    let (n, r) = split(clamp(x, -746.0, 710.0));
    scale(1.0 + minus_one(r), n)
}

/// `e^(high + low)` for a `low` that is small unless `high` is out of range; the door of [`super::power`].
#[inline(always)]
pub(super) fn exp_of_sum(high: f64, low: f64) -> f64 {
    let low = if high.abs() < 800.0 { low } else { 0.0 };
    let (n, r) = split(clamp(high, -746.0, 710.0));
    scale(1.0 + minus_one(r + low), n)
}

/// `factor * e^(high + low)` for a sum down to -1400, rounded once where that is subnormal.
#[inline(always)]
pub(super) fn scaled_exp_of_sum(factor: f64, high: f64, low: f64) -> f64 {
    let (n, r) = split(clamp(high, -1400.0, 710.0));
    scale(factor * (1.0 + minus_one(r + low)), n)
}

/// `2^x` for every x.
#[inline(always)]
pub(super) fn exp2(x: f64) -> f64 {
    let x = clamp(x, -1076.0, 1025.0);
    let n = (x + ROUNDER) - ROUNDER;
    let rest = x - n;
    let r = rest.mul_add(LN_2, rest * LN_2_LOW);
    scale(1.0 + minus_one(r), n)
}

/// `e^x - 1` for every x, without cancellation near 0.
#[inline(always)]
pub(super) fn expm1(x: f64) -> f64 {
    let (n, r) = split(clamp(x, -60.0, 710.0));
    // 2^n (1 + p) - 1 = 2 (2^(n-1) p + (2^(n-1) - 1/2)), so that 2^1024 is not met.
    let power = power_of_two(n - 1.0);
    let value = 2.0 * minus_one(r).mul_add(power, power - 0.5);
    if x == 0.0 { x } else { value }
}
