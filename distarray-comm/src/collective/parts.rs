//! `Parts`: one run of bytes per rank, held together, and how they travel in one message.

use std::ops::Index;

use crate::error::CommError;

/// Bytes of the length that stands before each part on the wire.
pub(crate) const LENGTH_BYTES: usize = 8;

/// One run of bytes per rank of a group, in rank order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    bytes: Vec<u8>,
    /// Where each part ends in `bytes`.
    ends: Vec<usize>,
}

impl Parts {
    /// Number of parts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True without parts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The part at `position`, if there is one.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<&[u8]> {
        let end = *self.ends.get(position)?;
        let start = if position == 0 { 0 } else { self.ends[position - 1] };
        Some(&self.bytes[start..end])
    }

    /// The parts in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|position| &self[position])
    }

    /// All bytes, part after part.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All bytes, part after part.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn push(&mut self, part: &[u8]) {
        self.bytes.extend_from_slice(part);
        self.ends.push(self.bytes.len());
    }

    /// Writes the parts at `positions`: their lengths, then their bytes.
    pub(crate) fn pack(&self, positions: impl Iterator<Item = usize> + Clone) -> Vec<u8> {
        pack(positions.map(|position| &self[position]))
    }

    /// Appends `count` parts from a message made by `pack`.
    pub(crate) fn unpack(&mut self, from: usize, count: usize, message: &[u8]) -> Result<(), CommError> {
        let mismatch = |expected: usize| CommError::SizeMismatch {
            from,
            expected_bytes: expected as u64,
            received_bytes: message.len() as u64,
        };
        let heads = count * LENGTH_BYTES;
        let (lengths, bytes) = message.split_at_checked(heads).ok_or_else(|| mismatch(heads))?;
        let mut end = self.bytes.len();
        for length in lengths.chunks_exact(LENGTH_BYTES) {
            let mut number = [0; LENGTH_BYTES];
            number.copy_from_slice(length);
            let length = usize::try_from(u64::from_le_bytes(number)).unwrap_or(usize::MAX);
            end = end.saturating_add(length);
            self.ends.push(end);
        }
        self.bytes.extend_from_slice(bytes);
        if end != self.bytes.len() {
            return Err(mismatch(end));
        }
        Ok(())
    }

    /// The same parts, the first `first` of them moved to the end.
    pub(crate) fn rotated(&self, first: usize) -> Self {
        let mut rotated =
            Self { bytes: Vec::with_capacity(self.bytes.len()), ends: Vec::with_capacity(self.len()) };
        for position in 0..self.len() {
            rotated.push(&self[(first + position) % self.len()]);
        }
        rotated
    }
}

impl Index<usize> for Parts {
    type Output = [u8];

    /// # Panics
    /// If there is no such part.
    fn index(&self, position: usize) -> &[u8] {
        let start = if position == 0 { 0 } else { self.ends[position - 1] };
        &self.bytes[start..self.ends[position]]
    }
}

/// Writes parts: their lengths, then their bytes.
pub(crate) fn pack<'a>(parts: impl Iterator<Item = &'a [u8]> + Clone) -> Vec<u8> {
    let total: usize = parts.clone().map(|part| part.len() + LENGTH_BYTES).sum();
    let mut message = Vec::with_capacity(total);
    for part in parts.clone() {
        message.extend_from_slice(&(part.len() as u64).to_le_bytes());
    }
    for part in parts {
        message.extend_from_slice(part);
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_travel_and_lies_are_refused() {
        let mut parts = Parts::default();
        for part in [&b"one"[..], b"", b"three"] {
            parts.push(part);
        }
        let message = parts.pack(0..3);
        let mut copy = Parts::default();
        copy.unpack(0, 3, &message).expect("right");
        assert_eq!(copy, parts);
        assert_eq!(&copy[2], b"three");
        assert_eq!(copy.get(3), None);
        assert_eq!(copy.rotated(2).as_bytes(), b"threeone");
        for wrong in [&message[..message.len() - 1], &message[..10]] {
            assert!(Parts::default().unpack(0, 3, wrong).is_err());
        }
        let huge = u64::MAX.to_le_bytes();
        assert!(Parts::default().unpack(0, 1, &huge).is_err());
    }
}
