//! Buffer: aligned bytes that go back to their pool.

mod memory;
mod pool;
mod room;

use std::fmt;

use crate::element::{self, Element};
use crate::error::ElementError;

pub use memory::ALIGNMENT_BYTES;
use memory::Memory;
pub use pool::{Pool, PoolStatistics};
pub use room::{reserve, room_for};

/// Bytes on the heap, always initialised. Those of a pool are aligned to [`ALIGNMENT_BYTES`] and go back
/// to it when the buffer is dropped, on whatever thread.
pub struct Buffer {
    owner: Owner,
    length: usize,
}

/// Whose the bytes are. A closed list.
enum Owner {
    /// A pool's, which takes them back.
    Pool { memory: Memory, pool: Pool },
    /// A vector that came by message. No pool counts it.
    Vector(Vec<u8>),
}

impl Buffer {
    /// The bytes of a vector, without copying. They are aligned as the vector happens to be.
    #[must_use]
    pub fn from_vec(bytes: Vec<u8>) -> Buffer {
        Buffer { length: bytes.len(), owner: Owner::Vector(bytes) }
    }

    fn of(memory: Memory, length: usize, pool: &Pool) -> Buffer {
        Buffer { owner: Owner::Pool { memory, pool: pool.clone() }, length }
    }

    /// How many bytes this is.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The pool these bytes go back to; nothing for those of a vector.
    #[must_use]
    pub fn pool(&self) -> Option<&Pool> {
        match &self.owner {
            Owner::Pool { pool, .. } => Some(pool),
            Owner::Vector(_) => None,
        }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.owner {
            Owner::Pool { memory, .. } => &memory.as_bytes()[..self.length],
            Owner::Vector(bytes) => bytes,
        }
    }

    /// The bytes, to be changed.
    #[must_use]
    pub fn as_bytes_mut(&mut self) -> &mut [u8] {
        match &mut self.owner {
            Owner::Pool { memory, .. } => &mut memory.as_bytes_mut()[..self.length],
            Owner::Vector(bytes) => bytes,
        }
    }

    /// The bytes as elements.
    ///
    /// # Errors
    /// As [`element::slice_of`].
    pub fn typed<T: Element>(&self) -> Result<&[T], ElementError> {
        element::slice_of(self.as_bytes())
    }

    /// The bytes as elements, to be changed.
    ///
    /// # Errors
    /// As [`element::slice_of`].
    pub fn typed_mut<T: Element>(&mut self) -> Result<&mut [T], ElementError> {
        element::slice_of_mut(self.as_bytes_mut())
    }

    /// A second buffer with the same bytes, from the same pool (from the heap for those of a vector).
    ///
    /// # Errors
    /// [`ElementError::OutOfMemory`].
    pub fn duplicate(&self) -> Result<Buffer, ElementError> {
        match &self.owner {
            Owner::Pool { pool, .. } => {
                let mut copy = pool.allocate(self.length)?;
                copy.as_bytes_mut().copy_from_slice(self.as_bytes());
                Ok(copy)
            }
            Owner::Vector(bytes) => {
                let mut copy = Vec::new();
                copy.try_reserve_exact(bytes.len()).map_err(|_| ElementError::OutOfMemory {
                    requested_bytes: bytes.len() as u64,
                    held_bytes: 0,
                    limit_bytes: None,
                })?;
                copy.extend_from_slice(bytes);
                Ok(Buffer::from_vec(copy))
            }
        }
    }

    /// The bytes as a vector: without copying if they are one, copied otherwise.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<u8> {
        match &mut self.owner {
            Owner::Vector(bytes) => std::mem::take(bytes),
            Owner::Pool { .. } => self.as_bytes().to_vec(),
        }
    }
}

impl Pool {
    /// `bytes` bytes of any value.
    ///
    /// # Errors
    /// [`ElementError::OutOfMemory`] beyond the limit, or if the system has no more.
    ///
    /// # Cost
    /// Little if memory of the same charge is idle; otherwise the system's pages, zeroed at first touch.
    pub fn allocate(&self, bytes: usize) -> Result<Buffer, ElementError> {
        self.take(bytes).map(|(memory, _)| Buffer::of(memory, bytes, self))
    }

    /// `bytes` zero bytes.
    ///
    /// # Errors
    /// As [`Pool::allocate`].
    pub fn allocate_zeroed(&self, bytes: usize) -> Result<Buffer, ElementError> {
        let (memory, is_zero) = self.take(bytes)?;
        let mut buffer = Buffer::of(memory, bytes, self);
        if !is_zero {
            buffer.as_bytes_mut().fill(0);
        }
        Ok(buffer)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let owner = std::mem::replace(&mut self.owner, Owner::Vector(Vec::new()));
        if let Owner::Pool { memory, pool } = owner {
            pool.take_back(memory, self.length);
        }
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        self.as_bytes_mut()
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owner = match &self.owner {
            Owner::Pool { .. } => "pool",
            Owner::Vector(_) => "vector",
        };
        formatter
            .debug_struct("Buffer")
            .field("owner", &owner)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
