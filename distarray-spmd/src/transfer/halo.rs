//! Halo exchange: the cells around a rank's block, from the ranks that own them.
//!
//! Every rank computes from the distribution alone what it needs and what others need of it. Threads of one process copy
//! ghost cells straight out of their neighbours' blocks; others are sent them, one message per neighbour. Whoever
//! fails takes part all the same, with nothing, so that nobody waits for it; the failure is agreed upon afterwards.

use crate::{Error, Worker};
use distarray_comm::{Exposed, Message, SameMemory};
use distarray_core::kernel::copy::{copy_region, pack_region};
use distarray_core::{Block, CopyRun, room_for};
use distarray_maps::{Halo, HaloRun, HaloShare, HaloTransfer};

/// The tag of ghost cells that travel as messages.
const GHOSTS: u32 = u32::from_be_bytes(*b"halo");

/// One rank's part in an exchange of ghost cells.
#[derive(Debug)]
pub struct HaloExchange<'a> {
    /// What all ranks do.
    pub halo: &'a Halo,
    /// What this rank does.
    pub share: &'a HaloShare,
    /// Bytes per element.
    pub item_bytes: usize,
    /// This rank's own cells; `None` if it has failed.
    pub block: Option<&'a Block>,
}

/// Ghost cells as they arrive: one parcel per neighbour, its cells in C order.
#[derive(Debug)]
pub struct Ghosts<'a> {
    worker: &'a Worker,
    exchange: &'a HaloExchange<'a>,
    exposed: Option<&'a Exposed<'a>>,
    parcels: Vec<Parcel<'a>>,
}

#[derive(Debug)]
enum Parcel<'a> {
    /// To be copied to this place.
    Direct(&'a mut [u8]),
    /// To be received.
    Sent,
    /// Copied.
    Copied(&'a mut [u8]),
    /// Received.
    Received(Message),
}

/// Bytes of the ghost cells that a rank copies out of others' memory and not out of messages, where it reaches them as
/// `reach` says. **Pure.**
#[must_use]
pub fn direct_bytes(share: &HaloShare, item_bytes: usize, reach: impl Fn(usize) -> SameMemory) -> usize {
    let direct = share.receives().iter().filter(|transfer| reach(transfer.peer) == SameMemory::Process);
    direct.map(|transfer| transfer.count * item_bytes).sum()
}

impl HaloExchange<'_> {
    /// Has neighbours and this rank give each other their cells while `body` runs. **Collective** over neighbours.
    ///
    /// `room` has [`direct_bytes`], or is empty on a rank that has failed. When this returns, all parcels have been
    /// taken and the block is nobody's but this rank's again.
    ///
    /// # Errors
    /// What `body` returned; what the transport reports.
    pub fn run<T>(
        &self,
        worker: &Worker,
        room: &mut [u8],
        body: impl FnOnce(&mut Ghosts<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let comm = worker.comm();
        let (mut readers, mut owners) = (Vec::new(), Vec::new());
        for transfer in self.share.sends() {
            if worker.reach(transfer.peer)? == SameMemory::Process {
                readers.push(transfer.peer);
            } else {
                comm.send_owned(transfer.peer, GHOSTS, self.packed(transfer))?;
            }
        }
        let mut parcels = Vec::with_capacity(self.share.receives().len());
        let mut room = room;
        for transfer in self.share.receives() {
            if worker.reach(transfer.peer)? == SameMemory::Process {
                owners.push(transfer.peer);
                let bytes = (transfer.count * self.item_bytes).min(room.len());
                let (parcel, rest) = room.split_at_mut(bytes);
                room = rest;
                parcels.push(Parcel::Direct(parcel));
            } else {
                parcels.push(Parcel::Sent);
            }
        }
        let finish = |exposed: Option<&Exposed<'_>>| {
            let mut ghosts = Ghosts { worker, exchange: self, exposed, parcels };
            let outcome = body(&mut ghosts);
            // Even after a failure: nobody shall wait, and nothing lie about.
            ghosts.wait()?;
            outcome
        };
        if readers.is_empty() && owners.is_empty() {
            return finish(None);
        }
        let bytes = self.block.map_or(&[][..], Block::as_bytes);
        comm.expose(bytes, &readers, &owners, |exposed| finish(Some(exposed)))
    }

    /// The cells for one neighbour; none if they cannot be had, which the neighbour is told of later.
    fn packed(&self, transfer: &HaloTransfer) -> Message {
        let packed = || -> Result<Vec<u8>, Error> {
            let Some(block) = self.block else { return Ok(Vec::new()) };
            let bytes = transfer.count * self.item_bytes;
            let mut cells = room_for(bytes)?;
            cells.resize(bytes, 0);
            let axes = axes_of(transfer);
            pack_region(self.item_bytes, block.as_bytes(), block.shape(), &axes, 0, &mut cells)?;
            Ok(cells)
        };
        packed().map_or_else(|_| Message::empty(), Message::from)
    }
}

