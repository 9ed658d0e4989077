//! Barrier: nobody leaves before all have come.

use super::{Group, Verb, tree};
use crate::comm::Comm;
use crate::error::CommError;
use crate::message::Message;

impl Group<'_> {
    /// Returns when every rank of the group has called it. **Collective.**
    ///
    /// # Errors
    /// [`CommError::Aborted`], [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// ceil(log2 size) empty messages sent and received per rank.
    ///
    /// # Source
    /// Dissemination barrier: Hensgen, Finkel, Manber, Int. J. Parallel Programming 17 (1988).
    pub fn barrier(&self) -> Result<(), CommError> {
        self.comm.progress()?;
        let size = self.size();
        for round in 0..tree::rounds(size) {
            let step = 1 << round;
            self.send((self.position() + step) % size, Verb::Barrier, Message::empty())?;
            self.receive((self.position() + size - step) % size, Verb::Barrier)?;
        }
        Ok(())
    }
}

impl Comm {
    /// [`Group::barrier`] of all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn barrier(&self) -> Result<(), CommError> {
        self.all().barrier()
    }
}
