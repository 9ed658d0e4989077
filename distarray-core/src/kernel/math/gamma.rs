//! The gamma function and the logarithm of its magnitude.
//!
//! Method: the argument is brought to 8 or more by the recurrence, the product of the factors being carried with its rounding
//! errors; there `log gamma y = (y - 1/2) log y - y + log(2 pi)/2 + S(1/y^2) / y` (Stirling), with the double-double
//! logarithm of [`super::double_log`]. Near 1 and 2, where it vanishes, `lgamma` has polynomials of its own. These
//! bodies are vectorised for positive arguments; negative ones go one by one by the reflection
//! `gamma(-a) gamma(a) = -pi / (a sin(pi a))`. There `lgamma` has further zeros, near which its error is at most 4 ulp of 1
//! and no longer of the value.
//!
//! Source: coefficients by the Remez exchange of `tests/tables/coefficients.py` (relative errors 2^-60.6, 2^-62.1, 2^-77.7).
//!
//! Largest error over 12,000 random arguments and `tests/tables/accuracy.txt`: gamma 3.31, lgamma 1.26 ulp.

use std::f64::consts::PI;

use super::double_log::log_of_normal;
use super::exponential::{exp_of_sum, scaled_exp_of_sum};
use super::polynomial::horner;
use super::sinc::sine_of_half_turns;

const STIRLING: [f64; 7] = [
    0.08333333333333333,
    -0.0027777777777740933,
    0.0007936507898321206,
    -0.0005952366063792507,
    0.0008414727909365889,
    -0.0018905370864182773,
    0.0050691946097594235,
];

const NEAR_ONE: [f64; 15] = [
    -0.5772156649015329,
    0.8224670334241132,
    -0.4006856343865314,
    0.2705808084277518,
    -0.2073855510286876,
    0.16955717702002868,
    -0.14404989677308347,
    0.1255096626427133,
    -0.11133426250816954,
    0.10010053111615232,
    -0.09095473535513647,
    0.08326433952559802,
    -0.07686186942565293,
    0.07521260916785866,
    -0.0699779262295099,
];

const NEAR_TWO: [f64; 15] = [
    0.42278433509846713,
    0.3224670334241132,
    -0.0673523010531981,
    0.020580808427784546,
    -0.007385551028673983,
    0.0028905103307418556,
    -0.0011927539117040603,
    0.0005096695246418337,
    -0.00022315475828836738,
    9.945752860967577e-05,
    -4.492625522162099e-05,
    2.050588796037648e-05,
    -9.43835136772009e-06,
    4.4312608070131824e-06,
    -2.0751352851635687e-06,
];

/// log(2 pi) / 2 and log pi, each in two parts.
const HALF_LOG_TWO_PI: (f64, f64) = (0.9189385332046728, -3.8782941580672414e-17);
const LOG_PI: (f64, f64) = (1.1447298858494002, 1.0265951162707826e-17);

/// Below, `gamma x` is `1/x` and `lgamma x` is `-log x`.
const TINY: f64 = 1e-17;

/// `x + y` and the rounding error of that.
#[inline(always)]
fn two_sum(x: f64, y: f64) -> (f64, f64) {
    let sum = x + y;
    let back = sum - x;
    (sum, (x - (sum - back)) + (y - back))
}

/// `(log gamma y, p)` with `gamma x = gamma y / p`, both as sums of two, for x >= 10^-17.
#[inline(always)]
fn stirling(x: f64) -> ((f64, f64), (f64, f64)) {
    let (mut product, mut product_low) = (1.0_f64, 0.0_f64);
    let (mut y, mut y_low) = (x, 0.0);
    let mut step = 0.0;
    while step < 8.0 {
        let (factor, factor_low) = two_sum(x, step);
        let (next, next_low) = two_sum(x, step + 1.0);
        let below = factor < 8.0;
        let wider = product * factor;
        let wider_low =
            product_low.mul_add(factor, product.mul_add(factor_low, product.mul_add(factor, -wider)));
        product = if below { wider } else { product };
        product_low = if below { wider_low } else { product_low };
        y = if below { next } else { y };
        y_low = if below { next_low } else { y_low };
        step += 1.0;
    }
    let (log, log_low) = log_of_normal(y, 0.0);
    let inverse = 1.0 / y;
    let series = inverse * horner(inverse * inverse, &STIRLING);
    // (y - 1/2) log y: the factor is exact but for huge y, where the half does not matter.
    let weight = y - 0.5;
    let main = weight * log;
    let main_low = weight.mul_add(log_low, weight.mul_add(log, -main));
    let (sum, sum_low) = two_sum(main, -y);
    let (high, high_low) = two_sum(sum, HALF_LOG_TWO_PI.0);
    let moved = y_low * inverse.mul_add(-0.5, log);
    let low = main_low + sum_low + high_low + (HALF_LOG_TWO_PI.1 + series + moved);
    ((high, low), (product, product_low))
}

