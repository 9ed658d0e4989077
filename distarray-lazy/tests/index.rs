//! Indexing and rearranging against a copying model, over every kind of distribution.
#![allow(clippy::cast_possible_truncation, reason = "positions of small arrays")]

mod common;
#[path = "common/expression.rs"]
mod expression;

use common::layout;
use distarray_comm::threads;
use distarray_core::Scalar;
use distarray_lazy::{Context, DistArray, Index, IndexTerm, ix};
use distarray_maps::Distribution;
use distarray_spmd::Error;
use expression::{indexed, term};
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
