//! Broadcast: one rank's bytes to all.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Group, Verb, tree};
use crate::comm::{Comm, copy_whole};
use crate::error::CommError;
use crate::message::Message;
use crate::wire;

impl Group<'_> {
    /// The root's message, on every rank; what the others pass is ignored. **Collective.**
    ///
    /// # Errors
    /// [`CommError::NotListed`] if `root` is outside the group, [`CommError::Aborted`],
    /// [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// Each rank but the root receives the message once; it goes down a binomial tree in
    /// ceil(log2 size) steps. Ranks of one process share one copy of it.
    pub fn broadcast(&self, root: usize, message: impl Into<Message>) -> Result<Message, CommError> {
        self.comm.progress()?;
        let size = self.size();
        let root = self.position_of(root)?;
        let node = (self.position() + size - root) % size;
        let mut message = match tree::parent(node) {
            None => message.into(),
            Some(parent) => self.receive((parent + root) % size, Verb::Broadcast)?,
        };
        let mut children = tree::children(node, size).rev().peekable();
        if children.peek().is_some() {
            message = message.into_shared();
        }
        for child in children {
            self.send((child + root) % size, Verb::Broadcast, message.clone())?;
        }
        Ok(message)
    }

    /// The root's `bytes`, written over everybody else's, which have the same length.
    /// **Collective.**
    ///
    /// # Errors
    /// Those of [`broadcast`](Self::broadcast), [`CommError::SizeMismatch`].
    pub fn broadcast_into(&self, root: usize, bytes: &mut [u8]) -> Result<(), CommError> {
        let is_root = self.comm().rank() == root;
        let message = if is_root { Message::copy_from(bytes) } else { Message::empty() };
        let message = self.broadcast(root, message)?;
        if is_root { Ok(()) } else { copy_whole(root, &message, bytes) }
    }

    /// The root's value (encoded by [`wire`]), on every rank; the others pass `None`.
    /// **Collective.**
    ///
    /// # Errors
    /// Those of [`broadcast`](Self::broadcast) and of [`wire::encode`], [`wire::decode`]. A root
    /// that passes `None`, or whose value cannot be encoded, sends nothing that decodes.
    pub fn broadcast_value<T: Serialize + DeserializeOwned>(
        &self,
        root: usize,
        value: Option<&T>,
    ) -> Result<T, CommError> {
        let encoded = value.map(wire::encode).transpose();
        let bytes = encoded.as_ref().ok().and_then(Clone::clone).unwrap_or_default();
        let message = self.broadcast(root, bytes)?;
        encoded?;
        wire::decode(&message)
    }
}

impl Comm {
    /// [`Group::broadcast`] to all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn broadcast(&self, root: usize, message: impl Into<Message>) -> Result<Message, CommError> {
        self.all().broadcast(root, message)
    }

    /// [`Group::broadcast_into`] to all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn broadcast_into(&self, root: usize, bytes: &mut [u8]) -> Result<(), CommError> {
        self.all().broadcast_into(root, bytes)
    }

    /// [`Group::broadcast_value`] to all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn broadcast_value<T: Serialize + DeserializeOwned>(
        &self,
        root: usize,
        value: Option<&T>,
    ) -> Result<T, CommError> {
        self.all().broadcast_value(root, value)
    }
}
