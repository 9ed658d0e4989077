//! Putting: how values and index arrays are laid out for the operation that puts the ones where the others say.

use super::advanced::Advanced;
use super::expression::{Entry, Index, IndexTerm, Resolved};
use super::write::{fitted, written};
use crate::dist_array::DistArray;
use crate::elementwise::Operand;
use distarray_core::kernel::select::Scatter;
use distarray_maps::{ArrangedAxis, AxisSlice};
use distarray_spmd::Error;
use distarray_spmd::transfer::index::{Indexed, Put};

impl Advanced {
    /// The array with values put. Axes that are sliced or dropped, or stand between others that are indexed, are indexed
    /// by lists of all that is taken of them.
    pub(super) fn write(
        &self,
        array: &DistArray,
        values: &DistArray,
        mode: Scatter,
    ) -> Result<DistArray, Error> {
        let Resolved { slices, entries } = &self.resolved;
        let shape = array.shape();
        let is_whole =
            |axis: usize| slices[axis].keeps_axis() && slices[axis].as_range().is_whole(shape[axis]);
        let by_arrays = |axis: usize| {
            entries.iter().any(|entry| match entry {
                Entry::Arrays { axis: first, count, .. } => (*first..first + count).contains(&axis),
                _ => false,
            })
        };
        let touched: Vec<usize> =
            (0..shape.len()).filter(|axis| by_arrays(*axis) || !is_whole(*axis)).collect();
        if self.loose.iter().any(|list| list.size() == 0) {
            return Ok(array.clone());
        }
        let (Some(&low), Some(&high)) = (touched.first(), touched.last()) else {
            // Everything is taken; the axes of the index arrays stand in front.
            let values = self.arranged(values, entries, &(0..0), slices)?;
            let values = fitted(&values, shape)?;
            let merged = array.merged(&values, mode).astype(array.dtype()?);
            return written(array, &Index::new(vec![IndexTerm::Ellipsis]), &Operand::Array(merged));
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
            return only_element(values);
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
pub(super) fn put(
    array: &DistArray,
    values: &DistArray,
    indices: &[DistArray],
    indexed: Indexed,
    mode: Scatter,
) -> Result<DistArray, Error> {
    let inputs: Vec<&DistArray> = [array, values].into_iter().chain(indices).collect();
    array.context().result_of(Put { indexed, mode }, &inputs)
}

/// With so many axes of one index after its own.
fn after(array: &DistArray, count: usize) -> Result<DistArray, Error> {
    let ones = std::iter::repeat_n(ArrangedAxis::New(1), count);
    array.arrange(Vec::new(), (0..array.ndim()).map(ArrangedAxis::Of).chain(ones).collect())
}

/// The only element of an array, without axes.
pub(super) fn only_element(array: &DistArray) -> Result<DistArray, Error> {
    array.arrange(vec![AxisSlice::Index(0); array.ndim()], Vec::new())
}
