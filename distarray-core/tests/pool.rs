//! What a pool counts, keeps and refuses.

#![expect(clippy::cast_possible_truncation, reason = "a test may panic, and counts small things")]

use distarray_core::buffer::ALIGNMENT_BYTES;
use distarray_core::{Buffer, ElementError, Pool};
use proptest::prelude::*;

const MIB: usize = 1 << 20;

/// Miri looks at every byte.
const LARGEST: usize = if cfg!(miri) { 3_000 } else { 3_000_000 };

#[test]
fn charges_are_foretold() {
    for (requested, charged) in [
        (0, 0),
        (1, 64),
        (64, 64),
        (65, 128),
        (1000, 1024),
        (1024, 1024),
        (1025, 1152),
        (3000, 3072),
        (MIB, MIB),
        (MIB + 1, MIB + MIB / 8),
        (2 * MIB - 1, 2 * MIB),
        (2 * MIB, 2 * MIB),
        (2 * MIB + 1, 4 * MIB),
        (800_000_000, 764 * MIB),
    ] {
        assert_eq!(Pool::charged_bytes(requested), charged, "{requested}");
    }
}

#[test]
fn buffers_are_aligned_and_come_back() {
    let pool = Pool::new(None);
    let aligned = |buffer: &Buffer, bytes: usize| buffer.as_bytes().as_ptr().addr().is_multiple_of(bytes);
    let small = pool.allocate(100).unwrap();
    let large = pool.allocate(2 * MIB + 5).unwrap();
    // Under Miri there are no pages, only the heap.
    let page_bytes = if cfg!(miri) { ALIGNMENT_BYTES } else { 2 * MIB };
    assert!(aligned(&small, ALIGNMENT_BYTES) && aligned(&large, page_bytes));
    assert_eq!((small.len(), large.len()), (100, 2 * MIB + 5));
    assert_eq!(pool.statistics().held_bytes, (128 + 4 * MIB) as u64);
    let address = large.as_bytes().as_ptr();
    std::thread::spawn(move || drop(large)).join().unwrap();
    let statistics = pool.statistics();
    assert_eq!((statistics.held_bytes, statistics.idle_bytes), (128, 4 * MIB as u64));
    let again = pool.allocate(4 * MIB).unwrap();
    assert_eq!(again.as_bytes().as_ptr(), address);
    let statistics = pool.statistics();
    assert_eq!((statistics.allocations, statistics.fresh_allocations), (3, 2));
    assert_eq!(statistics.peak_bytes, (128 + 4 * MIB) as u64);
    drop((small, again));
    pool.reset_peak();
    assert_eq!(pool.statistics().peak_bytes, 0);
    pool.trim();
    assert_eq!(pool.statistics().idle_bytes, 0);
}

#[test]
fn zeroed_memory_is_zero_even_when_it_was_used() {
    let pool = Pool::new(None);
    for bytes in [100, LARGEST] {
        pool.allocate(bytes).unwrap().as_bytes_mut().fill(7);
        let again = pool.allocate_zeroed(bytes).unwrap();
        assert!(again.as_bytes().iter().all(|&byte| byte == 0));
    }
}

#[test]
fn the_limit_holds_and_refusals_change_nothing() {
    let pool = Pool::new(Some(10_000));
    let first = pool.allocate(8_000).unwrap();
    let refused =
        ElementError::OutOfMemory { requested_bytes: 3_000, held_bytes: 8_192, limit_bytes: Some(10_000) };
    assert_eq!(pool.allocate(3_000).unwrap_err(), refused);
    assert_eq!(refused.to_string(), "cannot allocate 3000 bytes: 8192 are held of a limit of 10000");
    assert_eq!(pool.statistics().held_bytes, 8_192);
    drop(first);
    assert!(pool.allocate(3_000).is_ok());
    assert!(matches!(pool.allocate(usize::MAX / 2), Err(ElementError::OutOfMemory { .. })));
    // What the system itself refuses is an error as well.
    assert!(cfg!(miri) || Pool::new(None).allocate(1 << 60).is_err());
}

#[test]
fn refusals_can_be_ordered() {
    let pool = Pool::new(None);
    pool.refuse_next();
    assert!(pool.allocate(8).is_err());
    assert!(pool.allocate(8).is_ok());
    pool.refuse_after(2);
    assert!(pool.allocate(8).is_ok() && pool.allocate(8).is_ok());
    assert!(pool.allocate(8).is_err());
    assert!(pool.allocate(8).is_ok());
}

#[test]
fn a_vector_is_taken_over_without_copying() {
    let bytes = vec![1, 2, 3];
    let address = bytes.as_ptr();
    let buffer = Buffer::from_vec(bytes);
    assert!(buffer.pool().is_none());
    assert_eq!(buffer.duplicate().unwrap().as_bytes(), [1, 2, 3]);
    let back = buffer.into_vec();
    assert_eq!(back.as_ptr(), address);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 60 }))]

    /// Held and idle memory together never exceed what was once held, and both are counted right.
    #[test]
    fn idle_memory_is_bounded_by_the_peak(
        steps in prop::collection::vec((0_usize..LARGEST, any::<prop::sample::Index>(), any::<bool>()), 1..40),
    ) {
        let pool = Pool::new(Some(20 * MIB as u64));
        let mut held: Vec<Buffer> = Vec::new();
        let mut peak = 0;
        for (bytes, which, frees) in steps {
            if frees && !held.is_empty() {
                held.swap_remove(which.index(held.len()));
            } else if let Ok(mut buffer) = pool.allocate(bytes) {
                // Nobody else's bytes.
                buffer.as_bytes_mut().fill(held.len() as u8);
                held.push(buffer);
            }
            let charged: usize = held.iter().map(|buffer| Pool::charged_bytes(buffer.len())).sum();
            peak = peak.max(charged);
            let statistics = pool.statistics();
            prop_assert_eq!(statistics.held_bytes, charged as u64);
            prop_assert_eq!(statistics.peak_bytes, peak as u64);
            prop_assert!(statistics.held_bytes + statistics.idle_bytes <= peak as u64);
        }
    }
}
