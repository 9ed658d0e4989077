//! Stencils and halos against one process that walks: every distribution, boundary and number of ranks gives the same bits.

use distarray_comm::threads;
use distarray_core::{Element, Scalar, Weak};
use distarray_maps::{AxisMap, Boundary, Distribution, Grid, Margin};
use distarray_spmd::compute::stencil::{Stencil, Weight};
use distarray_spmd::{ArrayMeta, Error, Inferred, LocalArray, Operation, Worker};
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The element at a place that may lie beyond the array: nothing if there is none, and it has no value.
fn walked(array: &ArrayD<f64>, place: &[isize], boundaries: &[Boundary], constant: f64) -> Option<f64> {
    let mut index = Vec::new();
    for (axis, &along) in place.iter().enumerate() {
        let length = array.shape()[axis] as isize;
        let mut at = along;
        while !(0..length).contains(&at) {
            at = match boundaries[axis] {
                Boundary::None => return None,
                Boundary::Constant => return Some(constant),
                Boundary::Periodic => at.rem_euclid(length),
                Boundary::Reflect if length == 1 => 0,
                Boundary::Reflect if at < 0 => -at,
                Boundary::Reflect => 2 * (length - 1) - at,
            };
        }
        index.push(at as usize);
    }
    Some(array[IxDyn(&index)])
}

#[derive(Clone, Debug)]
struct Case {
    ranks: usize,
    distribution: Distribution,
    taps: Vec<(Vec<isize>, f64)>,
    boundaries: Vec<Boundary>,
}

impl Case {
    fn margins(&self) -> Vec<Margin> {
        let side = |axis: usize, sign: isize| {
            self.taps
                .iter()
                .map(|(offset, _)| (offset[axis] * sign).max(0).cast_unsigned())
                .max()
                .unwrap_or(0)
        };
        self.boundaries
            .iter()
            .enumerate()
            .map(|(axis, &boundary)| Margin { before: side(axis, -1), after: side(axis, 1), boundary })
            .collect()
    }

    fn array(&self) -> ArrayD<f64> {
        let shape = self.distribution.shape();
        let values = (0..shape.iter().product()).map(|place: usize| (place as f64 * 0.37).sin() * 10.0);
        ArrayD::from_shape_vec(IxDyn(shape), values.collect()).expect("as many values as the shape has")
    }

    fn model(&self, constant: f64) -> ArrayD<f64> {
        let (array, margins) = (self.array(), self.margins());
        let leaves = |index: &[usize]| {
            let mut axes = index.iter().zip(&margins).zip(array.shape());
            axes.any(|((index, margin), length)| {
                margin.boundary == Boundary::None
                    && (*index < margin.before || index + margin.after >= *length)
            })
        };
        ArrayD::from_shape_fn(array.raw_dim(), |index| {
            let index: Vec<usize> = (0..array.ndim()).map(|axis| index[axis]).collect();
            if leaves(&index) {
                return array[IxDyn(&index)];
            }
            let terms = self.taps.iter().map(|(offset, weight)| {
                let place: Vec<isize> =
                    index.iter().zip(offset).map(|(index, along)| index.cast_signed() + along).collect();
                weight * walked(&array, &place, &self.boundaries, constant).expect("it does not leave")
            });
            terms.reduce(|sum, term| sum + term).expect("a stencil has terms")
        })
    }

    fn stencil(&self) -> Result<Stencil, Error> {
        Ok(Stencil::new(self.taps.clone())?.with_boundaries(self.boundaries.clone()).with_constant(2.5))
    }

    fn spread(&self, worker: &Worker) -> Result<LocalArray<f64>, Error> {
        let array = self.array();
        LocalArray::from_function(&self.distribution, worker, |index| array[IxDyn(index)])
    }
}

fn map(length: usize, parts: usize) -> BoxedStrategy<AxisMap> {
    let even = AxisMap::block(length, parts).expect("a valid map");
    let bounds = proptest::collection::vec(0..=length, parts - 1).prop_map(move |mut inner| {
        inner.sort_unstable();
        let bounds: Vec<usize> = std::iter::once(0).chain(inner).chain(std::iter::once(length)).collect();
        AxisMap::block_with_bounds(&bounds).expect("sorted bounds")
    });
    if parts == 1 {
        return prop_oneof![Just(AxisMap::replicated(length)), Just(even)].boxed();
    }
    prop_oneof![Just(even), bounds].boxed()
}

