//! Statistics that are made of reductions.

use super::Axes;
use crate::dist_array::DistArray;
use distarray_core::Reduction;
use distarray_spmd::Error;
use std::panic::Location;

impl DistArray {
    /// The greatest less the least element over `axes`, as NumPy's `ptp`.
    #[track_caller]
    #[must_use]
    pub fn ptp(&self, axes: impl Into<Axes>, keepdims: bool) -> DistArray {
        let axes = axes.into();
        self.reduce(Reduction::Max, axes.clone(), keepdims) - self.reduce(Reduction::Min, axes, keepdims)
    }

    /// The mean over `axes` with weights, and the sum of the weights, as NumPy's `average`. The weights have this array's
    /// shape, or are a list for the one axis.
    ///
    /// # Errors
    /// The error that a handle carries; weights of another shape, in NumPy's words.
    #[track_caller]
    pub fn average(
        &self,
        weights: &DistArray,
        axes: impl Into<Axes>,
        keepdims: bool,
    ) -> Result<(DistArray, DistArray), Error> {
        let axes = axes.into();
        let numbers = axes.numbers(self.meta()?.shape().len())?;
        let weights = if weights.meta()?.shape() == self.shape() {
            weights.clone()
        } else {
            let ([axis], [length]) = (&numbers[..], weights.shape()) else {
                return Err(unlike(
                    weights,
                    "shape of weights must be consistent with shape of a along specified axis",
                ));
            };
            if *length != self.shape()[*axis] {
                return Err(unlike(weights, "Length of weights not compatible with specified axis."));
            }
            let mut shape = vec![1; self.ndim()];
            shape[*axis] = length.cast_signed();
            weights.reshape(&shape).broadcast_to(self.shape())
        };
        let total = weights.reduce(Reduction::Sum, axes.clone(), keepdims);
        let sum = (self * &weights).reduce(Reduction::Sum, axes, keepdims);
        let mean = &sum / &total;
        mean.check()?;
        let dtype = mean.dtype()?;
        Ok((mean, total.astype(dtype)))
    }

    /// The `n`-th difference of neighbours along `axis`, as NumPy's `diff`.
    #[track_caller]
    #[must_use]
    pub fn diff(&self, n: usize, axis: isize) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "diff", place, self.try_diff(n, axis))
    }

    fn try_diff(&self, n: usize, axis: isize) -> Result<DistArray, Error> {
        use crate::index::{Index, IndexTerm};
        let ndim = self.meta()?.shape().len();
        let axis = Axes::from(axis).numbers(ndim)?[0];
        let part = |array: &DistArray, start, stop| {
            let mut terms = vec![IndexTerm::Slice { start: None, stop: None, step: None }; axis];
            terms.push(IndexTerm::Slice { start, stop, step: None });
            array.index(Index::new(terms))
        };
        let is_bool = self.dtype()? == distarray_core::DType::Bool;
        let mut result = self.clone();
        for _ in 0..n {
            let (after, before) = (part(&result, Some(1), None), part(&result, None, Some(-1)));
            result = if is_bool { after.not_equal(&before) } else { after - before };
            result.check()?;
        }
        Ok(result)
    }
}

fn unlike(weights: &DistArray, reason: &'static str) -> Error {
    Error::Value { what: "weights", value: format!("of shape {:?}", weights.shape()), reason }
}
