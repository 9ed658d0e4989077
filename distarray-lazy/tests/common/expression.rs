//! What the tests of indexing share: index expressions by chance, and NumPy's answer on one process.
#![allow(clippy::cast_possible_truncation, reason = "positions of small arrays")]
#![allow(dead_code, reason = "each test binary uses its own part of this")]

use distarray_lazy::IndexTerm;
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
            _ => unreachable!("this model knows no arrays"),
        }
    }
    Some(result)
}
