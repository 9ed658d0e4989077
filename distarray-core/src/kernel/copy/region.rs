//! Region: what is copied, checked once and brought into its simplest form.

use smallvec::{SmallVec, smallvec};

use crate::error::ElementError;
use crate::kernel::copy::level::Level;
use crate::kernel::copy::run::CopyRun;
use crate::kernel::copy::side::Side;

/// A region of a source and of a target, ready to be copied any number of times.
///
/// Axes that are whole on both sides are joined with the axis before them, so that a region of whole rows
/// is copied in one piece.
#[derive(Debug, Clone)]
pub struct Region {
    item_bytes: usize,
    count: usize,
    /// Elements of the source's whole shape; of a message, those of the region.
    pub(super) source_size: usize,
    pub(super) target_size: usize,
    /// Places of the sides' first elements.
    pub(super) source_offset: usize,
    pub(super) target_offset: usize,
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

    /// The same with one loop for two where they are one.
    fn in_one_loop(mut self) -> Affine {
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
        Region::of_sides(item_bytes, &Side::c_order(source_shape), &Side::c_order(target_shape), axes)
    }

    /// A region of two sides whose elements may lie in any way.
    ///
    /// # Errors
    /// As [`Region::between`]; [`ElementError::SizeMismatch`] for a side that reaches beyond its memory.
    pub fn of_sides<R: AsRef<[CopyRun]>>(
        item_bytes: usize,
        source: &Side<'_>,
        target: &Side<'_>,
        axes: &[R],
    ) -> Result<Region, ElementError> {
        if source.shape.len() != target.shape.len() {
            return Err(ElementError::AxisCount { expected: source.shape.len(), found: target.shape.len() });
        }
        source.check(item_bytes)?;
        target.check(item_bytes)?;
        Region::new(item_bytes, source, target, axes, Sides::Both)
    }

    /// A region of a source, to be copied into messages. The runs' target side is not looked at.
    ///
    /// # Errors
    /// As [`Region::of_sides`].
    pub fn packing<R: AsRef<[CopyRun]>>(
        item_bytes: usize,
        source: &Side<'_>,
        axes: &[R],
    ) -> Result<Region, ElementError> {
        source.check(item_bytes)?;
        Region::new(item_bytes, source, &Side::c_order(&counts(axes)), axes, Sides::SourceOnly)
    }

    /// A region of a target, to be filled from messages. The runs' source side is not looked at.
    ///
    /// # Errors
    /// As [`Region::of_sides`].
    pub fn unpacking<R: AsRef<[CopyRun]>>(
        item_bytes: usize,
        target: &Side<'_>,
        axes: &[R],
    ) -> Result<Region, ElementError> {
        target.check(item_bytes)?;
        Region::new(item_bytes, &Side::c_order(&counts(axes)), target, axes, Sides::TargetOnly)
    }

    fn new<R: AsRef<[CopyRun]>>(
        item_bytes: usize,
        source: &Side<'_>,
        target: &Side<'_>,
        axes: &[R],
        sides: Sides,
    ) -> Result<Region, ElementError> {
        if !matches!(item_bytes, 1 | 2 | 4 | 8 | 16) {
            return Err(ElementError::ItemSize { item_bytes });
        }
        if axes.len() != source.shape.len() || axes.len() != target.shape.len() {
            return Err(ElementError::AxisCount {
                expected: source.shape.len().max(target.shape.len()),
                found: axes.len(),
            });
        }
        let mut region = Region {
            item_bytes,
            count: 1,
            source_size: source.size,
            target_size: target.size,
            source_offset: source.offset,
            target_offset: target.offset,
            axes: Vec::with_capacity(axes.len()),
        };
        // A region of nothing has no loops: the lengths beside its empty axis may count more than there can be.
        let is_nothing = axes.iter().any(|runs| runs.as_ref().iter().all(|run| run.count() == 0));
        for axis in (0..axes.len()).rev() {
            let runs = placed(axes[axis].as_ref(), sides);
            check(&runs, axis, source.shape[axis], target.shape[axis])?;
            if is_nothing {
                continue;
            }
            let (source_step, target_step) = (source.strides[axis], target.strides[axis]);
            let affine = runs.iter().filter(|run| run.count() > 0).map(|run| {
                let scaled = |count, source: isize, target: isize| Level {
                    count,
                    source: source.wrapping_mul(source_step),
                    target: target.wrapping_mul(target_step),
                };
                Affine {
                    source: run.source.wrapping_mul(source_step.cast_unsigned()),
                    target: run.target.wrapping_mul(target_step.cast_unsigned()),
                    repeats: scaled(run.repeats, run.source_stride, run.target_stride),
                    length: scaled(run.length, 1, 1),
                }
                .in_one_loop()
            });
            region.push_before(affine.collect());
        }
        if is_nothing {
            region.count = 0;
            region.axes.push(Axis { runs: SmallVec::new(), count: 0, inner: 0 });
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
                    run.source = run.source.wrapping_add(only.source);
                    run.target = run.target.wrapping_add(only.target);
                }
                *last = Axis { runs, count, inner };
                return;
            }
            if runs.iter().all(|run| run.length.continues(&only.length)) {
                for run in &mut runs {
                    run.source = run.source.wrapping_add(only.source);
                    run.target = run.target.wrapping_add(only.target);
                    run.length.count *= only.length.count;
                    run.length.source = only.length.source;
                    run.length.target = only.length.target;
                    *run = run.in_one_loop();
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
                run.source = run.source.wrapping_add(only.source);
                run.target = run.target.wrapping_add(only.target);
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
