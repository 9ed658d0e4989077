//! Writing through an index: new versions of arrays, with values put where the index says.

use super::advanced::{Advanced, only_mask};
use super::expression::{Entry, Index, IndexTerm, Resolved};
use super::take::take;
use super::write::{element, fitted, written};
use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply_to};
use distarray_core::kernel::select::Scatter;
use distarray_core::ufunc::{Argument, Ufunc};
use distarray_core::{DType, Scalar};
use distarray_maps::{ArrangedAxis, AxisSlice};
use distarray_spmd::transfer::index::{Indexed, Put};
use distarray_spmd::{Error, exactly};
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
        let list = flattened(indices, count)?;
        let values = if values.size() == 1 { all_at_zero(&values)? } else { flattened(&values, count)? };
        let array = if ndim == 0 { self.expand_dims(0) } else { self.clone() };
        let indexed = Indexed::flat(array.ndim());
        let changed = put(&array, &values, &[list], indexed, Scatter::Set)?;
        *self = if ndim == 0 { all_at_zero(&changed)? } else { changed };
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

    /// The writing that needs no counting: one mask among whole axes, and values that are the same for all it lets through.
    fn through_mask(
        &self,
        index: &Index,
        resolved: &Resolved,
        values: &DistArray,
        mode: Scatter,
    ) -> Result<Option<DistArray>, Error> {
        let Some(mask) = self.mask_of(index, resolved, values.shape())? else { return Ok(None) };
        let values = if values.size() == 1 { all_at_zero(values)? } else { values.clone() };
        let new = match mode {
            Scatter::Set => values,
            Scatter::Add => apply_to(self, Ufunc::Add, &[self.into(), values.into()]),
            Scatter::Minimum => apply_to(self, Ufunc::Minimum, &[self.into(), values.into()]),
            Scatter::Maximum => apply_to(self, Ufunc::Maximum, &[self.into(), values.into()]),
        };
        self.chosen(mask, new).map(Some)
    }

    /// This array with the elements of `new` where `mask` is true.
    fn chosen(&self, mask: DistArray, new: DistArray) -> Result<DistArray, Error> {
        let new = new.astype(self.dtype()?);
        let changed = apply_to(self, Ufunc::Where, &[mask.into(), new.into(), self.into()]);
        written(self, &Index::new(vec![IndexTerm::Ellipsis]), &Operand::Array(changed))
    }

    /// The only mask among whole axes, as it broadcasts to this array, if values of this shape are the same for all that it
    /// lets through.
    fn mask_of(
        &self,
        index: &Index,
        resolved: &Resolved,
        values: &[usize],
    ) -> Result<Option<DistArray>, Error> {
        let Some((axis, mask)) = only_mask(index, resolved) else { return Ok(None) };
        let whole = |(slice, length): (&AxisSlice, &usize)| slice.as_range().is_whole(*length);
        let after = self.ndim() - axis - mask.ndim();
        let plain =
            resolved.slices.iter().zip(self.shape()).all(whole) && !resolved.entries.contains(&Entry::New);
        let is_single = values.iter().product::<usize>() == 1;
        if !plain || values.len() > after + usize::from(is_single) {
            return Ok(None);
        }
        let lengths = &self.shape()[self.ndim() - values.len().min(self.ndim())..];
        if !is_single && values.iter().zip(lengths).any(|(found, length)| found != length && *found != 1) {
            return Err(Error::ValueShape { found: values.to_vec(), indexed: self.shape().to_vec() });
        }
        // The mask lies as the array does, so that the result does so too.
        let others: Vec<usize> = (0..axis).chain(axis + mask.ndim()..self.ndim()).collect();
        let mask = mask.redistribute(self.distribution()?.reduce(&others, false)?);
        let ones = std::iter::repeat_n(ArrangedAxis::New(1), after);
        let axes = (0..mask.ndim()).map(ArrangedAxis::Of).chain(ones).collect();
        mask.arrange(Vec::new(), axes).map(Some)
    }

    /// This array with `ufunc` of each element that `index` takes, and of `value`, in its place; for an index with arrays
    /// or masks among its entries.
    pub(super) fn try_apply_at(
        &self,
        index: &Index,
        ufunc: Ufunc,
        value: &Operand,
    ) -> Result<DistArray, Error> {
        let resolved = index.resolve_all(self.meta()?.shape())?;
        let shape = match value {
            Operand::Array(value) => value.meta()?.shape(),
            Operand::Weak(_) | Operand::Strong(_) => &[],
        };
        if let Some(mask) = self.mask_of(index, &resolved, shape)? {
            let new = apply_to(self, ufunc, &[self.into(), value.clone()]);
            self.check_kind(ufunc, &new)?;
            if new.shape() == self.shape() {
                return self.chosen(mask, new);
            }
        }
        let part = self.index(index.clone());
        part.check()?;
        let new = apply_to(&part, ufunc, &[Operand::Array(part.clone()), value.clone()]);
        if !index.is_of_integers(self.ndim()) {
            self.check_kind(ufunc, &new)?;
        }
        if new.shape() != part.shape() {
            return Err(Error::BroadcastOutput {
                found: part.shape().to_vec(),
                expected: new.shape().to_vec(),
            });
        }
        self.try_scatter(index, &Operand::Array(new), Scatter::Set)
    }

    /// Refuses a result that cannot take the place of `part`, which `index` takes of this array. A single element is a
    /// number to NumPy, which it changes and puts back, whatever becomes of it.
    pub(super) fn check_result(
        &self,
        index: &Index,
        ufunc: Ufunc,
        part: &DistArray,
        result: &DistArray,
    ) -> Result<(), Error> {
        if index.is_of_integers(self.ndim()) {
            return result.check().map(|_| ());
        }
        self.check_kind(ufunc, result)?;
        if result.shape() == part.shape() {
            return Ok(());
        }
        Err(Error::BroadcastOutput { found: part.shape().to_vec(), expected: result.shape().to_vec() })
    }

    /// Refuses a result of a dtype that this array cannot hold.
    fn check_kind(&self, ufunc: Ufunc, result: &DistArray) -> Result<(), Error> {
        let (from, to) = (result.dtype()?, self.dtype()?);
        if from.kind() > to.kind() {
            return Err(Error::UnsafeCast { operation: ufunc.name(), from: from.name(), to: to.name() });
        }
        Ok(())
    }
}

