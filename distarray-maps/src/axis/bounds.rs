//! `Bounds`: blocks by explicit bounds, and slices of them, which share the list of bounds.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::axis::AxisRange;
use crate::axis::index_map::IndexMap;
use crate::axis::segment::{Interval, Segment};
use crate::digest::Digest;
use crate::error::MapError;
use crate::number::MAXIMUM_LENGTH;

/// Index `g` stands at position `offset + g * step` of the base axis, where part `p` owns `[bounds[p], bounds[p + 1])`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub(crate) struct Bounds {
    bounds: Arc<[usize]>,
    length: usize,
    offset: usize,
    step: isize,
}

impl Bounds {
    pub(crate) fn new(bounds: &[usize]) -> Result<Self, MapError> {
        let length = bounds.last().copied().unwrap_or(0);
        Unchecked { bounds: Arc::from(bounds), length, offset: 0, step: 1 }.try_into()
    }

    /// The map of a non-trivial slice, whose range has been checked.
    pub(crate) fn slice(&self, range: &AxisRange) -> Self {
        let within = AxisRange { start: self.offset, step: self.step, count: self.length };
        let AxisRange { start, step, count } = within.then(range);
        Bounds { bounds: Arc::clone(&self.bounds), length: count, offset: start, step }
    }

    /// The indices `[start, stop)` of a part.
    fn interval(&self, part: usize) -> (usize, usize) {
        let (low, high) = (self.bounds[part], self.bounds[part + 1]);
        let speed = self.step.unsigned_abs();
        let first_from =
            |position: usize| position.saturating_sub(self.offset).div_ceil(speed).min(self.length);
        let first_below = |position: usize| {
            let steps = if self.offset < position { 0 } else { (self.offset - position) / speed + 1 };
            steps.min(self.length)
        };
        if self.step > 0 {
            (first_from(low), first_from(high))
        } else {
            (first_below(high), first_below(low))
        }
    }
}

impl IndexMap for Bounds {
    fn length(&self) -> usize {
        self.length
    }

    fn parts(&self) -> usize {
        self.bounds.len() - 1
    }

    fn letter(&self) -> char {
        'b'
    }

    fn count(&self, part: usize) -> usize {
        let (start, stop) = self.interval(part);
        stop - start
    }

    fn segment(&self, global: usize) -> Segment {
        let position = self.offset.wrapping_add_signed(self.step.wrapping_mul(global.cast_signed()));
        let part = self.bounds.partition_point(|&bound| bound <= position) - 1;
        let (start, stop) = self.interval(part);
        Segment { part, local: global - start, stop }
    }

    fn next(&self, part: usize, from: usize) -> Option<Interval> {
        let (start, stop) = self.interval(part);
        let from = from.max(start);
        (from < stop).then(|| Interval { start: from, stop, local: from - start })
    }

    fn global(&self, part: usize, local: usize) -> usize {
        self.interval(part).0 + local
    }

    fn period(&self) -> usize {
        self.length.max(1)
    }

    fn per_period(&self, part: usize) -> usize {
        self.count(part)
    }

    fn segments_in(&self, _window: usize) -> u128 {
        self.parts() as u128
    }

    fn digest_into(&self, digest: &mut Digest) {
        // No length is so large: what follows cannot be taken for an even map's numbers.
        digest.number(usize::MAX);
        digest.number(self.length);
        digest.number(self.parts());
        for part in 0..self.parts() {
            let (start, stop) = self.interval(part);
            if start < stop {
                digest.number(part);
                digest.number(start);
            }
        }
    }
}

/// Whether two maps give each part one and the same interval, in order.
pub(crate) fn same_intervals(left: &dyn IndexMap, right: &dyn IndexMap) -> bool {
    let whole = |map: &dyn IndexMap, part: usize| {
        let count = map.count(part);
        if count == 0 {
            return Some((0, 0));
        }
        let interval = map.next(part, 0)?;
        (interval.local == 0 && interval.stop - interval.start == count).then_some((interval.start, count))
    };
    let same = |part| {
        let interval = whole(left, part);
        interval.is_some() && interval == whole(right, part)
    };
    left.length() == 0 || (0..left.parts()).all(same)
}

/// Two cuts are equal if each part holds the same interval; the bounds they were sliced from do not matter.
impl PartialEq for Bounds {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length && self.parts() == other.parts() && same_intervals(self, other)
    }
}

impl Eq for Bounds {}

impl Hash for Bounds {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut digest = Digest::new();
        self.digest_into(&mut digest);
        digest.finish().hash(state);
    }
}

/// The same numbers before anybody has looked at them.
#[derive(Deserialize)]
struct Unchecked {
    bounds: Arc<[usize]>,
    length: usize,
    offset: usize,
    step: isize,
}

impl TryFrom<Unchecked> for Bounds {
    type Error = MapError;

    fn try_from(unchecked: Unchecked) -> Result<Self, MapError> {
        let Unchecked { bounds, length, offset, step } = unchecked;
        let (Some(&0), Some(&end)) = (bounds.first(), bounds.get(1..).and_then(<[usize]>::last)) else {
            return Err(MapError::BoundsStart { bounds: bounds.len(), first: bounds.first().copied() });
        };
        if let Some(index) = (1..bounds.len()).find(|&index| bounds[index] < bounds[index - 1]) {
            return Err(MapError::BoundsDecrease {
                index,
                bound: bounds[index],
                previous: bounds[index - 1],
            });
        }
        if end > MAXIMUM_LENGTH {
            return Err(MapError::AxisTooLong { length: end, parts: bounds.len() - 1, block_size: end });
        }
        if step == 0 {
            return Err(MapError::ZeroStep { axis: 0 });
        }
        AxisRange { start: offset, step, count: length }.check(0, end)?;
        Ok(Bounds { bounds, length, offset, step })
    }
}
