//! Writing through an index: new versions of arrays, with values put where the index says.

use super::advanced::Advanced;
use super::expression::{Entry, Index, IndexTerm};
use super::masked::ufunc;
use super::put::{only_element, put};
use super::take::take;
use super::write::{element, fitted};
use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply_to};
use distarray_core::kernel::select::Scatter;
use distarray_core::ufunc::{Argument, Ufunc};
use distarray_core::{DType, Scalar};
use distarray_spmd::Error;
use distarray_spmd::transfer::index::Indexed;
use std::panic::Location;

impl DistArray {
    /// This array with `values` put where `index`, which has arrays or masks among its entries, says: set, added, or the
    /// smaller or larger of the two kept.
    ///
    /// The values broadcast to what the index would take, and are cast to this array's dtype. They come in C order of the
    /// index arrays: of several that are set to one element the last stays, and sums have the same bits for any number of
    /// ranks. The result lies as this array does, in its memory if no handle holds it any more when the ranks come to it.
    ///
    /// Through a mask, a number (or an array that does not reach the masked axes) is put without waiting, as `where`. Index
    /// arrays are looked at first, so that an index outside of its axis is known at once: this waits for the ranks, as
    /// counting a mask does; lists of the program are looked at here.
    #[track_caller]
    #[must_use]
    pub fn with_scattered(
        &self,
        index: impl Into<Index>,
        values: impl Into<Operand>,
        mode: Scatter,
    ) -> DistArray {
        let place = Location::caller();
        let outcome = self.try_scatter(&index.into(), &values.into(), mode);
        DistArray::from_outcome(self.context(), "put", place, outcome)
    }

    /// [`DistArray::with_scattered`] in place of this handle. If it is refused the handle stays what it is.
    ///
    /// # Errors
    /// What is wrong with index or values, as far as metadata and the indices show it.
    pub fn scatter(
        &mut self,
        index: impl Into<Index>,
        values: impl Into<Operand>,
        mode: Scatter,
    ) -> Result<(), Error> {
        *self = self.try_scatter(&index.into(), &values.into(), mode)?;
        Ok(())
    }

    /// Adds values where the index says, each time it says so, as NumPy's `add.at`.
    ///
    /// # Errors
    /// As [`DistArray::scatter`].
    ///
    /// # Example
    /// ```
    /// use distarray_comm::threads;
    /// use distarray_core::DType;
    /// use distarray_lazy::{Context, ix};
    ///
    /// let counted = threads::run(2, |comm| {
    ///     let mut counts = Context::spmd(&comm)?.zeros([4], DType::Int64);
    ///     counts.add_at(ix![[1, 3, 1, -1]], 1)?;
    ///     counts.fetch::<i64>()
    /// })?;
    /// assert_eq!(counted[0], ndarray::arr1(&[0, 2, 0, 2]).into_dyn());
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    pub fn add_at(&mut self, index: impl Into<Index>, values: impl Into<Operand>) -> Result<(), Error> {
        self.scatter(index, values, Scatter::Add)
    }

    /// Keeps the smaller of element and value where the index says, as NumPy's `minimum.at`.
    ///
    /// # Errors
    /// As [`DistArray::scatter`].
    pub fn minimum_at(&mut self, index: impl Into<Index>, values: impl Into<Operand>) -> Result<(), Error> {
        self.scatter(index, values, Scatter::Minimum)
    }

    /// Keeps the larger of element and value where the index says, as NumPy's `maximum.at`.
    ///
    /// # Errors
    /// As [`DistArray::scatter`].
    pub fn maximum_at(&mut self, index: impl Into<Index>, values: impl Into<Operand>) -> Result<(), Error> {
        self.scatter(index, values, Scatter::Maximum)
    }

    /// Sets the elements that `indices` name among all in C order, as NumPy's `put`. The values are taken in their own C
    /// order, and from the beginning again if they are too few; without values nothing happens.
    ///
    /// # Errors
    /// As [`DistArray::scatter`].
    pub fn put(&mut self, indices: &DistArray, values: impl Into<Operand>) -> Result<(), Error> {
        let values = cast_values(self, &values.into(), Scatter::Set)?;
        let ndim = self.meta()?.shape().len();
        let count = indices.meta()?.distribution.size();
        if values.size() == 0 || count == 0 {
            return Ok(());
        }
        check_within(indices, 0, self.size())?;
        if ndim == 0 {
            // Every index names the only element, which takes the last value.
            let last = values.reshape(&[-1]).index(crate::ix![(count - 1) % values.size()]);
            return self.index_mut(crate::ix![...]).assign(last);
        }
        let list = flattened(indices, count)?;
        let values = if values.size() == 1 { only_element(&values)? } else { flattened(&values, count)? };
        *self = put(self, &values, &[list], Indexed::flat(ndim), Scatter::Set)?;
        Ok(())
    }

