//! Stream: the words of one draw.

use serde::{Deserialize, Serialize};

use super::chacha::{Key, block};

/// One stretch of random words: that of one draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stream {
    /// Whose words.
    pub key: Key,
    /// Which of its streams; below 2^63, the others are for keys.
    pub number: u64,
}

impl Stream {
    /// The stream of a key whose block `c` begins with the key of child `c`.
    pub const CHILDREN: u64 = u64::MAX;
    /// The stream of a key whose block `s` begins with the key of the elements' own streams in draw `s`.
    const OWN: u64 = u64::MAX - 1;

    /// The key of the streams that single elements have to themselves.
    pub(in crate::kernel::random) fn own_key(&self) -> Key {
        Key::from_block(&block(&self.key, Stream::OWN, self.number))
    }
}
