//! Where a command runs: engines as threads of this process, or the processes of a launcher.

use crate::command::CommandError;
use crate::launch::{Launch, LocalOptions};
use distarray_comm::launcher;
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
            Err(CommandError::Launcher(Box::new(WrongLauncher {
                variable: launcher.variable.to_owned(),
                value: launcher.size.or(launcher.rank).map_or_else(String::new, |number| number.to_string()),
                why: "this build has no MPI",
            })))
        }
        _ => Ok(()),
    }
}

/// Runs `work` with a context: on the processes of the launcher if there are several, else on engines
/// of this process. `memory_bytes` is for all engines together.
pub(crate) fn with_context(
    engines: Option<NonZeroUsize>,
    memory_bytes: Option<u64>,
    work: impl FnOnce(&Context) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let mut options = LocalOptions::new(engine_count(engines));
    options.registry = registry().map_err(CommandError::failure)?;
    if let Some(bytes) = memory_bytes {
        options = options.with_total_memory(bytes);
    }
    let context = Context::local_with(options).map_err(CommandError::failure)?;
    let outcome = work(&context);
    let closed = context.close().map_err(CommandError::failure);
    outcome.and(closed)
}
