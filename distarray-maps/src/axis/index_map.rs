//! `IndexMap`: the questions every axis map answers. What is asked with an index or a part is within range.

use crate::axis::regular::Regular;
use crate::axis::segment::{Interval, Segment};
use crate::digest::Digest;

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
    fn as_regular(&self) -> Option<&Regular> {
        None
    }
    fn digest_into(&self, digest: &mut Digest);
}
