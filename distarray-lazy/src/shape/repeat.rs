//! Repeating: whole arrays, or every element.

use crate::dist_array::DistArray;
use crate::index::rearrange::one;
use distarray_core::reserve;
use distarray_maps::{ArrangedAxis, Distribution};
use distarray_spmd::Error;
use std::panic::Location;

impl DistArray {
    /// The array `counts[k]` times along axis `k`; missing counts in front are 1, and missing axes have one index.
    ///
    /// Along axes that are not distributed every rank repeats what it has; otherwise as [`DistArray::reshape`].
    #[track_caller]
    #[must_use]
    pub fn tile(&self, counts: &[usize]) -> DistArray {
        let place = Location::caller();
        let outcome = self.meta().and_then(|meta| {
            let own = meta.shape();
            let ndim = own.len().max(counts.len());
            let (mut axes, mut shape) = (Vec::new(), Vec::new());
            for place in 0..ndim {
                let axis = (place + own.len()).checked_sub(ndim);
                let count = (place + counts.len()).checked_sub(ndim).map_or(1, |own| counts[own]);
                if count != 1 {
                    axes.push(ArrangedAxis::New(count));
                }
                axes.extend(axis.map(ArrangedAxis::Of));
                shape.push(times(axis.map_or(1, |axis| own[axis]), count)?);
            }
            self.arrange(Vec::new(), axes)?.reshaped(&shape)
        });
        DistArray::from_outcome(self.context(), "tile", place, outcome)
    }

    /// Every index of `axis` `count` times, one beside the other; without an axis every element of the flat array. No
    /// element moves if the array lies in blocks along the axis, or is whole along it.
    #[track_caller]
    #[must_use]
    pub fn repeat(&self, count: usize, axis: impl Into<Option<isize>>) -> DistArray {
        let place = Location::caller();
        let outcome = self.along(axis.into()).and_then(|(array, axis)| {
            let mut shape = array.shape().to_vec();
            shape[axis] = times(shape[axis], count)?;
            let mut axes: Vec<ArrangedAxis> = (0..shape.len()).map(ArrangedAxis::Of).collect();
            axes.insert(axis + 1, ArrangedAxis::New(count));
            array.arrange(Vec::new(), axes)?.reshaped(&shape)
        });
        DistArray::from_outcome(self.context(), "repeat", place, outcome)
    }

    /// Index `i` of `axis` `counts[i]` times, one beside the other; without an axis element `i` of the flat array.
    ///
    /// # Cost
    /// The list of indices is made here; the elements are taken as by [`DistArray::take`].
    #[track_caller]
    #[must_use]
    pub fn repeat_each(&self, counts: &[usize], axis: impl Into<Option<isize>>) -> DistArray {
        let place = Location::caller();
        let outcome = self.along(axis.into()).and_then(|(array, axis)| {
            let length = array.shape()[axis];
            if counts.len() != length && counts.len() != 1 {
                return Err(Error::Shape { found: vec![counts.len()], expected: vec![length] });
            }
            let mut indices: Vec<i64> = Vec::new();
            for index in 0..length {
                let count = counts[if counts.len() == 1 { 0 } else { index }];
                reserve(&mut indices, count)?;
                indices.extend(std::iter::repeat_n(index as i64, count));
            }
            let layout = array.distribution()?.blocks_along(&[indices.len()], 0)?;
            let context = self.context();
            let indices = context.array(ndarray::ArrayView1::from(&indices).into_dyn(), layout);
            let taken = array.take(&indices, axis.cast_signed());
            taken.check()?;
            Ok(taken)
        });
        DistArray::from_outcome(self.context(), "repeat", place, outcome)
    }

    /// The array and its axis, or the flat array and axis 0.
    fn along(&self, axis: Option<isize>) -> Result<(DistArray, usize), Error> {
        let ndim = self.meta()?.shape().len();
        match axis {
            Some(axis) => Ok((self.clone(), one(axis, ndim)?)),
            None => Ok((self.reshaped(&[self.size()])?, 0)),
        }
    }
}

/// A length times a count.
fn times(length: usize, count: usize) -> Result<usize, Error> {
    length.checked_mul(count).ok_or_else(|| match Distribution::replicated(&[length, count], 1) {
        Err(error) => error.into(),
        Ok(_) => Error::Shape { found: vec![length, count], expected: vec![length] },
    })
}