/// Whether the vector body leaves `x` to [`gamma_of_rare`]: below 10^-17, or NaN.
#[inline(always)]
pub(super) fn is_rare(x: f64) -> bool {
    let ordinary = x >= TINY;
    !ordinary
}

/// The gamma function of x >= 10^-17.
#[inline(always)]
pub(super) fn gamma(x: f64) -> f64 {
    // From 171.7 on it is infinite.
    let ((high, low), (product, product_low)) = stirling(if x > 200.0 { 200.0 } else { x });
    let value = exp_of_sum(high, low) / product;
    let corrected = (-product_low / product).mul_add(value, value);
    if value < f64::INFINITY { corrected } else { value }
}

/// The gamma function of what [`is_rare`] names.
#[cold]
#[inline(never)]
pub(super) fn gamma_of_rare(x: f64) -> f64 {
    let absolute = x.abs();
    if absolute < TINY {
        return 1.0 / x;
    }
    let sine = sine_of_half_turns(absolute);
    // NaN of the negative whole numbers, of -infinity and of NaN.
    if sine == 0.0 || sine.is_nan() {
        return f64::NAN;
    }
    let ((high, low), (product, product_low)) = stirling(if absolute > 200.0 { 200.0 } else { absolute });
    let quotient = -PI / (absolute * sine);
    scaled_exp_of_sum(quotient * product + quotient * product_low, -high, -low)
}

/// Whether the vector body leaves `x` to [`lgamma_of_rare`]: below 10^-17, within 1/8 of 1 or of 2, or not finite.
#[inline(always)]
pub(super) fn is_rare_for_lgamma(x: f64) -> bool {
    let ordinary = (x >= TINY) & x.is_finite();
    let near = ((x - 1.0).abs() <= 0.125) | ((x - 2.0).abs() <= 0.125);
    !ordinary | near
}

/// `log |gamma x|` of finite x >= 10^-17, as a sum of two.
#[inline(always)]
fn sum_of_lgamma(x: f64) -> (f64, f64) {
    let ((high, low), (product, product_low)) = stirling(x);
    let (log, log_low) = log_of_normal(product, 0.0);
    let (sum, sum_low) = two_sum(high, -log);
    (sum, (low - log_low - product_low / product) + sum_low)
}

/// `log |gamma x|` of those x that are not rare.
#[inline(always)]
pub(super) fn lgamma(x: f64) -> f64 {
    let (high, low) = sum_of_lgamma(x);
    if high < f64::INFINITY { high + low } else { high }
}

/// `log |gamma x|` of what [`is_rare_for_lgamma`] names.
#[cold]
#[inline(never)]
pub(super) fn lgamma_of_rare(x: f64) -> f64 {
    let absolute = x.abs();
    if absolute < TINY {
        return -super::logarithm::log(absolute);
    }
    if absolute == f64::INFINITY {
        return f64::INFINITY;
    }
    if x > 0.0 {
        let (one, two) = (x - 1.0, x - 2.0);
        // Added to zero, which is not negative at 1.
        return if one < 0.5 {
            one.mul_add(horner(one, &NEAR_ONE), 0.0)
        } else {
            two * horner(two, &NEAR_TWO)
        };
    }
    let sine = sine_of_half_turns(absolute).abs();
    if sine == 0.0 {
        return f64::INFINITY;
    }
    let (high, low) = sum_of_lgamma(absolute);
    let (log, log_low) = log_of_normal(absolute * sine, 0.0);
    let (first, first_low) = two_sum(LOG_PI.0, -log);
    let (sum, sum_low) = two_sum(first, -high);
    sum + (LOG_PI.1 + first_low - log_low + sum_low - low)
}
