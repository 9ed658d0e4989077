//! Generators of a program: seeds, and what unseeded ones start from.

use crate::calc::CalcError;
use crate::evaluate::arguments::{Argument, integer};
use crate::evaluate::value::{SharedGenerator, Value};
use distarray_random::Generator;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A generator that nobody foresees, for programs that name no seed.
///
/// Its key is made of four SipHash numbers under the random keys of 128 bits that the standard library takes from
/// the operating system.
pub(crate) fn generator_from_system() -> Generator {
    let state = RandomState::new();
    let mut key = [0; 32];
    for (number, bytes) in key.chunks_exact_mut(8).enumerate() {
        bytes.copy_from_slice(&state.hash_one(number).to_le_bytes());
    }
    Generator::from_bytes(key)
}

/// The generator of a seed: an integer from 0 to 2^64 - 1; of `None`, one that nobody foresees.
///
/// # Errors
/// What is no seed.
pub(super) fn seeded(argument: &Argument) -> Result<Generator, CalcError> {
    if matches!(argument.0, Value::None) {
        return Ok(generator_from_system());
    }
    let seed = integer(argument)?;
    let refused = || format!("seed {seed} is refused: it must be from 0 to 2^64 - 1");
    u64::try_from(seed).map(Generator::new).map_err(|_| CalcError::new(argument.1, refused()))
}

/// A generator as a value, which all its names share.
pub(super) fn shared(generator: Generator) -> SharedGenerator {
    Arc::new(Mutex::new(generator))
}

/// The generator behind its lock. Nothing panics while it is held.
pub(super) fn lock(generator: &SharedGenerator) -> MutexGuard<'_, Generator> {
    generator.lock().unwrap_or_else(PoisonError::into_inner)
}
