//! Reductions with options, places, norms and statistics, over every kind of distribution; and the same bits on any ranks.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "positions of small arrays")]

mod common;
#[path = "common/foretold.rs"]
mod foretold;

use common::layout;
use distarray_comm::threads;
use distarray_core::kernel::scan::Scan;
use distarray_core::{DType, Reduction, Scalar};
use distarray_lazy::{Axes, Context, DistArray, Norm, ReduceOptions, ix};
use distarray_maps::Distribution;
use distarray_spmd::Error;
use foretold::costs_what_is_said;
use ndarray::{ArrayD, Axis, arr1};
use proptest::prelude::*;

/// Runs it on `ranks` threads; what rank 0 has.
fn on<T: Send>(ranks: usize, program: impl Fn(&Context) -> Result<T, Error> + Sync) -> T {
    let mut values = threads::run(ranks, |comm| program(&Context::spmd(&comm)?)).expect("no rank fails");
    values.swap_remove(0)
}

/// Numbers of few different values, some of them no numbers, that lie as a distribution says.
fn numbers(first: &Distribution, seed: i64) -> ArrayD<f64> {
    let size: usize = first.shape().iter().product();
    let number = |place: usize| {
        let mixed = (place as i64 + 1).wrapping_mul(seed | 1).wrapping_mul(2_654_435_761) >> 7;
        match mixed.rem_euclid(40) {
            0 if seed % 2 == 0 => f64::NAN,
            other => (other % 7) as f64,
        }
    };
    ArrayD::from_shape_vec(first.shape(), (0..size).map(number).collect()).expect("as many")
}

fn spread(context: &Context, array: &ArrayD<f64>, layout: &Distribution) -> DistArray {
    context.array(array.view(), layout.clone())
}

/// What a scan makes of what came before and an element.
type Step = fn(f64, f64) -> f64;

