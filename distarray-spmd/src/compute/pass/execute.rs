//! Running a pass on one rank, and putting its reductions together.

use super::boxes::{Cuboid, Cuts};
use super::stores::Stores;
use super::{Pass, Reusable, reduced_mask};
use crate::compute::merge::{merge_groups, reduced_meta, reduction_group};
use crate::transfer::patch::Patchwork;
use crate::transfer::version::Version;
use crate::{AnyLocalArray, ArrayMeta, Error, Input, Worker};
use distarray_core::kernel::elementwise::{Operand, PassError, Stop, run};
use distarray_core::{Accumulator, Block, DType, Reduction};
use distarray_maps::{AxisMap, Distribution};
use smallvec::SmallVec;

/// Where a rank finds the elements of an operand.
enum From<'a> {
    /// All of them in the array, by these strides of the layout's axes.
    Array(&'a AnyLocalArray, SmallVec<[isize; 6]>),
    /// In pieces.
    Patchwork(&'a AnyLocalArray, Box<Patchwork<'a>>),
    /// Where a result goes.
    Output(usize, DType),
}

/// All that a pass needs on one rank.
struct Ready<'s, 'a> {
    stores: Stores<'s>,
    operands: SmallVec<[From<'a>; 4]>,
    accumulators: Vec<Accumulator>,
}

impl Pass {
    /// Runs it. **Collective** if it communicates.
    ///
    /// # Errors
    /// Memory refused, values that an operation refuses, and other ranks' failures.
    pub fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let reuse = {
            let reusable: SmallVec<[Reusable<'_>; 4]> = inputs.iter().map(Reusable::of).collect();
            self.reuse(&reusable)
        };
        let mut inputs: SmallVec<[Option<Input<'_>>; 4]> = inputs.into_iter().map(Some).collect();
        let stores = self.stores(&mut inputs, &reuse, worker);
        let ready = stores.and_then(|stores| self.ready(stores, &inputs, &reuse, worker));
        let ready = if self.talks_first() {
            let mut ready = worker.agree(self.name(), ready)?;
            for operand in &mut ready.operands {
                if let From::Patchwork(_, patchwork) = operand {
                    patchwork.bring()?;
                }
            }
            self.run_local(ready, worker)
        } else {
            let done = ready.and_then(|ready| self.run_local(ready, worker));
            if self.communicates() { worker.agree(self.name(), done) } else { done }
        };
        let Ready { stores, accumulators, operands } = ready?;
        // What the pass was the last to read is gone before the reductions give their results.
        drop(operands);
        drop(inputs);
        self.finish(worker, stores, accumulators)
    }

    /// The memory for the results: that of an input where one can be taken.
    fn stores<'a>(
        &self,
        inputs: &mut [Option<Input<'a>>],
        reuse: &[Option<usize>],
        worker: &'a Worker,
    ) -> Result<Stores<'a>, Error> {
        if let Some(update) = &self.update {
            let array = inputs.get_mut(update.slot).and_then(Option::take);
            let missing =
                || Error::InputCount { operation: self.name.clone(), found: 0, expected: update.slot + 1 };
            let array = array.ok_or_else(missing)?;
            let target = array.array().distribution().clone();
            let is_read = update.slot < self.program.slots().len();
            return Stores::region(Version::of(array, worker)?, update, &target, is_read, worker);
        }
        let shape = self.layout.local_shape(worker.rank());
        let blocks = self.store_dtypes().zip(reuse).map(|(dtype, reused)| {
            Ok(match reused.and_then(|index| inputs[index].take()) {
                Some(input) => input.into_array().into_block(worker.pool())?,
                None => Block::uninit(dtype, &shape, worker.pool())?,
            })
        });
        Ok(Stores::Blocks(blocks.collect::<Result<_, Error>>()?))
    }

