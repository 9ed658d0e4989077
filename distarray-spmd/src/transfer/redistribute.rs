//! Redistribution: the same elements, elsewhere.
//!
//! Every rank computes its own share of the schedule from the two distributions; nobody tells anybody
//! what to expect. Ranks that can see each other's memory copy each piece once, straight from the
//! source block to the target block; the others exchange messages in pieces.

use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, LocalArray, Operation, Worker, exactly};
use distarray_comm::{DIRECT_PIECE_BYTES, Parcel, Piece, SameMemory};
use distarray_core::kernel::copy::{copy_region, pack_region, unpack_region};
use distarray_core::{Block, CopyRun, Element};
use distarray_maps::{Distribution, Run, Schedule, Transfer};
use serde::{Deserialize, Serialize};

/// Moves an array to another distribution of the same shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redistribute {
    /// Where the elements shall lie.
    pub target: Distribution,
}

/// Runs between two sides as the copying kernels take them. **Pure.**
#[must_use]
pub fn copy_runs(runs: &[Run]) -> Vec<CopyRun> {
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

/// How a transfer goes between two ranks that can reach each other so. Both decide alike: they see the
/// same runs.
fn is_direct(transfer: &Transfer, reach: SameMemory, item_bytes: usize) -> bool {
    match reach {
        SameMemory::Process => true,
        SameMemory::No => false,
        // Each piece costs a system call's share: short ones travel faster packed.
        SameMemory::Node => {
            let last =
                transfer.axes.last().map_or(1, |runs| runs.iter().map(|run| run.length).min().unwrap_or(0));
            last * item_bytes >= DIRECT_PIECE_BYTES
        }
    }
}

impl Operation for Redistribute {
    const NAME: &'static str = "redistribute";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [input] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        if input.shape() != self.target.shape() {
            return Err(Error::Shape {
                found: self.target.shape().to_vec(),
                expected: input.shape().to_vec(),
            });
        }
        Ok(vec![Inferred::Known(ArrayMeta { dtype: input.dtype, distribution: self.target.clone() })])
    }

    fn communicates(&self, inputs: &[&ArrayMeta]) -> bool {
        inputs.first().is_none_or(|input| !input.distribution.covers(&self.target))
    }

    fn shares(&self, inputs: &[&ArrayMeta]) -> Option<usize> {
        (!self.communicates(inputs)).then_some(0)
    }

    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        let Some(input) = inputs.first().filter(|_| self.communicates(inputs)) else {
            return Cost::default();
        };
        let Ok(schedule) = Schedule::new(&input.distribution, &self.target, rank) else {
            return Cost::default();
        };
        let item_bytes = input.dtype.size_bytes();
        let mut cost = Cost::of(distarray_comm::cost::agree(ranks));
        for transfer in schedule.sends() {
            if !is_direct(transfer, reach, item_bytes) {
                cost.messages_sent += 1;
                cost.bytes_sent += (transfer.count * item_bytes) as u64;
            }
        }
        for transfer in schedule.receives() {
            if is_direct(transfer, reach, item_bytes) {
                cost.bytes_copied += (transfer.count * item_bytes) as u64;
            }
        }
        cost
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [input] = exactly::<1, _>(Self::NAME, inputs)?;
        Ok(vec![redistribute(input.array(), &self.target, worker)?])
    }
}

/// Moves `array` to `target`, a distribution of the same shape. **Collective.**
///
/// # Errors
/// [`Error::Map`] for another shape; memory refused on any rank; what the transport reports.
pub fn redistribute(
    array: &AnyLocalArray,
    target: &Distribution,
    worker: &Worker,
) -> Result<AnyLocalArray, Error> {
    let source = array.distribution();
    let rank = worker.rank();
    let schedule = Schedule::new(source, target, rank)?;
    if source.covers(target) {
        if target.holds(rank) {
            return AnyLocalArray::new(target.clone(), array.view().clone(), rank);
        }
        let block = Block::uninit(array.dtype(), &target.local_shape(rank), worker.pool())?;
        return AnyLocalArray::new(target.clone(), block, rank);
    }
    let allocated = Block::uninit(array.dtype(), &target.local_shape(rank), worker.pool());
    let prepared =
        allocated.map_err(Error::from).and_then(|block| Ok((block, array.to_block(worker.pool())?)));
    let (mut block, held) = worker.agree(Redistribute::NAME, prepared)?;
    Movement { worker, source, schedule: &schedule, item_bytes: array.dtype().size_bytes() }
        .run(&held, &mut block)?;
    AnyLocalArray::new(target.clone(), block, rank)
}

