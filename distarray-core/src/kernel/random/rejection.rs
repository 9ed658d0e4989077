//! Elements made of as many words as it takes.

use super::chacha::Key;
use super::source::Source;
use super::tile::Draw;
use crate::element::Element;

/// An element made of as many words as it takes.
pub(super) trait OfSource {
    type Value: Element;
    /// Words that most elements need.
    fn words(&self) -> usize;
    fn of(&self, source: &mut Source<'_>) -> Self::Value;
}

/// [`OfSource`] as a draw.
pub(super) struct Rejection<F>(pub(super) F);

impl<F: OfSource> Draw for Rejection<F> {
    type Value = F::Value;
    const USES_INDICES: bool = true;

    fn words(&self) -> usize {
        self.0.words()
    }

    fn values(&self, words: &[u64], indices: &[u64], own: &Key, output: &mut [F::Value]) {
        each(&self.0, words, indices, own, output);
    }
}

crate::multiversion! {
    fn each<F: OfSource>(function: &F, words: &[u64], indices: &[u64], own: &Key, output: &mut [F::Value]) {
        let per_element = function.words();
        for ((words, index), value) in words.chunks_exact(per_element).zip(indices).zip(output) {
            *value = function.of(&mut Source::new(words, own, *index));
        }
    }
}
