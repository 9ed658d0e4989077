//! No client and no graph: every rank runs this program on its own share, as in an MPI program.
//!
//! `cargo run --release --example without_a_client [RANKS]` runs the ranks as threads; with
//! `--features mpi` and under `mpiexec` they are the processes of the job.

use distarray::comm::{Comm, threads};
use distarray::prelude::*;

/// What one rank does.
fn program(comm: &Comm) -> Result<(), Error> {
    let worker = Worker::new(comm);
    let rows = Distribution::from_spec(&[6, 4], &"b,n".parse()?, comm.size())?;
    let x = LocalArray::from_function(&rows, &worker, |index| (10 * index[0] + index[1]) as f64)?;
    // Collective: all ranks call it, in the same order.
    let sums = x.sum_axis(0)?;
    let columns = x.redistribute(&Distribution::from_spec(&[6, 4], &"n,c".parse()?, comm.size())?)?;
    let whole = columns.gather(0)?;
    println!("rank {} of {}: rows\n{}", comm.rank(), comm.size(), x.local()?);
    if let Some(whole) = whole {
        println!("everything, at rank 0\n{whole}\nsums of columns\n{}", sums.local()?);
    }
    Ok(())
}

#[cfg(feature = "mpi")]
fn on_processes() -> Result<bool, Error> {
    use distarray::comm::{launcher, mpi};
    if !launcher::environment().is_some_and(|launcher| launcher.is_parallel()) {
        return Ok(false);
    }
    let universe = mpi::Universe::start(mpi::Options::default())?;
    program(&universe.endpoint()?.into_comm())?;
    Ok(true)
}

#[cfg(not(feature = "mpi"))]
fn on_processes() -> Result<bool, Error> {
    Ok(false)
}

fn main() -> Result<(), Error> {
    if on_processes()? {
        return Ok(());
    }
    let ranks = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2);
    threads::run(ranks, |comm| program(&comm)).map(drop)
}
