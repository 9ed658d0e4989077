//! Placing: the elements of an array go into a region of another.

use super::arrange::Arrange;
use super::destination::Destination;
use super::layout::Layout;
use super::movement::{Movement, To, movement_cost};
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Worker};
use distarray_comm::SameMemory;
use distarray_core::Block;
use distarray_maps::{ArrangedAxis, AxisSlice, Distribution, Schedule};

/// How a region of an array distributed as `target` lies, if nothing moves. **Pure.**
///
/// # Errors
/// What is wrong with the region; [`Error::Shape`] for one that names an element more than once.
pub fn region_of(region: &Arrange, target: &Distribution) -> Result<Distribution, Error> {
    let lies = region.target(target)?;
    let repeats = |axis: &ArrangedAxis| matches!(axis, ArrangedAxis::New(length) if *length != 1);
    if region.axes().iter().any(repeats) {
        return Err(Error::Shape { found: lies.shape().to_vec(), expected: target.shape().to_vec() });
    }
    Ok(lies)
}

/// Refuses a value that does not fit into a region of an array. **Pure.**
///
/// # Errors
/// [`Error::DType`], [`Error::Shape`], and what is wrong with the region.
pub(crate) fn check_part(region: &Arrange, array: &ArrayMeta, value: &ArrayMeta) -> Result<(), Error> {
    let lies = region_of(region, &array.distribution)?;
    if value.dtype != array.dtype {
        return Err(Error::DType { found: value.dtype.name(), expected: array.dtype.name() });
    }
    if value.shape() != lies.shape() {
        return Err(Error::Shape { found: value.shape().to_vec(), expected: lies.shape().to_vec() });
    }
    Ok(())
}

/// What placing `value` costs `rank`, the agreement apart. **Pure.**
///
/// The temporaries are those of regions whose elements do not lie at equal distances.
pub(crate) fn placing_cost(
    value: &ArrayMeta,
    region: &Arrange,
    target: &Distribution,
    rank: usize,
    reach: SameMemory,
) -> Cost {
    let Ok(lies) = region_of(region, target) else { return Cost::default() };
    let Ok(schedule) = Schedule::new(&value.distribution, &lies, rank) else { return Cost::default() };
    let mut cost = movement_cost(&schedule, value.dtype.size_bytes(), has_rows(region, target), reach);
    if !region.is_view(target) && lies.holds(rank) {
        cost.temporary_bytes = (lies.local_size(rank) * value.dtype.size_bytes()) as u64;
    }
    cost
}

/// Whether, on every rank, neighbours along the last axis of the region are neighbours where the elements go first.
fn has_rows(region: &Arrange, target: &Distribution) -> bool {
    let Some(last) = target.ndim().checked_sub(1) else { return true };
    let steps_by_one = match region.slices().get(last) {
        None => true,
        Some(AxisSlice::Range(range)) => range.step == 1,
        Some(AxisSlice::Index(_)) => false,
    };
    let kept = target.ndim() - region.slices().iter().filter(|slice| !slice.keeps_axis()).count();
    !region.is_view(target)
        || region.axes().is_empty()
        || steps_by_one && region.axes().last() == Some(&ArrangedAxis::Of(kept - 1))
}

/// One rank's part of a placing, with all it needs.
pub(crate) struct Placing<'a> {
    movement: Movement<'a>,
    to: Destination,
}

impl<'a> Placing<'a> {
    /// Prepares placing `value` in `region` of an array distributed as `target`, of which this rank has `block`.
    /// **Local.**
    ///
    /// # Errors
    /// As [`region_of`]; [`Error::Map`] for a value of another shape than the region's; memory refused.
    pub(crate) fn new(
        value: &'a AnyLocalArray,
        region: &Arrange,
        target: &Distribution,
        block: &Block,
        worker: &'a Worker,
    ) -> Result<Self, Error> {
        let rank = worker.rank();
        let lies = region_of(region, target)?;
        let schedule = Schedule::new(value.distribution(), &lies, rank)?;
        let movement = Movement::new(value, schedule, has_rows(region, target), worker)?;
        Ok(Self { movement, to: Destination::new(region, target, block, worker)? })
    }

    /// Does it. **Collective** over the ranks that have something of the value or of the region.
    ///
    /// # Errors
    /// What the transport reports.
    pub(crate) fn run(self, block: &mut Block) -> Result<(), Error> {
        let movement = self.movement;
        match self.to {
            Destination::Strided(layout) => movement.run(To::One(&layout), block.as_bytes_mut()?),
            Destination::Scattered(mut scattered) => {
                let temporary = scattered.temporary();
                movement.run(To::One(&Layout::c_order(temporary.shape())), temporary.as_bytes_mut()?)?;
                scattered.copy_to(block)
            }
        }
    }
}

/// Copies the elements of `value`, which may be a view and lie anywhere, into the elements of `block` that `region`
/// selects: `block` is this rank's of an array distributed as `target`. **Collective.**
///
/// Every copy of a region that several ranks hold is written. A block whose memory is shared is copied first.
///
/// # Errors
/// [`Error::DType`]; what is wrong with the region; [`Error::Map`] for a value of another shape than the region's;
/// memory refused on any rank, before anything is written; what the transport reports.
///
/// # Cost
/// Each element that changes its rank moves once, as in redistribution, and is written where it belongs; only where the
/// region's elements do not lie at equal distances (steps of block-cyclic axes, slices of unstructured ones) they go
/// through a temporary of the region's local size.
pub fn place(
    value: &AnyLocalArray,
    region: &Arrange,
    target: &Distribution,
    block: &mut Block,
    worker: &Worker,
) -> Result<(), Error> {
    if value.dtype() != block.dtype() {
        return Err(Error::DType { found: value.dtype().name(), expected: block.dtype().name() });
    }
    let unique = block.make_unique(worker.pool()).map_err(Error::from);
    let prepared = unique.and_then(|()| Placing::new(value, region, target, block, worker));
    worker.agree("place", prepared)?.run(block)
}
