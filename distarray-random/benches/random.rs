//! What does a random element cost on one thread, against `rand_chacha` filling the same memory?

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use distarray_random::{Generator, Variate};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const COUNT: usize = 100_000_000;

fn random(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("random_100M_f64");
    group.sample_size(10).throughput(Throughput::Elements(COUNT as u64));
    let mut elements = vec![0.0_f64; COUNT];
    let mut generator = Generator::new(1);
    let variates = [
        ("uniform", Variate::Uniform { low: 0.0, high: 1.0 }),
        ("normal", Variate::Normal { mean: 0.0, deviation: 1.0 }),
    ];
    for (name, variate) in variates {
        group.bench_function(name, |bencher| {
            bencher.iter(|| generator.fill(&variate, &mut elements).expect("valid parameters"));
        });
    }
    let mut theirs = ChaCha8Rng::seed_from_u64(1);
    group.bench_function("rand_chacha, uniform by next_u64", |bencher| {
        bencher.iter(|| {
            for element in &mut elements {
                *element = (theirs.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0);
            }
        });
    });
    drop(elements);
    let mut bytes = vec![0_u8; COUNT * 8];
    group.bench_function("rand_chacha, fill_bytes alone", |bencher| {
        bencher.iter(|| theirs.fill_bytes(&mut bytes));
    });
    group.finish();
}

/// What does a normal vector of three components cost, whole arrays being made anew?
fn vectors(criterion: &mut Criterion) {
    const VECTORS: usize = 10_000_000;
    let mut group = criterion.benchmark_group("random_10M_vectors_of_3");
    group.sample_size(10).throughput(Throughput::Elements(VECTORS as u64));
    let covariance = ndarray::arr2(&[[4.0, 1.2, -0.6], [1.2, 1.0, 0.3], [-0.6, 0.3, 0.5]]);
    let mut generator = Generator::new(1);
    group.bench_function("multivariate_normal", |bencher| {
        bencher.iter(|| {
            let mean = [1.0, -2.0, 0.5];
            generator.multivariate_normal::<f64>(&mean, &covariance, &[VECTORS]).expect("valid parameters")
        });
    });
    group.finish();
}

criterion_group!(benches, random, vectors);
criterion_main!(benches);
