//! What does a change of shape cost where elements must be copied? 800 MB of float64, results into reused memory.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use distarray::prelude::*;

const SIDE: usize = 10_000;
const ENGINES: usize = 2;

fn shapes(criterion: &mut Criterion) {
    let context = Context::local(ENGINES).expect("engines start");
    let count = SIDE * SIDE;
    let a = context.points(([SIDE, SIDE], "b,n"), 0.0, 1.0);
    let half = context.points(([SIDE / 2, SIDE], "b,n"), 0.0, 1.0);
    let slim = context.points(([SIDE, SIDE / 2], "b,n"), 0.0, 1.0);
    for array in [&a, &half, &slim] {
        array.compute().expect("memory for the operands");
    }
    let mut group = criterion.benchmark_group("shapes");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(16 * count as u64));
    let id = |name: &str| BenchmarkId::new(name, format!("{SIDE} x {SIDE} float64 on {ENGINES} engines"));
    let mut row = |name: &str, make: &dyn Fn() -> DistArray| {
        group.bench_function(id(name), |bencher| bencher.iter(|| make().compute().map(|_| ())));
    };
    let rows = || ([SIDE, SIDE], "b,n");
    row("transpose, each rank its own", &|| a.transpose(()).copy());
    row("transpose, into blocks of rows", &|| a.transpose(()).redistribute(rows()));
    row("a[::2, 1:-1]", &|| a.index(ix![..;2, 1..-1]).copy());
    row("concatenate blocks of rows", &|| context.concatenate(&[&half, &half], 0));
    row("concatenate columns", &|| context.concatenate(&[&slim, &slim], 1));
    row("reshape where rows do not meet", &|| a.reshape(&[625, 160_000]));
    row("roll by one row", &|| a.roll(&[1], 0));

    // The limit: each of as many threads copies its half.
    let source = vec![1.0_f64; count];
    let mut target = vec![0.0_f64; count];
    group.bench_function(id("limit: memcpy"), |bencher| {
        bencher.iter(|| {
            std::thread::scope(|scope| {
                for (to, from) in target.chunks_mut(count / ENGINES).zip(source.chunks(count / ENGINES)) {
                    scope.spawn(move || to.copy_from_slice(from));
                }
            });
        })
    });
    group.finish();
    context.close().expect("engines end");
}

criterion_group!(benches, shapes);
criterion_main!(benches);
