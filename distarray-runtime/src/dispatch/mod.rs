//! How requests get from the client to the engines, and outcomes back.
//!
//! [`Direct`] hands them over in one process; [`tree`] says who passes on to whom between processes,
//! and [`router`] does it. `README.md` beside this file explains the protocol and the interleavings it
//! must survive.

mod direct;
pub mod router;
pub mod tree;

use crate::protocol::{Abort, NotReturning, Outcome, Request};
use std::fmt::Debug;
use std::time::Duration;

pub use direct::Direct;

/// The client's way to all engines. Requests go in the order they are sent; outcomes come back to the
/// client's desk.
pub trait Dispatch: Debug + Send + Sync {
    /// Puts a request in line for every engine, without waking anybody: see [`Dispatch::ring`]. Returns
    /// what engines that are gone would have to answer.
    fn send(&self, request: Request) -> Vec<Outcome>;

    /// Wakes those for whom requests were put in line. Apart from sending, because the order of requests
    /// is kept under a lock, and waking a thread takes long.
    fn ring(&self);

    /// Has every engine give a request up. Overtakes requests.
    fn abort(&self, abort: Abort);

    /// Has every engine give up all requests of an epoch before `epoch`. Overtakes requests.
    fn raise_epoch(&self, epoch: u64);

    /// Steps that have been running for `limit` or longer, as far as that can be seen from here; others
    /// come to the client's desk.
    fn overdue(&self, limit: Duration) -> Vec<NotReturning>;
}
