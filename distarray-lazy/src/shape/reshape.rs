//! Reshaping in C order.

use crate::dist_array::DistArray;
use distarray_maps::{AxisMap, Distribution, Grid, MapError};
use distarray_spmd::Error;
use distarray_spmd::transfer::arrange::Contiguous;
use distarray_spmd::transfer::reshape::Reshape;
use std::panic::Location;

impl DistArray {
    /// The elements in C order of another shape, one length of which may be -1: what is left.
    ///
    /// Where every rank keeps its elements in their order (axes that are not distributed are joined or cut, a leading
    /// block axis is joined with whole axes, or cut where blocks begin with whole rows) nothing moves, and the result
    /// shares the memory. Otherwise the result lies in even blocks over the ranks that own something, along the first axis
    /// with at least as many indices as there are ranks; each element moves once by its place in C order, and once more
    /// for each side (this array, the result) that is not in blocks along its first axis.
    ///
    /// # Example
    /// ```
    /// use distarray_comm::threads;
    /// use distarray_lazy::Context;
    ///
    /// let sums = threads::run(2, |comm| {
    ///     let context = Context::spmd(&comm)?;
    ///     context.arange(6).reshape(&[2, -1]).sum(1).fetch::<i64>()
    /// })?;
    /// assert_eq!(sums[0], ndarray::arr1(&[3, 12]).into_dyn());
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    #[track_caller]
    #[must_use]
    pub fn reshape(&self, shape: &[isize]) -> DistArray {
        let place = Location::caller();
        let outcome =
            self.check().and_then(|_| full_shape(self.size(), shape)).and_then(|shape| self.reshaped(&shape));
        DistArray::from_outcome(self.context(), "reshape", place, outcome)
    }

    /// All elements along one axis, in C order: `reshape(&[-1])`.
    #[track_caller]
    #[must_use]
    pub fn ravel(&self) -> DistArray {
        let place = Location::caller();
        let outcome = self.check().and_then(|_| self.reshaped(&[self.size()]));
        DistArray::from_outcome(self.context(), "ravel", place, outcome)
    }

    /// As [`DistArray::ravel`]: values never change, so a copy is not told from a view.
    #[track_caller]
    #[must_use]
    pub fn flatten(&self) -> DistArray {
        self.ravel()
    }

    /// The elements in memory of their own, in C order on every rank. What is computed is the same; use it to let go of the
    /// array that a small view was taken from, or before a view with steps is read many times.
    #[track_caller]
    #[must_use]
    pub fn copy(&self) -> DistArray {
        let place = Location::caller();
        let outcome = self.check().and_then(|_| self.context().result_of(Contiguous, &[self]));
        DistArray::from_outcome(self.context(), "copy", place, outcome)
    }

    /// The elements in another shape of the same size.
    pub(super) fn reshaped(&self, shape: &[usize]) -> Result<DistArray, Error> {
        let source = self.distribution()?;
        if source.shape() == shape {
            return Ok(self.clone());
        }
        if source.reshaped(shape)?.is_some() {
            return self.relabelled(shape);
        }
        let size = [self.size()];
        let target = source.even_blocks(shape)?;
        let rows = source.blocks_along(shape, first_long(shape))?;
        let flat = flat_of(&rows)?;
        let from = if source.reshaped(&size)?.is_some() {
            self.clone()
        } else {
            self.redistribute(rows_like(source, &flat)?)
        };
        let moved = from.relabelled(&size)?.redistribute(flat);
        Ok(moved.relabelled(shape)?.redistribute(target))
    }

    /// The elements in another shape, where nothing has to move for it.
    fn relabelled(&self, shape: &[usize]) -> Result<DistArray, Error> {
        if self.shape() == shape {
            return Ok(self.clone());
        }
        self.context().result_of(Reshape { shape: shape.to_vec() }, &[self])
    }
}

/// The shape that is meant where one length may be -1.
fn full_shape(size: usize, shape: &[isize]) -> Result<Vec<usize>, Error> {
    let mismatch = || Error::Reshape { size, shape: shape.to_vec() };
    let unknown = shape.iter().filter(|length| **length == -1).count();
    if unknown > 1 {
        return Err(Error::Value {
            what: "shape",
            value: format!("{shape:?}"),
            reason: "can only specify one unknown dimension",
        });
    }
    let known = shape.iter().filter(|length| **length != -1);
    let known = known.map(|length| usize::try_from(*length)).collect::<Result<Vec<_>, _>>();
    let known = known.map_err(|_| Error::Value {
        what: "shape",
        value: format!("{shape:?}"),
        reason: "negative dimensions are not allowed",
    })?;
    let product = if known.contains(&0) {
        0
    } else {
        known.iter().try_fold(1_usize, |product, length| product.checked_mul(*length)).ok_or_else(mismatch)?
    };
    let rest = match (unknown, product) {
        (0, _) if product == size => 0,
        (1, 1..) if size.is_multiple_of(product) => size / product,
        _ => return Err(mismatch()),
    };
    Ok(shape.iter().map(|length| usize::try_from(*length).unwrap_or(rest)).collect())
}

/// The first axis that has several indices.
fn first_long(shape: &[usize]) -> usize {
    shape.iter().position(|length| *length > 1).unwrap_or(0)
}

/// How the elements of an array in blocks of rows lie in C order.
fn flat_of(rows: &Distribution) -> Result<Distribution, Error> {
    let size = rows.size();
    let mismatch = MapError::ShapeMismatch { source_shape: rows.shape().to_vec(), target_shape: vec![size] };
    Ok(rows.reshaped(&[size])?.ok_or(mismatch)?)
}

/// Blocks along the first long axis of `source`, as near as rows allow to the blocks of `flat`, on the same ranks.
fn rows_like(source: &Distribution, flat: &Distribution) -> Result<Distribution, Error> {
    let shape = source.shape();
    let axis = first_long(shape);
    let row: usize = shape[axis + 1..].iter().product();
    let mut bounds = vec![0];
    let mut stop = 0;
    for part in 0..flat.axis(0).parts() {
        stop += flat.axis(0).count(part);
        bounds.push((stop + row / 2) / row);
    }
    if let Some(last) = bounds.last_mut() {
        *last = shape[axis];
    }
    let mut axes: Vec<AxisMap> = shape.iter().map(|length| AxisMap::replicated(*length)).collect();
    axes[axis] = AxisMap::block_with_bounds(&bounds)?;
    let mut places = vec![1; shape.len()];
    places[axis] = flat.axis(0).parts();
    let ranks: Vec<usize> = flat.grid().primaries().collect();
    let grid = Grid::with_ranks(&places, 1, &ranks)?;
    Ok(Distribution::new(shape, axes, grid)?)
}
