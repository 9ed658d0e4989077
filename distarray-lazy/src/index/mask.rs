//! Masks: what they let through. Shapes are exact, so the mask is computed and counted first, which waits for the ranks.

use super::take::take;
use crate::dist_array::DistArray;
use distarray_core::DType;
use distarray_maps::Distribution;
use distarray_spmd::Error;
use distarray_spmd::transfer::index::Indexed;
use distarray_spmd::transfer::mask::{Compress, CountTrue, Positions};
use std::panic::Location;

impl DistArray {
    /// Where the elements are not zero: the indices along each axis, as NumPy's `nonzero`, and its `where` of one
    /// argument. Waits for the ranks.
    ///
    /// Each list is cut into blocks by what the ranks find, so that nothing moves, unless the array has not its parts in C
    /// order.
    ///
    /// # Errors
    /// The error that this handle carries; any rank's failure; [`Error::Value`] for an array of no dimensions.
    pub fn nonzero(&self) -> Result<Vec<DistArray>, Error> {
        nonzero(&self.truth()?)
    }

    /// The indices of the elements that are not zero, one row for each, as NumPy's `argwhere`. Waits for the ranks.
    #[track_caller]
    #[must_use]
    pub fn argwhere(&self) -> DistArray {
        let place = Location::caller();
        let outcome = self.truth().and_then(|mask| {
            if mask.ndim() > 0 {
                return positions(&mask, false);
            }
            let count = usize::from(mask.item()?.is_truthy());
            Ok(self.context().zeros([count, 0], DType::Int64))
        });
        DistArray::from_outcome(self.context(), "argwhere", place, outcome)
    }

    /// The elements where `condition`, of the same size, is not zero, in C order, as NumPy's `extract(condition, self)`.
    /// Waits for the ranks.
    #[track_caller]
    #[must_use]
    pub fn extract(&self, condition: &DistArray) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "extract", place, self.selected(condition, None))
    }

    /// The indices of `axis`, or with `None` the elements in C order, where `condition` is not zero, as NumPy's
    /// `compress(condition, self, axis)`. The condition may be shorter than the axis. Waits for the ranks.
    #[track_caller]
    #[must_use]
    pub fn compress(&self, condition: &DistArray, axis: impl Into<Option<isize>>) -> DistArray {
        let place = Location::caller();
        let outcome = match condition.meta() {
            Ok(meta) if meta.shape().len() != 1 => Err(Error::Value {
                what: "condition",
                value: format!("of {} dimensions", meta.shape().len()),
                reason: "it must have one",
            }),
            Ok(_) => self.selected(condition, axis.into()),
            Err(error) => Err(error),
        };
        DistArray::from_outcome(self.context(), "compress", place, outcome)
    }

    fn selected(&self, condition: &DistArray, axis: Option<isize>) -> Result<DistArray, Error> {
        let mask = condition.truth()?;
        let shape = self.meta()?.shape();
        match axis {
            None if mask.shape() == shape && !shape.is_empty() => through(self, &mask, 0),
            None => {
                let list = positions_in_order(&mask)?;
                let array = if shape.is_empty() { self.expand_dims(0) } else { self.clone() };
                take(&array, &[list], Indexed::flat(array.ndim()))
            }
            Some(axis) => {
                let axis = super::rearrange::one(axis, shape.len())?;
                if mask.shape()[0] == shape[axis] {
                    return through(self, &mask, axis);
                }
                take(self, &[positions_in_order(&mask)?], Indexed::by_axis(axis, 1))
            }
        }
    }

    /// Which elements are not zero.
    fn truth(&self) -> Result<DistArray, Error> {
        let mask = self.astype(DType::Bool);
        mask.check()?;
        Ok(mask)
    }
}

/// What `mask` lets through of the axes of `array` from `axis` on, which become one.
///
/// If these axes are the first ones, and in order on the ranks, every rank puts together what it has; otherwise the list
/// of what is let through is made, cut into even blocks, and taken.
pub(super) fn through(array: &DistArray, mask: &DistArray, axis: usize) -> Result<DistArray, Error> {
    let count = mask.ndim();
    mask.check_context(array.context())?;
    let distribution = array.distribution()?;
    let others: Vec<usize> =
        (0..array.ndim()).filter(|other| !(axis..axis + count).contains(other)).collect();
    let needed = distribution.reduce(&others, false)?;
    if axis == 0 && needed.is_in_order(count) {
        let mask = mask.redistribute(&needed);
        let bounds = bounds(&mask)?;
        return array.context().result_of(Compress { bounds }, &[array, &mask]);
    }
    let names = (axis..axis + count).collect();
    take(array, &[positions_in_order(mask)?], Indexed { axis, names, is_flat: true })
}

/// The indices along each axis where `mask` is true.
pub(super) fn nonzero(mask: &DistArray) -> Result<Vec<DistArray>, Error> {
    let ndim = mask.ndim();
    if ndim == 0 {
        return Err(Error::Value {
            what: "nonzero",
            value: String::from("of an array of no dimensions"),
            reason: "it needs one at least",
        });
    }
    let table = positions(mask, ndim == 1)?;
    if ndim == 1 {
        return Ok(vec![table]);
    }
    let column = |axis: usize| table.index(crate::ix![.., axis]);
    Ok((0..ndim).map(column).collect())
}

/// The positions among all elements where `mask` is true, in C order, cut into even blocks.
fn positions_in_order(mask: &DistArray) -> Result<DistArray, Error> {
    let list = positions(mask, true)?;
    let even = Distribution::block_rows(list.shape(), list.context().rank_count())?;
    let list = list.redistribute(even);
    list.check()?;
    Ok(list)
}

/// Where `mask` is true: positions among all elements, or rows of indices.
fn positions(mask: &DistArray, is_flat: bool) -> Result<DistArray, Error> {
    let in_order = if mask.distribution()?.is_in_order(mask.ndim()) {
        mask.clone()
    } else {
        mask.redistribute(Distribution::block_rows(mask.shape(), mask.context().rank_count())?)
    };
    let bounds = bounds(&in_order)?;
    mask.context().result_of(Positions { bounds, is_flat }, &[&in_order])
}

/// Where what each part of the first axis lets through begins, and the end. Waits for the ranks.
fn bounds(mask: &DistArray) -> Result<Vec<usize>, Error> {
    let context = mask.context();
    let counts = context.result_of(CountTrue { ranks: context.rank_count() }, &[mask])?.fetch_block()?;
    let counts = counts.as_slice::<i64>()?;
    let grid = mask.distribution()?.grid();
    let mut coords = vec![0; mask.ndim()];
    let mut bounds = vec![0_usize];
    for part in 0..grid.parts(0) {
        coords[0] = part;
        let count = counts.get(grid.rank(&coords)).copied().unwrap_or(0);
        bounds.push(bounds[part] + usize::try_from(count).unwrap_or(0));
    }
    Ok(bounds)
}
