//! Joining: several arrays one after the other, or one above the other.

use super::longer_axis;
use crate::context::Context;
use crate::dist_array::DistArray;
use crate::index::rearrange::one;
use distarray_core::promote;
use distarray_maps::{AxisMap, AxisSlice, Distribution};
use distarray_spmd::Error;
use distarray_spmd::transfer::arrange::Arrange;
use std::panic::Location;

impl Context {
    /// The arrays one after the other along `axis`; without an axis all their elements in C order. The dtype is the one
    /// in which theirs meet.
    ///
    /// The result lies like the first array that is distributed. Along the axis it is whole if that array is, and nothing
    /// of that array moves; otherwise it lies in even blocks over as many parts. Each element moves at most once.
    #[track_caller]
    #[must_use]
    pub fn concatenate(&self, arrays: &[&DistArray], axis: impl Into<Option<isize>>) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self, "concatenate", place, self.joined(arrays, axis.into()))
    }

    /// Arrays of one shape along a new axis that becomes `axis` of the result; it is not distributed, so that nothing moves
    /// where the arrays lie alike.
    #[track_caller]
    #[must_use]
    pub fn stack(&self, arrays: &[&DistArray], axis: isize) -> DistArray {
        let place = Location::caller();
        let outcome = same_shapes(arrays).and_then(|ndim| {
            let axis = one(axis, ndim + 1)?.cast_signed();
            self.joined_as(arrays, axis, |array| array.expand_dims(axis))
        });
        DistArray::from_outcome(self, "stack", place, outcome)
    }

    /// The arrays side by side: along axis 1, or along axis 0 if the first has one dimension.
    #[track_caller]
    #[must_use]
    pub fn hstack(&self, arrays: &[&DistArray]) -> DistArray {
        let place = Location::caller();
        let axis = isize::from(arrays.first().is_none_or(|array| array.ndim() > 1));
        let outcome = self.joined_as(arrays, axis, |array| {
            if array.ndim() == 0 { array.expand_dims(0) } else { array.clone() }
        });
        DistArray::from_outcome(self, "hstack", place, outcome)
    }

    /// The arrays one above the other, along axis 0; those of one dimension are rows.
    #[track_caller]
    #[must_use]
    pub fn vstack(&self, arrays: &[&DistArray]) -> DistArray {
        let place = Location::caller();
        let outcome = self.joined_as(arrays, 0, |array| match array.ndim() {
            0 => array.expand_dims([0, 1]),
            1 => array.expand_dims(0),
            _ => array.clone(),
        });
        DistArray::from_outcome(self, "vstack", place, outcome)
    }

    /// The arrays one behind the other, along axis 2; those of one dimension are rows, those of two lie in planes.
    #[track_caller]
    #[must_use]
    pub fn dstack(&self, arrays: &[&DistArray]) -> DistArray {
        let place = Location::caller();
        let outcome = self.joined_as(arrays, 2, |array| match array.ndim() {
            0 => array.expand_dims([0, 1, 2]),
            1 => array.expand_dims([0, 2]),
            2 => array.expand_dims(2),
            _ => array.clone(),
        });
        DistArray::from_outcome(self, "dstack", place, outcome)
    }

    /// The arrays side by side, along axis 1; those of one dimension are columns.
    #[track_caller]
    #[must_use]
    pub fn column_stack(&self, arrays: &[&DistArray]) -> DistArray {
        let place = Location::caller();
        let outcome = self.joined_as(arrays, 1, |array| match array.ndim() {
            0 => array.expand_dims([0, 1]),
            1 => array.expand_dims(1),
            _ => array.clone(),
        });
        DistArray::from_outcome(self, "column_stack", place, outcome)
    }

    fn joined_as(
        &self,
        arrays: &[&DistArray],
        axis: isize,
        shaped: impl Fn(&DistArray) -> DistArray,
    ) -> Result<DistArray, Error> {
        for array in arrays {
            array.check()?;
        }
        let shaped: Vec<DistArray> = arrays.iter().map(|array| shaped(array)).collect();
        self.joined(&shaped.iter().collect::<Vec<_>>(), Some(axis))
    }

    pub(super) fn joined(&self, arrays: &[&DistArray], axis: Option<isize>) -> Result<DistArray, Error> {
        let Some(first) = arrays.first() else { return Err(nothing()) };
        for array in arrays {
            array.check_context(self)?.check()?;
        }
        let Some(axis) = axis else {
            let flat = arrays.iter().map(|array| array.reshaped(&[array.size()]));
            let flat = flat.collect::<Result<Vec<_>, Error>>()?;
            return self.joined(&flat.iter().collect::<Vec<_>>(), Some(0));
        };
        if first.ndim() == 0 {
            return Err(Error::Value {
                what: "concatenating",
                value: format!("{} arrays", arrays.len()),
                reason: "zero-dimensional arrays cannot be concatenated",
            });
        }
        let axis = one(axis, first.ndim())?;
        check_shapes(arrays, axis)?;
        let mut dtype = first.dtype()?;
        for array in arrays {
            dtype = promote(dtype, array.dtype()?);
        }
        let length = arrays.iter().map(|array| array.shape()[axis]).sum();
        let target = joined_layout(arrays, axis, length)?;
        let mut start = 0;
        let parts = arrays.iter().map(|array| {
            let stop = start + array.shape()[axis];
            let mut slices: Vec<AxisSlice> = array.shape().iter().copied().map(AxisSlice::full).collect();
            slices[axis] = AxisSlice::range(start, stop);
            start = stop;
            (Arrange::slice(slices, target.ndim()), array.astype(dtype))
        });
        let parts = parts.collect();
        self.assembled(target, parts)
    }
}

fn nothing() -> Error {
    Error::Value {
        what: "joining",
        value: "no arrays".to_owned(),
        reason: "need at least one array to concatenate",
    }
}

/// How many dimensions arrays have that are of one shape.
fn same_shapes(arrays: &[&DistArray]) -> Result<usize, Error> {
    let Some(first) = arrays.first() else { return Err(nothing()) };
    for array in arrays {
        array.check()?;
        if array.shape() != first.shape() {
            return Err(Error::Value {
                what: "stacking",
                value: format!("arrays of shapes {:?} and {:?}", first.shape(), array.shape()),
                reason: "all input arrays must have the same shape",
            });
        }
    }
    Ok(first.ndim())
}

/// Refuses arrays that differ along another axis than `axis`.
fn check_shapes(arrays: &[&DistArray], axis: usize) -> Result<(), Error> {
    let first = arrays[0].shape();
    for (index, array) in arrays.iter().enumerate() {
        let shape = array.shape();
        if shape.len() != first.len() {
            return Err(Error::JoinedDimensions { first: first.len(), index, found: shape.len() });
        }
        if let Some(axis) = (0..shape.len()).find(|&other| other != axis && shape[other] != first[other]) {
            return Err(Error::JoinedLengths { axis, first: first[axis], index, found: shape[axis] });
        }
    }
    Ok(())
}

/// Where the result of joining lies.
fn joined_layout(arrays: &[&DistArray], axis: usize, length: usize) -> Result<Distribution, Error> {
    let spread = |array: &&&DistArray| {
        array.distribution().is_ok_and(|distribution| distribution.grid().primary_count() > 1)
    };
    let base = arrays.iter().find(spread).unwrap_or(&arrays[0]).distribution()?;
    let mut axes: Vec<AxisMap> = base.axes().to_vec();
    axes[axis] = longer_axis(&axes[axis], length)?;
    super::with_axes(base, axes)
}
