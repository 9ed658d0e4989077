//! Acting locally: global indices of local elements, and arrays made of blocks that ranks have.
#![allow(clippy::cast_possible_wrap, reason = "positions of small arrays")]

mod common;

use common::{distribution, on_ranks, shapes, spread};
use distarray_comm::threads;
use distarray_core::Block;
use distarray_maps::Distribution;
use distarray_spmd::{AnyLocalArray, Error, LocalArray, Worker};
use ndarray::{ArrayD, ArrayView1, IxDyn};
use proptest::prelude::*;

fn layouts() -> impl Strategy<Value = (usize, Distribution)> {
    (1_usize..=4, shapes()).prop_flat_map(|(ranks, shape)| (Just(ranks), distribution(shape, ranks)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_element_knows_its_global_index((ranks, layout) in layouts()) {
        let size: usize = layout.shape().iter().product();
        let whole = ArrayD::from_shape_vec(layout.shape(), (0..size as i64).collect()).expect("as many elements");
        let doubled = on_ranks(ranks, |worker| {
            let mut array = spread(&whole, &layout, worker)?;
            let mut count = 0;
            array.visit_each(|global, element| {
                assert_eq!(whole[IxDyn(global)], *element);
                count += 1;
            })?;
            assert_eq!(count, layout.local_size(worker.rank()));
            array.change_each(|global, element| *element += whole[IxDyn(global)])?;
            for axis in 0..layout.ndim() {
                let counted = array.global_runs(axis)?.map_or(0, |runs| runs.runs().iter().map(|run| run.length * run.repeats).sum());
                assert_eq!(counted, if layout.holds(worker.rank()) { array.local_shape()[axis] } else { 0 });
            }
            if let Some((local, element)) = array.local()?.indexed_iter().next()
                && layout.holds(worker.rank())
            {
                let local = ndarray::Dimension::slice(&local).to_vec();
                let global = array.global_index(&local)?;
                assert_eq!(2 * whole[IxDyn(&global)], *element);
                assert_eq!(array.local_index(&global)?, Some(local));
            }
            assert!(array.global_runs(layout.ndim()).is_err());
            array.all_gather()
        });
        prop_assert_eq!(doubled, whole * 2);
    }
}

/// A block of the given shape whose elements are the rank.
fn own_block(shape: &[usize], worker: &Worker) -> Result<Block, Error> {
    Ok(Block::full(&(worker.rank() as i64).into(), shape, worker.pool())?)
}

#[test]
fn blocks_that_ranks_have_make_an_uneven_array() {
    let gathered = on_ranks(3, |worker| {
        let block = own_block(&[2, 2 * worker.rank()], worker)?;
        let array = AnyLocalArray::from_blocks(block, 1, worker)?;
        assert_eq!(array.shape(), [2, 6]);
        LocalArray::<i64>::from_any(array, worker)?.all_gather()
    });
    assert_eq!(gathered, ndarray::arr2(&[[1, 1, 2, 2, 2, 2], [1, 1, 2, 2, 2, 2]]).into_dyn());
}

/// The error that all ranks get.
#[track_caller]
fn refused(ranks: usize, program: impl Fn(&Worker) -> Result<(), Error> + Sync) -> String {
    let said = threads::run(ranks, |comm| {
        let worker = Worker::new(&comm);
        let error = program(&worker).expect_err("the blocks do not fit").to_string();
        // The ranks are in step afterwards.
        worker.comm().barrier()?;
        Ok::<_, Error>(error)
    })
    .expect("no rank fails");
    assert!(said.iter().all(|error| *error == said[0]), "{said:?}");
    said[0].clone()
}

#[test]
fn blocks_that_do_not_fit_are_refused_on_all_ranks() {
    let shapes = refused(3, |worker| {
        let block = own_block(&[2 + usize::from(worker.rank() == 2), 1], worker)?;
        AnyLocalArray::from_blocks(block, 1, worker).map(drop)
    });
    assert_eq!(
        shapes,
        "rank 2 brings [3] where rank 0 brings [2]: shape but for the distributed axis must be the same on all ranks"
    );
    let dtypes = refused(2, |worker| {
        let block = if worker.rank() == 0 {
            own_block(&[1], worker)?
        } else {
            Block::full(&1.5_f32.into(), &[1], worker.pool())?
        };
        AnyLocalArray::from_blocks(block, 0, worker).map(drop)
    });
    assert!(dtypes.contains("rank 1 brings"), "{dtypes}");
    let axis = refused(2, |worker| AnyLocalArray::from_blocks(own_block(&[1], worker)?, 1, worker).map(drop));
    assert!(axis.contains("axis 1 is out of bounds"), "{axis}");
    let layout = Distribution::block_rows(&[5], 2).expect("a layout");
    let shape = refused(2, |worker| {
        AnyLocalArray::from_distributed_blocks(&layout, own_block(&[3], worker)?, worker).map(drop)
    });
    assert!(shape.contains("rank 1 brings a block of shape [3]; its distribution says [2]"), "{shape}");
    let layouts = refused(2, |worker| {
        let layout = Distribution::from_spec(&[4], &if worker.rank() == 0 { "b" } else { "c" }.parse()?, 2)?;
        AnyLocalArray::from_distributed_blocks(&layout, own_block(&[2], worker)?, worker).map(drop)
    });
    assert!(layouts.contains("distribution must be the same"), "{layouts}");
}

#[test]
fn indices_say_where_blocks_belong() {
    let given: [&[usize]; 3] = [&[3, 0], &[], &[1, 2, 4]];
    let gathered = on_ranks(3, |worker| {
        let indices = given[worker.rank()];
        let values: Vec<i64> = indices.iter().map(|index| 10 * *index as i64).collect();
        let block = Block::from_ndarray(ArrayView1::from(&values), worker.pool())?;
        let array = AnyLocalArray::from_indexed_blocks(block, 0, indices, worker)?;
        assert_eq!(array.distribution().axis(0).letter(), 'u');
        LocalArray::<i64>::from_any(array, worker)?.all_gather()
    });
    assert_eq!(gathered, ndarray::arr1(&[0, 10, 20, 30, 40]).into_dyn());
    on_ranks(2, |worker| {
        let indices: &[usize] = [&[0, 1][..], &[2]][worker.rank()];
        let array =
            AnyLocalArray::from_indexed_blocks(own_block(&[indices.len()], worker)?, 0, indices, worker)?;
        assert_eq!(array.distribution().axis(0).letter(), 'b');
        Ok(())
    });
    for (lists, expected) in [
        ([&[0, 1][..], &[1, 2]], "global index 1 is owned twice, by parts 0 and 1"),
        ([&[0, 2][..], &[3]], "global index 3"),
        ([&[0][..], &[1, 2]], "rank 0 names 1 indices for a block of 2 along axis 0"),
    ] {
        let error = refused(2, |worker| {
            let indices = lists[worker.rank()];
            AnyLocalArray::from_indexed_blocks(
                own_block(&[2 - usize::from(indices == [3])], worker)?,
                0,
                indices,
                worker,
            )
            .map(drop)
        });
        assert!(error.contains(expected), "{error}");
    }
}
