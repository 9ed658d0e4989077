//! Indexing and rearranging against a copying model, over every kind of distribution.
#![allow(clippy::cast_possible_truncation, reason = "positions of small arrays")]

use distarray_comm::threads;
use distarray_core::Scalar;
use distarray_lazy::{Context, DistArray, Index, IndexTerm, ix};
use distarray_maps::{AxisMap, Distribution, Grid};
use distarray_spmd::Error;
use ndarray::{ArrayD, Axis};
use proptest::prelude::*;

/// One thing that is done to an array.
#[derive(Clone, Debug)]
enum Action {
    Index(Vec<IndexTerm>),
    Transpose(usize),
    Flip(usize),
    Expand(usize),
    Repeat(usize),
    /// Adds the array to itself: a pass over a view.
    Double,
    /// Stores it before it is used further.
    Compute,
}

fn term() -> impl Strategy<Value = IndexTerm> {
    let end = || prop::option::of(-9_i64..9);
    let step = prop::option::of(prop_oneof![-3_i64..0, 1_i64..4]);
    prop_oneof![
        2 => (-9_i64..9).prop_map(IndexTerm::At),
        6 => (end(), end(), step).prop_map(|(start, stop, step)| IndexTerm::Slice { start, stop, step }),
        1 => Just(IndexTerm::NewAxis),
        1 => Just(IndexTerm::Ellipsis),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => prop::collection::vec(term(), 0..4).prop_map(Action::Index),
        2 => (0_usize..24).prop_map(Action::Transpose),
        1 => (0_usize..4).prop_map(Action::Flip),
        1 => (0_usize..4).prop_map(Action::Expand),
        1 => (1_usize..4).prop_map(Action::Repeat),
        2 => Just(Action::Double),
        2 => Just(Action::Compute),
    ]
}

/// Python's slice, walked index by index.
fn walked(length: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<usize> {
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
fn indexed(array: &ArrayD<i64>, terms: &[IndexTerm]) -> Option<ArrayD<i64>> {
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

/// The permutation of so many axes that has this number.
fn permutation(mut number: usize, ndim: usize) -> Vec<usize> {
    let mut rest: Vec<usize> = (0..ndim).collect();
    (0..ndim)
        .map(|_| {
            let place = number % rest.len();
            number /= rest.len();
            rest.remove(place)
        })
        .collect()
}

/// Does it to the array and to the model. `None` if both refuse.
fn apply(
    action: &Action,
    array: &DistArray,
    model: &ArrayD<i64>,
) -> Result<Option<(DistArray, ArrayD<i64>)>, Error> {
    let ndim = model.ndim();
    Ok(Some(match action {
        Action::Index(terms) => {
            let found = array.index(Index::new(terms.clone()));
            match indexed(model, terms) {
                Some(expected) => (found, expected),
                None => {
                    assert!(found.error().is_some(), "{terms:?} of {:?}", model.shape());
                    return Ok(None);
                }
            }
        }
        Action::Transpose(number) => {
            let order = permutation(*number, ndim);
            let signed: Vec<isize> = order.iter().map(|axis| *axis as isize).collect();
            let found = array.transpose(distarray_lazy::Axes::Some(signed));
            (found, model.clone().permuted_axes(order).as_standard_layout().to_owned())
        }
        Action::Flip(axis) if ndim > 0 => {
            let axis = axis % ndim;
            let mut turned = model.clone();
            turned.invert_axis(Axis(axis));
            (array.flip(axis as isize), turned.as_standard_layout().to_owned())
        }
        Action::Expand(axis) if ndim < 5 => {
            let axis = axis % (ndim + 1);
            (array.expand_dims(axis as isize), model.clone().insert_axis(Axis(axis)))
        }
        Action::Repeat(count) if ndim < 5 => {
            let mut shape = vec![*count];
            shape.extend(model.shape());
            (array.broadcast_to(&shape), model.broadcast(&shape[..]).expect("one more axis").to_owned())
        }
        Action::Double => (array + array, model + model),
        Action::Compute => (array.compute()?.clone(), model.clone()),
        Action::Flip(_) | Action::Expand(_) | Action::Repeat(_) => (array.clone(), model.clone()),
    }))
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

fn layout() -> impl Strategy<Value = Distribution> {
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

fn agrees(distribution: &Distribution, actions: &[Action]) {
    let shape = distribution.shape().to_vec();
    let size: usize = shape.iter().product();
    let model = ArrayD::from_shape_vec(shape, (0..size as i64).collect()).expect("as many elements");
    let outcome = threads::run(distribution.grid().max_rank() + 1, |comm| {
        let context = Context::spmd(&comm)?;
        let whole = context.ramp(distribution.clone(), Scalar::Int64(0), Scalar::Int64(1));
        let (mut array, mut model) = (whole.clone(), model.clone());
        for action in actions {
            let Some((next, expected)) = apply(action, &array, &model)? else { return Ok::<_, Error>(()) };
            assert_eq!(next.shape(), expected.shape(), "{action:?}");
            (array, model) = (next, expected);
        }
        assert_eq!(array.fetch::<i64>()?, model, "{actions:?}");
        let sum = array.sum(()).item()?;
        assert_eq!(sum, Scalar::Int64(model.sum()), "{actions:?}");
        let moved = array.redistribute(Distribution::block_rows(model.shape(), comm.size())?);
        assert_eq!(moved.fetch::<i64>()?, model, "{actions:?}");
        // What the view was made of is as it was.
        assert_eq!(
            whole.fetch::<i64>()?.iter().copied().collect::<Vec<_>>(),
            (0..size as i64).collect::<Vec<_>>()
        );
        Ok(())
    });
    outcome.expect("no rank fails");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn views_of_views_agree_with_copies(distribution in layout(), actions in prop::collection::vec(action(), 1..5)) {
        agrees(&distribution, &actions);
    }
}

#[test]
fn slices_of_blocks_take_no_memory_and_no_message() {
    let outcome = threads::run(3, |comm| {
        let context = Context::spmd(&comm)?;
        let x = context.ramp(([300, 40], "b,n"), Scalar::Float64(0.0), Scalar::Float64(1.0));
        x.compute()?;
        let before = context.statistics()?;
        let view = x.index(ix![10..;2, 1..-1]).transpose(());
        assert_eq!(view.shape(), [38, 145]);
        view.compute()?;
        let after = context.statistics()?;
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.held_bytes, after.held_bytes);
        }
        Ok::<_, Error>(())
    });
    outcome.expect("no rank fails");
}

#[test]
fn a_wrong_index_is_known_at_once() {
    let outcome = threads::run(1, |comm| {
        let context = Context::spmd(&comm)?;
        let x = context.linspace(0.0, 1.0, 5);
        let refused = x.index(ix![7]);
        assert!(
            refused
                .error()
                .expect("out of bounds")
                .to_string()
                .contains("index 7 is out of bounds for axis 0 with size 5")
        );
        let refused = x.transpose([0, 0]);
        assert!(refused.error().is_some());
        Ok::<_, Error>(())
    });
    outcome.expect("no rank fails");
}