    /// Sets for every place of `indices` the element that lies there but for its index along `axis`, which they name, as
    /// NumPy's `put_along_axis`.
    ///
    /// # Errors
    /// As [`DistArray::scatter`].
    pub fn put_along_axis(
        &mut self,
        indices: &DistArray,
        values: impl Into<Operand>,
        axis: isize,
    ) -> Result<(), Error> {
        let values = cast_values(self, &values.into(), Scatter::Set)?;
        let arrays = self.along_axis(indices, axis)?;
        let values = fitted(&values, indices.shape())?;
        let axis = super::rearrange::one(axis, self.ndim())?;
        check_within(indices, axis, self.shape()[axis])?;
        *self = put(self, &values, &arrays, Indexed::by_axis(0, arrays.len()), Scatter::Set)?;
        Ok(())
    }

    pub(super) fn try_scatter(
        &self,
        index: &Index,
        values: &Operand,
        mode: Scatter,
    ) -> Result<DistArray, Error> {
        let resolved = index.resolve_all(self.meta()?.shape())?;
        let values = cast_values(self, values, mode)?;
        if let Some(changed) = self.through_mask(index, &resolved, &values, mode)? {
            return Ok(changed);
        }
        for entry in &resolved.entries {
            if let Entry::Arrays { axis, term, .. } = *entry
                && let IndexTerm::Array(indices) = &index.terms()[term]
                && indices.dtype()?.is_integer()
            {
                check_within(indices, axis, self.shape()[axis])?;
            }
        }
        let advanced = Advanced::new(index, resolved, self.context())?;
        advanced.write(self, &values, mode)
    }
}

/// The first `count` elements in C order, from the beginning again if there are fewer.
fn flattened(array: &DistArray, count: usize) -> Result<DistArray, Error> {
    if array.shape() == [count] {
        return Ok(array.clone());
    }
    let size = Scalar::Int64(i64::try_from(array.size()).unwrap_or(i64::MAX));
    let numbers = array.context().arange(count);
    let numbers = apply_to(&numbers, Ufunc::Remainder, &[(&numbers).into(), size.into()]);
    let wide = if array.ndim() == 0 { array.expand_dims(0) } else { array.clone() };
    take(&wide, &[numbers], Indexed::flat(wide.ndim()))
}

/// The values in the array's dtype, by NumPy's rules: set values are cast whatever they are, but for numbers of the program
/// that an integer dtype cannot hold; others must be of a kind that the array's dtype can hold.
fn cast_values(array: &DistArray, values: &Operand, mode: Scatter) -> Result<DistArray, Error> {
    let dtype = array.dtype()?;
    let context = array.context();
    let argument = match values {
        Operand::Array(values) => Argument::Strong(values.check_context(context)?.dtype()?),
        Operand::Weak(weak) => Argument::Weak(*weak),
        Operand::Strong(scalar) => Argument::Strong(scalar.dtype()),
    };
    if let Some(ufunc) = ufunc(mode) {
        let result = ufunc.resolve(&[Argument::Strong(dtype), argument])?.result;
        if result.kind() > dtype.kind() {
            return Err(Error::UnsafeCast { operation: ufunc.name(), from: result.name(), to: dtype.name() });
        }
    }
    Ok(match values {
        Operand::Array(values) => values.astype(dtype),
        Operand::Weak(weak) => context.full(Vec::new(), element(weak, dtype)?),
        Operand::Strong(scalar) => context.full(Vec::new(), scalar.cast(dtype)),
    })
}

/// Whether all indices lie on an axis. Waits for the ranks.
fn check_within(indices: &DistArray, axis: usize, length: usize) -> Result<(), Error> {
    let dtype = indices.dtype()?;
    if !dtype.is_integer() {
        return Err(Error::IndexDType { found: dtype.name() });
    }
    if indices.size() == 0 {
        return Ok(());
    }
    let ends = [indices.min(()), indices.max(())];
    for end in &ends {
        let index = match end.item()? {
            Scalar::UInt64(index) => i128::from(index),
            other => other.cast(DType::Int64).value::<i64>()?.into(),
        };
        if index < -(length as i128) || index >= length as i128 {
            return Err(Error::Index { index, axis, length });
        }
    }
    Ok(())
}
