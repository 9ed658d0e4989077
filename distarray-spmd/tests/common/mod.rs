//! What the tests of local arrays share: every kind of distribution, and ranks to run on.
#![allow(dead_code, reason = "each test binary uses its own part")]

use distarray_comm::threads;
use distarray_core::Element;
use distarray_maps::{AxisMap, Distribution, Grid};
use distarray_spmd::{Error, LocalArray, Worker};
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;

/// Runs `program` on every rank; all must agree, and the value is what they agree on.
#[track_caller]
pub(crate) fn on_ranks<R: PartialEq + std::fmt::Debug + Send>(
    ranks: usize,
    program: impl Fn(&Worker) -> Result<R, Error> + Sync,
) -> R {
    let mut values = threads::run(ranks, |comm| program(&Worker::new(&comm))).expect("no rank fails");
    let first = values.remove(0);
    for value in values {
        assert_eq!(value, first, "ranks disagree");
    }
    first
}

pub(crate) fn counted(shape: &[usize]) -> ArrayD<f64> {
    let size: usize = shape.iter().product();
    let values = (0..size).map(|index| (index as f64 * 0.37).sin() * 100.0).collect();
    ArrayD::from_shape_vec(IxDyn(shape), values).expect("as many values as the shape has")
}

pub(crate) fn spread<T: Element>(
    array: &ArrayD<T>,
    distribution: &Distribution,
    worker: &Worker,
) -> Result<LocalArray<T>, Error> {
    LocalArray::from_function(distribution, worker, |index| array[IxDyn(index)])
}

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
        (1_usize..4).prop_map(move |block| AxisMap::block_cyclic(length, parts, block).expect("a valid map"));
    let listed = proptest::collection::vec(0..parts, length).prop_perturb(move |owners, mut random| {
        let mut lists = vec![Vec::new(); parts];
        for (index, owner) in owners.into_iter().enumerate() {
            let list: &mut Vec<usize> = &mut lists[owner];
            let place = usize::from(random.random::<u16>()) % (list.len() + 1);
            list.insert(place, index);
        }
        AxisMap::unstructured(lists).expect("each index once")
    });
    prop_oneof![Just(even), Just(cyclic), bounds, dealt, listed].boxed()
}

/// A distribution of `shape` over at most `ranks` ranks: any kinds, any grid.
pub(crate) fn distribution(shape: Vec<usize>, ranks: usize) -> BoxedStrategy<Distribution> {
    let mut grids = vec![vec![]];
    for _ in &shape {
        grids = grids
            .into_iter()
            .flat_map(|grid: Vec<usize>| {
                (1..=ranks).map(move |parts| {
                    let mut grid = grid.clone();
                    grid.push(parts);
                    grid
                })
            })
            .filter(|grid| grid.iter().product::<usize>() <= ranks)
            .collect();
    }
    let ndim = shape.len();
    let spread = proptest::sample::select(grids).prop_flat_map({
        let shape = shape.clone();
        move |grid| {
            let maps: Vec<_> =
                shape.iter().zip(&grid).map(|(length, parts)| axis_map(*length, *parts)).collect();
            let shape = shape.clone();
            maps.prop_map(move |maps| {
                let grid = Grid::row_major(&grid).expect("a valid grid");
                Distribution::new(&shape, maps, grid).expect("maps that fit")
            })
        }
    });
    let everywhere = Distribution::replicated(&shape, ranks).expect("a valid distribution");
    let one =
        (0..ranks).prop_map(move |rank| Distribution::on_rank(&shape, rank).expect("a valid distribution"));
    if ndim == 0 {
        return prop_oneof![Just(everywhere), one].boxed();
    }
    prop_oneof![6 => spread, 1 => Just(everywhere), 1 => one].boxed()
}

pub(crate) fn shapes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        Just(vec![]),
        proptest::collection::vec(0_usize..12, 1..=1),
        proptest::collection::vec(0_usize..9, 2..=2),
        proptest::collection::vec(0_usize..6, 3..=3),
    ]
}
