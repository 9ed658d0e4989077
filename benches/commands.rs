//! What does a command cost from client to engines and back?

use criterion::{Criterion, criterion_group, criterion_main};
use distarray::prelude::*;

fn commands(criterion: &mut Criterion) {
    let context = Context::local(2).expect("engines start");
    let mut group = criterion.benchmark_group("commands on 2 engines");
    group.bench_function("empty", |bencher| bencher.iter(|| context.ping()));
    let x = context.linspace(0.0, 1.0, 1000);
    x.compute().expect("memory for the operand");
    let mut shift = 0.0;
    group.bench_function("(x + c).sum() of 1000, value at the client", |bencher| {
        bencher.iter(|| {
            // Another constant each time: an equal expression would be found, not computed.
            shift += 1.0;
            (&x + shift).sum(()).item()
        })
    });
    group.finish();
    context.close().expect("engines end");
}

criterion_group!(benches, commands);
criterion_main!(benches);