struct Movement<'a> {
    worker: &'a Worker,
    source: &'a Distribution,
    schedule: &'a Schedule,
    item_bytes: usize,
}

impl Movement<'_> {
    fn run(&self, from: &Block, to: &mut Block) -> Result<(), Error> {
        let (direct_sends, sends) = self.divide(self.schedule.sends())?;
        let (direct_receives, receives) = self.divide(self.schedule.receives())?;
        let to_shape = to.shape().to_vec();
        let to_bytes = to.as_bytes_mut()?;
        if let Some(local) = self.schedule.local() {
            copy_region(
                self.item_bytes,
                from.as_bytes(),
                from.shape(),
                to_bytes,
                &to_shape,
                &axes_of(local),
            )?;
        }
        if !direct_sends.is_empty() || !direct_receives.is_empty() {
            self.copy_directly(from, &direct_sends, &direct_receives, to_bytes, &to_shape)?;
        }
        self.exchange(from, &sends, &receives, to_bytes, &to_shape)
    }

    /// The transfers that are copied straight, and those that are sent.
    fn divide<'t>(&self, transfers: &'t [Transfer]) -> Result<(Vec<&'t Transfer>, Vec<&'t Transfer>), Error> {
        let (mut direct, mut sent) = (Vec::new(), Vec::new());
        for transfer in transfers {
            let reach = self.worker.reach(transfer.peer)?;
            if is_direct(transfer, reach, self.item_bytes) {
                direct.push(transfer)
            } else {
                sent.push(transfer)
            }
        }
        Ok((direct, sent))
    }

    fn copy_directly(
        &self,
        from: &Block,
        sends: &[&Transfer],
        receives: &[&Transfer],
        to_bytes: &mut [u8],
        to_shape: &[usize],
    ) -> Result<(), Error> {
        let readers: Vec<usize> = sends.iter().map(|transfer| transfer.peer).collect();
        let owners: Vec<usize> = receives.iter().map(|transfer| transfer.peer).collect();
        let comm = self.worker.comm();
        comm.expose(from.as_bytes(), &readers, &owners, |exposed| {
            for transfer in receives {
                let shape = self.source.local_shape(transfer.peer);
                let bytes = transfer.count * self.item_bytes;
                if comm.same_memory(transfer.peer)? == SameMemory::Process {
                    exposed.read_with(transfer.peer, bytes, |region| {
                        copy_region(self.item_bytes, region, &shape, to_bytes, to_shape, &axes_of(transfer))
                    })??;
                } else {
                    let pieces = Pieces::new(transfer, &shape, to_shape, self.item_bytes);
                    exposed.read_pieces(transfer.peer, to_bytes, pieces)?;
                }
            }
            Ok::<(), Error>(())
        })
    }

    fn exchange(
        &self,
        from: &Block,
        sends: &[&Transfer],
        receives: &[&Transfer],
        to_bytes: &mut [u8],
        to_shape: &[usize],
    ) -> Result<(), Error> {
        if sends.is_empty() && receives.is_empty() {
            return Ok(());
        }
        let parcels = |transfers: &[&Transfer]| -> Vec<Parcel> {
            transfers
                .iter()
                .map(|transfer| Parcel { peer: transfer.peer, bytes: transfer.count * self.item_bytes })
                .collect()
        };
        let send_axes: Vec<_> = sends.iter().map(|transfer| axes_of(transfer)).collect();
        let receive_axes: Vec<_> = receives.iter().map(|transfer| axes_of(transfer)).collect();
        let (mut pack_refused, mut unpack_refused) = (None, None);
        self.worker.comm().exchange(
            &parcels(sends),
            &parcels(receives),
            &mut |index, offset, piece| {
                let first = offset / self.item_bytes;
                let done = pack_region(
                    self.item_bytes,
                    from.as_bytes(),
                    from.shape(),
                    &send_axes[index],
                    first,
                    piece,
                );
                pack_refused = pack_refused.take().or(done.err());
            },
            &mut |index, offset, piece| {
                let first = offset / self.item_bytes;
                let done =
                    unpack_region(self.item_bytes, piece, first, to_bytes, to_shape, &receive_axes[index]);
                unpack_refused = unpack_refused.take().or(done.err());
            },
        )?;
        match pack_refused.or(unpack_refused) {
            None => Ok(()),
            Some(error) => Err(error.into()),
        }
    }
}

