//! `Replicated`: an axis that is not distributed; one part holds all of it.

use serde::{Deserialize, Serialize};

use crate::axis::AxisRange;
use crate::axis::index_map::IndexMap;
use crate::axis::segment::{Interval, Segment};
use crate::digest::Digest;

/// Letter `n`: one part holds the whole axis, local indices are global ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Replicated {
    length: usize,
}

impl Replicated {
    pub(crate) fn new(length: usize) -> Self {
        Replicated { length }
    }

    /// The map of a non-trivial slice, whose range has been checked.
    pub(crate) fn slice(&self, range: &AxisRange) -> Self {
        Replicated::new(range.count)
    }
}

impl IndexMap for Replicated {
    fn length(&self) -> usize {
        self.length
    }

    fn parts(&self) -> usize {
        1
    }

    fn letter(&self) -> char {
        'n'
    }

    fn count(&self, _part: usize) -> usize {
        self.length
    }

    fn segment(&self, global: usize) -> Segment {
        Segment { part: 0, local: global, stop: self.length }
    }

    fn next(&self, _part: usize, from: usize) -> Option<Interval> {
        (from < self.length).then_some(Interval { start: from, stop: self.length, local: from })
    }

    fn global(&self, _part: usize, local: usize) -> usize {
        local
    }

    fn period(&self) -> usize {
        1
    }

    fn per_period(&self, _part: usize) -> usize {
        1
    }

    fn segments_in(&self, _window: usize) -> u128 {
        1
    }

    fn digest_into(&self, digest: &mut Digest) {
        digest.number(self.length);
    }
}
