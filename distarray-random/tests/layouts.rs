//! An element depends on the stream and its global index alone: the same over any ranks, layout and processor.

mod common;

use distarray_comm::threads;
use distarray_core::kernel::simd::{CpuVariant, cap_variant};
use distarray_core::{DType, Element, dispatch};
use distarray_maps::Distribution;
use distarray_random::{Generator, Random, Variate, elements_from};
use distarray_spmd::{Error, Worker};
use ndarray::{Dimension, IxDyn};
use proptest::prelude::*;

use common::layout::layout;
use common::variates;

/// What all ranks make together is what one process makes alone.
fn agrees<T: Element>(variate: Variate, distribution: &Distribution, seed: u64) {
    let alone = Generator::new(seed).array::<T>(&variate, distribution.shape()).expect("valid parameters");
    let ranks = distribution.grid().max_rank() + 1;
    threads::run(ranks, |comm| {
        let worker = Worker::new(&comm);
        let random = Random::new(&mut Generator::new(seed), variate, T::DTYPE, distribution.clone())?;
        let local = random.local_array::<T>(&worker)?;
        for (index, value) in local.local()?.indexed_iter() {
            let index: Vec<usize> = index.as_array_view().to_vec();
            let global = distribution.global_index(worker.rank(), &index)?;
            assert_eq!(*value, alone[IxDyn(&global)], "{variate:?} at {global:?} of {distribution:?}");
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
        dispatch!(dtype, Any(T) => agrees::<T>(variate, &distribution, seed));
    }
}

#[test]
fn every_rank_with_a_copy_has_all_of_it() {
    for ranks in 1..=8 {
        let copies = Distribution::replicated(&[5, 7], ranks).expect("a valid shape");
        agrees::<f64>(Variate::Normal { mean: 0.0, deviation: 1.0 }, &copies, 3);
        agrees::<f64>(
            Variate::Gamma { shape_parameter: 0.5, scale: 1.0 },
            &Distribution::replicated(&[], ranks).expect("a valid shape"),
            3,
        );
    }
}

#[test]
fn every_processor_gives_the_same_bits() {
    for (variate, dtype) in variates() {
        dispatch!(dtype, Any(T) => {
            let made = [CpuVariant::Baseline, CpuVariant::Avx2, CpuVariant::Avx512].map(|processor| {
                cap_variant(processor);
                Generator::new(11).array::<T>(&variate, &[5003]).expect("valid parameters")
            });
            assert_eq!(made[0], made[1], "{variate:?}");
            assert_eq!(made[0], made[2], "{variate:?}");
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
