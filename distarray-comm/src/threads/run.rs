//! `run`: a program on every rank, each on a thread of its own.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

use super::endpoints::endpoints;
use crate::comm::Comm;
use crate::error::CommError;

/// Runs `program` on `size` ranks, each a thread of its own, and returns every rank's value in rank
/// order.
///
/// A rank that panics or returns an error leaves the communicator; the others get
/// [`CommError::PeerLeft`] where they wait for it. The error returned is a panic's
/// ([`CommError::RankPanicked`]) if there was one, otherwise that of the rank which failed first.
///
/// # Errors
/// What `program` returned, or [`CommError::RankPanicked`].
///
/// # Example
/// ```
/// use distarray_comm::{CommError, threads};
/// let sums = threads::run(3, |comm| {
///     let mut sum = [comm.rank() as u8];
///     comm.all_reduce(&mut sum, &mut |left, right| left[0] += right[0])?;
///     Ok::<_, CommError>(sum[0])
/// })?;
/// assert_eq!(sums, [3, 3, 3]);
/// # Ok::<(), CommError>(())
/// ```
pub fn run<T, E>(size: usize, program: impl Fn(Comm) -> Result<T, E> + Sync) -> Result<Vec<T>, E>
where
    T: Send,
    E: From<CommError> + Send,
{
    let first_error = Mutex::new(None);
    let values = run_each(size, |comm| {
        // The communicator lives until the error is written down, so that those who fail because
        // this rank left come after it.
        let kept = comm.clone();
        let outcome = program(comm);
        let value = match outcome {
            Ok(value) => Some(value),
            Err(error) => {
                let mut first = first_error.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                first.get_or_insert(error);
                None
            }
        };
        drop(kept);
        value
    })?;
    match first_error.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(values.into_iter().flatten().collect()),
    }
}

/// As [`run`] for programs whose value is kept as it is, an error being a value like others.
///
/// # Errors
/// [`CommError::RankPanicked`] naming the lowest rank that panicked, [`CommError::ThreadStart`].
pub fn run_each<T: Send>(size: usize, program: impl Fn(Comm) -> T + Sync) -> Result<Vec<T>, CommError> {
    let program = &program;
    thread::scope(|scope| {
        let mut threads = Vec::with_capacity(size);
        for endpoint in endpoints(size) {
            let rank = endpoint.rank();
            let builder = thread::Builder::new().name(format!("rank {rank}"));
            let work = move || {
                catch_unwind(AssertUnwindSafe(|| program(endpoint.into_comm())))
                    .map_err(|panic| panic_message(panic.as_ref()))
            };
            // The endpoints not started are dropped on return, so the ranks that run see them leave.
            let thread = builder
                .spawn_scoped(scope, work)
                .map_err(|error| CommError::ThreadStart { rank, code: error.raw_os_error().unwrap_or(0) })?;
            threads.push(thread);
        }
        let outcomes: Vec<Result<T, String>> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| Err(panic_message(panic.as_ref()))))
            .collect();
        let outcomes = outcomes.into_iter().enumerate();
        outcomes
            .map(|(rank, outcome)| outcome.map_err(|message| CommError::RankPanicked { rank, message }))
            .collect()
    })
}

/// What a panic said, if it said it in words.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| String::from(*text))
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| String::from("no message"))
}
