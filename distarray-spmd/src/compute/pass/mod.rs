//! Pass: one walk over aligned arrays: elementwise operations, stores, and closing reductions.

mod boxes;
mod execute;
mod stores;

use crate::compute::merge::{joined, merge_cost, reduction_group};
use crate::transfer::arrange::Arrange;
use crate::transfer::patch::patchwork_cost;
use crate::{ArrayMeta, Cost, Error, Input};
use distarray_comm::SameMemory;
use distarray_core::kernel::elementwise::{Program, Register};
use distarray_core::{Accumulator, DType, Pool, Reduction};
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
/// Its results are the program's stores in their order, then the reductions in theirs. A pass that updates has one
/// result: a new version of one of its inputs, with the program's store in part of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pass {
    program: Program,
    layout: Distribution,
    reductions: Vec<PassReduction>,
    update: Option<Update>,
    /// Inputs of which a part lies elsewhere, in increasing order.
    patched: Vec<usize>,
    name: String,
}

/// Which part of which input a pass changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Update {
    /// The input. If it is an operand of the program, that reads the part alone.
    slot: usize,
    /// The part; it lies as the layout of the pass.
    region: Arrange,
    /// Whether it can be changed without asking for memory: no other array lies in the same, nobody needs the array as it
    /// was, and the elements lie at equal distances.
    is_unshared: bool,
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
        let is_alone = matches!(input, Input::Owned(_) | Input::Updated(_)) && input.array().is_alone();
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
        Ok(Self { program, layout, reductions, update: None, patched: Vec::new(), name: name_of(names) })
    }

    /// A pass over `region` of input `slot`, which the one result of the program takes the place of. If the program has
    /// an operand of that number, it reads the region. **Pure.**
    ///
    /// # Errors
    /// [`Error::InputCount`] if the program has reductions, or not one result.
    pub fn updating(
        program: Program,
        layout: Distribution,
        (slot, region): (usize, Arrange),
        names: &[&str],
    ) -> Result<Self, Error> {
        let found = program.outputs().len() + program.reductions().len();
        if program.outputs().len() != 1 || found != 1 {
            return Err(Error::InputCount { operation: "update".to_owned(), found, expected: 1 });
        }
        let name = name_of(names).replacen("pass", "update", 1);
        let update = Some(Update { slot, region, is_unshared: false });
        Ok(Self { program, layout, reductions: Vec::new(), update, patched: Vec::new(), name })
    }

    /// The same pass for inputs of which these, in increasing order, lie elsewhere in part: they
    /// [meet in boxes](Distribution::meets_in_boxes) what the layout asks for, and the pass has no reductions. What is
    /// there already is read in place. **Pure.**
    ///
    /// # Errors
    /// [`Error::InputCount`] if the pass has reductions.
    pub fn with_patched(self, patched: Vec<usize>) -> Result<Self, Error> {
        if !patched.is_empty() && !self.reductions.is_empty() {
            let found = self.reductions.len();
            return Err(Error::InputCount { operation: self.name, found, expected: 0 });
        }
        Ok(Self { patched, ..self })
    }

    /// The same pass for an array that lies as `array` says, that nobody else needs, in memory that no other array lies
    /// in. **Pure.**
    #[must_use]
    pub fn in_unshared_memory(&self, array: &ArrayMeta) -> Self {
        let mut pass = self.clone();
        if let Some(update) = &mut pass.update {
            update.is_unshared = update.region.is_view(&array.distribution);
        }
        pass
    }

    /// The input of which the result is a new version. **Pure.**
    #[must_use]
    pub fn updates(&self) -> Option<usize> {
        self.update.as_ref().map(|update| update.slot)
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

    /// Whether ranks talk to each other: some reduced axis is cut into parts, an input lies elsewhere in part, or an array
    /// is changed, which no rank does before all can. The same on every rank. **Pure.**
    #[must_use]
    pub fn communicates(&self) -> bool {
        self.talks_first() || self.reductions.iter().any(|reduction| self.parts_over(&reduction.axes) > 1)
    }

    /// Whether ranks talk before the elements are computed, and not after: to bring elements, or to agree that all ranks
    /// have the memory for a new version of an array, or for what does not go straight to where it belongs.
    fn talks_first(&self) -> bool {
        !self.patched.is_empty() || self.update.as_ref().is_some_and(|update| !update.is_unshared)
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
        if let Some(slot) = self.updates() {
            reuse.push(Some(slot).filter(|slot| inputs.get(*slot).is_some_and(|input| input.is_alone)));
            return reuse;
        }
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

    /// What `rank` of `ranks` will spend on inputs that lie as `inputs` say. **Pure.**
    #[must_use]
    pub fn cost(&self, inputs: &[ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        if !self.communicates() {
            return Cost::default();
        }
        let mut cost = Cost::of(distarray_comm::cost::agree(ranks));
        for patchwork in self.patchwork_costs(inputs, rank, reach) {
            cost = cost.then(patchwork);
        }
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

    fn patchwork_costs<'a>(
        &'a self,
        inputs: &'a [ArrayMeta],
        rank: usize,
        reach: SameMemory,
    ) -> impl Iterator<Item = Cost> + 'a {
        self.patched.iter().filter_map(move |slot| {
            let input = inputs.get(*slot)?;
            let wanted = self.layout.for_operand(input.shape()).ok()?;
            Some(patchwork_cost(input, &wanted, rank, reach))
        })
    }

    /// Bytes that the pool of `rank` is charged, while it runs on inputs that lie as `inputs` say, for what is brought from
    /// elsewhere and for what does not go straight to where it belongs. **Pure.**
    #[must_use]
    pub fn temporary_bytes(&self, inputs: &[ArrayMeta], rank: usize) -> u64 {
        let brought = self.patchwork_costs(inputs, rank, SameMemory::No);
        let brought: u64 = brought.map(|cost| cost.temporary_bytes).sum();
        let changed = self.updates().and_then(|slot| inputs.get(slot));
        brought + changed.map_or(0, |array| self.scattered_bytes(array, rank))
    }

    /// Bytes of the region that is changed, if its elements do not lie at equal distances: they go through a block of
    /// their own.
    fn scattered_bytes(&self, array: &ArrayMeta, rank: usize) -> u64 {
        match &self.update {
            Some(update) if !update.region.is_view(&array.distribution) && self.layout.holds(rank) => {
                Pool::charged_bytes(self.layout.local_size(rank) * array.dtype.size_bytes()) as u64
            }
            _ => 0,
        }
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
