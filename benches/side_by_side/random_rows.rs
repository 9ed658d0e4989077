//! The library's side of `random_arrays.py`: random arrays on engines of this process, or of `mpiexec`.
//!
//! usage: [mpiexec -n ENGINES] random_rows ELEMENTS [ENGINES], then the name of one row per line of standard input
//!
//! Each line is answered with the seconds that the row took, once. A result's memory is that of the result before it.

mod engines;

use distarray::prelude::*;
use distarray::random::{Generator, RandomArrays, Variate};

/// Runs one row once.
fn run(context: &Context, generator: &mut Generator, row: &str, count: usize) -> Result<(), Error> {
    let (name, layout) = row.split_once(' ').unwrap_or((row, "b"));
    let (variate, dtype) = match name {
        "uniform" => (Variate::Uniform { low: 0.0, high: 1.0 }, DType::Float64),
        "normal" => (Variate::Normal { mean: 0.0, deviation: 1.0 }, DType::Float64),
        "permutation" => (Variate::Distinct { population: count as u64 }, DType::Int64),
        _ => panic!("there is no row {row}"),
    };
    let (made, wanted) = layout.split_once(" to ").unwrap_or((layout, layout));
    let array = context.random(generator, variate, dtype, ([count], made))?;
    let array = if made == wanted { array } else { array.redistribute(([count], wanted)) };
    array.compute().map(|_| ())
}

/// Answers the lines of standard input.
fn answer(context: &Context, count: usize) -> Result<(), Error> {
    let mut generator = Generator::new(42);
    engines::answer_rows(|_| 1, |row| run(context, &mut generator, row, count))
}

fn main() -> Result<(), Error> {
    engines::run(answer)
}
