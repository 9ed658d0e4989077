//! Lower: from the pending nodes of a graph to the steps of a plan.

mod emit;
mod update;

use crate::graph::{Graph, Kind, Node, State};
use crate::optimize::fuse::{Unit, fuse, is_elementwise, is_inline};
use crate::optimize::prune::{needed, roots};
use crate::plan::{Plan, Step, StepInput, Work};
use crate::store::ArrayId;
use distarray_maps::Distribution;
use distarray_spmd::compute::pass::{Pass, PassReduction, reduced_mask};
use distarray_spmd::transfer::arrange::Contiguous;
use distarray_spmd::transfer::redistribute::Redistribute;
use distarray_spmd::{ArrayMeta, Error};
use emit::Emitter;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A plan, and which nodes exist after it.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub(crate) plan: Plan,
    /// Nodes that were pending and are kept.
    pub(crate) stored: BTreeSet<ArrayId>,
    /// Nodes that were stored and that nobody needs any more, not even the plan.
    pub(crate) frees: Vec<ArrayId>,
    /// Nodes that were stored and that nobody needs once the plan has run (`frees` among them).
    pub(crate) released: Vec<ArrayId>,
}

/// Lowers all pending nodes that are needed. `also` are nodes to keep beside those with handles.
///
/// Pure but for the numbers it takes for temporaries: the same graph gives the same plan.
///
/// # Errors
/// A program or a distribution that cannot be built: an error in the nodes' metadata.
pub(crate) fn lower(graph: &mut Graph, also: &BTreeSet<ArrayId>) -> Result<Lowered, Error> {
    let roots = roots(graph, also);
    let needed = needed(graph, &roots);
    let (units, stored) = fuse(graph, &needed, &roots);
    let mut lowering = Lowering {
        graph,
        stored,
        made: BTreeSet::new(),
        copied: BTreeMap::new(),
        moved: BTreeMap::new(),
        steps: Vec::new(),
    };
    for unit in &units {
        match unit {
            Unit::Pass { layout, targets } => lowering.pass(layout, targets)?,
            Unit::Call(id) => lowering.call(*id, &needed)?,
            Unit::Update(id) => lowering.update(*id)?,
        }
    }
    let mut steps = lowering.steps;
    let kept: BTreeSet<ArrayId> = graph
        .ids()
        .filter(|id| {
            also.contains(id)
                || graph.node(*id).is_some_and(|node| {
                    node.handles > 0 && (node.state == State::Stored || needed.contains(id))
                })
        })
        .collect();
    drop_unread(&mut steps, &kept);
    release(&mut steps, &kept);
    let read: BTreeSet<ArrayId> =
        steps.iter().flat_map(|step| step.inputs.iter().map(|input| input.id)).collect();
    let released: Vec<ArrayId> = graph
        .ids()
        .filter(|id| !kept.contains(id) && graph.node(*id).is_some_and(|node| node.state == State::Stored))
        .collect();
    let frees: Vec<ArrayId> = released.iter().copied().filter(|id| !read.contains(id)).collect();
    update::mark_unshared(&mut steps, graph, &frees);
    let stored = kept.iter().copied().filter(|id| needed.contains(id)).collect();
    Ok(Lowered { plan: Plan { steps }, stored, frees, released })
}

struct Lowering<'a> {
    graph: &'a mut Graph,
    /// Nodes that passes must store.
    stored: BTreeSet<ArrayId>,
    /// Nodes whose value earlier steps have made.
    made: BTreeSet<ArrayId>,
    /// Copies of views.
    copied: BTreeMap<ArrayId, ArrayId>,
    /// Redistributed copies: of which array, to which distribution.
    moved: BTreeMap<(ArrayId, u128), ArrayId>,
    steps: Vec<Step>,
}

