//! Products of two distributed arrays, summed over the axes that the result has not.

mod description;
mod layout;
mod stage;

pub use description::{PANEL_BYTES, Product};

use crate::compute::merge::{merge_cost, reduction_group};
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, Operation, Worker, exactly};
use distarray_comm::SameMemory;
use distarray_core::kernel::copy::c_strides;
use distarray_core::kernel::product::{Contraction, ProductAxis, add_to, scratch_bytes};
use distarray_core::{Block, Buffer, DType, Pool, View};
use layout::{Plan, Stretch};
use stage::{Source, Stage, stage_cost};

impl Product {
    fn plan(&self, inputs: &[&ArrayMeta]) -> Result<Plan, Error> {
        Plan::new(self, exactly::<2, _>(Self::NAME, inputs.to_vec())?)
    }
}

/// The bytes that the kernels of a panel work in.
fn scratch_of(dtype: DType, plan: &Plan, panel: Option<Stretch>, rank: usize) -> usize {
    let lengths = plan.local_lengths(panel, rank);
    let count = |is_of: &dyn Fn(usize) -> bool| {
        let of = lengths.iter().enumerate().filter(|(axis, _)| is_of(*axis));
        of.fold(1_usize, |count, (_, length)| count.saturating_mul(*length))
    };
    let has = |operand: usize, axis: usize| plan.factors[operand].places[axis].is_some();
    let is_inner = |axis: usize| plan.inner.contains(&axis);
    scratch_bytes(
        dtype,
        count(&|axis| !is_inner(axis) && !has(1, axis)),
        count(&|axis| !is_inner(axis) && !has(0, axis)),
        count(&is_inner),
    )
}

impl Operation for Product {
    const NAME: &'static str = "product";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let plan = self.plan(inputs)?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: inputs[0].dtype, distribution: plan.result })])
    }

    fn communicates(&self, inputs: &[&ArrayMeta]) -> bool {
        self.plan(inputs).is_ok_and(|plan| plan.moves() || plan.merges())
    }

    fn takes_views(&self) -> bool {
        true
    }

    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        let (&[left, right], Ok(plan)) = (inputs, self.plan(inputs)) else { return Cost::default() };
        let agree = || Cost::of(distarray_comm::cost::agree(ranks));
        let mut cost = if plan.moves() || plan.merges() { agree() } else { Cost::default() };
        for panel in plan.panels().filter(|_| plan.moves()) {
            let [first, second] = [(left, 0), (right, 1)]
                .map(|(meta, operand)| stage_cost(meta, &plan.factors[operand], panel, rank, reach));
            let temporary_bytes = first.temporary_bytes + second.temporary_bytes;
            // Both are there at the same time.
            cost = cost.then(agree()).then(Cost { temporary_bytes, ..first.then(second) });
        }
        if plan.merges() {
            let inner: Vec<usize> = plan.inner.clone().collect();
            cost = cost.then(agree());
            if let Some(group) = reduction_group(&plan.space, &inner, rank) {
                let bytes = plan.result.local_size(rank) * left.dtype.size_bytes();
                cost = cost.then(merge_cost(&group, rank, bytes));
            }
        }
        let scratch = scratch_of(left.dtype, &plan, plan.panels().next().flatten(), rank);
        cost.temporary_bytes += Pool::charged_bytes(scratch) as u64;
        cost
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let inputs = exactly::<2, _>(Self::NAME, inputs)?;
        let arrays = [inputs[0].array(), inputs[1].array()];
        Ok(vec![self.multiply(arrays, worker)?])
    }
}