impl Advanced {
    /// The array with values put. Axes that are sliced or dropped, or stand between others that are indexed, are indexed
    /// by lists of all that is taken of them.
    fn write(&self, array: &DistArray, values: &DistArray, mode: Scatter) -> Result<DistArray, Error> {
        let Resolved { slices, entries } = &self.resolved;
        let shape = array.shape();
        let is_whole =
            |axis: usize| slices[axis].keeps_axis() && slices[axis].as_range().is_whole(shape[axis]);
        let by_arrays = |axis: usize| {
            let holds = |entry: &Entry| matches!(entry, Entry::Arrays { axis: first, count, .. } if (*first..first + count).contains(&axis));
            entries.iter().any(holds)
        };
        let touched: Vec<usize> =
            (0..shape.len()).filter(|axis| by_arrays(*axis) || !is_whole(*axis)).collect();
        if self.loose.iter().any(|list| list.size() == 0) {
            return Ok(array.clone());
        }
        let (Some(&low), Some(&high)) = (touched.first(), touched.last()) else {
            // Everything is taken: as the first index of a new axis.
            let wide = array.expand_dims(0);
            let values = self.arranged(values, entries, &(0..0), slices)?;
            let first = array.every_index(1, 0, 1, 0)?;
            let changed = put(&wide, &values, &[first], Indexed::by_axis(0, 1), mode)?;
            return Ok(changed.squeeze(0));
        };
        let range = low..high + 1;
        let listed: Vec<usize> =
            range.clone().filter(|axis| slices[*axis].keeps_axis() && !by_arrays(*axis)).collect();
        let mut arrays = Vec::new();
        for axis in range.clone() {
            if let Some(place) = listed.iter().position(|other| *other == axis) {
                let taken = slices[axis].as_range();
                arrays.push(array.every_index(
                    taken.count,
                    taken.start,
                    taken.step,
                    listed.len() - 1 - place,
                )?);
            } else if let AxisSlice::Index(index) = slices[axis] {
                let one = array.every_index(1, index, 1, listed.len())?;
                let zero = AxisSlice::Index(0);
                let axes = (0..listed.len()).map(ArrangedAxis::Of).collect();
                arrays.push(one.arrange(vec![zero], axes)?);
            } else {
                arrays.push(after(&self.array_of(axis)?, listed.len())?);
            }
        }
        // Index arrays without axes are given one; masks without axes have one, too.
        let ndim = (self.new + listed.len()).max(1);
        if arrays.iter().all(|array| array.ndim() < ndim) {
            let ones = std::iter::repeat_n(ArrangedAxis::New(1), ndim - arrays[0].ndim());
            let axes = ones.chain((0..arrays[0].ndim()).map(ArrangedAxis::Of)).collect();
            arrays[0] = arrays[0].arrange(Vec::new(), axes)?;
        }
        let values = self.arranged(values, entries, &range, slices)?;
        let indexed = Indexed { axis: low, names: range.collect(), is_flat: false };
        put(array, &values, &arrays, indexed, mode)
    }

    /// The index array of an axis.
    fn array_of(&self, axis: usize) -> Result<DistArray, Error> {
        let entries = self.resolved.entries.iter().filter_map(|entry| match entry {
            Entry::Arrays { axis, count, .. } => Some((*axis, *count)),
            _ => None,
        });
        let found = entries.zip(&self.arrays).find_map(|((first, count), arrays)| {
            (first..first + count).contains(&axis).then(|| arrays.get(axis - first).cloned())?
        });
        found.ok_or(Error::Axis { axis: axis.cast_signed(), ndim: self.resolved.slices.len() })
    }

