//! Pass: one walk over aligned arrays: elementwise operations, stores, and closing reductions.

use crate::compute::merge::{joined, merge_cost, merge_groups, reduced_meta, reduction_group};
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Input, Worker};
use distarray_core::kernel::elementwise::{Operand, Output, PassError, Program, Register, Stop, run};
use distarray_core::{Accumulator, Block, DType, Pool, Reduction};
use distarray_maps::Distribution;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// A reduction of a pass: which one, over which axes of the pass's layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PassReduction {
    /// What is reduced to.
    pub reduction: Reduction,
    /// Axes that are reduced, in increasing order.
    pub axes: Vec<usize>,
    /// Whether they stay with length 1.
    pub keepdims: bool,
}

/// A fused pass as data: a program over the tiles of `layout`, and what becomes of its reductions.
///
/// Its results are the program's stores in their order, then the reductions in theirs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pass {
    program: Program,
    layout: Distribution,
    reductions: Vec<PassReduction>,
    name: String,
}

/// What a pass may know of an input that nobody else reads: it can take the storage over.
#[derive(Clone, Copy, Debug)]
pub struct Reusable<'a> {
    /// Element type.
    pub dtype: DType,
    /// Where the elements lie.
    pub distribution: &'a Distribution,
    /// Whether nobody else needs the input, and no other array shares its storage.
    pub is_alone: bool,
}

impl<'a> Reusable<'a> {
    fn of(input: &'a Input<'_>) -> Self {
        let is_alone =
            matches!(input, Input::Owned(array) if array.view().is_unique() && !array.view().is_derived());
        Self { dtype: input.array().dtype(), distribution: input.array().distribution(), is_alone }
    }
}

impl Pass {
    /// A pass over `layout`. `names` are those of its operations, for people. **Pure.**
    ///
    /// # Errors
    /// [`Error::InputCount`] if the program has another number of reductions.
    pub fn new(
        program: Program,
        layout: Distribution,
        reductions: Vec<PassReduction>,
        names: &[&str],
    ) -> Result<Self, Error> {
        if program.reductions().len() != reductions.len() {
            return Err(Error::InputCount {
                operation: "pass".to_owned(),
                found: reductions.len(),
                expected: program.reductions().len(),
            });
        }
        Ok(Self { program, layout, reductions, name: name_of(names) })
    }

    /// What it does, for people and errors: `pass(sin, add, sum)`. **Pure.**
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The iteration space and where it lies. **Pure.**
    #[must_use]
    pub fn layout(&self) -> &Distribution {
        &self.layout
    }

    /// The program. **Pure.**
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The reductions at its end. **Pure.**
    #[must_use]
    pub fn reductions(&self) -> &[PassReduction] {
        &self.reductions
    }

    /// Whether ranks talk to each other: some reduced axis is cut into parts. The same on every rank. **Pure.**
    #[must_use]
    pub fn communicates(&self) -> bool {
        self.reductions.iter().any(|reduction| self.parts_over(&reduction.axes) > 1)
    }

    fn parts_over(&self, axes: &[usize]) -> usize {
        axes.iter().map(|axis| self.layout.axes()[*axis].parts()).product()
    }

    /// The distinct sets of reduced axes, in a fixed order: the states of one set travel together.
    fn axis_sets(&self) -> BTreeSet<&[usize]> {
        self.reductions
            .iter()
            .map(|reduction| &reduction.axes[..])
            .filter(|axes| self.parts_over(axes) > 1)
            .collect()
    }

    /// Which input, if any, each stored output takes its storage from: one that is alone, of the same dtype
    /// and the same place element by element. **Pure.**
    #[must_use]
    pub fn reuse(&self, inputs: &[Reusable<'_>]) -> SmallVec<[Option<usize>; 4]> {
        let mut reuse: SmallVec<[Option<usize>; 4]> = SmallVec::new();
        for dtype in self.store_dtypes() {
            let fits = |input: &Reusable<'_>| {
                input.is_alone && input.dtype == dtype && input.distribution.same_placement(&self.layout)
            };
            let found =
                (0..inputs.len()).find(|index| !reuse.contains(&Some(*index)) && fits(&inputs[*index]));
            reuse.push(found);
        }
        reuse
    }

    /// What `rank` of `ranks` will send. **Pure.**
    #[must_use]
    pub fn cost(&self, rank: usize, ranks: usize) -> Cost {
        if !self.communicates() {
            return Cost::default();
        }
        let mut cost = Cost::of(distarray_comm::cost::agree(ranks));
        let sizes = self.state_sizes(rank);
        for axes in self.axis_sets() {
            let Some(group) = reduction_group(&self.layout, axes, rank) else { continue };
            let members: Vec<usize> = self
                .reductions
                .iter()
                .zip(&sizes)
                .filter(|(reduction, _)| reduction.axes == axes)
                .map(|(_, size)| *size)
                .collect();
            for range in joined(&members) {
                cost = cost.then(merge_cost(&group, rank, members[range].iter().sum()));
            }
        }
        cost
    }

    /// Bytes that the pool of `rank` is charged for the state of each reduction while it runs. **Pure.**
    #[must_use]
    pub fn state_charges(&self, rank: usize) -> Vec<u64> {
        self.states(rank, Accumulator::pool_bytes).map(|bytes| Pool::charged_bytes(bytes) as u64).collect()
    }

    /// Bytes that each reduction tells other ranks.
    fn state_sizes(&self, rank: usize) -> Vec<usize> {
        self.states(rank, Accumulator::state_size_bytes).collect()
    }

    fn states(
        &self,
        rank: usize,
        bytes: fn(Reduction, DType, &[usize], &[bool]) -> usize,
    ) -> impl Iterator<Item = usize> + '_ {
        let shape = self.layout.local_shape(rank);
        self.reductions.iter().zip(self.reduced_dtypes()).map(move |(reduction, dtype)| {
            let mask = reduced_mask(&reduction.axes, shape.len());
            bytes(reduction.reduction, dtype, &shape, &mask)
        })
    }

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

    /// dtype of every stored output.
    fn store_dtypes(&self) -> impl Iterator<Item = DType> + '_ {
        self.dtypes_of(self.program.outputs().iter())
    }

    /// dtype of what every reduction reduces.
    fn reduced_dtypes(&self) -> impl Iterator<Item = DType> + '_ {
        self.dtypes_of(self.program.reductions().iter().map(|reduction| &reduction.register))
    }

    fn dtypes_of<'a>(&'a self, registers: impl Iterator<Item = &'a Register>) -> impl Iterator<Item = DType> {
        // A program knows the dtype of all its registers; it was checked when it was made.
        registers.filter_map(|register| self.program.dtype(*register).ok())
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

/// The operations of a pass in one word: `pass(sin, add, sum)`.
fn name_of(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    match names.len() {
        0 => "pass(copy)".to_owned(),
        count if count <= SHOWN => format!("pass({})", names.join(", ")),
        count => format!("pass({}, .. {} more)", names[..SHOWN].join(", "), count - SHOWN),
    }
}

/// For each of `ndim` axes whether it is among `axes`. **Pure.**
#[must_use]
pub fn reduced_mask(axes: &[usize], ndim: usize) -> Vec<bool> {
    (0..ndim).map(|axis| axes.contains(&axis)).collect()
}

/// The number of an input slot. **Pure.**
///
/// # Errors
/// [`Error::Value`] beyond 2^32 inputs.
pub fn slot(index: usize) -> Result<u32, Error> {
    u32::try_from(index).map_err(|_| Error::Value {
        what: "number of inputs",
        value: index.to_string(),
        reason: "a pass has fewer than 2^32",
    })
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
