//! The pieces of one axis that a part of the source has in common with the parts of the target, or the other way round.

use smallvec::SmallVec;

use crate::axis::{AxisMap, IndexMap, Interval};
use crate::run::{Run, Runs, push_run};
use crate::schedule::fold::Fold;

/// The part whose partners are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// A part of the source: partners are parts of the target.
    Source(usize),
    /// A part of the target: partners are parts of the source.
    Target(usize),
}

/// A part of the other map with which the own part shares indices.
#[derive(Debug, Clone)]
pub(crate) struct Partner {
    pub(crate) part: usize,
    pub(crate) count: usize,
    pub(crate) runs: Runs,
}

/// Consecutive indices that belong to one part of the source and to one part of the target, in the order of both.
#[derive(Clone, Copy)]
struct Piece {
    start: usize,
    length: usize,
    source: usize,
    target: usize,
}

/// How a piece comes again: every `period` indices up to `stop`.
#[derive(Clone, Copy)]
struct Recurrence {
    period: usize,
    stop: usize,
}

/// The partners of a part, ascending, each with the runs of what they share.
///
/// The runs of a pair are the same, in the same order, whichever of the two parts asks: pieces are the maximal
/// stretches common to a segment of each map, visited in increasing order within the fold, which depends on the maps alone.
pub(crate) fn partners(source: &AxisMap, target: &AxisMap, own: Own) -> SmallVec<[Partner; 4]> {
    if source.length() == 0 {
        return SmallVec::new();
    }
    let pair = Pair { source: source.as_dyn(), target: target.as_dyn() };
    let mut found = Found::new();
    match (Fold::choose(pair.source, pair.target), own) {
        (Fold::Joint { period }, Own::Source(part)) => pair.joint_of_source(part, period, &mut found),
        (Fold::Joint { period }, Own::Target(part)) => pair.joint_of_target(part, period, &mut found),
        (Fold::WithinSource { period }, Own::Source(part)) => {
            pair.within_source_of_source(part, period, &mut found)
        }
        (Fold::WithinSource { period }, Own::Target(part)) => {
            pair.within_source_of_target(part, period, &mut found)
        }
        (Fold::WithinTarget { period }, Own::Source(part)) => {
            pair.within_target_of_source(part, period, &mut found)
        }
        (Fold::WithinTarget { period }, Own::Target(part)) => {
            pair.within_target_of_target(part, period, &mut found)
        }
    }
    group(found)
}

/// The two maps of one axis.
struct Pair<'a> {
    source: &'a dyn IndexMap,
    target: &'a dyn IndexMap,
}

/// Runs with the part of the other map they belong to, in the order of their discovery.
type Found = SmallVec<[(usize, Run); 6]>;

impl Pair<'_> {
    fn joint_of_source(&self, part: usize, period: usize, found: &mut Found) {
        let recurrence = self.joint_recurrence(period);
        each_interval(self.source, part, 0, period, |own| {
            each_segment(self.target, own.start, own.stop, |other, piece| {
                let piece = Piece { source: own.local + (piece.start - own.start), ..piece };
                emit(found, other, piece, |piece| {
                    recurrence.of(piece, || self.joint_strides(period, part, other))
                });
            });
        });
    }

    fn joint_of_target(&self, part: usize, period: usize, found: &mut Found) {
        let recurrence = self.joint_recurrence(period);
        each_interval(self.target, part, 0, period, |own| {
            each_segment(self.source, own.start, own.stop, |other, piece| {
                let piece =
                    Piece { source: piece.target, target: own.local + (piece.start - own.start), ..piece };
                emit(found, other, piece, |piece| {
                    recurrence.of(piece, || self.joint_strides(period, other, part))
                });
            });
        });
    }

    fn within_source_of_source(&self, part: usize, period: usize, found: &mut Found) {
        each_interval(self.source, part, 0, self.source.length(), |own| {
            let recurrence = Recurrence { period, stop: own.stop };
            each_segment(self.target, own.start, own.stop.min(own.start + period), |other, piece| {
                let piece = Piece { source: own.local + (piece.start - own.start), ..piece };
                emit(found, other, piece, |piece| {
                    recurrence.of(piece, || (period, self.target.per_period(other)))
                });
            });
        });
    }

    fn within_source_of_target(&self, part: usize, period: usize, found: &mut Found) {
        each_whole_segment(self.source, |other, outer| {
            let recurrence = Recurrence { period, stop: outer.stop };
            each_interval(self.target, part, outer.start, outer.stop.min(outer.start + period), |own| {
                let source = outer.local + (own.start - outer.start);
                let piece =
                    Piece { start: own.start, length: own.stop - own.start, source, target: own.local };
                emit(found, other, piece, |piece| {
                    recurrence.of(piece, || (period, self.target.per_period(part)))
                });
            });
        });
    }

    fn within_target_of_source(&self, part: usize, period: usize, found: &mut Found) {
        each_whole_segment(self.target, |other, outer| {
            let recurrence = Recurrence { period, stop: outer.stop };
            each_interval(self.source, part, outer.start, outer.stop.min(outer.start + period), |own| {
                let target = outer.local + (own.start - outer.start);
                let piece =
                    Piece { start: own.start, length: own.stop - own.start, source: own.local, target };
                emit(found, other, piece, |piece| {
                    recurrence.of(piece, || (self.source.per_period(part), period))
                });
            });
        });
    }

    fn within_target_of_target(&self, part: usize, period: usize, found: &mut Found) {
        each_interval(self.target, part, 0, self.target.length(), |own| {
            let recurrence = Recurrence { period, stop: own.stop };
            each_segment(self.source, own.start, own.stop.min(own.start + period), |other, piece| {
                let piece =
                    Piece { source: piece.target, target: own.local + (piece.start - own.start), ..piece };
                emit(found, other, piece, |piece| {
                    recurrence.of(piece, || (self.source.per_period(other), period))
                });
            });
        });
    }

    fn joint_recurrence(&self, period: usize) -> Recurrence {
        Recurrence { period, stop: self.source.length() }
    }

    /// By how much local indices grow from one joint period to the next.
    fn joint_strides(&self, period: usize, source_part: usize, target_part: usize) -> (usize, usize) {
        let stride = |map: &dyn IndexMap, part| period / map.period() * map.per_period(part);
        (stride(self.source, source_part), stride(self.target, target_part))
    }
}

