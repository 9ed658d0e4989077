//! What the tests of handles share: every kind of distribution.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

use distarray_maps::{AxisMap, Distribution, Grid};
use proptest::prelude::*;

/// An axis map of any kind.
fn axis_map(length: usize, parts: usize) -> BoxedStrategy<AxisMap> {
    let even = AxisMap::block(length, parts).expect("a valid map");
    let dealt =
        (1_usize..5).prop_map(move |block| AxisMap::block_cyclic(length, parts, block).expect("a valid map"));
    let bounds = prop::collection::vec(0..=length, parts - 1).prop_map(move |mut inner| {
        inner.sort_unstable();
        let bounds: Vec<usize> = std::iter::once(0).chain(inner).chain(std::iter::once(length)).collect();
        AxisMap::block_with_bounds(&bounds).expect("sorted bounds")
    });
    let listed = Just((0..length).collect::<Vec<_>>()).prop_shuffle().prop_map(move |indices| {
        let lists = (0..parts).map(|part| indices.iter().copied().skip(part).step_by(parts).collect());
        AxisMap::unstructured(lists.collect()).expect("a permutation")
    });
    prop_oneof![2 => Just(even), 3 => dealt, 1 => bounds, 1 => listed].boxed()
}

/// A distribution of any shape and kind.
pub(crate) fn layout() -> impl Strategy<Value = Distribution> {
    let shapes = prop_oneof![
        (0_usize..14).prop_map(|length| vec![length]),
        (0_usize..9, 0_usize..9).prop_map(|(rows, columns)| vec![rows, columns]),
        (1_usize..5, 1_usize..6, 1_usize..7).prop_map(|(a, b, c)| vec![a, b, c]),
    ];
    (shapes, prop::sample::select(vec![1_usize, 2, 3, 4, 6])).prop_flat_map(|(shape, ranks)| {
        let first = (1..=ranks).filter(|parts| ranks % parts == 0).collect::<Vec<_>>();
        prop::sample::select(first).prop_flat_map(move |high| {
            let mut parts = vec![1; shape.len()];
            parts[0] = high;
            *parts.last_mut().expect("at least one axis") *= ranks / high;
            let maps: Vec<_> =
                shape.iter().zip(&parts).map(|(length, parts)| axis_map(*length, *parts)).collect();
            let shape = shape.clone();
            maps.prop_map(move |maps| {
                let grid = Grid::row_major(&parts).expect("a valid grid");
                Distribution::new(&shape, maps, grid).expect("maps that fit")
            })
        })
    })
}

/// A distribution of `shape` over at most `ranks` ranks, in any kinds of axes.
pub(crate) fn distributed(shape: Vec<usize>, ranks: usize) -> BoxedStrategy<Distribution> {
    prop::collection::vec(1..=ranks, shape.len())
        .prop_flat_map(move |mut parts| {
            let mut left = ranks;
            for count in &mut parts {
                *count = left.min(*count);
                left /= *count;
            }
            let maps: Vec<_> =
                shape.iter().zip(&parts).map(|(length, parts)| axis_map(*length, *parts)).collect();
            let shape = shape.clone();
            maps.prop_map(move |maps| {
                let grid = Grid::row_major(&parts).expect("a valid grid");
                Distribution::new(&shape, maps, grid).expect("maps that fit")
            })
        })
        .boxed()
}
