//! An element depends on the stream and its global index alone: the same over any ranks, layout and processor.

mod common;

use distarray_comm::threads;
use distarray_core::kernel::simd::{CpuVariant, cap_variant};
use distarray_core::{DType, Element, Pool, dispatch};
use distarray_maps::{Distribution, Grid};
use distarray_random::{Generator, Kind, Random, Variate, VectorVariate, elements_from};
use distarray_spmd::{Error, Worker};
use ndarray::{Dimension, IxDyn};
use proptest::prelude::*;

use common::layout::{axis_map, layout};
use common::{array, kinds, variates, vectors};

/// A distribution over at most eight ranks of vectors along two axes, the components being dealt out too.
fn vector_layout() -> impl Strategy<Value = (VectorVariate, DType, Distribution)> {
    let lengths =
        prop_oneof![(0_usize..5, 0_usize..90), (1_usize..90, 1_usize..3), (1_usize..3, 1300_usize..2900)];
    let grids = prop::sample::select(vec![
        [1, 1, 1],
        [2, 1, 1],
        [1, 3, 1],
        [1, 1, 2],
        [1, 1, 5],
        [1, 2, 3],
        [2, 2, 2],
        [7, 1, 1],
        [1, 1, 8],
    ]);
    (prop::sample::select(vectors()), lengths, grids).prop_flat_map(
        |((variate, dtype), (rows, columns), grid)| {
            let shape = [rows, columns, variate.length()];
            let maps = (axis_map(rows, grid[0]), axis_map(columns, grid[1]), axis_map(shape[2], grid[2]));
            maps.prop_map(move |(first, second, third)| {
                let grid = Grid::row_major(&grid).expect("a valid grid");
                let distribution =
                    Distribution::new(&shape, vec![first, second, third], grid).expect("maps that fit");
                (variate.clone(), dtype, distribution)
            })
        },
    )
}

/// What all ranks make together is what one process makes alone.
fn agrees<T: Element>(kind: &Kind, distribution: &Distribution, seed: u64) {
    let alone = array::<T>(&mut Generator::new(seed), kind, distribution.shape());
    let ranks = distribution.grid().max_rank() + 1;
    threads::run(ranks, |comm| {
        let worker = Worker::new(&comm);
        let random = Random::new(&mut Generator::new(seed), kind.clone(), T::DTYPE, distribution.clone())?;
        let local = random.local_array::<T>(&worker)?;
        for (index, value) in local.local()?.indexed_iter() {
            let index: Vec<usize> = index.as_array_view().to_vec();
            let global = distribution.global_index(worker.rank(), &index)?;
            assert_eq!(*value, alone[IxDyn(&global)], "{kind:?} at {global:?} of {distribution:?}");
        }
        Ok::<_, Error>(())
    })
    .expect("no rank fails");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arrays_are_the_same_in_every_layout(
        distribution in layout(),
        (variate, dtype) in prop::sample::select(variates()),
        seed in any::<u64>(),
    ) {
        dispatch!(dtype, Any(T) => agrees::<T>(&variate.into(), &distribution, seed));
    }

    #[test]
    fn vectors_are_the_same_in_every_layout(
        (variate, dtype, distribution) in vector_layout(),
        seed in any::<u64>(),
    ) {
        dispatch!(dtype, Any(T) => agrees::<T>(&variate.into(), &distribution, seed));
    }
}

#[test]
fn every_rank_with_a_copy_has_all_of_it() {
    for ranks in 1..=8 {
        let copies = Distribution::replicated(&[5, 7], ranks).expect("a valid shape");
        agrees::<f64>(&Variate::Normal { mean: 0.0, deviation: 1.0 }.into(), &copies, 3);
        agrees::<f64>(
            &Variate::Gamma { shape_parameter: 0.5, scale: 1.0 }.into(),
            &Distribution::replicated(&[], ranks).expect("a valid shape"),
            3,
        );
    }
}

#[test]
fn every_processor_gives_the_same_bits() {
    for (kind, dtype) in kinds() {
        let shape = match &kind {
            Kind::Scalar(_) => vec![5003],
            Kind::Vector(variate) => vec![5003, variate.length()],
        };
        dispatch!(dtype, Any(T) => {
            let made = [CpuVariant::Baseline, CpuVariant::Avx2, CpuVariant::Avx512].map(|processor| {
                cap_variant(processor);
                array::<T>(&mut Generator::new(11), &kind, &shape)
            });
            assert_eq!(made[0], made[1], "{kind:?}");
            assert_eq!(made[0], made[2], "{kind:?}");
        });
    }
}

