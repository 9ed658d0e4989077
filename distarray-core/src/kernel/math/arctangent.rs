//! `arctan2`, and `arctan`, `arcsin`, `arccos` by it.
//!
//! Method: with the smaller and the larger of |y| and |x|, `t = small / large`, or `(small - large) / (small + large)`
//! beyond tan(pi/8); `atan t = t + t^3 A(t^2)`, |t| <= tan(pi/8); a multiple of pi/4 in two parts is added, and the
//! signs give the quadrant.
//!
//! Source: coefficients by the Remez exchange of `tests/tables/coefficients.py` (relative error 2^-59.4).
//!
//! Largest error over 180,000 random arguments and `tests/tables/accuracy.txt`: arctan2 1.52, arctan 1.40, arcsin 1.94, arccos 2.19 ulp.

use std::f64::consts::FRAC_PI_4;

use super::polynomial::horner;

const ATAN: [f64; 11] = [
    -0.333333333333332,
    0.19999999999953263,
    -0.14285714280167974,
    0.11111110782221695,
    -0.09090897727061531,
    0.07692059747839139,
    -0.06663099530856915,
    0.05847861530602576,
    -0.05039200096220352,
    0.03806237403501211,
    -0.017905284344190194,
];

const QUARTER_PI_LOW: f64 = 3.061_616_997_868_383e-17;

/// The angle of the point (x, y), in [-pi, pi]; all special cases as C's `atan2`.
#[inline(always)]
pub(super) fn arctan2(y: f64, x: f64) -> f64 {
    let (above, beside) = (y.abs(), x.abs());
    let steep = above > beside;
    let large = if steep { above } else { beside };
    let small = if steep { beside } else { above };
    // Near the largest numbers the sum would overflow; a quotient that this loses is 0 anyway.
    const SHRINK: f64 = 1.0 / 18_446_744_073_709_551_616.0;
    let factor = if large > 1e300 { SHRINK } else { 1.0 };
    let (large, small) = (large * factor, small * factor);
    // Equal ones, zeros and infinities among them, have t = 0.
    let equal = small == large;
    let beyond = small > large * 0.414_213_562_373_095_03;
    let numerator = if beyond { small - large } else { small };
    let denominator = if beyond { small + large } else { large };
    let t = numerator / denominator;
    let t = if equal { 0.0 } else { t };
    // The angle is eighths * pi/4 +- atan t.
    let eighths = if (beyond | equal) & (large > 0.0) { 1.0 } else { 0.0 };
    let eighths = if steep { 2.0 - eighths } else { eighths };
    let t = if steep { -t } else { t };
    let behind = x.is_sign_negative();
    let eighths = if behind { 4.0 - eighths } else { eighths };
    let t = if behind { -t } else { t };
    let high = eighths * FRAC_PI_4;
    let low = eighths.mul_add(QUARTER_PI_LOW, eighths.mul_add(FRAC_PI_4, -high));
    let z = t * t;
    let angle = high + (t + (t * z).mul_add(horner(z, &ATAN), low));
    let angle = angle.copysign(y);
    if x.is_nan() | y.is_nan() { x + y } else { angle }
}

/// The angle whose tangent is `x`.
#[inline(always)]
pub(super) fn arctan(x: f64) -> f64 {
    arctan2(x, 1.0)
}

/// `sqrt(1 - x^2)`; NaN beyond [-1, 1].
#[inline(always)]
fn other_leg(x: f64) -> f64 {
    ((1.0 - x) * (1.0 + x)).sqrt()
}

/// The angle whose sine is `x`; NaN beyond [-1, 1].
#[inline(always)]
pub(super) fn arcsin(x: f64) -> f64 {
    arctan2(x, other_leg(x))
}

/// The angle whose cosine is `x`; NaN beyond [-1, 1].
#[inline(always)]
pub(super) fn arccos(x: f64) -> f64 {
    arctan2(other_leg(x), x)
}
