//! Endpoints: the ends of a world, to be taken to threads of the caller's own.

use super::transport::world;
use crate::comm::Endpoint;

/// The ends of a new world of `size` ranks, in rank order, each to be taken to its own thread.
///
/// An endpoint that is dropped, or whose communicator is, has left: whoever waits for its messages
/// gets [`CommError::PeerLeft`](crate::CommError::PeerLeft).
#[must_use]
pub fn endpoints(size: usize) -> Vec<Endpoint> {
    world(size).into_iter().map(|end| Endpoint::new(Box::new(end))).collect()
}
