//! Runs of ghost cells: what of one axis comes from one part.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// Cells of one axis that follow each other in a padded block and lie evenly in their owner's.
///
/// Cell `i` is local index `source + i * step` of the owner and index `target + i` of the padded block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HaloRun {
    /// Number of cells.
    pub length: usize,
    /// Local index of the first at its owner.
    pub source: usize,
    /// 1, -1 for reflected cells, 0 where an axis of one cell is reflected.
    pub step: isize,
    /// Index of the first in the padded block.
    pub target: usize,
}

impl HaloRun {
    /// The (owner's, padded) indices of its cells, in order.
    pub fn elements(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let run = *self;
        (0..run.length).map(move |index| {
            (run.source.wrapping_add_signed(run.step.wrapping_mul(index.cast_signed())), run.target + index)
        })
    }
}

/// The runs of one axis; few stay inside, without an allocation.
pub type HaloRuns = SmallVec<[HaloRun; 2]>;
