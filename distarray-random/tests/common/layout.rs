//! Layouts by chance.

use distarray_maps::{AxisMap, Distribution, Grid};
use proptest::prelude::*;

/// An axis map of `length` over `parts` parts: every kind.
pub(crate) fn axis_map(length: usize, parts: usize) -> BoxedStrategy<AxisMap> {
    let even = AxisMap::block(length, parts).expect("a valid map");
    let cyclic = AxisMap::cyclic(length, parts).expect("a valid map");
    let bounds = proptest::collection::vec(0..=length, parts - 1).prop_map(move |mut inner| {
        inner.sort_unstable();
        let bounds: Vec<usize> = std::iter::once(0).chain(inner).chain(std::iter::once(length)).collect();
        AxisMap::block_with_bounds(&bounds).expect("sorted bounds")
    });
    let dealt =
        (1_usize..9).prop_map(move |block| AxisMap::block_cyclic(length, parts, block).expect("a valid map"));
    let listed = Just((0..length).collect::<Vec<_>>()).prop_shuffle().prop_map(move |indices| {
        let lists = (0..parts).map(|part| indices.iter().copied().skip(part).step_by(parts).collect());
        AxisMap::unstructured(lists.collect()).expect("a permutation")
    });
    let kinds = prop_oneof![Just(even), Just(cyclic), bounds, dealt, listed];
    if parts == 1 { prop_oneof![Just(AxisMap::replicated(length)), kinds].boxed() } else { kinds.boxed() }
}

/// A distribution over at most eight ranks of an array of two axes.
pub(crate) fn layout() -> impl Strategy<Value = Distribution> {
    let lengths =
        prop_oneof![(0_usize..7, 0_usize..150), (0_usize..150, 0_usize..7), (1_usize..3, 900_usize..2100)];
    let grids =
        prop::sample::select(vec![(1, 1), (2, 1), (1, 3), (4, 1), (1, 5), (2, 3), (7, 1), (2, 4), (1, 8)]);
    (lengths, grids).prop_flat_map(|((rows, columns), (high, wide))| {
        (axis_map(rows, high), axis_map(columns, wide)).prop_map(move |(first, second)| {
            let grid = Grid::row_major(&[high, wide]).expect("a valid grid");
            Distribution::new(&[rows, columns], vec![first, second], grid).expect("maps that fit")
        })
    })
}

/// A distribution over at most eight ranks of an array of one axis.
pub(crate) fn line(length: usize) -> impl Strategy<Value = Distribution> {
    (1_usize..9).prop_flat_map(move |parts| {
        axis_map(length, parts).prop_map(move |map| {
            let grid = Grid::row_major(&[parts]).expect("a valid grid");
            Distribution::new(&[length], vec![map], grid).expect("a map that fits")
        })
    })
}