/// The stretches of a transfer that are contiguous on both sides, in bytes, one after the other.
struct Pieces<'a> {
    transfer: &'a Transfer,
    source_strides: Vec<usize>,
    target_strides: Vec<usize>,
    /// For each axis: which run, which repeat, and (but for the last axis) which index in it.
    place: Vec<(usize, usize, usize)>,
    item_bytes: usize,
    finished: bool,
}

/// Bytes from one index of an axis to the next in a C-ordered block.
fn byte_strides(shape: &[usize], item_bytes: usize) -> Vec<usize> {
    let mut strides = vec![item_bytes; shape.len()];
    for axis in (0..shape.len().saturating_sub(1)).rev() {
        strides[axis] = strides[axis + 1] * shape[axis + 1];
    }
    strides
}

impl<'a> Pieces<'a> {
    fn new(
        transfer: &'a Transfer,
        source_shape: &[usize],
        target_shape: &[usize],
        item_bytes: usize,
    ) -> Self {
        Self {
            transfer,
            source_strides: byte_strides(source_shape, item_bytes),
            target_strides: byte_strides(target_shape, item_bytes),
            place: vec![(0, 0, 0); transfer.axes.len()],
            item_bytes,
            finished: transfer.count == 0,
        }
    }

    /// To the next stretch, the last axis fastest.
    fn advance(&mut self) {
        let last = self.place.len();
        for axis in (0..last).rev() {
            let (run, repeat, index) = &mut self.place[axis];
            let runs = &self.transfer.axes[axis];
            // A stretch covers the whole length of a run of the last axis.
            let length = if axis + 1 == last { 1 } else { runs[*run].length };
            *index += 1;
            if *index < length {
                return;
            }
            *index = 0;
            *repeat += 1;
            if *repeat < runs[*run].repeats {
                return;
            }
            *repeat = 0;
            *run += 1;
            if *run < runs.len() {
                return;
            }
            *run = 0;
        }
        self.finished = true;
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.finished {
            return None;
        }
        let mut piece = Piece { source: 0, target: 0, length: self.item_bytes };
        for (axis, (run, repeat, index)) in self.place.iter().enumerate() {
            let run = &self.transfer.axes[axis][*run];
            piece.source += (run.source + repeat * run.source_stride + index) * self.source_strides[axis];
            piece.target += (run.target + repeat * run.target_stride + index) * self.target_strides[axis];
            if axis + 1 == self.place.len() {
                piece.length = run.length * self.item_bytes;
            }
        }
        self.advance();
        Some(piece)
    }
}

impl<T: Element> LocalArray<T> {
    /// The same array on another distribution of its shape. **Collective.**
    ///
    /// # Errors
    /// As [`redistribute`].
    ///
    /// # Cost
    /// Each element that changes its rank moves once. On ranks in the same memory it is copied straight
    /// from block to block; otherwise it travels in pieces through staging buffers of bounded size.
    ///
    /// # Example
    /// ```
    /// # use distarray_comm::threads;
    /// # use distarray_maps::Distribution;
    /// # use distarray_spmd::{LocalArray, Worker};
    /// let gathered = threads::run(2, |comm| {
    ///     let worker = Worker::new(&comm);
    ///     let rows = Distribution::from_spec(&[2, 3], &"b,n".parse()?, 2)?;
    ///     let columns = Distribution::from_spec(&[2, 3], &"n,c".parse()?, 2)?;
    ///     let counted = LocalArray::<i64>::from_function(&rows, &worker, |index| (index[0] * 3 + index[1]) as i64)?;
    ///     counted.redistribute(&columns)?.all_gather()
    /// })?;
    /// for array in gathered {
    ///     assert_eq!(array, ndarray::arr2(&[[0, 1, 2], [3, 4, 5]]).into_dyn());
    /// }
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    pub fn redistribute(&self, target: &Distribution) -> Result<LocalArray<T>, Error> {
        crate::worker::check_ranks(target, self.worker().size())?;
        LocalArray::from_any(redistribute(self.as_any(), target, self.worker())?, self.worker())
    }
}