    /// Everything else.
    fn ready<'s, 'a>(
        &self,
        stores: Stores<'s>,
        inputs: &'a [Option<Input<'_>>],
        reuse: &[Option<usize>],
        worker: &'a Worker,
    ) -> Result<Ready<'s, 'a>, Error> {
        let mut operands: SmallVec<[From<'a>; 4]> = SmallVec::new();
        for (slot, (input, dtype)) in inputs.iter().zip(self.program.slots()).enumerate() {
            operands.push(match input {
                Some(input) if self.patched.contains(&slot) => {
                    let array = input.array();
                    let wanted = self.layout.for_operand(array.shape())?;
                    From::Patchwork(array, Box::new(Patchwork::new(array, &wanted, worker)?))
                }
                Some(input) => {
                    let array = input.array();
                    let strides = operand_strides(array.shape(), array.view().strides(), &self.layout)?;
                    From::Array(array, strides)
                }
                // An array that is changed is the only output.
                None => {
                    let output = reuse.iter().position(|reused| *reused == Some(slot)).unwrap_or(0);
                    From::Output(output, *dtype)
                }
            });
        }
        let shape = self.layout.local_shape(worker.rank());
        let accumulators = self
            .reductions
            .iter()
            .zip(self.reduced_dtypes())
            .map(|(reduction, dtype)| {
                let mask = reduced_mask(&reduction.axes, self.layout.ndim());
                Ok(Accumulator::start(reduction.reduction, dtype, &shape, &mask, worker.pool())?)
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Ready { stores, operands, accumulators })
    }

    /// Computes all elements of this rank.
    fn run_local<'s, 'a>(&self, mut ready: Ready<'s, 'a>, worker: &Worker) -> Result<Ready<'s, 'a>, Error> {
        // A rank without a part of the layout has nothing to compute, but for a block of no dimensions.
        if !self.layout.holds(worker.rank()) {
            return Ok(ready);
        }
        let mut cuts = Cuts::none(&self.layout.local_shape(worker.rank()));
        for operand in &ready.operands {
            if let From::Patchwork(array, patchwork) = operand {
                let missing = self.layout.ndim() - array.shape().len();
                for piece in patchwork.pieces() {
                    for (axis, start) in piece.starts.iter().enumerate() {
                        if array.shape()[axis] == self.layout.shape()[axis + missing] {
                            cuts.cut(axis + missing, *start);
                        }
                    }
                }
            }
        }
        for cuboid in cuts.boxes() {
            let operands = ready
                .operands
                .iter()
                .map(|operand| self.operand_within(operand, &cuboid))
                .collect::<Result<SmallVec<[Operand<'_>; 4]>, Error>>()?;
            let mut outputs = ready.stores.outputs(&cuboid)?;
            let accumulators = &mut ready.accumulators;
            let comm = worker.comm();
            let mut interrupted = None;
            let outcome =
                run(&self.program, &cuboid.lengths, &operands, &mut outputs, accumulators, &mut || {
                    match comm.progress() {
                        // An array that is changed is changed to the end.
                        Err(error) if self.update.is_none() => {
                            interrupted = Some(error);
                            Err(Stop)
                        }
                        _ => Ok(()),
                    }
                });
            match (outcome, interrupted) {
                (Ok(()), _) => {}
                (Err(_), Some(error)) => return Err(error.into()),
                (Err(PassError::Element(error)), None) => return Err(error.into()),
                (Err(PassError::Stopped { .. }), None) => return Err(Error::Closed),
            }
        }
        Ok(ready)
    }

    /// The elements of an operand that a box of the layout meets.
    fn operand_within<'o>(&self, operand: &'o From<'_>, cuboid: &Cuboid) -> Result<Operand<'o>, Error> {
        match operand {
            From::Output(output, dtype) => Ok(Operand::output(*output, *dtype)),
            From::Array(array, strides) => {
                let steps = cuboid.starts.iter().zip(strides);
                let moved: isize = steps.map(|(start, stride)| start.cast_signed() * stride).sum();
                let view = array.view();
                let offset = view.offset().wrapping_add_signed(moved);
                Ok(Operand::strided(view.storage(), array.dtype(), strides, offset))
            }
            From::Patchwork(array, patchwork) => {
                let missing = self.layout.ndim() - array.shape().len();
                let starts = || {
                    let own = array.shape().iter().enumerate();
                    own.map(|(axis, length)| match self.layout.shape()[axis + missing] {
                        shared if shared == *length => cuboid.starts[axis + missing],
                        _ => 0,
                    })
                };
                // Of a box without elements nothing is read.
                let Some(piece) = patchwork.pieces().iter().find(|piece| piece.holds(starts())) else {
                    let nothing = SmallVec::<[isize; 6]>::from_elem(0, self.layout.ndim());
                    return Ok(Operand::strided(&[], array.dtype(), &nothing, 0));
                };
                let strides = operand_strides(array.shape(), &piece.strides, &self.layout)?;
                let memory =
                    if piece.is_brought { patchwork.brought_bytes() } else { array.view().storage() };
                Ok(Operand::strided(memory, array.dtype(), &strides, piece.place(starts())))
            }
        }
    }

    fn finish(
        &self,
        worker: &Worker,
        stores: Stores<'_>,
        mut accumulators: Vec<Accumulator>,
    ) -> Result<Vec<AnyLocalArray>, Error> {
        let rank = worker.rank();
        for (accumulator, reduction) in accumulators.iter_mut().zip(&self.reductions) {
            accumulator.move_positions(global_positions(&self.layout, &reduction.axes, rank));
        }
        for axes in self.axis_sets() {
            let Some(group) = reduction_group(&self.layout, axes, rank) else { continue };
            let mut members: Vec<(Reduction, &mut Accumulator)> = accumulators
                .iter_mut()
                .zip(&self.reductions)
                .filter(|(_, reduction)| reduction.axes == axes)
                .map(|(accumulator, reduction)| (reduction.reduction, accumulator))
                .collect();
            merge_groups(worker, &group, &mut members)?;
        }
        let mut results = stores.finish(&self.layout, rank)?;
        for ((accumulator, reduction), dtype) in
            accumulators.into_iter().zip(&self.reductions).zip(self.reduced_dtypes())
        {
            let input = ArrayMeta { dtype, distribution: self.layout.clone() };
            let count = reduction.axes.iter().map(|axis| self.layout.shape()[*axis] as u64).product();
            let meta = reduced_meta(&input, reduction.reduction, &reduction.axes, reduction.keepdims)?;
            let shape = meta.distribution.local_shape(rank);
            let block = if meta.distribution.holds(rank) {
                accumulator.finish(count, worker.pool())?.reshape(&shape)?
            } else {
                Block::uninit(meta.dtype, &shape, worker.pool())?
            };
            results.push(AnyLocalArray::new(meta.distribution, block, rank)?);
        }
        Ok(results)
    }
}

/// Which place among all elements along `axes`, in C order, that one has which has some place among those of this rank.
fn global_positions(layout: &Distribution, axes: &[usize], rank: usize) -> impl FnMut(u64) -> u64 {
    let coords = layout.grid().coords(rank);
    let axes: SmallVec<[(&AxisMap, usize, usize); 4]> = axes
        .iter()
        .map(|axis| {
            let (map, part) = (&layout.axes()[*axis], coords.as_ref().map_or(0, |coords| coords[*axis]));
            (map, part, map.count(part))
        })
        .collect();
    move |position| {
        let (mut rest, mut global, mut step) = (position, 0, 1);
        for (map, part, count) in axes.iter().rev() {
            let count = (*count).max(1) as u64;
            #[allow(clippy::cast_possible_truncation, reason = "below the count of a part")]
            let local = (rest % count) as usize;
            rest /= count;
            global += map.global(*part, local).unwrap_or(0) as u64 * step;
            step *= map.length() as u64;
        }
        global
    }
}

/// How an operand is walked by a pass over `layout`: strides in elements, 0 where it is repeated.
fn operand_strides(
    operand: &[usize],
    own_strides: &[isize],
    layout: &Distribution,
) -> Result<SmallVec<[isize; 6]>, Error> {
    let iteration = layout.shape();
    let missing = iteration
        .len()
        .checked_sub(operand.len())
        .ok_or_else(|| Error::Shape { found: operand.to_vec(), expected: iteration.to_vec() })?;
    let mut strides = SmallVec::from_elem(0, iteration.len());
    for (axis, stride) in own_strides.iter().enumerate() {
        if operand[axis] == iteration[axis + missing] {
            strides[axis + missing] = *stride;
        }
    }
    Ok(strides)
}