fn cases() -> impl Strategy<Value = Case> {
    let grids = vec![
        vec![1],
        vec![2],
        vec![3],
        vec![4],
        vec![1, 2],
        vec![2, 1],
        vec![2, 2],
        vec![3, 1],
        vec![1, 4],
        vec![1, 1, 2],
        vec![2, 1, 2],
        vec![1, 3, 1],
        vec![4, 1, 1],
    ];
    let kinds = [Boundary::None, Boundary::Constant, Boundary::Periodic, Boundary::Reflect];
    proptest::sample::select(grids).prop_flat_map(move |grid| {
        let ndim = grid.len();
        let longest = [30_usize, 12, 7][ndim - 1];
        let offset = proptest::collection::vec(prop_oneof![4 => -1_isize..=1, 1 => -5_isize..=5], ndim);
        (
            proptest::collection::vec(0..longest, ndim),
            proptest::collection::vec((offset, -2.0_f64..2.0), 1..6),
            proptest::collection::vec(proptest::sample::select(kinds.to_vec()), ndim),
            0_usize..2,
        )
            .prop_flat_map(move |(shape, taps, boundaries, spare)| {
                let maps: Vec<_> =
                    shape.iter().zip(&grid).map(|(length, parts)| map(*length, *parts)).collect();
                let (grid, ranks) = (grid.clone(), grid.iter().product::<usize>() + spare);
                maps.prop_map(move |maps| {
                    let grid = Grid::row_major(&grid).expect("a valid grid");
                    let distribution = Distribution::new(&shape, maps, grid).expect("maps that fit");
                    let (taps, boundaries) = (taps.clone(), boundaries.clone());
                    Case { ranks, distribution, taps, boundaries }
                })
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_stencil_gives_the_bits_of_the_written_out_expression(case in cases()) {
        let expected = case.model(2.5);
        let outcomes = threads::run(case.ranks, |comm| {
            let worker = Worker::new(&comm);
            let array = case.spread(&worker)?;
            let stencil = case.stencil()?;
            let before = comm.meter();
            let result = array.stencil(&stencil)?;
            let counted = comm.meter() - before;
            let meta = array.as_any().meta();
            let reach = comm.same_memory((comm.rank() + 1) % comm.size())?;
            let cost = stencil.cost(&[&meta], comm.rank(), comm.size(), reach);
            assert_eq!((cost.messages_sent, cost.bytes_sent), (counted.messages_sent, counted.bytes_sent));
            assert_eq!(cost.bytes_copied, counted.copied_bytes);
            assert_eq!(result.distribution(), array.distribution());
            let around = array.stencil_with(&case.margins(), 2.5, |around| {
                let terms = case.taps.iter().map(|(offset, weight)| weight * match offset[..] {
                    [a] => around.at([a]),
                    [a, b] => around.at([a, b]),
                    [a, b, c] => around.at([a, b, c]),
                    _ => f64::NAN,
                });
                terms.reduce(|sum, term| sum + term).unwrap_or(f64::NAN)
            })?;
            Ok::<_, Error>((result.all_gather()?, around.all_gather()?))
        });
        for (sum, function) in outcomes.expect("no rank fails") {
            prop_assert_eq!(&sum, &expected);
            prop_assert_eq!(&function, &expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_block_with_its_halo_is_a_window_on_the_array(case in cases()) {
        let (array, margins) = (case.array(), case.margins());
        let outcomes = threads::run(case.ranks, |comm| {
            let worker = Worker::new(&comm);
            let own = case.spread(&worker)?;
            let mut with_halo = own.with_halo(&margins, 2.5)?;
            assert_eq!(with_halo.own()?, own.local()?);
            assert_eq!(with_halo.to_array()?.all_gather()?, array);
            if case.distribution.local_size(comm.rank()) > 0 && case.distribution.holds(comm.rank()) {
                let corner = case.distribution.global_index(comm.rank(), &vec![0; margins.len()])?;
                let before = with_halo.before();
                for (index, found) in with_halo.padded()?.indexed_iter() {
                    let place: Vec<isize> = (0..margins.len())
                        .map(|axis| (corner[axis] + index[axis]).cast_signed() - before[axis].cast_signed())
                        .collect();
                    assert_eq!(walked(&array, &place, &case.boundaries, 2.5), Some(*found));
                }
            }
            with_halo.own_mut()?.fill(7.0);
            with_halo.padded_mut()?.mapv_inplace(|value| value + 1.0);
            assert_eq!(own.all_gather()?, array);
            with_halo.to_array()?.all_gather()
        });
        for changed in outcomes.expect("no rank fails") {
            prop_assert_eq!(changed, ArrayD::from_elem(array.raw_dim(), 8.0));
        }
    }
}

fn on_two<T: Element>(
    weights: impl IntoIterator<Item = Weight>,
    boundary: Boundary,
    value: impl Fn(usize) -> T + Sync,
) -> Result<Vec<(Scalar, ArrayD<f64>)>, Error> {
    let taps: Vec<_> =
        weights.into_iter().enumerate().map(|(k, weight)| (vec![k as isize], weight)).collect();
    threads::run(2, |comm| {
        let worker = Worker::new(&comm);
        let line = Distribution::from_spec(&[5], &"b".parse()?, 2)?;
        let array = LocalArray::<T>::from_function(&line, &worker, |index| value(index[0]))?;
        let stencil = Stencil::new(taps.clone())?.with_boundaries([boundary]);
        let result = stencil.execute(&worker, vec![distarray_spmd::Input::Owned(array.into_any())])?;
        let dtype = result[0].dtype();
        let block = result[0].to_block(worker.pool())?;
        let zero = Scalar::of(dtype, 0)?;
        let doubles = LocalArray::<f64>::from_block(
            &line,
            block.cast(distarray_core::DType::Float64, worker.pool())?,
            &worker,
        )?;
        Ok((zero, doubles.all_gather()?))
    })
}

#[test]
fn dtypes_are_those_of_the_expression() {
    let dtype = |weights: Vec<Weight>| {
        on_two::<i32>(weights, Boundary::None, |i| i as i32).map(|all| all[0].0.dtype().name())
    };
    assert_eq!(dtype(vec![2.into(), 3.into()]).expect("integers"), "int32");
    assert_eq!(dtype(vec![2.into(), 0.5.into()]).expect("floats"), "float64");
    assert_eq!(dtype(vec![Weight::strong(1_i64)]).expect("wider integers"), "int64");
    assert_eq!(dtype(vec![Weight::strong(1_f32)]).expect("as numpy has it"), "float64");
    let refused = dtype(vec![(1_i64 << 40).into()]).expect_err("it does not fit");
    assert!(refused.to_string().contains("out of bounds for int32"), "{refused}");
    let bools = on_two::<bool>([Weight::strong(true)], Boundary::None, |i| i > 2).expect_err("no sums");
    assert!(bools.to_string().contains("bool"), "{bools}");
    let truths = on_two::<bool>([1.into(), 2.into()], Boundary::Periodic, |i| i > 2).expect("integers");
    assert_eq!(truths[1].1, ndarray::arr1(&[0.0, 0.0, 2.0, 3.0, 1.0]).into_dyn());
    assert_eq!(truths[1].0.dtype().name(), "int64");
}

#[test]
fn what_has_no_neighbours_or_no_centre_is_refused_alike_everywhere() {
    let outcomes = threads::run(2, |comm| {
        let worker = Worker::new(&comm);
        let cyclic = Distribution::from_spec(&[6], &"c".parse()?, 2)?;
        let array = LocalArray::<f64>::ones(&cyclic, &worker)?;
        let sum = Stencil::new([(vec![-1], 1.0), (vec![1], 1.0)])?;
        let scaled = array.stencil(&Stencil::new([(vec![0], 2.0)])?)?.all_gather()?;
        let far = LocalArray::<f64>::ones(&Distribution::from_spec(&[6], &"b".parse()?, 2)?, &worker)?
            .stencil_with(&[Margin::even(1, Boundary::Periodic)], 0.0, |around| around.at([2]));
        Ok::<_, Error>((
            array.stencil(&sum).expect_err("a cyclic axis").to_string(),
            far.expect_err("too far").to_string(),
            scaled,
        ))
    });
    for (neighbours, far, scaled) in outcomes.expect("no rank fails") {
        assert!(
            neighbours.starts_with("axis 0 cannot have 1 and 1 ghost cells: its map (c)"),
            "{neighbours}"
        );
        assert!(far.contains("stencil_with failed on rank 0") && far.contains("within the margins"), "{far}");
        assert_eq!(scaled, ArrayD::from_elem(IxDyn(&[6]), 2.0));
    }
    assert!(Stencil::new(Vec::<(Vec<isize>, f64)>::new()).is_err());
    assert!(Stencil::new([(vec![0], 1.0), (vec![0, 0], 1.0)]).is_err());
    assert!(Stencil::from_weights(ndarray::arr1(&[1.0, 2.0]).into_dyn().view()).is_err());
    let meta = ArrayMeta {
        dtype: distarray_core::DType::Float64,
        distribution: Distribution::replicated(&[3, 3], 1).expect("a distribution"),
    };
    assert_eq!(
        Stencil::new([(vec![0], 1.0)]).and_then(|stencil| stencil.infer(&[&meta])),
        Err(Error::AxisCount { given: 1, ndim: 2 })
    );
}

#[test]
fn weights_of_an_array_stand_around_their_centre() {
    let weights = ndarray::arr2(&[[0.0, 1.0, 0.0], [2.0, 3.0, 4.0], [0.0, 5.0, 0.0]]).into_dyn();
    let strong = |offset: [isize; 2], weight: f64| (offset.to_vec(), Weight::strong(weight));
    let written = [
        strong([-1, 0], 1.0),
        strong([0, -1], 2.0),
        strong([0, 0], 3.0),
        strong([0, 1], 4.0),
        strong([1, 0], 5.0),
    ];
    assert_eq!(Stencil::from_weights(weights.view()), Stencil::new(written));
    let ahead = Stencil::from_list(&[2], &[Weight::strong(1.0), Weight::strong(2.0)], Some(&[0]));
    assert_eq!(ahead, Stencil::new([(vec![0], Weight::strong(1.0)), (vec![1], Weight::strong(2.0))]));
    assert_eq!(Weight::from(2), Weight::Weak(Weak::Int(2)));
}

/// A rank without memory for its result fails all of them, and nobody waits for it.
#[test]
fn memory_refused_on_one_rank_is_known_to_all() {
    let outcomes = threads::run(3, |comm| {
        let limit = if comm.rank() == 1 { 40_000 } else { 1_000_000 };
        let worker = Worker::with_pool(&comm, &distarray_core::Pool::new(Some(limit)));
        let rows = Distribution::from_spec(&[30, 300], &"b".parse()?, 3)?;
        let array = LocalArray::<f64>::ones(&rows, &worker)?;
        let sum = Stencil::new([(vec![-1, 0], 1.0), (vec![1, 0], 1.0)])?;
        let refused = array.stencil(&sum).expect_err("rank 1 has no room").to_string();
        // The next exchange is not disturbed.
        let total = array.sum_axis(0)?.all_gather()?;
        Ok::<_, Error>((refused, total))
    });
    for (refused, total) in outcomes.expect("no rank fails") {
        assert!(refused.starts_with("stencil failed on rank 1: cannot allocate"), "{refused}");
        assert_eq!(total, ArrayD::from_elem(IxDyn(&[300]), 30.0));
    }
}

/// Rank 1 does not even begin before rank 0 has done all that it can do without ghost cells.
#[test]
fn nobody_waits_while_there_is_interior_work() {
    let called = AtomicUsize::new(0);
    let outcomes = threads::run(2, |comm| {
        let worker = Worker::new(&comm);
        let rows = Distribution::from_spec(&[8, 1000], &"b".parse()?, 2)?;
        let array = LocalArray::<i64>::from_function(&rows, &worker, |index| index[0] as i64)?;
        let patience = Instant::now();
        while comm.rank() == 1 && called.load(Ordering::SeqCst) < 2 * 1000 {
            assert!(patience.elapsed() < Duration::from_secs(30), "rank 0 waits for rank 1");
            std::thread::yield_now();
        }
        let margins = [Margin::even(1, Boundary::None), Margin::even(0, Boundary::None)];
        let sums = array.stencil_with(&margins, 0, |around| {
            called.fetch_add(1, Ordering::SeqCst);
            around.at([-1, 0]) + around.at([1, 0])
        });
        sums?.all_gather()
    });
    let expected = ArrayD::from_shape_fn(IxDyn(&[8, 1000]), |index| match index[0] {
        0 => 0,
        7 => 7,
        row => 2 * row as i64,
    });
    assert_eq!(outcomes.expect("no rank fails"), [expected.clone(), expected]);
}

#[test]
fn metadata_says_what_will_come() {
    let meta = ArrayMeta {
        dtype: distarray_core::DType::Int8,
        distribution: Distribution::from_spec(&[4, 4], &"b".parse().expect("a spec"), 2)
            .expect("a distribution"),
    };
    let stencil = Stencil::new([(vec![0, 1], 0.5)]).expect("a stencil");
    let dtype = distarray_core::DType::Float64;
    let known = Inferred::Known(ArrayMeta { dtype, distribution: meta.distribution.clone() });
    assert_eq!(stencil.infer(&[&meta]), Ok(vec![known]));
    assert!(!stencil.communicates(&[&meta]));
    let down = Stencil::new([(vec![1, 0], 0.5)]).expect("a stencil");
    assert!(down.communicates(&[&meta]));
}
