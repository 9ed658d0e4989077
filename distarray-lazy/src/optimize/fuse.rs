//! Fuse: chains of elementwise operations and the reductions that end them become one pass.
//!
//! Every needed node gets a *stage*: 0 if all it needs is stored, else one more than what it has to
//! wait for. What is elementwise on the same layout does not wait: it is computed within the pass.
//! The *targets* of the passes are the nodes that must exist afterwards (held, or read by a later
//! stage or by a call) and the reductions. Targets of one stage and layout that read something in
//! common become one pass. All of this is a function of the graph alone: every rank that has the same
//! graph gets the same passes.

use crate::graph::{Graph, Kind, Node, State};
use crate::store::ArrayId;
use distarray_core::ufunc::{Domain, Ufunc};
use distarray_maps::Distribution;
use distarray_spmd::ArrayMeta;
use std::collections::{BTreeMap, BTreeSet};

/// How many cheap operations are done again in a later pass rather than stored by an earlier one.
const RECOMPUTE_LIMIT: usize = 4;

/// One pass or call to be made, in the order it must run.
#[derive(Debug)]
pub(crate) enum Unit {
    /// These nodes are made in one pass over `layout`.
    Pass { layout: Distribution, targets: Vec<ArrayId> },
    /// This call runs.
    Call(ArrayId),
    /// This update is made.
    Update(ArrayId),
}

/// Whether a node is computed element by element.
pub(crate) fn is_elementwise(node: &Node) -> bool {
    matches!(node.kind, Kind::Apply { .. } | Kind::Cast | Kind::Fill(_))
}

/// Whether `input` (pending) is computed inside a pass over `layout` rather than read by it.
pub(crate) fn is_inline(input: &Node, layout: &Distribution) -> bool {
    if input.state != State::Pending {
        return false;
    }
    match (&input.kind, &input.meta) {
        // One value everywhere has no layout to disagree with.
        (Kind::Fill(_), _) => true,
        (Kind::Apply { .. } | Kind::Cast, Some(meta)) => {
            meta.shape() == layout.shape() && meta.distribution.same_placement(layout)
        }
        _ => false,
    }
}

/// Whether a value that nobody holds can as well be computed where it is assigned to: its operands are there, or only
/// shifted against it, so that little has to be brought.
pub(crate) fn can_follow(graph: &Graph, value: &Node, layout: &Distribution) -> bool {
    let Some(own) = value.meta.as_ref().map(|meta| &meta.distribution) else { return false };
    let is_free = value.handles == 0 && matches!(value.kind, Kind::Apply { .. } | Kind::Cast);
    if !is_free || !is_inline(value, own) || !own.meets_in_boxes(layout) {
        return false;
    }
    let mut open: Vec<ArrayId> = value.inputs.clone();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(node) = graph.node(id).filter(|_| seen.insert(id)) else { continue };
        if is_inline(node, own) {
            open.extend(&node.inputs);
            continue;
        }
        let lies_near = |meta: &ArrayMeta| {
            let wanted = layout.for_operand(meta.shape());
            wanted.is_ok_and(|wanted| {
                meta.distribution.covers(&wanted) || meta.distribution.meets_in_boxes(&wanted)
            })
        };
        if !node.meta.as_ref().is_some_and(lies_near) {
            return false;
        }
    }
    true
}

/// The iteration space of a node that a pass makes: its own layout, its input's for a reduction, the region's for an update.
fn layout_of<'a>(graph: &'a Graph, node: &'a Node) -> Option<&'a Distribution> {
    let meta = match &node.kind {
        Kind::Reduce { .. } => graph.node(node.inputs[0])?.meta.as_ref(),
        Kind::Update { layout, .. } => return Some(layout),
        _ => node.meta.as_ref(),
    };
    meta.map(|meta| &meta.distribution)
}

/// Whether a node computes its input of this position within its own pass, rather than waiting for it.
fn is_within(graph: &Graph, node: &Node, position: usize, input: &Node) -> bool {
    match node.kind {
        Kind::Output { .. } => true,
        Kind::Call(_) => false,
        // The array must be there to be changed.
        Kind::Update { .. } if position == 0 => false,
        Kind::Update { ref layout, .. } => is_inline(input, layout) || can_follow(graph, input, layout),
        _ => layout_of(graph, node).is_some_and(|layout| is_inline(input, layout)),
    }
}

/// The plan's units for the `needed` nodes, given that `roots` must exist afterwards, and the set of
/// nodes that passes must store.
pub(crate) fn fuse(
    graph: &Graph,
    needed: &BTreeSet<ArrayId>,
    roots: &BTreeSet<ArrayId>,
) -> (Vec<Unit>, BTreeSet<ArrayId>) {
    let stages = stages(graph, needed);
    let stored = stored(graph, needed, roots, &stages);
    let mut units: BTreeMap<(usize, ArrayId), Unit> = BTreeMap::new();
    let mut groups: BTreeMap<usize, Vec<ArrayId>> = BTreeMap::new();
    for id in needed {
        let Some(node) = graph.node(*id) else { continue };
        match node.kind {
            Kind::Call(_) => {
                units.insert((stages[id], *id), Unit::Call(*id));
            }
            Kind::Update { .. } => {
                units.insert((stages[id], *id), Unit::Update(*id));
            }
            Kind::Reduce { .. } => groups.entry(stages[id]).or_default().push(*id),
            _ if stored.contains(id) && is_elementwise(node) => {
                groups.entry(stages[id]).or_default().push(*id)
            }
            _ => {}
        }
    }
    for (stage, targets) in groups {
        for (first, unit) in passes(graph, &stored, &stages, stage, &targets) {
            units.insert((stage, first), unit);
        }
    }
    (units.into_values().collect(), stored)
}

