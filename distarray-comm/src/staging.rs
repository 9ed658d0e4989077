//! Staging buffers: a fixed number per rank, lent to messages, coming home when those are dropped.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::bell::Bell;

/// Bytes of one staging buffer: the piece in which the exchange moves large transfers. A multiple
/// of every element size, small enough for two of them to stay in a core's second-level cache.
pub const PIECE_BYTES: usize = 256 << 10;

/// Staging buffers per rank for outgoing pieces, and bound of the incoming ones being received at
/// a time: an exchange needs at most `2 * STAGING_PIECES * PIECE_BYTES` (4 MiB) per rank.
pub const STAGING_PIECES: usize = 8;

/// The staging buffers of one rank.
#[derive(Debug)]
pub(crate) struct Staging {
    free: Mutex<Shelf>,
    owner: Arc<dyn Bell>,
}

#[derive(Debug)]
struct Shelf {
    buffers: Vec<Vec<u8>>,
    not_yet_made: usize,
}

/// A staging buffer on loan. Dropping it, on any thread, brings it home and wakes its owner.
#[derive(Debug)]
pub(crate) struct Staged {
    bytes: Vec<u8>,
    home: Weak<Staging>,
}

impl Staging {
    pub(crate) fn new(owner: Arc<dyn Bell>) -> Arc<Self> {
        let shelf = Shelf { buffers: Vec::new(), not_yet_made: STAGING_PIECES };
        Arc::new(Self { free: Mutex::new(shelf), owner })
    }

    /// A buffer of `length` bytes with any contents, or `None` while all are on loan.
    pub(crate) fn borrow(self: &Arc<Self>, length: usize) -> Option<Staged> {
        debug_assert!(length <= PIECE_BYTES);
        let mut bytes = {
            let mut shelf = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            match shelf.buffers.pop() {
                Some(bytes) => bytes,
                None if shelf.not_yet_made > 0 => {
                    shelf.not_yet_made -= 1;
                    Vec::new()
                }
                None => return None,
            }
        };
        if bytes.len() < length {
            bytes.resize(length, 0);
        } else {
            bytes.truncate(length);
        }
        Some(Staged { bytes, home: Arc::downgrade(self) })
    }
}

impl Staged {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn as_bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(home) = self.home.upgrade() {
            let bytes = std::mem::take(&mut self.bytes);
            home.free.lock().unwrap_or_else(PoisonError::into_inner).buffers.push(bytes);
            home.owner.ring();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::Mailbox;

    #[test]
    fn there_are_only_so_many_and_they_come_home() {
        let staging = Staging::new(Arc::new(Mailbox::new()));
        let lent: Vec<Staged> =
            (0..STAGING_PIECES).map(|i| staging.borrow(i + 1).expect("not all lent")).collect();
        assert!(lent.iter().enumerate().all(|(i, staged)| staged.as_bytes().len() == i + 1));
        assert!(staging.borrow(1).is_none());
        drop(lent);
        assert!(staging.borrow(1).is_some());
        let outlives = staging.borrow(3);
        drop(staging);
        drop(outlives);
    }
}
