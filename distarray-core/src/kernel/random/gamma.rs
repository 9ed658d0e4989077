//! Gamma numbers, and those made of them: beta, chi-square, F, Student's t, and the inverse Gaussian.

use super::normal::normal;
use super::rejection::OfSource;
use super::source::Source;
use crate::kernel::math::{Exp, Function1, Log};

/// From this `d` on refusals are rarer than one in 2^40, and the rounding of what decides on them is more than that.
const NORMAL: f64 = 1_099_511_627_776.0;

/// Gamma numbers of scale 1.
#[derive(Clone, Copy)]
pub(super) struct Gamma {
    shape: f64,
    /// Of Marsaglia and Tsang.
    d: f64,
    c: f64,
}

impl Gamma {
    #[inline(always)]
    pub(super) fn new(shape: f64) -> Gamma {
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        Gamma { shape, d, c: 1.0 / (9.0 * d).sqrt() }
    }

    /// A number for the shape, or for one more if it is below 1.
    #[inline(always)]
    fn raised(&self, source: &mut Source<'_>) -> f64 {
        loop {
            let x = normal(source.word());
            let u = source.fraction();
            let root = 1.0 + self.c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let square = x * x;
            if u < 1.0 - 0.0331 * square * square
                || self.d >= NORMAL
                || Log::value(u) < 0.5 * square + self.d * (1.0 - v + Log::value(v))
            {
                return self.d * v;
            }
        }
    }

    #[inline(always)]
    pub(super) fn of(&self, source: &mut Source<'_>) -> f64 {
        let value = self.raised(source);
        if self.shape < 1.0 { value * Exp::value(Log::value(source.fraction()) / self.shape) } else { value }
    }

    /// The logarithm of a number, which may be so small that it vanishes itself.
    #[inline(always)]
    pub(super) fn log_of(&self, source: &mut Source<'_>) -> f64 {
        let log = Log::value(self.raised(source));
        if self.shape < 1.0 { log + Log::value(source.fraction()) / self.shape } else { log }
    }

    /// Words that most elements need.
    pub(super) fn words(&self) -> usize {
        if self.shape < 1.0 { 4 } else { 2 }
    }
}

/// Gamma numbers times a scale.
pub(super) struct Scaled(pub(super) Gamma, pub(super) f64);

impl OfSource for Scaled {
    type Value = f64;

    fn words(&self) -> usize {
        self.0.words()
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        self.1 * self.0.of(source)
    }
}

/// Beta numbers of parameters of which one is above 1: of two gamma numbers.
pub(super) struct Beta(pub(super) Gamma, pub(super) Gamma);

impl OfSource for Beta {
    type Value = f64;

    fn words(&self) -> usize {
        4
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        let first = self.0.of(source);
        let second = self.1.of(source);
        first / (first + second)
    }
}

/// Beta numbers of parameters up to 1.
///
/// # Source
/// M. D. Jöhnk, Metrika 8 (1964) 5-15; with logarithms where the powers vanish, as NumPy.
pub(super) struct SmallBeta(pub(super) f64, pub(super) f64);

impl OfSource for SmallBeta {
    type Value = f64;

    fn words(&self) -> usize {
        2
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        loop {
            let log_x = Log::value(source.fraction()) / self.0;
            let log_y = Log::value(source.fraction()) / self.1;
            let (x, y) = (Exp::value(log_x), Exp::value(log_y));
            let sum = x + y;
            if sum > 1.0 {
                continue;
            }
            if sum > 0.0 {
                return x / sum;
            }
            let largest = if log_x > log_y { log_x } else { log_y };
            let (x, y) = (Exp::value(log_x - largest), Exp::value(log_y - largest));
            return x / (x + y);
        }
    }
}

/// Below this shape numbers may vanish: they are about 2^-53 to the power of 1 / shape. Then logarithms are computed.
pub(super) const VANISHING: f64 = 0.1;

/// Quotients of gamma numbers of half the degrees of freedom, each over these.
pub(super) struct Quotient {
    above: Gamma,
    below: Gamma,
    factor: f64,
    /// The factor's logarithm, if numbers may vanish.
    log_factor: Option<f64>,
}

impl Quotient {
    pub(super) fn new(numerator: f64, denominator: f64) -> Quotient {
        let (above, below) = (Gamma::new(0.5 * numerator), Gamma::new(0.5 * denominator));
        let small = above.shape < VANISHING || below.shape < VANISHING;
        let log_factor = small.then(|| Log::value(denominator) - Log::value(numerator));
        Quotient { above, below, factor: denominator / numerator, log_factor }
    }
}

impl OfSource for Quotient {
    type Value = f64;

    fn words(&self) -> usize {
        4
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        if let Some(log_factor) = self.log_factor {
            let above = self.above.log_of(source);
            let below = self.below.log_of(source);
            return Exp::value(log_factor + (above - below));
        }
        let above = self.above.of(source);
        let below = self.below.of(source);
        self.factor * above / below
    }
}

/// Student's t: gamma numbers of half the degrees of freedom.
pub(super) struct StudentT(pub(super) Gamma, pub(super) f64);

impl OfSource for StudentT {
    type Value = f64;

    fn words(&self) -> usize {
        4
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        let z = normal(source.word());
        z * (0.5 * self.1 / self.0.of(source)).sqrt()
    }
}

/// Inverse Gaussian numbers of a mean and a scale.
pub(super) struct Wald(pub(super) f64, pub(super) f64);

impl OfSource for Wald {
    type Value = f64;

    fn words(&self) -> usize {
        2
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        let Wald(mean, scale) = *self;
        let z = normal(source.word());
        let u = source.fraction();
        // The smaller root of the quadratic, in a form without cancellation.
        let y = mean * z * z;
        let sum = y + (y * (y + 4.0 * scale)).sqrt();
        let smaller = if y == 0.0 { mean } else { mean * (4.0 * scale * y / (sum * sum)) };
        if u * (mean + smaller) <= mean { smaller } else { mean * (mean / smaller) }
    }
}
