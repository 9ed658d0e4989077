//! The stream is that of `rand_chacha`, wherever one looks.

use distarray_core::kernel::random::chacha::{Key, Words, block, blocks};
use distarray_core::kernel::simd::{CpuVariant, cap_variant};
use distarray_random::Generator;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Blocks `numbers` of a stream by `rand_chacha`.
fn expected(key: &Key, stream: u64, numbers: &[u64]) -> Vec<Words> {
    let mut generator = ChaCha8Rng::from_seed(key.to_bytes());
    generator.set_stream(stream);
    let words = |&number: &u64| {
        generator.set_word_pos(u128::from(number) * 16);
        std::array::from_fn(|_| generator.next_u64())
    };
    numbers.iter().map(words).collect()
}

#[track_caller]
fn agrees(key: &Key, stream: u64, numbers: &[u64]) {
    let expected = expected(key, stream, numbers);
    for variant in [CpuVariant::Baseline, CpuVariant::Avx2, CpuVariant::Avx512] {
        cap_variant(variant);
        let mut found = vec![[0; 8]; numbers.len()];
        blocks(key, stream, numbers, &mut found);
        assert_eq!(found, expected, "{} {numbers:x?}", variant.name());
    }
    for (number, expected) in numbers.iter().zip(expected) {
        assert_eq!(block(key, stream, *number), expected);
    }
}

#[test]
fn counters_carry_and_wrap_as_they_do_there() {
    let key = Key([0x0123_4567, 2, 3, 4, 5, 6, 7, 0xffff_ffff]);
    for stream in [0, 1, 1 << 32, 1 << 63, u64::MAX] {
        for start in [0, (1 << 32) - 9, (1 << 33) - 3, (1 << 60) - 1, u64::MAX - 40] {
            let numbers: Vec<u64> = (start..start + 40).collect();
            agrees(&key, stream, &numbers);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_blocks_of_any_stream(
        words in any::<[u32; 8]>(),
        stream in any::<u64>(),
        numbers in prop::collection::vec(any::<u64>(), 0..50),
    ) {
        agrees(&Key(words), stream, &numbers);
    }

    #[test]
    fn seeds_become_keys_as_they_do_there(seed in any::<u64>()) {
        prop_assert_eq!(Generator::new(seed).key().to_bytes(), ChaCha8Rng::seed_from_u64(seed).get_seed());
    }
}
