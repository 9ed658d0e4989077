//! Patchwork: an array seen where another distribution wants it, without copying what is there already.
//!
//! What a rank has itself is read where it lies; what lies elsewhere is brought, one box from each rank that has some.

use super::movement::{Layout, Movement, To, movement_cost};
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Worker};
use distarray_comm::SameMemory;
use distarray_core::{Block, Pool};
use distarray_maps::{Distribution, Patch, Schedule};

/// A box of this rank's share, and where its elements lie.
pub(crate) struct Piece {
    /// Local index of its first element on each axis.
    pub(crate) starts: Vec<usize>,
    /// Its length on each axis.
    pub(crate) lengths: Vec<usize>,
    /// From one index of each axis to the next, in elements.
    pub(crate) strides: Vec<isize>,
    /// The place of its first element.
    pub(crate) offset: usize,
    /// Whether it was brought; otherwise it lies in the array.
    pub(crate) is_brought: bool,
}

/// One rank's share of an array under another distribution, in pieces.
pub(crate) struct Patchwork<'a> {
    pieces: Vec<Piece>,
    layouts: Vec<Layout>,
    brought: Block,
    movement: Movement<'a>,
}

/// What a patchwork costs `rank`, the agreement apart. **Pure.**
pub(crate) fn patchwork_cost(
    array: &ArrayMeta,
    wanted: &Distribution,
    rank: usize,
    reach: SameMemory,
) -> Cost {
    let Ok(schedule) = Schedule::new(&array.distribution, wanted, rank) else { return Cost::default() };
    let item_bytes = array.dtype.size_bytes();
    let mut cost = movement_cost(&schedule, item_bytes, true, reach);
    cost.temporary_bytes = Pool::charged_bytes(schedule.received() * item_bytes) as u64;
    cost
}

impl<'a> Patchwork<'a> {
    /// Prepares `array` to be seen as `wanted`, with which it [meets in boxes](Distribution::meets_in_boxes). **Local.**
    ///
    /// # Errors
    /// [`Error::Map`] for another shape; memory refused for what is brought.
    pub(crate) fn new(
        array: &'a AnyLocalArray,
        wanted: &Distribution,
        worker: &'a Worker,
    ) -> Result<Self, Error> {
        let schedule = Schedule::new(array.distribution(), wanted, worker.rank())?;
        let received = schedule.received();
        let (schedule, local, patches) = schedule.into_patches();
        let view = array.view();
        let mut pieces = Vec::with_capacity(patches.len() + 1);
        if let Some(patch) = local {
            let steps = patch.source_starts.iter().zip(view.strides());
            let first: isize = steps.map(|(start, stride)| start.cast_signed() * stride).sum();
            let offset = view.offset().wrapping_add_signed(first);
            pieces.push(Piece::of(&patch, view.strides(), offset, false));
        }
        let mut layouts = Vec::with_capacity(patches.len());
        let mut offset = 0;
        for patch in &patches {
            let layout = Layout::within(&patch.lengths, offset, received);
            pieces.push(Piece::of(patch, layout.place().1, offset, true));
            layouts.push(layout);
            offset += patch.lengths.iter().product::<usize>();
        }
        let brought = Block::uninit(array.dtype(), &[received], worker.pool())?;
        let movement = Movement::new(array, schedule, true, worker)?;
        Ok(Self { pieces, layouts, brought, movement })
    }

    /// Brings what lies elsewhere. **Collective** over the ranks that have something for each other.
    ///
    /// # Errors
    /// What the transport reports.
    pub(crate) fn bring(&mut self) -> Result<(), Error> {
        self.movement.run(To::Each(&self.layouts), self.brought.as_bytes_mut()?)
    }

    /// The pieces, which have no element in common and leave none out.
    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The memory of the pieces that were brought.
    pub(crate) fn brought_bytes(&self) -> &[u8] {
        self.brought.as_bytes()
    }
}

impl Piece {
    fn of(patch: &Patch, strides: &[isize], offset: usize, is_brought: bool) -> Self {
        Piece {
            starts: patch.starts.to_vec(),
            lengths: patch.lengths.to_vec(),
            strides: strides.to_vec(),
            offset,
            is_brought,
        }
    }

    /// The place of the element `starts` on each axis of the share.
    pub(crate) fn place(&self, starts: impl Iterator<Item = usize>) -> usize {
        let steps = starts.zip(&self.starts).zip(&self.strides);
        let moved: isize = steps.map(|((start, first), stride)| (start - first).cast_signed() * stride).sum();
        self.offset.wrapping_add_signed(moved)
    }

    /// Whether it has the element `starts`.
    pub(crate) fn holds(&self, starts: impl Iterator<Item = usize>) -> bool {
        starts
            .zip(self.starts.iter().zip(&self.lengths))
            .all(|(start, (first, length))| (*first..first + length).contains(&start))
    }
}
