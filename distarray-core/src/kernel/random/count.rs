//! Counts: whole numbers, and those that take one word each.

use super::chacha::Key;
use super::source::open_fraction;
use super::tile::Draw;
use crate::kernel::math::{Function1, Log, Log1p};

/// A whole number that was computed as a float; what is too large becomes the largest.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "that is what is asked for")]
pub(super) fn whole(count: f64) -> i64 {
    count as i64
}

/// The count at which the sum of the probabilities from that of 0, `none`, on reaches `u`, but `most` at the most;
/// `ratio` of a count is its probability over that of the count before.
#[inline(always)]
pub(super) fn inverted(u: f64, none: f64, mean: f64, most: f64, ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut k, mut probability, mut sum) = (0.0, none, none);
    while u > sum && k < most {
        k += 1.0;
        probability *= ratio(k);
        let next = sum + probability;
        // Rounding may leave the sum below 1 for ever.
        if next == sum && k > mean {
            break;
        }
        sum = next;
    }
    k
}

crate::multiversion! {
    fn trials(log_failure: f64, words: &[u64], output: &mut [i64]) {
        for (word, value) in words.iter().zip(output) {
            let quotient = (Log::body(open_fraction(*word)) / log_failure).ceil();
            *value = if quotient < 1.0 { 1 } else { whole(quotient) };
        }
    }
}

/// Trials up to the first success.
pub(super) struct Geometric {
    log_failure: f64,
}

impl Geometric {
    pub(super) fn new(probability: f64) -> Geometric {
        Geometric { log_failure: Log1p::value(-probability) }
    }
}

impl Draw for Geometric {
    type Value = i64;
    const USES_INDICES: bool = false;

    fn words(&self) -> usize {
        1
    }

    fn values(&self, words: &[u64], _: &[u64], _: &Key, output: &mut [i64]) {
        trials(self.log_failure, words, output);
    }
}
