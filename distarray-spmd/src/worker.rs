//! Worker: what one rank works with: its way to the others, and its memory.

use crate::{Error, Failure};
use distarray_comm::{Comm, SameMemory, wire};
use distarray_core::Pool;
use distarray_maps::Distribution;

/// One rank's means: a communicator and a pool of memory. Cheap to clone; stays on its thread.
#[derive(Clone, Debug)]
pub struct Worker {
    comm: Comm,
    pool: Pool,
    by_messages: bool,
}

impl Worker {
    /// A worker whose memory is not limited. **Local.**
    #[must_use]
    pub fn new(comm: &Comm) -> Self {
        Self::with_pool(comm, &Pool::new(None))
    }

    /// A worker that takes its memory from `pool`. **Local.**
    #[must_use]
    pub fn with_pool(comm: &Comm, pool: &Pool) -> Self {
        Self { comm: comm.clone(), pool: pool.clone(), by_messages: false }
    }

    /// A worker that reads nobody's memory and sends messages even to threads of its process: for tests of that, and for
    /// measuring it. All ranks must do so. **Local.**
    #[must_use]
    pub fn by_messages(self) -> Self {
        Self { by_messages: true, ..self }
    }

    /// How this rank can reach the memory of another. **Local.**
    ///
    /// # Errors
    /// [`Error::Comm`] for a rank that is not there.
    pub fn reach(&self, rank: usize) -> Result<SameMemory, Error> {
        if self.by_messages && rank != self.rank() {
            return Ok(SameMemory::No);
        }
        Ok(self.comm.same_memory(rank)?)
    }

    /// The way to the other ranks. **Local.**
    #[must_use]
    pub fn comm(&self) -> &Comm {
        &self.comm
    }

    /// Where blocks and temporaries come from. **Local.**
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// This rank's number. **Local.**
    #[must_use]
    pub fn rank(&self) -> usize {
        self.comm.rank()
    }

    /// How many ranks there are. **Local.**
    #[must_use]
    pub fn size(&self) -> usize {
        self.comm.size()
    }

    /// Lets all ranks go on only if all have succeeded; otherwise all get the lowest rank's failure.
    ///
    /// **Collective** over all ranks.
    ///
    /// # Errors
    /// [`Error::Agreed`] naming `operation` and the lowest rank that brought an error.
    pub fn agree<T>(&self, operation: &str, outcome: Result<T, Error>) -> Result<T, Error> {
        let (value, failure) = match outcome {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(wire::encode(&Failure::of(operation, self.rank(), &error))?)),
        };
        match self.comm.agree_bytes(failure.as_deref())? {
            None => value.ok_or(Error::Closed),
            Some((_, failure)) => Err(Error::Agreed(wire::decode(&failure)?)),
        }
    }
}

/// A distribution may use fewer ranks than the `available` ones, not more. **Pure.**
///
/// # Errors
/// [`Error::Ranks`].
pub fn check_ranks(distribution: &Distribution, available: usize) -> Result<(), Error> {
    let needed = distribution.grid().max_rank() + 1;
    if needed <= available { Ok(()) } else { Err(Error::Ranks { needed, available }) }
}
