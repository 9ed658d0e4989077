//! Integers and truth values.

use super::chacha::Key;
use super::source::{Source, fraction};
use super::tile::Draw;

/// Integers from `low` on, `last` being the largest distance from it; 64 bits that wrap, whatever the dtype.
pub(super) struct Integers {
    pub(super) low: u64,
    pub(super) last: u64,
}

impl Draw for Integers {
    type Value = u64;
    const USES_INDICES: bool = true;

    fn words(&self) -> usize {
        1
    }

    fn values(&self, words: &[u64], indices: &[u64], own: &Key, output: &mut [u64]) {
        if self.last == u64::MAX {
            whole(self.low, words, output);
        } else if (self.last + 1).is_power_of_two() {
            high_bits(self.low, (self.last + 1).trailing_zeros(), words, output);
        } else {
            multiplied(self, words, indices, own, output);
        }
    }
}

/// The high half of a word times the count, with the low half, which decides whether it is kept.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the halves are asked for")]
fn product(word: u64, count: u64) -> (u64, u64) {
    let product = u128::from(word) * u128::from(count);
    ((product >> 64) as u64, product as u64)
}

/// An integer below `count`, without bias.
pub(super) fn below(count: u64, source: &mut Source<'_>) -> u64 {
    let (mut high, mut low) = product(source.word(), count);
    if low < count {
        let threshold = count.wrapping_neg() % count;
        while low < threshold {
            (high, low) = product(source.word(), count);
        }
    }
    high
}

crate::multiversion! {
    /// All 64 bits.
    fn whole(low: u64, words: &[u64], output: &mut [u64]) {
        for (word, value) in words.iter().zip(output) {
            *value = low.wrapping_add(*word);
        }
    }

    /// As many high bits: what [`multiplied`] gives for a power of two.
    fn high_bits(low: u64, bits: u32, words: &[u64], output: &mut [u64]) {
        for (word, value) in words.iter().zip(output) {
            *value = low.wrapping_add((*word >> 1) >> (63 - bits));
        }
    }

    /// The high half of the word times the count; words whose low half is too small are replaced.
    fn multiplied(range: &Integers, words: &[u64], indices: &[u64], own: &Key, output: &mut [u64]) {
        let count = range.last + 1;
        let threshold = count.wrapping_neg() % count;
        for ((word, index), value) in words.iter().zip(indices).zip(output) {
            let (mut high, mut low) = product(*word, count);
            if low < threshold {
                let mut source = Source::new(&[], own, *index);
                while low < threshold {
                    (high, low) = product(source.word(), count);
                }
            }
            *value = range.low.wrapping_add(high);
        }
    }

    fn chances(probability: f64, words: &[u64], output: &mut [bool]) {
        for (word, value) in words.iter().zip(output) {
            *value = fraction(*word) < probability;
        }
    }
}

/// True with a probability.
pub(super) struct Bernoulli(pub(super) f64);

impl Draw for Bernoulli {
    type Value = bool;
    const USES_INDICES: bool = false;

    fn words(&self) -> usize {
        1
    }

    fn values(&self, words: &[u64], _: &[u64], _: &Key, output: &mut [bool]) {
        chances(self.0, words, output);
    }
}
