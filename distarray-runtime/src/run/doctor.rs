//! `distarray doctor`: what this build can do on this machine.

use crate::command::CommandError;
use crate::run::context::on_first_process;
use crate::run::output::write;
use distarray_core::kernel::simd::{CpuVariant, variant};
use distarray_lazy::format_size;
use std::fmt::Write as _;

pub(crate) fn run() -> Result<(), CommandError> {
    // MPI is asked on every process: it starts on all of them or on none.
    let mpi = mpi();
    on_first_process(|| write(&report(&mpi)))
}

fn report(mpi: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "distarray:  {}", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(text, "transports: {}", if cfg!(feature = "mpi") { "threads, MPI" } else { "threads" });
    let _ = writeln!(text, "MPI:        {mpi}");
    let _ = writeln!(text, "cores:      {cores}");
    let _ = writeln!(
        text,
        "CPU:        kernels for {} in use (this processor has {})",
        variant().name(),
        CpuVariant::of_this_machine().name()
    );
    let _ = writeln!(text, "memory:     {}", memory());
    let _ = writeln!(text, "huge pages: {}", huge_pages());
    text
}

#[cfg(not(feature = "mpi"))]
fn mpi() -> String {
    "not in this build (cargo build --release --features mpi)".to_owned()
}

#[cfg(feature = "mpi")]
fn mpi() -> String {
    use distarray_comm::mpi::{Options, Universe};
    match Universe::start(Options::default()) {
        Ok(universe) => {
            let found = universe.information();
            let library = found.library.lines().next().unwrap_or_default().trim().to_owned();
            format!(
                "{library}; thread level {}; {} process{}, of which this one can read the memory of {}",
                found.thread_level,
                found.size,
                if found.size == 1 { "" } else { "es" },
                found.neighbours
            )
        }
        Err(error) => format!("built in, but it does not start: {error}"),
    }
}

/// Total and available memory as the kernel tells.
fn memory() -> String {
    let Ok(text) = std::fs::read_to_string("/proc/meminfo") else { return "not known".to_owned() };
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(format_size(kibibytes * 1024))
    };
    match (field("MemTotal:"), field("MemAvailable:")) {
        (Some(total), Some(available)) => format!("{total}, of which {available} are available"),
        _ => "not known".to_owned(),
    }
}

/// The mode of transparent huge pages, which large arrays ask for.
fn huge_pages() -> String {
    let Ok(text) = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled") else {
        return "not known".to_owned();
    };
    match (text.find('['), text.find(']')) {
        (Some(open), Some(close)) if open < close => text[open + 1..close].to_owned(),
        _ => "not known".to_owned(),
    }
}
