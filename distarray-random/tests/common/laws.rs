//! Distribution functions of floats and probabilities of counts, as textbooks have them.

use std::f64::consts::PI;

use distarray_random::Variate;

use super::functions::{bessel_k1, log_gamma, lower_beta, lower_gamma, normal, simpson};

/// The distribution function of a float, by a table if it has a density only.
pub(crate) fn law(variate: Variate) -> Box<dyn Fn(f64) -> f64> {
    const CELLS: usize = 6000;
    let (low, high) = match variate {
        Variate::VonMises { concentration, .. } if concentration < 1e6 => (-PI, PI),
        Variate::SkewNormal { location, scale, .. } => (location - 12.0 * scale, location + 12.0 * scale),
        Variate::NormalInverseGaussian { .. } => (-20.0, 40.0),
        _ => return Box::new(move |x| distribution(&variate, x)),
    };
    let width = (high - low) / CELLS as f64;
    let mut table = vec![0.0];
    for cell in 0..CELLS {
        let from = low + cell as f64 * width;
        table.push(table[cell] + simpson(from, from + width, 1, |x| density(&variate, x)));
    }
    let all = table[CELLS];
    #[expect(clippy::cast_possible_truncation, reason = "the number of a cell")]
    Box::new(move |x| {
        let place = ((x - low) / width).clamp(0.0, CELLS as f64 - 1e-6);
        let cell = place.floor();
        let (before, after) = (table[cell as usize], table[cell as usize + 1]);
        (before + (place - cell) * (after - before)) / all
    })
}

/// The distribution function of a float.
fn distribution(variate: &Variate, x: f64) -> f64 {
    match *variate {
        Variate::Uniform { low, high } => (x - low) / (high - low),
        Variate::Normal { mean, deviation } => normal((x - mean) / deviation),
        Variate::LogNormal { mean, deviation } => normal((x.ln() - mean) / deviation),
        Variate::Exponential { scale } => 1.0 - (-x / scale).exp(),
        Variate::Cauchy { location, scale } => 0.5 + ((x - location) / scale).atan() / PI,
        Variate::Laplace { location, scale } => {
            let half = 0.5 * (-((x - location) / scale).abs()).exp();
            if x < location { half } else { 1.0 - half }
        }
        Variate::Logistic { location, scale } => 1.0 / (1.0 + (-(x - location) / scale).exp()),
        Variate::Gumbel { location, scale } => (-(-(x - location) / scale).exp()).exp(),
        Variate::Weibull { shape_parameter, scale } => 1.0 - (-(x / scale).powf(shape_parameter)).exp(),
        Variate::Pareto { shape_parameter } => 1.0 - (1.0 + x).powf(-shape_parameter),
        Variate::Power { shape_parameter } => x.powf(shape_parameter),
        Variate::Rayleigh { scale } => 1.0 - (-0.5 * (x / scale).powi(2)).exp(),
        Variate::Triangular { left, mode, right } if x < mode => {
            (x - left).powi(2) / ((right - left) * (mode - left))
        }
        Variate::Triangular { left, mode, right } => {
            1.0 - (right - x).powi(2) / ((right - left) * (right - mode))
        }
        Variate::Gamma { shape_parameter, scale } => lower_gamma(shape_parameter, x / scale),
        Variate::Beta { alpha, beta } => lower_beta(alpha, beta, x),
        Variate::ChiSquare { freedom } => lower_gamma(0.5 * freedom, 0.5 * x),
        Variate::FisherF { numerator, denominator } => {
            lower_beta(0.5 * numerator, 0.5 * denominator, numerator * x / (numerator * x + denominator))
        }
        Variate::StudentT { freedom } => {
            let half = 0.5 * lower_beta(0.5, 0.5 * freedom, x * x / (freedom + x * x));
            if x < 0.0 { 0.5 - half } else { 0.5 + half }
        }
        Variate::Wald { mean, scale } => {
            let root = (scale / x).sqrt();
            normal(root * (x / mean - 1.0)) + (2.0 * scale / mean).exp() * normal(-root * (x / mean + 1.0))
        }
        Variate::Frechet { location, shape_parameter, scale } => {
            (-((x - location) / scale).powf(-shape_parameter)).exp()
        }
        Variate::Pert { left, mode, right, shape_parameter } => {
            let (alpha, beta) = pert(left, mode, right, shape_parameter);
            lower_beta(alpha, beta, (x - left) / (right - left))
        }
        // So narrow that these are normal.
        Variate::VonMises { mean, concentration } if concentration > 1e6 => {
            normal((x - mean) * concentration.sqrt())
        }
        Variate::NoncentralChiSquare { freedom, noncentrality } => {
            mixture(noncentrality, |pairs| lower_gamma(0.5 * freedom + pairs, 0.5 * x))
        }
        Variate::NoncentralF { numerator, denominator, noncentrality } => {
            let share = numerator * x / (numerator * x + denominator);
            mixture(noncentrality, |pairs| lower_beta(0.5 * numerator + pairs, 0.5 * denominator, share))
        }
        _ => unreachable!("counts have probabilities, and others a density only"),
    }
}

