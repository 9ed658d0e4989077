//! Region: what is copied, checked once and brought into its simplest form.

use smallvec::{SmallVec, smallvec};

use crate::error::ElementError;
use crate::kernel::copy::CopyRun;
use crate::kernel::copy::walk::Walk;

/// A region of a source and of a target, ready to be copied any number of times.
///
/// Axes that are whole on both sides are joined with the axis before them, so that a region of whole rows
/// is copied in one piece.
#[derive(Debug, Clone)]
pub struct Region {
    item_bytes: usize,
    count: usize,
    /// Elements of the source's whole shape; of a message, those of the region.
    source_size: usize,
    target_size: usize,
    pub(super) axes: Vec<Axis>,
}

/// One axis of a region after simplification, in elements of the flat arrays.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) runs: SmallVec<[Affine; 1]>,
    /// Positions along this axis: the sum over the runs.
    pub(super) count: usize,
    /// Elements of the region for one position: the product of the counts of the later axes.
    pub(super) inner: usize,
}

/// A run as two nested loops over flat positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Affine {
    pub(super) source: usize,
    pub(super) target: usize,
    pub(super) repeats: Level,
    pub(super) length: Level,
}

/// One loop: how often, and how far in the source and in the target each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) count: usize,
    pub(super) source: isize,
    pub(super) target: isize,
}

impl Level {
    pub(super) const ONCE: Level = Level { count: 1, source: 0, target: 0 };

    /// Whether `self` outside and `inner` inside are one loop of the inner's steps.
    fn continues(&self, inner: &Level) -> bool {
        let count = inner.count.cast_signed();
        self.source == count * inner.source && self.target == count * inner.target
    }

    /// Where step `index` of this loop is on both sides if its first is at `from`.
    pub(super) fn at(&self, from: (usize, usize), index: usize) -> (usize, usize) {
        let index = index.cast_signed();
        // Checked when the region was made: every position lies inside its array.
        (from.0.wrapping_add_signed(self.source * index), from.1.wrapping_add_signed(self.target * index))
    }
}

impl Affine {
    pub(super) fn count(&self) -> usize {
        self.repeats.count * self.length.count
    }

    /// The source and target positions of index `position`.
    pub(super) fn at(&self, position: usize) -> (usize, usize) {
        let (repeat, index) = (position / self.length.count, position % self.length.count);
        let piece = self.repeats.at((self.source, self.target), repeat);
        self.length.at(piece, index)
    }

    /// Makes one loop of two where they are one.
    fn simplified(mut self) -> Affine {
        if self.length.count == 1 {
            self.length = self.repeats;
            self.repeats = Level::ONCE;
        } else if self.repeats.count == 1 || self.repeats.continues(&self.length) {
            self.length.count *= self.repeats.count;
            self.repeats = Level::ONCE;
        }
        self
    }
}

/// The two sides of a region: where a run lies and how far apart indices are.
#[derive(Clone, Copy)]
enum Sides {
    Both,
    SourceOnly,
    TargetOnly,
}

impl Region {
    /// A region of a source array and of a target array.
    ///
    /// # Errors
    /// [`ElementError::ItemSize`], [`ElementError::AxisCount`], [`ElementError::RunOutOfRange`].
    pub fn between<R: AsRef<[CopyRun]>>(
        item_bytes: usize,
        source_shape: &[usize],
        target_shape: &[usize],
        axes: &[R],
    ) -> Result<Region, ElementError> {
        if source_shape.len() != target_shape.len() {
            return Err(ElementError::AxisCount { expected: source_shape.len(), found: target_shape.len() });
        }
        Region::new(item_bytes, source_shape, target_shape, axes, Sides::Both)
    }

    /// A region of a source array, to be copied into messages. The runs' target side is not looked at.
    ///
    /// # Errors
    /// As [`Region::between`].
    pub fn packing<R: AsRef<[CopyRun]>>(
        item_bytes: usize,
        source_shape: &[usize],
        axes: &[R],
    ) -> Result<Region, ElementError> {
        let counts = counts(axes);
        Region::new(item_bytes, source_shape, &counts, axes, Sides::SourceOnly)
    }

