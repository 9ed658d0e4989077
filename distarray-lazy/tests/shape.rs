//! Changes of shape against slow models, over every kind of distribution.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "positions of small arrays")]

mod common;
#[path = "common/foretold.rs"]
mod foretold;

use common::layout;
use distarray_comm::threads;
use distarray_core::{DType, Scalar};
use distarray_lazy::{Axes, Context, DistArray, Pad, ix};
use distarray_maps::Distribution;
use distarray_spmd::Error;
use foretold::costs_what_is_said;
use ndarray::{ArrayD, Axis, Dimension, IxDyn, concatenate, stack};
use proptest::prelude::*;

/// One change of a shape. Numbers are brought into range by whoever uses them.
#[derive(Clone, Debug)]
enum Change {
    Reshape(Vec<usize>),
    Ravel,
    /// Of a view with all axes the other way round.
    Copy,
    Concatenate(usize, usize),
    ConcatenateFlat,
    Stack(usize),
    Tile(Vec<usize>),
    Repeat(usize, Option<usize>),
    RepeatEach(Vec<usize>, usize),
    Roll(Vec<isize>),
    RollFlat(isize),
    Turn(isize),
    Pad(Vec<(usize, usize)>, usize),
    Triangle(bool, i64),
    Diagonal(i64, bool),
    Split(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let small = || prop::collection::vec(0_usize..3, 1..4);
    prop_oneof![
        4 => prop::collection::vec(0_usize..1000, 4).prop_map(Change::Reshape),
        1 => Just(Change::Ravel),
        1 => Just(Change::Copy),
        2 => (0_usize..3, 1_usize..4).prop_map(|(axis, count)| Change::Concatenate(axis, count)),
        1 => Just(Change::ConcatenateFlat),
        1 => (0_usize..4).prop_map(Change::Stack),
        2 => small().prop_map(Change::Tile),
        2 => (0_usize..4, prop::option::of(0_usize..3)).prop_map(|(count, axis)| Change::Repeat(count, axis)),
        1 => (prop::collection::vec(0_usize..3, 16), 0_usize..3).prop_map(|(counts, axis)| Change::RepeatEach(counts, axis)),
        2 => prop::collection::vec(-20_isize..20, 9).prop_map(Change::Roll),
        1 => (-50_isize..50).prop_map(Change::RollFlat),
        1 => (-4_isize..5).prop_map(Change::Turn),
        4 => (prop::collection::vec((0_usize..9, 0_usize..9), 3), 0_usize..5).prop_map(|(widths, mode)| Change::Pad(widths, mode)),
        2 => (any::<bool>(), -4_i64..5).prop_map(|(lower, offset)| Change::Triangle(lower, offset)),
        2 => (-4_i64..5, any::<bool>()).prop_map(|(offset, turned)| Change::Diagonal(offset, turned)),
        2 => (0_usize..3, 1_usize..5).prop_map(|(axis, count)| Change::Split(axis, count)),
    ]
}

/// An array whose elements are those of `array` at the places that `place` gives; -1 where it gives none.
fn gathered(
    array: &ArrayD<i64>,
    shape: &[usize],
    place: impl Fn(&[usize]) -> Option<Vec<usize>>,
) -> ArrayD<i64> {
    ArrayD::from_shape_fn(IxDyn(shape), |index| place(index.slice()).map_or(-1, |place| array[IxDyn(&place)]))
}

fn reshaped(array: &ArrayD<i64>, shape: &[usize]) -> ArrayD<i64> {
    let elements: Vec<i64> = array.iter().copied().collect();
    ArrayD::from_shape_vec(IxDyn(shape), elements).expect("the same size")
}

/// Another shape of the same size.
fn other_shape(size: usize, numbers: &[usize]) -> Vec<usize> {
    if size == 0 {
        return vec![numbers[0] % 3, 0, numbers[1] % 3];
    }
    let mut rest = size;
    let mut shape: Vec<usize> = numbers[..3]
        .iter()
        .map(|number| {
            let divisors: Vec<usize> = (1..=rest).filter(|length| rest.is_multiple_of(*length)).collect();
            let length = divisors[number % divisors.len()];
            rest /= length;
            length
        })
        .collect();
    if rest > 1 || numbers[3].is_multiple_of(2) {
        shape.push(rest);
    }
    shape
}

/// Where NumPy's padding takes place `at` of an axis from: an index, a value, or nothing (it refuses).
fn source_of(at: isize, length: usize, mode: usize) -> isize {
    let length = length as isize;
    if (0..length).contains(&at) {
        return at;
    }
    match mode {
        1 => at.clamp(0, length - 1),
        2 if length == 1 => 0,
        2 => {
            let period = 2 * (length - 1);
            let place = at.rem_euclid(period);
            place.min(period - place)
        }
        3 => {
            let place = at.rem_euclid(2 * length);
            place.min(2 * length - 1 - place)
        }
        _ => at.rem_euclid(length),
    }
}

fn padded(array: &ArrayD<i64>, widths: &[(usize, usize)], mode: usize) -> ArrayD<i64> {
    let shape: Vec<usize> =
        array.shape().iter().zip(widths).map(|(length, (before, after))| before + length + after).collect();
    ArrayD::from_shape_fn(IxDyn(&shape), |index| {
        let mut place = Vec::new();
        let mut value = None;
        for (axis, &at) in index.slice().iter().enumerate() {
            let at = at as isize - widths[axis].0 as isize;
            let length = array.shape()[axis];
            if mode == 0 && !(0..length as isize).contains(&at) {
                value = Some(if at < 0 { -10 } else { -20 } - axis as i64);
                place.push(0);
            } else {
                place.push(source_of(at, length, mode) as usize);
            }
        }
        value.unwrap_or_else(|| array[IxDyn(&place)])
    })
}

fn pad_of(mode: usize, ndim: usize) -> Pad {
    match mode {
        0 => {
            let values =
                |axis: usize| (Scalar::Int64(-10 - axis as i64), Scalar::Float64(-20.0 - axis as f64));
            Pad::Constant((0..ndim).map(values).collect())
        }
        1 => Pad::Edge,
        2 => Pad::Reflect,
        3 => Pad::Symmetric,
        _ => Pad::Wrap,
    }
}

/// Does it to the array and to the model; `None` where the array has not the dimensions for it.
fn apply(
    context: &Context,
    change: &Change,
    array: &DistArray,
    model: &ArrayD<i64>,
) -> Result<Option<(DistArray, ArrayD<i64>)>, Error> {
    let (shape, ndim) = (model.shape().to_vec(), model.ndim());
    if ndim == 0 && !matches!(change, Change::Reshape(_) | Change::Ravel) {
        return Ok(None);
    }
    Ok(Some(match change {
        Change::Reshape(numbers) => {
            let target = other_shape(model.len(), numbers);
            let signed: Vec<isize> = target.iter().map(|length| *length as isize).collect();
            (array.reshape(&signed), reshaped(model, &target))
        }
        Change::Ravel => (array.reshape(&[-1]), reshaped(model, &[model.len()])),
        Change::Copy => {
            (array.transpose(()).copy(), model.clone().reversed_axes().as_standard_layout().to_owned())
        }
        Change::Concatenate(axis, count) => {
            let axis = axis % ndim;
            let turned = array.flip(0);
            let mut turned_model = model.clone();
            turned_model.invert_axis(Axis(0));
            let (mut arrays, mut views) = (vec![array], vec![model.view()]);
            for _ in 1..*count {
                arrays.push(&turned);
                views.push(turned_model.view());
            }
            (context.concatenate(&arrays, axis as isize), concatenate(Axis(axis), &views).expect("one shape"))
        }
        Change::ConcatenateFlat => {
            let flat = reshaped(model, &[model.len()]);
            let expected = concatenate(Axis(0), &[flat.view(), flat.view()]).expect("one dimension");
            (context.concatenate(&[array, array], None), expected)
        }
        Change::Stack(axis) => {
            let axis = axis % (ndim + 1);
            (
                context.stack(&[array, array], axis as isize),
                stack(Axis(axis), &[model.view(), model.view()]).expect("one shape"),
            )
        }
        Change::Tile(counts) => {
            let width = ndim.max(counts.len());
            let full = |list: &[usize]| [vec![1; width - list.len()], list.to_vec()].concat();
            let (own, counts_of) = (full(&shape), full(counts));
            let target: Vec<usize> =
                own.iter().zip(&counts_of).map(|(length, count)| length * count).collect();
            let expected = gathered(model, &target, |index| {
                Some(index[width - ndim..].iter().zip(&shape).map(|(at, length)| at % length).collect())
            });
            (array.tile(counts), expected)
        }
        Change::Repeat(count, axis) => {
            let axis = axis.map(|axis| axis % ndim);
            let source = if axis.is_some() { model.clone() } else { reshaped(model, &[model.len()]) };
            let along = axis.unwrap_or(0);
            let mut target = source.shape().to_vec();
            target[along] *= count;
            let expected = gathered(&source, &target, |index| {
                let mut place = index.to_vec();
                place[along] /= count;
                Some(place)
            });
            (array.repeat(*count, axis.map(|axis| axis as isize)), expected)
        }
        Change::RepeatEach(counts, axis) => {
            let axis = axis % ndim;
            let length = shape[axis];
            if length > counts.len() {
                return Ok(None);
            }
            let indices: Vec<usize> =
                (0..length).flat_map(|index| std::iter::repeat_n(index, counts[index])).collect();
            (array.repeat_each(&counts[..length], axis as isize), model.select(Axis(axis), &indices))
        }
        Change::Roll(shifts) => {
            let expected = gathered(model, &shape, |index| {
                let place = |(axis, at): (usize, &usize)| {
                    (*at as isize - shifts[axis]).rem_euclid(shape[axis] as isize) as usize
                };
                Some(index.iter().enumerate().map(place).collect())
            });
            let axes = Axes::Some((0..ndim as isize).collect());
            (array.roll(&shifts[..ndim], axes), expected)
        }
        Change::RollFlat(shift) => {
            let mut flat: Vec<i64> = model.iter().copied().collect();
            if !flat.is_empty() {
                let by = shift.rem_euclid(flat.len() as isize) as usize;
                flat.rotate_right(by);
            }
            (array.roll(&[*shift], ()), ArrayD::from_shape_vec(IxDyn(&shape), flat).expect("the same size"))
        }
        Change::Turn(quarters) if ndim > 1 => {
            let mut expected = model.clone();
            for _ in 0..quarters.rem_euclid(4) {
                expected.invert_axis(Axis(1));
                expected.swap_axes(0, 1);
            }
            (array.rot90(*quarters, (0, 1)), expected.as_standard_layout().to_owned())
        }
        Change::Pad(widths, mode) if ndim <= 3 => {
            let widths = &widths[..ndim];
            if model.is_empty() && *mode != 0 {
                return Ok(None);
            }
            (array.pad(widths, &pad_of(*mode, ndim)), padded(model, widths, *mode))
        }
        Change::Triangle(lower, offset) => {
            let target = if ndim == 1 { vec![shape[0]; 2] } else { shape.clone() };
            let wide = model.broadcast(IxDyn(&target)).expect("rows").to_owned();
            let expected = ArrayD::from_shape_fn(IxDyn(&target), |index| {
                let at = index.slice();
                let distance = at[at.len() - 1] as i64 - at[at.len() - 2] as i64;
                let stays = if *lower { distance <= *offset } else { distance >= *offset };
                if stays { wide[index] } else { 0 }
            });
            (if *lower { array.tril(*offset) } else { array.triu(*offset) }, expected)
        }
        Change::Diagonal(offset, _) if ndim == 1 => {
            let side = shape[0] + offset.unsigned_abs() as usize;
            let expected = ArrayD::from_shape_fn(IxDyn(&[side, side]), |index| {
                let (row, column) = (index[0] as i64, index[1] as i64);
                if column - row == *offset { model[IxDyn(&[row.min(column) as usize])] } else { 0 }
            });
            (array.diag(*offset), expected)
        }
        Change::Diagonal(offset, turned) => {
            let (rows, columns) = if *turned { (ndim - 1, 0) } else { (0, ndim - 1) };
            let (down, right) = ((-offset).max(0) as usize, (*offset).max(0) as usize);
            let length = shape[rows].saturating_sub(down).min(shape[columns].saturating_sub(right));
            let mut target: Vec<usize> =
                (0..ndim).filter(|axis| ![rows, columns].contains(axis)).map(|axis| shape[axis]).collect();
            target.push(length);
            let expected = gathered(model, &target, |index| {
                let at = index[index.len() - 1];
                let mut place = index[..index.len() - 1].to_vec();
                let (first, last) = if *turned { (at + right, at + down) } else { (at + down, at + right) };
                place.insert(0, first);
                place.push(last);
                Some(place)
            });
            (array.diagonal(*offset, (rows as isize, columns as isize)), expected)
        }
        Change::Split(axis, count) => {
            let axis = axis % ndim;
            let parts = array.array_split(*count, axis as isize)?;
            assert_eq!(parts.len(), *count);
            let lengths: Vec<usize> = parts.iter().map(|part| part.shape()[axis]).collect();
            assert!(lengths.iter().max().expect("a part") - lengths.iter().min().expect("a part") <= 1);
            let again = parts.iter().rev().collect::<Vec<_>>();
            let mut ends: Vec<usize> = vec![0];
            lengths.iter().for_each(|length| ends.push(ends.last().expect("a begin") + length));
            let order: Vec<usize> = (0..*count).rev().flat_map(|part| ends[part]..ends[part + 1]).collect();
            (context.concatenate(&again, axis as isize), model.select(Axis(axis), &order))
        }
        Change::Turn(_) | Change::Pad(..) => return Ok(None),
    }))
}

fn agrees(distribution: &Distribution, changes: &[Change]) {
    let shape = distribution.shape().to_vec();
    let size: usize = shape.iter().product();
    let first = ArrayD::from_shape_vec(shape, (0..size as i64).collect()).expect("as many elements");
    let outcome = threads::run(distribution.grid().max_rank() + 1, |comm| {
        let context = Context::spmd(&comm)?;
        let whole = context.ramp(distribution.clone(), Scalar::Int64(0), Scalar::Int64(1));
        let (mut array, mut model) = (whole.clone(), first.clone());
        for change in changes {
            let Some((next, expected)) = apply(&context, change, &array, &model)? else { continue };
            if expected.len() > 4000 {
                break;
            }
            assert_eq!(next.check()?.shape(), expected.shape(), "{change:?} of {:?}", model.shape());
            (array, model) = (next, expected);
        }
        assert_eq!(array.fetch::<i64>()?, model, "{changes:?}");
        assert_eq!(array.sum(()).item()?, Scalar::Int64(model.sum()), "{changes:?}");
        assert_eq!(whole.fetch::<i64>()?, first, "what it was made of is as it was");
        Ok::<_, Error>(())
    });
    outcome.expect("no rank fails");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_of_shape_agree_with_their_models(distribution in layout(), changes in prop::collection::vec(change(), 1..4)) {
        agrees(&distribution, &changes);
    }
}

fn on_ranks(ranks: usize, program: impl Fn(&Context) -> Result<(), Error> + Sync) {
    threads::run(ranks, |comm| program(&Context::spmd(&comm)?)).expect("no rank fails");
}

#[test]
fn a_reshape_of_whole_rows_takes_no_memory_and_no_message() {
    on_ranks(3, |context| {
        let x = context.ramp(([300, 40], "b,n"), Scalar::Float64(0.0), Scalar::Float64(1.0));
        x.compute()?;
        let before = context.statistics()?;
        let view = x.reshape(&[-1]).reshape(&[30, 10, 40]);
        assert_eq!(view.shape(), [30, 10, 40]);
        view.compute()?;
        for (before, after) in before.iter().zip(&context.statistics()?) {
            assert_eq!(before.held_bytes, after.held_bytes);
        }
        assert_eq!(view.index(ix![29, 9, 39]).item()?, Scalar::Float64(11999.0));
        Ok(())
    });
}

#[test]
fn joined_arrays_meet_in_one_dtype() {
    on_ranks(2, |context| {
        let (x, y) = (context.arange(3), context.linspace(0.0, 1.0, 2));
        let joined = context.concatenate(&[&x, &y], 0);
        assert_eq!(joined.dtype()?, DType::Float64);
        assert_eq!(joined.fetch::<f64>()?, ndarray::arr1(&[0.0, 1.0, 2.0, 0.0, 1.0]).into_dyn());
        assert_eq!(context.vstack(&[&x, &x]).shape(), [2, 3]);
        assert_eq!(context.hstack(&[&x, &y]).shape(), [5]);
        assert_eq!(context.dstack(&[&x, &x]).shape(), [1, 3, 2]);
        assert_eq!(
            context.column_stack(&[&x, &x]).fetch::<i64>()?,
            ndarray::arr2(&[[0, 0], [1, 1], [2, 2]]).into_dyn()
        );
        Ok(())
    });
}

#[test]
fn matrices_and_grids_are_numpys() {
    on_ranks(3, |context| {
        let eye = context.eye(3, 4, 1, DType::Int64).fetch::<i64>()?;
        assert_eq!(eye, ndarray::arr2(&[[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]).into_dyn());
        let indices = context.indices(&[2, 3], DType::Int64).fetch::<i64>()?;
        assert_eq!(indices, ndarray::arr3(&[[[0, 0, 0], [1, 1, 1]], [[0, 1, 2], [0, 1, 2]]]).into_dyn());
        let grid = context.meshgrid(&[&context.arange(3), &context.arange(2)], true)?;
        assert_eq!(grid[0].fetch::<i64>()?, ndarray::arr2(&[[0, 1, 2], [0, 1, 2]]).into_dyn());
        assert_eq!(grid[1].fetch::<i64>()?, ndarray::arr2(&[[0, 0, 0], [1, 1, 1]]).into_dyn());
        let square = context.ramp(([4, 4], "b,b"), Scalar::Int64(0), Scalar::Int64(1));
        assert_eq!(square.trace(1, (0, 1)).item()?, Scalar::Int64(1 + 6 + 11));
        assert_eq!(square.full_like(Scalar::Float64(2.5), None).sum(()).item()?, Scalar::Int64(32));
        assert_eq!(square.ones_like(DType::Bool).dtype()?, DType::Bool);
        Ok(())
    });
}

#[test]
fn what_makes_no_shape_is_refused_in_numpys_words() {
    on_ranks(2, |context| {
        let x = context.ramp([2, 3], Scalar::Int64(0), Scalar::Int64(1));
        let said = |array: DistArray| array.error().expect("refused").to_string();
        assert!(said(x.reshape(&[4])).contains("cannot reshape array of size 6 into shape [4]"));
        assert!(said(x.reshape(&[-1, -1])).contains("can only specify one unknown dimension"));
        assert!(said(x.reshape(&[-1, 4])).contains("cannot reshape array of size 6 into shape [-1, 4]"));
        assert!(said(context.concatenate(&[&x, &x.transpose(())], 0)).contains(
            "along dimension 1, the array at index 0 has size 3 and the array at index 1 has size 2"
        ));
        assert!(
            said(context.concatenate(&[&x, &context.arange(3)], 0)).contains(
                "the array at index 0 has 2 dimension(s) and the array at index 1 has 1 dimension(s)"
            )
        );
        assert!(said(context.concatenate(&[], 0)).contains("need at least one array to concatenate"));
        assert!(
            said(context.stack(&[&x, &context.arange(3)], 0))
                .contains("all input arrays must have the same shape")
        );
        let unequal = x.split(2_usize, 1).expect_err("three columns").to_string();
        assert!(unequal.contains("array split does not result in an equal division"));
        assert!(context.arange(3).vsplit(3_usize).is_err());
        assert!(said(context.arange(0).pad(&[(1, 1)], &Pad::Edge)).contains("can't extend empty axis"));
        Ok(())
    });
}

#[test]
fn local_parts_go_out_and_in() {
    let outcome = threads::run(3, |comm| {
        let context = Context::spmd(&comm)?;
        let worker = distarray_spmd::Worker::new(&comm);
        let x = context.ramp(([6, 4], "c,n"), Scalar::Int64(0), Scalar::Int64(1));
        assert_eq!(x.local_shapes()?, vec![vec![2, 4]; 3]);
        let mut own = x.index(ix![.., 1..3]).to_local::<i64>(&worker)?;
        own.change_each(|global, element| *element += 100 * global[0] as i64)?;
        let back = context.from_local(&own).fetch::<i64>()?;
        let expected = ArrayD::from_shape_fn(IxDyn(&[6, 2]), |index| (104 * index[0] + index[1] + 1) as i64);
        assert_eq!(back, expected);
        assert_eq!(x.sum(()).item()?, Scalar::Int64(276), "what it was made of is as it was");
        assert!(x.to_local::<f32>(&worker).is_err());
        Ok::<_, Error>(())
    });
    outcome.expect("no rank fails");
}

#[test]
fn explain_says_what_changes_of_shape_cost() {
    for ranks in 1..=4 {
        on_ranks(ranks, |context| {
            let z = context.ramp(([40, 30], "b,n"), Scalar::Int64(0), Scalar::Int64(1));
            let w = context.ramp(([40, 30], "c(3),n"), Scalar::Int64(0), Scalar::Int64(1));
            z.compute()?;
            w.compute()?;
            let made = (
                z.transpose(()).redistribute(([30, 40], "b,n")),
                w.reshape(&[30, 40]),
                context.concatenate(&[&z, &w], 0),
                context.concatenate(&[&z, &w], 1),
                z.pad(&[(3, 2)], &Pad::Reflect),
                w.roll(&[5, 7], [0, 1]),
                w.index(ix![.., ..30]).diagonal(1, (0, 1)),
            );
            costs_what_is_said(context)?;
            drop(made);
            Ok(())
        });
    }
}
