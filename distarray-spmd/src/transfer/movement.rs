//! Movement: elements go from the views of those who have them to strided places of those who want them.
//!
//! Ranks that can see each other's memory copy each element once, straight from where it lies to where it shall lie,
//! whatever the strides on both sides: the owner says with its region how its elements lie there. The others
//! exchange messages in pieces.

use super::pieces::Pieces;
use crate::{AnyLocalArray, Cost, Error, Worker};
use distarray_comm::{DIRECT_PIECE_BYTES, Parcel, SameMemory};
use distarray_core::kernel::copy::{Region, Side, Strides, c_strides};
use distarray_core::{CopyRun, View};
use distarray_maps::{Distribution, Run, Schedule, Transfer};

/// Runs between two sides as the copying kernels take them.
fn copy_runs(runs: &[Run]) -> Vec<CopyRun> {
    // Strides lie within a block, whose bytes an isize can count.
    let stride = |stride: usize| isize::try_from(stride).unwrap_or(isize::MAX);
    runs.iter()
        .map(|run| CopyRun {
            length: run.length,
            repeats: run.repeats,
            source: run.source,
            source_stride: stride(run.source_stride),
            target: run.target,
            target_stride: stride(run.target_stride),
        })
        .collect()
}

fn axes_of(transfer: &Transfer) -> Vec<Vec<CopyRun>> {
    transfer.axes.iter().map(|runs| copy_runs(runs)).collect()
}

/// How elements lie in memory: what a [`View`] knows beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    shape: Vec<usize>,
    strides: Strides,
    offset: usize,
    /// Elements of the whole memory.
    size: usize,
}

impl Layout {
    /// All elements of a block in C order.
    pub(crate) fn c_order(shape: &[usize]) -> Layout {
        let (strides, size) = (c_strides(shape), shape.iter().product());
        Layout { shape: shape.to_vec(), strides, offset: 0, size }
    }

    /// How the elements of a view lie in its storage.
    pub(crate) fn of(view: &View) -> Layout {
        let side = view.side();
        Layout { shape: side.shape.to_vec(), strides: side.strides, offset: side.offset, size: side.size }
    }

    /// All elements of a block in C order that begins at element `offset` of a memory of `size` elements.
    pub(crate) fn within(shape: &[usize], offset: usize, size: usize) -> Layout {
        Layout { offset, size, ..Layout::c_order(shape) }
    }

    /// Shape, strides, and the place of the first element.
    pub(crate) fn place(&self) -> (&[usize], &[isize], usize) {
        (&self.shape, &self.strides, self.offset)
    }

    /// As a side of a region.
    pub(crate) fn side(&self) -> Side<'_> {
        let Layout { shape, strides, offset, size } = self;
        Side { shape, strides: strides.clone(), offset: *offset, size: *size }
    }

    /// What a rank says of the region it exposes: nothing of a block in C order, offset and strides of a view.
    fn label(view: &View) -> Vec<u8> {
        if view.is_whole() {
            return Vec::new();
        }
        let offset = (view.offset() as u64).to_le_bytes();
        offset
            .into_iter()
            .chain(view.strides().iter().flat_map(|stride| (*stride as i64).to_le_bytes()))
            .collect()
    }

    /// What [`Layout::label`] said of the elements of `shape` in a memory of `size` elements. Whoever reads by it has
    /// it checked against the memory.
    fn read(label: &[u8], shape: Vec<usize>, size: usize) -> Layout {
        let number = |word: &[u8; 8]| isize::try_from(i64::from_le_bytes(*word)).unwrap_or(isize::MAX);
        let mut words = label.as_chunks::<8>().0.iter().map(number);
        match words.next() {
            None => Layout { strides: c_strides(&shape), offset: 0, shape, size },
            Some(offset) => Layout { strides: words.collect(), offset: offset.cast_unsigned(), shape, size },
        }
    }

    /// Whether neighbours along the last axis are neighbours in memory.
    fn has_rows(&self) -> bool {
        self.shape.last().is_none_or(|length| *length <= 1) || self.strides.last() == Some(&1)
    }

    /// Strides and offset in bytes.
    pub(crate) fn in_bytes(&self, item_bytes: usize) -> (Strides, usize) {
        let item = item_bytes.cast_signed();
        (self.strides.iter().map(|stride| stride * item).collect(), self.offset * item_bytes)
    }
}