    /// The values with their axes in the order in which they are put: axes before the indexed `range`, those of the index
    /// arrays, those of slices in the range, and those after it. New axes are dropped.
    fn arranged(
        &self,
        values: &DistArray,
        entries: &[Entry],
        range: &std::ops::Range<usize>,
        slices: &[AxisSlice],
    ) -> Result<DistArray, Error> {
        if values.size() == 1 {
            return all_at_zero(values);
        }
        // What the axes of the result are, as NumPy orders them.
        let mut shown: Vec<Shown> = entries
            .iter()
            .filter_map(|entry| match *entry {
                Entry::Kept(axis) => Some(Shown::Kept(axis)),
                Entry::New => Some(Shown::New),
                Entry::At(_) | Entry::Ellipsis | Entry::Arrays { .. } => None,
            })
            .collect();
        shown.splice(self.place..self.place, (0..self.new).map(Shown::Array));
        let mismatch = || Error::ValueShape {
            found: values.shape().to_vec(),
            indexed: self.result_shape(&shown, slices),
        };
        // Axes of one index in front of those of the result are NumPy's to ignore.
        let more = values.ndim().saturating_sub(shown.len());
        if values.shape()[..more].iter().any(|length| *length != 1) {
            return Err(mismatch());
        }
        let missing = shown.len() - (values.ndim() - more);
        let mut dropped: Vec<AxisSlice> = std::iter::repeat_n(AxisSlice::Index(0), more).collect();
        let mut kept = Vec::new();
        for (length, shown) in values.shape()[more..].iter().zip(&shown[missing..]) {
            match shown {
                Shown::New if *length != 1 => return Err(mismatch()),
                Shown::New => dropped.push(AxisSlice::Index(0)),
                shown => {
                    dropped.push(AxisSlice::full(*length));
                    kept.push(*shown);
                }
            }
        }
        let before = |shown: &Shown| match *shown {
            Shown::Kept(axis) if axis < range.start => (0, axis),
            Shown::Array(number) => (1, number),
            Shown::Kept(axis) if axis < range.end => (2, axis),
            Shown::Kept(axis) => (3, axis),
            Shown::New => (4, 0),
        };
        let mut order: Vec<Shown> = shown.into_iter().filter(|shown| !matches!(shown, Shown::New)).collect();
        let is_listed = |shown: &Shown| matches!(shown, Shown::Kept(axis) if range.contains(axis));
        if self.new == 0 && !order.iter().any(is_listed) {
            // The axis that index arrays without any are given.
            order.push(Shown::Array(0));
        }
        order.sort_by_key(before);
        let place = |shown: &Shown| kept.iter().position(|kept| kept == shown);
        let axes = order.iter().map(|shown| place(shown).map_or(ArrangedAxis::New(1), ArrangedAxis::Of));
        values.arrange(dropped, axes.skip_while(|axis| *axis == ArrangedAxis::New(1)).collect())
    }

    /// The shape of what the index takes, as far as it is known here.
    fn result_shape(&self, shown: &[Shown], slices: &[AxisSlice]) -> Vec<usize> {
        let arrays = || self.loose.iter().chain(self.arrays.iter().flatten());
        let length = |number: usize| {
            let mut lengths = arrays().filter_map(|array| {
                let missing = self.new - array.ndim();
                array.shape().get(number.checked_sub(missing)?).copied()
            });
            lengths.find(|length| *length != 1).unwrap_or(1)
        };
        let extent = |shown: &Shown| match *shown {
            Shown::Kept(axis) => slices[axis].as_range().count,
            Shown::New => 1,
            Shown::Array(number) => length(number),
        };
        shown.iter().map(extent).collect()
    }
}

/// An axis of what an index takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// An axis of the array.
    Kept(usize),
    /// A new one.
    New,
    /// One of those of the index arrays.
    Array(usize),
}

/// `array` changed.
fn put(
    array: &DistArray,
    values: &DistArray,
    indices: &[DistArray],
    indexed: Indexed,
    mode: Scatter,
) -> Result<DistArray, Error> {
    let inputs: Vec<&DistArray> = [array, values].into_iter().chain(indices).collect();
    let [changed] = exactly::<1, _>("put", array.context().call(Put { indexed, mode }, &inputs)?)?;
    Ok(changed)
}

/// With so many axes of one index after its own.
fn after(array: &DistArray, count: usize) -> Result<DistArray, Error> {
    let ones = std::iter::repeat_n(ArrangedAxis::New(1), count);
    array.arrange(Vec::new(), (0..array.ndim()).map(ArrangedAxis::Of).chain(ones).collect())
}

/// The only element of an array, without axes.
fn all_at_zero(array: &DistArray) -> Result<DistArray, Error> {
    array.arrange(vec![AxisSlice::Index(0); array.ndim()], Vec::new())
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
    let ufunc = match mode {
        Scatter::Set => None,
        Scatter::Add => Some(Ufunc::Add),
        Scatter::Minimum => Some(Ufunc::Minimum),
        Scatter::Maximum => Some(Ufunc::Maximum),
    };
    if let Some(ufunc) = ufunc {
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
