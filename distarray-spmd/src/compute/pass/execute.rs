//! Running a pass on one rank, and putting its reductions together.

use super::{Pass, Reusable, reduced_mask};
use crate::compute::merge::{merge_groups, reduced_meta, reduction_group};
use crate::{AnyLocalArray, ArrayMeta, Error, Input, Worker};
use distarray_core::kernel::elementwise::{Operand, Output, PassError, Stop, run};
use distarray_core::{Accumulator, Block, Reduction};
use distarray_maps::Distribution;
use smallvec::SmallVec;

impl Pass {
    /// Runs it. **Collective** if it communicates.
    ///
    /// # Errors
    /// Memory refused, values that an operation refuses, and other ranks' failures.
    pub fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let local = self.run_local(worker, inputs);
        let (stores, accumulators) =
            if self.communicates() { worker.agree(self.name(), local)? } else { local? };
        self.finish(worker, stores, accumulators)
    }

    fn run_local(
        &self,
        worker: &Worker,
        inputs: Vec<Input<'_>>,
    ) -> Result<(Vec<Block>, Vec<Accumulator>), Error> {
        let rank = worker.rank();
        let shape = self.layout.local_shape(rank);
        let reuse = {
            let reusable: SmallVec<[Reusable<'_>; 4]> = inputs.iter().map(Reusable::of).collect();
            self.reuse(&reusable)
        };

        let mut inputs: SmallVec<[Option<Input<'_>>; 4]> = inputs.into_iter().map(Some).collect();
        let mut stores = Vec::with_capacity(reuse.len());
        for (dtype, reused) in self.store_dtypes().zip(&reuse) {
            stores.push(match reused.and_then(|index| inputs[index].take()) {
                Some(input) => input.into_array().into_block(worker.pool())?,
                None => Block::uninit(dtype, &shape, worker.pool())?,
            });
        }
        let mut operands: SmallVec<[Operand<'_>; 4]> = SmallVec::new();
        for (index, input) in inputs.iter().enumerate() {
            operands.push(match input {
                Some(input) => {
                    let array = input.array();
                    let strides = operand_strides(array, &self.layout)?;
                    let view = array.view();
                    Operand::strided(view.storage(), array.dtype(), &strides, view.offset())
                }
                None => {
                    let output = reuse.iter().position(|reused| *reused == Some(index)).unwrap_or(0);
                    Operand::output(output, stores[output].dtype())
                }
            });
        }
        let mut accumulators = self
            .reductions
            .iter()
            .zip(self.reduced_dtypes())
            .map(|(reduction, dtype)| {
                let mask = reduced_mask(&reduction.axes, self.layout.ndim());
                Ok(Accumulator::start(reduction.reduction, dtype, &shape, &mask, worker.pool())?)
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let comm = worker.comm();
        let mut interrupted = None;
        let mut outputs = stores.iter_mut().map(Output::block).collect::<Result<Vec<_>, _>>()?;
        let outcome = run(&self.program, &shape, &operands, &mut outputs, &mut accumulators, &mut || {
            comm.progress().map_err(|error| {
                interrupted = Some(error);
                Stop
            })
        });
        match (outcome, interrupted) {
            (Ok(()), _) => Ok((stores, accumulators)),
            (Err(_), Some(error)) => Err(error.into()),
            (Err(PassError::Element(error)), None) => Err(error.into()),
            (Err(PassError::Stopped { .. }), None) => Err(Error::Closed),
        }
    }

    fn finish(
        &self,
        worker: &Worker,
        stores: Vec<Block>,
        mut accumulators: Vec<Accumulator>,
    ) -> Result<Vec<AnyLocalArray>, Error> {
        let rank = worker.rank();
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
        let mut results = Vec::with_capacity(stores.len() + accumulators.len());
        for block in stores {
            results.push(AnyLocalArray::new(self.layout.clone(), block, rank)?);
        }
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

/// How an operand is walked by a pass over `layout`: strides in elements, 0 where it is repeated.
fn operand_strides(array: &AnyLocalArray, layout: &Distribution) -> Result<SmallVec<[isize; 6]>, Error> {
    let (operand, iteration) = (array.shape(), layout.shape());
    let missing = iteration
        .len()
        .checked_sub(operand.len())
        .ok_or_else(|| Error::Shape { found: operand.to_vec(), expected: iteration.to_vec() })?;
    let mut strides = SmallVec::from_elem(0, iteration.len());
    for (axis, stride) in array.view().strides().iter().enumerate() {
        if operand[axis] == iteration[axis + missing] {
            strides[axis + missing] = *stride;
        }
    }
    Ok(strides)
}
