//! `BlockCyclic`: blocks dealt out round and round the parts; cyclic is a block size of 1.

use serde::{Deserialize, Serialize};

use crate::axis::index_map::{IndexMap, Interval, Segment};
use crate::axis::regular::Regular;
use crate::axis::{AxisMap, AxisRange};
use crate::digest::Digest;
use crate::error::MapError;

/// Letter `c`: index `g` lies in block `g / block_size`; block `k` goes to part `k % parts`. Also any slice of that.
///
/// # Source
/// ScaLAPACK Users' Guide, chapter 4 (block-cyclic data distribution).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockCyclic(Regular);

impl BlockCyclic {
    pub(crate) fn new(length: usize, parts: usize, block_size: usize) -> Result<Self, MapError> {
        Regular::new(length, parts, block_size).map(BlockCyclic)
    }

    /// The size of the blocks; of a slice, that of the blocks of its base after what step and size have in common is divided out.
    pub fn block_size(&self) -> usize {
        self.0.block_size()
    }

    /// Where index 0 stands on the cycle of `block_size * parts` positions; 0 unless this is a slice.
    pub fn offset(&self) -> usize {
        self.0.offset()
    }

    /// The distance of neighbouring indices on that cycle; 1 unless this is a slice (or the cycle has one position).
    pub fn step(&self) -> isize {
        self.0.step()
    }
}

impl IndexMap for BlockCyclic {
    fn length(&self) -> usize {
        self.0.length()
    }

    fn parts(&self) -> usize {
        self.0.parts()
    }

    fn letter(&self) -> char {
        'c'
    }

    fn count(&self, part: usize) -> usize {
        self.0.count(part)
    }

    fn segment(&self, global: usize) -> Segment {
        self.0.segment(global)
    }

    fn next(&self, part: usize, from: usize) -> Option<Interval> {
        self.0.next(part, from)
    }

    fn global(&self, part: usize, local: usize) -> usize {
        self.0.global(part, local)
    }

    fn period(&self) -> usize {
        self.0.period()
    }

    fn per_period(&self, part: usize) -> usize {
        self.0.per_period(part)
    }

    fn segments_in(&self, window: usize) -> u128 {
        self.0.segments_in(window)
    }

    fn slice(&self, range: &AxisRange) -> AxisMap {
        AxisMap::BlockCyclic(BlockCyclic(self.0.slice(range)))
    }

    fn as_regular(&self) -> Option<&Regular> {
        Some(&self.0)
    }

    fn digest_into(&self, digest: &mut Digest) {
        self.0.digest_into(digest);
    }
}
