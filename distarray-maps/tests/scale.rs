//! Size does not matter: 10^15 elements over 65,536 ranks, with the bytes and the time that the own part takes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use distarray_maps::{AxisMap, AxisRange, AxisSlice, DistSpec, Distribution, Schedule};

/// Counts what the current thread allocates.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    HELD.with(|held| {
        held.set(held.get() + bytes);
        PEAK.with(|peak| peak.set(peak.get().max(held.get())));
    });
}

// SAFETY: every call is handed to the system's allocator unchanged; counting touches only constant-initialised
// thread locals without destructors, which never allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The result, and the most bytes that were held on the way to it beyond those held before.
fn measured<T>(work: impl FnOnce() -> T) -> (T, isize) {
    let before = HELD.with(Cell::get);
    PEAK.with(|peak| peak.set(before));
    let result = work();
    (result, PEAK.with(Cell::get) - before)
}

/// The shortest of several tries: the others measure the machine's other work.
fn shortest(mut work: impl FnMut()) -> Duration {
    let tries = (0..20).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    tries.min().unwrap()
}

const ELEMENTS: usize = 1_000_000_000_000_000;
const RANKS: usize = 65_536;

fn spec(text: &str) -> DistSpec {
    text.parse().unwrap()
}

#[test]
fn a_regular_map_takes_the_same_few_bytes_whatever_its_size() {
    for text in ["b", "c", "c(3)", "c(1000003)"] {
        let (small, small_bytes) = measured(|| Distribution::from_spec(&[10], &spec(text), 2).unwrap());
        let (large, large_bytes) =
            measured(|| Distribution::from_spec(&[ELEMENTS], &spec(text), RANKS).unwrap());
        assert_eq!(large_bytes, small_bytes, "{text}");
        assert!(large_bytes <= 1024, "{large_bytes} bytes");
        assert_eq!(large.size() / ELEMENTS, small.size() / 10);
        let slice = [AxisSlice::Range(AxisRange { start: ELEMENTS - 1, step: -7, count: ELEMENTS / 8 })];
        let (sliced, sliced_bytes) = measured(|| large.slice(&slice).unwrap());
        assert!(sliced_bytes <= 1024, "{sliced_bytes} bytes");
        let (_, asked_bytes) = measured(|| {
            let (rank, local) = sliced.owner(&[ELEMENTS / 9]).unwrap();
            assert_eq!(sliced.global_index(rank, &local), Ok(vec![ELEMENTS / 9]));
            assert!(sliced.local_size(rank) > 0);
        });
        assert!(asked_bytes <= 256, "{asked_bytes} bytes");
    }
}

/// The issue's own case: cyclic(3) -> cyclic(5), within 10 ms and 1 MiB.
#[test]
fn the_own_part_of_a_schedule_over_65536_ranks_is_cheap() {
    let source = Distribution::from_spec(&[ELEMENTS], &spec("c(3)"), RANKS).unwrap();
    let target = Distribution::from_spec(&[ELEMENTS], &spec("c(5)"), RANKS).unwrap();
    for rank in [0, 1, 30_000, RANKS - 1] {
        let (schedule, bytes) = measured(|| Schedule::new(&source, &target, rank).unwrap());
        let time = shortest(|| drop(Schedule::new(&source, &target, rank)));
        println!(
            "rank {rank}: {bytes} bytes, {time:?}, {} sends, {} receives",
            schedule.sends().len(),
            schedule.receives().len()
        );
        assert!(bytes <= 1 << 20, "{bytes} bytes");
        assert!(time <= Duration::from_millis(10), "{time:?}");
        assert_eq!(schedule.sent() + schedule.kept(), source.local_size(rank));
        assert_eq!(schedule.received() + schedule.kept(), target.local_size(rank));
    }
}

