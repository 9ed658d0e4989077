//! Walk: the loops over the outer axes of a region, down to pieces of two loops.

use crate::kernel::copy::level::Level;
use crate::kernel::copy::pieces::{Piece, Pieces};
use crate::kernel::copy::region::{Affine, Axis, Region};

/// From how many bytes on a region is copied past the caches: it would not stay in them anyway.
const STREAM_FROM_BYTES: usize = 16 << 20;

/// How many bytes of an axis of several interleaved runs are finished before the next bytes are begun, so
/// that a cache line is fetched once and not once per run.
const INTERLEAVED_BYTES: usize = 16 << 10;

/// A walk over some elements of a region.
pub(super) struct Walk<'region> {
    axes: &'region [Axis],
    item_bytes: usize,
    /// What the flat positions of the message side are less than those of the region.
    source_shift: usize,
    target_shift: usize,
}

impl<'region> Walk<'region> {
    pub(super) fn new(region: &'region Region, source_shift: usize, target_shift: usize) -> Self {
        Walk {
            axes: &region.axes,
            item_bytes: region.item_bytes(),
            source_shift: source_shift.wrapping_sub(region.source_offset),
            target_shift: target_shift.wrapping_sub(region.target_offset),
        }
    }

    /// Copies elements `first..end` of the region, counted in C order.
    pub(super) fn run(&self, source: &[u8], target: &mut [u8], first: usize, end: usize) {
        if first >= end {
            return;
        }
        let streams = (end - first).saturating_mul(self.item_bytes) >= STREAM_FROM_BYTES;
        let mut pieces = Pieces::new(source, target, self.item_bytes, streams);
        if self.axes.is_empty() {
            self.emit(&mut pieces, 0, 0, Level::ONCE, Level::ONCE);
        } else {
            self.range(&mut pieces, 0, 0, 0, first, end);
        }
        pieces.finish();
    }

    /// Elements `first..end` of the product of the axes from `axis` on, beginning at the given positions.
    fn range(
        &self,
        pieces: &mut Pieces<'_>,
        axis: usize,
        source: usize,
        target: usize,
        first: usize,
        end: usize,
    ) {
        let this = &self.axes[axis];
        if axis + 1 == self.axes.len() {
            self.last_axis(pieces, this, source, target, first, end);
            return;
        }
        let (mut from, head) = (first / this.inner, first % this.inner);
        let (to, tail) = (end / this.inner, end % this.inner);
        if head > 0 {
            let (s, t) = place(this, from);
            let head_end = if from == to { tail } else { this.inner };
            self.range(pieces, axis + 1, source.wrapping_add(s), target.wrapping_add(t), head, head_end);
            from += 1;
        }
        if from < to {
            self.whole(pieces, axis, source, target, from, to);
        }
        if tail > 0 && from <= to {
            let (s, t) = place(this, to);
            self.range(pieces, axis + 1, source.wrapping_add(s), target.wrapping_add(t), 0, tail);
        }
    }

    /// Positions `from..to` of an axis that is not the last, each with all of the axes after it.
    fn whole(
        &self,
        pieces: &mut Pieces<'_>,
        axis: usize,
        source: usize,
        target: usize,
        from: usize,
        to: usize,
    ) {
        let this = &self.axes[axis];
        let inner_line = match &self.axes[axis + 1..] {
            [last] => line(last),
            _ => None,
        };
        each_stretch(this, from, to, |s, t, level| {
            let (s, t) = (source.wrapping_add(s), target.wrapping_add(t));
            if let Some(inner) = inner_line {
                let (s, t) = (s.wrapping_add(inner.source), t.wrapping_add(inner.target));
                self.emit(pieces, s, t, level, inner.length);
                return;
            }
            for index in 0..level.count {
                let (s, t) = level.at((s, t), index);
                self.range(pieces, axis + 1, s, t, 0, this.inner);
            }
        });
    }

    /// Positions `first..end` of the last axis.
    fn last_axis(
        &self,
        pieces: &mut Pieces<'_>,
        this: &Axis,
        source: usize,
        target: usize,
        first: usize,
        end: usize,
    ) {
        if this.runs.len() > 1 && first == 0 && end == this.count {
            self.interleaved(pieces, this, source, target);
            return;
        }
        let mut begin = 0;
        for run in &this.runs {
            let count = run.count();
            let (from, to) = (first.max(begin) - begin, end.min(begin + count).max(begin) - begin);
            begin += count;
            if from < to {
                self.part_of_run(pieces, run, source, target, from, to);
            }
        }
    }

    /// Positions `from..to` of one run of the last axis.
    fn part_of_run(
        &self,
        pieces: &mut Pieces<'_>,
        run: &Affine,
        source: usize,
        target: usize,
        from: usize,
        to: usize,
    ) {
        let length = run.length.count;
        let mut position = from;
        while position < to {
            let (s, t) = run.at(position);
            let inside = position % length;
            let (repeats, count) = if inside == 0 && to - position >= length {
                ((to - position) / length, length)
            } else {
                (1, (length - inside).min(to - position))
            };
            let outer = Level { count: repeats, ..run.repeats };
            let inner = Level { count, ..run.length };
            self.emit(pieces, source.wrapping_add(s), target.wrapping_add(t), outer, inner);
            position += repeats * count;
        }
    }

    /// All runs of the last axis, a few repeats of each at a time.
    fn interleaved(&self, pieces: &mut Pieces<'_>, this: &Axis, source: usize, target: usize) {
        let repeats = this.runs.iter().map(|run| run.repeats.count).max();
        let stride = this
            .runs
            .iter()
            .map(|run| run.repeats.source.unsigned_abs().max(run.repeats.target.unsigned_abs()))
            .max();
        let stride_bytes = stride.unwrap_or(0).max(1) * self.item_bytes;
        let step = (INTERLEAVED_BYTES / stride_bytes).max(1);
        for begin in (0..repeats.unwrap_or(0)).step_by(step) {
            for run in &this.runs {
                let length = run.length.count;
                let to = run.repeats.count.min(begin + step);
                if begin < to {
                    self.part_of_run(pieces, run, source, target, begin * length, to * length);
                }
            }
        }
    }

    fn emit(&self, pieces: &mut Pieces<'_>, source: usize, target: usize, outer: Level, inner: Level) {
        pieces.copy(&Piece {
            source: source.wrapping_sub(self.source_shift),
            target: target.wrapping_sub(self.target_shift),
            outer,
            inner,
        });
    }
}

/// The run of an axis that is one loop.
fn line(axis: &Axis) -> Option<&Affine> {
    match &axis.runs[..] {
        [only] if only.repeats.count == 1 => Some(only),
        _ => None,
    }
}

/// The source and target positions of index `position` of an axis.
fn place(axis: &Axis, mut position: usize) -> (usize, usize) {
    for run in &axis.runs {
        if position < run.count() {
            return run.at(position);
        }
        position -= run.count();
    }
    (0, 0)
}

/// Calls `body` with the begin and the loop of every stretch of equally spaced positions in `from..to`.
fn each_stretch(axis: &Axis, from: usize, to: usize, mut body: impl FnMut(usize, usize, Level)) {
    let mut begin = 0;
    for run in &axis.runs {
        let count = run.count();
        let mut position = from.max(begin);
        let stop = to.min(begin + count);
        while position < stop {
            let (s, t) = run.at(position - begin);
            let inside = (position - begin) % run.length.count;
            let stretch = (run.length.count - inside).min(stop - position);
            let level = Level { count: stretch, ..run.length };
            body(s, t, level);
            position += stretch;
        }
        begin += count;
    }
}
