//! Floats that are a function of one word: the inverses of distribution functions.

use std::f64::consts::PI;

use super::chacha::Key;
use super::normal::normals;
use super::source::{fraction, open_fraction};
use super::tile::Draw;
use crate::kernel::math::{Exp, Expm1, Function1, Log, Tan};

/// A function of one word, in the same operations for every word, so that it vectorises.
pub(super) trait OfWord {
    fn of(&self, word: u64) -> f64;
}

/// [`OfWord`] as a draw.
pub(super) struct Inverse<F>(pub(super) F);

impl<F: OfWord> Draw for Inverse<F> {
    type Value = f64;
    const USES_INDICES: bool = false;

    fn words(&self) -> usize {
        1
    }

    fn values(&self, words: &[u64], _: &[u64], _: &Key, output: &mut [f64]) {
        each(&self.0, words, output);
    }
}

crate::multiversion! {
    fn each<F: OfWord>(function: &F, words: &[u64], output: &mut [f64]) {
        for (word, value) in words.iter().zip(output) {
            *value = function.of(*word);
        }
    }

    fn scale(mean: f64, deviation: f64, values: &mut [f64]) {
        for value in values {
            *value = mean + deviation * *value;
        }
    }

    fn exponential(values: &mut [f64]) {
        for value in values {
            *value = Exp::body(*value);
        }
    }
}

/// Uniform numbers from `low` on.
pub(super) struct Uniform {
    pub(super) low: f64,
    pub(super) width: f64,
    /// The largest value of the dtype below the upper end.
    pub(super) limit: f64,
}

impl OfWord for Uniform {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        let value = self.low + self.width * fraction(word);
        if value < self.limit { value } else { self.limit }
    }
}

/// Normal numbers, or their exponentials.
pub(super) struct Normal {
    pub(super) mean: f64,
    pub(super) deviation: f64,
    pub(super) exponential: bool,
}

impl Draw for Normal {
    type Value = f64;
    const USES_INDICES: bool = false;

    fn words(&self) -> usize {
        1
    }

    fn values(&self, words: &[u64], _: &[u64], _: &Key, output: &mut [f64]) {
        normals(words, output);
        // Standard numbers are never 0, so that nothing is changed by what is left out.
        if self.mean != 0.0 || self.deviation != 1.0 {
            scale(self.mean, self.deviation, output);
        }
        if self.exponential {
            exponential(output);
        }
    }
}

/// Those with a scale.
pub(super) struct Exponential(pub(super) f64);

impl OfWord for Exponential {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        -self.0 * Log::body(open_fraction(word))
    }
}

/// Those with a scale.
pub(super) struct Rayleigh(pub(super) f64);

impl OfWord for Rayleigh {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        self.0 * (-2.0 * Log::body(open_fraction(word))).sqrt()
    }
}

/// Those with a location and a scale.
pub(super) struct Cauchy(pub(super) f64, pub(super) f64);

impl OfWord for Cauchy {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        self.0 + self.1 * Tan::body(PI * (open_fraction(word) - 0.5))
    }
}

/// Those with a location and a scale.
pub(super) struct Laplace(pub(super) f64, pub(super) f64);

impl OfWord for Laplace {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        let u = open_fraction(word);
        let smaller = if u < 0.5 { u } else { 1.0 - u };
        let distance = self.1 * Log::body(2.0 * smaller);
        if u < 0.5 { self.0 + distance } else { self.0 - distance }
    }
}

/// Those with a location and a scale.
pub(super) struct Logistic(pub(super) f64, pub(super) f64);

impl OfWord for Logistic {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        let u = open_fraction(word);
        self.0 + self.1 * Log::body(u / (1.0 - u))
    }
}

/// Those with a location and a scale.
pub(super) struct Gumbel(pub(super) f64, pub(super) f64);

impl OfWord for Gumbel {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        self.0 - self.1 * Log::body(-Log::body(open_fraction(word)))
    }
}

/// Those with a shape and a scale.
pub(super) struct Weibull(pub(super) f64, pub(super) f64);

impl OfWord for Weibull {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        let power = Exp::body(Log::body(-Log::body(open_fraction(word))) / self.0);
        // Powers may be infinite.
        if self.1 == 0.0 { 0.0 } else { self.1 * power }
    }
}

/// Those with a location, a shape and a scale.
pub(super) struct Frechet(pub(super) f64, pub(super) f64, pub(super) f64);

impl OfWord for Frechet {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        let power = Exp::body(-Log::body(-Log::body(open_fraction(word))) / self.1);
        // Powers may be infinite.
        if self.2 == 0.0 { self.0 } else { self.0 + self.2 * power }
    }
}

/// Those with a shape.
pub(super) struct Pareto(pub(super) f64);

impl OfWord for Pareto {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        Expm1::body(-Log::body(open_fraction(word)) / self.0)
    }
}

/// Those with a shape.
pub(super) struct Power(pub(super) f64);

impl OfWord for Power {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        Exp::body(Log::body(open_fraction(word)) / self.0)
    }
}

/// Left end, mode and right end.
pub(super) struct Triangular(pub(super) f64, pub(super) f64, pub(super) f64);

impl OfWord for Triangular {
    #[inline(always)]
    fn of(&self, word: u64) -> f64 {
        let Triangular(left, mode, right) = *self;
        let u = open_fraction(word);
        let (width, rise, fall) = (right - left, mode - left, right - mode);
        if u * width <= rise {
            left + width * (u * (rise / width)).sqrt()
        } else {
            right - width * ((1.0 - u) * (fall / width)).sqrt()
        }
    }
}
