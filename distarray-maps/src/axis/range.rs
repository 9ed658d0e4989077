//! `AxisRange` and `AxisSlice`: which indices of an axis a slice shows.

use serde::{Deserialize, Serialize};

use crate::error::MapError;

/// `count` indices from `start` in distances of `step`, which may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AxisRange {
    /// First index; of no meaning when `count` is 0.
    pub start: usize,
    /// Distance of neighbouring indices; not 0.
    pub step: isize,
    /// Number of indices.
    pub count: usize,
}

/// What a slice does with one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AxisSlice {
    /// Takes one index; the axis disappears.
    Index(usize),
    /// Takes a range; the axis stays.
    Range(AxisRange),
}

impl AxisRange {
    /// All indices of an axis.
    pub fn full(length: usize) -> Self {
        AxisRange { start: 0, step: 1, count: length }
    }

    /// The indices that Python's `start:stop:step` takes from an axis: negative values count from the end, what
    /// lies outside is cut off, missing values mean everything.
    ///
    /// # Errors
    /// A step of 0. The error says axis 0.
    ///
    /// # Example
    /// ```
    /// use distarray_maps::AxisRange;
    /// assert_eq!(AxisRange::python(Some(8), Some(2), Some(-2), 10)?, AxisRange { start: 8, step: -2, count: 3 });
    /// # Ok::<(), distarray_maps::MapError>(())
    /// ```
    pub fn python(
        start: Option<isize>,
        stop: Option<isize>,
        step: Option<isize>,
        length: usize,
    ) -> Result<Self, MapError> {
        let step = step.unwrap_or(1);
        if step == 0 {
            return Err(MapError::ZeroStep { axis: 0 });
        }
        let end = length as i128;
        let (lowest, highest) = if step > 0 { (0, end) } else { (-1, end - 1) };
        let place = |value: isize| {
            let value = value as i128;
            (if value < 0 { value + end } else { value }).clamp(lowest, highest)
        };
        let start = start.map_or(if step > 0 { lowest } else { highest }, place);
        let stop = stop.map_or(if step > 0 { highest } else { lowest }, place);
        let distance = if step > 0 { stop - start } else { start - stop };
        if distance <= 0 {
            return Ok(AxisRange { start: 0, step: 1, count: 0 });
        }
        let count =
            crate::number::narrow(distance.unsigned_abs().div_ceil(u128::from(step.unsigned_abs() as u64)));
        Ok(AxisRange { start: crate::number::narrow(start.unsigned_abs()), step, count })
    }

    /// The `place`-th index of the range, for `place < count`.
    pub fn index(&self, place: usize) -> usize {
        self.start.wrapping_add_signed(self.step.wrapping_mul(place.cast_signed()))
    }

    /// Whether the range shows the whole axis as it is.
    pub fn is_whole(&self, length: usize) -> bool {
        self.count == length && (length == 0 || (self.start == 0 && (self.step == 1 || length == 1)))
    }

    /// The range of this range: index `i` of the result is index `inner.index(i)` of `self`.
    pub fn then(&self, inner: &AxisRange) -> AxisRange {
        if inner.count == 0 {
            return AxisRange { start: 0, step: 1, count: 0 };
        }
        let step = if inner.count == 1 { 1 } else { self.step.wrapping_mul(inner.step) };
        AxisRange { start: self.index(inner.start), step, count: inner.count }
    }

    /// Refuses a range that leaves an axis.
    pub(crate) fn check(&self, axis: usize, length: usize) -> Result<(), MapError> {
        if self.count == 0 {
            return Ok(());
        }
        if self.step == 0 && self.count > 1 {
            return Err(MapError::ZeroStep { axis });
        }
        let last = self.start as i128 + self.step as i128 * (self.count as i128 - 1);
        if self.start >= length || last < 0 || last >= length as i128 {
            let AxisRange { start, step, count } = *self;
            return Err(MapError::SliceOutOfRange { axis, start, step, count, length });
        }
        Ok(())
    }
}

impl AxisSlice {
    /// All indices of an axis.
    pub fn full(length: usize) -> Self {
        AxisSlice::Range(AxisRange::full(length))
    }

    /// The indices `start..stop`.
    pub fn range(start: usize, stop: usize) -> Self {
        AxisSlice::Range(AxisRange { start, step: 1, count: stop.saturating_sub(start) })
    }

    /// The range it takes: a single index is a range of one.
    pub fn as_range(&self) -> AxisRange {
        match *self {
            AxisSlice::Index(index) => AxisRange { start: index, step: 1, count: 1 },
            AxisSlice::Range(range) => range,
        }
    }

    /// Whether the axis stays.
    pub fn keeps_axis(&self) -> bool {
        matches!(self, AxisSlice::Range(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_slices_agree_with_walking() {
        let ends = [None, Some(-9), Some(-4), Some(-1), Some(0), Some(1), Some(3), Some(6), Some(9)];
        for length in [0, 1, 4, 6] {
            for start in ends {
                for stop in ends {
                    for step in [None, Some(-7), Some(-2), Some(-1), Some(1), Some(3)] {
                        let range = AxisRange::python(start, stop, step, length).expect("the step is not 0");
                        let found: Vec<usize> = (0..range.count).map(|place| range.index(place)).collect();
                        assert_eq!(
                            found,
                            walked(start, stop, step.unwrap_or(1), length),
                            "{start:?}:{stop:?}:{step:?} of {length}"
                        );
                    }
                }
            }
        }
        assert_eq!(AxisRange::python(None, None, Some(0), 3), Err(MapError::ZeroStep { axis: 0 }));
    }

    /// Python's rule, said index by index.
    fn walked(start: Option<isize>, stop: Option<isize>, step: isize, length: usize) -> Vec<usize> {
        let end = length.cast_signed();
        let wrap = |value: isize| if value < 0 { value + end } else { value };
        let first = start.map_or(if step > 0 { 0 } else { end - 1 }, |value| {
            if step > 0 { wrap(value).clamp(0, end) } else { wrap(value).clamp(-1, end - 1) }
        });
        let last = stop.map_or(if step > 0 { end } else { -1 }, |value| wrap(value).clamp(-1, end));
        let mut at = first;
        let mut found = Vec::new();
        while (step > 0 && at < last) || (step < 0 && at > last) {
            found.push(at.cast_unsigned());
            at += step;
        }
        found
    }

    #[test]
    fn a_range_that_leaves_its_axis_is_refused() {
        let range = AxisRange { start: 2, step: 3, count: 3 };
        assert!(range.check(0, 9).is_ok());
        assert_eq!(
            range.check(1, 8),
            Err(MapError::SliceOutOfRange { axis: 1, start: 2, step: 3, count: 3, length: 8 })
        );
        assert!(AxisRange { start: 1, step: -1, count: 3 }.check(0, 8).is_err());
    }
}
