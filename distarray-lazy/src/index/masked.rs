//! Writing through a mask without counting it: a choice, element by element.

use super::advanced::only_mask;
use super::expression::{Entry, Index, IndexTerm, Resolved};
use super::put::only_element;
use super::write::written;
use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply_to};
use distarray_core::kernel::select::Scatter;
use distarray_core::ufunc::Ufunc;
use distarray_maps::{ArrangedAxis, AxisSlice};
use distarray_spmd::Error;

impl DistArray {
    /// The writing that needs no counting: one mask among whole axes, and values that are the same for all it lets through.
    pub(super) fn through_mask(
        &self,
        index: &Index,
        resolved: &Resolved,
        values: &DistArray,
        mode: Scatter,
    ) -> Result<Option<DistArray>, Error> {
        let Some(mask) = self.mask_of(index, resolved, values.shape())? else { return Ok(None) };
        let values = if values.size() == 1 { only_element(values)? } else { values.clone() };
        self.chosen(mask, self.merged(&values, mode)).map(Some)
    }

    /// What becomes of all elements where each takes a value.
    pub(super) fn merged(&self, values: &DistArray, mode: Scatter) -> DistArray {
        match ufunc(mode) {
            Some(ufunc) => apply_to(self, ufunc, &[self.into(), values.into()]),
            None => values.clone(),
        }
    }

    /// This array with the elements of `new` where `mask` is true.
    pub(super) fn chosen(&self, mask: DistArray, new: DistArray) -> Result<DistArray, Error> {
        let new = new.astype(self.dtype()?);
        let changed = apply_to(self, Ufunc::Where, &[mask.into(), new.into(), self.into()]);
        written(self, &Index::new(vec![IndexTerm::Ellipsis]), &Operand::Array(changed))
    }

    /// The only mask among whole axes, as it broadcasts to this array, if values of this shape are the same for all that it
    /// lets through.
    pub(super) fn mask_of(
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
}

/// What a mode makes of an element and a value; `None` where the value takes its place.
pub(super) fn ufunc(mode: Scatter) -> Option<Ufunc> {
    match mode {
        Scatter::Set => None,
        Scatter::Add => Some(Ufunc::Add),
        Scatter::Minimum => Some(Ufunc::Minimum),
        Scatter::Maximum => Some(Ufunc::Maximum),
    }
}