/// Where the first smallest (or largest) of some elements stands; the first NaN before all.
fn first_best(elements: impl Iterator<Item = f64>, sign: f64) -> i64 {
    let mut best: Option<(usize, f64)> = None;
    for (place, element) in elements.enumerate() {
        let is_better =
            best.is_none_or(|(_, best)| !best.is_nan() && (element.is_nan() || element * sign < best * sign));
        best = if is_better { Some((place, element)) } else { best };
    }
    best.map_or(-1, |(place, _)| place as i64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn places_are_those_of_a_walk(layout in layout(), seed in any::<i64>()) {
        let array = numbers(&layout, seed);
        let ndim = array.ndim();
        let found = on(layout.grid().max_rank() + 1, |context| {
            let x = spread(context, &array, &layout);
            let mut found = Vec::new();
            for (reduction, sign) in [(Reduction::ArgMin, 1.0), (Reduction::ArgMax, -1.0)] {
                if !array.is_empty() {
                    let flat = x.reduce(reduction, (), false).fetch::<i64>()?;
                    found.push((flat, ArrayD::from_elem(vec![], first_best(array.iter().copied(), sign))));
                }
                for axis in (0..ndim).filter(|axis| array.shape()[*axis] > 0) {
                    let along = x.reduce(reduction, axis as isize, false).fetch::<i64>()?;
                    let expected = array.map_axis(Axis(axis), |line| first_best(line.iter().copied(), sign));
                    found.push((along, expected));
                }
            }
            Ok(found)
        });
        for (found, expected) in found {
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn masks_leave_elements_out(layout in layout(), seed in (0_i64..1000).prop_map(|seed| 2 * seed + 1)) {
        let array = numbers(&layout, seed);
        let found = on(layout.grid().max_rank() + 1, |context| {
            let x = spread(context, &array, &layout);
            let options = ReduceOptions::new().of(&x.greater(2.0));
            let of = |reduction, options: &ReduceOptions| x.reduce_with(reduction, (), options).fetch::<f64>();
            Ok((
                of(Reduction::Sum, &options)?[[]],
                of(Reduction::Prod, &options.clone().dtype(DType::Float64))?[[]],
                of(Reduction::Min, &options.clone().initial(9))?[[]],
                of(Reduction::Var { ddof: 0 }, &options)?[[]],
                x.reduce_with(Reduction::Mean, (), &options.clone().keepdims()).fetch::<f64>()?,
            ))
        });
        let chosen: Vec<f64> = array.iter().copied().filter(|value| *value > 2.0).collect();
        let mean = chosen.iter().sum::<f64>() / chosen.len() as f64;
        let variance = chosen.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / chosen.len() as f64;
        let near = |a: f64, b: f64| a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-12 * (1.0 + b.abs());
        prop_assert_eq!(found.0, chosen.iter().sum::<f64>());
        prop_assert!(near(found.1, chosen.iter().product()) || found.1.is_infinite());
        prop_assert_eq!(found.2, chosen.iter().copied().fold(9.0, f64::min));
        prop_assert!(near(found.3, variance), "{} {}", found.3, variance);
        prop_assert_eq!(found.4.shape(), vec![1; array.ndim()]);
        prop_assert!(near(found.4[vec![0; array.ndim()].as_slice()], mean));
    }
}

/// Numbers of all magnitudes whose sum is nothing beside them.
fn cancelling(context: &Context, layout: Distribution) -> DistArray {
    let size: usize = layout.shape().iter().product();
    let place = context.ramp(layout, Scalar::Float64(0.0), Scalar::Float64(1.0));
    let half = (size / 2) as f64;
    let mirrored = (&place - half).abs();
    let sign = place.less(half).astype(DType::Float64) * 2.0 - 1.0;
    // What is left of cancellation depends on the last bits.
    sign * ((&mirrored * 37.0).sin() * (mirrored * 0.11).sin().exp() * 1e10) + place.sin() * 1e-7
}

/// Every kind of axis map over so many ranks, of a matrix.
fn layouts(shape: [usize; 2], ranks: usize) -> Vec<Distribution> {
    let mut found: Vec<Distribution> = ["b,n", "n,b", "c,n", "n,c(3)", "c(2),n"]
        .iter()
        .map(|spec| {
            Distribution::from_spec(&shape, &spec.parse().expect("letters"), ranks).expect("a layout")
        })
        .collect();
    let list = |part: usize| (0..shape[0]).rev().filter(|index| index * 7 % ranks == part).collect();
    let mixed = distarray_maps::AxisMap::unstructured_with_length(shape[0], (0..ranks).map(list).collect());
    let uneven: Vec<usize> = (0..=ranks).map(|part| shape[0] * part * part / (ranks * ranks)).collect();
    let uneven = distarray_maps::AxisMap::block_with_bounds(&uneven);
    for map in [mixed, uneven] {
        let maps = vec![map.expect("a map"), distarray_maps::AxisMap::replicated(shape[1])];
        let grid = distarray_maps::Grid::row_major(&[ranks, 1]).expect("a grid");
        found.push(Distribution::new(&shape, maps, grid).expect("a layout"));
    }
    found
}

#[test]
fn bits_do_not_depend_on_ranks_nor_on_the_distribution() {
    let shape = [131, 67];
    let mut bits = Vec::new();
    for ranks in 1..=8 {
        for layout in layouts(shape, ranks) {
            bits.push((
                ranks,
                on(ranks, |context| {
                    let x = cancelling(context, layout.clone());
                    let again = ReduceOptions::new().reproducible();
                    let of = |reduction, axes: Axes| x.reduce_with(reduction, axes, &again);
                    let results = [
                        x.sum(()),
                        x.mean(()),
                        x.norm(Norm::Euclidean, (), false),
                        (&x * &x.transpose(()).transpose(())).sum(()),
                        of(Reduction::Std { ddof: 1 }, Axes::All),
                        of(Reduction::Sum, Axes::from(0)),
                        of(Reduction::Sum, Axes::from(1)),
                        of(Reduction::Mean, Axes::from(0)),
                        of(Reduction::Var { ddof: 0 }, Axes::from(1)),
                        x.astype(DType::Float32)
                            .reduce_with(Reduction::Sum, (), &again)
                            .astype(DType::Float64),
                    ];
                    let mut found: Vec<u64> = Vec::new();
                    for result in &results {
                        found.extend(result.fetch::<f64>()?.iter().map(|value| value.to_bits()));
                    }
                    Ok(found)
                }),
            ));
        }
    }
    let (_, expected) = bits[0].clone();
    for (ranks, found) in bits {
        assert_eq!(found, expected, "on {ranks} ranks");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scans_are_those_of_a_walk(layout in layout(), seed in any::<i64>()) {
        let array = numbers(&layout, seed);
        let found = on(layout.grid().max_rank() + 1, |context| {
            let x = spread(context, &array, &layout);
            let steps: [(Scan, Step); 3] = [
                (Scan::Sum, |sum, next| sum + next),
                (Scan::Min, |least, next| if least <= next || least.is_nan() { least } else { next }),
                (Scan::Max, |most, next| if most >= next || most.is_nan() { most } else { next }),
            ];
            let mut found = Vec::new();
            for (scan, step) in steps {
                let walked = |line: &mut dyn Iterator<Item = &mut f64>| {
                    let mut last: Option<f64> = None;
                    for element in line {
                        *element = last.map_or(*element, |last| step(last, *element));
                        last = Some(*element);
                    }
                };
                let mut flat = ndarray::Array1::from_iter(array.iter().copied()).into_dyn();
                walked(&mut flat.iter_mut());
                found.push((x.cumulate(scan, None).fetch::<f64>()?, flat));
                for axis in 0..array.ndim() {
                    let mut along = array.clone();
                    along.lanes_mut(Axis(axis)).into_iter().for_each(|mut lane| walked(&mut lane.iter_mut()));
                    let cumulated = x.cumulate(scan, axis as isize);
                    costs_what_is_said(context)?;
                    found.push((cumulated.fetch::<f64>()?, along));
                }
            }
            Ok(found)
        });
        for (found, expected) in found {
            prop_assert_eq!(found.mapv(f64::to_bits), expected.mapv(f64::to_bits));
        }
    }
}

#[test]
fn held_handles_change_no_bit() {
    let sum = |is_held: bool| {
        on(3, |context| {
            let x = cancelling(context, Distribution::block_rows(&[1001, 3], 3)?);
            if is_held {
                x.compute()?;
            }
            (x * 3.0).sum(()).item()
        })
    };
    assert!(sum(true).same_bits(&sum(false)));
}

#[test]
fn norms_and_statistics_are_numpys() {
    on(3, |context| {
        let x = context.ramp(([3, 4], "b,n"), Scalar::Int64(-5), Scalar::Int64(1));
        let value = |array: DistArray| array.item().map(|value| value.to_f64());
        assert_eq!(value(x.norm(Norm::Euclidean, (), false))?, 146_f64.sqrt());
        assert_eq!(value(x.norm(Norm::Order(1.0), (), false))?, 10.0);
        assert_eq!(value(x.norm(Norm::Order(f64::INFINITY), (), false))?, 18.0);
        assert_eq!(value(x.norm(Norm::Order(-1.0), (), false))?, 8.0);
        let rows = x.norm(Norm::Order(f64::INFINITY), 1, false);
        assert_eq!(rows.fetch::<f64>()?, arr1(&[5.0, 2.0, 6.0]).into_dyn());
        let cubes = x.norm(Norm::Order(3.0), 0, false).fetch::<f64>()?;
        assert!((cubes[0] - (125_f64 + 1.0 + 27.0).powf(1.0 / 3.0)).abs() < 1e-14);
        let refused = x.norm(Norm::Order(2.0), (), false).error().expect("singular values").to_string();
        assert!(refused.contains("singular values"), "{refused}");
        assert_eq!(x.ptp((), false).item()?, Scalar::Int64(11));
        let weights = context.array(arr1(&[1.0, 0.0, 3.0]).into_dyn().view(), [3]);
        let (mean, total) = x.average(&weights, 0, false)?;
        assert_eq!(mean.fetch::<f64>()?, arr1(&[1.0, 2.0, 3.0, 4.0]).into_dyn());
        assert_eq!(total.index(ix![0]).item()?, Scalar::Float64(4.0));
        assert!(x.average(&weights, 1, false).is_err());
        assert_eq!(x.diff(2, 1).fetch::<i64>()?, ArrayD::zeros(vec![3, 2]));
        assert_eq!(x.greater(0).diff(1, -1).fetch::<bool>()?.iter().filter(|is_true| **is_true).count(), 1);
        Ok(())
    });
}

#[test]
fn numbers_alone_count() {
    on(2, |context| {
        let nan = f64::NAN;
        let x = context.array(ndarray::arr2(&[[nan, 2.0, nan], [4.0, nan, nan]]).into_dyn().view(), [2, 3]);
        let of = |reduction| x.nan_reduce(reduction, 0, false).fetch::<f64>();
        assert_eq!(of(Reduction::Sum)?, arr1(&[4.0, 2.0, 0.0]).into_dyn());
        assert_eq!(of(Reduction::Prod)?, arr1(&[4.0, 2.0, 1.0]).into_dyn());
        for reduction in [Reduction::Min, Reduction::Max, Reduction::Mean] {
            let found = of(reduction)?;
            assert_eq!((found[0], found[1], found[2].is_nan()), (4.0, 2.0, true), "{reduction}");
        }
        assert_eq!(x.nan_reduce(Reduction::Var { ddof: 0 }, (), false).item()?, Scalar::Float64(1.0));
        assert_eq!(x.nan_reduce(Reduction::ArgMax, (), false).item()?, Scalar::Int64(3));
        let refused = x.nan_reduce(Reduction::ArgMin, 0, false).error().expect("a column of NaN").to_string();
        assert!(refused.contains("All-NaN slice encountered"), "{refused}");
        Ok(())
    });
}

#[test]
fn what_makes_no_sense_is_refused() {
    on(2, |context| {
        let x = context.arange(4);
        let mask = x.greater(1);
        let said = |reduction, options: ReduceOptions| {
            x.reduce_with(reduction, (), &options).error().expect("it is refused").to_string()
        };
        assert!(said(Reduction::Min, ReduceOptions::new().of(&mask)).contains("identity"));
        assert!(said(Reduction::Mean, ReduceOptions::new().initial(1)).contains("initial"));
        let empty = context.zeros([0], DType::Float64);
        assert!(empty.argmin(()).error().expect("of nothing").to_string().contains("argmin"));
        let begun = empty.reduce_with(Reduction::Min, (), &ReduceOptions::new().initial(5));
        assert_eq!(begun.item()?, Scalar::Float64(5.0));
        Ok(())
    });
}