fn density(variate: &Variate, x: f64) -> f64 {
    match *variate {
        Variate::SkewNormal { location, scale, skewness } => {
            let y = (x - location) / scale;
            2.0 / scale * (-0.5 * y * y).exp() / (2.0 * PI).sqrt() * normal(skewness * y)
        }
        Variate::NormalInverseGaussian { alpha, beta } => {
            let (gamma, root) = ((alpha * alpha - beta * beta).sqrt(), (1.0 + x * x).sqrt());
            alpha / (PI * root) * bessel_k1(alpha * root) * (gamma + beta * x).exp()
        }
        Variate::VonMises { mean, concentration } => {
            // But for a factor, which the table finds.
            (concentration * (x - mean).cos()).exp()
        }
        _ => unreachable!("counts have probabilities"),
    }
}

/// The parameters of PERT's beta distribution.
fn pert(left: f64, mode: f64, right: f64, shape: f64) -> (f64, f64) {
    let width = right - left;
    (1.0 + shape * (mode - left) / width, 1.0 + shape * (right - mode) / width)
}

/// The mean of `function` of a Poisson number of half the noncentrality.
fn mixture(noncentrality: f64, function: impl Fn(f64) -> f64) -> f64 {
    let mean = 0.5 * noncentrality;
    let weight = |k: f64| (k * mean.ln() - mean - log_gamma(k + 1.0)).exp();
    (0..40).map(|k| weight(f64::from(k)) * function(f64::from(k))).sum()
}

/// The probability of a count.
pub(crate) fn probability(variate: &Variate, k: f64) -> f64 {
    match *variate {
        Variate::Geometric { probability } => {
            if k < 1.0 {
                return 0.0;
            }
            (1.0 - probability).powf(k - 1.0) * probability
        }
        Variate::Poisson { mean } => (k * mean.ln() - mean - log_gamma(k + 1.0)).exp(),
        Variate::Binomial { trials, probability } => {
            let n = trials as f64;
            if k > n {
                return 0.0;
            }
            let ways = log_gamma(n + 1.0) - log_gamma(k + 1.0) - log_gamma(n - k + 1.0);
            (ways + k * probability.ln() + (n - k) * (1.0 - probability).ln()).exp()
        }
        Variate::NegativeBinomial { successes, probability } => {
            let ways = log_gamma(successes + k) - log_gamma(k + 1.0) - log_gamma(successes);
            (ways + successes * probability.ln() + k * (1.0 - probability).ln()).exp()
        }
        Variate::Hypergeometric { good, bad, sample } => {
            let (good, bad, sample) = (good as f64, bad as f64, sample as f64);
            if k > good || k > sample || sample - k > bad {
                return 0.0;
            }
            (log_ways(good, k) + log_ways(bad, sample - k) - log_ways(good + bad, sample)).exp()
        }
        Variate::Zipf { size, exponent } => {
            let all: f64 = (1..=size).map(|k| (k as f64).powf(-exponent)).sum();
            if k < 1.0 || k > size as f64 { 0.0 } else { k.powf(-exponent) / all }
        }
        Variate::Zeta { exponent } => {
            let all: f64 = (1..2000).map(|k| f64::from(k).powf(-exponent)).sum();
            let rest = 1999.5_f64.powf(1.0 - exponent) / (exponent - 1.0);
            if k < 1.0 { 0.0 } else { k.powf(-exponent) / (all + rest) }
        }
        Variate::LogSeries { probability } => {
            if k < 1.0 {
                0.0
            } else {
                -probability.powf(k) / (k * (1.0 - probability).ln())
            }
        }
        _ => unreachable!("floats have distribution functions"),
    }
}

/// The logarithm of the number of ways to choose.
fn log_ways(n: f64, k: f64) -> f64 {
    log_gamma(n + 1.0) - log_gamma(k + 1.0) - log_gamma(n - k + 1.0)
}
