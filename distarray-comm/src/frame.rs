//! `Frame`: what travels from rank to rank, whatever carries it.

use std::sync::Arc;

use crate::message::Message;
use crate::shared::window::Window;
use crate::stamp::Stamp;

/// What a frame says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Which communicator of the port.
    pub(crate) context: u64,
    /// Which kind of traffic.
    pub(crate) channel: Channel,
    /// The caller's tag.
    pub(crate) tag: u32,
    /// What the sender is working on.
    pub(crate) stamp: Stamp,
}

/// Kinds of traffic, matched apart from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Channel {
    /// The callers' own messages.
    User = 0,
    /// Collectives.
    Collective = 1,
    /// Pieces of an exchange.
    Exchange = 2,
    /// Exposed regions: published, read, confirmed.
    Expose = 3,
}

/// A frame that has arrived.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) from: usize,
    pub(crate) header: Header,
    pub(crate) body: Body,
}

/// What a frame carries.
#[cfg_attr(not(feature = "mpi"), allow(dead_code, reason = "threads never defer nor read remotely"))]
#[derive(Debug)]
pub(crate) enum Body {
    /// Bytes.
    Message(Message),
    /// Bytes that the transport receives when they are asked for.
    Deferred(Deferred),
    /// A region of the sender's memory (ranks of one process only).
    Window(Arc<Window>),
    /// The sender gives up the request of the frame's stamp, for all ranks.
    Abort,
    /// The sender's last frame. Kept by the transport: `poll` does not give it out.
    Goodbye {
        /// The sender is unwinding from a panic, so nobody should go on.
        is_panicking: bool,
    },
}

/// Stands for bytes that are still with the sender.
#[cfg_attr(not(feature = "mpi"), allow(dead_code, reason = "threads never defer nor read remotely"))]
#[derive(Debug)]
pub(crate) struct Deferred {
    pub(crate) from: usize,
    /// The transport's name for them.
    pub(crate) token: u64,
}

impl Channel {
    /// The channel written as `number`.
    #[cfg(feature = "mpi")]
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        [Self::User, Self::Collective, Self::Exchange, Self::Expose]
            .into_iter()
            .find(|channel| *channel as u8 == number)
    }
}
