//! What does a redistribution cost against copying the same bytes in place?

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use distarray::prelude::*;

const SIDE: usize = 4000;

fn movement(criterion: &mut Criterion) {
    let context = Context::local(2).expect("engines start");
    let mut group = criterion.benchmark_group(format!("{SIDE} x {SIDE} float64 on 2 engines"));
    group.sample_size(10);
    group.throughput(Throughput::Bytes(8 * (SIDE * SIDE) as u64));
    for (from, to) in [("b,n", "n,b"), ("b,b", "b,n"), ("c,n", "b,n"), ("c(64),c(64)", "b,n"), ("n,c", "n,b")]
    {
        let array = context.ramp(([SIDE, SIDE], from), Scalar::Float64(0.0), Scalar::Float64(1.0));
        array.compute().expect("memory for the operand");
        group.bench_function(format!("{from} -> {to}"), |bencher| {
            bencher.iter(|| array.redistribute(([SIDE, SIDE], to)).compute().map(|_| ()))
        });
    }
    let source = vec![1.0_f64; SIDE * SIDE];
    let mut target = vec![0.0_f64; SIDE * SIDE];
    group.bench_function("limit: memcpy by 2 threads", |bencher| {
        bencher.iter(|| {
            std::thread::scope(|scope| {
                let half = source.len() / 2;
                for (to, from) in target.chunks_mut(half).zip(source.chunks(half)) {
                    scope.spawn(move || to.copy_from_slice(from));
                }
            });
        })
    });
    group.finish();
    context.close().expect("engines end");
}

criterion_group!(benches, movement);
criterion_main!(benches);
