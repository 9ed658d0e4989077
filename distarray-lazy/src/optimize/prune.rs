//! Prune: only what somebody holds, or what must happen, is made.

use crate::graph::{Graph, Kind, State};
use crate::store::ArrayId;
use std::collections::BTreeSet;

/// Pending nodes whose value is to be kept after the flush: their handles are held, or `also` says so.
pub(crate) fn roots(graph: &Graph, also: &BTreeSet<ArrayId>) -> BTreeSet<ArrayId> {
    graph
        .pending()
        .iter()
        .copied()
        .filter(|id| graph.node(*id).is_some_and(|node| node.handles > 0 || node.effect || also.contains(id)))
        .collect()
}

/// The roots and every pending node that they need. A call is needed for any one of its outputs, and
/// then all its outputs are.
pub(crate) fn needed(graph: &Graph, roots: &BTreeSet<ArrayId>) -> BTreeSet<ArrayId> {
    let mut needed = BTreeSet::new();
    let mut open: Vec<ArrayId> = roots.iter().copied().collect();
    while let Some(id) = open.pop() {
        let Some(node) = graph.node(id) else { continue };
        if node.state == State::Stored || !needed.insert(id) {
            continue;
        }
        open.extend(&node.inputs);
    }
    let siblings: Vec<ArrayId> = graph
        .pending()
        .iter()
        .copied()
        .filter(|id| {
            graph.node(*id).is_some_and(|node| {
                matches!(node.kind, Kind::Output { .. }) && needed.contains(&node.inputs[0])
            })
        })
        .collect();
    needed.extend(siblings);
    needed
}
