//! Generator: what hands out stretches of random words, and children that do the same.

use distarray_core::kernel::random::Stream;
use distarray_core::kernel::random::chacha::{Key, block};
use distarray_core::room_for;
use serde::{Deserialize, Serialize};

use crate::error::RandomError;

/// A source of random arrays, in the spirit of NumPy's `default_rng`.
///
/// It is a key of ChaCha8 and two counters. Every array is made from a stream of its own: the first draw takes
/// stream 0, the next one stream 1, and so on, so that no two arrays ever share a stretch. Streams from 2^63 on are
/// never drawn; two of them give keys: of the children, and for elements that need words of their own. State is saved
/// and restored by serde.
///
/// A clone has the same state and hands out the same streams again; for independent numbers take
/// [`Generator::spawn`].
///
/// # Example
/// ```
/// use distarray_random::Generator;
/// let mut generator = Generator::new(42);
/// let first = generator.normal::<f64>(0.0, 1.0, &[2, 3])?;
/// let second = generator.normal::<f64>(0.0, 1.0, &[2, 3])?;
/// assert_ne!(first, second);
/// assert_eq!(Generator::new(42).normal::<f64>(0.0, 1.0, &[2, 3])?, first);
/// # Ok::<(), distarray_random::RandomError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generator {
    key: Key,
    draws: u64,
    children: u64,
}

/// Streams that can be drawn.
const DRAWS: u64 = 1 << 63;

impl Generator {
    /// The generator of a seed.
    ///
    /// Its key is that of `rand_chacha::ChaCha8Rng::seed_from_u64(seed)`.
    ///
    /// # Source
    /// `rand_core` 0.10, `SeedableRng::seed_from_u64`: eight outputs of PCG32 (M. E. O'Neill, "PCG: A family of simple
    /// fast space-efficient statistically good algorithms", HMC-CS-2014-0905, 2014).
    #[must_use]
    pub fn new(seed: u64) -> Generator {
        let mut state = seed;
        let mut words = [0; 8];
        for word in &mut words {
            *word = pcg32(&mut state);
        }
        Generator { key: Key(words), draws: 0, children: 0 }
    }

    /// The generator of a key of 256 bits.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Generator {
        Generator { key: Key::from_bytes(bytes), draws: 0, children: 0 }
    }

    /// The key, which seed or parent determine alone.
    #[must_use]
    pub fn key(&self) -> Key {
        self.key
    }

    /// How many streams have been drawn.
    #[must_use]
    pub fn draws(&self) -> u64 {
        self.draws
    }

    /// The next stream, for one array.
    ///
    /// # Errors
    /// [`RandomError::Exhausted`] after 2^63 of them.
    pub fn draw(&mut self) -> Result<Stream, RandomError> {
        if self.draws >= DRAWS {
            return Err(RandomError::Exhausted { what: "streams", count: DRAWS });
        }
        let stream = Stream { key: self.key, number: self.draws };
        self.draws += 1;
        Ok(stream)
    }

    /// `count` generators with keys of their own: independent of this one and of each other.
    ///
    /// The key of child `c`, counted from the first ever spawned, is the first half of block `c` of this generator's
    /// stream 2^64 - 1: it is as hard to tell from chance as ChaCha8 itself.
    ///
    /// # Errors
    /// [`RandomError::Exhausted`] after 2^64 - 1 of them; memory refused.
    pub fn spawn(&mut self, count: usize) -> Result<Vec<Generator>, RandomError> {
        let end = u64::try_from(count).ok().and_then(|count| self.children.checked_add(count));
        let end = end.ok_or(RandomError::Exhausted { what: "children", count: u64::MAX })?;
        let child = |number| {
            let key = Key::from_block(&block(&self.key, Stream::CHILDREN, number));
            Generator { key, draws: 0, children: 0 }
        };
        let mut children = room_for(count)?;
        children.extend((self.children..end).map(child));
        self.children = end;
        Ok(children)
    }
}

/// One step of PCG32 as `rand_core` takes it.
#[expect(clippy::cast_possible_truncation, reason = "the low half is the output")]
fn pcg32(state: &mut u64) -> u32 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(11_634_580_027_462_260_723);
    let shifted = (((*state >> 18) ^ *state) >> 27) as u32;
    shifted.rotate_right((*state >> 59) as u32)
}
