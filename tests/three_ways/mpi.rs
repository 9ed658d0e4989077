//! The same programs on processes: this binary starts itself under `mpiexec`.

use super::{agrees, one_at_a_time, seeds};
use crate::program::Program;
use distarray::comm::conformance::job;
use distarray::comm::mpi::{Options, Universe};
use distarray::prelude::*;
use distarray::runtime::launch::run_mpi;
use distarray::spmd::Registry;

/// What this process does as a rank of a job.
pub(crate) fn run_rank(program: &str) {
    let outcome = match program {
        "client" => client(),
        "spmd" => without_client(),
        other => panic!("no program {other:?}"),
    };
    outcome.expect("the rank succeeds");
}

fn client() -> Result<(), Error> {
    let mut registry = Registry::new();
    distarray::spmd::register(&mut registry)?;
    distarray::random::register(&mut registry)?;
    let program = |context: &Context| -> Result<(), Error> {
        let ranks = context.rank_count();
        let threads = Context::local(ranks)?;
        for seed in seeds() {
            let program = Program::new(seed, ranks);
            agrees(context, seed, 0, &program, &one_at_a_time(&threads, &program)?)?;
        }
        threads.close()
    };
    run_mpi(registry, program)?.unwrap_or(Ok(()))
}

fn without_client() -> Result<(), Error> {
    let universe = Universe::start(Options::default())?;
    let comm = universe.endpoint()?.into_comm();
    let context = Context::spmd(&comm)?;
    let threads = Context::local(comm.size())?;
    for seed in seeds() {
        let program = Program::new(seed, comm.size());
        agrees(&context, seed, comm.rank() as u64, &program, &one_at_a_time(&threads, &program)?)?;
    }
    threads.close()?;
    context.close()
}

#[test]
fn a_client_of_processes_gives_the_bytes_of_threads() {
    (1..=4).for_each(|ranks| job::succeeds(ranks, "client", 300));
}

#[test]
fn processes_without_a_client_give_the_bytes_of_threads() {
    (1..=4).for_each(|ranks| job::succeeds(ranks, "spmd", 300));
}
