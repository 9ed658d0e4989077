//! Placing: what is written into a region is what one process writes, and the rest stays.
#![allow(clippy::cast_possible_truncation, reason = "positions of small arrays")]

mod common;

use common::{distribution, on_ranks, shapes, spread};
use distarray_comm::SameMemory;
use distarray_maps::{ArrangedAxis, AxisRange, AxisSlice, Distribution};
use distarray_spmd::transfer::arrange::Arrange;
use distarray_spmd::transfer::assemble::Assemble;
use distarray_spmd::transfer::place::{place, region_of};
use distarray_spmd::{AnyLocalArray, Error, Input, LocalArray, Operation, Worker};
use ndarray::{ArrayD, Axis, Dimension, IxDyn};
use proptest::prelude::*;

/// One region of an array: slices, the order of what is left, and whether a new axis stands in front.
#[derive(Clone, Debug)]
struct Case {
    ranks: usize,
    target: Distribution,
    slices: Vec<AxisSlice>,
    order: Vec<usize>,
    is_new: bool,
    value: Distribution,
}

impl Case {
    fn region(&self) -> Arrange {
        let new = self.is_new.then_some(ArrangedAxis::New(1));
        let kept = self.order.iter().copied().map(ArrangedAxis::Of);
        Arrange::new(self.slices.clone(), new.into_iter().chain(kept).collect())
    }

    /// Writes `value` into the region of `array`, element by element.
    fn write(&self, array: &mut ArrayD<i64>, value: &ArrayD<i64>) {
        let kept: Vec<usize> =
            (0..self.slices.len()).filter(|axis| self.slices[*axis].keeps_axis()).collect();
        for (index, element) in value.indexed_iter() {
            let index: Vec<usize> = index.slice().iter().skip(usize::from(self.is_new)).copied().collect();
            let mut place: Vec<usize> = self.slices.iter().map(|slice| slice.as_range().start).collect();
            for (position, axis) in self.order.iter().enumerate() {
                place[kept[*axis]] = self.slices[kept[*axis]].as_range().index(index[position]);
            }
            array[IxDyn(&place)] = *element;
        }
    }
}

fn slice(length: usize) -> BoxedStrategy<AxisSlice> {
    let range =
        (any::<u8>(), any::<u8>(), prop_oneof![-3_isize..0, 1_isize..4]).prop_map(move |(a, b, step)| {
            let place = |value: u8| isize::from(value) % (length as isize + 1);
            let range = AxisRange::python(Some(place(a)), Some(place(b)), Some(step), length);
            AxisSlice::Range(range.expect("a step"))
        });
    let whole = Just(AxisSlice::full(length));
    if length == 0 {
        return whole.boxed();
    }
    let index = (0..length).prop_map(AxisSlice::Index);
    prop_oneof![3 => range, 2 => whole, 1 => index].boxed()
}

fn cases() -> impl Strategy<Value = Case> {
    (1_usize..=4, shapes())
        .prop_flat_map(|(ranks, shape)| {
            let slices: Vec<_> = shape.iter().map(|length| slice(*length)).collect();
            (Just(ranks), distribution(shape, ranks), slices, any::<bool>())
        })
        .prop_flat_map(|(ranks, target, slices, is_new)| {
            let kept = slices.iter().filter(|slice| slice.keeps_axis()).count();
            let order = Just((0..kept).collect::<Vec<usize>>()).prop_shuffle();
            (Just(ranks), Just(target), Just(slices), order, Just(is_new))
        })
        .prop_flat_map(|(ranks, target, slices, order, is_new)| {
            let lengths: Vec<usize> = slices
                .iter()
                .filter(|slice| slice.keeps_axis())
                .map(|slice| slice.as_range().count)
                .collect();
            let shape =
                is_new.then_some(1).into_iter().chain(order.iter().map(|axis| lengths[*axis])).collect();
            distribution(shape, ranks).prop_map(move |value| Case {
                ranks,
                target: target.clone(),
                slices: slices.clone(),
                order: order.clone(),
                is_new,
                value,
            })
        })
}

