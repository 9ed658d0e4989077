//! All-to-all: everybody hands everybody a part.

use super::{Group, Verb};
use crate::comm::Comm;
use crate::error::CommError;
use crate::message::Message;

impl Group<'_> {
    /// What every rank holds for this one, in rank order; `parts` is what this rank holds for each,
    /// in rank order, of any lengths. The part for this rank is moved. **Collective.**
    ///
    /// Made for what is small or already packed; [`exchange`](Comm::exchange) packs piece by piece
    /// and skips empty parts.
    ///
    /// # Errors
    /// [`CommError::PartCount`] on this rank alone (the others wait: abort them),
    /// [`CommError::Aborted`], [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// size - 1 messages sent and received per rank, empty ones included.
    pub fn all_to_all(&self, mut parts: Vec<Message>) -> Result<Vec<Message>, CommError> {
        self.comm.progress()?;
        let (size, position) = (self.size(), self.position());
        if parts.len() != size {
            return Err(CommError::PartCount { parts: parts.len(), ranks: size });
        }
        for step in 1..size {
            let to = (position + step) % size;
            let part = std::mem::replace(&mut parts[to], Message::empty());
            self.send(to, Verb::AllToAll, part)?;
        }
        for step in 1..size {
            let from = (position + size - step) % size;
            parts[from] = self.receive(from, Verb::AllToAll)?;
        }
        Ok(parts)
    }
}

impl Comm {
    /// [`Group::all_to_all`] of all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn all_to_all(&self, parts: Vec<Message>) -> Result<Vec<Message>, CommError> {
        self.all().all_to_all(parts)
    }
}
