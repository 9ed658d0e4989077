//! Programs under `mpiexec`: every process is an engine, rank 0 is also the client.

use super::RankOptions;
use super::ranks::{Ended, RankEnds, run_ranks};
use distarray_comm::mpi::{Options, Universe};
use distarray_lazy::Context;
use distarray_spmd::{Error, Registry};
use std::io::Write;

/// Runs `program` on rank 0 with a context of all ranks, each of which runs an engine. **Collective**
/// over all processes of the job.
///
/// Gives the program's value on rank 0 and `None` on the others, which serve until rank 0 has
/// finished. MPI that runs already (with `MPI_THREAD_MULTIPLE`) is used and not finished. Operations of
/// plans are those of `registry`; functions of the program cannot be sent.
///
/// If the program panics, the other ranks end, MPI is finished, and the panic goes on. If a rank has
/// gone, or a function on some rank does not return though the program has been interrupted, rank 0
/// says so on standard error and ends the job.
///
/// # Errors
/// [`Error::Comm`] if MPI cannot be started, and on ranks other than 0 if a rank has gone.
pub fn run_mpi<R>(registry: Registry, program: impl FnOnce(&Context) -> R) -> Result<Option<R>, Error> {
    run_mpi_with(&RankOptions::new(registry), Options::default(), program)
}

/// As [`run_mpi`], with more to choose; the same on every rank.
///
/// # Errors
/// As there.
pub fn run_mpi_with<R>(
    options: &RankOptions,
    mpi: Options,
    program: impl FnOnce(&Context) -> R,
) -> Result<Option<R>, Error> {
    let universe = Universe::start(mpi)?;
    let ends = RankEnds { data: universe.endpoint()?, control: universe.endpoint()? };
    let ended = run_ranks(ends, options, program);
    let why = match &ended {
        Ok(Ended::LeftBehind) => Some("an engine does not end".to_owned()),
        Err(error) if universe.rank() == 0 => Some(error.to_string()),
        _ => None,
    };
    if let Some(why) = why {
        // Nobody is left to tell the other ranks to end. Standard error may be closed; the job ends all
        // the same.
        let _ = writeln!(std::io::stderr(), "distarray: {why}: ending the MPI job");
        universe.abort_job();
    }
    // Finishes MPI before a panic goes on: while unwinding it could only be aborted.
    drop(universe);
    match ended? {
        Ended::Returned(value) => Ok(Some(value)),
        Ended::Served => Ok(None),
        Ended::Panicked(panic) => std::panic::resume_unwind(panic),
        Ended::LeftBehind => Err(Error::Closed),
    }
}
