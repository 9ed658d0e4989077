//! Patches: a target block as boxes, each of which comes from one place.

use crate::axis::AxisMap;
use crate::distribution::Distribution;
use crate::grid::Coords;
use crate::schedule::Schedule;
use crate::schedule::transfer::Transfer;

/// A box of a target block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Local index of its first element on each axis of the target block.
    pub starts: Coords,
    /// Its length on each axis.
    pub lengths: Coords,
    /// Local index of its first element on each axis of the source block.
    pub source_starts: Coords,
}

impl Patch {
    fn of(transfer: &Transfer) -> Self {
        let first = |place: fn(&crate::Run) -> usize| -> Coords {
            transfer.axes.iter().map(|runs| runs.iter().map(place).min().unwrap_or(0)).collect()
        };
        let lengths =
            transfer.axes.iter().map(|runs| runs.iter().map(|run| run.length * run.repeats).sum()).collect();
        Patch { starts: first(|run| run.target), lengths, source_starts: first(|run| run.source) }
    }
}

impl Schedule {
    /// What the rank takes from itself as a box of the target block, what it receives from each other rank, and the
    /// schedule of the receives alone, with indices that count from the beginning of each box.
    ///
    /// The distributions must [meet in boxes](Distribution::meets_in_boxes).
    #[must_use]
    pub fn into_patches(mut self) -> (Schedule, Option<Patch>, Vec<Patch>) {
        let local = self.local.take().map(|transfer| Patch::of(&transfer));
        let patches: Vec<Patch> = self.receives.iter().map(Patch::of).collect();
        for (transfer, patch) in self.receives.iter_mut().zip(&patches) {
            for (runs, start) in transfer.axes.iter_mut().zip(&patch.starts) {
                runs.iter_mut().for_each(|run| run.target -= start);
            }
        }
        (self, local, patches)
    }
}

impl Distribution {
    /// Whether what a block of `target` has in common with a block of this distribution is a box of both: every axis is
    /// cut into one block per part in both, or in the same way.
    #[must_use]
    pub fn meets_in_boxes(&self, target: &Distribution) -> bool {
        let in_boxes = |(own, other): (&AxisMap, &AxisMap)| {
            own.same_placement(other) || own.has_one_block_per_part() && other.has_one_block_per_part()
        };
        self.shape() == target.shape() && self.axes().iter().zip(target.axes()).all(in_boxes)
    }
}

impl AxisMap {
    /// Whether no part has more than one block of consecutive indices. Answers `false` for unstructured axes.
    fn has_one_block_per_part(&self) -> bool {
        match self {
            AxisMap::Replicated(_) | AxisMap::Block(_) => true,
            AxisMap::BlockCyclic(_) => self.as_dyn().period() >= self.length(),
            AxisMap::Unstructured(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grid;
    use crate::axis::AxisRange;

    /// Every element of every target block lies in one patch, where its source has it.
    #[test]
    fn patches_cover_the_target() {
        let block = |bounds: &[usize]| AxisMap::block_with_bounds(bounds).expect("bounds");
        let long = AxisMap::block(13, 3).expect("blocks");
        let range = |start, step, count| AxisRange { start, step, count };
        let maps = [
            block(&[0, 4, 4, 9]),
            AxisMap::block(9, 3).expect("blocks"),
            long.slice(&range(2, 1, 9)).expect("a slice"),
            long.slice(&range(12, -1, 9)).expect("a slice"),
            AxisMap::block_cyclic(9, 3, 4).expect("blocks"),
        ];
        let same = AxisMap::cyclic(5, 2).expect("a map");
        let grid = Grid::row_major(&[3, 2]).expect("a grid");
        for source in &maps {
            for target in &maps {
                let of = |map: &AxisMap| {
                    Distribution::new(&[9, 5], vec![map.clone(), same.clone()], grid.clone())
                        .expect("a distribution")
                };
                let (source, target) = (of(source), of(target));
                assert!(source.meets_in_boxes(&target));
                for rank in 0..6 {
                    let schedule = Schedule::new(&source, &target, rank).expect("one shape");
                    let peers: Vec<usize> =
                        schedule.receives().iter().map(|transfer| transfer.peer).collect();
                    let (_, local, patches) = schedule.into_patches();
                    let places =
                        local.map(|patch| (rank, patch)).into_iter().chain(peers.into_iter().zip(patches));
                    let mut seen = 0;
                    for (peer, patch) in places {
                        for row in 0..patch.lengths[0] {
                            for column in 0..patch.lengths[1] {
                                let to = [patch.starts[0] + row, patch.starts[1] + column];
                                let from = [patch.source_starts[0] + row, patch.source_starts[1] + column];
                                assert_eq!(
                                    target.global_index(rank, &to).expect("inside"),
                                    source.global_index(peer, &from).expect("inside")
                                );
                                seen += 1;
                            }
                        }
                    }
                    assert_eq!(seen, target.local_size(rank));
                }
            }
        }
        let cyclic =
            Distribution::from_spec(&[9, 5], &"c,n".parse().expect("a spec"), 3).expect("a distribution");
        let blocks =
            Distribution::from_spec(&[9, 5], &"b,n".parse().expect("a spec"), 3).expect("a distribution");
        assert!(!cyclic.meets_in_boxes(&blocks) && cyclic.meets_in_boxes(&cyclic));
    }
}
