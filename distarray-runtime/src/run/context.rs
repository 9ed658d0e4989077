//! Where a command runs: engines as threads of this process, or the processes of a launcher.

use crate::command::CommandError;
use crate::launch::{Launch, LocalOptions};
use distarray_comm::launcher::{self, Launcher};
use distarray_lazy::Context;
use distarray_spmd::{Error, Registry};
use std::num::NonZeroUsize;

/// A launcher that started several processes of a program that cannot work together with them.
#[derive(Debug, thiserror::Error)]
#[error(
    "the launcher's environment ({variable}={value}) says that this is one of several processes, but {why}; \
     build with `cargo build --release --features mpi` against the launcher's MPI library"
)]
pub(crate) struct WrongLauncher {
    variable: String,
    value: String,
    why: &'static str,
}

/// The operations that the command line knows.
///
/// # Errors
/// None: the names differ.
pub(crate) fn registry() -> Result<Registry, Error> {
    let mut registry = Registry::new();
    distarray_spmd::register(&mut registry)?;
    distarray_io::register(&mut registry)?;
    distarray_random::register(&mut registry)?;
    Ok(registry)
}

/// The number of engines unless it is given: the number of cores.
pub(crate) fn engine_count(given: Option<NonZeroUsize>) -> usize {
    given.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

/// Whether this process is the one that speaks: the only one, or the first of a launcher's.
pub(crate) fn is_first_process() -> bool {
    launcher::environment().and_then(|launcher| launcher.rank).is_none_or(|rank| rank == 0)
}

/// Runs `work` on the first process of a launcher, and nothing on the others.
pub(crate) fn on_first_process(work: impl FnOnce() -> Result<(), CommandError>) -> Result<(), CommandError> {
    if is_first_process() { work() } else { Ok(()) }
}

/// Refuses to run as one of several processes that know nothing of each other.
pub(crate) fn check_launcher() -> Result<(), CommandError> {
    match launcher::environment() {
        Some(launcher) if launcher.is_parallel() && !cfg!(feature = "mpi") => {
            Err(wrong(&launcher, "this build has no MPI"))
        }
        _ => Ok(()),
    }
}

fn wrong(launcher: &Launcher, why: &'static str) -> CommandError {
    CommandError::Launcher(Box::new(WrongLauncher {
        variable: launcher.variable.to_owned(),
        value: launcher.size.or(launcher.rank).map_or_else(String::new, |number| number.to_string()),
        why,
    }))
}

/// Runs `work` with a context: on the processes of the launcher if there are several, else on engines
/// of this process. `memory_bytes` is for all engines together.
pub(crate) fn with_context(
    engines: Option<NonZeroUsize>,
    memory_bytes: Option<u64>,
    work: impl FnOnce(&Context) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let launcher = launcher::environment().filter(Launcher::is_parallel);
    let processes = launcher.as_ref().and_then(|launcher| launcher.size);
    let mut options = LocalOptions::new(processes.unwrap_or_else(|| engine_count(engines)));
    options.registry = registry().map_err(CommandError::failure)?;
    if let Some(bytes) = memory_bytes {
        options = options.with_total_memory(bytes);
    }
    #[cfg(feature = "mpi")]
    if let Some(launcher) = launcher {
        return with_processes(options, &launcher, work);
    }
    let context = Context::local_with(options).map_err(CommandError::failure)?;
    let outcome = work(&context);
    let closed = context.close().map_err(CommandError::failure);
    outcome.and(closed)
}

/// Runs `work` on the first process of the launcher; the others serve it as engines.
#[cfg(feature = "mpi")]
fn with_processes(
    options: LocalOptions,
    launcher: &Launcher,
    work: impl FnOnce(&Context) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let program = |context: &Context| {
        if context.rank_count() == 1 {
            return Err(wrong(
                launcher,
                "MPI sees one process only: it is another library than the launcher's",
            ));
        }
        work(context)
    };
    let outcome =
        crate::launch::run_mpi_with(&options.into(), distarray_comm::mpi::Options::default(), program);
    outcome.map_err(CommandError::failure)?.unwrap_or(Ok(()))
}
