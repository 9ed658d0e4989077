//! Index arrays against a model on one process, over every kind of distribution.
#![allow(clippy::cast_possible_truncation, reason = "positions of small arrays")]

mod common;

use common::{distribution, on_ranks, spread};
use distarray_core::kernel::select::Scatter;
use distarray_core::{Element, Scalar};
use distarray_maps::Distribution;
use distarray_spmd::transfer::index::{Indexed, Put, Take};
use distarray_spmd::{AnyLocalArray, Error, FailureKind, Input, LocalArray, Operation, Worker};
use ndarray::{ArrayD, Dimension, IxDyn};
use proptest::prelude::*;

/// An array, how it lies, and what indexes it.
#[derive(Clone, Debug)]
struct Case {
    ranks: usize,
    by_messages: bool,
    source: Distribution,
    indexed: Indexed,
    /// The index arrays: how they lie, and their elements.
    indices: Vec<(Distribution, ArrayD<i64>)>,
    /// The shape they have together.
    shape: Vec<usize>,
    seed: i64,
}

impl Case {
    fn array(&self) -> ArrayD<i64> {
        let size = self.source.size() as i64;
        let elements = (0..size).map(|element| element * 7 - self.seed).collect();
        ArrayD::from_shape_vec(self.source.shape(), elements).expect("as many elements")
    }

    fn result_shape(&self) -> Vec<usize> {
        let (shape, axis) = (self.source.shape(), self.indexed.axis);
        [&shape[..axis], &self.shape, &shape[axis + self.indexed.names.len()..]].concat()
    }

    /// Where an element of the result is in the array.
    fn origin(&self, index: &[usize]) -> Vec<usize> {
        let (shape, axis, count) = (self.source.shape(), self.indexed.axis, self.indexed.names.len());
        let place = &index[axis..axis + self.shape.len()];
        let wrap =
            |index: i64, length: usize| (if index < 0 { index + length as i64 } else { index }) as usize;
        let along = |number: usize| {
            let view = self.indices[number].1.broadcast(&self.shape[..]).expect("it broadcasts");
            view[IxDyn(place)]
        };
        let lengths = &shape[axis..axis + count];
        let along: Vec<usize> = if self.indexed.is_flat {
            let mut flat = wrap(along(0), lengths.iter().product());
            let mut found: Vec<usize> = lengths
                .iter()
                .rev()
                .map(|length| {
                    let place = flat % length;
                    flat /= length;
                    place
                })
                .collect();
            found.reverse();
            found
        } else {
            (0..count).map(|number| wrap(along(number), lengths[number])).collect()
        };
        [&index[..axis], &along, &index[axis + self.shape.len()..]].concat()
    }

    fn worker(&self, worker: &Worker) -> Worker {
        if self.by_messages { worker.clone().by_messages() } else { worker.clone() }
    }

