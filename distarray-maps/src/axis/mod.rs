//! `AxisMap`: the closed list of ways to cut one axis into parts.

mod block;
mod block_cyclic;
mod bounds;
mod index_map;
mod index_set;
mod range;
mod regular;
mod regular_map;
mod replicated;
mod segment;
mod segments;
mod unstructured;

pub use block::Block;
pub use block_cyclic::BlockCyclic;
pub(crate) use index_map::IndexMap;
pub use index_set::{IndexRun, IndexSet};
pub use range::{AxisRange, AxisSlice};
pub use replicated::Replicated;
pub use segment::Interval;
pub use segments::AxisSegments;
pub use unstructured::Unstructured;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::MapError;

/// How one axis is cut into parts: what is compared, hashed and sent. Every index belongs to exactly one part.
///
/// The local index of an element is its position among the indices of its part in increasing order; for an
/// unstructured axis its position in the list given for the part.
///
/// # Example
/// ```
/// use distarray_maps::AxisMap;
/// let cyclic = AxisMap::block_cyclic(10, 2, 3)?;          // 0 1 2 | 3 4 5 | 6 7 8 | 9
/// assert_eq!(cyclic.count(0), 6);
/// assert_eq!(cyclic.owner(7), Some((0, 4)));
/// assert_eq!(cyclic.global(1, 3), Some(9));
/// # Ok::<(), distarray_maps::MapError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AxisMap {
    /// Letter `n`: not distributed, one part holds the whole axis.
    Replicated(Replicated),
    /// Letter `b`: one block per part, of even size or by explicit bounds.
    Block(Block),
    /// Letter `c`: blocks dealt out round and round; cyclic with a block size of 1.
    BlockCyclic(BlockCyclic),
    /// Letter `u`: explicit indices for each part.
    Unstructured(Unstructured),
}

impl AxisMap {
    /// The whole axis in one part.
    pub fn replicated(length: usize) -> Self {
        AxisMap::Replicated(Replicated::new(length))
    }

    /// Even blocks of `ceil(length / parts)` indices; the last parts may be shorter or empty.
    ///
    /// # Errors
    /// No parts; a length beyond 2^63.
    pub fn block(length: usize, parts: usize) -> Result<Self, MapError> {
        Block::even(length, parts).map(AxisMap::Block)
    }

    /// One block per part, from each bound to the next; the first bound is 0, the last one the length.
    ///
    /// # Errors
    /// Bounds that do not begin with 0, are fewer than two, or decrease; a length beyond 2^63.
    pub fn block_with_bounds(bounds: &[usize]) -> Result<Self, MapError> {
        Block::with_bounds(bounds).map(AxisMap::Block)
    }

    /// One block `[start, stop)` per part, in increasing order, covering the axis exactly.
    ///
    /// # Errors
    /// Blocks that overlap, leave gaps, or leave the axis; a length beyond 2^63.
    pub fn block_with_intervals(length: usize, intervals: &[(usize, usize)]) -> Result<Self, MapError> {
        Block::with_intervals(length, intervals).map(AxisMap::Block)
    }

    /// Index `g` on part `g % parts`.
    ///
    /// # Errors
    /// No parts; a length beyond 2^63.
    pub fn cyclic(length: usize, parts: usize) -> Result<Self, MapError> {
        Self::block_cyclic(length, parts, 1)
    }

    /// Blocks of `block_size` indices dealt out round and round.
    ///
    /// # Errors
    /// No parts; a block size of 0; a length, or block size times parts, beyond 2^63.
    pub fn block_cyclic(length: usize, parts: usize, block_size: usize) -> Result<Self, MapError> {
        BlockCyclic::new(length, parts, block_size).map(AxisMap::BlockCyclic)
    }

    /// The given indices per part; together they must be `0..n`, each once.
    ///
    /// # Errors
    /// An index that is given twice or lies beyond the number of indices given.
    pub fn unstructured(parts: Vec<Vec<usize>>) -> Result<Self, MapError> {
        Unstructured::new(parts).map(AxisMap::Unstructured)
    }

    /// The given indices per part of an axis of known length.
    ///
    /// # Errors
    /// An index that is given twice, not at all, or lies beyond the length.
    pub fn unstructured_with_length(length: usize, parts: Vec<Vec<usize>>) -> Result<Self, MapError> {
        Unstructured::with_length(length, parts).map(AxisMap::Unstructured)
    }

    /// The number of indices of the axis.
    pub fn length(&self) -> usize {
        self.as_dyn().length()
    }

    /// The number of parts.
    pub fn parts(&self) -> usize {
        self.as_dyn().parts()
    }

