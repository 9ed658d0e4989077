//! Stencils against the obvious loop: every result, of every kind of element, and nothing beside the patch.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use distarray_core::element::{as_bytes, as_bytes_mut};
use distarray_core::kernel::stencil::{Patch, Reach, WeightedSum, apply};
use distarray_core::{Complex, DType, ElementError, Plain, Scalar};
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;

/// A patch of some shape, with room around it.
#[derive(Debug, Clone)]
struct Case {
    count: Vec<usize>,
    taps: Vec<(Vec<isize>, i32)>,
    source_room: Vec<(usize, usize)>,
    target_room: Vec<(usize, usize)>,
}

impl Case {
    fn shapes(&self) -> [Vec<usize>; 4] {
        let reach =
            WeightedSum::new(DType::Int32, self.count.len(), &self.weights(|weight| weight.into())).unwrap();
        let axes = || self.count.iter().zip(&self.source_room).zip(&self.target_room).zip(reach.reach());
        [
            axes()
                .map(|(((count, room), _), reach)| count + room.0 + room.1 + reach.before + reach.after)
                .collect(),
            axes().map(|(((_, room), _), reach)| room.0 + reach.before).collect(),
            axes().map(|(((count, _), room), _)| count + room.0 + room.1).collect(),
            axes().map(|((_, room), _)| room.0).collect(),
        ]
    }

    fn weights(&self, of: impl Fn(i32) -> Scalar) -> Vec<(Vec<isize>, Scalar)> {
        self.taps.iter().map(|(offset, weight)| (offset.clone(), of(*weight))).collect()
    }
}

fn cases() -> impl Strategy<Value = Case> {
    (0usize..=3).prop_flat_map(|ndim| {
        let room = || prop::collection::vec((0usize..3, 0usize..3), ndim);
        let longest = [1, 3000, 40, 12][ndim];
        (
            prop::collection::vec(0usize..longest, ndim),
            prop::collection::vec((prop::collection::vec(-3isize..=3, ndim), -9i32..9), 0..7),
            room(),
            room(),
        )
            .prop_map(|(count, taps, source_room, target_room)| Case {
                count,
                taps,
                source_room,
                target_room,
            })
    })
}

