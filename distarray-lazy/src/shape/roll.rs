//! Rolling and turning.

use crate::dist_array::DistArray;
use crate::index::rearrange::one;
use crate::reduce::Axes;
use distarray_maps::{ArrangedAxis, AxisSlice};
use distarray_spmd::Error;
use distarray_spmd::transfer::arrange::Arrange;
use std::panic::Location;

impl DistArray {
    /// With the indices of `axes` moved on by `shifts`; what leaves at the end comes in at the beginning. One shift counts
    /// for all axes, one axis for all shifts; with `()` the flat array is rolled.
    ///
    /// The result lies as this array does; along an axis that is not distributed nothing moves to another rank.
    #[track_caller]
    #[must_use]
    pub fn roll(&self, shifts: &[isize], axes: impl Into<Axes>) -> DistArray {
        let place = Location::caller();
        let outcome = self.check().and_then(|_| match axes.into() {
            Axes::All => {
                let flat = self.reshaped(&[self.size()])?;
                flat.rolled(shifts, &[0])?.reshaped(self.shape())
            }
            Axes::Some(axes) => self.rolled(shifts, &axes),
        });
        DistArray::from_outcome(self.context(), "roll", place, outcome)
    }

    fn rolled(&self, shifts: &[isize], axes: &[isize]) -> Result<DistArray, Error> {
        let shape = self.shape();
        let count = if shifts.len() == 1 { axes.len() } else { shifts.len() };
        if ![1, count].contains(&axes.len()) || ![1, count].contains(&shifts.len()) {
            return Err(Error::Shape { found: vec![shifts.len()], expected: vec![axes.len()] });
        }
        let mut total = vec![0; shape.len()];
        for turn in 0..count {
            let axis = one(axes[if axes.len() == 1 { 0 } else { turn }], shape.len())?;
            let shift = shifts[if shifts.len() == 1 { 0 } else { turn }];
            // The remainder of a length that fits an isize.
            let length = shape[axis].max(1);
            total[axis] = (total[axis] + shift.rem_euclid(length.cast_signed()).cast_unsigned()) % length;
        }
        if self.size() == 0 || total.iter().all(|shift| *shift == 0) {
            return Ok(self.clone());
        }
        // What goes where: one or two stretches of each axis.
        let mut boxes: Vec<(Vec<AxisSlice>, Vec<AxisSlice>)> = vec![(Vec::new(), Vec::new())];
        for (&length, &shift) in shape.iter().zip(&total) {
            let stretches = if shift == 0 {
                &[(0, 0, length)][..]
            } else {
                &[(0, shift, length - shift), (length - shift, 0, shift)]
            };
            boxes = boxes
                .iter()
                .flat_map(|(from, to)| {
                    stretches.iter().map(move |&(start, place, count)| {
                        let with = |slices: &[AxisSlice], start: usize| {
                            [slices, &[AxisSlice::range(start, start + count)]].concat()
                        };
                        (with(from, start), with(to, place))
                    })
                })
                .collect();
        }
        let parts = boxes.into_iter().map(|(from, to)| {
            let axes = (0..shape.len()).map(ArrangedAxis::Of).collect();
            Ok((Arrange::slice(to, shape.len()), self.arrange(from, axes)?))
        });
        let parts = parts.collect::<Result<Vec<_>, Error>>()?;
        self.context().assembled(self.distribution()?.clone(), parts)
    }

    /// The plane of two axes turned by `quarters` right angles, from the first axis towards the second. No element moves.
    #[track_caller]
    #[must_use]
    pub fn rot90(&self, quarters: isize, axes: (isize, isize)) -> DistArray {
        let place = Location::caller();
        let outcome = self.meta().and_then(|meta| {
            let ndim = meta.shape().len();
            let (first, second) = (one(axes.0, ndim)?, one(axes.1, ndim)?);
            if first == second {
                return Err(Error::AxisTwice { axis: first });
            }
            let (first, second) = (first.cast_signed(), second.cast_signed());
            Ok(match quarters.rem_euclid(4) {
                0 => self.clone(),
                1 => self.flip(second).swapaxes(first, second),
                2 => self.flip([first, second]),
                _ => self.swapaxes(first, second).flip(second),
            })
        });
        DistArray::from_outcome(self.context(), "rot90", place, outcome)
    }

    /// With its rows in reverse order.
    #[track_caller]
    #[must_use]
    pub fn flipud(&self) -> DistArray {
        self.flip(0)
    }

    /// With its columns in reverse order.
    #[track_caller]
    #[must_use]
    pub fn fliplr(&self) -> DistArray {
        self.flip(1)
    }
}
