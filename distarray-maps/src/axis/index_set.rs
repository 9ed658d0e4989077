//! `IndexSet`: the indices of one part as runs, a few numbers however many there are.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::axis::AxisMap;
use crate::schedule::pairs;

/// `repeats` blocks of `length` consecutive indices of one part, with their global and local places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IndexRun {
    /// Indices of one block, consecutive globally and locally.
    pub length: usize,
    /// Number of blocks.
    pub repeats: usize,
    /// Global index where the first block begins.
    pub global: usize,
    /// Global distance between the beginnings of neighbouring blocks.
    pub global_stride: usize,
    /// Local index where the first block begins.
    pub local: usize,
    /// Local distance between the beginnings of neighbouring blocks.
    pub local_stride: usize,
}

/// All indices of one part of an axis, each in exactly one run.
///
/// A regular map gives the blocks of one period, repeated, and what the end of the axis leaves of a last one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndexSet {
    runs: SmallVec<[IndexRun; 1]>,
}

impl IndexSet {
    /// The runs; their order is fixed by the map, but not that of the indices.
    pub fn runs(&self) -> &[IndexRun] {
        &self.runs
    }

    /// The number of indices.
    pub fn count(&self) -> usize {
        self.runs.iter().map(|run| run.length * run.repeats).sum()
    }

    /// All (global, local) pairs, run by run.
    pub fn elements(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.runs.iter().flat_map(|run| {
            (0..run.repeats).flat_map(move |block| {
                let (global, local) =
                    (run.global + block * run.global_stride, run.local + block * run.local_stride);
                (0..run.length).map(move |index| (global + index, local + index))
            })
        })
    }
}

impl AxisMap {
    /// The indices of `part` as runs; empty for a part that does not exist.
    ///
    /// # Cost
    /// Of a regular map, the blocks of one period, or of the whole axis if that is less.
    ///
    /// # Example
    /// ```
    /// use distarray_maps::AxisMap;
    /// let set = AxisMap::block_cyclic(1_000_000_000, 4, 5)?.runs(1);
    /// assert_eq!(set.runs().len(), 1);
    /// assert_eq!((set.runs()[0].global, set.runs()[0].global_stride), (5, 20));
    /// assert_eq!(set.count(), 250_000_000);
    /// # Ok::<(), distarray_maps::MapError>(())
    /// ```
    pub fn runs(&self, part: usize) -> IndexSet {
        let whole = AxisMap::replicated(self.length());
        if part >= self.parts() {
            return IndexSet { runs: SmallVec::new() };
        }
        let partners = pairs::partners(self, &whole, pairs::Own::Source(part));
        let runs = partners.iter().flat_map(|partner| &partner.runs).map(|run| IndexRun {
            length: run.length,
            repeats: run.repeats,
            global: run.target,
            global_stride: run.target_stride,
            local: run.source,
            local_stride: run.source_stride,
        });
        IndexSet { runs: runs.collect() }
    }
}
