//! Laws of local arrays: what ranks compute together is what one process computes alone.

use distarray_comm::threads;
use distarray_core::ufunc::Ufunc;
use distarray_core::{Element, Reduction};
use distarray_maps::{AxisMap, DistSpec, Distribution, Grid};
use distarray_spmd::compute::elementwise::Expression;
use distarray_spmd::{Error, LocalArray, Worker};
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;

/// Runs `program` on every rank; all must agree, and the value is what they agree on.
#[track_caller]
fn on_ranks<R: PartialEq + std::fmt::Debug + Send>(
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

fn counted(shape: &[usize]) -> ArrayD<f64> {
    let size: usize = shape.iter().product();
    let values = (0..size).map(|index| (index as f64 * 0.37).sin() * 100.0).collect();
    ArrayD::from_shape_vec(IxDyn(shape), values).expect("as many values as the shape has")
}

fn spread<T: Element>(
    array: &ArrayD<T>,
    distribution: &Distribution,
    worker: &Worker,
) -> Result<LocalArray<T>, Error> {
    LocalArray::from_function(distribution, worker, |index| array[IxDyn(index)])
}

/// An axis map of `length` over `parts` parts: every kind.
fn axis_map(length: usize, parts: usize) -> BoxedStrategy<AxisMap> {
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
fn distribution(shape: Vec<usize>, ranks: usize) -> BoxedStrategy<Distribution> {
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

fn shapes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        Just(vec![]),
        proptest::collection::vec(0_usize..12, 1..=1),
        proptest::collection::vec(0_usize..9, 2..=2),
        proptest::collection::vec(0_usize..6, 3..=3),
    ]
}

fn moves() -> impl Strategy<Value = (usize, Distribution, Distribution)> {
    (1_usize..=4, shapes()).prop_flat_map(|(ranks, shape)| {
        (Just(ranks), distribution(shape.clone(), ranks), distribution(shape, ranks))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn redistribution_changes_no_element((ranks, source, target) in moves()) {
        let whole = counted(source.shape());
        let gathered = on_ranks(ranks, |worker| {
            let array = spread(&whole, &source, worker)?;
            let moved = array.redistribute(&target)?;
            assert_eq!(moved.local_shape(), &target.local_shape(worker.rank())[..]);
            moved.all_gather()
        });
        prop_assert_eq!(gathered, whole);
    }

    #[test]
    fn sums_agree_over_every_set_of_axes((ranks, source, _) in moves(), chosen in any::<[bool; 3]>(), keepdims in any::<bool>()) {
        let whole = counted(source.shape());
        let axes: Vec<isize> = (0..source.ndim()).filter(|axis| chosen[*axis]).map(|axis| axis as isize).collect();
        let mut expected = whole.clone();
        for axis in axes.iter().rev() {
            expected = expected.sum_axis(ndarray::Axis(*axis as usize));
            if keepdims {
                expected = expected.insert_axis(ndarray::Axis(*axis as usize));
            }
        }
        let found = on_ranks(ranks, |worker| {
            let array = spread(&whole, &source, worker)?;
            array.reduce::<f64>(Reduction::Sum, Some(&axes), keepdims)?.all_gather()
        });
        prop_assert_eq!(found.shape(), expected.shape());
        for (found, expected) in found.iter().zip(&expected) {
            prop_assert!((found - expected).abs() <= 1e-10, "{} {}", found, expected);
        }
    }

    #[test]
    fn elementwise_operations_agree_whatever_the_layouts((ranks, left, right) in moves()) {
        let whole = counted(left.shape());
        let found = on_ranks(ranks, |worker| {
            let (x, y) = (spread(&whole, &left, worker)?, spread(&whole, &right, worker)?);
            let expression = (Expression::from(&x) * 2.0 + Expression::from(&y)).map(Ufunc::Absolute);
            expression.evaluate::<f64>(worker)?.all_gather()
        });
        prop_assert_eq!(found, whole.mapv(|value| (value * 2.0 + value).abs()));
    }
}

#[test]
fn gathering_gives_the_root_everything_and_the_others_nothing() {
    let whole = counted(&[5, 3]);
    let gathered = threads::run(3, |comm| {
        let worker = Worker::new(&comm);
        let rows = Distribution::block_rows(&[5, 3], 3)?;
        spread(&whole, &rows, &worker)?.gather(1)
    })
    .expect("no rank fails");
    assert_eq!(gathered, [None, Some(whole), None]);
}

#[test]
fn scattering_spreads_what_the_root_has() {
    let whole = counted(&[4, 7]);
    let gathered = on_ranks(4, |worker| {
        let spec: DistSpec = "c,b".parse()?;
        let distribution = Distribution::from_spec(&[4, 7], &spec, 4)?;
        let elements = (worker.rank() == 2).then(|| whole.view());
        LocalArray::scatter(2, elements, &distribution, worker)?.all_gather()
    });
    assert_eq!(gathered, whole);
}

#[test]
fn a_root_without_elements_is_an_error_everywhere() {
    let outcome = threads::run(3, |comm| {
        let worker = Worker::new(&comm);
        let rows = Distribution::block_rows(&[5, 3], 3)?;
        LocalArray::<f64>::scatter(1, None, &rows, &worker).map(|_| ())
    });
    let error = outcome.expect_err("the root has nothing to scatter");
    assert!(error.to_string().contains("rank 1"), "{error}");
}

#[test]
fn a_minimum_of_nothing_is_refused_with_its_shape() {
    let outcome = threads::run(2, |comm| {
        let worker = Worker::new(&comm);
        let empty = LocalArray::<f64>::zeros(&Distribution::block_rows(&[0, 3], 2)?, &worker)?;
        empty.reduce::<f64>(Reduction::Min, Some(&[0]), false).map(|_| ())
    });
    assert!(outcome.expect_err("no elements").to_string().contains("[0, 3]"));
}

#[test]
fn a_refused_allocation_on_one_rank_reaches_all() {
    let outcome = threads::run(3, |comm| {
        let worker = Worker::new(&comm);
        let rows = Distribution::block_rows(&[6, 6], 3)?;
        let columns = Distribution::from_spec(&[6, 6], &"n,b".parse::<DistSpec>()?, 3)?;
        let ones = LocalArray::<f64>::ones(&rows, &worker)?;
        if worker.rank() == 1 {
            worker.pool().refuse_next();
        }
        let refused = ones.redistribute(&columns).err().map(|error| error.to_string());
        // The ranks are in step afterwards.
        let total = ones.redistribute(&columns)?.reduce::<f64>(Reduction::Sum, None, false)?.all_gather()?;
        Ok::<_, Error>((refused, total[IxDyn(&[])]))
    })
    .expect("no rank gives up");
    for (refused, total) in outcome {
        assert!(refused.expect("all ranks hear of it").contains("rank 1"));
        assert_eq!(total, 36.0);
    }
}