impl Recurrence {
    /// The piece as a repeated run, and what the end leaves of one repetition more. `strides` is asked only if needed.
    fn of(&self, piece: Piece, strides: impl FnOnce() -> (usize, usize)) -> (Run, Option<Run>) {
        let Piece { start, length, source, target } = piece;
        let repeats = (self.stop - start - length) / self.period + 1;
        let next = start.checked_add(repeats * self.period).filter(|&next| next < self.stop);
        if repeats == 1 && next.is_none() {
            return (Run::once(length, source, target), None);
        }
        let (source_stride, target_stride) = strides();
        let whole = Run { length, repeats, source, source_stride, target, target_stride };
        let place = |first: usize, stride: usize| first + repeats * stride;
        let rest = next.map(|next| {
            Run::once(self.stop - next, place(source, source_stride), place(target, target_stride))
        });
        (whole, rest)
    }
}

/// Visits what `part` holds of `start..stop`, clipped.
fn each_interval(
    map: &dyn IndexMap,
    part: usize,
    start: usize,
    stop: usize,
    mut visit: impl FnMut(Interval),
) {
    let mut from = start;
    while from < stop
        && let Some(interval) = map.next(part, from)
        && interval.start < stop
    {
        from = interval.stop;
        visit(Interval { stop: interval.stop.min(stop), ..interval });
    }
}

/// Visits the segments of `start..stop`, clipped, as pieces whose place in the map is called `target`.
fn each_segment(map: &dyn IndexMap, start: usize, stop: usize, mut visit: impl FnMut(usize, Piece)) {
    let mut at = start;
    while at < stop {
        let segment = map.segment(at);
        let end = segment.stop.min(stop);
        visit(segment.part, Piece { start: at, length: end - at, source: 0, target: segment.local });
        at = end;
    }
}

/// Visits the segments of the whole axis.
fn each_whole_segment(map: &dyn IndexMap, mut visit: impl FnMut(usize, Interval)) {
    let mut start = 0;
    while start < map.length() {
        let segment = map.segment(start);
        visit(segment.part, Interval { start, stop: segment.stop, local: segment.local });
        start = segment.stop;
    }
}

/// Notes a piece with its repetitions for the partner `part`.
fn emit(found: &mut Found, part: usize, piece: Piece, repeat: impl FnOnce(Piece) -> (Run, Option<Run>)) {
    let (whole, rest) = repeat(piece);
    found.push((part, whole));
    found.extend(rest.map(|rest| (part, rest)));
}

/// The runs of each partner, in the order they were found and joined where they can be.
fn group(mut found: Found) -> SmallVec<[Partner; 4]> {
    if !found.is_sorted_by_key(|&(part, _)| part) {
        found.sort_by_key(|&(part, _)| part);
    }
    let mut partners: SmallVec<[Partner; 4]> = SmallVec::new();
    for (part, run) in found {
        if partners.last().is_none_or(|partner| partner.part != part) {
            partners.push(Partner { part, count: 0, runs: Runs::new() });
        }
        if let Some(partner) = partners.last_mut() {
            partner.count += run.count();
            push_run(&mut partner.runs, run);
        }
    }
    partners
}
