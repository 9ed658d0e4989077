//! Binomial numbers.
//!
//! # Source
//! W. Hörmann, "The generation of binomial random variates", Journal of Statistical Computation and Simulation 46
//! (1993) 101-110, algorithm BTRS, with the logarithms of factorials by Stirling's formula.

use super::count::{inverted, whole};
use super::rejection::OfSource;
use super::source::Source;
use super::stirling::{Factorial, tail};
use crate::kernel::math::{Exp, Function1, Log, Log1p};

/// From this mean on by rejection.
const LARGE: f64 = 10.0;
/// From as many trials on the terms of the first formula are so large that their rounding is seen in the sum.
const VAST: f64 = 1_099_511_627_776.0;

/// Numbers of successes in `n` trials; `p` is the chance of the rarer outcome, which is counted.
pub(super) struct Binomial {
    n: f64,
    p: f64,
    /// Whether the rarer outcome is failure.
    flipped: bool,
    /// The chance that it never occurs.
    none: f64,
    odds: f64,
    /// Of BTRS.
    a: f64,
    b: f64,
    alpha: f64,
    v_r: f64,
    mode: f64,
}

impl Binomial {
    #[inline(always)]
    #[expect(clippy::cast_precision_loss, reason = "above 2^53 trials one more or less is not seen")]
    pub(super) fn new(trials: u64, probability: f64) -> Binomial {
        let flipped = probability > 0.5;
        let (n, p) = (trials as f64, if flipped { 1.0 - probability } else { probability });
        let odds = p / (1.0 - p);
        let mut made =
            Binomial { n, p, flipped, none: 0.0, odds, a: 0.0, b: 0.0, alpha: 0.0, v_r: 0.0, mode: 0.0 };
        if made.is_small() {
            made.none = Exp::value(n * Log1p::value(-p));
            return made;
        }
        let deviation = (n * p * (1.0 - p)).sqrt();
        made.b = 1.15 + 2.53 * deviation;
        made.a = -0.0873 + 0.0248 * made.b + 0.01 * p;
        made.alpha = (2.83 + 5.1 / made.b) * deviation;
        made.v_r = 0.92 - 4.2 / made.b;
        made.mode = ((n + 1.0) * p).floor();
        made
    }

    #[inline(always)]
    fn is_small(&self) -> bool {
        self.n * self.p < LARGE
    }

    #[inline(always)]
    fn small(&self, u: f64) -> f64 {
        inverted(u, self.none, self.n * self.p, self.n, |k| self.odds * ((self.n - k + 1.0) / k))
    }

    #[inline(always)]
    fn large(&self, source: &mut Source<'_>) -> f64 {
        let (n, m, r) = (self.n, self.mode, self.odds);
        loop {
            let u = source.fraction() - 0.5;
            let v = source.fraction();
            let us = 0.5 - u.abs();
            let k = ((2.0 * self.a / us + self.b) * u + n * self.p + 0.5).floor();
            if us >= 0.07 && v <= self.v_r {
                return k;
            }
            if k < 0.0 || k > n {
                continue;
            }
            let height = Log::value(v * self.alpha / (self.a / (us * us) + self.b));
            let bound = if n >= VAST {
                let step = k - m;
                step * Log::value(r * (n - m + 1.0) / (m + 1.0))
                    - Factorial::of(m).step(step)
                    - Factorial::of(n - m).step(-step)
            } else {
                (m + 0.5) * Log::value((m + 1.0) / (r * (n - m + 1.0)))
                    + (n + 1.0) * Log1p::value((k - m) / (n - k + 1.0))
                    + (k + 0.5) * Log::value(r * (n - k + 1.0) / (k + 1.0))
                    + tail(m)
                    + tail(n - m)
                    - tail(k)
                    - tail(n - k)
            };
            if height <= bound {
                return k;
            }
        }
    }
}

impl OfSource for Binomial {
    type Value = i64;

    fn words(&self) -> usize {
        if self.is_small() { 1 } else { 2 }
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> i64 {
        let k = if self.is_small() { self.small(source.fraction()) } else { self.large(source) };
        whole(if self.flipped { self.n - k } else { k })
    }
}
