//! Products against sums written out on one process, over every kind of distribution.
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

mod common;

use common::{distribution, on_ranks, spread};
use distarray_comm::{SameMemory, threads};
use distarray_core::kernel::product::Sums;
use distarray_core::{Element, Pool};
use distarray_maps::Distribution;
use distarray_spmd::compute::product::Product;
use distarray_spmd::{Cost, Error, LocalArray, Operation, Worker};
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;

/// Two operands, how they lie, and how they are multiplied.
#[derive(Clone, Debug)]
struct Case {
    ranks: usize,
    by_messages: bool,
    operands: [Distribution; 2],
    product: Product,
}

fn number(index: usize, seed: usize) -> i64 {
    ((index * 7 + seed) % 11) as i64 - 5
}

fn operand<T: Element>(distribution: &Distribution, seed: usize, of: impl Fn(i64) -> T) -> ArrayD<T> {
    let numbers = (0..distribution.size()).map(|index| of(number(index, seed))).collect();
    ArrayD::from_shape_vec(distribution.shape(), numbers).expect("as many")
}

/// The product, sum by sum.
fn model(case: &Case) -> ArrayD<i64> {
    let arrays = [operand(&case.operands[0], 1, |x| x), operand(&case.operands[1], 2, |x| x)];
    let labels = [&case.product.left, &case.product.right];
    let length = |label: usize| {
        let at = |operand: usize| {
            labels[operand].iter().position(|own| *own == label).map(|axis| arrays[operand].shape()[axis])
        };
        at(0).or(at(1)).expect("a label of an operand")
    };
    let mut all: Vec<usize> = labels[0].iter().chain(labels[1]).copied().collect();
    all.sort_unstable();
    all.dedup();
    let of = |labels: &[usize]| labels.iter().map(|label| length(*label)).collect::<Vec<_>>();
    let mut result = ArrayD::zeros(of(&case.product.result));
    for at in ndarray::indices(of(&all)) {
        let index = |labels: &[usize]| {
            let places = labels.iter().map(|label| all.iter().position(|own| own == label).expect("listed"));
            IxDyn(&places.map(|place| at[place]).collect::<Vec<_>>())
        };
        result[index(&case.product.result)] += arrays[0][index(labels[0])] * arrays[1][index(labels[1])];
    }
    result
}

fn case() -> impl Strategy<Value = Case> {
    let labels = prop_oneof![
        4 => Just((vec![0, 1], vec![1, 2], vec![0, 2])),
        2 => Just((vec![1, 0], vec![1, 2], vec![0, 2])),
        1 => Just((vec![0, 1], vec![1], vec![0])),
        1 => Just((vec![1], vec![1, 2], vec![2])),
        1 => Just((vec![3, 0, 1], vec![3, 1, 2], vec![3, 0, 2])),
        1 => Just((vec![3, 0, 1], vec![1, 2], vec![2, 3, 0])),
        1 => Just((vec![0, 1, 4], vec![4, 2, 1], vec![0, 2])),
        1 => Just((vec![0, 1], vec![1, 0], vec![])),
    ];
    let ranks = prop_oneof![Just(1_usize), Just(2), Just(3), Just(4)];
    (labels, ranks, prop::collection::vec(0_usize..8, 5), any::<bool>(), 0_usize..3, any::<bool>())
        .prop_flat_map(|((left, right, result), ranks, lengths, by_messages, panel, is_in_order)| {
            let shape = |labels: &[usize]| labels.iter().map(|label| lengths[*label]).collect::<Vec<_>>();
            let operands = [distribution(shape(&left), ranks), distribution(shape(&right), ranks)];
            let sums = if is_in_order { Sums::InOrder } else { Sums::Fast };
            let panel_bytes = [1, 100, 1 << 20][panel];
            operands.prop_map(move |operands| Case {
                ranks,
                by_messages,
                operands,
                product: Product {
                    sums,
                    panel_bytes,
                    ..Product::new(left.clone(), right.clone(), result.clone())
                },
            })
        })
}