impl Ghosts<'_> {
    /// Whose ghost cells these are. **Local.**
    #[must_use]
    pub fn rank(&self) -> usize {
        self.worker.rank()
    }

    /// Takes what has arrived, without waiting, and moves messages along. **Local.**
    ///
    /// # Errors
    /// What the transport reports.
    pub fn poll(&mut self) -> Result<(), Error> {
        self.take(false)?;
        Ok(self.worker.comm().progress()?)
    }

    /// Waits for all cells. **Collective** over neighbours.
    ///
    /// # Errors
    /// What the transport reports.
    pub fn wait(&mut self) -> Result<(), Error> {
        self.take(false)?;
        self.take(true)
    }

    fn take(&mut self, waits: bool) -> Result<(), Error> {
        let comm = self.worker.comm();
        let exchange = self.exchange;
        for (transfer, parcel) in exchange.share.receives().iter().zip(&mut self.parcels) {
            match parcel {
                Parcel::Direct(cells) => {
                    let Some(exposed) = self.exposed else { continue };
                    if !waits && !exposed.is_published(transfer.peer)? {
                        continue;
                    }
                    let cells = std::mem::take(cells);
                    exposed.read_with(transfer.peer, cells.len(), |region| {
                        exchange.copy_cells(transfer, region, cells)
                    })??;
                    exposed.release(transfer.peer)?;
                    *parcel = Parcel::Copied(cells);
                }
                Parcel::Sent if waits => {
                    *parcel = Parcel::Received(comm.receive(transfer.peer, GHOSTS)?);
                }
                Parcel::Sent => {
                    if let Some(message) = comm.try_receive(transfer.peer, GHOSTS)? {
                        *parcel = Parcel::Received(message);
                    }
                }
                Parcel::Copied(_) | Parcel::Received(_) => {}
            }
        }
        Ok(())
    }

    /// Copies the cells of a box of the padded block, all that somebody owns, to `target`, which has its shape. **Local.**
    /// For after [`Ghosts::wait`].
    ///
    /// # Errors
    /// None for a box that lies in the padded block.
    pub fn fill(&self, first: &[usize], shape: &[usize], target: &mut [u8]) -> Result<(), Error> {
        let item_bytes = self.exchange.item_bytes;
        if let (Some(local), Some(block)) = (self.exchange.share.local(), self.exchange.block) {
            let axes = boxed(local, first, shape, |run, _, skipped| {
                (run.source.wrapping_add_signed(run.step.wrapping_mul(skipped.cast_signed())), run.step)
            });
            copy_region(item_bytes, block.as_bytes(), block.shape(), target, shape, &axes)?;
        }
        for (transfer, parcel) in self.exchange.share.receives().iter().zip(&self.parcels) {
            let cells = match parcel {
                Parcel::Copied(cells) => &cells[..],
                Parcel::Received(message) => message.as_bytes(),
                Parcel::Direct(_) | Parcel::Sent => &[],
            };
            let counts: Vec<usize> =
                transfer.axes.iter().map(|runs| runs.iter().map(|run| run.length).sum()).collect();
            if cells.len() != transfer.count * item_bytes {
                // Their owner has failed, and will say so.
                continue;
            }
            let axes = boxed(transfer, first, shape, |_, place, skipped| (place + skipped, 1));
            copy_region(item_bytes, cells, &counts, target, shape, &axes)?;
        }
        Ok(())
    }
}

impl HaloExchange<'_> {
    /// Copies cells out of a neighbour's block; none if it has failed, or this rank has.
    fn copy_cells(&self, transfer: &HaloTransfer, block: &[u8], cells: &mut [u8]) -> Result<(), Error> {
        if block.is_empty() || cells.is_empty() {
            return Ok(());
        }
        let shape = self.halo.distribution().local_shape(transfer.peer);
        Ok(pack_region(self.item_bytes, block, &shape, &axes_of(transfer), 0, cells)?)
    }
}

/// `count` cells of a run from `source` on; to `target` on.
fn copy_run(count: usize, source: usize, step: isize, target: usize) -> CopyRun {
    if step == 1 {
        return CopyRun::piece(count, source, target);
    }
    CopyRun { length: 1, repeats: count, source, source_stride: step, target, target_stride: 1 }
}

fn axes_of(transfer: &HaloTransfer) -> Vec<Vec<CopyRun>> {
    let copied = |run: &HaloRun| copy_run(run.length, run.source, run.step, run.target);
    transfer.axes.iter().map(|runs| runs.iter().map(copied).collect()).collect()
}

/// What of a transfer lies in a box of the padded block. `source` is told a run, the place of its first cell in the parcel
/// and how many of its cells are skipped; it says where the others begin, and by which steps they go on.
fn boxed(
    transfer: &HaloTransfer,
    first: &[usize],
    shape: &[usize],
    source: impl Fn(&HaloRun, usize, usize) -> (usize, isize),
) -> Vec<Vec<CopyRun>> {
    let axes = transfer.axes.iter().zip(first.iter().zip(shape));
    axes.map(|(runs, (&first, &length))| {
        let mut place = 0;
        let mut inside = Vec::new();
        for run in runs {
            let (low, high) = (run.target.max(first), (run.target + run.length).min(first + length));
            if low < high {
                let (from, step) = source(run, place, low - run.target);
                inside.push(copy_run(high - low, from, step, low - first));
            }
            place += run.length;
        }
        inside
    })
    .collect()
}
