//! All-gather: everybody's bytes to everybody.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Group, Parts, Verb, tree};
use crate::comm::Comm;
use crate::error::CommError;
use crate::wire;

impl Group<'_> {
    /// Everybody's `bytes`, of any lengths, in rank order, on every rank. **Collective.**
    ///
    /// # Errors
    /// [`CommError::Aborted`], [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// ceil(log2 size) messages per rank; every part reaches every other rank once, with 8 bytes
    /// for its length.
    ///
    /// # Source
    /// J. Bruck et al., IEEE Trans. Parallel Distrib. Syst. 8 (1997) 1143-1156.
    pub fn all_gather(&self, bytes: &[u8]) -> Result<Parts, CommError> {
        self.comm.progress()?;
        let (size, position) = (self.size(), self.position());
        // After each round: the parts of the positions from this one on, cyclically.
        let mut parts = Parts::default();
        parts.push(bytes);
        while parts.len() < size {
            let step = parts.len();
            let count = step.min(size - step);
            let message = parts.pack(0..count);
            self.send((position + size - step) % size, Verb::AllGather, message.into())?;
            let from = (position + step) % size;
            let message = self.receive(from, Verb::AllGather)?;
            parts.unpack(self.rank_at(from), count, &message)?;
        }
        debug_assert!(tree::rounds(size) == 0 || parts.len() == size);
        Ok(if position == 0 { parts } else { parts.rotated(size - position) })
    }

    /// Everybody's value (encoded by [`wire`]), in rank order, on every rank. **Collective.**
    ///
    /// # Errors
    /// Those of [`all_gather`](Self::all_gather) and of [`wire::encode`], [`wire::decode`]; a value
    /// that cannot be encoded is an error on every rank.
    pub fn all_gather_values<T: Serialize + DeserializeOwned>(&self, value: &T) -> Result<Vec<T>, CommError> {
        let encoded = wire::encode(value);
        let parts = self.all_gather(encoded.as_deref().unwrap_or_default())?;
        encoded?;
        parts.iter().map(wire::decode).collect()
    }
}

impl Comm {
    /// [`Group::all_gather`] from and to all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn all_gather(&self, bytes: &[u8]) -> Result<Parts, CommError> {
        self.all().all_gather(bytes)
    }

    /// [`Group::all_gather_values`] from and to all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn all_gather_values<T: Serialize + DeserializeOwned>(&self, value: &T) -> Result<Vec<T>, CommError> {
        self.all().all_gather_values(value)
    }
}
