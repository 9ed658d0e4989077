//! Every axis map against a twin that knows the owner of each index by heart.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{any_recipe, recipe};
use distarray_maps::{AxisMap, AxisRange};
use proptest::prelude::*;

proptest! {
    #![proptest_config(common::cases(1500))]

    #[test]
    fn a_map_agrees_with_its_twin(recipe in any_recipe()) {
        let (map, twin) = (recipe.map(), recipe.twin());
        prop_assert_eq!(map.length(), twin.owners.len());
        prop_assert_eq!(map.parts(), twin.parts);
        for (global, &(part, local)) in twin.owners.iter().enumerate() {
            prop_assert_eq!(map.owner(global), Some((part, local)), "global {}", global);
            prop_assert_eq!(map.global(part, local), Some(global));
        }
        prop_assert_eq!(map.owner(map.length()), None);
        for part in 0..twin.parts {
            prop_assert_eq!(map.count(part), twin.count(part));
            prop_assert_eq!(map.global(part, map.count(part)), None);
        }
        prop_assert_eq!((map.count(twin.parts), map.global(twin.parts, 0)), (0, None));
    }

    #[test]
    fn a_table_of_stretches_finds_every_index(recipe in any_recipe()) {
        let (map, twin) = (recipe.map(), recipe.twin());
        let table = map.segments();
        prop_assert_eq!(table.length, map.length());
        for (global, &owner) in twin.owners.iter().enumerate() {
            let (periods, within) = (global / table.period, global % table.period);
            let stretch = table.starts.partition_point(|&start| start <= within) - 1;
            let part = table.parts[stretch];
            let local = table.locals[stretch] + (within - table.starts[stretch]) + periods * table.per_period[part];
            prop_assert_eq!((part, local), owner, "global {}", global);
        }
        for part in 0..twin.parts {
            prop_assert_eq!(table.counts[part], twin.count(part));
        }
        let in_order = twin.owners.is_sorted();
        let bounds = map.bounds_in_order();
        prop_assert_eq!(bounds.is_some(), in_order);
        if let Some(bounds) = bounds {
            for (global, &(part, local)) in twin.owners.iter().enumerate() {
                prop_assert_eq!(bounds[part] + local, global);
            }
        }
    }

    #[test]
    fn runs_and_intervals_walk_over_exactly_the_indices_of_a_part(recipe in any_recipe()) {
        let (map, twin) = (recipe.map(), recipe.twin());
        for part in 0..=twin.parts {
            let mut expected: Vec<(usize, usize)> = Vec::new();
            for (global, &(owner, local)) in twin.owners.iter().enumerate() {
                if owner == part { expected.push((global, local)); }
            }
            let intervals = map.intervals(part).flat_map(|interval| (interval.start..interval.stop).map(move |global| (global, interval.local + (global - interval.start))));
            prop_assert_eq!(intervals.collect::<Vec<_>>(), expected.clone());
            let set = map.runs(part);
            let mut walked: Vec<(usize, usize)> = set.elements().collect();
            walked.sort_unstable();
            prop_assert_eq!(set.count(), expected.len());
            prop_assert_eq!(walked, expected);
        }
    }

    #[test]
    fn slicing_twice_is_slicing_once(recipe in any_recipe(), first in (0usize..40, -7isize..8, 0usize..40), second in (0usize..40, -7isize..8, 0usize..40)) {
        let map = recipe.map();
        let outer = fit(first, map.length());
        let inner = fit(second, outer.count);
        let twice = map.slice(&outer).unwrap().slice(&inner).unwrap();
        let once = map.slice(&outer.then(&inner)).unwrap();
        prop_assert!(twice.same_placement(&once), "{twice:?} and {once:?}");
        for global in 0..inner.count {
            let original = map.owner(outer.index(inner.index(global))).unwrap();
            prop_assert_eq!(twice.owner(global).unwrap().0, original.0);
        }
    }

    #[test]
    fn what_claims_the_same_placement_has_it((left, right) in (0usize..12, 1usize..4).prop_flat_map(|(length, parts)| (recipe(length, parts), recipe(length, parts)))) {
        let same = left.twin().owners == right.twin().owners;
        if left.map().same_placement(&right.map()) {
            prop_assert!(same);
        }
        prop_assert!(left.map().same_placement(&left.map()));
        if left.map() == right.map() {
            prop_assert!(left.map().same_placement(&right.map()));
        }
    }

    #[test]
    fn a_map_survives_the_wire(recipe in any_recipe()) {
        let map = recipe.map();
        let config = bincode::config::standard();
        let bytes = bincode::serde::encode_to_vec(&map, config).unwrap();
        let (read, _): (AxisMap, usize) = bincode::serde::decode_from_slice(&bytes, config).unwrap();
        prop_assert_eq!(&read, &map);
        let text = serde_json::to_string(&map).unwrap();
        prop_assert_eq!(&serde_json::from_str::<AxisMap>(&text).unwrap(), &map);
    }
}

