//! `ToClient`: what the client's actor is told.

use crate::protocol::NotReturning;
use actix::Message;

/// What the client's actor is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToClient {
    /// This request has failed on some rank, and others are still at it.
    GiveUpSoon(u64),
    /// A step does not return.
    Overdue(NotReturning),
    /// Everything in flight was given up.
    Interrupted,
    /// The engines have been asked to end.
    Closing,
    /// They have ended.
    Stopped,
    /// They have gone without being asked.
    Gone,
}

impl Message for ToClient {
    type Result = ();
}
