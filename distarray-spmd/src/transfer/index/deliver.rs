//! Delivering: lists of any lengths from every rank to some others, with messages to those alone that get something.

use crate::{Error, Worker};
use distarray_comm::{Message, Parcel};
use std::ops::Range;

/// Tells every rank a number, and learns what every rank has told this one. **Collective** over all ranks.
///
/// # Errors
/// What the transport reports.
///
/// # Cost
/// A message of 8 bytes to every other rank.
pub(super) fn tell(worker: &Worker, numbers: &[usize]) -> Result<Vec<usize>, Error> {
    let parts = numbers.iter().map(|number| Message::copy_from(&(*number as u64).to_le_bytes())).collect();
    let told = worker.comm().all_to_all(parts)?;
    let number = |bytes: &Message| {
        let bytes = bytes.as_bytes().try_into().map(u64::from_le_bytes).unwrap_or(0);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    };
    Ok(told.iter().map(number).collect())
}

/// A stretch of bytes for a rank, or from it.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) rank: usize,
    pub(super) bytes: Range<usize>,
}

impl Stretch {
    fn parcel(&self) -> Parcel {
        Parcel { peer: self.rank, bytes: self.bytes.len() }
    }
}

/// Hands out stretches of `from` and puts what comes to stretches of `to`. **Collective** over ranks that have something
/// for each other.
///
/// # Errors
/// What the transport reports.
///
/// # Cost
/// A message for each stretch that is not empty.
pub(super) fn deliver(
    worker: &Worker,
    from: &[u8],
    sends: &[Stretch],
    to: &mut [u8],
    receives: &[Stretch],
) -> Result<(), Error> {
    let parcels = |stretches: &[Stretch]| stretches.iter().map(Stretch::parcel).collect::<Vec<_>>();
    worker.comm().exchange(
        &parcels(sends),
        &parcels(receives),
        &mut |index, offset, piece| {
            let start = sends[index].bytes.start + offset;
            piece.copy_from_slice(&from[start..start + piece.len()]);
        },
        &mut |index, offset, piece| {
            let start = receives[index].bytes.start + offset;
            to[start..start + piece.len()].copy_from_slice(piece);
        },
    )?;
    Ok(())
}

/// Stretches one after the other, for ranks other than `own`, of so many bytes each.
pub(super) fn stretches(sizes: impl Iterator<Item = (usize, usize)>, own: usize) -> Vec<Stretch> {
    let mut start = 0;
    let mut found = Vec::new();
    for (rank, bytes) in sizes {
        if rank != own && bytes > 0 {
            found.push(Stretch { rank, bytes: start..start + bytes });
        }
        start += bytes;
    }
    found
}
