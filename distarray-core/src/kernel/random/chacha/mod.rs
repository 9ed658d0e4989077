//! ChaCha8: any blocks of its stream, many at a time.
//!
//! A block is 64 bytes that depend on a key, the number of a stream and the block's number in the stream, and on
//! nothing else. Its words are those of `rand_chacha::ChaCha8Rng` with the same key and stream: block `b` holds the
//! 32-bit words `16 b ..` and, as pairs with the low half first, the 64-bit words `8 b ..`.
//!
//! # Source
//! D. J. Bernstein, "ChaCha, a variant of Salsa20" (2008), with 8 rounds, a 64-bit counter in words 12 and 13, and a
//! 64-bit nonce in words 14 and 15.

mod key;
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::kernel::simd::{CpuVariant, variant};

pub use key::{Key, Words};

/// One block of a stream.
#[must_use]
pub fn block(key: &Key, stream: u64, number: u64) -> Words {
    portable::lanes::<1>(key, stream, &[number])[0]
}

/// Writes the blocks of these numbers, in this order.
///
/// Slices of different lengths are handled as far as both reach.
pub fn blocks(key: &Key, stream: u64, numbers: &[u64], output: &mut [Words]) {
    match variant() {
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        CpuVariant::Avx512 => in_groups::<16>(numbers, output, |numbers, output| {
            // SAFETY: `variant` gives this only if the processor has AVX-512 F.
            unsafe { x86::sixteen(key, stream, numbers, output) }
        }),
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        CpuVariant::Avx2 => in_groups::<8>(numbers, output, |numbers, output| {
            // SAFETY: `variant` gives this only if the processor has AVX2.
            unsafe { x86::eight(key, stream, numbers, output) }
        }),
        _ => in_groups::<4>(numbers, output, |numbers, output| {
            *output = portable::lanes(key, stream, numbers);
        }),
    }
}

/// Calls `compute` for groups of `LANES` numbers and their places.
fn in_groups<const LANES: usize>(
    numbers: &[u64],
    output: &mut [Words],
    mut compute: impl FnMut(&[u64; LANES], &mut [Words; LANES]),
) {
    let count = numbers.len().min(output.len());
    let (whole_numbers, numbers) = numbers[..count].as_chunks::<LANES>();
    let (whole_output, output) = output[..count].as_chunks_mut::<LANES>();
    for (numbers, output) in whole_numbers.iter().zip(whole_output) {
        compute(numbers, output);
    }
    if numbers.is_empty() {
        return;
    }
    // What the last group's other lanes compute is not used.
    let mut last = [0; LANES];
    last[..numbers.len()].copy_from_slice(numbers);
    let mut words = [[0; 8]; LANES];
    compute(&last, &mut words);
    output.copy_from_slice(&words[..output.len()]);
}
