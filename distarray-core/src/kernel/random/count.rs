//! Counts: whole numbers made of as many words as it takes.

use super::chacha::Key;
use super::source::{Source, open_fraction};
use super::tile::Draw;
use crate::kernel::math::{Function1, Log, Log1p};

/// A whole number, as a float that is at most 2^63, made of words.
pub(super) trait CountOf {
    /// Words that most elements need.
    fn words(&self) -> usize;
    fn of(&self, source: &mut Source<'_>) -> f64;
}

/// [`CountOf`] as a draw.
pub(super) struct Counts<F>(pub(super) F);

impl<F: CountOf> Draw for Counts<F> {
    type Value = i64;

    fn words(&self) -> usize {
        self.0.words()
    }

    fn values(&self, words: &[u64], indices: &[u64], own: &Key, output: &mut [i64]) {
        each(&self.0, words, indices, own, output);
    }
}

crate::multiversion! {
    #[expect(clippy::cast_possible_truncation, reason = "what is too large becomes the largest")]
    fn each<F: CountOf>(function: &F, words: &[u64], indices: &[u64], own: &Key, output: &mut [i64]) {
        let per_element = function.words();
        for ((words, index), value) in words.chunks_exact(per_element).zip(indices).zip(output) {
            *value = function.of(&mut Source::new(words, own, *index)) as i64;
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "what is too large becomes the largest")]
    fn trials(log_failure: f64, words: &[u64], output: &mut [i64]) {
        for (word, value) in words.iter().zip(output) {
            let quotient = (Log::body(open_fraction(*word)) / log_failure).ceil();
            *value = if quotient < 1.0 { 1 } else { quotient as i64 };
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

    fn words(&self) -> usize {
        1
    }

    fn values(&self, words: &[u64], _: &[u64], _: &Key, output: &mut [i64]) {
        trials(self.log_failure, words, output);
    }
}
