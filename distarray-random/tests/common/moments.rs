//! Means and variances, as textbooks have them.

use std::f64::consts::PI;

use distarray_random::Variate;

use super::functions::log_gamma;

/// Mean and variance, where there are any.
pub(crate) fn moments(variate: &Variate) -> Option<(f64, f64)> {
    let gamma = |x: f64| log_gamma(x).exp();
    let beta = |a: f64, b: f64| (a / (a + b), a * b / ((a + b).powi(2) * (a + b + 1.0)));
    let both = match *variate {
        Variate::Uniform { low, high } => (0.5 * (low + high), (high - low).powi(2) / 12.0),
        Variate::Normal { mean, deviation } => (mean, deviation.powi(2)),
        Variate::LogNormal { mean, deviation } => {
            let square = deviation.powi(2);
            ((mean + 0.5 * square).exp(), (square.exp() - 1.0) * (2.0 * mean + square).exp())
        }
        Variate::Exponential { scale } => (scale, scale.powi(2)),
        Variate::Laplace { location, scale } => (location, 2.0 * scale.powi(2)),
        Variate::Logistic { location, scale } => (location, (PI * scale).powi(2) / 3.0),
        Variate::Gumbel { location, scale } => {
            (location + 0.577_215_664_901_532_9 * scale, (PI * scale).powi(2) / 6.0)
        }
        Variate::Weibull { shape_parameter: a, scale } => {
            let (first, second) = (gamma(1.0 + 1.0 / a), gamma(1.0 + 2.0 / a));
            (scale * first, scale.powi(2) * (second - first * first))
        }
        Variate::Pareto { shape_parameter: a } => (1.0 / (a - 1.0), a / ((a - 1.0).powi(2) * (a - 2.0))),
        Variate::Power { shape_parameter: a } => (a / (a + 1.0), a / ((a + 1.0).powi(2) * (a + 2.0))),
        Variate::Rayleigh { scale } => (scale * (0.5 * PI).sqrt(), 0.5 * (4.0 - PI) * scale.powi(2)),
        Variate::Triangular { left: l, mode: m, right: r } => {
            ((l + m + r) / 3.0, (l * l + m * m + r * r - l * m - l * r - m * r) / 18.0)
        }
        Variate::Gamma { shape_parameter, scale } => {
            (shape_parameter * scale, shape_parameter * scale.powi(2))
        }
        Variate::Beta { alpha, beta: other } => beta(alpha, other),
        Variate::ChiSquare { freedom } => (freedom, 2.0 * freedom),
        Variate::FisherF { numerator, denominator } => noncentral_f(numerator, denominator, 0.0),
        Variate::StudentT { freedom } => (0.0, freedom / (freedom - 2.0)),
        Variate::Wald { mean, scale } => (mean, mean.powi(3) / scale),
        Variate::Frechet { location, shape_parameter: a, scale } => {
            let (first, second) = (gamma(1.0 - 1.0 / a), gamma(1.0 - 2.0 / a));
            (location + scale * first, scale.powi(2) * (second - first * first))
        }
        Variate::SkewNormal { location, scale, skewness } => {
            let delta = skewness / (1.0 + skewness * skewness).sqrt();
            (location + scale * delta * (2.0 / PI).sqrt(), scale.powi(2) * (1.0 - 2.0 * delta * delta / PI))
        }
        Variate::NormalInverseGaussian { alpha, beta } => {
            let gamma = (alpha * alpha - beta * beta).sqrt();
            (beta / gamma, alpha * alpha / gamma.powi(3))
        }
        Variate::Pert { left, mode, right, shape_parameter } => {
            let width = right - left;
            let (rising, falling) = ((mode - left) / width, (right - mode) / width);
            let (mean, variance) = beta(1.0 + shape_parameter * rising, 1.0 + shape_parameter * falling);
            (left + width * mean, width.powi(2) * variance)
        }
        Variate::NoncentralChiSquare { freedom, noncentrality } => {
            (freedom + noncentrality, 2.0 * (freedom + 2.0 * noncentrality))
        }
        Variate::NoncentralF { numerator, denominator, noncentrality } => {
            noncentral_f(numerator, denominator, noncentrality)
        }
        Variate::Bernoulli { probability: p } => (p, p * (1.0 - p)),
        Variate::Geometric { probability: p } => (1.0 / p, (1.0 - p) / (p * p)),
        Variate::Poisson { mean } => (mean, mean),
        Variate::Binomial { trials, probability: p } => (trials as f64 * p, trials as f64 * p * (1.0 - p)),
        Variate::NegativeBinomial { successes, probability: p } => {
            (successes * (1.0 - p) / p, successes * (1.0 - p) / (p * p))
        }
        Variate::Hypergeometric { good, bad, sample } => {
            let (all, share, sample) =
                ((good + bad) as f64, good as f64 / (good + bad) as f64, sample as f64);
            (sample * share, sample * share * (1.0 - share) * ((all - sample) / (all - 1.0)))
        }
        Variate::Zipf { size, exponent } => {
            let sum = |power: f64| (1..=size).map(|k| (k as f64).powf(power - exponent)).sum::<f64>();
            let (first, second) = (sum(1.0) / sum(0.0), sum(2.0) / sum(0.0));
            (first, second - first * first)
        }
        Variate::LogSeries { probability: p } => {
            let log = (1.0 - p).ln();
            (-p / ((1.0 - p) * log), -p * (p + log) / ((1.0 - p) * log).powi(2))
        }
        // None, or none that 200,000 numbers show: Cauchy, zeta; angles, which wrap.
        _ => return None,
    };
    Some(both)
}

/// Those of which the sample's variance has one itself that is worth its name.
pub(crate) fn is_light(variate: &Variate) -> bool {
    !matches!(
        variate,
        Variate::Pareto { .. }
            | Variate::FisherF { .. }
            | Variate::StudentT { .. }
            | Variate::Frechet { .. }
            | Variate::NoncentralF { .. }
    )
}

fn noncentral_f(n: f64, d: f64, noncentrality: f64) -> (f64, f64) {
    let (sum, twice) = (n + noncentrality, n + 2.0 * noncentrality);
    let variance = 2.0 * (d / n).powi(2) * (sum * sum + twice * (d - 2.0)) / ((d - 2.0).powi(2) * (d - 4.0));
    (d * sum / (n * (d - 2.0)), variance)
}
