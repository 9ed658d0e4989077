//! Sweep: one result for every element of an array, made of the elements around it; the interior while the halo travels.

use super::parts::{Part, Parts};
use crate::transfer::halo::{Ghosts, HaloExchange, direct_bytes};
use crate::{AnyLocalArray, Cost, Error, Worker};
use distarray_comm::SameMemory;
use distarray_core::kernel::bytes::repeat;
use distarray_core::kernel::copy::copy_region;
use distarray_core::kernel::stencil::{Patch, Reach};
use distarray_core::{Block, Buffer, CopyRun, DType, Pool, Scalar};
use distarray_maps::{Boundary, Halo, HaloShare, Margin};

/// Computes the results of a patch from the bytes of a source.
pub(super) type Compute<'a> = dyn FnMut(&Patch<'_>, &[u8], &mut [u8]) -> Result<(), Error> + 'a;

/// The reach of margins, as kernels have it.
pub(super) fn reach_of(margins: &[Margin]) -> Vec<Reach> {
    margins.iter().map(|margin| Reach { before: margin.before, after: margin.after }).collect()
}

/// A walk over an array with a neighbourhood around every element.
#[derive(Debug)]
pub(super) struct Sweep<'a> {
    pub(super) name: &'static str,
    pub(super) halo: &'a Halo,
    pub(super) dtype: DType,
    /// What stands where nobody owns a cell.
    pub(super) constant: Scalar,
}

/// This rank's cells and its memory for the sweep.
struct Prepared {
    source: Block,
    result: Block,
    room: Buffer,
}

impl Sweep<'_> {
    /// What `rank` of `ranks` spends if the array is of `dtype`. **Pure.**
    pub(super) fn cost(&self, dtype: DType, rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        let item_bytes = self.dtype.size_bytes();
        let share = self.halo.share(rank);
        let parts = Parts::new(self.halo, rank, item_bytes);
        let direct = direct_bytes(&share, item_bytes, |_| reach);
        let scratch = parts.scratch_bytes(self.halo.margins(), item_bytes);
        let mut cost = Cost { bytes_copied: direct as u64, ..Cost::default() };
        if self.halo.communicates() {
            cost = cost.then(Cost::of(distarray_comm::cost::agree(ranks)));
        }
        if reach != SameMemory::Process {
            cost.messages_sent += share.sends().len() as u64;
            let sent: usize = share.sends().iter().map(|transfer| transfer.count * item_bytes).sum();
            cost.bytes_sent += sent as u64;
        }
        // A block of no dimensions has an element on every rank.
        let local: usize = self.halo.distribution().local_shape(rank).iter().product();
        let cast = if dtype == self.dtype { 0 } else { local * item_bytes };
        cost.temporary_bytes = (Pool::charged_bytes(cast) + Pool::charged_bytes(direct + scratch)) as u64;
        cost
    }

    /// The results. **Collective** if a margin crosses a border between ranks.
    pub(super) fn run(
        &self,
        array: &AnyLocalArray,
        worker: &Worker,
        compute: &mut Compute<'_>,
    ) -> Result<AnyLocalArray, Error> {
        let (rank, item_bytes) = (worker.rank(), self.dtype.size_bytes());
        let share = self.halo.share(rank);
        let parts = Parts::new(self.halo, rank, item_bytes);
        let prepared = self.prepare(array, worker, &share, &parts);
        let outcome = self.exchange(prepared, worker, &share, &parts, compute);
        let result = if self.halo.communicates() { worker.agree(self.name, outcome)? } else { outcome? };
        AnyLocalArray::new(array.distribution().clone(), result, rank)
    }

    /// All that can be refused on this rank alone.
    fn prepare(
        &self,
        array: &AnyLocalArray,
        worker: &Worker,
        share: &HaloShare,
        parts: &Parts,
    ) -> Result<Prepared, Error> {
        let (pool, item_bytes) = (worker.pool(), self.dtype.size_bytes());
        let source = array.to_block(pool)?.cast(self.dtype, pool)?;
        let result = Block::uninit(self.dtype, source.shape(), pool)?;
        let reach = |peer| worker.reach(peer).unwrap_or(SameMemory::No);
        let direct = direct_bytes(share, item_bytes, reach);
        let room = pool.allocate(direct + parts.scratch_bytes(self.halo.margins(), item_bytes))?;
        Ok(Prepared { source, result, room })
    }

    /// Computes while neighbours help themselves; a rank that has failed takes part with nothing.
    fn exchange(
        &self,
        prepared: Result<Prepared, Error>,
        worker: &Worker,
        share: &HaloShare,
        parts: &Parts,
        compute: &mut Compute<'_>,
    ) -> Result<Block, Error> {
        let item_bytes = self.dtype.size_bytes();
        let exchange = |block| HaloExchange { halo: self.halo, share, item_bytes, block };
        let Prepared { source, mut result, mut room } = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return exchange(None).run(worker, &mut [], |_| Err(error)),
        };
        let scratch_bytes = parts.scratch_bytes(self.halo.margins(), item_bytes);
        let (scratch, direct) = room.as_bytes_mut().split_at_mut(scratch_bytes);
        exchange(Some(&source)).run(worker, direct, |ghosts| {
            let target_shape = result.shape().to_vec();
            let target = result.as_bytes_mut()?;
            ghosts.poll()?;
            for part in &parts.interior {
                let patch = Patch {
                    count: &part.count,
                    source_shape: &target_shape,
                    source_first: &part.first,
                    target_shape: &target_shape,
                    target_first: &part.first,
                };
                compute(&patch, source.as_bytes(), target)?;
                ghosts.poll()?;
            }
            for part in &parts.kept {
                keep(part, &source, target, item_bytes)?;
            }
            ghosts.wait()?;
            for part in &parts.border {
                self.compute_border(part, ghosts, scratch, target, &target_shape, compute)?;
            }
            Ok(())
        })?;
        Ok(result)
    }

    /// The results of one tile at the border, from a padded copy of its cells.
    fn compute_border(
        &self,
        part: &Part,
        ghosts: &Ghosts<'_>,
        scratch: &mut [u8],
        target: &mut [u8],
        target_shape: &[usize],
        compute: &mut Compute<'_>,
    ) -> Result<(), Error> {
        let margins = self.halo.margins();
        let shape = part.padded(margins);
        let tile = &mut scratch[..shape.iter().product::<usize>() * self.dtype.size_bytes()];
        let before = self.halo.before(ghosts.rank());
        let axes = part.first.iter().zip(&before).zip(margins);
        let first: Vec<usize> =
            axes.map(|((first, before), margin)| first + before - margin.before).collect();
        if margins.iter().any(|margin| margin.boundary == Boundary::Constant) {
            repeat(&self.constant, tile);
        }
        ghosts.fill(&first, &shape, tile)?;
        let own: Vec<usize> = margins.iter().map(|margin| margin.before).collect();
        let patch = Patch {
            count: &part.count,
            source_shape: &shape,
            source_first: &own,
            target_shape,
            target_first: &part.first,
        };
        compute(&patch, tile, target)
    }
}

/// Copies the elements of a part that keep their value.
fn keep(part: &Part, source: &Block, target: &mut [u8], item_bytes: usize) -> Result<(), Error> {
    let axes: Vec<[CopyRun; 1]> = part
        .first
        .iter()
        .zip(&part.count)
        .map(|(first, count)| [CopyRun::piece(*count, *first, *first)])
        .collect();
    Ok(copy_region(item_bytes, source.as_bytes(), source.shape(), target, source.shape(), &axes)?)
}
