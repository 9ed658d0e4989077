//! `Universe`: MPI from its start to its end.

use std::marker::PhantomData;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::call::{self, Channel, Start};
use super::direct::Neighbours;
use super::options::Options;
use super::shared::Shared;
use super::transport::MpiTransport;
use crate::comm::{Comm, Endpoint};
use crate::error::CommError;

/// How long the end of MPI waits for communicators that other threads of this rank still hold.
const PATIENCE: Duration = Duration::from_secs(10);

/// MPI in this process. Dropping it waits until all ranks have closed their communicators, then
/// finishes MPI if [`start`](Self::start) started it. Stays on its thread.
#[derive(Debug)]
pub struct Universe {
    shared: Arc<Shared>,
    start: Start,
    size: usize,
    rank: usize,
    stays_on_its_thread: PhantomData<*const ()>,
}

/// What is known about MPI in this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Information {
    /// The library's name and version, in its own words.
    pub library: String,
    /// Thread level: always "multiple", or MPI would not have been started.
    pub thread_level: &'static str,
    /// Number of ranks.
    pub size: usize,
    /// Ranks, this one not counted, whose exposed regions can be read directly.
    pub neighbours: usize,
}

impl Universe {
    /// Starts MPI, or uses it if it runs already (then it must have been started with
    /// `MPI_THREAD_MULTIPLE`, and is not finished by us). **Collective** over all ranks.
    ///
    /// # Errors
    /// [`CommError::MpiFinalised`], [`CommError::ThreadLevel`], [`CommError::Mpi`].
    pub fn start(options: Options) -> Result<Self, CommError> {
        let start = call::start()?;
        let channel = Channel::world().duplicate()?;
        let (rank, size) = channel.rank_and_size()?;
        let neighbours = Neighbours::find(channel, options.direct_reads)?;
        channel.free()?;
        let shared = Shared::new(options, neighbours);
        Ok(Self { shared, start, size, rank, stays_on_its_thread: PhantomData })
    }

    /// This rank's number.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// Number of ranks.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// What is known about MPI here.
    #[must_use]
    pub fn information(&self) -> Information {
        Information {
            library: call::library_version(),
            thread_level: "multiple",
            size: self.size,
            neighbours: (0..self.size).filter(|&rank| self.shared.neighbours().is_near(rank)).count(),
        }
    }

    /// An endpoint on an MPI communicator of its own, for any thread. **Collective** over all ranks.
    ///
    /// # Errors
    /// [`CommError::Mpi`].
    pub fn endpoint(&self) -> Result<Endpoint, CommError> {
        let number = self.shared.next_endpoint();
        let channel = Channel::world().duplicate()?;
        Ok(Endpoint::new(Box::new(MpiTransport::open(&self.shared, channel, vec![number], None)?)))
    }

    /// A communicator of all ranks, on this thread. **Collective** over all ranks.
    ///
    /// # Errors
    /// [`CommError::Mpi`].
    pub fn comm(&self) -> Result<Comm, CommError> {
        Ok(self.endpoint()?.into_comm())
    }

    /// Ends the job on all ranks at once, with exit status 1.
    pub fn abort_job(&self) {
        call::abort_job();
    }

    fn finish(&self) -> Result<(), CommError> {
        let start = Instant::now();
        while self.shared.is_open() {
            if start.elapsed() > PATIENCE {
                eprintln!("distarray: rank {} still holds a communicator: MPI is not finished", self.rank);
                return Ok(());
            }
            self.shared.progress_retired()?;
            thread::sleep(Duration::from_micros(100));
        }
        let mut sleep = Duration::from_micros(1);
        while !self.shared.progress_retired()? {
            thread::sleep(sleep);
            sleep = (sleep * 2).min(Duration::from_millis(1));
        }
        let mut retired = self.shared.take_retired();
        // Freeing is collective: in the same order everywhere.
        retired.sort_by(|left, right| left.path.cmp(&right.path));
        retired.into_iter().try_for_each(|machine| machine.channel.free())?;
        match self.start {
            Start::Ours => call::finalise(),
            Start::Running => Ok(()),
        }
    }
}

impl Drop for Universe {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("distarray: rank {} panicked: ending the MPI job", self.rank);
            call::abort_job();
        }
        if let Err(error) = self.finish() {
            eprintln!("distarray: rank {} cannot finish MPI: {error}", self.rank);
        }
    }
}

/// Runs `program` on every rank of the job: the MPI side of [`threads::run`](crate::threads::run).
/// **Collective.**
///
/// A rank whose program panics ends the whole job (`MPI_Abort`), for the others cannot be told
/// otherwise. A rank whose program returns an error leaves; the others get
/// [`CommError::PeerLeft`] where they wait for it.
///
/// # Errors
/// What `program` returned on this rank, and those of [`Universe::start`].
pub fn run<T, E: From<CommError>>(
    options: Options,
    program: impl FnOnce(Comm) -> Result<T, E>,
) -> Result<T, E> {
    let universe = Universe::start(options)?;
    let comm = universe.comm()?;
    program(comm)
}
