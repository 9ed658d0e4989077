//! Bytes to send, and to know again.

/// Lengths at and around every boundary a transport may have.
pub(super) const LENGTHS: [usize; 13] =
    [0, 1, 8, 63, 64, 65, 1000, 4096, 4097, 65_536, 65_537, 262_144, 1_000_003];

/// Bytes that depend on `seed` and on their position.
pub(super) fn bytes(seed: u64, length: usize) -> Vec<u8> {
    (0..length).map(|index| byte(seed, index)).collect()
}

/// The byte at `index` of [`bytes`].
pub(super) fn byte(seed: u64, index: usize) -> u8 {
    let mixed = (seed ^ (index as u64).rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed.to_be_bytes()[0]
}

/// A number that depends on all arguments, the same on every rank.
pub(super) fn mix(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0x2545_f491_4f6c_dd1d, |mixed, number| {
        let mixed = (mixed ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    })
}

/// A number below `bound`, which is not 0, that depends on the others.
pub(super) fn below(bound: usize, numbers: &[u64]) -> usize {
    usize::try_from(mix(numbers) % bound as u64).unwrap_or(0)
}

/// Whether `bytes` is what [`bytes`] gives from `offset` on.
#[track_caller]
pub(super) fn assert_is_sample(found: &[u8], seed: u64, offset: usize) {
    let wrong = found.iter().enumerate().position(|(i, &b)| b != byte(seed, offset + i));
    assert_eq!(wrong, None, "first wrong byte of {} (seed {seed})", found.len());
}
