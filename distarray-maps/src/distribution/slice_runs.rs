//! Where the elements of a slice lie in the local blocks of the array it is taken from.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::axis::{AxisMap, AxisRange, AxisSlice, Interval};
use crate::distribution::Distribution;
use crate::error::MapError;
use crate::grid::Coords;

/// `repeats` blocks of `length` elements that follow each other in the slice's local block, and in the base's local block
/// stand `step` apart.
///
/// Element `i` of block `j` is local index `slice + j * slice_stride + i` of the slice, and local index
/// `base + j * base_stride + i * step` of the base. A slice of negative step has negative `step` and `base_stride`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SliceRun {
    /// Elements of one block.
    pub length: usize,
    /// Number of blocks.
    pub repeats: usize,
    /// Local index of the first element in the base.
    pub base: usize,
    /// Distance in the base of neighbouring elements of a block.
    pub step: isize,
    /// Distance in the base between the beginnings of neighbouring blocks.
    pub base_stride: isize,
    /// Local index of the first element in the slice.
    pub slice: usize,
    /// Distance in the slice between the beginnings of neighbouring blocks.
    pub slice_stride: usize,
}

/// The runs of one axis; one run stays inside, without an allocation.
pub type SliceRuns = SmallVec<[SliceRun; 1]>;

impl SliceRun {
    /// All elements of the run.
    pub fn count(&self) -> usize {
        self.length * self.repeats
    }

    /// The (base, slice) local indices of its elements, in order.
    pub fn elements(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let run = *self;
        (0..run.repeats).flat_map(move |block| {
            let base = run.base.wrapping_add_signed(run.base_stride.wrapping_mul(block.cast_signed()));
            let slice = run.slice + block * run.slice_stride;
            (0..run.length).map(move |index| {
                (base.wrapping_add_signed(run.step.wrapping_mul(index.cast_signed())), slice + index)
            })
        })
    }
}

impl Distribution {
    /// Where a rank finds its elements of [`Distribution::slice`] in its block of this array: for each axis of *this* array
    /// its runs, whose product is the region. An axis that an index drops has one run of one element. `None` if
    /// the rank holds no part of the slice.
    ///
    /// With this a slice is cut out, or assigned to, without a message.
    ///
    /// # Errors
    /// As [`Distribution::slice`].
    ///
    /// # Cost
    /// Per axis the blocks of one period of the slice; every element of an unstructured axis, and of a block-cyclic one
    /// that is itself a slice with a step.
    ///
    /// # Example
    /// ```
    /// use distarray_maps::{AxisRange, AxisSlice, Distribution};
    /// let rows = Distribution::from_spec(&[10], &"b".parse()?, 2)?;
    /// let every_third = [AxisSlice::Range(AxisRange::python(None, None, Some(3), 10)?)];   // 0 3 6 9
    /// let runs = rows.slice_runs(&every_third, 1)?.expect("rank 1 holds 6 and 9");
    /// assert_eq!(runs[0][0].elements().collect::<Vec<_>>(), [(1, 0), (4, 1)]);
    /// # Ok::<(), distarray_maps::MapError>(())
    /// ```
    pub fn slice_runs(
        &self,
        slices: &[AxisSlice],
        rank: usize,
    ) -> Result<Option<SmallVec<[SliceRuns; 3]>>, MapError> {
        if slices.len() > self.ndim() {
            return Err(MapError::DimensionMismatch { given: slices.len(), ndim: self.ndim() });
        }
        let mut axes = SmallVec::new();
        let coords: Option<Coords> = self.grid().coords(rank);
        let mut held = coords.is_some();
        for (axis, map) in self.axes().iter().enumerate() {
            let slice = slices.get(axis).copied().unwrap_or(AxisSlice::full(map.length()));
            let range = slice.as_range();
            let shown = map.slice(&range).map_err(|error| error.at_axis(axis))?;
            let Some(coords) = &coords else { continue };
            held &= slice.keeps_axis() || shown.count(coords[axis]) == 1;
            axes.push(axis_runs(map, &shown, &range, coords[axis]));
        }
        Ok(held.then_some(axes))
    }
}