/// Runs a case both ways; `add(sum, weight, element)`.
fn agrees<T: Plain>(
    case: &Case,
    value: impl Fn(usize) -> T,
    weight: impl Fn(i32) -> T,
    add: impl Fn(Option<T>, T, T) -> T,
) -> Result<(), TestCaseError> {
    let [source_shape, source_first, target_shape, target_first] = case.shapes();
    let source = ArrayD::from_shape_vec(
        IxDyn(&source_shape),
        (0..source_shape.iter().product()).map(&value).collect(),
    )
    .unwrap();
    let untouched = value(77_777);
    let mut expected = ArrayD::from_elem(IxDyn(&target_shape), untouched);
    let mut found = expected.clone();
    for (index, _) in ArrayD::<u8>::zeros(IxDyn(&case.count)).indexed_iter() {
        let place = |first: &[usize], offset: &[isize]| -> Vec<usize> {
            (0..first.len())
                .map(|axis| {
                    (first[axis] + index[axis]).wrapping_add_signed(offset.get(axis).copied().unwrap_or(0))
                })
                .collect()
        };
        let sum = case.taps.iter().fold(None, |sum, (offset, tap)| {
            Some(add(sum, weight(*tap), source[IxDyn(&place(&source_first, offset))]))
        });
        expected[IxDyn(&place(&target_first, &[]))] = sum.unwrap_or(T::ZERO);
    }
    let sum = WeightedSum::new(T::DTYPE, case.count.len(), &case.weights(|tap| weight(tap).into())).unwrap();
    let patch = Patch {
        count: &case.count,
        source_shape: &source_shape,
        source_first: &source_first,
        target_shape: &target_shape,
        target_first: &target_first,
    };
    sum.run(&patch, as_bytes(source.as_slice().unwrap()), as_bytes_mut(found.as_slice_mut().unwrap()))
        .unwrap();
    prop_assert_eq!(as_bytes(found.as_slice().unwrap()), as_bytes(expected.as_slice().unwrap()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weighted_sums_are_those_of_the_obvious_loop(case in cases()) {
        let wave = |place: usize| (place as f64 * 0.7).sin();
        agrees::<f64>(&case, wave, |w| f64::from(w) * 0.3, |sum, w, x| sum.map_or(w * x, |sum| sum + w * x))?;
        agrees::<f32>(&case, |p| wave(p) as f32, |w| w as f32, |sum, w, x| sum.map_or(w * x, |sum| sum + w * x))?;
        agrees::<i16>(&case, |p| (p * 7919) as i16, |w| w as i16, |sum, w, x| {
            sum.unwrap_or(0).wrapping_add(w.wrapping_mul(x))
        })?;
        agrees::<u64>(&case, |p| (p as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15), |w| w as u64, |sum, w, x| {
            sum.unwrap_or(0).wrapping_add(w.wrapping_mul(x))
        })?;
        agrees::<Complex<f64>>(
            &case,
            |p| Complex::new(wave(p), wave(p + 9)),
            |w| Complex::new(f64::from(w), 0.5),
            |sum, w, x| {
                let term = Complex::new(w.re * x.re - w.im * x.im, w.re * x.im + w.im * x.re);
                sum.map_or(term, |sum| Complex::new(sum.re + term.re, sum.im + term.im))
            },
        )?;
    }

    #[test]
    fn functions_see_what_weighted_sums_see(case in cases()) {
        let taps: Vec<(Vec<isize>, f64)> =
            case.taps.iter().map(|(offset, weight)| (offset.clone(), f64::from(*weight))).collect();
        let sum = WeightedSum::new(DType::Float64, case.count.len(), &case.weights(|w| f64::from(w).into())).unwrap();
        let [source_shape, source_first, target_shape, target_first] = case.shapes();
        let patch = Patch {
            count: &case.count,
            source_shape: &source_shape,
            source_first: &source_first,
            target_shape: &target_shape,
            target_first: &target_first,
        };
        let source: Vec<f64> = (0..source_shape.iter().product::<usize>()).map(|p| (p as f64).cos()).collect();
        let mut expected = vec![5.0; target_shape.iter().product()];
        let mut found = expected.clone();
        sum.run(&patch, as_bytes(&source), as_bytes_mut(&mut expected)).unwrap();
        let stays = apply(&patch, sum.reach(), &source, &mut found, |around| {
            let at = |offset: &[isize]| match *offset {
                [] => around.centre(),
                [a] => around.at([a]),
                [a, b] => around.at([a, b]),
                [a, b, c] => around.at([a, b, c]),
                _ => f64::NAN,
            };
            let terms = taps.iter().map(|(offset, weight)| weight * at(offset));
            terms.reduce(|sum, term| sum + term).unwrap_or(0.0)
        }).unwrap();
        prop_assert!(stays);
        prop_assert_eq!(found, expected);
    }
}

/// A five-point sum over an array that does not fit any cache, in panels and past the caches.
#[test]
fn large_patches_are_cut_and_streamed() {
    for shape in [[13, 140_001], [1501, 1001]] {
        let size = shape[0] * shape[1];
        let source: Vec<f64> = (0..size).map(|place| ((place % 1013) as f64).sqrt()).collect();
        let taps = [vec![0, 0], vec![-1, 0], vec![1, 0], vec![0, -1], vec![0, 1]];
        let taps: Vec<_> = taps.iter().map(|offset| (offset.clone(), Scalar::from(0.2))).collect();
        let sum = WeightedSum::new(DType::Float64, 2, &taps).unwrap();
        let patch = Patch {
            count: &[shape[0] - 2, shape[1] - 2],
            source_shape: &shape,
            source_first: &[1, 1],
            target_shape: &shape,
            target_first: &[1, 1],
        };
        let mut target = vec![-1.0; size];
        sum.run(&patch, as_bytes(&source), as_bytes_mut(&mut target)).unwrap();
        for (place, found) in target.iter().enumerate() {
            let (row, column) = (place / shape[1], place % shape[1]);
            let edge = row == 0 || column == 0 || row + 1 == shape[0] || column + 1 == shape[1];
            let x = |place: usize| 0.2 * source[place];
            let expected = if edge {
                -1.0
            } else {
                x(place) + x(place - shape[1]) + x(place + shape[1]) + x(place - 1) + x(place + 1)
            };
            assert_eq!(*found, expected, "row {row}, column {column}");
        }
    }
}

#[test]
fn what_leaves_source_or_target_is_refused() {
    let sum = WeightedSum::new(DType::Float64, 1, &[(vec![-2], 1.0.into()), (vec![1], 1.0.into())]).unwrap();
    assert_eq!(sum.reach(), [Reach { before: 2, after: 1 }]);
    let source = [1.0; 8];
    let run = |count, source_first, target_first| {
        let mut target = [0.0; 5];
        let patch = Patch {
            count: &[count],
            source_shape: &[8],
            source_first: &[source_first],
            target_shape: &[5],
            target_first: &[target_first],
        };
        sum.run(&patch, as_bytes(&source), as_bytes_mut(&mut target))
    };
    assert_eq!(run(5, 2, 0), Ok(()));
    assert_eq!(run(5, 1, 0), Err(ElementError::RunOutOfRange { axis: 0, index: -1, length: 8 }));
    assert_eq!(run(5, 3, 0), Err(ElementError::RunOutOfRange { axis: 0, index: 8, length: 8 }));
    assert_eq!(run(5, 2, 1), Err(ElementError::RunOutOfRange { axis: 0, index: 5, length: 5 }));
    assert_eq!(run(0, 0, 9), Ok(()));
    assert!(WeightedSum::new(DType::Bool, 1, &[]).is_err());
    assert!(WeightedSum::new(DType::Float64, 2, &[(vec![0], 1.0.into())]).is_err());
}

#[test]
fn a_function_that_looks_too_far_is_found_out() {
    let patch =
        Patch { count: &[2], source_shape: &[6], source_first: &[2], target_shape: &[2], target_first: &[0] };
    let run = |function: &dyn Fn(&distarray_core::kernel::stencil::Neighbourhood<'_, i32>) -> i32| {
        apply(&patch, &[Reach { before: 1, after: 1 }], &[1, 2, 3, 4, 5, 6], &mut [0; 2], function)
    };
    assert_eq!(run(&|around| around.at([-1]) + around.at([1])), Ok(true));
    assert_eq!(run(&|around| around.at([2])), Ok(false));
    assert_eq!(run(&|around| around.at([0, 0])), Ok(false));
    assert_eq!(run(&|around| around.at([isize::MIN])), Ok(false));
}
