//! How the programs of this folder run: on engines of this process, or on the processes of `mpiexec`.

#![allow(dead_code, reason = "each program uses its own part of this")]

use distarray::prelude::*;
use std::io::BufRead;
use std::time::Instant;

/// Has `answer` work with a context, and with the number of elements that the first argument says; the second is the
/// number of engines.
pub(crate) fn run(answer: impl Fn(&Context, usize) -> Result<(), Error>) -> Result<(), Error> {
    // `cargo bench` adds arguments of its own that begin with `--`.
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let count = numbers.next().unwrap_or(100_000_000);
    if distarray::comm::launcher::environment().is_some_and(|launcher| launcher.is_parallel()) {
        return on_processes(|context| answer(context, count));
    }
    let context = Context::local(numbers.next().unwrap_or(2))?;
    answer(&context, count)?;
    context.close()
}

/// On the processes of `mpiexec`.
#[cfg(feature = "mpi")]
fn on_processes(answer: impl Fn(&Context) -> Result<(), Error>) -> Result<(), Error> {
    let mut registry = distarray::spmd::Registry::new();
    distarray::spmd::register(&mut registry)?;
    distarray::random::register(&mut registry)?;
    distarray::runtime::launch::run_mpi(registry, answer)?.unwrap_or(Ok(()))
}

#[cfg(not(feature = "mpi"))]
fn on_processes(_: impl Fn(&Context) -> Result<(), Error>) -> Result<(), Error> {
    panic!("this is one of several processes, but this build has no MPI: use `--features mpi`");
}

/// Answers each line of standard input, the name of a row, with the seconds that the row takes: the median of as many
/// runs as `runs` says.
pub(crate) fn answer_rows(
    runs: impl Fn(&str) -> usize,
    mut run: impl FnMut(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    for row in std::io::stdin().lock().lines().map_while(Result::ok) {
        let mut times = Vec::new();
        for _ in 0..runs(&row) {
            let start = Instant::now();
            run(&row)?;
            times.push(start.elapsed().as_secs_f64());
        }
        times.sort_by(f64::total_cmp);
        println!("{:.9}", times[times.len() / 2]);
    }
    Ok(())
}