/// A range that fits an axis, made of any numbers.
fn fit((start, step, count): (usize, isize, usize), length: usize) -> AxisRange {
    if length == 0 {
        return AxisRange { start: 0, step: 1, count: 0 };
    }
    let (start, step) = (start % length, if step == 0 { 1 } else { step });
    let room = if step > 0 { length - 1 - start } else { start };
    AxisRange { start, step, count: count.min(room / step.unsigned_abs() + 1) }
}

/// Large numbers, where only closed forms can answer: both directions must fit together.
#[test]
fn maps_of_2_to_the_62_indices_answer_at_once() {
    let length = (1usize << 62) + 12_345;
    let maps = [
        AxisMap::block(length, 7).unwrap(),
        AxisMap::cyclic(length, 65_536).unwrap(),
        AxisMap::block_cyclic(length, 1_000_003, 4_097).unwrap(),
        AxisMap::block_with_bounds(&[0, 5, 5, 1 << 61, length]).unwrap(),
        AxisMap::replicated(length),
    ];
    for map in &maps {
        for step in [1, -1, 3, -7, 4_099, 1_000_000_007, -999_999_999_989] {
            let count = (length - 1) / isize::unsigned_abs(step) + 1;
            let sliced =
                map.slice(&AxisRange { start: if step > 0 { 0 } else { length - 1 }, step, count }).unwrap();
            let parts = sliced.parts();
            let total: usize =
                if parts < 100_000 { (0..parts).map(|part| sliced.count(part)).sum() } else { count };
            assert_eq!(total, count);
            for global in [0, 1, count / 3, count / 2 + 1, count - 1] {
                let (part, local) = sliced.owner(global).unwrap();
                assert_eq!(sliced.global(part, local), Some(global), "{sliced:?}");
                assert!(local < sliced.count(part));
            }
        }
    }
}

/// The longest axis there may be.
#[test]
fn the_longest_axis_is_2_to_the_63_less_one() {
    let longest = isize::MAX.unsigned_abs();
    for map in [
        AxisMap::block(longest, 3).unwrap(),
        AxisMap::block_cyclic(longest, 4, 1 << 61).unwrap(),
        AxisMap::cyclic(longest, 5).unwrap(),
    ] {
        assert_eq!((0..map.parts()).map(|part| map.count(part)).sum::<usize>(), longest);
        let (part, local) = map.owner(longest - 1).unwrap();
        assert_eq!(map.global(part, local), Some(longest - 1));
        let reversed = map.slice(&AxisRange::python(None, None, Some(-1), longest).unwrap()).unwrap();
        assert_eq!(reversed.owner(0).map(|owner| owner.0), Some(part));
    }
    assert!(AxisMap::block(longest + 1, 3).is_err());
    assert!(AxisMap::block_cyclic(10, 1 << 40, 1 << 40).is_err());
}
