//! The library's side of `compare.py`: the same rows as `loops.c`, on engines of this process.
//!
//! usage: side_by_side ELEMENTS ROUNDS [ENGINES]
//!
//! Prints one line per row: NAME SECONDS_OF_THE_FIRST_RUN MEDIAN_SECONDS. The first run writes to fresh
//! memory; afterwards the results' memory is reused, because the handle of the last result is dropped
//! before the next is made.

use distarray::prelude::*;
use std::time::Instant;

fn row(name: &str, rounds: usize, mut work: impl FnMut() -> Result<(), Error>) -> Result<(), Error> {
    let mut times = Vec::with_capacity(rounds);
    let mut first = 0.0;
    for round in 0..=rounds {
        let start = Instant::now();
        work()?;
        let seconds = start.elapsed().as_secs_f64();
        if round == 0 {
            first = seconds;
        } else {
            times.push(seconds);
        }
    }
    times.sort_by(f64::total_cmp);
    println!("{name} {first:.6} {:.6}", times[times.len() / 2]);
    Ok(())
}

fn main() -> Result<(), Error> {
    // `cargo bench` adds arguments of its own that begin with `--`.
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let count = numbers.first().copied().unwrap_or(100_000_000);
    let rounds = numbers.get(1).copied().unwrap_or(7).max(1);
    let engines = numbers.get(2).copied().unwrap_or(2);
    let context = Context::local(engines)?;
    let make = |scale: f64| {
        let array = context.linspace(0.25, scale + 0.25, count);
        array.compute().map(|_| array.clone())
    };
    let (a, b, c, d) = (make(1.0)?, make(2.0)?, make(3.0)?, make(4.0)?);
    row("sin", rounds, || (&a * 2.0 + a.sin() * 3.0 - b.abs().sqrt()).compute().map(|_| ()))?;
    row("chain", rounds, || ((&a * &b + &c - &d) * 0.5).compute().map(|_| ()))?;
    let mut turn = 0;
    row("sum", rounds, || {
        // Two arrays in turns: a sum that is still known would be found, not computed.
        turn += 1;
        if turn % 2 == 0 { &a } else { &b }.sum(()).item().map(|_| ())
    })?;
    drop((b, c, d));
    let side = count.isqrt();
    let rows = context.ramp(([side, side], "b,n"), Scalar::Float64(0.0), Scalar::Float64(1.0));
    rows.compute()?;
    row("columns", rounds, || rows.redistribute(([side, side], "n,b")).compute().map(|_| ()))?;
    row("ping", rounds.max(1001), || context.ping())?;
    let small = context.linspace(0.0, 1.0, 1000);
    small.compute()?;
    let mut shift = 0.0;
    row("small_sum", rounds.max(1001), || {
        // Another constant each time: an equal expression would be found, not computed.
        shift += 1.0;
        (&small + shift).sum(()).item().map(|_| ())
    })?;
    context.close()
}
