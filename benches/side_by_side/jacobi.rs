//! The library's side of `jacobi.py`: sweeps of a five-point stencil on engines of this process, or of `mpiexec`.
//!
//! usage: [mpiexec -n ENGINES] jacobi SIDE [ENGINES], then a number of sweeps per line of standard input
//!
//! Each line is answered with the seconds that the sweeps took: written down, sent, and run.

mod engines;

use distarray::maps::Boundary;
use distarray::prelude::*;
use std::io::BufRead;
use std::time::Instant;

/// Answers the lines of standard input.
fn answer(context: &Context, side: usize) -> Result<(), Error> {
    let mut square =
        context.full(([side, side], "b,n"), Scalar::Float64(0.5)) + context.points([side], 0.0, 1.0);
    square.compute()?;
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let sweeps: usize = line.trim().parse().expect("a number of sweeps");
        let start = Instant::now();
        for _ in 0..sweeps {
            square = square
                .stencil([([-1, 0], 0.25), ([1, 0], 0.25), ([0, -1], 0.25), ([0, 1], 0.25)], Boundary::None);
        }
        square.compute()?;
        println!("{:.9}", start.elapsed().as_secs_f64());
    }
    Ok(())
}

fn main() -> Result<(), Error> {
    engines::run(answer)
}
