//! `sinh`, `cosh`, `tanh` from `expm1`, and `hypot`.
//!
//! Method: with `e = expm1(|x|)`, `sinh = (e + e / (e + 1)) / 2`, `cosh = 1 + e^2 / (2 (e + 1))`; with
//! `e = expm1(2 |x|)`, `tanh = e / (e + 2)`. Near overflow `sinh` and `cosh` are `exp(|x| - log 2)`. `hypot` scales
//! by a power of two so that no square overflows or vanishes.
//!
//! Largest error over 180,000 random arguments and `tests/tables/accuracy.txt`: sinh 2.29, cosh 1.68, tanh 2.54, hypot 1.10 ulp.

use std::f64::consts::LN_2;

use super::exponential::{exp_of_sum, expm1};

/// log 2 - `LN_2`.
const LN_2_LOW: f64 = 2.319_046_813_846_299_6e-17;

/// Beyond, `e^-|x|` does not matter to the sum.
const LARGE: f64 = 40.0;

/// `e^x / 2` without overflow before the result's.
#[inline(always)]
fn half_exp(x: f64) -> f64 {
    let high = x - LN_2;
    exp_of_sum(high, ((x - high) - LN_2) - LN_2_LOW)
}

/// Hyperbolic sine.
#[inline(always)]
pub(super) fn sinh(x: f64) -> f64 {
    let absolute = x.abs();
    let e = expm1(if absolute > LARGE { LARGE } else { absolute });
    let near = 0.5 * (e + e / (e + 1.0));
    let far = half_exp(absolute);
    (if absolute > LARGE { far } else { near }).copysign(x)
}

/// Hyperbolic cosine.
#[inline(always)]
pub(super) fn cosh(x: f64) -> f64 {
    let absolute = x.abs();
    let e = expm1(if absolute > LARGE { LARGE } else { absolute });
    let near = 1.0 + 0.5 * e * (e / (e + 1.0));
    let far = half_exp(absolute);
    if absolute > LARGE { far } else { near }
}

/// Hyperbolic tangent.
#[inline(always)]
pub(super) fn tanh(x: f64) -> f64 {
    let absolute = x.abs();
    let e = expm1(2.0 * if absolute > 22.0 { 22.0 } else { absolute });
    (e / (e + 2.0)).copysign(x)
}

/// `sqrt(x^2 + y^2)`; infinite if either is infinite.
#[inline(always)]
pub(super) fn hypot(x: f64, y: f64) -> f64 {
    let (x, y) = (x.abs(), y.abs());
    let large = if x > y { x } else { y };
    const UP: f64 = 1.329_227_995_784_916e36
        * 1.329_227_995_784_916e36
        * 1.329_227_995_784_916e36
        * 1.329_227_995_784_916e36
        * 1.329_227_995_784_916e36;
    const DOWN: f64 = 1.0 / UP;
    // 2^600 and its inverse.
    let scale = if large > 1e150 { DOWN } else { 1.0 };
    let scale = if large < 1e-150 { UP } else { scale };
    let unscale = if large > 1e150 { UP } else { 1.0 };
    let unscale = if large < 1e-150 { DOWN } else { unscale };
    let (a, b) = (x * scale, y * scale);
    let value = a.mul_add(a, b * b).sqrt() * unscale;
    if (x == f64::INFINITY) | (y == f64::INFINITY) { f64::INFINITY } else { value }
}
