//! Grids: the coordinates of points.

use crate::context::Context;
use crate::dist_array::DistArray;
use distarray_core::{DType, Scalar};
use distarray_maps::{AxisMap, AxisSlice, Distribution, Grid};
use distarray_spmd::Error;
use distarray_spmd::transfer::arrange::Arrange;
use std::panic::Location;

impl Context {
    /// Arrays of one dimension as coordinates over the grid they span: for each a view in which it stands along its axis
    /// and is repeated along the others. With `is_cartesian` (NumPy's `indexing="xy"`) the first two axes are swapped.
    ///
    /// # Errors
    /// The error of a failed handle; arrays of more than one dimension.
    pub fn meshgrid(&self, arrays: &[&DistArray], is_cartesian: bool) -> Result<Vec<DistArray>, Error> {
        let ndim = arrays.len();
        let axis_of = |place: usize| match place {
            0 | 1 if is_cartesian && ndim > 1 => 1 - place,
            place => place,
        };
        let mut shape = vec![0; ndim];
        for (place, array) in arrays.iter().enumerate() {
            if array.check_context(self)?.meta()?.shape().len() > 1 {
                return Err(Error::Shape { found: array.shape().to_vec(), expected: vec![array.size()] });
            }
            shape[axis_of(place)] = array.size();
        }
        let spread = |(place, array): (usize, &&DistArray)| {
            let flat = array.reshaped(&[array.size()])?;
            let new: Vec<isize> =
                (0..ndim).filter(|axis| *axis != axis_of(place)).map(usize::cast_signed).collect();
            flat.expand_dims(crate::Axes::Some(new)).try_broadcast_to(&shape)
        };
        arrays.iter().enumerate().map(spread).collect()
    }

    /// The indices of every point of a grid of `shape`: index `k` of the first axis, which is not distributed, has the
    /// indices along axis `k`. The grid lies in blocks along its first axis.
    #[track_caller]
    #[must_use]
    pub fn indices(&self, shape: &[usize], dtype: DType) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self, "indices", place, self.all_indices(shape, dtype))
    }

    fn all_indices(&self, shape: &[usize], dtype: DType) -> Result<DistArray, Error> {
        let points = Distribution::block_rows(shape, self.rank_count())?;
        let ndim = shape.len();
        if ndim == 0 {
            return Ok(self.zeros([0], dtype));
        }
        let mut axes = vec![AxisMap::replicated(ndim)];
        axes.extend(points.axes().iter().cloned());
        let mut parts = vec![1];
        parts.extend(points.grid().shape());
        let whole: Vec<usize> = axes.iter().map(AxisMap::length).collect();
        let target = Distribution::new(&whole, axes, Grid::row_major(&parts)?)?;
        let part = |axis: usize| {
            let mut slices: Vec<AxisSlice> = whole.iter().copied().map(AxisSlice::full).collect();
            slices[0] = AxisSlice::Index(axis);
            Ok((
                Arrange::slice(slices, ndim + 1),
                self.counted_along(&points, axis, 0)?.astype(dtype).try_broadcast_to(shape)?,
            ))
        };
        let parts = (0..ndim).map(part).collect::<Result<Vec<_>, Error>>()?;
        self.assembled(target, parts)
    }

    /// `first`, `first + 1`, ... along `axis` of arrays that lie as `layout`: int64, of one index along the other axes, where
    /// combining it with such an array moves nothing.
    pub(super) fn counted_along(
        &self,
        layout: &Distribution,
        axis: usize,
        first: i64,
    ) -> Result<DistArray, Error> {
        let mut shape = vec![1; layout.ndim()];
        shape[axis] = layout.shape()[axis];
        let counted = self.ramp(layout.for_operand(&shape)?, Scalar::Int64(first), Scalar::Int64(1));
        counted.check()?;
        Ok(counted)
    }
}
