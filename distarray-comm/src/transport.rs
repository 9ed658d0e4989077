//! `Transport`: what a way of moving bytes must do; object-safe, implemented by threads and MPI.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Instant;

use crate::bell::Bell;
use crate::error::CommError;
use crate::frame::{Body, Deferred, Frame, Header};
use crate::message::Message;
use crate::spares::Spares;

/// One rank's end of a world of ranks. Used by one thread, made on any.
///
/// A transport delivers frames: whole, each exactly once, those of one sender in the order sent, and
/// without the receiver having to ask for them. Everything else (tags, contexts, stamps, matching,
/// collectives) is done once, above it, in `Port`.
pub(crate) trait Transport: Debug {
    /// This rank's number in the world.
    fn rank(&self) -> usize;

    /// Ranks in the world.
    fn size(&self) -> usize;

    /// Sends a frame to another rank. Takes the bytes over; never waits for the receiver.
    fn send(&mut self, to: usize, header: Header, body: Body) -> Result<(), CommError>;

    /// Moves what has arrived to `arrivals`, and what is under way along, without waiting.
    fn poll(&mut self, arrivals: &mut dyn FnMut(Frame)) -> Result<(), CommError>;

    /// Waits until something may have happened since the last `poll`: an arrival, a departure, the
    /// end of something under way, a ring of the mailbox; or until `deadline`. May return early.
    fn wait(&mut self, deadline: Option<Instant>) -> Result<(), CommError>;

    /// The bytes of a frame whose body came as [`Body::Deferred`], when they are there. The first
    /// call asks for them.
    fn fetch(&mut self, deferred: &Deferred) -> Result<Option<Message>, CommError>;

    /// Gives up the bytes of a deferred body.
    fn discard(&mut self, deferred: Deferred) -> Result<(), CommError>;

    /// The vectors that this rank uses again.
    fn spares(&mut self) -> &mut Spares;

    /// Whether everything `rank` will ever send has been given out by `poll`.
    fn has_left(&self, rank: usize) -> bool;

    /// What wakes this rank.
    fn bell(&self) -> Arc<dyn Bell>;

    /// How this rank and `rank` can reach each other's memory; the same answer on both.
    fn same_memory(&self, rank: usize) -> SameMemory;

    /// Reads pieces of `rank`'s memory: for [`SameMemory::Node`].
    fn read_memory(&mut self, rank: usize, pieces: &mut Vec<RemotePiece>) -> Result<(), CommError>;

    /// Whether `poll` must be called now and then for messages to move.
    fn needs_progress(&self) -> bool {
        false
    }

    /// Whether `poll` may find something. Costs next to nothing.
    fn has_news(&self) -> bool {
        true
    }

    /// This rank's end of another world, of the listed ranks of this one, in their order, for use by any
    /// thread. **Collective** over them; `key` is the same on all and was not used by any before.
    fn duplicate(&mut self, key: u64, members: &[usize]) -> Result<Box<dyn Transport + Send>, CommError>;
}

/// How two ranks can reach each other's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameMemory {
    /// They are threads of one process.
    Process,
    /// They are processes on one machine and the operating system lets them read each other.
    Node,
    /// Only by messages.
    No,
}

/// A piece of another process's memory, and where it shall go.
#[cfg_attr(not(feature = "mpi"), allow(dead_code, reason = "threads never defer nor read remotely"))]
#[derive(Debug, Clone, Copy)]
pub(crate) struct RemotePiece {
    /// Address in the other process.
    pub(crate) source: u64,
    /// Address here.
    pub(crate) target: *mut u8,
    pub(crate) length_bytes: usize,
}
