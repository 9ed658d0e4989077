//! `Message`: the bytes of one message, owned; small ones without an allocation.

use std::ops::Deref;
use std::sync::Arc;

use distarray_core::Buffer;

use crate::staging::Staged;

/// Bytes up to this many travel inside the message itself.
pub const INLINE_BYTES: usize = 64;

/// The bytes of one message. Dereferences to `[u8]`.
///
/// How they are held is the transport's business: in place when there are few, in a vector that was
/// moved from the sender, shared between the receivers of a broadcast, or in one of the sender's
/// staging buffers, which goes home when the message is dropped.
#[derive(Debug, Clone)]
pub struct Message {
    body: Body,
}

#[derive(Debug)]
enum Body {
    Inline { length: u8, bytes: [u8; INLINE_BYTES] },
    Vector { bytes: Vec<u8>, start: usize },
    Shared(Arc<Vec<u8>>),
    Buffer(Buffer),
    Staged(Staged),
}

impl Message {
    /// A message without bytes.
    #[must_use]
    pub const fn empty() -> Self {
        Self { body: Body::Inline { length: 0, bytes: [0; INLINE_BYTES] } }
    }

    /// Copies `bytes`; does not allocate for [`INLINE_BYTES`] or fewer.
    #[must_use]
    pub fn copy_from(bytes: &[u8]) -> Self {
        match u8::try_from(bytes.len()) {
            Ok(length) if bytes.len() <= INLINE_BYTES => {
                let mut inline = [0; INLINE_BYTES];
                inline[..bytes.len()].copy_from_slice(bytes);
                Self { body: Body::Inline { length, bytes: inline } }
            }
            _ => Self { body: Body::Vector { bytes: bytes.to_vec(), start: 0 } },
        }
    }

    /// The bytes of `bytes` from `start` on, without copying them.
    #[must_use]
    pub(crate) fn from_vec_at(bytes: Vec<u8>, start: usize) -> Self {
        debug_assert!(start <= bytes.len());
        Self { body: Body::Vector { bytes, start } }
    }

    /// Bytes that several ranks of one process hold together.
    #[must_use]
    pub fn shared(bytes: Arc<Vec<u8>>) -> Self {
        Self { body: Body::Shared(bytes) }
    }

    pub(crate) fn staged(staged: Staged) -> Self {
        Self { body: Body::Staged(staged) }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.body {
            Body::Inline { length, bytes } => &bytes[..usize::from(*length)],
            Body::Vector { bytes, start } => &bytes[*start..],
            Body::Shared(bytes) => bytes,
            Body::Buffer(buffer) => buffer.as_bytes(),
            Body::Staged(staged) => staged.as_bytes(),
        }
    }

    /// The bytes as a vector; copies only if they were inline, shared or staged.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        match self.body {
            Body::Vector { mut bytes, start } => {
                if start > 0 {
                    bytes.drain(..start);
                }
                bytes
            }
            Body::Shared(bytes) => Arc::try_unwrap(bytes).unwrap_or_else(|bytes| bytes.to_vec()),
            _ => self.as_bytes().to_vec(),
        }
    }

    /// The same bytes, held so that clones share them: what a broadcast passes on.
    #[must_use]
    pub(crate) fn into_shared(self) -> Self {
        match self.body {
            Body::Vector { .. } | Body::Buffer(_) | Body::Staged(_) => {
                Self::shared(Arc::new(self.into_vec()))
            }
            _ => self,
        }
    }

    /// The vector inside, if there is one, to be used again for another message.
    pub(crate) fn into_spare(self) -> Option<Vec<u8>> {
        match self.body {
            Body::Vector { bytes, .. } => Some(bytes),
            _ => None,
        }
    }
}

impl Body {
    fn copy(bytes: &[u8]) -> Self {
        Self::Vector { bytes: bytes.to_vec(), start: 0 }
    }
}

impl Clone for Body {
    fn clone(&self) -> Self {
        match self {
            Self::Inline { length, bytes } => Self::Inline { length: *length, bytes: *bytes },
            Self::Vector { bytes, start } => Self::copy(&bytes[*start..]),
            Self::Shared(bytes) => Self::Shared(Arc::clone(bytes)),
            Self::Buffer(buffer) => Self::copy(buffer.as_bytes()),
            Self::Staged(staged) => Self::copy(staged.as_bytes()),
        }
    }
}

impl Deref for Message {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from_vec_at(bytes, 0)
    }
}

impl From<Buffer> for Message {
    /// The buffer goes back to its pool when the message is dropped, on whatever rank.
    fn from(buffer: Buffer) -> Self {
        Self { body: Body::Buffer(buffer) }
    }
}

impl From<&[u8]> for Message {
    fn from(bytes: &[u8]) -> Self {
        Self::copy_from(bytes)
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Message {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_messages_are_inline_and_large_ones_are_not() {
        for length in [0, 1, INLINE_BYTES, INLINE_BYTES + 1, 1000] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            let message = Message::copy_from(&bytes);
            assert_eq!(message.as_bytes(), &bytes[..]);
            assert_eq!(message.clone().into_vec(), bytes);
            assert_eq!(message.clone().into_shared().into_vec(), bytes);
            assert_eq!(message.into_spare().is_none(), length <= INLINE_BYTES);
        }
    }

    #[test]
    fn a_message_may_start_inside_its_vector() {
        let message = Message::from_vec_at(vec![9, 9, 1, 2], 2);
        assert_eq!(message.clone(), Message::copy_from(&[1, 2]));
        assert_eq!(message.into_vec(), vec![1, 2]);
    }
}
