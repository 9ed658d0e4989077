//! Counts that share a total: one by one, each of what those before it left.

use super::super::binomial::Binomial;
use super::super::chacha::Key;
use super::super::hypergeometric::Hypergeometric;
use super::super::rejection::OfSource;
use super::super::source::Source;
use super::samples::DrawVector;

/// How much the sum of probabilities may miss 1 by before the last is taken to be what the others leave.
const ROUNDING: f64 = 1e-12;

/// How a total is shared out.
pub(super) trait Sharing {
    fn total(&self) -> u64;
    fn length(&self) -> usize;
    /// What a component but the last gets of what is left.
    fn share(&self, component: usize, left: u64, source: &mut Source<'_>) -> i64;
}

/// [`Sharing`] as a draw.
pub(super) struct Shares<S>(pub(super) S);

impl<S: Sharing> DrawVector for Shares<S> {
    type Value = i64;

    fn words(&self) -> usize {
        (2 * self.0.length().saturating_sub(1)).max(1)
    }

    fn length(&self) -> usize {
        self.0.length()
    }

    fn vectors(&self, words: &[u64], indices: &[u64], own: &Key, output: &mut [i64]) {
        if self.0.length() > 0 {
            each(self, words, indices, own, output);
        }
    }
}

crate::multiversion! {
    fn each<S: Sharing>(shares: &Shares<S>, words: &[u64], indices: &[u64], own: &Key, output: &mut [i64]) {
        let words = words.chunks_exact(shares.words());
        for ((vector, words), index) in output.chunks_exact_mut(shares.length()).zip(words).zip(indices) {
            let mut source = Source::new(words, own, *index);
            let mut left = shares.0.total();
            let Some((last, others)) = vector.split_last_mut() else { return };
            for (component, count) in others.iter_mut().enumerate() {
                let taken = if left == 0 { 0 } else { shares.0.share(component, left, &mut source) };
                // Above 2^53 counts are rounded, and may be by more than is left.
                let taken = taken.cast_unsigned().min(left);
                *count = taken.cast_signed();
                left -= taken;
            }
            *last = left.cast_signed();
        }
    }
}

/// How often each outcome occurs.
pub(super) struct Multinomial {
    trials: u64,
    /// The chance of each outcome if none of those before it occurred.
    chances: Vec<f64>,
    /// For the first, of which all trials are left.
    first: Binomial,
}

impl Multinomial {
    pub(super) fn new(trials: u64, probabilities: &[f64]) -> Multinomial {
        let mut chances = probabilities.to_vec();
        if let Some((last, others)) = chances.split_last_mut() {
            let sum = others.iter().fold(0.0, |sum, probability| sum + probability);
            if (sum + *last - 1.0).abs() > ROUNDING {
                *last = if sum < 1.0 { 1.0 - sum } else { 0.0 };
            }
        }
        let mut rest = 0.0;
        for chance in chances.iter_mut().rev() {
            rest += *chance;
            *chance = if *chance > 0.0 { *chance / rest } else { 0.0 };
        }
        let first = Binomial::new(trials, chances.first().copied().unwrap_or(0.0));
        Multinomial { trials, chances, first }
    }
}

impl Sharing for Multinomial {
    fn total(&self) -> u64 {
        self.trials
    }

    fn length(&self) -> usize {
        self.chances.len()
    }

    #[inline(always)]
    fn share(&self, component: usize, left: u64, source: &mut Source<'_>) -> i64 {
        if component == 0 {
            return self.first.of(source);
        }
        Binomial::new(left, self.chances[component]).of(source)
    }
}

/// How many balls of each colour are drawn.
pub(super) struct MultivariateHypergeometric<'a> {
    colors: &'a [u64],
    /// How many are of the colours after each.
    others: Vec<u64>,
    sample: u64,
    /// For the first colour, of which the whole sample is left.
    first: Hypergeometric,
}

impl MultivariateHypergeometric<'_> {
    pub(super) fn new(colors: &[u64], sample: u64) -> MultivariateHypergeometric<'_> {
        let mut others = vec![0; colors.len()];
        let mut after = 0_u64;
        for (others, count) in others.iter_mut().zip(colors).rev() {
            *others = after;
            after = after.saturating_add(*count);
        }
        let of = |counts: &[u64]| counts.first().copied().unwrap_or(0);
        let first = Hypergeometric::new(of(colors), of(&others), sample);
        MultivariateHypergeometric { colors, others, sample, first }
    }
}

impl Sharing for MultivariateHypergeometric<'_> {
    fn total(&self) -> u64 {
        self.sample
    }

    fn length(&self) -> usize {
        self.colors.len()
    }

    #[inline(always)]
    fn share(&self, component: usize, left: u64, source: &mut Source<'_>) -> i64 {
        if component == 0 {
            return self.first.of(source);
        }
        Hypergeometric::new(self.colors[component], self.others[component], left).of(source)
    }
}