fn counted(shape: &[usize], first: i64) -> ArrayD<i64> {
    let size: usize = shape.iter().product();
    ArrayD::from_shape_vec(IxDyn(shape), (first..).take(size).collect())
        .expect("as many values as the shape has")
}

fn gathered(array: AnyLocalArray, worker: &Worker) -> Result<ArrayD<i64>, Error> {
    LocalArray::from_any(array, worker)?.all_gather()
}

/// The value as it is, or, which is the same elements, as a view of an array with its axes the other way round.
fn as_view(
    value: &ArrayD<i64>,
    distribution: &Distribution,
    worker: &Worker,
) -> Result<AnyLocalArray, Error> {
    let axes: Vec<usize> = (0..value.ndim()).rev().collect();
    let turned = Arrange::permutation(&axes);
    let whole = value.clone().permuted_axes(axes);
    let array = spread(&whole, &turned.target(distribution)?, worker)?;
    turned.arrange(array.as_any(), worker)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_region_gets_the_value_and_the_rest_stays(case in cases(), turned in any::<bool>()) {
        let whole = counted(case.target.shape(), 0);
        let value = counted(case.value.shape(), 1000);
        let mut expected = whole.clone();
        case.write(&mut expected, &value);
        let found = on_ranks(case.ranks, |worker| {
            let array = spread(&whole, &case.target, worker)?;
            let value = if turned {
                as_view(&value, &case.value, worker)?
            } else {
                spread(&value, &case.value, worker)?.into_any()
            };
            // The array is there as it was: it shares the memory.
            let mut block = array.as_any().clone().into_block(worker.pool())?;
            place(&value, &case.region(), &case.target, &mut block, worker)?;
            let placed = gathered(AnyLocalArray::new(case.target.clone(), block, worker.rank())?, worker)?;
            let region = region_of(&case.region(), &case.target)?;
            assert_eq!(region.shape(), value.shape());
            assert_eq!(array.all_gather()?, whole);
            Ok(placed)
        });
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn parts_make_a_whole((ranks, left, right, target) in halves()) {
        let (first, second) = (counted(left.shape(), 0), counted(right.shape(), 500));
        let expected = ndarray::concatenate(Axis(0), &[first.view(), second.view()]).expect("two parts");
        let found = on_ranks(ranks, |worker| {
            let middle = left.shape()[0];
            let slice = |start, stop| Arrange::slice(vec![AxisSlice::range(start, stop)], target.ndim());
            let parts = vec![slice(0, middle), slice(middle, target.shape()[0])];
            let assemble = Assemble { target: target.clone(), parts };
            let (x, y) = (spread(&first, &left, worker)?, as_view(&second, &right, worker)?);
            let metas = [&x.as_any().meta(), &y.meta()];
            assemble.infer(&metas)?;
            let cost = assemble.cost(&metas, worker.rank(), worker.size(), SameMemory::Process);
            let before = worker.comm().meter();
            let inputs = vec![Input::Owned(x.into_any()), Input::Borrowed(&y)];
            let [whole] = distarray_spmd::exactly("assemble", assemble.execute(worker, inputs)?)?;
            let after = worker.comm().meter();
            assert_eq!(cost.messages_sent, after.messages_sent - before.messages_sent);
            assert_eq!(cost.bytes_copied, after.copied_bytes - before.copied_bytes);
            gathered(whole, worker)
        });
        prop_assert_eq!(found, expected);
    }
}

fn halves() -> impl Strategy<Value = (usize, Distribution, Distribution, Distribution)> {
    (1_usize..=4, 0_usize..6, 0_usize..6, 0_usize..5).prop_flat_map(|(ranks, first, second, columns)| {
        (
            Just(ranks),
            distribution(vec![first, columns], ranks),
            distribution(vec![second, columns], ranks),
            distribution(vec![first + second, columns], ranks),
        )
    })
}

/// Zeros by rows over three ranks, and sevens for its elements 2, 3 and 4.
fn zeros_and_sevens(worker: &Worker) -> Result<(LocalArray<i64>, LocalArray<i64>, Arrange), Error> {
    let zeros = LocalArray::<i64>::zeros(&Distribution::block_rows(&[6], 3)?, worker)?;
    let sevens = LocalArray::<i64>::full(&Distribution::block_rows(&[3], 3)?, 7, worker)?;
    Ok((zeros, sevens, Arrange::slice(vec![AxisSlice::range(2, 5)], 1)))
}

#[test]
fn a_block_of_its_own_is_written_in_place() {
    on_ranks(3, |worker| {
        let (array, value, region) = zeros_and_sevens(worker)?;
        let target = array.as_any().distribution().clone();
        let mut block = array.into_any().into_block(worker.pool())?;
        let address = block.as_bytes().as_ptr().addr();
        place(value.as_any(), &region, &target, &mut block, worker)?;
        assert_eq!(block.as_bytes().as_ptr().addr(), address);
        Ok(())
    });
}

#[test]
fn a_refused_allocation_on_one_rank_changes_nothing() {
    on_ranks(3, |worker| {
        let (array, value, region) = zeros_and_sevens(worker)?;
        let target = array.as_any().distribution().clone();
        let mut block = array.as_any().clone().into_block(worker.pool())?;
        if worker.rank() == 1 {
            worker.pool().refuse_next();
        }
        let refused = place(value.as_any(), &region, &target, &mut block, worker);
        let refused = refused.expect_err("rank 1 has no memory");
        assert!(refused.to_string().contains("rank 1"), "{refused}");
        let unchanged = AnyLocalArray::new(target.clone(), block.clone(), worker.rank())?;
        assert_eq!(gathered(unchanged, worker)?, ArrayD::<i64>::zeros(IxDyn(&[6])));
        place(value.as_any(), &region, &target, &mut block, worker)?;
        assert_eq!(array.all_gather()?, ArrayD::<i64>::zeros(IxDyn(&[6])));
        assert_eq!(gathered(AnyLocalArray::new(target, block, worker.rank())?, worker)?.sum(), 21);
        Ok(())
    });
}

#[test]
fn what_does_not_fit_is_refused() {
    on_ranks(3, |worker| {
        let (array, value, region) = zeros_and_sevens(worker)?;
        let target = array.as_any().distribution().clone();
        let mut block = array.as_any().clone().into_block(worker.pool())?;
        let mut said = |value: &AnyLocalArray, region: &Arrange| {
            place(value, region, &target, &mut block, worker).expect_err("it does not fit").to_string()
        };
        assert!(said(array.as_any(), &region).contains("[6]"));
        let floats = LocalArray::<f64>::zeros(value.as_any().distribution(), worker)?;
        assert!(said(floats.as_any(), &region).contains("float64"));
        let repeated = Arrange::new(Vec::new(), vec![ArrangedAxis::New(2), ArrangedAxis::Of(0)]);
        let pair = LocalArray::<i64>::zeros(&Distribution::block_rows(&[2, 6], 3)?, worker)?;
        assert!(said(pair.as_any(), &repeated).contains("[2, 6]"));
        let meta = |array: &LocalArray<i64>| array.as_any().meta();
        let assemble = Assemble { target: target.clone(), parts: vec![region] };
        assert_eq!(
            assemble.infer(&[&meta(&array)]).expect_err("six elements for three").to_string(),
            "shape [6] where shape [3] is needed"
        );
        assert!(assemble.infer(&[&floats.as_any().meta()]).is_err());
        assert!(assemble.infer(&[&meta(&value)]).is_err(), "three elements are left out");
        Ok(())
    });
}