/// How a transfer goes between two ranks that can reach each other so; `to_rows` says whether the receiver's last axis
/// lies without gaps. Both decide alike: they see the same runs.
fn is_direct(transfer: &Transfer, reach: SameMemory, item_bytes: usize, to_rows: bool) -> bool {
    match reach {
        SameMemory::Process => true,
        SameMemory::No => false,
        // Each piece costs a system call's share: short ones travel faster packed.
        SameMemory::Node => {
            let last =
                transfer.axes.last().map_or(1, |runs| runs.iter().map(|run| run.length).min().unwrap_or(0));
            to_rows && last * item_bytes >= DIRECT_PIECE_BYTES
        }
    }
}

/// What a movement costs the rank whose schedule this is, agreement and temporaries apart. **Pure.**
pub(crate) fn movement_cost(
    schedule: &Schedule,
    item_bytes: usize,
    to_rows: bool,
    reach: SameMemory,
) -> Cost {
    let mut cost = Cost::default();
    for transfer in schedule.sends() {
        if !is_direct(transfer, reach, item_bytes, to_rows) {
            cost.messages_sent += 1;
            cost.bytes_sent += (transfer.count * item_bytes) as u64;
        }
    }
    for transfer in schedule.receives() {
        if is_direct(transfer, reach, item_bytes, to_rows) {
            cost.bytes_copied += (transfer.count * item_bytes) as u64;
        }
    }
    cost
}

/// Where the elements go that a movement brings.
#[derive(Clone, Copy)]
pub(crate) enum To<'a> {
    /// All to one place, of which the schedule knows the indices.
    One(&'a Layout),
    /// What each rank sends to a place of its own, in the order of the ranks.
    Each(&'a [Layout]),
}

impl<'a> To<'a> {
    fn layout(self, receive: usize) -> &'a Layout {
        match self {
            To::One(layout) => layout,
            To::Each(layouts) => &layouts[receive],
        }
    }
}

/// A transfer, and which of its kind it is.
type Numbered<'t> = (usize, &'t Transfer);

/// One rank's part of a movement, with all it needs.
pub(crate) struct Movement<'a> {
    worker: &'a Worker,
    source: &'a Distribution,
    schedule: Schedule,
    from: View,
    item_bytes: usize,
    to_rows: bool,
}

impl<'a> Movement<'a> {
    /// The share of this rank in moving `array` as `schedule` says. **Local.**
    ///
    /// `to_rows` says whether the last axis lies without gaps where the elements go, on every rank. A view whose last
    /// axis has gaps is copied first if another process shall read it.
    ///
    /// # Errors
    /// Memory refused for that copy.
    pub(crate) fn new(
        array: &'a AnyLocalArray,
        schedule: Schedule,
        to_rows: bool,
        worker: &'a Worker,
    ) -> Result<Self, Error> {
        let item_bytes = array.dtype().size_bytes();
        let mut from = array.view().clone();
        if !Layout::of(&from).has_rows() {
            let mut is_read = false;
            for transfer in schedule.sends() {
                let reach = worker.reach(transfer.peer)?;
                is_read |= reach == SameMemory::Node && is_direct(transfer, reach, item_bytes, to_rows);
            }
            if is_read {
                from = from.to_block(worker.pool())?.into();
            }
        }
        Ok(Self { worker, source: array.distribution(), schedule, from, item_bytes, to_rows })
    }

    /// Does it: the elements that this rank wants come to `to_bytes`, laid out as `to`; those that it has itself to one
    /// place only. **Collective** over the ranks of the schedule.
    ///
    /// # Errors
    /// What the transport reports; [`Error::Element`] for a layout that is not the schedule's.
    pub(crate) fn run(&self, to: To<'_>, to_bytes: &mut [u8]) -> Result<(), Error> {
        let (direct_sends, sends) = self.divide(self.schedule.sends())?;
        let (direct_receives, receives) = self.divide(self.schedule.receives())?;
        if let (Some(local), To::One(to)) = (self.schedule.local(), to) {
            Region::of_sides(self.item_bytes, &self.from.side(), &to.side(), &axes_of(local))?
                .copy(self.from.storage(), to_bytes)?;
        }
        if !direct_sends.is_empty() || !direct_receives.is_empty() {
            self.copy_directly(&direct_sends, &direct_receives, to, to_bytes)?;
        }
        self.exchange(&sends, &receives, to, to_bytes)
    }