/// Both sides of a transfer, far apart in the grid, agree on the runs.
#[test]
fn far_ranks_agree_on_their_runs() {
    let source = Distribution::from_spec(&[ELEMENTS], &spec("c(3)"), RANKS).unwrap();
    let reversed = AxisSlice::Range(AxisRange { start: ELEMENTS - 1, step: -1, count: ELEMENTS });
    let target =
        Distribution::from_spec(&[ELEMENTS], &spec("c(5)"), RANKS).unwrap().slice(&[reversed]).unwrap();
    let sends = Schedule::new(&source, &target, 12_345).unwrap();
    assert!(!sends.sends().is_empty());
    for sent in sends.sends() {
        let receives = Schedule::new(&source, &target, sent.peer).unwrap();
        let received = receives.receives().iter().find(|received| received.peer == 12_345).unwrap();
        assert_eq!((&sent.axes, sent.count), (&received.axes, received.count));
    }
}

/// In two dimensions, and between kinds: still a few numbers per peer.
#[test]
fn two_dimensions_over_65536_ranks() {
    let shape = [40_000_000, 25_000_000];
    let grid = [256, 256];
    let cases = [("c(3),c(3)", "c(5),c(5)"), ("c(64),c(64)", "b,b"), ("b,b", "c(64),c(64)"), ("b,b", "b,b")];
    for (from, to) in cases {
        let source = Distribution::from_spec(&shape, &spec(from).with_grid(&grid), RANKS).unwrap();
        let target = Distribution::from_spec(&shape, &spec(to).with_grid(&grid), RANKS).unwrap();
        let (schedule, bytes) = measured(|| Schedule::new(&source, &target, 257).unwrap());
        let time = shortest(|| drop(Schedule::new(&source, &target, 257)));
        println!("{from} -> {to}: {bytes} bytes, {time:?}, {} sends", schedule.sends().len());
        assert_eq!(schedule.received() + schedule.kept(), target.local_size(257));
        assert_eq!(schedule.sent() + schedule.kept(), source.local_size(257));
    }
}

/// A block of large blocks against a cyclic map: folded one way or the other, never listed.
#[test]
fn large_blocks_meet_small_ones_without_a_list() {
    let length = 1_000_000_000_000;
    let maps = [
        AxisMap::block(length, 4).unwrap(),
        AxisMap::block_cyclic(length, 4, 1_000_000_000).unwrap(),
        AxisMap::block_with_bounds(&[0, 7, length / 3, length / 2, length]).unwrap(),
        AxisMap::replicated(length),
    ];
    let cyclic = Distribution::from_spec(&[length], &spec("c"), 3).unwrap();
    for map in maps {
        let grid = distarray_maps::Grid::row_major(&[map.parts()]).unwrap();
        let large = Distribution::new(&[length], vec![map], grid).unwrap();
        for (source, target) in [(&large, &cyclic), (&cyclic, &large)] {
            let (schedule, bytes) = measured(|| Schedule::new(source, target, 0).unwrap());
            assert!(bytes < 1 << 20, "{bytes} bytes");
            assert_eq!(schedule.received() + schedule.kept(), target.local_size(0));
        }
    }
}

/// Between maps of one rank of four, a schedule costs microseconds.
#[test]
fn the_usual_schedule_takes_microseconds() {
    let shape = [10_000, 10_000];
    for (from, to) in [("b,n", "n,b"), ("b,b", "b,n"), ("c(64),n", "b,n"), ("b,n", "b,n")] {
        let source = Distribution::from_spec(&shape, &spec(from), 4).unwrap();
        let target = Distribution::from_spec(&shape, &spec(to), 4).unwrap();
        let time = shortest(|| {
            for _ in 0..100 {
                std::hint::black_box(Schedule::new(&source, &target, 1).unwrap());
            }
        });
        let same = shortest(|| {
            for _ in 0..100 {
                std::hint::black_box(source.same_placement(&target));
            }
        });
        println!("{from} -> {to}: {:?} each; same placement {:?}", time / 100, same / 100);
    }
}
