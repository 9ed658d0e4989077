//! `erf` and `erfc`.
//!
//! Method: `erf x = x + x P(x^2)` for |x| < 1. `erfc x = e^(-x^2) g(x)` for x >= 0, where `g` is entire and falls from 1 like
//! `1 / (x sqrt pi)`: polynomials of degree 14 on the pieces into which the exponent and the first two bits of the
//! significand of `1 + x` cut [0, 31); `x^2` is carried with its rounding error. `erfc(-x) = 2 - erfc x`.
//!
//! Source: coefficients by the Remez exchange of `tests/tables/coefficients.py` (relative errors 2^-62.7 and 2^-60.2).
//!
//! Largest error over 12,000 random arguments and `tests/tables/accuracy.txt`: erf 0.79, erfc 2.73 ulp.

use super::exponential::exp_of_sum;
use super::polynomial::horner;
use super::scaled_erfc::SCALED_ERFC;

const ERF: [f64; 13] = [
    0.1283791670955126,
    -0.3761263890318375,
    0.11283791670954857,
    -0.026866170645072907,
    0.005223977624780966,
    -0.0008548326978747861,
    0.00012055331037104174,
    -1.4925593511776227e-05,
    1.6460972895078708e-06,
    -1.6350026047766982e-07,
    1.4657885380424355e-08,
    -1.1365687331441142e-09,
    5.94529783560503e-11,
];

/// `erfc |x|`, right to the last bits of its smallest values.
#[inline(always)]
fn tail(absolute: f64) -> f64 {
    // From 27.3 on it is 0.
    let x = if absolute > 28.0 { 28.0 } else { absolute };
    let square = x * x;
    let lost = x.mul_add(x, -square);
    let bits = (1.0 + x).to_bits();
    // 1 has 1023 in front of these two bits; it is row 0.
    let row = ((bits >> 50).wrapping_sub(1023 << 2) as usize).min(SCALED_ERFC[0].len() - 1);
    // The middle of the piece, less 1; what is below the piece's bits is replaced by their half.
    let middle = f64::from_bits((bits & 0xfffc_0000_0000_0000) | 0x0002_0000_0000_0000) - 1.0;
    let z = x - middle;
    let mut value = SCALED_ERFC[14][row];
    let mut k = 14;
    while k > 0 {
        k -= 1;
        value = value.mul_add(z, SCALED_ERFC[k][row]);
    }
    exp_of_sum(-square, -lost) * value
}

/// The error function, `2 / sqrt(pi)` times the integral of `e^(-t^2)` from 0 to x.
#[inline(always)]
pub(super) fn erf(x: f64) -> f64 {
    let absolute = x.abs();
    let near = absolute.mul_add(horner(x * x, &ERF), absolute);
    (if absolute < 1.0 { near } else { 1.0 - tail(absolute) }).copysign(x)
}

/// `1 - erf x`, without cancellation.
#[inline(always)]
pub(super) fn erfc(x: f64) -> f64 {
    let value = tail(x.abs());
    if x < 0.0 { 2.0 - value } else { value }
}
