//! Gather: everybody's bytes to one rank.

use super::{Group, Parts, Verb, tree};
use crate::comm::Comm;
use crate::error::CommError;

impl Group<'_> {
    /// Everybody's `bytes`, of any lengths, in rank order on the root; `None` elsewhere.
    /// **Collective.**
    ///
    /// Made for what is small: ranks between a rank and the root hold its bytes for a while. Whole
    /// arrays are moved by [`exchange`](Comm::exchange).
    ///
    /// # Errors
    /// [`CommError::NotListed`] if `root` is outside the group, [`CommError::Aborted`],
    /// [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// One message up a binomial tree per rank but the root, holding the parts of the rank's
    /// subtree and 8 bytes for each.
    pub fn gather(&self, root: usize, bytes: &[u8]) -> Result<Option<Parts>, CommError> {
        self.comm.progress()?;
        let size = self.size();
        let root = self.position_of(root)?;
        let node = (self.position() + size - root) % size;
        let mut parts = Parts::default();
        parts.push(bytes);
        for child in tree::children(node, size) {
            let position = (child + root) % size;
            let message = self.receive(position, Verb::Gather)?;
            parts.unpack(self.rank_at(position), tree::subtree(child, size), &message)?;
        }
        match tree::parent(node) {
            Some(parent) => {
                let message = parts.pack(0..parts.len());
                self.send((parent + root) % size, Verb::Gather, message.into())?;
                Ok(None)
            }
            None if root == 0 => Ok(Some(parts)),
            None => Ok(Some(parts.rotated(size - root))),
        }
    }
}

impl Comm {
    /// [`Group::gather`] from all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn gather(&self, root: usize, bytes: &[u8]) -> Result<Option<Parts>, CommError> {
        self.all().gather(root, bytes)
    }
}
