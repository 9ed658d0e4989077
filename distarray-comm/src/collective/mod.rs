//! Collectives over all ranks, or over a listed group, built on messages from rank to rank.

mod agree;
mod all_gather;
mod all_to_all;
mod barrier;
mod broadcast;
pub mod cost;
mod gather;
mod parts;
mod reduce;
mod scan;
mod scatter;
mod tree;

pub use agree::Failure;
pub use parts::Parts;
pub use reduce::Merge;

use crate::comm::Comm;
use crate::error::CommError;
use crate::frame::Channel;
use crate::message::Message;

/// The ranks that take part in a collective: all of a communicator, or a list of them.
///
/// Every method is **collective** over the group: all its ranks call the same methods in the same
/// order. Every method can be interrupted ([`CommError::Aborted`]) and fails with
/// [`CommError::PeerLeft`] instead of waiting for a rank that has gone. Roots are ranks of the
/// communicator; results "in rank order" have one part per rank of the group.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    comm: &'a Comm,
    ranks: Option<&'a [usize]>,
    position: usize,
}

/// One tag per collective, so that ranks that disagree on what to do wait instead of mixing bytes.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(crate) enum Verb {
    Barrier,
    Broadcast,
    Gather,
    AllGather,
    Scatter,
    AllToAll,
    Reduce,
    AllReduce,
    Agree,
    Scan,
}

impl Comm {
    /// All ranks, as a group.
    #[must_use]
    pub fn all(&self) -> Group<'_> {
        Group { comm: self, ranks: None, position: self.rank() }
    }

    /// The ranks listed, as a group; this rank must be one of them. No messages: a group is only a
    /// way to call collectives.
    ///
    /// # Errors
    /// [`CommError::ListNotSorted`], [`CommError::RankOutOfRange`], [`CommError::NotListed`].
    pub fn among<'a>(&'a self, ranks: &'a [usize]) -> Result<Group<'a>, CommError> {
        for (position, pair) in ranks.windows(2).enumerate() {
            if pair[0] >= pair[1] {
                return Err(CommError::ListNotSorted { rank: pair[1], position: position + 1 });
            }
        }
        if let Some(&rank) = ranks.last().filter(|&&rank| rank >= self.size()) {
            return Err(CommError::RankOutOfRange { rank, size: self.size() });
        }
        let not_listed = CommError::NotListed { rank: self.rank(), listed: ranks.len() };
        let position = ranks.binary_search(&self.rank()).map_err(|_| not_listed)?;
        Ok(Group { comm: self, ranks: Some(ranks), position })
    }
}

impl<'a> Group<'a> {
    /// The communicator.
    #[must_use]
    pub fn comm(&self) -> &'a Comm {
        self.comm
    }

    /// Number of ranks in the group.
    #[must_use]
    pub fn size(&self) -> usize {
        self.ranks.map_or(self.comm.size(), <[usize]>::len)
    }

    /// This rank's position among the ranks of the group.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// The rank at `position`, which must be below [`size`](Self::size).
    #[must_use]
    pub fn rank_at(&self, position: usize) -> usize {
        self.ranks.map_or(position, |ranks| ranks[position])
    }

    /// The position of `rank`.
    ///
    /// # Errors
    /// [`CommError::NotListed`].
    pub fn position_of(&self, rank: usize) -> Result<usize, CommError> {
        let position = match self.ranks {
            None => Some(rank).filter(|&rank| rank < self.comm.size()),
            Some(ranks) => ranks.binary_search(&rank).ok(),
        };
        position.ok_or(CommError::NotListed { rank, listed: self.size() })
    }

    fn send(&self, position: usize, verb: Verb, message: Message) -> Result<(), CommError> {
        self.comm.send_on(Channel::Collective, self.rank_at(position), verb as u32, message)
    }

    fn receive(&self, position: usize, verb: Verb) -> Result<Message, CommError> {
        self.comm.receive_on(Channel::Collective, self.rank_at(position), verb as u32)
    }
}
