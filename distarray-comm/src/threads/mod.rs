//! Ranks as threads of one process.
//!
//! `README.md` beside this file explains the hand-over and the interleavings it must survive.

mod run;
mod spin;
mod transport;

pub(crate) use run::panic_message;
pub use run::{run, run_each};

use crate::comm::Endpoint;

/// The ends of a new world of `size` ranks, in rank order, each to be taken to its own thread.
///
/// An endpoint that is dropped, or whose communicator is, has left: whoever waits for its messages
/// gets [`CommError::PeerLeft`](crate::CommError::PeerLeft).
#[must_use]
pub fn endpoints(size: usize) -> Vec<Endpoint> {
    transport::world(size).into_iter().map(|end| Endpoint::new(Box::new(end))).collect()
}
