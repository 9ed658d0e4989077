//! Lower: from the pending nodes of a graph to the steps of a plan.

mod emit;
mod lowering;
mod pass;
mod update;

use crate::graph::{Graph, Kind, Node, State};
use crate::optimize::fuse::{Unit, fuse};
use crate::optimize::prune::{needed, roots};
use crate::plan::{Plan, Step};
use crate::store::ArrayId;
use distarray_spmd::Error;
use lowering::Lowering;
use std::collections::{BTreeMap, BTreeSet};

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
    let outputs = outputs(graph, &needed);
    let mut lowering = Lowering {
        graph,
        stored,
        outputs,
        made: BTreeSet::new(),
        copied: BTreeMap::new(),
        moved: BTreeMap::new(),
        steps: Vec::new(),
    };
    for unit in &units {
        match unit {
            Unit::Pass { layout, targets } => lowering.pass(layout, targets)?,
            Unit::Call(id) => lowering.call(*id)?,
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

/// The outputs of every call that is needed, in their order.
fn outputs(graph: &Graph, needed: &BTreeSet<ArrayId>) -> BTreeMap<ArrayId, Vec<ArrayId>> {
    let mut outputs: BTreeMap<ArrayId, Vec<(usize, ArrayId)>> = BTreeMap::new();
    for id in needed {
        if let Some(Node { kind: Kind::Output { index }, inputs, .. }) = graph.node(*id) {
            outputs.entry(inputs[0]).or_default().push((*index, *id));
        }
    }
    let in_order = |mut outputs: Vec<(usize, ArrayId)>| {
        outputs.sort_unstable();
        outputs.into_iter().map(|(_, output)| output).collect()
    };
    outputs.into_iter().map(|(call, outputs)| (call, in_order(outputs))).collect()
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
