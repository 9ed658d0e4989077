//! Diagonals: taken out of matrices, and put into them.

use super::pad_mode::Pad;
use super::triangle::Side;
use crate::dist_array::DistArray;
use crate::elementwise::apply;
use crate::index::rearrange::one;
use distarray_core::Scalar;
use distarray_core::ufunc::Ufunc;
use distarray_maps::{ArrangedAxis, AxisSlice};
use distarray_spmd::Error;
use distarray_spmd::transfer::diagonal::Diagonal;
use std::panic::Location;

impl DistArray {
    /// The elements `[i, i + offset]` of two axes, which the last axis of the result counts; the other axes come before it.
    ///
    /// Every element stays on its rank, unless both axes are distributed: then the array is first put into blocks along the
    /// first of them.
    #[track_caller]
    #[must_use]
    pub fn diagonal(&self, offset: i64, axes: (isize, isize)) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "diagonal", place, self.diagonal_of(offset, axes))
    }

    /// The sum over [`DistArray::diagonal`].
    #[track_caller]
    #[must_use]
    pub fn trace(&self, offset: i64, axes: (isize, isize)) -> DistArray {
        let place = Location::caller();
        let outcome = self.diagonal_of(offset, axes).map(|diagonal| diagonal.sum(-1));
        DistArray::from_outcome(self.context(), "trace", place, outcome)
    }

    /// Of a matrix its diagonal `offset`; of an array of one dimension the matrix that has it there, and zeros elsewhere.
    #[track_caller]
    #[must_use]
    pub fn diag(&self, offset: i64) -> DistArray {
        let place = Location::caller();
        let outcome = self.meta().and_then(|meta| match *meta.shape() {
            [length] => self.as_diagonal(length, offset),
            [_, _] => self.diagonal_of(offset, (0, 1)),
            _ => Err(Error::Value {
                what: "diag",
                value: format!("of an array of {} dimensions", meta.shape().len()),
                reason: "input must be 1- or 2-d",
            }),
        });
        DistArray::from_outcome(self.context(), "diag", place, outcome)
    }

    fn diagonal_of(&self, offset: i64, axes: (isize, isize)) -> Result<DistArray, Error> {
        let shape = self.meta()?.shape();
        let ndim = shape.len();
        if ndim < 2 {
            return Err(Error::Value {
                what: "diagonal",
                value: format!("of an array of {ndim} dimensions"),
                reason: "diag requires an array of at least two dimensions",
            });
        }
        let (rows, columns) = (one(axes.0, ndim)?, one(axes.1, ndim)?);
        if rows == columns {
            return Err(Error::AxisTwice { axis: rows });
        }
        let away = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
        let (down, right) = if offset < 0 { (away, 0) } else { (0, away) };
        let length = shape[rows].saturating_sub(down).min(shape[columns].saturating_sub(right));
        let mut slices: Vec<AxisSlice> = shape.iter().copied().map(AxisSlice::full).collect();
        slices[rows] = AxisSlice::range(down.min(shape[rows]), down.min(shape[rows]) + length);
        slices[columns] = AxisSlice::range(right.min(shape[columns]), right.min(shape[columns]) + length);
        let others = (0..ndim).filter(|axis| ![rows, columns].contains(axis));
        let mut order: Vec<usize> = others.collect();
        // The axis that is whole on every rank stands last.
        let distribution = self.distribution()?;
        let is_turned = distribution.axis(columns).parts() > 1 && distribution.axis(rows).parts() == 1;
        order.extend(if is_turned { [columns, rows] } else { [rows, columns] });
        let square = self.arrange(slices, order.into_iter().map(ArrangedAxis::Of).collect())?;
        let context = self.context();
        if length == 0 {
            let shape = &square.shape()[..ndim - 1];
            let layout = square.distribution()?.even_blocks(shape)?;
            return Ok(context.zeros(layout, self.dtype()?));
        }
        let lies = square.distribution()?;
        let last = lies.axis(ndim - 1);
        let square = if last.parts() == 1 && last.letter() != 'u' {
            square
        } else {
            square.redistribute(lies.blocks_along(lies.shape(), ndim - 2)?)
        };
        context.result_of(Diagonal, &[&square])
    }

    fn as_diagonal(&self, length: usize, offset: i64) -> Result<DistArray, Error> {
        let context = self.context();
        let away = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
        let zero = Scalar::zero(self.dtype()?);
        // Element i stands in row i above the main diagonal, and in column i below it.
        let padded = self.padded(&[(0, away)], &Pad::Constant(vec![(zero, zero)]))?;
        let side = length + away;
        let layout = self.distribution()?.blocks_along(&[side, side], 0)?;
        let chosen = context.side(&layout, Side::Diagonal, offset)?;
        let spread = padded.expand_dims(isize::from(offset >= 0));
        Ok(apply(context, Ufunc::Where, &[chosen.into(), spread.into(), zero.into()]))
    }
}
