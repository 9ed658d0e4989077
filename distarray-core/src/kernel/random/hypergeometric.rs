//! Hypergeometric numbers.
//!
//! # Source
//! E. Stadlober, "The ratio of uniforms approach for generating discrete random variates", Journal of Computational and
//! Applied Mathematics 31 (1990) 181-189, algorithm HRUA, as in NumPy; with logarithms of factorials by Stirling's
//! formula, as differences from the mode, so that large counts cancel before they are multiplied.

use super::count::{inverted, whole};
use super::rejection::OfSource;
use super::source::Source;
use super::stirling::Factorial;
use crate::kernel::math::{Exp, Function1, Log, Log1p};

/// From this mean on by rejection.
const LARGE: f64 = 10.0;
/// `2 sqrt(2 / e)` and `3 - 2 sqrt(3 / e)`.
const WIDTH: f64 = 1.715_527_769_921_413_5;
const WIDTH_ADDED: f64 = 0.898_916_162_058_898_8;
/// Numbers as many deviations above the mean do not occur.
const FARTHEST: f64 = 16.0;

/// How many of the good are in a sample: computed for the rarer kind and the smaller of the sample and what it leaves.
pub(super) struct Hypergeometric {
    good: i64,
    bad: i64,
    sample: i64,
    /// Whether bad ones are counted, and whether in what the sample leaves.
    bad_counted: bool,
    left_counted: bool,
    /// The counted kind, the drawn, and how many are neither when none that is drawn is counted: the others less the
    /// drawn.
    kind: f64,
    drawn: f64,
    spare: f64,
    mean: f64,
    /// The chance that none of the kind is drawn, for small means.
    none: f64,
    /// Of HRUA.
    width: f64,
    end: f64,
    mode: f64,
}

impl Hypergeometric {
    /// For `sample` of `good` and `bad` together, at most all of them, which are at most 2^62.
    #[inline(always)]
    #[expect(clippy::cast_precision_loss, reason = "above 2^53 one more or less is not seen")]
    pub(super) fn new(good: u64, bad: u64, sample: u64) -> Hypergeometric {
        let total = good.saturating_add(bad);
        let left = total.saturating_sub(sample);
        let (kind, drawn) = (good.min(bad), sample.min(left));
        let spare = (total - kind).saturating_sub(drawn) as f64;
        let (all, kind, drawn) = (total as f64, kind as f64, drawn as f64);
        let share = if total == 0 { 0.0 } else { kind / all };
        let mean = drawn * share;
        let mut made = Hypergeometric {
            good: good.cast_signed(),
            bad: bad.cast_signed(),
            sample: sample.cast_signed(),
            bad_counted: good > bad,
            left_counted: sample > left,
            kind,
            drawn,
            spare,
            mean,
            none: 0.0,
            width: 0.0,
            end: 0.0,
            mode: 0.0,
        };
        if mean < LARGE {
            // Of (others)! (all - drawn)! / (spare! all!), the drawn being the fewer of the two.
            let (fewer, more) = if drawn < kind { (drawn, kind) } else { (kind, drawn) };
            let (from, to) = (spare, all - fewer);
            let next = to + 1.0;
            let leading = fewer * Log1p::value(-more / next);
            let log = leading + Factorial::of(from).step(fewer) - Factorial::of(to).step(fewer);
            made.none = if fewer == 0.0 { 1.0 } else { Exp::value(log) };
            return made;
        }
        let variance = mean * (1.0 - share) * ((all - drawn) / (all - 1.0));
        let deviation = (variance + 0.5).sqrt();
        made.width = WIDTH * deviation + WIDTH_ADDED;
        made.mode = ((drawn + 1.0) * ((kind + 1.0) / (all + 2.0))).floor();
        let most = if drawn < kind { drawn } else { kind };
        let far = (mean + 0.5 + FARTHEST * deviation).floor();
        made.end = if most + 1.0 < far { most + 1.0 } else { far };
        made
    }

    #[inline(always)]
    fn small(&self, u: f64) -> f64 {
        let most = if self.drawn < self.kind { self.drawn } else { self.kind };
        inverted(u, self.none, self.mean, most, |k| {
            let ways = (self.kind - k + 1.0) * (self.drawn - k + 1.0);
            ways / (k * (self.spare + k))
        })
    }

    #[inline(always)]
    fn large(&self, source: &mut Source<'_>) -> f64 {
        let mode = self.mode;
        // The quotient of factorials that steps from the mode multiply by; about 1.
        let quotient = ((self.kind - mode + 1.0) / (mode + 1.0))
            * ((self.drawn - mode + 1.0) / (self.spare + mode + 1.0));
        let log_quotient = Log::value(quotient);
        // Of the kind: drawn and not; of the others: drawn and not.
        let (counted, not_counted) = (Factorial::of(mode), Factorial::of(self.kind - mode));
        let (others_drawn, spare) = (Factorial::of(self.drawn - mode), Factorial::of(self.spare + mode));
        loop {
            let u = source.fraction();
            let v = source.fraction();
            let x = self.mean + 0.5 + self.width * ((v - 0.5) / u);
            if x < 0.0 || x >= self.end {
                continue;
            }
            let k = x.floor();
            let step = k - mode;
            let log_probability = step * log_quotient
                - counted.step(step)
                - not_counted.step(-step)
                - others_drawn.step(-step)
                - spare.step(step);
            if u * (4.0 - u) - 3.0 <= log_probability {
                return k;
            }
            if u * (u - log_probability) >= 1.0 {
                continue;
            }
            if 2.0 * Log::value(u) <= log_probability {
                return k;
            }
        }
    }
}

impl OfSource for Hypergeometric {
    type Value = i64;

    fn words(&self) -> usize {
        if self.mean < LARGE { 1 } else { 2 }
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> i64 {
        let count = whole(if self.mean < LARGE { self.small(source.fraction()) } else { self.large(source) });
        let Hypergeometric { good, bad, sample, .. } = *self;
        let drawn = if self.left_counted { (good - sample) + bad } else { sample };
        let found = if self.bad_counted { drawn - count } else { count };
        let found = if self.left_counted { good - found } else { found };
        // Above 2^53 counts are rounded, and may be by more than there are.
        found.max(sample - bad).max(0).min(sample).min(good)
    }
}
