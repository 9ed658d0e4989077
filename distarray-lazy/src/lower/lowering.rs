//! Lowering: a plan in the making, and where arrays are found in it.

use crate::graph::{Graph, Node};
use crate::plan::{Step, StepInput, Work};
use crate::store::ArrayId;
use distarray_maps::Distribution;
use distarray_spmd::transfer::arrange::Contiguous;
use distarray_spmd::transfer::redistribute::Redistribute;
use distarray_spmd::{ArrayMeta, DynOperation, Error};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The steps so far, and what they have made.
pub(super) struct Lowering<'a> {
    pub(super) graph: &'a mut Graph,
    /// Nodes that passes must store.
    pub(super) stored: BTreeSet<ArrayId>,
    /// The outputs of each call, in their order.
    pub(super) outputs: BTreeMap<ArrayId, Vec<ArrayId>>,
    /// Nodes whose value earlier steps have made.
    pub(super) made: BTreeSet<ArrayId>,
    /// Copies of views.
    pub(super) copied: BTreeMap<ArrayId, ArrayId>,
    /// Redistributed copies: of which array, to which distribution.
    pub(super) moved: BTreeMap<(ArrayId, u128), ArrayId>,
    pub(super) steps: Vec<Step>,
}

impl Lowering<'_> {
    pub(super) fn node(&self, id: ArrayId) -> Result<&Node, Error> {
        self.graph.node(id).ok_or(Error::Value {
            what: "array number",
            value: id.to_string(),
            reason: "the graph has no such node",
        })
    }

    pub(super) fn meta(&self, id: ArrayId) -> Result<ArrayMeta, Error> {
        self.node(id)?.meta.clone().ok_or(Error::Value {
            what: "array number",
            value: id.to_string(),
            reason: "the node is a call, which is no array",
        })
    }

    /// The number under which the elements of `id` lie one after the other, copying them first if it is a view.
    pub(super) fn contiguous(&mut self, id: ArrayId) -> Result<ArrayId, Error> {
        if let Some(copy) = self.copied.get(&id) {
            return Ok(*copy);
        }
        if !self.graph.node(id).is_some_and(|node| node.is_view) {
            return Ok(id);
        }
        let meta = self.meta(id)?;
        let temporary = self.temporary(Contiguous, id, meta.clone(), meta);
        self.copied.insert(id, temporary);
        Ok(temporary)
    }

    /// A step that makes `result`, which nobody holds, of `id`.
    pub(super) fn temporary<O: DynOperation + 'static>(
        &mut self,
        operation: O,
        id: ArrayId,
        meta: ArrayMeta,
        result: ArrayMeta,
    ) -> ArrayId {
        let temporary = self.graph.new_id();
        self.steps.push(Step {
            work: Work::Call(Arc::new(operation)),
            inputs: vec![StepInput { id, owned: false }],
            input_metas: vec![meta],
            outputs: vec![temporary],
            output_metas: vec![result],
            frees: Vec::new(),
        });
        temporary
    }

    /// Whether an earlier step has moved `id` to where `wanted` says.
    pub(super) fn has_moved(&self, id: ArrayId, wanted: &Distribution) -> bool {
        self.moved.contains_key(&(id, wanted.digest()))
    }

    /// The number under which `id` lies as `wanted`, moving it there first if it lies elsewhere.
    pub(super) fn placed(
        &mut self,
        id: ArrayId,
        wanted: &Distribution,
    ) -> Result<(ArrayId, ArrayMeta), Error> {
        let meta = self.meta(id)?;
        if meta.distribution.covers(wanted) {
            return Ok((id, meta));
        }
        let target = ArrayMeta { dtype: meta.dtype, distribution: wanted.clone() };
        let key = (id, wanted.digest());
        if let Some(moved) = self.moved.get(&key) {
            return Ok((*moved, target));
        }
        let operation = Redistribute { target: wanted.clone() };
        let temporary = self.temporary(operation, id, meta, target.clone());
        self.moved.insert(key, temporary);
        Ok((temporary, target))
    }
}
