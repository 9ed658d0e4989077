//! Axes in another order, new ones, and fewer: no element moves, and none is copied.

use crate::dist_array::DistArray;
use crate::reduce::Axes;
use distarray_maps::{ArrangedAxis, AxisRange, AxisSlice};
use distarray_spmd::Error;
use distarray_spmd::compute::reduce::normalize_axes;
use std::panic::Location;

impl DistArray {
    /// With its axes in the order of `axes`: axis `k` of the result is axis `axes[k]` of this array. With `()` all axes
    /// in reverse order.
    #[track_caller]
    #[must_use]
    pub fn transpose(&self, axes: impl Into<Axes>) -> DistArray {
        let place = Location::caller();
        let outcome = self.axis_count().and_then(|ndim| match axes.into() {
            Axes::All => Ok((0..ndim).rev().collect()),
            Axes::Some(axes) => {
                let given = axes.len();
                if given != ndim {
                    return Err(Error::AxisCount { given, ndim });
                }
                normalize_axes(&axes, ndim)?;
                axes.iter().map(|axis| one(*axis, ndim)).collect()
            }
        });
        self.permuted("transpose", place, outcome)
    }

    /// With two axes in each other's place.
    #[track_caller]
    #[must_use]
    pub fn swapaxes(&self, first: isize, second: isize) -> DistArray {
        let place = Location::caller();
        let outcome = self.axis_count().and_then(|ndim| {
            let (first, second) = (one(first, ndim)?, one(second, ndim)?);
            let mut order: Vec<usize> = (0..ndim).collect();
            order.swap(first, second);
            Ok(order)
        });
        self.permuted("swapaxes", place, outcome)
    }

    /// With the axes of `source` at the places of `destination`, and the others in their order.
    #[track_caller]
    #[must_use]
    pub fn moveaxis(&self, source: impl Into<Axes>, destination: impl Into<Axes>) -> DistArray {
        let place = Location::caller();
        let outcome = self.axis_count().and_then(|ndim| {
            let all = |axes: Axes| match axes {
                Axes::All => Ok((0..ndim).collect()),
                Axes::Some(axes) => {
                    normalize_axes(&axes, ndim)?;
                    axes.iter().map(|axis| one(*axis, ndim)).collect::<Result<Vec<usize>, Error>>()
                }
            };
            let (source, destination) = (all(source.into())?, all(destination.into())?);
            if source.len() != destination.len() {
                return Err(Error::Value {
                    what: "moveaxis",
                    value: format!("of {} axes to {} places", source.len(), destination.len()),
                    reason: "there must be as many of the one as of the other",
                });
            }
            let mut order: Vec<usize> = (0..ndim).filter(|axis| !source.contains(axis)).collect();
            let mut moves: Vec<(usize, usize)> = destination.into_iter().zip(source).collect();
            moves.sort_unstable();
            for (place, axis) in moves {
                order.insert(place, axis);
            }
            Ok(order)
        });
        self.permuted("moveaxis", place, outcome)
    }

    /// With new axes of one index at these places of the result.
    #[track_caller]
    #[must_use]
    pub fn expand_dims(&self, axes: impl Into<Axes>) -> DistArray {
        let place = Location::caller();
        let outcome = self.axis_count().and_then(|ndim| {
            let Axes::Some(axes) = axes.into() else { return Ok(self.clone()) };
            let ndim = ndim + axes.len();
            let new = normalize_axes(&axes, ndim)?;
            let mut kept = 0;
            let axis = |place: usize| {
                if new.contains(&place) {
                    return ArrangedAxis::New(1);
                }
                kept += 1;
                ArrangedAxis::Of(kept - 1)
            };
            self.arrange(Vec::new(), (0..ndim).map(axis).collect())
        });
        DistArray::from_outcome(self.context(), "expand_dims", place, outcome)
    }

