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
            AxisMap::BlockCyclic(_) => {
                self.as_dyn().as_regular().is_some_and(|map| map.has_one_interval_per_part())
            }
            AxisMap::Unstructured(_) => false,
        }
    }
}
