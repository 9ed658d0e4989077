//! The library's side of `compare.py`: the same rows as `loops.c`, on engines of this process.
//!
//! usage: side_by_side ELEMENTS [ENGINES], then the name of one row per line of standard input
//!
//! Each line is answered with the seconds that the row took, once. The first run of a row writes to fresh
//! memory; afterwards the results' memory is reused, because the handle of the last result is dropped before
//! the next is made. Of the rows `ping` and `small_sum` the answer is the median of 1,001 runs.

use distarray::prelude::*;
use std::io::BufRead;
use std::time::Instant;

struct Rows {
    context: Context,
    arrays: [DistArray; 4],
    square: DistArray,
    small: DistArray,
    turn: usize,
}

impl Rows {
    fn new(count: usize, engines: usize) -> Result<Rows, Error> {
        let context = Context::local(engines)?;
        let make = |scale: f64| context.linspace(0.25, scale + 0.25, count);
        let arrays = [make(1.0), make(2.0), make(3.0), make(4.0)];
        let side = count.isqrt();
        let square = context.ramp(([side, side], "b,n"), Scalar::Float64(0.0), Scalar::Float64(1.0));
        let small = context.linspace(0.0, 1.0, 1000);
        for array in arrays.iter().chain([&square, &small]) {
            array.compute()?;
        }
        Ok(Rows { context, arrays, square, small, turn: 0 })
    }

    /// Runs one row once.
    fn run(&mut self, row: &str) -> Result<(), Error> {
        let [a, b, c, d] = &self.arrays;
        self.turn += 1;
        match row {
            "sin" => (a * 2.0 + a.sin() * 3.0 - b.abs().sqrt()).compute().map(|_| ()),
            "chain" => ((a * b + c - d) * 0.5).compute().map(|_| ()),
            // Four arrays in turns: a sum that is still known would be found, not computed.
            "sum" => self.arrays[self.turn % 4].sum(()).item().map(|_| ()),
            "columns" => {
                let side = self.square.shape()[0];
                self.square.redistribute(([side, side], "n,b")).compute().map(|_| ())
            }
            "ping" => self.context.ping(),
            // Another constant each time, for the same reason.
            "small_sum" => (&self.small + self.turn as f64).sum(()).item().map(|_| ()),
            _ => panic!("there is no row {row}"),
        }
    }

    /// The seconds that one run of a row takes.
    fn seconds(&mut self, row: &str) -> Result<f64, Error> {
        let runs = if matches!(row, "ping" | "small_sum") { 1001 } else { 1 };
        let mut times = Vec::with_capacity(runs);
        for _ in 0..runs {
            let start = Instant::now();
            self.run(row)?;
            times.push(start.elapsed().as_secs_f64());
        }
        times.sort_by(f64::total_cmp);
        Ok(times[runs / 2])
    }
}

fn main() -> Result<(), Error> {
    // `cargo bench` adds arguments of its own that begin with `--`.
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let count = numbers.next().unwrap_or(100_000_000);
    let mut rows = Rows::new(count, numbers.next().unwrap_or(2))?;
    for row in std::io::stdin().lock().lines().map_while(Result::ok) {
        println!("{:.9}", rows.seconds(&row)?);
    }
    rows.context.close()
}
