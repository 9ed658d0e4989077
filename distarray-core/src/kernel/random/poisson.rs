//! Poisson numbers, and negative binomial numbers made of them.
//!
//! # Source
//! W. Hörmann, "The transformed rejection method for generating Poisson random variables", Insurance: Mathematics and
//! Economics 12 (1993) 39-45, algorithm PTRS.

use super::count::{inverted, whole};
use super::gamma::Gamma;
use super::rejection::OfSource;
use super::source::Source;
use super::stirling::log_poisson;
use crate::kernel::math::{Exp, Function1, Log};

/// From this mean on by rejection.
const LARGE: f64 = 10.0;

/// Poisson numbers of one mean.
pub(super) struct Poisson {
    mean: f64,
    /// The probability of 0, for small means.
    none: f64,
    /// Of PTRS, for large ones.
    a: f64,
    b: f64,
    log_inverse_alpha: f64,
    v_r: f64,
}

impl Poisson {
    #[inline(always)]
    pub(super) fn new(mean: f64) -> Poisson {
        let b = 0.931 + 2.53 * mean.sqrt();
        Poisson {
            mean,
            none: Exp::value(-mean),
            a: -0.059 + 0.02483 * b,
            b,
            log_inverse_alpha: Log::value(1.1239 + 1.1328 / (b - 3.4)),
            v_r: 0.9277 - 3.6224 / (b - 2.0),
        }
    }

    #[inline(always)]
    fn small(&self, u: f64) -> f64 {
        inverted(u, self.none, self.mean, f64::INFINITY, |k| self.mean / k)
    }

    #[inline(always)]
    fn large(&self, source: &mut Source<'_>) -> f64 {
        loop {
            let u = source.fraction() - 0.5;
            let v = source.fraction();
            let us = 0.5 - u.abs();
            let k = ((2.0 * self.a / us + self.b) * u + self.mean + 0.43).floor();
            if us >= 0.07 && v <= self.v_r {
                return k;
            }
            if k < 0.0 || (us < 0.013 && v > us) {
                continue;
            }
            let density = Log::value(v) + self.log_inverse_alpha - Log::value(self.a / (us * us) + self.b);
            if density <= log_poisson(self.mean, k) {
                return k;
            }
        }
    }
}

impl Poisson {
    /// A number as a float, which may be larger than an integer.
    #[inline(always)]
    pub(super) fn float(&self, source: &mut Source<'_>) -> f64 {
        if self.mean < LARGE { self.small(source.fraction()) } else { self.large(source) }
    }
}

impl OfSource for Poisson {
    type Value = i64;

    fn words(&self) -> usize {
        if self.mean < LARGE { 1 } else { 2 }
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> i64 {
        whole(self.float(source))
    }
}

/// Failures before the given number of successes: Poisson numbers whose mean is gamma distributed.
pub(super) struct NegativeBinomial {
    mean: Gamma,
    /// The chance of failure over that of success.
    odds: f64,
}

impl NegativeBinomial {
    pub(super) fn new(successes: f64, probability: f64) -> NegativeBinomial {
        NegativeBinomial { mean: Gamma::new(successes), odds: (1.0 - probability) / probability }
    }
}

impl OfSource for NegativeBinomial {
    type Value = i64;

    fn words(&self) -> usize {
        4
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> i64 {
        let mean = self.odds * self.mean.of(source);
        Poisson::new(mean).of(source)
    }
}
