//! Special functions that distribution functions are made of.

use std::f64::consts::PI;

/// The logarithm of the gamma function, by Lanczos.
pub(crate) fn log_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (PI / (PI * x).sin()).ln() - log_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let sum = (1..9).fold(COEFFICIENTS[0], |sum, i| sum + COEFFICIENTS[i] / (x + i as f64));
    let t = x + 7.5;
    0.5 * (2.0 * PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// The regularised lower incomplete gamma function, by its series.
pub(crate) fn lower_gamma(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for n in 1..2000 {
        term *= x / (a + f64::from(n));
        sum += term;
        if term < sum * 1e-16 {
            break;
        }
    }
    (sum * (a * x.ln() - x - log_gamma(a)).exp()).min(1.0)
}

/// The regularised incomplete beta function, by its series in 1 - x or x.
pub(crate) fn lower_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - lower_beta(b, a, 1.0 - x);
    }
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for n in 0..5000 {
        let n = f64::from(n);
        term *= x * (a + b + n) / (a + 1.0 + n);
        sum += term;
        if term < sum * 1e-16 {
            break;
        }
    }
    let front = log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * x.ln() + b * (1.0 - x).ln();
    sum * front.exp()
}

pub(crate) fn normal(x: f64) -> f64 {
    let half = 0.5 * lower_gamma(0.5, 0.5 * x * x);
    if x < 0.0 { 0.5 - half } else { 0.5 + half }
}

/// The modified Bessel function of the second kind and of order 1, by its integral.
pub(crate) fn bessel_k1(z: f64) -> f64 {
    simpson(0.0, 12.0, 600, |t| (-z * t.cosh()).exp() * t.cosh())
}

/// An integral, by Simpson's rule on so many pairs of pieces.
pub(crate) fn simpson(from: f64, to: f64, pairs: usize, function: impl Fn(f64) -> f64) -> f64 {
    let step = (to - from) / (2 * pairs) as f64;
    let inner = (1..2 * pairs).map(|i| function(from + i as f64 * step) * if i % 2 == 1 { 4.0 } else { 2.0 });
    (function(from) + inner.sum::<f64>() + function(to)) * step / 3.0
}
