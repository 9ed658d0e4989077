//! Placing: what is written into a region is what one process writes, and the rest stays.
#![allow(clippy::cast_possible_truncation, reason = "positions of small arrays")]

mod common;

use common::{distribution, on_ranks, shapes, spread};
use distarray_comm::SameMemory;
use distarray_core::Scalar;
use distarray_maps::{ArrangedAxis, AxisRange, AxisSlice, Distribution};
use distarray_spmd::transfer::arrange::Arrange;
use distarray_spmd::transfer::assemble::Assemble;
use distarray_spmd::transfer::assign::Assign;
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
            let mut block = array.as_any().to_block(worker.pool())?;
            place(&value, &case.region(), &case.target, &mut block, worker)?;
            let placed = gathered(AnyLocalArray::new(case.target.clone(), block, worker.rank())?, worker)?;
            let region = region_of(&case.region(), &case.target)?;
            assert_eq!(region.shape(), value.shape());
            // As an operation, on an array that somebody else holds and on one that is free.
            let assign = Assign { region: case.region() };
            let metas = [&array.as_any().meta(), &value.meta()];
            assign.infer(&metas)?;
            let cost = assign.cost(&metas, worker.rank(), worker.size(), SameMemory::Process);
            let before = worker.comm().meter();
            let [shared] = distarray_spmd::exactly(
                "assign",
                assign.execute(worker, vec![Input::Borrowed(array.as_any()), Input::Borrowed(&value)])?,
            )?;
            let after = worker.comm().meter();
            assert_eq!(cost.messages_sent, after.messages_sent - before.messages_sent);
            let copied = after.copied_bytes - before.copied_bytes;
            assert_eq!(cost.bytes_copied, copied);
            assert_eq!(array.all_gather()?, whole, "somebody holds it");
            let [own] = distarray_spmd::exactly(
                "assign",
                assign.execute(worker, vec![Input::Owned(array.into_any()), Input::Owned(value)])?,
            )?;
            assert_eq!(gathered(shared, worker)?, placed);
            assert_eq!(gathered(own, worker)?, placed);
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
            assemble.infer(&[&x.as_any().meta(), &y.meta()])?;
            let inputs = vec![Input::Owned(x.into_any()), Input::Borrowed(&y)];
            let [whole] = distarray_spmd::exactly("assemble", assemble.execute(worker, inputs)?)?;
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

#[test]
fn an_array_that_is_free_is_written_in_place() {
    on_ranks(2, |worker| {
        let rows = Distribution::block_rows(&[6, 5], 2)?;
        let array = LocalArray::<f64>::zeros(&rows, worker)?.into_any();
        let value = LocalArray::<f64>::full(&Distribution::block_rows(&[3, 5], 2)?, 1.0, worker)?.into_any();
        let address = array.view().storage().as_ptr().addr();
        let step = AxisSlice::Range(AxisRange::python(None, None, Some(2), 6)?);
        let assign = Assign { region: Arrange::slice(vec![step], 2) };
        let written = assign.execute(worker, vec![Input::Owned(array), Input::Borrowed(&value)])?;
        assert_eq!(written[0].view().storage().as_ptr().addr(), address);
        Ok(())
    });
}

#[test]
fn a_refused_allocation_on_one_rank_changes_nothing() {
    on_ranks(3, |worker| {
        let rows = Distribution::block_rows(&[6], 3)?;
        let array = LocalArray::<i64>::zeros(&rows, worker)?;
        let value = LocalArray::<i64>::full(&Distribution::block_rows(&[3], 3)?, 7, worker)?;
        let region = Arrange::slice(vec![AxisSlice::range(2, 5)], 1);
        if worker.rank() == 1 {
            worker.pool().refuse_next();
        }
        let assign = Assign { region };
        let inputs = || vec![Input::Borrowed(array.as_any()), Input::Borrowed(value.as_any())];
        let refused = assign.execute(worker, inputs()).expect_err("rank 1 has no memory");
        assert!(refused.to_string().contains("rank 1"), "{refused}");
        assert_eq!(array.all_gather()?, ArrayD::<i64>::zeros(IxDyn(&[6])));
        let [written] = distarray_spmd::exactly("assign", assign.execute(worker, inputs())?)?;
        assert_eq!(gathered(written, worker)?.sum(), 21);
        Ok(())
    });
}

#[test]
fn what_does_not_fit_is_refused_from_metadata() {
    let array = |shape: &[usize]| distarray_spmd::ArrayMeta {
        dtype: Scalar::Int64(0).dtype(),
        distribution: Distribution::block_rows(shape, 2).expect("a layout"),
    };
    let region = Arrange::slice(vec![AxisSlice::range(1, 4)], 1);
    let assign = Assign { region: region.clone() };
    let wrong = assign.infer(&[&array(&[6]), &array(&[4])]).expect_err("four elements for three");
    assert_eq!(wrong.to_string(), "shape [4] where shape [3] is needed");
    let other = distarray_spmd::ArrayMeta { dtype: Scalar::Float64(0.0).dtype(), ..array(&[3]) };
    assert!(assign.infer(&[&array(&[6]), &other]).is_err());
    let assemble = Assemble { target: array(&[6]).distribution, parts: vec![region] };
    assert!(assemble.infer(&[&array(&[3])]).is_err(), "three elements are left out");
    let repeated = Arrange::new(Vec::new(), vec![ArrangedAxis::New(2), ArrangedAxis::Of(0)]);
    assert!(Assign { region: repeated }.infer(&[&array(&[6]), &array(&[2, 6])]).is_err());
}
