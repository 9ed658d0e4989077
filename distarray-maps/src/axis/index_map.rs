//! `IndexMap`: the questions every axis map answers. What is asked with an index or a part is within range.

use crate::axis::regular::Regular;
use crate::axis::{AxisMap, AxisRange};
use crate::digest::Digest;

/// Consecutive global indices of one part, whose local indices are consecutive too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// First global index.
    pub start: usize,
    /// The global index after the last.
    pub stop: usize,
    /// Local index of the first.
    pub local: usize,
}

/// What begins at a global index: who owns it, where, and up to which index that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) part: usize,
    pub(crate) local: usize,
    pub(crate) stop: usize,
}

/// One axis cut into parts.
///
/// *Segments* are maximal: the index after a segment belongs to another part, or does not follow in the local order.
/// The cut repeats every `period` indices (a period of at least the length means that it does not), and each
/// part's local indices grow by `per_period` from one period to the next.
pub(crate) trait IndexMap {
    fn length(&self) -> usize;
    fn parts(&self) -> usize;
    fn letter(&self) -> char;
    fn count(&self, part: usize) -> usize;
    /// The segment from `global` on.
    fn segment(&self, global: usize) -> Segment;
    /// What `part` holds first at or after `from`, to the end of its segment.
    fn next(&self, part: usize, from: usize) -> Option<Interval>;
    fn global(&self, part: usize, local: usize) -> usize;
    /// The period of the cut; at least the length if it has none.
    fn period(&self) -> usize;
    /// How many indices of each full period `part` holds. Asked only of maps whose period is below their length.
    fn per_period(&self, part: usize) -> usize;
    /// About how many segments there are in the first `window` indices; the same for equal maps.
    fn segments_in(&self, window: usize) -> u128;
    /// The map of a non-trivial slice, whose range has been checked.
    fn slice(&self, range: &AxisRange) -> AxisMap;
    fn as_regular(&self) -> Option<&Regular> {
        None
    }
    fn digest_into(&self, digest: &mut Digest);
}
