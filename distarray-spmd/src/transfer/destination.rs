//! Destination: where on one rank the elements of a region of its block lie, to be written.

use super::arrange::{Arrange, pieces};
use super::movement::Layout;
use crate::{Error, Worker};
use distarray_core::kernel::copy::{Region, Side};
use distarray_core::{Block, CopyRun, View};
use distarray_maps::Distribution;

/// Where the elements of a region go on one rank.
pub(crate) enum Destination {
    /// Straight to where they belong.
    Strided(Layout),
    /// Into a block of their own first.
    Scattered(Scattered),
}

/// A region whose elements do not lie at equal distances.
pub(crate) struct Scattered {
    temporary: Block,
    layout: Layout,
    axes: Vec<Vec<CopyRun>>,
}

impl Destination {
    /// The region that `region` selects of `block`, this rank's of an array distributed as `target`. **Local.**
    ///
    /// # Errors
    /// What is wrong with the region; memory refused.
    pub(crate) fn new(
        region: &Arrange,
        target: &Distribution,
        block: &Block,
        worker: &Worker,
    ) -> Result<Self, Error> {
        let rank = worker.rank();
        let lies = region.target(target)?;
        let Some(runs) = target.slice_runs(region.slices(), rank)? else {
            return Ok(Self::Strided(Layout::c_order(&lies.local_shape(rank))));
        };
        if let Some(view) = region.evenly(&View::from(block.clone()), target, &runs)? {
            return Ok(Self::Strided(Layout::of(&region.in_order(view)?)));
        }
        let temporary = Block::uninit(block.dtype(), &lies.local_shape(rank), worker.pool())?;
        let layout = Layout::of(&region.out_of_order(View::from(temporary.clone()), target.ndim())?);
        let axes =
            runs.iter().map(|runs| runs.iter().flat_map(pieces).map(CopyRun::reversed).collect()).collect();
        Ok(Self::Scattered(Scattered { temporary, layout, axes }))
    }
}

impl Scattered {
    /// The elements in C order, to be written first.
    pub(crate) fn temporary(&mut self) -> &mut Block {
        &mut self.temporary
    }

    /// Copies them from where they belong in `block`. **Local.**
    ///
    /// # Errors
    /// As [`Scattered::copy_to`].
    pub(crate) fn copy_from(&mut self, block: &Block) -> Result<(), Error> {
        let axes: Vec<Vec<CopyRun>> =
            self.axes.iter().map(|runs| runs.iter().copied().map(CopyRun::reversed).collect()).collect();
        let (item_bytes, side) = (block.dtype().size_bytes(), self.layout.side());
        Region::of_sides(item_bytes, &Side::c_order(block.shape()), &side, &axes)?
            .copy(block.as_bytes(), self.temporary.as_bytes_mut()?)?;
        Ok(())
    }

    /// Copies them to where they belong in `block`, the one that the destination was made for. **Local.**
    ///
    /// # Errors
    /// None for that block.
    pub(crate) fn copy_to(self, block: &mut Block) -> Result<(), Error> {
        let (item_bytes, shape) = (block.dtype().size_bytes(), block.shape().to_vec());
        Region::of_sides(item_bytes, &self.layout.side(), &Side::c_order(&shape), &self.axes)?
            .copy(self.temporary.as_bytes(), block.as_bytes_mut()?)?;
        Ok(())
    }
}