    /// Without these axes, each of which has one index; with `()` without all axes of one index.
    #[track_caller]
    #[must_use]
    pub fn squeeze(&self, axes: impl Into<Axes>) -> DistArray {
        let place = Location::caller();
        let outcome = self.meta().and_then(|meta| {
            let shape = meta.shape();
            let dropped: Vec<usize> = match axes.into() {
                Axes::All => (0..shape.len()).filter(|axis| shape[*axis] == 1).collect(),
                Axes::Some(axes) => normalize_axes(&axes, shape.len())?,
            };
            if let Some(axis) = dropped.iter().find(|axis| shape[**axis] != 1) {
                return Err(Error::Value {
                    what: "axis",
                    value: format!("{axis} of length {}", shape[*axis]),
                    reason: "only axes of length 1 can be squeezed out",
                });
            }
            let slice = |axis: usize| {
                if dropped.contains(&axis) { AxisSlice::Index(0) } else { AxisSlice::full(shape[axis]) }
            };
            let axes = (0..shape.len() - dropped.len()).map(ArrangedAxis::Of).collect();
            self.arrange((0..shape.len()).map(slice).collect(), axes)
        });
        DistArray::from_outcome(self.context(), "squeeze", place, outcome)
    }

    /// With the indices of these axes in reverse order; with `()` those of all axes.
    #[track_caller]
    #[must_use]
    pub fn flip(&self, axes: impl Into<Axes>) -> DistArray {
        let place = Location::caller();
        let outcome = self.meta().and_then(|meta| {
            let shape = meta.shape();
            let turned = match axes.into() {
                Axes::All => (0..shape.len()).collect(),
                Axes::Some(axes) => normalize_axes(&axes, shape.len())?,
            };
            let slice = |axis: usize| {
                let length = shape[axis];
                if turned.contains(&axis) && length > 1 {
                    AxisSlice::Range(AxisRange { start: length - 1, step: -1, count: length })
                } else {
                    AxisSlice::full(length)
                }
            };
            let axes = (0..shape.len()).map(ArrangedAxis::Of).collect();
            self.arrange((0..shape.len()).map(slice).collect(), axes)
        });
        DistArray::from_outcome(self.context(), "flip", place, outcome)
    }

    /// Repeated along new axes in front and along axes of one index, so that its shape becomes `shape`; no element is
    /// copied.
    #[track_caller]
    #[must_use]
    pub fn broadcast_to(&self, shape: &[usize]) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "broadcast_to", place, self.try_broadcast_to(shape))
    }

    pub(crate) fn try_broadcast_to(&self, shape: &[usize]) -> Result<DistArray, Error> {
        let own = self.meta()?.shape();
        let mismatch = || Error::Shape { found: own.to_vec(), expected: shape.to_vec() };
        let missing = shape.len().checked_sub(own.len()).ok_or_else(mismatch)?;
        let mut slices = Vec::with_capacity(own.len());
        let mut axes: Vec<ArrangedAxis> = shape[..missing].iter().copied().map(ArrangedAxis::New).collect();
        let mut kept = 0;
        for (&length, &wanted) in own.iter().zip(&shape[missing..]) {
            if length == wanted {
                slices.push(AxisSlice::full(length));
                axes.push(ArrangedAxis::Of(kept));
                kept += 1;
            } else if length == 1 {
                slices.push(AxisSlice::Index(0));
                axes.push(ArrangedAxis::New(wanted));
            } else {
                return Err(mismatch());
            }
        }
        self.arrange(slices, axes)
    }

    fn axis_count(&self) -> Result<usize, Error> {
        Ok(self.meta()?.shape().len())
    }

    fn permuted(&self, name: &str, place: &Location<'_>, order: Result<Vec<usize>, Error>) -> DistArray {
        let outcome = order
            .and_then(|order| self.arrange(Vec::new(), order.into_iter().map(ArrangedAxis::Of).collect()));
        DistArray::from_outcome(self.context(), name, place, outcome)
    }
}

/// One axis, which may count from the end.
pub(crate) fn one(axis: isize, ndim: usize) -> Result<usize, Error> {
    Ok(normalize_axes(&[axis], ndim)?[0])
}
