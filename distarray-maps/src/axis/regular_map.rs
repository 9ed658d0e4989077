//! `RegularMap`: an axis map that is a `Regular` under a letter, and answers as that does.

use crate::axis::index_map::IndexMap;
use crate::axis::regular::Regular;
use crate::axis::segment::{Interval, Segment};
use crate::digest::Digest;

/// What such a map has of its own.
pub(crate) trait RegularMap {
    const LETTER: char;
    fn regular(&self) -> &Regular;
}

impl<Map: RegularMap> IndexMap for Map {
    fn length(&self) -> usize {
        self.regular().length()
    }

    fn parts(&self) -> usize {
        self.regular().parts()
    }

    fn letter(&self) -> char {
        Self::LETTER
    }

    fn count(&self, part: usize) -> usize {
        self.regular().count(part)
    }

    fn segment(&self, global: usize) -> Segment {
        self.regular().segment(global)
    }

    fn next(&self, part: usize, from: usize) -> Option<Interval> {
        self.regular().next(part, from)
    }

    fn global(&self, part: usize, local: usize) -> usize {
        self.regular().global(part, local)
    }

    fn period(&self) -> usize {
        self.regular().period()
    }

    fn per_period(&self, part: usize) -> usize {
        self.regular().per_period(part)
    }

    fn segments_in(&self, window: usize) -> u128 {
        self.regular().segments_in(window)
    }

    fn as_regular(&self) -> Option<&Regular> {
        Some(self.regular())
    }

    fn digest_into(&self, digest: &mut Digest) {
        self.regular().digest_into(digest);
    }
}
