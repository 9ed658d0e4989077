//! Which parcels are under way, and how far: the first unfinished one of each peer.

use std::collections::{BTreeMap, VecDeque};

/// One transfer of an exchange: how many bytes go to, or come from, which rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parcel {
    /// The other rank; this rank itself is allowed.
    pub peer: usize,
    /// Bytes of the whole transfer. Nothing is sent for 0.
    pub bytes: usize,
}

/// How far the parcels of one direction have come.
#[derive(Debug)]
pub(super) struct Progress<'a> {
    parcels: &'a [Parcel],
    /// Indices of parcels under way, and bytes done; at most one for each peer.
    active: VecDeque<(usize, usize)>,
    /// Parcels that follow, in order, per peer.
    later: BTreeMap<usize, VecDeque<usize>>,
}

impl<'a> Progress<'a> {
    pub(super) fn new(parcels: &'a [Parcel]) -> Self {
        let mut later: BTreeMap<usize, VecDeque<usize>> = BTreeMap::new();
        for (index, parcel) in parcels.iter().enumerate() {
            if parcel.bytes > 0 {
                later.entry(parcel.peer).or_default().push_back(index);
            }
        }
        let mut active: Vec<usize> = later.values_mut().filter_map(VecDeque::pop_front).collect();
        // In the caller's order, not the peers': ranks that start with different peers collide less.
        active.sort_unstable();
        later.retain(|_, queue| !queue.is_empty());
        Self { parcels, active: active.into_iter().map(|index| (index, 0)).collect(), later }
    }

    pub(super) fn is_over(&self) -> bool {
        self.active.is_empty()
    }

    /// The parcel under way at `turn`: its index, itself, bytes done.
    pub(super) fn active(&self, turn: usize) -> Option<(usize, Parcel, usize)> {
        let &(index, offset) = self.active.get(turn)?;
        Some((index, self.parcels[index], offset))
    }

    /// Notes `length` more bytes of the parcel at `turn`. True if it is finished: then the next
    /// parcel of the same peer, or else that of the next turn, stands in its place.
    pub(super) fn advance(&mut self, turn: usize, length: usize) -> bool {
        let Some(entry) = self.active.get_mut(turn) else {
            return false;
        };
        entry.1 += length;
        let parcel = self.parcels[entry.0];
        if entry.1 < parcel.bytes {
            return false;
        }
        match self.later.get_mut(&parcel.peer).and_then(VecDeque::pop_front) {
            Some(next) => *entry = (next, 0),
            None => drop(self.active.remove(turn)),
        }
        true
    }

    /// Lets another parcel be first.
    pub(super) fn rotate(&mut self) {
        if self.active.len() > 1 {
            self.active.rotate_left(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parcels_of_one_peer_go_one_after_the_other() {
        let parcel = |peer, bytes| Parcel { peer, bytes };
        let parcels = [parcel(2, 5), parcel(0, 7), parcel(2, 0), parcel(2, 1)];
        let mut progress = Progress::new(&parcels);
        assert_eq!(progress.active(0), Some((0, parcels[0], 0)));
        assert_eq!(progress.active(1), Some((1, parcels[1], 0)));
        assert_eq!(progress.active(2), None);
        assert!(!progress.advance(0, 3));
        assert!(progress.advance(0, 2));
        assert_eq!(progress.active(0), Some((3, parcels[3], 0)));
        assert!(progress.advance(0, 1));
        assert_eq!(progress.active(0), Some((1, parcels[1], 0)));
        assert!(progress.advance(0, 7));
        assert!(progress.is_over());
    }
}
