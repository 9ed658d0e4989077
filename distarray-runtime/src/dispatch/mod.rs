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

/// The client's way to all engines. Requests, aborts and epochs are sent in order; outcomes come back
/// to the client's inbox.
pub trait Dispatch: Debug {
    /// Sends a request to every engine. Returns what engines that are gone would have to answer.
    fn send(&mut self, request: Request) -> Vec<Outcome>;

    /// Has every engine give a request up. Overtakes requests.
    fn abort(&mut self, abort: Abort);

    /// Has every engine give up all requests of an epoch before `epoch`. Overtakes requests.
    fn raise_epoch(&mut self, epoch: u64);

    /// Steps that have been running for `limit` or longer, as far as that can be seen from here;
    /// others come to the client's inbox.
    fn overdue(&self, limit: Duration) -> Vec<NotReturning>;
}
