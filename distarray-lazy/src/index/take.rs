//! Taking by index arrays, as NumPy's functions of these names.

use super::rearrange::one;
use crate::dist_array::DistArray;
use distarray_core::Scalar;
use distarray_maps::{ArrangedAxis, Distribution};
use distarray_spmd::Error;
use distarray_spmd::transfer::index::{Indexed, Take};
use std::panic::Location;

impl DistArray {
    /// What an array of integers names along `axis`, or with `None` among all elements in C order, as NumPy's `take`.
    ///
    /// See [`DistArray::index`] for where the result lies.
    #[track_caller]
    #[must_use]
    pub fn take(&self, indices: &DistArray, axis: impl Into<Option<isize>>) -> DistArray {
        let place = Location::caller();
        let outcome = self.try_take(indices, axis.into());
        DistArray::from_outcome(self.context(), "take", place, outcome)
    }

    fn try_take(&self, indices: &DistArray, axis: Option<isize>) -> Result<DistArray, Error> {
        let ndim = self.meta()?.shape().len();
        let (array, indexed) = match axis {
            None if ndim == 0 => (self.expand_dims(0), Indexed::flat(1)),
            None => (self.clone(), Indexed::flat(ndim)),
            Some(axis) => (self.clone(), Indexed::by_axis(one(axis, ndim)?, 1)),
        };
        if indices.meta()?.shape().is_empty() {
            let axis = indexed.axis;
            let taken = take(&array, &[indices.expand_dims(0)], indexed)?;
            return Ok(taken.squeeze(axis.cast_signed()));
        }
        take(&array, std::slice::from_ref(indices), indexed)
    }

    /// For every place of `indices` the element that lies there but for its index along `axis`, which they name, as
    /// NumPy's `take_along_axis`.
    #[track_caller]
    #[must_use]
    pub fn take_along_axis(&self, indices: &DistArray, axis: isize) -> DistArray {
        let place = Location::caller();
        let outcome = self
            .along_axis(indices, axis)
            .and_then(|arrays| take(self, &arrays, Indexed::by_axis(0, arrays.len())));
        DistArray::from_outcome(self.context(), "take_along_axis", place, outcome)
    }

    /// An index array for each axis: `indices` for one, and for the others every index.
    pub(super) fn along_axis(&self, indices: &DistArray, axis: isize) -> Result<Vec<DistArray>, Error> {
        let shape = self.meta()?.shape();
        let axis = one(axis, shape.len())?;
        if indices.meta()?.shape().len() != shape.len() {
            return Err(Error::Value {
                what: "indices",
                value: format!("of {} dimensions", indices.ndim()),
                reason: "`indices` and `arr` must have the same number of dimensions",
            });
        }
        let array = |other: usize| {
            if other == axis {
                Ok(indices.clone())
            } else {
                self.every_index(shape[other], 0, 1, shape.len() - 1 - other)
            }
        };
        (0..shape.len()).map(array).collect()
    }

    /// `start`, `start + step` and so on, with axes of one index after it; on every rank.
    pub(super) fn every_index(
        &self,
        count: usize,
        start: usize,
        step: isize,
        after: usize,
    ) -> Result<DistArray, Error> {
        let context = self.context();
        let layout = Distribution::replicated(&[count], context.rank_count())?;
        let (start, step) = (Scalar::Int64(start as i64), Scalar::Int64(step as i64));
        let indices = context.ramp(layout, start, step);
        let axes =
            std::iter::once(ArrangedAxis::Of(0)).chain(std::iter::repeat_n(ArrangedAxis::New(1), after));
        indices.arrange(Vec::new(), axes.collect())
    }
}

/// `array` with neighbouring axes indexed.
pub(super) fn take(array: &DistArray, indices: &[DistArray], indexed: Indexed) -> Result<DistArray, Error> {
    let inputs: Vec<&DistArray> = std::iter::once(array).chain(indices).collect();
    array.context().result_of(Take { indexed }, &inputs)
}
