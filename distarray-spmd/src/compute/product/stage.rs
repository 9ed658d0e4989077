//! One panel of an operand, where a rank needs it.

use super::layout::{Factor, Stretch};
use crate::transfer::arrange::Arrange;
use crate::transfer::layout::Layout;
use crate::transfer::movement::{Movement, To, movement_cost};
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Worker};
use distarray_comm::SameMemory;
use distarray_core::{Block, Pool, View};
use distarray_maps::{Distribution, Schedule};

/// Where a panel of an operand comes from.
pub(super) enum Source {
    /// It lies where it is needed.
    Here(View),
    /// This is what there is of it on this rank, and how it has to lie.
    Elsewhere(AnyLocalArray, Distribution),
}

impl Source {
    /// A panel of `array`, as it lies. **Local.**
    pub(super) fn new(
        array: &AnyLocalArray,
        factor: &Factor,
        panel: Option<Stretch>,
        worker: &Worker,
    ) -> Result<Source, Error> {
        if factor.moves {
            let slices = factor.slices(panel);
            let target = factor.wanted.slice(&slices)?;
            let source = Arrange::slice(slices, target.ndim()).arrange(array, worker)?;
            return Ok(Source::Elsewhere(source, target));
        }
        let rank = worker.rank();
        if !factor.wanted.holds(rank) {
            let nothing = Block::uninit(array.dtype(), &factor.wanted.local_shape(rank), worker.pool())?;
            return Ok(Source::Here(nothing.into()));
        }
        let place = panel.and_then(|panel| Some((panel, factor.places[panel.axis]?)));
        Ok(Source::Here(match place {
            None => array.view().clone(),
            Some((Stretch { start, count, .. }, place)) => array.view().slice(place, start, 1, count)?,
        }))
    }
}

/// A panel that can be brought: nothing more can fail on this rank alone.
pub(super) enum Stage<'a> {
    /// It lies where it is needed.
    Here(View),
    /// What brings it, and the memory it comes to.
    Elsewhere(Box<Movement<'a>>, Block),
}

impl<'a> Stage<'a> {
    /// Prepares bringing a panel. **Local.**
    pub(super) fn new(source: &'a Source, worker: &'a Worker) -> Result<Stage<'a>, Error> {
        Ok(match source {
            Source::Here(view) => Stage::Here(view.clone()),
            Source::Elsewhere(array, target) => {
                let schedule = Schedule::new(array.distribution(), target, worker.rank())?;
                let block = Block::uninit(array.dtype(), &target.local_shape(worker.rank()), worker.pool())?;
                let movement = Movement::new(array, schedule, true, worker)?;
                Stage::Elsewhere(Box::new(movement), block)
            }
        })
    }

    /// Brings it. **Collective.**
    pub(super) fn bring(self) -> Result<View, Error> {
        Ok(match self {
            Stage::Here(view) => view,
            Stage::Elsewhere(movement, mut block) => {
                movement.run(To::One(&Layout::c_order(block.shape())), block.as_bytes_mut()?)?;
                block.into()
            }
        })
    }
}

/// What bringing a panel costs `rank`, agreements apart. **Pure.**
pub(super) fn stage_cost(
    meta: &ArrayMeta,
    factor: &Factor,
    panel: Option<Stretch>,
    rank: usize,
    reach: SameMemory,
) -> Cost {
    let slices = factor.slices(panel);
    let lies =
        meta.distribution.slice(&slices).and_then(|source| Ok((source, factor.wanted.slice(&slices)?)));
    let Some((source, target)) = lies.ok().filter(|_| factor.moves) else { return Cost::default() };
    let Ok(schedule) = Schedule::new(&source, &target, rank) else { return Cost::default() };
    let item_bytes = meta.dtype.size_bytes();
    let mut cost = movement_cost(&schedule, item_bytes, true, reach);
    let charged = |count: usize| Pool::charged_bytes(count * item_bytes) as u64;
    cost.temporary_bytes = charged(target.local_size(rank));
    if !Arrange::slice(slices, target.ndim()).is_view(&meta.distribution) {
        cost.temporary_bytes += charged(source.local_size(rank));
    }
    cost
}
