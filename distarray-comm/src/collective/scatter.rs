//! Scatter: one rank hands every rank its part.

use super::{Group, Parts, Verb, parts, tree};
use crate::comm::Comm;
use crate::error::CommError;
use crate::message::Message;

impl Group<'_> {
    /// The part that the root holds for this rank; the root passes one part per rank, in rank
    /// order, the others none. **Collective.**
    ///
    /// Made for what is small, as [`gather`](Self::gather).
    ///
    /// # Errors
    /// [`CommError::NotListed`] if `root` is outside the group, [`CommError::PartCount`] on the root
    /// alone (the others wait: abort them), [`CommError::Aborted`], [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// One message down a binomial tree per rank but the root, holding the parts of the rank's
    /// subtree and 8 bytes for each.
    pub fn scatter(&self, root: usize, parts: &[&[u8]]) -> Result<Message, CommError> {
        self.comm.progress()?;
        let size = self.size();
        let root = self.position_of(root)?;
        let node = (self.position() + size - root) % size;
        match tree::parent(node) {
            None => {
                if parts.len() != size {
                    return Err(CommError::PartCount { parts: parts.len(), ranks: size });
                }
                for child in tree::children(node, size).rev() {
                    let nodes = child..child + tree::subtree(child, size);
                    let message = parts::pack(nodes.map(|node| parts[(node + root) % size]));
                    self.send((child + root) % size, Verb::Scatter, message.into())?;
                }
                Ok(Message::copy_from(parts[root]))
            }
            Some(parent) => {
                let position = (parent + root) % size;
                let message = self.receive(position, Verb::Scatter)?;
                let mut mine = Parts::default();
                mine.unpack(self.rank_at(position), tree::subtree(node, size), &message)?;
                for child in tree::children(node, size).rev() {
                    let first = child - node;
                    let message = mine.pack(first..first + tree::subtree(child, size));
                    self.send((child + root) % size, Verb::Scatter, message.into())?;
                }
                Ok(Message::copy_from(&mine[0]))
            }
        }
    }
}

impl Comm {
    /// [`Group::scatter`] to all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn scatter(&self, root: usize, parts: &[&[u8]]) -> Result<Message, CommError> {
        self.all().scatter(root, parts)
    }
}