    /// A region of a target array, to be filled from messages. The runs' source side is not looked at.
    ///
    /// # Errors
    /// As [`Region::between`].
    pub fn unpacking<R: AsRef<[CopyRun]>>(
        item_bytes: usize,
        target_shape: &[usize],
        axes: &[R],
    ) -> Result<Region, ElementError> {
        let counts = counts(axes);
        Region::new(item_bytes, &counts, target_shape, axes, Sides::TargetOnly)
    }

    fn new<R: AsRef<[CopyRun]>>(
        item_bytes: usize,
        source_shape: &[usize],
        target_shape: &[usize],
        axes: &[R],
        sides: Sides,
    ) -> Result<Region, ElementError> {
        if !matches!(item_bytes, 1 | 2 | 4 | 8 | 16) {
            return Err(ElementError::ItemSize { item_bytes });
        }
        if axes.len() != source_shape.len() || axes.len() != target_shape.len() {
            return Err(ElementError::AxisCount {
                expected: source_shape.len().max(target_shape.len()),
                found: axes.len(),
            });
        }
        let mut region = Region {
            item_bytes,
            count: 1,
            source_size: source_shape.iter().product(),
            target_size: target_shape.iter().product(),
            axes: Vec::with_capacity(axes.len()),
        };
        let (mut source_step, mut target_step) = (1_usize, 1_usize);
        for axis in (0..axes.len()).rev() {
            let runs = placed(axes[axis].as_ref(), sides);
            check(&runs, axis, source_shape[axis], target_shape[axis])?;
            let affine = runs.iter().filter(|run| run.count() > 0).map(|run| {
                let scaled = |count, source: isize, target: isize| Level {
                    count,
                    source: source * source_step.cast_signed(),
                    target: target * target_step.cast_signed(),
                };
                Affine {
                    source: run.source * source_step,
                    target: run.target * target_step,
                    repeats: scaled(run.repeats, run.source_stride, run.target_stride),
                    length: scaled(run.length, 1, 1),
                }
                .simplified()
            });
            region.push_before(affine.collect());
            source_step *= source_shape[axis];
            target_step *= target_shape[axis];
        }
        region.axes.reverse();
        Ok(region)
    }

    /// Adds the axis before those there are, joined with the first of them if the two are one.
    ///
    /// `self.axes` is in reverse order while the region is being made.
    fn push_before(&mut self, mut runs: SmallVec<[Affine; 1]>) {
        let count: usize = runs.iter().map(Affine::count).sum();
        let inner = self.count;
        self.count *= count;
        if let Some(last) = self.axes.last_mut()
            && let [only] = last.runs[..]
            && only.repeats.count == 1
        {
            if only.length.count == 1 {
                // A single index is a place to begin at, and no loop.
                for run in &mut runs {
                    run.source += only.source;
                    run.target += only.target;
                }
                *last = Axis { runs, count, inner };
                return;
            }
            if runs.iter().all(|run| run.length.continues(&only.length)) {
                for run in &mut runs {
                    run.source += only.source;
                    run.target += only.target;
                    run.length.count *= only.length.count;
                    run.length.source = only.length.source;
                    run.length.target = only.length.target;
                    *run = run.simplified();
                }
                last.count *= count;
                last.runs = runs;
                return;
            }
        }
        // A single index before other axes moves them all; the loops stay as they are.
        if let (Some(last), [only]) = (self.axes.last_mut(), &runs[..])
            && count == 1
        {
            for run in &mut last.runs {
                run.source += only.source;
                run.target += only.target;
            }
            return;
        }
        self.axes.push(Axis { runs, count, inner });
    }

    /// How many elements the region has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Bytes per element.
    #[must_use]
    pub fn item_bytes(&self) -> usize {
        self.item_bytes
    }

    /// Copies the whole region.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`] if a side has not the size of its shape; nothing is written then.
    ///
    /// # Cost
    /// Each element is read and written once. Regions of many megabytes in long pieces go past the caches.
    pub fn copy(&self, source: &[u8], target: &mut [u8]) -> Result<(), ElementError> {
        self.expect_bytes(self.source_size, source.len())?;
        self.expect_bytes(self.target_size, target.len())?;
        Walk::new(self, 0, 0).run(source, target, 0, self.count);
        Ok(())
    }

