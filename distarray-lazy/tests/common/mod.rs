//! What the tests of indexing share: index expressions and distributions by chance, and NumPy's answer on one process.
#![allow(clippy::cast_possible_truncation, reason = "positions of small arrays")]
#![allow(dead_code, reason = "each test binary uses its own part")]

use distarray_lazy::IndexTerm;
use distarray_maps::{AxisMap, Distribution, Grid};
use ndarray::{ArrayD, Axis};
use proptest::prelude::*;

pub(crate) fn term() -> impl Strategy<Value = IndexTerm> {
    let end = || prop::option::of(-9_i64..9);
    let step = prop::option::of(prop_oneof![-3_i64..0, 1_i64..4]);
    prop_oneof![
        2 => (-9_i64..9).prop_map(IndexTerm::At),
        6 => (end(), end(), step).prop_map(|(start, stop, step)| IndexTerm::Slice { start, stop, step }),
        1 => Just(IndexTerm::NewAxis),
        1 => Just(IndexTerm::Ellipsis),
    ]
}

/// Python's slice, walked index by index.
pub(crate) fn walked(length: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<usize> {
    let end = length as i64;
    let wrap = |value: i64| if value < 0 { value + end } else { value };
    let (low, high) = if step > 0 { (0, end) } else { (-1, end - 1) };
    let mut at = start.map_or(if step > 0 { low } else { high }, |value| wrap(value).clamp(low, high));
    let stop = stop.map_or(if step > 0 { high } else { low }, |value| wrap(value).clamp(low, high));
    let mut found = Vec::new();
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        found.push(at as usize);
        at += step;
    }
    found
}

/// What NumPy gives, or `None` where it refuses.
pub(crate) fn indexed<T: Clone>(array: &ArrayD<T>, terms: &[IndexTerm]) -> Option<ArrayD<T>> {
    let named =
        terms.iter().filter(|term| matches!(term, IndexTerm::At(_) | IndexTerm::Slice { .. })).count();
    let ellipses = terms.iter().filter(|term| **term == IndexTerm::Ellipsis).count();
    let rest = array.ndim().checked_sub(named)?;
    if ellipses > 1 {
        return None;
    }
    let mut result = array.clone();
    let mut axis = 0;
    for term in terms {
        match *term {
            IndexTerm::At(index) => {
                let length = result.len_of(Axis(axis)) as i64;
                let place = if index < 0 { index + length } else { index };
                if place < 0 || place >= length {
                    return None;
                }
                result = result.index_axis(Axis(axis), place as usize).to_owned();
            }
            IndexTerm::Slice { start, stop, step } => {
                let taken = walked(result.len_of(Axis(axis)), start, stop, step.unwrap_or(1));
                result = result.select(Axis(axis), &taken);
                axis += 1;
            }
            IndexTerm::Ellipsis => axis += rest,
            IndexTerm::NewAxis => {
                result = result.insert_axis(Axis(axis));
                axis += 1;
            }
        }
    }
    Some(result)
}

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