    /// The transfers that are copied straight, and those that are sent.
    fn divide<'t>(&self, transfers: &'t [Transfer]) -> Result<(Vec<Numbered<'t>>, Vec<Numbered<'t>>), Error> {
        let (mut direct, mut sent) = (Vec::new(), Vec::new());
        for (number, transfer) in transfers.iter().enumerate() {
            let reach = self.worker.reach(transfer.peer)?;
            if is_direct(transfer, reach, self.item_bytes, self.to_rows) {
                direct.push((number, transfer))
            } else {
                sent.push((number, transfer))
            }
        }
        Ok((direct, sent))
    }

    fn copy_directly(
        &self,
        sends: &[Numbered<'_>],
        receives: &[Numbered<'_>],
        to: To<'_>,
        to_bytes: &mut [u8],
    ) -> Result<(), Error> {
        let readers: Vec<usize> = sends.iter().map(|(_, transfer)| transfer.peer).collect();
        let owners: Vec<usize> = receives.iter().map(|(_, transfer)| transfer.peer).collect();
        let (comm, item_bytes) = (self.worker.comm(), self.item_bytes);
        let label = Layout::label(&self.from);
        comm.expose_labelled(self.from.storage(), &label, &readers, &owners, |exposed| {
            for &(number, transfer) in receives {
                let to = to.layout(number);
                let label = exposed.label(transfer.peer)?;
                let shape = self.source.local_shape(transfer.peer);
                if comm.same_memory(transfer.peer)? == SameMemory::Process {
                    let bytes = transfer.count * item_bytes;
                    exposed.read_with(transfer.peer, bytes, |memory| {
                        let from = Layout::read(&label, shape, memory.len() / item_bytes);
                        Region::of_sides(item_bytes, &from.side(), &to.side(), &axes_of(transfer))?
                            .copy(memory, to_bytes)
                    })??;
                } else {
                    // The operating system checks what is read.
                    let from = Layout::read(&label, shape, usize::MAX);
                    exposed.read_pieces(
                        transfer.peer,
                        to_bytes,
                        Pieces::new(transfer, &from, to, item_bytes),
                    )?;
                }
            }
            Ok::<(), Error>(())
        })
    }

    fn exchange(
        &self,
        sends: &[Numbered<'_>],
        receives: &[Numbered<'_>],
        to: To<'_>,
        to_bytes: &mut [u8],
    ) -> Result<(), Error> {
        if sends.is_empty() && receives.is_empty() {
            return Ok(());
        }
        let item_bytes = self.item_bytes;
        let parcels = |transfers: &[Numbered<'_>]| -> Vec<Parcel> {
            transfers
                .iter()
                .map(|(_, transfer)| Parcel { peer: transfer.peer, bytes: transfer.count * item_bytes })
                .collect()
        };
        let from = self.from.side();
        let packing: Vec<Region> = sends
            .iter()
            .map(|(_, transfer)| Region::packing(item_bytes, &from, &axes_of(transfer)))
            .collect::<Result<_, _>>()?;
        let unpacking: Vec<Region> = receives
            .iter()
            .map(|(number, transfer)| {
                Region::unpacking(item_bytes, &to.layout(*number).side(), &axes_of(transfer))
            })
            .collect::<Result<_, _>>()?;
        let (mut pack_refused, mut unpack_refused) = (None, None);
        self.worker.comm().exchange(
            &parcels(sends),
            &parcels(receives),
            &mut |index, offset, piece| {
                let done = packing[index].pack(self.from.storage(), offset / item_bytes, piece);
                pack_refused = pack_refused.take().or(done.err());
            },
            &mut |index, offset, piece| {
                let done = unpacking[index].unpack(piece, offset / item_bytes, to_bytes);
                unpack_refused = unpack_refused.take().or(done.err());
            },
        )?;
        match pack_refused.or(unpack_refused) {
            None => Ok(()),
            Some(error) => Err(error.into()),
        }
    }
}