    fn spread_indices(&self, worker: &Worker) -> Result<Vec<AnyLocalArray>, Error> {
        let lists = self.indices.iter();
        lists
            .map(|(distribution, index)| Ok(spread::<i64>(index, distribution, worker)?.into_any()))
            .collect()
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let shapes = prop_oneof![
        prop::collection::vec(1_usize..14, 1..=1),
        prop::collection::vec(1_usize..8, 2..=2),
        prop::collection::vec(1_usize..6, 3..=3),
    ];
    (1_usize..=4, shapes, any::<bool>(), any::<bool>(), 0_i64..100).prop_flat_map(
        |(ranks, shape, by_messages, is_flat, seed)| {
            let ndim = shape.len();
            let axes = (0..ndim).prop_flat_map(move |axis| (Just(axis), 1..=ndim - axis));
            let new = prop::collection::vec(0_usize..9, 1..=2);
            (Just((ranks, shape, by_messages, is_flat, seed)), axes, new).prop_flat_map(
                |((ranks, shape, by_messages, is_flat, seed), (axis, count), new)| {
                    let lengths = shape[axis..axis + count].to_vec();
                    let limits = if is_flat { vec![lengths.iter().product()] } else { lengths };
                    let indices: Vec<_> = limits
                        .iter()
                        .enumerate()
                        .map(|(number, limit)| index_array(new.clone(), number > 0, *limit as i64, ranks))
                        .collect();
                    (distribution(shape, ranks), indices).prop_map(move |(source, indices)| Case {
                        ranks,
                        by_messages,
                        source,
                        indexed: Indexed { is_flat, ..Indexed::by_axis(axis, count) },
                        indices,
                        shape: new.clone(),
                        seed,
                    })
                },
            )
        },
    )
}

/// An index array that broadcasts to `shape`; the first of several has the whole shape.
fn index_array(
    shape: Vec<usize>,
    may_be_less: bool,
    limit: i64,
    ranks: usize,
) -> impl Strategy<Value = (Distribution, ArrayD<i64>)> {
    let flat = prop::collection::vec(any::<bool>(), shape.len());
    (flat, 0..=shape.len()).prop_flat_map(move |(flat, missing)| {
        let missing = if may_be_less { missing } else { 0 };
        let own: Vec<usize> = shape
            .iter()
            .zip(flat)
            .skip(missing)
            .map(|(length, flat)| if flat && may_be_less { 1 } else { *length })
            .collect();
        let size = own.iter().product::<usize>();
        let elements = prop::collection::vec(-limit..limit, size);
        (distribution(own.clone(), ranks), elements).prop_map(move |(distribution, elements)| {
            (distribution, ArrayD::from_shape_vec(own.clone(), elements).expect("as many elements"))
        })
    })
}

fn gathered<T: Element>(array: AnyLocalArray, worker: &Worker) -> Result<ArrayD<T>, Error> {
    LocalArray::<T>::from_any(array, worker)?.all_gather()
}

fn one(mut arrays: Vec<AnyLocalArray>) -> AnyLocalArray {
    arrays.pop().expect("one result")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_taken_is_what_the_indices_name(case in cases()) {
        let array = case.array();
        let expected = ArrayD::from_shape_fn(case.result_shape(), |index| array[IxDyn(&case.origin(index.slice()))]);
        let found = on_ranks(case.ranks, |worker| {
            let worker = case.worker(worker);
            let source = spread(&array, &case.source, &worker)?.into_any();
            let indices = case.spread_indices(&worker)?;
            let inputs = std::iter::once(&source).chain(&indices).map(Input::Borrowed).collect();
            gathered::<i64>(one(Take { indexed: case.indexed.clone() }.execute(&worker, inputs)?), &worker)
        });
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn what_is_put_comes_in_the_order_of_the_indices(
        case in cases(),
        mode in prop::sample::select(vec![Scatter::Set, Scatter::Add, Scatter::Minimum, Scatter::Maximum]),
        flat in prop::collection::vec(any::<bool>(), 5),
        missing in 0_usize..5,
    ) {
        // Sums of such numbers depend on their order.
        let number = |place: usize| (place as f64 * 0.7).sin() * 10_f64.powi((place % 17) as i32);
        let array = case.array().mapv(|element| element as f64 * 0.1);
        let shape = case.result_shape();
        let own: Vec<usize> = shape.iter().zip(&flat).skip(missing).map(|(length, flat)| if *flat { 1 } else { *length }).collect();
        let size = own.iter().product();
        let values = ArrayD::from_shape_vec(own.clone(), (0..size).map(number).collect()).expect("as many values");
        let mut expected = array.clone();
        for (index, value) in values.broadcast(&shape[..]).expect("it broadcasts").indexed_iter() {
            let element = &mut expected[IxDyn(&case.origin(index.slice()))];
            match mode {
                Scatter::Set => *element = *value,
                Scatter::Add => *element += value,
                Scatter::Minimum => *element = element.min(*value),
                Scatter::Maximum => *element = element.max(*value),
            }
        }
        let found = on_ranks(case.ranks, |worker| {
            let worker = case.worker(worker);
            let source = spread(&array, &case.source, &worker)?.into_any();
            let spread_values = LocalArray::<f64>::from_function(&Distribution::block_rows(&own, case.ranks)?, &worker, |index| values[IxDyn(index)])?.into_any();
            let indices = case.spread_indices(&worker)?;
            let inputs = [&source, &spread_values].into_iter().chain(&indices).map(Input::Borrowed).collect();
            let put = one(Put { indexed: case.indexed.clone(), mode }.execute(&worker, inputs)?);
            assert_eq!(gathered::<f64>(source, &worker)?, array, "the array itself is as it was");
            assert_eq!(put.distribution(), &case.source);
            gathered::<f64>(put, &worker)
        });
        prop_assert_eq!(found.mapv(f64::to_bits), expected.mapv(f64::to_bits));
    }
}

#[test]
fn an_index_outside_is_an_error_on_all_ranks_and_nothing_is_changed() {
    for by_messages in [false, true] {
        on_ranks(3, |worker| {
            let worker = if by_messages { worker.clone().by_messages() } else { worker.clone() };
            let rows = Distribution::block_rows(&[6, 4], 3)?;
            let mut array = LocalArray::<i64>::ones(&rows, &worker)?.into_any();
            let index = Distribution::block_rows(&[5], 3)?;
            let places =
                LocalArray::<i64>::from_function(&index, &worker, |place| place[0] as i64 * 2)?.into_any();
            let indexed = Indexed { names: vec![1], ..Indexed::by_axis(0, 1) };
            let expected = |name: &str| {
                format!("{name} failed on rank 1: index 6 is out of bounds for axis 1 with size 6")
            };
            let inputs = vec![Input::Borrowed(&array), Input::Borrowed(&places)];
            let refused =
                Take { indexed: indexed.clone() }.execute(&worker, inputs).expect_err("out of bounds");
            assert_eq!(refused.to_string(), expected("take"));
            assert!(matches!(refused, Error::Agreed(failure) if failure.kind == FailureKind::Invalid));

            let value = LocalArray::<i64>::full(&Distribution::replicated(&[], 3)?, 9, &worker)?.into_any();
            let inputs = vec![Input::Owned(array.clone()), Input::Borrowed(&value), Input::Borrowed(&places)];
            let refused =
                Put { indexed, mode: Scatter::Set }.execute(&worker, inputs).expect_err("out of bounds");
            assert_eq!(refused.to_string(), expected("put"));
            assert!(array.block_mut(worker.pool())?.as_slice::<i64>()?.iter().all(|element| *element == 1));
            Ok(())
        });
    }
}

#[test]
fn only_partners_that_have_something_get_more_than_a_count() {
    on_ranks(4, |worker| {
        let worker = worker.clone().by_messages();
        let blocks = Distribution::block_rows(&[40], 4)?;
        let array = LocalArray::<f64>::ones(&blocks, &worker)?.into_any();
        // Every rank wants of the next one.
        let places = LocalArray::<i64>::from_function(&blocks, &worker, |place| (place[0] as i64 + 10) % 40)?
            .into_any();
        let before = worker.comm().meter();
        let inputs = vec![Input::Borrowed(&array), Input::Borrowed(&places)];
        Take { indexed: Indexed::by_axis(0, 1) }.execute(&worker, inputs)?;
        let counted = worker.comm().meter() - before;
        // Three counts, one question of 40 bytes, one answer of 80; and some agreements without bytes.
        assert_eq!(counted.bytes_sent, 3 * 8 + 40 + 80);
        Ok(())
    });
}

#[test]
fn memory_refused_on_one_rank_is_an_error_on_all() {
    for refused_after in 0..4 {
        on_ranks(2, |worker| {
            let blocks = Distribution::block_rows(&[40], 2)?;
            let array = LocalArray::<f64>::ones(&blocks, worker)?.into_any();
            let places =
                LocalArray::<i64>::from_function(&blocks, worker, |place| place[0] as i64)?.into_any();
            let values = LocalArray::<f64>::full(&blocks, 2.0, worker)?.into_any();
            for operation in [0, 1] {
                if worker.rank() == 1 {
                    worker.pool().refuse_after(refused_after);
                }
                let outcome = if operation == 0 {
                    let inputs = vec![Input::Borrowed(&array), Input::Borrowed(&places)];
                    Take { indexed: Indexed::by_axis(0, 1) }.execute(worker, inputs)
                } else {
                    let inputs =
                        vec![Input::Borrowed(&array), Input::Borrowed(&values), Input::Borrowed(&places)];
                    Put { indexed: Indexed::by_axis(0, 1), mode: Scatter::Add }.execute(worker, inputs)
                };
                worker.pool().refuse_after(u64::MAX);
                if let Err(error) = outcome {
                    assert!(matches!(error, Error::Agreed(failure) if failure.rank == 1), "{refused_after}");
                } else {
                    assert!(refused_after > 0);
                }
            }
            assert_eq!(gathered::<f64>(array, worker)?.sum(), 40.0);
            Ok(Scalar::Bool(true))
        });
    }
}

#[test]
fn an_index_without_axes_takes_one_element() {
    for by_messages in [false, true] {
        let found = on_ranks(3, |worker| {
            let worker = if by_messages { worker.clone().by_messages() } else { worker.clone() };
            let array =
                LocalArray::<i64>::from_function(&Distribution::block_rows(&[7], 3)?, &worker, |place| {
                    place[0] as i64
                })?;
            let place = LocalArray::<i64>::full(&Distribution::on_rank(&[], 2)?, -2, &worker)?.into_any();
            let inputs = vec![Input::Owned(array.into_any()), Input::Owned(place)];
            gathered::<i64>(one(Take { indexed: Indexed::by_axis(0, 1) }.execute(&worker, inputs)?), &worker)
        });
        assert_eq!(found, ndarray::arr0(5).into_dyn());
    }
}
