//! Counts that share a total: one by one, each of what those before it left.

use super::super::binomial::Binomial;
use super::super::chacha::Key;
use super::super::hypergeometric::Hypergeometric;
use super::super::rejection::OfSource;
use super::super::source::Source;
use super::samples::DrawVector;

/// How much the sum of probabilities may miss 1 by before the last is taken to be what the others leave.
const ROUNDING: f64 = 1e-12;

/// How often each outcome occurs.
pub(super) struct Multinomial {
    trials: u64,
    /// The chance of each outcome if none of those before it occurred.
    chances: Vec<f64>,
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
        Multinomial { trials, chances }
    }
}

impl DrawVector for Multinomial {
    type Value = i64;

    fn words(&self) -> usize {
        words(self.chances.len())
    }

    fn length(&self) -> usize {
        self.chances.len()
    }

    fn vectors(&self, words: &[u64], indices: &[u64], own: &Key, output: &mut [i64]) {
        let length = self.chances.len();
        each(words, indices, own, length, output, |source, vector| {
            shares(self.trials, source, vector, |component, left, source| {
                Binomial::new(left, self.chances[component]).of(source)
            });
        });
    }
}

/// How many balls of each colour are drawn.
pub(super) struct MultivariateHypergeometric<'a> {
    pub(super) colors: &'a [u64],
    pub(super) sample: u64,
}

impl DrawVector for MultivariateHypergeometric<'_> {
    type Value = i64;

    fn words(&self) -> usize {
        words(self.colors.len())
    }

    fn length(&self) -> usize {
        self.colors.len()
    }

    fn vectors(&self, words: &[u64], indices: &[u64], own: &Key, output: &mut [i64]) {
        let length = self.colors.len();
        let total = self.colors.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
        each(words, indices, own, length, output, |source, vector| {
            let mut others = total;
            shares(self.sample, source, vector, |component, left, source| {
                others -= self.colors[component];
                Hypergeometric::new(self.colors[component], others, left).of(source)
            });
        });
    }
}

/// Words of the stream per vector.
fn words(length: usize) -> usize {
    (2 * length.saturating_sub(1)).max(1)
}

/// Makes every vector of its source.
fn each(
    words: &[u64],
    indices: &[u64],
    own: &Key,
    length: usize,
    output: &mut [i64],
    mut make: impl FnMut(&mut Source<'_>, &mut [i64]),
) {
    if length == 0 {
        return;
    }
    let words = words.chunks_exact(self::words(length));
    for ((vector, words), index) in output.chunks_exact_mut(length).zip(words).zip(indices) {
        make(&mut Source::new(words, own, *index), vector);
    }
}

/// Shares out `total`: to each component what `share` gives it of what is left, and the rest to the last.
fn shares(
    total: u64,
    source: &mut Source<'_>,
    vector: &mut [i64],
    mut share: impl FnMut(usize, u64, &mut Source<'_>) -> i64,
) {
    let Some((last, others)) = vector.split_last_mut() else { return };
    let mut left = total;
    for (component, count) in others.iter_mut().enumerate() {
        // Above 2^53 counts are rounded, and may be by more than is left.
        let taken = if left == 0 { 0 } else { share(component, left, source).cast_unsigned().min(left) };
        *count = taken.cast_signed();
        left -= taken;
    }
    *last = left.cast_signed();
}
