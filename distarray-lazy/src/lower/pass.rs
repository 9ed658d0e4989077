//! Passes and calls, written as steps.

use super::emit::Emitter;
use super::lowering::Lowering;
use crate::graph::{Kind, Node};
use crate::optimize::fuse::{is_elementwise, is_inline};
use crate::plan::{Step, StepInput, Work};
use crate::store::ArrayId;
use distarray_maps::Distribution;
use distarray_spmd::Error;
use distarray_spmd::compute::pass::{Pass, PassReduction, reduced_mask};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Lowering<'_> {
    pub(super) fn call(&mut self, id: ArrayId) -> Result<(), Error> {
        let node = self.node(id)?;
        let Kind::Call(operation) = &node.kind else {
            return Ok(());
        };
        let work = Work::Call(Arc::clone(operation));
        let operation_takes_views = operation.takes_views();
        let inputs = node.inputs.clone();
        let input_metas: Vec<_> = inputs.iter().map(|input| self.meta(*input)).collect();
        // Outputs that nobody ever named still come out of the operation: they get a number to be freed by.
        let outputs = self.outputs.get(&id).cloned().unwrap_or_default();
        let mut inputs = inputs;
        if !operation_takes_views {
            for input in &mut inputs {
                *input = self.contiguous(*input)?;
            }
        }
        let input_metas = input_metas.into_iter().collect::<Result<_, _>>()?;
        let output_metas = outputs.iter().map(|output| self.meta(*output)).collect::<Result<_, _>>()?;
        self.made.extend(&outputs);
        self.steps.push(Step {
            work,
            inputs: inputs.into_iter().map(|id| StepInput { id, owned: false }).collect(),
            input_metas,
            outputs,
            output_metas,
            frees: Vec::new(),
        });
        Ok(())
    }

    /// The elementwise nodes that a pass for `targets` computes, inputs before what is made of them.
    pub(super) fn computed(
        &self,
        layout: &Distribution,
        targets: &[ArrayId],
    ) -> Result<BTreeSet<ArrayId>, Error> {
        let mut computed = BTreeSet::new();
        let mut open = targets.to_vec();
        while let Some(id) = open.pop() {
            let node = self.node(id)?;
            let is_target = targets.contains(&id);
            if matches!(node.kind, Kind::Reduce { .. }) {
                if is_target {
                    open.extend(&node.inputs);
                }
                continue;
            }
            let ready = self.stored.contains(&id) && self.made.contains(&id);
            if is_elementwise(node)
                && (is_target || (is_inline(node, layout) && !ready))
                && computed.insert(id)
            {
                open.extend(&node.inputs);
            }
        }
        Ok(computed)
    }

    pub(super) fn pass(&mut self, layout: &Distribution, targets: &[ArrayId]) -> Result<(), Error> {
        let is_reduced =
            |target: &ArrayId| matches!(self.node(*target), Ok(Node { kind: Kind::Reduce { .. }, .. }));
        let mut emitter = Emitter::new(layout, !targets.iter().any(is_reduced));
        let mut outputs = Vec::new();
        let mut reduced = Vec::new();
        let mut reductions = Vec::new();
        for id in self.computed(layout, targets)? {
            emitter.compute(self, id)?;
        }
        for target in targets {
            if let Kind::Reduce { reduction, axes, keepdims } = self.node(*target)?.kind.clone() {
                let input = self.node(*target)?.inputs[0];
                let register = emitter.operand(self, input)?;
                emitter.builder.reduce(register, reduction, &reduced_mask(&axes, layout.ndim()))?;
                emitter.names.push(reduction.name());
                reductions.push(PassReduction { reduction, axes, keepdims });
                reduced.push(*target);
            } else {
                let register = emitter.operand(self, *target)?;
                emitter.builder.output(register)?;
                outputs.push(*target);
            }
        }
        outputs.extend(reduced);
        let output_metas = outputs.iter().map(|output| self.meta(*output)).collect::<Result<_, _>>()?;
        self.made.extend(&outputs);
        let Emitter { builder, inputs, input_metas, names, patched, .. } = emitter;
        let pass = Pass::new(builder.finish()?, layout.clone(), reductions, &names)?.with_patched(patched)?;
        self.steps.push(Step {
            work: Work::Pass(Arc::new(pass)),
            inputs: inputs.into_iter().map(|id| StepInput { id, owned: false }).collect(),
            input_metas,
            outputs,
            output_metas,
            frees: Vec::new(),
        });
        Ok(())
    }
}