impl Case {
    /// The product on this rank of numbers of another type, gathered.
    fn run<T: Element>(&self, worker: &Worker, of: impl Fn(i64) -> T + Copy) -> Result<ArrayD<T>, Error> {
        let worker = if self.by_messages { worker.clone().by_messages() } else { worker.clone() };
        let left = spread(&operand(&self.operands[0], 1, of), &self.operands[0], &worker)?;
        let right = spread(&operand(&self.operands[1], 2, of), &self.operands[1], &worker)?;
        let result = self.product.multiply([left.as_any(), right.as_any()], &worker)?;
        LocalArray::<T>::from_any(result, &worker)?.all_gather()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn products_are_those_of_one_process(case in case()) {
        let expected = model(&case);
        let found = on_ranks(case.ranks, |worker| case.run(worker, |x| x as f64));
        prop_assert_eq!(found.mapv(|x| x as i64), expected.clone());
        let found = on_ranks(case.ranks, |worker| case.run(worker, |x| x as i16));
        prop_assert_eq!(found.mapv(i64::from), expected);
    }

    /// Messages, bytes, and memory beside operands and result are those that were predicted.
    #[test]
    fn the_cost_is_what_is_counted(case in case()) {
        let all = threads::run(case.ranks, |comm| {
            let pool = Pool::new(None);
            let worker = Worker::with_pool(&comm, &pool);
            let (worker, reach) = if case.by_messages {
                (worker.by_messages(), SameMemory::No)
            } else {
                (worker, SameMemory::Process)
            };
            let left = spread(&operand(&case.operands[0], 1, |x| x), &case.operands[0], &worker)?;
            let right = spread(&operand(&case.operands[1], 2, |x| x), &case.operands[1], &worker)?;
            let metas = [left.as_any().meta(), right.as_any().meta()];
            let said = case.product.cost(&[&metas[0], &metas[1]], comm.rank(), comm.size(), reach);
            pool.reset_peak();
            let (before, meter) = (pool.statistics().held_bytes, comm.meter());
            let result = case.product.multiply([left.as_any(), right.as_any()], &worker)?;
            let (after, counted) = (pool.statistics(), comm.meter() - meter);
            let found = Cost {
                messages_sent: counted.messages_sent,
                bytes_sent: counted.bytes_sent,
                bytes_copied: counted.copied_bytes,
                temporary_bytes: after.peak_bytes.max(after.held_bytes) - after.held_bytes,
                is_least: false,
            };
            drop(result);
            Ok::<_, Error>((said, found, before))
        });
        for (rank, (said, found, _)) in all.expect("no rank fails").into_iter().enumerate() {
            prop_assert_eq!(said, found, "rank {}", rank);
        }
    }
}

/// Sums in order do not depend on ranks and distributions, whatever the numbers.
#[test]
fn sums_in_order_have_the_same_bits_everywhere() {
    let (rows, inner, columns) = (13, 700, 9);
    let value = |seed: f64| {
        move |index: &[usize]| {
            let place = (index[0] * 701 + index[1]) as f64;
            (place * seed).sin() * 10_f64.powi((index[0] + index[1]) as i32 % 30 - 15)
        }
    };
    let run = |ranks: usize, specs: [&str; 2]| {
        on_ranks(ranks, |worker| {
            let layout = |shape: &[usize], spec: &str| Distribution::from_spec(shape, &spec.parse()?, ranks);
            let left = LocalArray::from_function(&layout(&[rows, inner], specs[0])?, worker, value(0.7))?;
            let right = LocalArray::from_function(&layout(&[inner, columns], specs[1])?, worker, value(1.3))?;
            let product = Product {
                sums: Sums::InOrder,
                panel_bytes: 20_000,
                ..Product::new(vec![0, 1], vec![1, 2], vec![0, 2])
            };
            let result = product.multiply([left.as_any(), right.as_any()], worker)?;
            let result = LocalArray::<f64>::from_any(result, worker)?.all_gather()?;
            Ok(result.into_iter().map(f64::to_bits).collect::<Vec<_>>())
        })
    };
    let alone = run(1, ["n,n", "n,n"]);
    for specs in [
        ["b,n", "b,n"],
        ["n,c", "c,n"],
        ["b,b", "b,b"],
        ["c(3),n", "n,c(2)"],
        ["n,b", "n,n"],
        ["c,c(5)", "n,b"],
    ] {
        for ranks in [2, 3, 4] {
            assert_eq!(run(ranks, specs), alone, "{specs:?} on {ranks} ranks");
        }
    }
}

/// Where results lie.
#[test]
fn results_lie_where_least_is_moved() {
    let layout = |shape: &[usize], spec: &str, ranks: usize| {
        Distribution::from_spec(shape, &spec.parse().expect("a spec"), ranks).expect("a layout")
    };
    let product = Product::new(vec![0, 1], vec![1, 2], vec![0, 2]);
    let lies = |shapes: [[usize; 2]; 2], specs: [&str; 2], ranks: usize| {
        let metas = [0, 1].map(|operand| distarray_spmd::ArrayMeta {
            dtype: distarray_core::DType::Float64,
            distribution: layout(&shapes[operand], specs[operand], ranks),
        });
        let found = product.infer(&[&metas[0], &metas[1]]).expect("they fit").remove(0);
        let distarray_spmd::Inferred::Known(meta) = found else { panic!("the shape is known") };
        (meta.distribution.text(), product.communicates(&[&metas[0], &metas[1]]))
    };
    let square = [[400, 400], [400, 400]];
    assert_eq!(lies(square, ["b,n", "b,n"], 2), ("b,n".into(), true));
    assert_eq!(lies(square, ["b,n", "n,b"], 4), ("b,n".into(), true));
    assert_eq!(lies(square, ["b,b", "b,b"], 4), ("b,b".into(), true));
    assert_eq!(lies(square, ["c(8),n", "n,n"], 4), ("c(8),n".into(), true));
    // Tall thin matrices stay where they are.
    assert_eq!(lies([[8, 100_000], [100_000, 8]], ["n,b", "b,n"], 4), ("n,n".into(), true));
    assert_eq!(lies([[100_000, 8], [8, 8]], ["b,n", "b,n"], 4), ("b,n".into(), true));
    // A wide right operand stays too.
    assert_eq!(lies([[8, 8], [8, 100_000]], ["b,n", "n,b"], 4), ("n,b".into(), true));
    // Sums over ranks would leave a large result on all of them.
    assert_eq!(lies(square, ["n,b", "b,n"], 4), ("b,n".into(), true));
}

#[test]
fn operands_that_do_not_fit_are_refused() {
    on_ranks(2, |worker| {
        let rows = Distribution::block_rows(&[4, 3], 2)?;
        let array = LocalArray::<f64>::ones(&rows, worker)?.into_any();
        let other = LocalArray::<f32>::ones(&Distribution::block_rows(&[3, 2], 2)?, worker)?.into_any();
        let product = Product::new(vec![0, 1], vec![1, 2], vec![0, 2]);
        assert!(matches!(product.multiply([&array, &array], worker), Err(Error::Shape { .. })));
        assert!(matches!(product.multiply([&array, &other], worker), Err(Error::DType { .. })));
        let twice = Product::new(vec![0, 0], vec![0, 1], vec![0, 1]);
        assert!(matches!(twice.multiply([&array, &array], worker), Err(Error::AxisCount { .. })));
        let unnamed = Product::new(vec![0, 1], vec![2, 1], vec![0, 5]);
        assert!(matches!(unnamed.multiply([&array, &array], worker), Err(Error::AxisCount { .. })));
        Ok(())
    });
}

/// Memory refused on one rank is an error on all, and nobody is left waiting.
#[test]
fn memory_refused_on_one_rank_fails_all() {
    for refused_after in 0..6 {
        let outcomes = threads::run(3, |comm| {
            let pool = Pool::new(None);
            let worker = Worker::with_pool(&comm, &pool);
            let rows = Distribution::block_rows(&[30, 30], 3)?;
            let array = LocalArray::<f64>::ones(&rows, &worker)?.into_any();
            if comm.rank() == 1 {
                pool.refuse_after(refused_after);
            }
            let product = Product { panel_bytes: 3000, ..Product::new(vec![0, 1], vec![1, 2], vec![0, 2]) };
            Ok::<_, Error>(product.multiply([&array, &array], &worker).is_err())
        });
        let outcomes = outcomes.expect("no rank is left waiting");
        assert!(outcomes.iter().all(|failed| *failed == outcomes[0]), "{refused_after}: {outcomes:?}");
        assert!(outcomes[0] || refused_after > 3, "{refused_after}");
    }
}