/// For every needed node the earliest stage in which it can be made.
fn stages(graph: &Graph, needed: &BTreeSet<ArrayId>) -> BTreeMap<ArrayId, usize> {
    let mut stages: BTreeMap<ArrayId, usize> = BTreeMap::new();
    // Inputs have smaller numbers than what is made of them.
    for id in needed {
        let Some(node) = graph.node(*id) else { continue };
        let stage = node
            .inputs
            .iter()
            .enumerate()
            .filter_map(|(position, input)| {
                let input_node = graph.node(*input)?;
                let stage = *stages.get(input)?;
                Some(if is_within(graph, node, position, input_node) { stage } else { stage + 1 })
            })
            .max()
            .unwrap_or(0);
        stages.insert(*id, stage);
    }
    stages
}

/// The elementwise nodes that must be stored: roots, and what is read from outside its own pass.
fn stored(
    graph: &Graph,
    needed: &BTreeSet<ArrayId>,
    roots: &BTreeSet<ArrayId>,
    stages: &BTreeMap<ArrayId, usize>,
) -> BTreeSet<ArrayId> {
    let mut stored = roots.clone();
    for id in needed {
        let Some(node) = graph.node(*id) else { continue };
        for (position, input) in node.inputs.iter().enumerate() {
            let Some(input_node) = graph.node(*input) else { continue };
            if input_node.state != State::Pending || !is_elementwise(input_node) {
                continue;
            }
            let within = is_within(graph, node, position, input_node);
            if !within || (stages[input] < stages[id] && !is_cheap(graph, *input, &mut { RECOMPUTE_LIMIT })) {
                stored.insert(*input);
            }
        }
    }
    stored
}

/// Whether a ufunc takes a few cycles per element: neither transcendental nor a division.
fn is_cheap_ufunc(ufunc: Ufunc) -> bool {
    !matches!(ufunc.domain(), Domain::Float | Domain::RealFloat | Domain::Quotient | Domain::Divisible)
        && ufunc != Ufunc::Power
}

/// Whether doing `id` again costs less than storing and reading it: few operations, each of a few
/// cycles, on arrays that exist.
fn is_cheap(graph: &Graph, id: ArrayId, budget: &mut usize) -> bool {
    let Some(node) = graph.node(id) else { return false };
    if node.state == State::Stored {
        return true;
    }
    let cheap = match &node.kind {
        Kind::Apply { ufunc, .. } => is_cheap_ufunc(*ufunc),
        Kind::Cast | Kind::Fill(_) => true,
        _ => return false,
    };
    if !cheap || *budget == 0 {
        return false;
    }
    *budget -= 1;
    node.inputs.iter().all(|input| is_cheap(graph, *input, budget))
}

/// Groups the targets of one stage into passes: same layout, and something read in common.
fn passes(
    graph: &Graph,
    stored: &BTreeSet<ArrayId>,
    stages: &BTreeMap<ArrayId, usize>,
    stage: usize,
    targets: &[ArrayId],
) -> Vec<(ArrayId, Unit)> {
    let mut groups: Vec<(Distribution, BTreeSet<ArrayId>, Vec<ArrayId>)> = Vec::new();
    for target in targets {
        let Some(layout) = graph.node(*target).and_then(|node| layout_of(graph, node)) else { continue };
        let touched = touched(graph, stored, stages, stage, layout, *target);
        let mut joined = (layout.clone(), touched, vec![*target]);
        let (same, other): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(group_layout, group_touched, _)| {
                group_layout.shape() == joined.0.shape()
                    && group_layout.same_placement(&joined.0)
                    && !group_touched.is_disjoint(&joined.1)
            });
        groups = other;
        for (group_layout, group_touched, group_targets) in same {
            joined.0 = group_layout;
            joined.1.extend(group_touched);
            joined.2.extend(group_targets);
        }
        joined.2.sort_unstable();
        groups.push(joined);
    }
    groups.into_iter().map(|(layout, _, targets)| (targets[0], Unit::Pass { layout, targets })).collect()
}

/// What a pass for `target` reads or computes.
fn touched(
    graph: &Graph,
    stored: &BTreeSet<ArrayId>,
    stages: &BTreeMap<ArrayId, usize>,
    stage: usize,
    layout: &Distribution,
    target: ArrayId,
) -> BTreeSet<ArrayId> {
    let mut touched = BTreeSet::new();
    let mut open = vec![target];
    while let Some(id) = open.pop() {
        let Some(node) = graph.node(id) else { continue };
        if (matches!(node.kind, Kind::Fill(_)) && id != target) || !touched.insert(id) {
            continue;
        }
        let ready = stored.contains(&id) && stages.get(&id).is_some_and(|own| *own < stage);
        if id == target || (is_inline(node, layout) && !ready) {
            open.extend(&node.inputs);
        }
    }
    touched
}
