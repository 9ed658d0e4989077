//! `BlockCyclic`: blocks dealt out round and round the parts; cyclic is a block size of 1.

use serde::{Deserialize, Serialize};

use crate::axis::AxisRange;
use crate::axis::regular::Regular;
use crate::axis::regular_map::RegularMap;
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

    /// The map of a non-trivial slice, whose range has been checked.
    pub(crate) fn slice(&self, range: &AxisRange) -> Self {
        BlockCyclic(self.0.slice(range))
    }
}

impl RegularMap for BlockCyclic {
    const LETTER: char = 'c';

    fn regular(&self) -> &Regular {
        &self.0
    }
}