impl Lowering<'_> {
    fn node(&self, id: ArrayId) -> Result<&Node, Error> {
        self.graph.node(id).ok_or(Error::Value {
            what: "array number",
            value: id.to_string(),
            reason: "the graph has no such node",
        })
    }

    fn meta(&self, id: ArrayId) -> Result<ArrayMeta, Error> {
        self.node(id)?.meta.clone().ok_or(Error::Value {
            what: "array number",
            value: id.to_string(),
            reason: "the node is a call, which is no array",
        })
    }

    fn call(&mut self, id: ArrayId, needed: &BTreeSet<ArrayId>) -> Result<(), Error> {
        let node = self.node(id)?;
        let Kind::Call(operation) = &node.kind else {
            return Ok(());
        };
        let work = Work::Call(Arc::clone(operation));
        let operation_takes_views = operation.takes_views();
        let inputs = node.inputs.clone();
        let input_metas: Vec<_> = inputs.iter().map(|input| self.meta(*input)).collect();
        let mut outputs: Vec<(usize, ArrayId)> = needed
            .iter()
            .filter_map(|output| match self.graph.node(*output) {
                Some(Node { kind: Kind::Output { index }, inputs, .. }) if inputs[0] == id => {
                    Some((*index, *output))
                }
                _ => None,
            })
            .collect();
        outputs.sort_unstable();
        // Outputs that nobody ever named still come out of the operation: they get a number to be freed by.
        let outputs: Vec<ArrayId> = outputs.into_iter().map(|(_, output)| output).collect();
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

    /// The number under which the elements of `id` lie one after the other, copying them first if it is a view.
    fn contiguous(&mut self, id: ArrayId) -> Result<ArrayId, Error> {
        if let Some(copy) = self.copied.get(&id) {
            return Ok(*copy);
        }
        if !self.graph.node(id).is_some_and(|node| node.is_view) {
            return Ok(id);
        }
        let meta = self.meta(id)?;
        let temporary = self.graph.new_id();
        self.copied.insert(id, temporary);
        self.steps.push(Step {
            work: Work::Call(Arc::new(Contiguous)),
            inputs: vec![StepInput { id, owned: false }],
            input_metas: vec![meta.clone()],
            outputs: vec![temporary],
            output_metas: vec![meta],
            frees: Vec::new(),
        });
        Ok(temporary)
    }

    /// Whether an earlier step has moved `id` to where `wanted` says.
    fn has_moved(&self, id: ArrayId, wanted: &Distribution) -> bool {
        self.moved.contains_key(&(id, wanted.digest()))
    }

    /// The number under which `id` lies as `wanted`, moving it there first if it lies elsewhere.
    fn placed(&mut self, id: ArrayId, wanted: &Distribution) -> Result<(ArrayId, ArrayMeta), Error> {
        let meta = self.meta(id)?;
        if meta.distribution.covers(wanted) {
            return Ok((id, meta));
        }
        let target = ArrayMeta { dtype: meta.dtype, distribution: wanted.clone() };
        let key = (id, wanted.digest());
        if let Some(moved) = self.moved.get(&key) {
            return Ok((*moved, target));
        }
        let temporary = self.graph.new_id();
        self.moved.insert(key, temporary);
        self.steps.push(Step {
            work: Work::Call(Arc::new(Redistribute { target: wanted.clone() })),
            inputs: vec![StepInput { id, owned: false }],
            input_metas: vec![meta],
            outputs: vec![temporary],
            output_metas: vec![target.clone()],
            frees: Vec::new(),
        });
        Ok((temporary, target))
    }

    /// The elementwise nodes that a pass for `targets` computes, inputs before what is made of them.
    fn computed(&self, layout: &Distribution, targets: &[ArrayId]) -> Result<BTreeSet<ArrayId>, Error> {
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

    fn pass(&mut self, layout: &Distribution, targets: &[ArrayId]) -> Result<(), Error> {
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

/// Leaves out the steps that only give a name to part of an array, where nobody uses the name.
fn drop_unread(steps: &mut Vec<Step>, kept: &BTreeSet<ArrayId>) {
    let mut read = kept.clone();
    let mut used: Vec<bool> = Vec::with_capacity(steps.len());
    for step in steps.iter().rev() {
        let is_used = !step.is_name_only() || step.outputs.iter().any(|output| read.contains(output));
        if is_used {
            read.extend(step.inputs.iter().map(|input| input.id));
        }
        used.push(is_used);
    }
    let mut used = used.into_iter().rev();
    steps.retain(|_| used.next().unwrap_or(true));
}

/// Says of each step which inputs it may overwrite and what is forgotten after it.
fn release(steps: &mut [Step], kept: &BTreeSet<ArrayId>) {
    let mut later = kept.clone();
    for step in steps.iter_mut().rev() {
        let mut frees: Vec<ArrayId> = step.outputs.iter().copied().filter(|id| !later.contains(id)).collect();
        for position in 0..step.inputs.len() {
            let id = step.inputs[position].id;
            if later.contains(&id) {
                continue;
            }
            step.inputs[position].owned = step.inputs.iter().filter(|other| other.id == id).count() == 1;
            if !frees.contains(&id) {
                frees.push(id);
            }
        }
        later.extend(step.inputs.iter().map(|input| input.id));
        step.frees = frees;
    }
}
