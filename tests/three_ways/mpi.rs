//! The same programs on processes: this binary starts itself under `mpiexec`.

use super::{agrees, one_at_a_time, seeds};
use crate::program::Program;
use distarray::comm::mpi::{Options, Universe};
use distarray::prelude::*;
use distarray::runtime::launch::run_mpi;
use distarray::spmd::Registry;
use std::process::{Command, Stdio};

/// Names what a rank shall do; set by the test that starts it.
const PART: &str = "DISTARRAY_TEST_PART";

/// What the ranks do. Started by hand, without a part named, it does nothing.
#[test]
fn rank_of_a_job() {
    let Ok(part) = std::env::var(PART) else { return };
    let outcome = match part.as_str() {
        "client" => client(),
        "spmd" => without_client(),
        other => panic!("no part {other:?}"),
    };
    outcome.expect("the rank succeeds");
}

fn client() -> Result<(), Error> {
    let mut registry = Registry::new();
    distarray::spmd::register(&mut registry)?;
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

#[track_caller]
fn job(ranks: usize, part: &str) {
    let launcher = std::env::var_os("MPIEXEC").unwrap_or_else(|| "mpiexec".into());
    let output = Command::new(launcher)
        .arg("-n")
        .arg(ranks.to_string())
        .arg(std::env::current_exe().expect("a test knows its binary"))
        .args(["mpi::rank_of_a_job", "--exact", "--nocapture", "--test-threads=1"])
        .env(PART, part)
        .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
        .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env("OMPI_MCA_hwloc_base_binding_policy", "none")
        .stdin(Stdio::null())
        .output()
        .expect("mpiexec starts: the feature `mpi` is tested where MPI is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{ranks} ranks, {part}: {said}");
}

#[test]
fn a_client_of_processes_gives_the_bytes_of_threads() {
    (1..=4).for_each(|ranks| job(ranks, "client"));
}

#[test]
fn processes_without_a_client_give_the_bytes_of_threads() {
    (1..=4).for_each(|ranks| job(ranks, "spmd"));
}
