//! Frames as MPI messages: what stands at the head of each.

use crate::frame::{Channel, Header};
use crate::stamp::Stamp;

/// Bytes of an MPI message that holds a frame, at most: below the size from which libraries wait for
/// the receiver (4,096 with their own headers), so that who probes one can receive it at once.
pub(super) const FRAME_BYTES: usize = 4032;
/// Bytes that stand before the body.
pub(super) const HEAD_BYTES: usize = 32;
/// Bodies up to this size travel in the frame.
pub(super) const BODY_BYTES: usize = FRAME_BYTES - HEAD_BYTES;
/// Bytes that describe a body which follows in messages of its own.
pub(super) const FOLLOWS_BYTES: usize = 24;
/// MPI's tag for frames.
pub(super) const FRAME_TAG: i32 = 0;
/// Tags that every MPI library has: 0..=32767.
const TAGS: u64 = 32_767;
/// Bodies of one sender that may be numbered apart by their tags.
pub(super) const DISTINCT_BODIES: u64 = TAGS - 1;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The body follows the head in the same message.
    Whole = 0,
    /// The body comes in messages of its own, described by a [`Follows`].
    Follows = 1,
    /// The last frame of its sender.
    Goodbye = 2,
    /// Its sender gives up the request of the stamp.
    Abort = 3,
}

/// A body that comes in messages of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Follows {
    /// Counts such bodies from the sender to the receiver.
    pub(super) sequence: u64,
    pub(super) length_bytes: usize,
    /// Bytes of each message but the last.
    pub(super) piece_bytes: usize,
}

/// The MPI tag of body number `sequence`.
pub(super) fn body_tag(sequence: u64) -> i32 {
    i32::try_from(sequence % TAGS).map_or(1, |tag| tag + 1)
}

/// Writes the head.
pub(super) fn write_head(kind: Kind, header: &Header, target: &mut [u8; HEAD_BYTES]) {
    target[..8].copy_from_slice(&header.context.to_le_bytes());
    target[8..16].copy_from_slice(&header.stamp.epoch.to_le_bytes());
    target[16..24].copy_from_slice(&header.stamp.request.to_le_bytes());
    target[24..28].copy_from_slice(&header.tag.to_le_bytes());
    target[28..].copy_from_slice(&[header.channel as u8, kind as u8, 0, 0]);
}

/// Reads the head, and gives the rest.
pub(super) fn read_head(message: &[u8]) -> Option<(Kind, Header, &[u8])> {
    let (head, rest) = message.split_first_chunk::<HEAD_BYTES>()?;
    let kind = match head[29] {
        0 => Kind::Whole,
        1 => Kind::Follows,
        2 => Kind::Goodbye,
        3 => Kind::Abort,
        _ => return None,
    };
    let tag = head[24..28].try_into().map(u32::from_le_bytes).ok()?;
    let stamp = Stamp::new(number(&head[8..16])?, number(&head[16..24])?);
    let channel = Channel::from_number(head[28])?;
    Some((kind, Header { context: number(&head[..8])?, channel, tag, stamp }, rest))
}

impl Follows {
    pub(super) fn write(&self) -> [u8; FOLLOWS_BYTES] {
        let mut target = [0; FOLLOWS_BYTES];
        target[..8].copy_from_slice(&self.sequence.to_le_bytes());
        target[8..16].copy_from_slice(&(self.length_bytes as u64).to_le_bytes());
        target[16..].copy_from_slice(&(self.piece_bytes as u64).to_le_bytes());
        target
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (sequence, rest) = bytes.split_at_checked(8)?;
        let (length, piece) = rest.split_at_checked(8)?;
        Some(Self {
            sequence: number(sequence)?,
            length_bytes: usize::try_from(number(length)?).ok()?,
            piece_bytes: usize::try_from(number(piece)?).ok().filter(|&piece| piece > 0)?,
        })
    }

    /// First byte and length of each message.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (usize, usize)> {
        let Self { length_bytes, piece_bytes, .. } = *self;
        let starts = (0..length_bytes).step_by(piece_bytes);
        starts.map(move |start| (start, piece_bytes.min(length_bytes - start)))
    }
}

fn number(bytes: &[u8]) -> Option<u64> {
    bytes.try_into().map(u64::from_le_bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_descriptions_survive() {
        let header = Header {
            context: u64::MAX,
            channel: Channel::Exchange,
            tag: u32::MAX - 1,
            stamp: Stamp::new(1 << 60, 3),
        };
        let mut message = vec![7; HEAD_BYTES + 2];
        if let Some(head) = message.first_chunk_mut() {
            write_head(Kind::Follows, &header, head);
        }
        assert_eq!(read_head(&message), Some((Kind::Follows, header, &[7, 7][..])));
        assert_eq!(read_head(&message[..HEAD_BYTES - 1]), None);
        let follows = Follows { sequence: 9, length_bytes: 10, piece_bytes: 4 };
        assert_eq!(Follows::read(&follows.write()), Some(follows));
        assert_eq!(follows.pieces().collect::<Vec<_>>(), [(0, 4), (4, 4), (8, 2)]);
        assert_eq!(Follows::read(&[0; 24]), None);
    }

    #[test]
    fn tags_stay_within_what_every_library_has() {
        for sequence in [0, 1, 32_765, 32_766, 32_767, u64::MAX] {
            assert!((1..=32_767).contains(&body_tag(sequence)));
        }
    }
}
