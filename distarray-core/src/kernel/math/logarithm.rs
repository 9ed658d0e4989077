//! `log`, `log1p`, `log2`, `log10`.
//!
//! Method: `x = 2^k m` with m in [sqrt(1/2), sqrt 2), `f = m - 1`, `s = f / (2 + f)`,
//! `log m = 2 s + s^3 L(s^2)`, summed as `f - (f^2/2 - s (f^2/2 + s^2 L))` so that the leading term is exact;
//! `k log 2` in two parts of which the first is exact. Subnormal arguments are scaled by 2^54 first.
//!
//! Source: the arrangement is that of fdlibm's `e_log.c` (Sun Microsystems, freely usable; not copied);
//! coefficients by the Remez exchange of `tests/tables/coefficients.py` (relative error 2^-59.5).
//! `log2` and `log10` take the double-double logarithm of [`super::double_log`].
//!
//! Largest error over 180,000 random arguments and `tests/tables/accuracy.txt`: log 0.77, log1p 0.78, log2 0.50, log10 0.50 ulp.

use std::f64::consts::{LOG2_E, LOG10_E};

use super::double_log::{LIFT, LN_2_HIGH, LN_2_LOW, log_of_normal};
use super::polynomial::horner;

const LOG: [f64; 7] = [
    0.6666666666666734,
    0.39999999999416475,
    0.28571428741993987,
    0.2222219861281772,
    0.1818356230736493,
    0.15314101157665602,
    0.14795453537751035,
];

const LOG2_E_LOW: f64 = 2.035_527_374_093_103_3e-17;
const LOG10_E_LOW: f64 = 1.098_319_650_216_765e-17;

/// A positive finite `x` as `(k, m)`, `x = 2^k m`, m in [sqrt(1/2), sqrt 2); whatever for others.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let small = x < f64::MIN_POSITIVE;
    let bits = (if small { x * LIFT } else { x }).to_bits();
    // Counted from sqrt(1/2), the exponent field is k + 1023.
    const ROOT: u64 = 0x3fe6_a09e_667f_3bcd;
    let moved = bits.wrapping_add(0x3ff0_0000_0000_0000 - ROOT);
    let k = f64::from_bits((moved >> 52) | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0);
    let m = f64::from_bits((moved & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT));
    (if small { k - 54.0 } else { k }, m)
}

/// `log(1 + f) + k log 2 + correction`, 1 + f in [sqrt(1/2), sqrt 2).
#[inline(always)]
fn sum(k: f64, f: f64, correction: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    let half_square = 0.5 * f * f;
    let low = s.mul_add(z.mul_add(horner(z, &LOG), half_square), k.mul_add(LN_2_LOW, correction));
    k.mul_add(LN_2_HIGH, f - (half_square - low))
}

/// `value` where `x` is positive and finite; what IEEE 754 says of logarithms elsewhere.
#[inline(always)]
fn with_special_cases(x: f64, value: f64) -> f64 {
    let value = if x < f64::INFINITY { value } else { x };
    let value = if x < 0.0 { f64::NAN } else { value };
    if x == 0.0 { f64::NEG_INFINITY } else { value }
}

/// The natural logarithm of every x.
#[inline(always)]
pub(super) fn log(x: f64) -> f64 {
    let (k, m) = split(x);
    with_special_cases(x, sum(k, m - 1.0, 0.0))
}

/// `log(1 + x)` for every x, without cancellation near 0.
#[inline(always)]
pub(super) fn log1p(x: f64) -> f64 {
    let whole = 1.0 + x;
    // What the addition lost, by TwoSum, relative to the whole.
    let back = whole - 1.0;
    let lost = (1.0 - (whole - back)) + (x - back);
    let (k, m) = split(whole);
    let value = with_special_cases(whole, sum(k, m - 1.0, lost / whole));
    if x.abs() < 1e-16 { x } else { value }
}

/// `log(x) * (factor + factor_low)` from the double-double logarithm.
#[inline(always)]
fn scaled(x: f64, factor: f64, factor_low: f64) -> f64 {
    let small = x < f64::MIN_POSITIVE;
    let (high, low) = log_of_normal(if small { x * LIFT } else { x }, if small { -54.0 } else { 0.0 });
    let product = high * factor;
    let rest = high.mul_add(factor, -product) + high.mul_add(factor_low, low * factor);
    with_special_cases(x, product + rest)
}

/// The logarithm to base 2.
#[inline(always)]
pub(super) fn log2(x: f64) -> f64 {
    scaled(x, LOG2_E, LOG2_E_LOW)
}

/// The logarithm to base 10.
#[inline(always)]
pub(super) fn log10(x: f64) -> f64 {
    scaled(x, LOG10_E, LOG10_E_LOW)
}