    /// Copies elements `first..` of the region, as many as `target` holds, one after the other into it.
    /// For regions made by [`Region::packing`].
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`], [`ElementError::RangeOutOfRegion`]; nothing is written then.
    pub fn pack(&self, source: &[u8], first: usize, target: &mut [u8]) -> Result<(), ElementError> {
        self.expect_bytes(self.source_size, source.len())?;
        self.expect_bytes(self.count, self.target_size * self.item_bytes)?;
        let end = self.range_end(first, target.len())?;
        Walk::new(self, 0, first).run(source, target, first, end);
        Ok(())
    }

    /// Copies `source` to elements `first..` of the region. For regions made by [`Region::unpacking`].
    ///
    /// # Errors
    /// As [`Region::pack`].
    pub fn unpack(&self, source: &[u8], first: usize, target: &mut [u8]) -> Result<(), ElementError> {
        self.expect_bytes(self.target_size, target.len())?;
        self.expect_bytes(self.count, self.source_size * self.item_bytes)?;
        let end = self.range_end(first, source.len())?;
        Walk::new(self, first, 0).run(source, target, first, end);
        Ok(())
    }

    fn expect_bytes(&self, size: usize, found_bytes: usize) -> Result<(), ElementError> {
        let expected_bytes = size.saturating_mul(self.item_bytes);
        if expected_bytes == found_bytes {
            return Ok(());
        }
        Err(ElementError::SizeMismatch { expected_bytes, found_bytes })
    }

    /// Where a message of `message_bytes` that begins at element `first` ends.
    fn range_end(&self, first: usize, message_bytes: usize) -> Result<usize, ElementError> {
        let end = first.saturating_add(message_bytes / self.item_bytes);
        if end > self.count {
            return Err(ElementError::RangeOutOfRegion { first, end, count: self.count });
        }
        self.expect_bytes(end - first, message_bytes)?;
        Ok(end)
    }
}

/// The number of indices of each axis: the shape of a region as a message.
fn counts<R: AsRef<[CopyRun]>>(axes: &[R]) -> Vec<usize> {
    let count = |runs: &R| runs.as_ref().iter().map(CopyRun::count).fold(0, usize::saturating_add);
    axes.iter().map(count).collect()
}

/// The runs with the side that is a message filled in: one piece after the other.
fn placed(runs: &[CopyRun], sides: Sides) -> SmallVec<[CopyRun; 1]> {
    let mut next = 0;
    let place = |run: &CopyRun| {
        let begin = next;
        next += run.count();
        match sides {
            Sides::Both => *run,
            Sides::SourceOnly => CopyRun { target: begin, target_stride: run.length.cast_signed(), ..*run },
            Sides::TargetOnly => CopyRun { source: begin, source_stride: run.length.cast_signed(), ..*run },
        }
    };
    if let [only] = runs {
        let mut place = place;
        return smallvec![place(only)];
    }
    runs.iter().map(place).collect()
}

/// Whether the runs of an axis stay inside it on both sides.
fn check(
    runs: &[CopyRun],
    axis: usize,
    source_length: usize,
    target_length: usize,
) -> Result<(), ElementError> {
    for run in runs.iter().filter(|run| run.repeats > 0 && run.length > 0) {
        let sides =
            [(run.source, run.source_stride, source_length), (run.target, run.target_stride, target_length)];
        for (first, stride, length) in sides {
            let first = first as i128;
            let last = ((run.repeats - 1) as i128).saturating_mul(stride as i128).saturating_add(first);
            let end = first.max(last).saturating_add((run.length - 1) as i128);
            let begin = first.min(last);
            if begin < 0 || end >= length as i128 {
                return Err(ElementError::RunOutOfRange {
                    axis,
                    index: if begin < 0 { begin } else { end },
                    length,
                });
            }
        }
    }
    Ok(())
}
