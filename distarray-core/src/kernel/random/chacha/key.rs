//! Key: what tells one ChaCha from another, and the words of a block.

use serde::{Deserialize, Serialize};

/// The secret half of a stream: 256 bits, as eight words with the low byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key(pub [u32; 8]);

/// The eight 64-bit words of a block.
pub type Words = [u64; 8];

/// "expand 32-byte k".
pub(super) const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

impl Key {
    /// The key whose words these bytes are, low byte first.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Key {
        let mut words = [0; 8];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        Key(words)
    }

    /// The bytes of the words, low byte first.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (bytes, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(self.0) {
            *bytes = word.to_le_bytes();
        }
        bytes
    }

    /// The key that stands in the first half of a block.
    #[must_use]
    pub fn from_block(block: &Words) -> Key {
        let mut bytes = [0; 32];
        for (bytes, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(block) {
            *bytes = word.to_le_bytes();
        }
        Key::from_bytes(bytes)
    }
}
