//! Starting and ending: contexts on engines of this process, and programs under `mpiexec`.

pub mod interrupt;
mod local;
#[cfg(feature = "mpi")]
mod mpi;
mod options;
pub mod ranks;
mod threads;

pub use local::start;
#[cfg(feature = "mpi")]
pub use mpi::{run_mpi, run_mpi_with};
pub use options::{LocalOptions, RankOptions};

use distarray_lazy::Context;
use distarray_spmd::Error;

/// Ways to get a [`Context`] with a client actor and engine actors.
///
/// # Example
/// ```
/// use distarray_core::DType;
/// use distarray_lazy::Context;
/// use distarray_runtime::launch::Launch;
///
/// let context = Context::local(2)?;
/// let total = (context.ones([1000], DType::Float64) + 1.0).sum(()).item()?;
/// assert_eq!(total.to_string(), "2000.0");
/// context.close()?;
/// # Ok::<(), distarray_spmd::Error>(())
/// ```
pub trait Launch: Sized {
    /// A context on `engines` engines, threads of this process. Works anywhere, inside an actix system
    /// or another context's function too: it brings its own threads and its own system.
    ///
    /// # Errors
    /// [`Error::Value`] for no engines, [`Error::Comm`] if a thread cannot be started.
    fn local(engines: usize) -> Result<Self, Error>;

    /// As [`Launch::local`], with more to choose.
    ///
    /// # Errors
    /// As there.
    fn local_with(options: LocalOptions) -> Result<Self, Error>;
}

impl Launch for Context {
    fn local(engines: usize) -> Result<Self, Error> {
        Self::local_with(LocalOptions::new(engines))
    }

    fn local_with(options: LocalOptions) -> Result<Self, Error> {
        Ok(Self::new(Box::new(start(options)?)))
    }
}