    /// The letter of the kind: `n`, `b`, `c` or `u`.
    pub fn letter(&self) -> char {
        self.as_dyn().letter()
    }

    /// How many indices `part` holds; 0 for a part that does not exist.
    pub fn count(&self, part: usize) -> usize {
        let map = self.as_dyn();
        if part < map.parts() { map.count(part) } else { 0 }
    }

    /// The part that holds a global index, and the local index there; `None` outside the axis.
    pub fn owner(&self, global: usize) -> Option<(usize, usize)> {
        let map = self.as_dyn();
        if global >= map.length() {
            return None;
        }
        let segment = map.segment(global);
        Some((segment.part, segment.local))
    }

    /// The global index of a local one; `None` if the part does not hold so many.
    pub fn global(&self, part: usize, local: usize) -> Option<usize> {
        let map = self.as_dyn();
        if part >= map.parts() || local >= map.count(part) {
            return None;
        }
        Some(map.global(part, local))
    }

    /// The blocks of consecutive indices of `part` in increasing order, found one after the other.
    ///
    /// # Cost
    /// No memory; per block at most `O(log)` of the map's parameters.
    pub fn intervals(&self, part: usize) -> impl Iterator<Item = Interval> + '_ {
        let map = self.as_dyn();
        let mut from = if part < map.parts() { 0 } else { map.length() };
        std::iter::from_fn(move || {
            if from >= map.length() {
                return None;
            }
            let interval = map.next(part, from)?;
            from = interval.stop;
            Some(interval)
        })
    }

    /// The part of the axis that a slice shows, cut as this map cuts it: each index stays where it is.
    ///
    /// # Cost
    /// `O(1)`, in time up to a logarithm, for all kinds but unstructured; that is listed anew.
    ///
    /// # Errors
    /// A range that leaves the axis, or has a step of 0. The error says axis 0.
    pub fn slice(&self, range: &AxisRange) -> Result<AxisMap, MapError> {
        range.check(0, self.length())?;
        if range.is_whole(self.length()) {
            return Ok(self.clone());
        }
        Ok(match self {
            AxisMap::Replicated(map) => AxisMap::Replicated(map.slice(range)),
            AxisMap::Block(map) => AxisMap::Block(map.slice(range)),
            AxisMap::BlockCyclic(map) => AxisMap::BlockCyclic(map.slice(range)),
            AxisMap::Unstructured(map) => AxisMap::Unstructured(map.slice(range)),
        })
    }

    /// Whether every part finds the indices of a range at equal distances among its own, so that the slice can be seen
    /// without copying anything: always if each part has one block; for dealt out blocks, if they have one index, or the
    /// range takes neighbours; of unstructured axes if it takes one index, or all as they are.
    pub fn slices_evenly(&self, range: &AxisRange) -> bool {
        match self {
            AxisMap::Replicated(_) | AxisMap::Block(_) => true,
            AxisMap::BlockCyclic(map) => range.count <= 1 || range.step.abs() == 1 || map.block_size() == 1,
            AxisMap::Unstructured(_) => range.count <= 1 || range.is_whole(self.length()),
        }
    }

    /// Whether both maps give every index to the same part at the same local index. The kinds may differ.
    ///
    /// Answers `false` for some equal pairs of slices with unequal descriptions.
    ///
    /// # Cost
    /// `O(1)`, or `O(parts)` where explicit bounds are compared.
    pub fn same_placement(&self, other: &AxisMap) -> bool {
        if self.length() != other.length() || self.parts() != other.parts() {
            return false;
        }
        if self.parts() == 1 && self.keeps_order() && other.keeps_order() || self == other {
            return true;
        }
        match (self.as_dyn().as_regular(), other.as_dyn().as_regular()) {
            (Some(left), Some(right)) => left.reduced() == right.reduced(),
            _ => bounds::same_intervals(self.as_dyn(), other.as_dyn()),
        }
    }

    /// Takes everything that tells this map from others into a digest.
    pub fn digest_into(&self, digest: &mut Digest) {
        digest.word(u64::from(u32::from(self.letter())));
        self.as_dyn().digest_into(digest);
    }

    /// Whether local indices grow with global ones: for all kinds but unstructured.
    fn keeps_order(&self) -> bool {
        !matches!(self, AxisMap::Unstructured(_))
    }

    /// The only `match` over the behaviour of maps, but for that of [`AxisMap::slice`], whose results are of the same
    /// kind.
    pub(crate) fn as_dyn(&self) -> &dyn IndexMap {
        match self {
            AxisMap::Replicated(map) => map,
            AxisMap::Block(map) => map.as_dyn(),
            AxisMap::BlockCyclic(map) => map,
            AxisMap::Unstructured(map) => map,
        }
    }
}
