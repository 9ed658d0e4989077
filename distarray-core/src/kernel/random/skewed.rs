//! Floats made of normal numbers and others: skew normal, normal inverse Gaussian, noncentral chi-square and F, PERT.

use std::f64::consts::LN_2;

use super::chacha::Key;
use super::gamma::{Gamma, VANISHING};
use super::normal::{normal, normals};
use super::poisson::Poisson;
use super::rejection::OfSource;
use super::source::Source;
use super::tile::Draw;
use crate::kernel::math::{Exp, Function1, Log};

/// Skew normal numbers of a location, a scale, and of weights of a normal number's size and of another normal number.
pub(super) struct SkewNormal {
    location: f64,
    scale: f64,
    skewed: f64,
    even: f64,
}

impl SkewNormal {
    pub(super) fn new(location: f64, scale: f64, skewness: f64) -> SkewNormal {
        // The square of what is larger might overflow, and adds nothing.
        let length = if skewness.abs() < 1e9 { (1.0 + skewness * skewness).sqrt() } else { skewness.abs() };
        SkewNormal { location, scale, skewed: skewness / length, even: 1.0 / length }
    }
}

/// Elements that are computed at a time.
const CHUNK: usize = 128;

impl Draw for SkewNormal {
    type Value = f64;
    const USES_INDICES: bool = false;

    fn words(&self) -> usize {
        2
    }

    fn values(&self, words: &[u64], _: &[u64], _: &Key, output: &mut [f64]) {
        let mut pairs = [0.0; 2 * CHUNK];
        for (words, output) in words.chunks(2 * CHUNK).zip(output.chunks_mut(CHUNK)) {
            normals(words, &mut pairs);
            skew(self, &pairs, output);
        }
    }
}

crate::multiversion! {
    fn skew(parameters: &SkewNormal, pairs: &[f64], output: &mut [f64]) {
        for (pair, value) in pairs.as_chunks::<2>().0.iter().zip(output) {
            // Scaled last: two infinities might have different signs.
            let standard = parameters.skewed * pair[0].abs() + parameters.even * pair[1];
            *value = parameters.location + parameters.scale * standard;
        }
    }
}

/// Normal numbers whose variance is inverse Gaussian, of mean 1 / `gamma` and scale 1, and whose mean is `beta` times it.
pub(super) struct NormalInverseGaussian {
    beta: f64,
    gamma: f64,
}

impl NormalInverseGaussian {
    pub(super) fn new(alpha: f64, beta: f64) -> NormalInverseGaussian {
        NormalInverseGaussian { beta, gamma: (alpha - beta).sqrt() * (alpha + beta).sqrt() }
    }
}

impl OfSource for NormalInverseGaussian {
    type Value = f64;

    fn words(&self) -> usize {
        4
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        let first = normal(source.word());
        let u = source.fraction();
        let second = normal(source.word());
        // As `Wald`, for scale 1 and with the mean divided out.
        let sum = first.abs() + (first * first + 4.0 * self.gamma).sqrt();
        let smaller = 4.0 / (sum * sum);
        let of_mean = smaller * self.gamma;
        let variance = if u * (1.0 + of_mean) <= 1.0 { smaller } else { (1.0 / self.gamma) / of_mean };
        self.beta * variance + variance.sqrt() * second
    }
}

/// Beta numbers of parameters from 1 on, between two ends.
pub(super) struct Pert {
    left: f64,
    right: f64,
    rising: Gamma,
    falling: Gamma,
}

impl Pert {
    pub(super) fn new(left: f64, mode: f64, right: f64, shape: f64) -> Pert {
        let width = right - left;
        let (rising, falling) = ((mode - left) / width, (right - mode) / width);
        let gamma = |share: f64| Gamma::new(1.0 + shape * share);
        Pert { left, right, rising: gamma(rising), falling: gamma(falling) }
    }
}

impl OfSource for Pert {
    type Value = f64;

    fn words(&self) -> usize {
        4
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        let rising = self.rising.of(source);
        let falling = self.falling.of(source);
        let value = self.left + (self.right - self.left) * (rising / (rising + falling));
        if value < self.right { value } else { self.right }
    }
}

/// Sums of squares of normal numbers of which one has another mean: that squared is the noncentrality.
pub(super) struct NoncentralChiSquare {
    freedom: f64,
    /// Of half the other degrees of freedom, from one degree on.
    others: Option<Gamma>,
    shift: f64,
    /// How many pairs of degrees are added below one.
    pairs: Poisson,
}

impl NoncentralChiSquare {
    pub(super) fn new(freedom: f64, noncentrality: f64) -> NoncentralChiSquare {
        NoncentralChiSquare {
            freedom,
            others: (freedom > 1.0).then(|| Gamma::new(0.5 * (freedom - 1.0))),
            shift: noncentrality.sqrt(),
            pairs: Poisson::new(0.5 * noncentrality),
        }
    }
}

impl OfSource for NoncentralChiSquare {
    type Value = f64;

    fn words(&self) -> usize {
        4
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        if self.freedom < 1.0 {
            let pairs = self.pairs.float(source);
            return 2.0 * Gamma::new(0.5 * self.freedom + pairs).of(source);
        }
        let root = normal(source.word()) + self.shift;
        let others = self.others.map_or(0.0, |others| 2.0 * others.of(source));
        others + root * root
    }
}

impl NoncentralChiSquare {
    /// The logarithm of a number, which may be so small that it is no float.
    #[inline(always)]
    fn log_of(&self, source: &mut Source<'_>) -> f64 {
        if self.freedom < 1.0 {
            let pairs = self.pairs.float(source);
            return LN_2 + Gamma::new(0.5 * self.freedom + pairs).log_of(source);
        }
        Log::value(self.of(source))
    }
}

/// Quotients of noncentral chi-square and chi-square numbers, each over its degrees of freedom.
pub(super) struct NoncentralF {
    above: NoncentralChiSquare,
    below: Gamma,
    factor: f64,
    /// The factor's logarithm, if numbers may vanish.
    log_factor: Option<f64>,
}

impl NoncentralF {
    pub(super) fn new(numerator: f64, denominator: f64, noncentrality: f64) -> NoncentralF {
        let small = 0.5 * numerator < VANISHING || 0.5 * denominator < VANISHING;
        NoncentralF {
            log_factor: small.then(|| Log::value(0.5 * denominator) - Log::value(numerator)),
            above: NoncentralChiSquare::new(numerator, noncentrality),
            below: Gamma::new(0.5 * denominator),
            factor: 0.5 * (denominator / numerator),
        }
    }
}

impl OfSource for NoncentralF {
    type Value = f64;

    fn words(&self) -> usize {
        8
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        if let Some(log_factor) = self.log_factor {
            let above = self.above.log_of(source);
            return Exp::value(log_factor + (above - self.below.log_of(source)));
        }
        let above = self.above.of(source);
        let below = self.below.of(source);
        self.factor * (above / below)
    }
}