/// The runs of `part` between a map and the map of its slice.
fn axis_runs(base: &AxisMap, shown: &AxisMap, range: &AxisRange, part: usize) -> SliceRuns {
    let mut runs = SliceRuns::new();
    let (map, length) = (shown.as_dyn(), shown.length());
    let local_in_base = |place: usize| base.as_dyn().segment(range.index(place)).local;
    let distance = |from: usize, to: usize| local_in_base(to).wrapping_sub(local_in_base(from)).cast_signed();
    let period = map.period();
    let even = steps_evenly(base, part);
    let folds = even && period <= length / 2;
    for interval in shown.intervals(part) {
        if folds && interval.start >= period {
            break;
        }
        if !even {
            for place in interval.start..interval.stop {
                let slice = interval.local + (place - interval.start);
                append(&mut runs, SliceRun::once(1, local_in_base(place), 0, slice));
            }
            continue;
        }
        let Interval { start, stop, local } = interval;
        let size = if folds { stop.min(period) - start } else { stop - start };
        let step = if size > 1 { distance(start, start + 1) } else { 0 };
        let whole = SliceRun::once(size, local_in_base(start), step, local);
        if !folds {
            append(&mut runs, whole);
            continue;
        }
        let repeats = (length - start - size) / period + 1;
        let (base_stride, slice_stride) = (distance(start, start + period), map.per_period(part));
        append(&mut runs, SliceRun { repeats, base_stride, slice_stride, ..whole });
        let next = start + repeats * period;
        if next < length {
            append(
                &mut runs,
                SliceRun::once(length - next, local_in_base(next), step, local + repeats * slice_stride),
            );
        }
    }
    runs
}

impl SliceRun {
    fn once(length: usize, base: usize, step: isize, slice: usize) -> Self {
        SliceRun { length, repeats: 1, base, step, base_stride: 0, slice, slice_stride: 0 }
    }

    /// Blocks that follow each other evenly are one block; one block has no strides, one element no step.
    fn normalised(mut self) -> Self {
        let even = self.length == 1 || self.base_stride == self.step.wrapping_mul(self.length.cast_signed());
        if self.repeats > 1 && self.slice_stride == self.length && even {
            self.step = if self.length == 1 { self.base_stride } else { self.step };
            (self.length, self.repeats) = (self.length * self.repeats, 1);
        }
        if self.repeats == 1 {
            (self.base_stride, self.slice_stride) = (0, 0);
        }
        if self.length == 1 {
            self.step = 0;
        }
        self
    }
}

/// Whether a stretch of a slice on one part lies evenly spaced in the base's local block: if the part is one interval of the
/// base, or the base goes round its parts position by position. A slice of a slice may skip varying numbers of elements.
fn steps_evenly(base: &AxisMap, part: usize) -> bool {
    let map = base.as_dyn();
    let one_interval = || {
        map.length() == 0 || map.next(part, 0).is_none_or(|first| first.stop - first.start == map.count(part))
    };
    match base {
        AxisMap::Unstructured(_) => false,
        _ => map.as_regular().is_some_and(|regular| regular.step().unsigned_abs() == 1) || one_interval(),
    }
}

/// Appends a run, joined to the one before it where both are one evenly spaced block.
fn append(runs: &mut SliceRuns, next: SliceRun) {
    let next = next.normalised();
    if let Some(last) = runs.last_mut()
        && last.repeats == 1
        && next.repeats == 1
        && last.slice + last.length == next.slice
    {
        let end = last.base.wrapping_add_signed(last.step.wrapping_mul(last.length.cast_signed() - 1));
        let gap = next.base.wrapping_sub(end).cast_signed();
        if (last.length == 1 || last.step == gap) && (next.length == 1 || next.step == gap) {
            last.length += next.length;
            last.step = gap;
            return;
        }
    }
    runs.push(next);
}
