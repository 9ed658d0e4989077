//! What does a fused pass cost against the memory it moves? Results go to reused memory.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use distarray::prelude::*;
use std::hint::black_box;

const COUNT: usize = 20_000_000;
const ENGINES: usize = 2;

fn passes(criterion: &mut Criterion) {
    let context = Context::local(ENGINES).expect("engines start");
    let make = |scale: f64| {
        let array = context.linspace(0.25, scale + 0.25, COUNT);
        array.compute().expect("memory for the operands");
        array
    };
    let (a, b, c, d) = (make(1.0), make(2.0), make(3.0), make(4.0));
    let mut group = criterion.benchmark_group("passes");
    group.sample_size(10);
    let id = |name: &str| BenchmarkId::new(name, format!("{COUNT} float64 on {ENGINES} engines"));

    group.throughput(Throughput::Bytes(24 * COUNT as u64));
    group.bench_function(id("2 x + 3 sin x - sqrt |z|"), |bencher| {
        bencher.iter(|| (&a * 2.0 + a.sin() * 3.0 - b.abs().sqrt()).compute().map(|_| ()))
    });
    group.throughput(Throughput::Bytes(40 * COUNT as u64));
    group.bench_function(id("(a b + c - d) / 2"), |bencher| {
        bencher.iter(|| ((&a * &b + &c - &d) * 0.5).compute().map(|_| ()))
    });
    group.throughput(Throughput::Bytes(8 * COUNT as u64));
    let mut turn = 0;
    group.bench_function(id("sum"), |bencher| {
        bencher.iter(|| {
            // Two arrays in turns: a sum that is still known would be found, not computed.
            turn += 1;
            if turn % 2 == 0 { &a } else { &b }.sum(()).item()
        })
    });

    // The limit: each of as many threads reads or copies its half.
    let part = COUNT / ENGINES;
    let source = vec![1.0_f64; COUNT];
    let mut target = vec![0.0_f64; COUNT];
    group.bench_function(id("limit: reading"), |bencher| {
        bencher.iter(|| {
            std::thread::scope(|scope| {
                for half in source.chunks(part) {
                    scope.spawn(move || {
                        let lanes = half.chunks_exact(32).fold([0.0; 32], |mut lanes: [f64; 32], chunk| {
                            lanes.iter_mut().zip(chunk).for_each(|(lane, value)| *lane += value);
                            lanes
                        });
                        black_box(lanes)
                    });
                }
            });
        })
    });
    group.throughput(Throughput::Bytes(16 * COUNT as u64));
    group.bench_function(id("limit: memcpy"), |bencher| {
        bencher.iter(|| {
            std::thread::scope(|scope| {
                for (to, from) in target.chunks_mut(part).zip(source.chunks(part)) {
                    scope.spawn(move || to.copy_from_slice(from));
                }
            });
        })
    });
    group.finish();
    context.close().expect("engines end");
}

criterion_group!(benches, passes);
criterion_main!(benches);