impl Product {
    /// The product. **Collective.**
    ///
    /// # Errors
    /// [`Error::DType`] for operands of two dtypes; [`Error::AxisCount`], [`Error::Shape`] for labels that do not fit; memory
    /// refused on any rank; what the transport reports.
    pub fn multiply(
        &self,
        [left, right]: [&AnyLocalArray; 2],
        worker: &Worker,
    ) -> Result<AnyLocalArray, Error> {
        let metas = [left.meta(), right.meta()];
        let plan = self.plan(&[&metas[0], &metas[1]])?;
        let (rank, dtype) = (worker.rank(), left.dtype());
        let prepared =
            Block::uninit(dtype, &plan.result.local_shape(rank), worker.pool()).and_then(|block| {
                let scratch = scratch_of(dtype, &plan, plan.panels().next().flatten(), rank);
                Ok((block, worker.pool().allocate(scratch)?))
            });
        let prepared = prepared.map_err(Error::from);
        let (mut block, mut scratch) = agreed_if(plan.moves() || plan.merges(), prepared, worker)?;
        let mut computed = Ok(());
        for panel in plan.panels() {
            let source = |array, operand: usize| Source::new(array, &plan.factors[operand], panel, worker);
            let sources = source(left, 0).and_then(|first| Ok([first, source(right, 1)?]));
            let stages = match &sources {
                Ok([first, second]) => {
                    Stage::new(first, worker).and_then(|first| Ok([first, Stage::new(second, worker)?]))
                }
                Err(error) => Err(error.clone()),
            };
            let stages = std::mem::replace(&mut computed, Ok(())).and(stages);
            let [first, second] = agreed_if(plan.moves(), stages, worker)?;
            let views = [first.bring()?, second.bring()?];
            computed = self.compute(&plan, panel, &views, &mut block, &mut scratch, rank);
        }
        drop(scratch);
        if !plan.merges() {
            computed?;
            return AnyLocalArray::new(plan.result, block, rank);
        }
        worker.agree(Self::NAME, computed)?;
        let inner: Vec<usize> = plan.inner.clone().collect();
        if let Some(group) = reduction_group(&plan.space, &inner, rank) {
            let mut refused = None;
            let mut merge = |sums: &mut [u8], others: &[u8]| {
                refused = refused.take().or(add_to(dtype, sums, others).err());
            };
            worker.comm().among(&group)?.all_reduce(block.as_bytes_mut()?, &mut merge)?;
            if let Some(error) = refused {
                return Err(error.into());
            }
        }
        AnyLocalArray::new(plan.result, block, rank)
    }

    /// What this rank multiplies in one panel. **Local.**
    fn compute(
        &self,
        plan: &Plan,
        panel: Option<Stretch>,
        views: &[View; 2],
        block: &mut Block,
        scratch: &mut Buffer,
        rank: usize,
    ) -> Result<(), Error> {
        if !plan.space.holds(rank) {
            return Ok(());
        }
        let lengths = plan.local_lengths(panel, rank);
        let strides = c_strides(block.shape());
        let axis = |(axis, &length): (usize, &usize)| {
            let of = |operand: usize| {
                plan.factors[operand].places[axis].map(|place| views[operand].strides()[place])
            };
            ProductAxis { length, left: of(0), right: of(1), result: strides.get(axis).copied() }
        };
        let axes: Vec<ProductAxis> = lengths.iter().enumerate().map(axis).collect();
        let place = panel.map_or((0, false), |Stretch { axis, start, .. }| match strides.get(axis) {
            Some(stride) => (start * stride.cast_unsigned(), false),
            None => (0, start > 0),
        });
        let firsts = [views[0].offset(), views[1].offset(), place.0];
        let (left, right) = (views[0].storage(), views[1].storage());
        Ok(Contraction::new(block.dtype(), &axes, firsts).run(
            left,
            right,
            block.as_bytes_mut()?,
            place.1,
            self.sums,
            scratch.as_bytes_mut(),
        )?)
    }
}

/// Goes on if all ranks can, where they talk; if this one can, where they do not. **Collective** where they talk.
fn agreed_if<T>(they_talk: bool, outcome: Result<T, Error>, worker: &Worker) -> Result<T, Error> {
    if they_talk { worker.agree(Product::NAME, outcome) } else { outcome }
}