#[test]
fn any_part_can_be_made_without_the_rest() {
    for (variate, dtype) in variates() {
        if dtype != DType::Float64 {
            continue;
        }
        let whole = Generator::new(5).array::<f64>(&variate, &[3000]).expect("valid parameters");
        let stream = Generator::new(5).draw().expect("the first stream");
        for (first, count) in [(0, 1), (7, 2), (1023, 3), (1500, 1500)] {
            let mut part = vec![0.0; count];
            elements_from(&stream, &variate, first, &mut part).expect("valid parameters");
            assert_eq!(part, whole.as_slice().expect("in C order")[first..first + count], "{variate:?}");
        }
    }
}

#[test]
fn one_vector_alone_is_an_array_of_one_axis() {
    for (variate, dtype) in vectors() {
        let length = variate.length();
        dispatch!(dtype, Any(T) => {
            let many = array::<T>(&mut Generator::new(5), &variate.clone().into(), &[3, length]);
            let one = array::<T>(&mut Generator::new(5), &variate.clone().into(), &[length]);
            assert_eq!(one.as_slice(), Some(&many.as_slice().expect("in C order")[..length]), "{variate:?}");
            for ranks in 1..=8 {
                let block = Distribution::block_rows(&[length], ranks).expect("a valid shape");
                agrees::<T>(&variate.clone().into(), &block, 5);
            }
        });
    }
}

#[test]
fn elements_beyond_two_to_the_sixty_are_made() {
    let stream = Generator::new(5).draw().expect("the first stream");
    let normal = Variate::Normal { mean: 0.0, deviation: 1.0 };
    let first = (1 << 63) - 40;
    let mut last = vec![0.0_f64; 40];
    elements_from(&stream, &normal, first, &mut last).expect("valid parameters");
    for (place, value) in last.iter().enumerate() {
        let mut one = [0.0_f64];
        elements_from(&stream, &normal, first + place, &mut one).expect("valid parameters");
        assert_eq!(one[0].to_bits(), value.to_bits());
    }
}

#[test]
fn blocks_written_past_the_caches_are_as_others() {
    let normal = Variate::Normal { mean: 0.0, deviation: 1.0 };
    let count = 4_300_001;
    let whole = Generator::new(5).array::<f64>(&normal, &[count]).expect("valid parameters");
    let stream = Generator::new(5).draw().expect("the first stream");
    let mut part = vec![0.0; 100_003];
    for first in (0..count - part.len()).step_by(100_003) {
        elements_from(&stream, &normal, first, &mut part).expect("valid parameters");
        assert!(whole.as_slice().expect("in C order")[first..first + part.len()] == part, "from {first}");
    }
}

#[test]
fn thinly_dealt_arrays_are_the_same_too() {
    let normal = Kind::Scalar(Variate::Normal { mean: 0.0, deviation: 1.0 });
    for (letters, shape) in
        [("c", vec![70_001]), ("c(3)", vec![70_001]), ("c,n", vec![20_001, 3]), ("n,c", vec![3, 20_001])]
    {
        for ranks in [2, 3] {
            let distribution =
                Distribution::from_spec(&shape, &letters.parse().expect("letters"), ranks).expect("a layout");
            agrees::<f64>(&normal, &distribution, 5);
        }
    }
}

/// Without memory for two copies of an array it is made where it belongs.
#[test]
fn thinly_dealt_arrays_need_no_more_memory_than_they_have() {
    let variate = Variate::Uniform { low: 0.0, high: 1.0 };
    let distribution =
        Distribution::from_spec(&[200_000], &"c".parse().expect("a letter"), 2).expect("a layout");
    let alone = Generator::new(6).array::<f64>(&variate, &[200_000]).expect("valid parameters");
    for limit_bytes in [1_200_000, 10_000_000] {
        let gathered = threads::run(2, |comm| {
            let pool = Pool::new((comm.rank() == 1).then_some(limit_bytes));
            let worker = Worker::with_pool(&comm, &pool);
            let random = Random::new(&mut Generator::new(6), variate, DType::Float64, distribution.clone())?;
            let local = random.local_array::<f64>(&worker)?.local()?.to_owned();
            Ok::<_, Error>(local)
        });
        for (rank, local) in gathered.expect("no rank fails").iter().enumerate() {
            assert!(local.iter().zip(alone.iter().skip(rank).step_by(2)).all(|(left, right)| left == right));
        }
    }
}
