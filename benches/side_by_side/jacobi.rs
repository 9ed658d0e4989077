//! The library's side of `jacobi.py`: sweeps of a five-point stencil on engines of this process, or of `mpiexec`.
//!
//! usage: [mpiexec -n ENGINES] jacobi SIDE [ENGINES], then lines of standard input: a number of sweeps, and `slices` if they
//! are to be written with slices
//!
//! Each line is answered with the seconds that the sweeps took: written down, sent, and run.

mod engines;

use distarray::maps::Boundary;
use distarray::prelude::*;
use std::io::BufRead;
use std::time::Instant;

/// One sweep as one operation.
fn by_stencil(square: &DistArray) -> DistArray {
    square.stencil([([-1, 0], 0.25), ([1, 0], 0.25), ([0, -1], 0.25), ([0, 1], 0.25)], Boundary::None)
}

/// One sweep as NumPy users write it: into the inner part of another array with the same borders.
fn by_slices(square: &DistArray, other: &mut DistArray) -> Result<(), Error> {
    let sum = square.index(ix![..-2, 1..-1])
        + square.index(ix![2.., 1..-1])
        + square.index(ix![1..-1, ..-2])
        + square.index(ix![1..-1, 2..]);
    other.index_mut(ix![1..-1, 1..-1]).assign(0.25 * sum)
}

/// Answers the lines of standard input.
fn answer(context: &Context, side: usize) -> Result<(), Error> {
    let mut square =
        context.full(([side, side], "b,n"), Scalar::Float64(0.5)) + context.points([side], 0.0, 1.0);
    let mut other = &square + 0.0;
    square.compute()?;
    other.compute()?;
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let mut words = line.split_whitespace();
        let sweeps: usize = words.next().and_then(|word| word.parse().ok()).expect("a number of sweeps");
        let by_slice = words.next() == Some("slices");
        let start = Instant::now();
        for _ in 0..sweeps {
            if by_slice {
                by_slices(&square, &mut other)?;
                std::mem::swap(&mut square, &mut other);
            } else {
                square = by_stencil(&square);
            }
        }
        square.compute()?;
        println!("{:.9}", start.elapsed().as_secs_f64());
        // The two arrays differ in their inner parts only.
        if !by_slice {
            other = &square + 0.0;
            other.compute()?;
        }
    }
    Ok(())
}

fn main() -> Result<(), Error> {
    engines::run(answer)
}
