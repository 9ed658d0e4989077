//! Triangles, and matrices with something on a diagonal.

use crate::context::Context;
use crate::dist_array::DistArray;
use crate::elementwise::apply;
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, Scalar};
use distarray_maps::Distribution;
use distarray_spmd::Error;
use std::panic::Location;

/// Which elements stay.
#[derive(Clone, Copy)]
pub(super) enum Side {
    /// Those on the diagonal and below it.
    Lower,
    /// Those on the diagonal and above it.
    Upper,
    /// Those on the diagonal.
    Diagonal,
}

impl DistArray {
    /// The matrices of the last two axes with zeros above diagonal `offset` (0: the main one, above it positive). An array
    /// of one dimension is repeated as rows. No element moves.
    #[track_caller]
    #[must_use]
    pub fn tril(&self, offset: i64) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "tril", place, self.triangle(Side::Lower, offset))
    }

    /// The matrices of the last two axes with zeros below diagonal `offset` (0: the main one, above it positive). An array
    /// of one dimension is repeated as rows. No element moves.
    #[track_caller]
    #[must_use]
    pub fn triu(&self, offset: i64) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "triu", place, self.triangle(Side::Upper, offset))
    }

    fn triangle(&self, side: Side, offset: i64) -> Result<DistArray, Error> {
        let array = match *self.meta()?.shape() {
            [] => return Err(Error::Axis { axis: -2, ndim: 0 }),
            [length] => self.try_broadcast_to(&[length, length])?,
            _ => self.clone(),
        };
        let (context, zero) = (self.context(), Scalar::zero(self.dtype()?));
        let stays = context.side(array.distribution()?, side, offset)?;
        Ok(apply(context, Ufunc::Where, &[stays.into(), array.into(), zero.into()]))
    }
}

impl Context {
    /// Ones on diagonal `offset` of a matrix of `rows` and `columns`, zeros elsewhere, in blocks of rows.
    #[track_caller]
    #[must_use]
    pub fn eye(&self, rows: usize, columns: usize, offset: i64, dtype: DType) -> DistArray {
        let place = Location::caller();
        let outcome = Distribution::block_rows(&[rows, columns], self.rank_count())
            .map_err(Error::from)
            .and_then(|layout| Ok(self.side(&layout, Side::Diagonal, offset)?.astype(dtype)));
        DistArray::from_outcome(self, "eye", place, outcome)
    }

    /// The identity matrix of `length` rows, in blocks of rows.
    #[track_caller]
    #[must_use]
    pub fn identity(&self, length: usize, dtype: DType) -> DistArray {
        self.eye(length, length, 0, dtype)
    }

    /// Which elements of matrices that lie as `layout` are on a side of a diagonal: bools that combine with them without
    /// a message.
    pub(super) fn side(&self, layout: &Distribution, side: Side, offset: i64) -> Result<DistArray, Error> {
        let last = layout.ndim() - 1;
        // Diagonals farther off than the matrix reaches have nothing on one side, and all on the other.
        let reach = |axis: usize| i64::try_from(layout.shape()[axis]).unwrap_or(i64::MAX);
        let offset = offset.clamp(-reach(last - 1), reach(last));
        let rows = self.counted_along(layout, last - 1, offset)?;
        let columns = self.counted_along(layout, last, 0)?;
        let comparison = match side {
            Side::Lower => Ufunc::GreaterEqual,
            Side::Upper => Ufunc::LessEqual,
            Side::Diagonal => Ufunc::Equal,
        };
        let chosen = apply(self, comparison, &[rows.into(), columns.into()]);
        chosen.check()?;
        Ok(chosen)
    }
}
