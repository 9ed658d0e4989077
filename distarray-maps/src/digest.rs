//! `Digest`: a 128-bit fingerprint of a sequence of words, the same on every machine, run and compiler.

/// Two 64-bit lanes that are multiplied and folded with each word.
///
/// It tells descriptions apart; it does not defend against somebody who looks for collisions.
///
/// # Source
/// The folded multiplication of wyhash (Wang Yi); constants are digits of the golden ratio and of pi.
///
/// # Example
/// ```
/// use distarray_maps::Digest;
/// let mut digest = Digest::new();
/// digest.word(42);
/// digest.bytes(b"rows");
/// assert_eq!(digest.finish(), { let mut same = Digest::new(); same.word(42); same.bytes(b"rows"); same.finish() });
/// ```
#[derive(Debug, Clone)]
pub struct Digest {
    first: u64,
    second: u64,
    words: u64,
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

impl Digest {
    /// The digest of nothing yet.
    pub fn new() -> Self {
        Digest { first: 0x9e37_79b9_7f4a_7c15, second: 0x2436_a88c_85a3_08d3, words: 0 }
    }

    /// Takes one word in.
    pub fn word(&mut self, word: u64) {
        self.first = fold(self.first ^ word, 0xa076_1d64_78bd_642f);
        self.second =
            fold(self.second ^ word.rotate_left(32), 0xe703_7ed1_a0b4_28db) ^ self.first.rotate_left(17);
        self.words = self.words.wrapping_add(1);
    }

    /// Takes a count or a position in.
    pub fn number(&mut self, number: usize) {
        self.word(number as u64);
    }

    /// Takes bytes in, their number first, so that neighbours cannot run together.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
    }

    /// The fingerprint of everything taken in.
    pub fn finish(&self) -> u128 {
        let first = fold(self.first ^ self.words, 0x8ebc_6af0_9c88_c6e3);
        let second = fold(self.second ^ self.words.rotate_left(32) ^ first, 0x5899_65cc_7537_4cc3);
        (u128::from(first) << 64) | u128::from(second)
    }
}

/// The two halves of a product, folded onto each other; the operand itself is kept in, so that 0 does not absorb.
fn fold(value: u64, factor: u64) -> u64 {
    let product = u128::from(value) * u128::from(factor);
    #[expect(clippy::cast_possible_truncation, reason = "the halves of the product are what is wanted")]
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high ^ value.rotate_left(29).wrapping_add(factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn neighbouring_sequences_differ() {
        let mut seen = BTreeSet::new();
        for first in 0..64 {
            for second in 0..64 {
                let mut digest = Digest::new();
                digest.word(first);
                digest.word(second);
                assert!(seen.insert(digest.finish()));
            }
        }
        let mut seen = BTreeSet::new();
        for length in 0..20 {
            let mut digest = Digest::new();
            digest.bytes(&vec![0; length]);
            assert!(seen.insert(digest.finish()));
        }
    }

    #[test]
    fn the_value_never_changes() {
        let mut digest = Digest::new();
        digest.word(1);
        digest.bytes(b"distarray");
        assert_eq!(digest.finish(), 322_095_840_401_861_657_091_620_672_973_917_454_277);
    }
}
