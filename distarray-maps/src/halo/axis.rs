//! One axis of a padded block: which stretches of it come from which part.

use std::collections::BTreeSet;

use smallvec::SmallVec;

use crate::axis::{AxisMap, IndexMap};
use crate::halo::margin::{Boundary, Margin};
use crate::halo::run::HaloRun;

/// A run of one axis and the part that owns its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OwnedRun {
    pub(super) part: usize,
    pub(super) run: HaloRun,
}

/// Consecutive cells of the padded axis in global indices that rise, fall, or stay.
struct Stretch {
    global: usize,
    step: isize,
    length: usize,
}

/// What one part has of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AxisHalo {
    /// Global index of the first own cell.
    start: usize,
    /// Own cells.
    pub(super) count: usize,
    /// Ghost cells before them.
    pub(super) before: usize,
    /// Ghost cells after them.
    pub(super) after: usize,
    /// Length of the axis.
    length: usize,
    boundary: Boundary,
}

impl AxisHalo {
    pub(super) fn new(map: &AxisMap, margin: &Margin, part: usize) -> Self {
        let (length, boundary, count) = (map.length(), margin.boundary, map.count(part));
        if count == 0 || !margin.is_wide() {
            // Not widened: local indices are all that counts, and they may be of any kind of map.
            return Self { start: 0, count, before: 0, after: 0, length, boundary };
        }
        let start = map.as_dyn().next(part, 0).map_or(0, |interval| interval.start);
        let (before, after) = match boundary {
            Boundary::None => (margin.before.min(start), margin.after.min(length - start - count)),
            Boundary::Constant | Boundary::Periodic | Boundary::Reflect => (margin.before, margin.after),
        };
        Self { start, count, before, after, length, boundary }
    }

    /// See [`Halo::surrounded`](crate::Halo::surrounded).
    pub(super) fn surrounded(&self, margin: &Margin) -> (usize, usize) {
        if self.boundary != Boundary::None || !margin.is_wide() {
            return (0, self.count);
        }
        let first = margin.before.saturating_sub(self.start).min(self.count);
        let end = (self.length.saturating_sub(margin.after)).saturating_sub(self.start).min(self.count);
        (first, end.max(first))
    }

    /// The runs that fill the padded axis of `part`, in order of their places in it.
    pub(super) fn runs(&self, map: &AxisMap, part: usize) -> SmallVec<[OwnedRun; 3]> {
        let mut runs = SmallVec::new();
        if self.count == 0 {
            return runs;
        }
        if self.before + self.after == 0 {
            let run = HaloRun { length: self.count, source: 0, step: 1, target: 0 };
            runs.push(OwnedRun { part, run });
            return runs;
        }
        let map = map.as_dyn();
        let padded = self.before + self.count + self.after;
        let mut target = 0;
        while target < padded {
            let Some(stretch) = self.stretch(target, padded - target) else {
                if target + self.start >= self.before {
                    break;
                }
                target = self.before - self.start;
                continue;
            };
            target += push_owned(&mut runs, map, &stretch, target);
        }
        runs
    }

    /// What stands at place `target` of the padded axis, and how far that goes on, for at most `limit` cells; `None` for a
    /// cell that nobody owns.
    fn stretch(&self, target: usize, limit: usize) -> Option<Stretch> {
        let (length, shift) = (self.length.cast_signed(), self.before.cast_signed());
        let index = self.start.cast_signed() + target.cast_signed() - shift;
        let rising = |global: isize, end: isize| Stretch {
            global: global.cast_unsigned(),
            step: 1,
            length: limit.min((end - global).cast_unsigned()),
        };
        if (0..length).contains(&index) {
            return Some(rising(index, length));
        }
        match self.boundary {
            Boundary::None | Boundary::Constant => None,
            Boundary::Periodic => Some(rising(index.rem_euclid(length), length)),
            Boundary::Reflect if length == 1 => Some(Stretch { global: 0, step: 0, length: 1 }),
            Boundary::Reflect => {
                let period = 2 * (length - 1);
                let place = index.rem_euclid(period);
                if place < length - 1 {
                    return Some(rising(place, length - 1));
                }
                let global = (period - place).cast_unsigned();
                Some(Stretch { global, step: -1, length: limit.min(global) })
            }
        }
    }
}

/// Appends the beginning of a stretch that one part owns; says how many cells that is.
fn push_owned(
    runs: &mut SmallVec<[OwnedRun; 3]>,
    map: &dyn IndexMap,
    stretch: &Stretch,
    target: usize,
) -> usize {
    let segment = map.segment(stretch.global);
    let length = match stretch.step {
        1 => stretch.length.min(segment.stop - stretch.global),
        -1 => stretch.length.min(segment.local + 1),
        _ => 1,
    };
    let run = HaloRun { length, source: segment.local, step: stretch.step, target };
    let next = OwnedRun { part: segment.part, run };
    if !runs.last_mut().is_some_and(|last| last.absorb(&next)) {
        runs.push(next);
    }
    length
}

impl OwnedRun {
    /// Takes `next` into this run if together they are one.
    fn absorb(&mut self, next: &OwnedRun) -> bool {
        let end =
            self.run.source.wrapping_add_signed(self.run.step.wrapping_mul(self.run.length.cast_signed()));
        let follows = self.part == next.part && self.run.step == next.run.step && end == next.run.source;
        if follows {
            self.run.length += next.run.length;
        }
        follows
    }
}

/// The parts whose padded axis may need cells of `part`, in increasing order; more rather than fewer.
pub(super) fn readers(map: &AxisMap, margin: &Margin, part: usize) -> BTreeSet<usize> {
    let mut readers = BTreeSet::from([part]);
    let own = AxisHalo::new(map, margin, part);
    if own.count == 0 || !margin.is_wide() {
        return readers;
    }
    let (length, start, count) =
        (map.length().cast_signed(), own.start.cast_signed(), own.count.cast_signed());
    let (before, after) = (margin.before.cast_signed(), margin.after.cast_signed());
    let mut add = |first: isize| {
        // Whoever owns a cell from `after` before the first to `before` after the last.
        let mut index = (first - after).max(0);
        let end = (first + count + before).min(length);
        while index < end {
            let segment = map.as_dyn().segment(index.cast_unsigned());
            readers.insert(segment.part);
            index = segment.stop.cast_signed();
        }
    };
    match own.boundary {
        Boundary::None | Boundary::Constant => add(start),
        Boundary::Periodic => images(start, length, before, after, length).for_each(add),
        Boundary::Reflect => {
            let period = (2 * (length - 1)).max(1);
            images(start, period, before, after, length).for_each(&mut add);
            images(1 - start - count, period, before, after, length).for_each(add);
        }
    }
    readers
}

/// The places at distances of `period` from which a stretch that begins at `first` may be read.
fn images(
    first: isize,
    period: isize,
    before: isize,
    after: isize,
    length: isize,
) -> impl Iterator<Item = isize> {
    let (low, high) = (-before - length, 2 * length + after);
    let begin = low + (first - low).rem_euclid(period);
    (begin..high).step_by(period.cast_unsigned())
}
