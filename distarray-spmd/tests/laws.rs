//! Laws of local arrays: what ranks compute together is what one process computes alone.

mod common;

use common::{counted, distribution, on_ranks, shapes, spread};
use distarray_comm::threads;
use distarray_core::Reduction;
use distarray_core::ufunc::Ufunc;
use distarray_maps::{DistSpec, Distribution};
use distarray_spmd::compute::elementwise::Expression;
use distarray_spmd::{Error, LocalArray, Worker};
use ndarray::IxDyn;
use proptest::prelude::*;

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
