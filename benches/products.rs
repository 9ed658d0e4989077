//! What does a product of matrices cost, for each way in which operands may lie?

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use distarray::prelude::*;

const SIDE: usize = 2_000;
const TALL: usize = 5_000_000;
const ENGINES: usize = 2;

fn products(criterion: &mut Criterion) {
    let context = Context::local(ENGINES).expect("engines start");
    let points = |rows: usize, columns: usize, spec: &'static str| {
        let array = context.points(([rows, columns], spec), 0.0, 1.0);
        array.compute().expect("memory for an operand");
        array
    };
    let (rows, columns) = (points(SIDE, SIDE, "b,n"), points(SIDE, SIDE, "n,b"));
    let (tall, small) = (points(TALL, 8, "b,n"), points(8, 8, "n,n"));
    let mut group = criterion.benchmark_group("products");
    group.sample_size(10);
    let mut row = |name: &str, size: String, make: &dyn Fn() -> DistArray| {
        let id = BenchmarkId::new(name, format!("{size} float64 on {ENGINES} engines"));
        group.bench_function(id, |bencher| bencher.iter(|| make().compute().map(|_| ())));
    };
    let square = || format!("{SIDE} x {SIDE}");
    row("rows times rows", square(), &|| rows.matmul(&rows));
    row("rows times columns", square(), &|| rows.matmul(&columns));
    row("columns times rows", square(), &|| columns.matmul(&rows));
    row("turned rows times rows", square(), &|| rows.transpose(()).matmul(&rows));
    row("rows times rows, in order", square(), &|| rows.matmul_in_order(&rows));
    row("inner products of columns", format!("{TALL} x 8"), &|| tall.transpose(()).matmul(&tall));
    row("rows times a small matrix", format!("{TALL} x 8"), &|| tall.matmul(&small));
    row("rows times a vector", format!("{TALL} x 8"), &|| tall.matmul(&small.index(ix![0])));
    group.finish();
    context.close().expect("engines end");
}

criterion_group!(benches, products);
criterion_main!(benches);
