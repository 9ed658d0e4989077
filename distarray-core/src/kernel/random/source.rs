//! Where numbers come from: words of the stream as fractions, and further words for elements that need them.

use super::chacha::{Key, Words, block};

/// A word as a multiple of 2^-53 in [0, 1), as NumPy takes it.
#[inline(always)]
#[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
pub(super) fn fraction(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// A word as an odd multiple of 2^-53 in (0, 1): neither end occurs, and 1 minus it is as likely.
#[inline(always)]
pub(super) fn open_fraction(word: u64) -> f64 {
    // 2^52 + k has k in its low bits; what is subtracted leaves k + 1/2, exactly.
    let counted = f64::from_bits((word >> 12) | 0x4330_0000_0000_0000);
    (counted - 4_503_599_627_370_495.5) * (1.0 / 4_503_599_627_370_496.0)
}

/// The words of one element: first those of its place in the draw's stream, then its own stream's.
///
/// The element's own stream is ChaCha8 with a key of the draw's, the element's flat index being the number of the
/// stream.
pub(super) struct Source<'a> {
    first: &'a [u64],
    key: &'a Key,
    index: u64,
    used: usize,
    own: Words,
}

impl<'a> Source<'a> {
    /// The words of element `index`: `first`, then as many as are asked for.
    #[inline(always)]
    pub(super) fn new(first: &'a [u64], key: &'a Key, index: u64) -> Source<'a> {
        Source { first, key, index, used: 0, own: [0; 8] }
    }

    /// The next word.
    #[inline(always)]
    pub(super) fn word(&mut self) -> u64 {
        let place = self.used;
        self.used += 1;
        match self.first.get(place) {
            Some(&word) => word,
            None => self.own_word(place - self.first.len()),
        }
    }

    /// The next word as [`open_fraction`].
    #[inline(always)]
    pub(super) fn fraction(&mut self) -> f64 {
        open_fraction(self.word())
    }

    #[cold]
    #[inline(never)]
    fn own_word(&mut self, place: usize) -> u64 {
        if place.is_multiple_of(8) {
            self.own = block(self.key, self.index, (place / 8) as u64);
        }
        self.own[place % 8]
    }
}
