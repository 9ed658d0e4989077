//! The stream is that of `rand_chacha`, wherever one looks.

use std::sync::{Mutex, PoisonError};

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

/// The cap is of the process: one test at a time sets it.
static CAP: Mutex<()> = Mutex::new(());

#[track_caller]
fn agrees(key: &Key, stream: u64, numbers: &[u64]) {
    let expected = expected(key, stream, numbers);
    let _guard = CAP.lock().unwrap_or_else(PoisonError::into_inner);
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

#[test]
fn a_draw_takes_the_words_of_its_stream_in_order() {
    let mut generator = Generator::new(17);
    for stream in 0..3 {
        let array = generator.uniform::<f64>(0.0, 1.0, &[7, 300]).expect("valid parameters");
        let mut expected = ChaCha8Rng::seed_from_u64(17);
        expected.set_stream(stream);
        for value in array {
            let word = expected.next_u64();
            assert_eq!(value, (word >> 11) as f64 / 9_007_199_254_740_992.0);
        }
    }
}
