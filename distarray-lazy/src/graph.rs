//! Graph: the operations that have been written down, and which of their results exist.

use crate::store::ArrayId;
use distarray_core::ufunc::Ufunc;
use distarray_core::{Reduction, Scalar, Weak};
use distarray_maps::{Digest, Distribution};
use distarray_spmd::transfer::arrange::Arrange;
use distarray_spmd::{ArrayMeta, DynOperation, Error};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What an elementwise operation takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Argument {
    /// The node's input of this position.
    Input(usize),
    /// A number of the program: its kind counts (NEP 50).
    Weak(Weak),
    /// A number with a dtype of its own.
    Strong(Scalar),
}

/// What a node computes.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A ufunc of inputs and numbers.
    Apply { ufunc: Ufunc, arguments: Vec<Argument> },
    /// The input in the node's dtype.
    Cast,
    /// One value everywhere.
    Fill(Scalar),
    /// A reduction of the input over these axes.
    Reduce { reduction: Reduction, axes: Vec<usize>, keepdims: bool },
    /// A registered operation; its results are [`Kind::Output`] nodes.
    Call(Arc<dyn DynOperation>),
    /// One result of a call (the node's input).
    Output { index: usize },
    /// The first input with the elements of the second in the region, which lies as `layout`.
    Update { region: Arrange, layout: Distribution },
    /// Elements that the program gave.
    Given,
}

/// Whether a node's value exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Written down only.
    Pending,
    /// The ranks have it, or have been told to make it.
    Stored,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) inputs: Vec<ArrayId>,
    /// dtype and distribution; a call has none of its own.
    pub(crate) meta: Option<ArrayMeta>,
    pub(crate) state: State,
    /// How many handles name it.
    pub(crate) handles: usize,
    /// A call that must run although it gives no array.
    pub(crate) effect: bool,
    /// The node whose storage this one shares, on ranks that hold it; most nodes have their own.
    pub(crate) storage: ArrayId,
    /// dtype and distribution of that node, which may be gone while its storage is not.
    pub(crate) storage_meta: Option<ArrayMeta>,
    /// Whether its elements may lie otherwise than one after the other.
    pub(crate) is_view: bool,
    /// What makes two nodes the same value: a digest of operation, result and inputs.
    key: Option<u128>,
}

/// All nodes that are pending or stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    nodes: BTreeMap<ArrayId, Node>,
    same: HashMap<u128, ArrayId>,
    next: ArrayId,
    pending: BTreeSet<ArrayId>,
    digest: Digest,
    /// Room for the description of one node.
    description: Vec<u8>,
}

impl Graph {
    /// A number that no array has. Never given twice.
    pub(crate) fn new_id(&mut self) -> ArrayId {
        self.next += 1;
        self.next
    }

    pub(crate) fn node(&self, id: ArrayId) -> Option<&Node> {
        self.nodes.get(&id)
    }

    pub(crate) fn pending(&self) -> &BTreeSet<ArrayId> {
        &self.pending
    }

    pub(crate) fn digest(&self) -> u128 {
        self.digest.finish()
    }

    /// All nodes in the order of their numbers.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ArrayId> + '_ {
        self.nodes.keys().copied()
    }

    /// Adds a node with one handle, or finds the node that has the same value and adds a handle to it.
    ///
    /// # Errors
    /// None of its own; encoding a constant cannot fail for what is built here.
    pub(crate) fn add(
        &mut self,
        kind: Kind,
        inputs: Vec<ArrayId>,
        meta: Option<ArrayMeta>,
    ) -> Result<ArrayId, Error> {
        let key = self.key(&kind, &inputs, meta.as_ref())?;
        let shareable = matches!(kind, Kind::Apply { .. } | Kind::Cast | Kind::Fill(_) | Kind::Reduce { .. });
        let key = shareable.then_some(key);
        if let Some(id) = key.and_then(|key| self.same.get(&key)) {
            let id = *id;
            if let Some(node) = self.nodes.get_mut(&id) {
                node.handles += 1;
                return Ok(id);
            }
        }
        let id = self.new_id();
        if let Some(key) = key {
            self.same.insert(key, id);
        }
        let state = if matches!(kind, Kind::Given) { State::Stored } else { State::Pending };
        let effect = matches!(kind, Kind::Call(_));
        if state == State::Pending {
            self.pending.insert(id);
        }
        // A call is held by its outputs (or by its effect), not by a handle.
        let handles = usize::from(!effect);
        let (storage, storage_meta) =
            self.shared_storage(&kind, &inputs).unwrap_or_else(|| (id, meta.clone()));
        let is_view = self.made_as_view(&kind, &inputs);
        let node =
            Node { kind, inputs, meta, state, handles, effect: false, storage, storage_meta, is_view, key };
        self.nodes.insert(id, node);
        Ok(id)
    }

    /// The digest of a node, which is taken into that of the graph.
    fn key(&mut self, kind: &Kind, inputs: &[ArrayId], meta: Option<&ArrayMeta>) -> Result<u128, Error> {
        self.description.clear();
        describe(kind, meta, &mut self.description)?;
        let mut digest = Digest::new();
        digest.bytes(&self.description);
        inputs.iter().for_each(|input| digest.word(*input));
        let key = digest.finish();
        self.digest.bytes(&key.to_le_bytes());
        Ok(key)
    }

    /// The node whose storage a result of a call shares, and how that lies.
    fn shared_storage(&self, kind: &Kind, inputs: &[ArrayId]) -> Option<(ArrayId, Option<ArrayMeta>)> {
        let Kind::Output { index: 0 } = kind else { return None };
        let call = self.node(*inputs.first()?)?;
        let Kind::Call(operation) = &call.kind else { return None };
        let metas: Option<Vec<&ArrayMeta>> =
            call.inputs.iter().map(|input| self.node(*input)?.meta.as_ref()).collect();
        let shared = operation.shares(&metas?)?;
        let input = self.node(*call.inputs.get(shared)?)?;
        Some((input.storage, input.storage_meta.clone()))
    }

    /// Whether a result of a call is a view.
    fn made_as_view(&self, kind: &Kind, inputs: &[ArrayId]) -> bool {
        let call = || {
            let Kind::Output { index: 0 } = kind else { return None };
            let call = self.node(*inputs.first()?)?;
            let Kind::Call(operation) = &call.kind else { return None };
            let inputs: Option<Vec<&Node>> = call.inputs.iter().map(|input| self.node(*input)).collect();
            let inputs = inputs?;
            let metas: Option<Vec<&ArrayMeta>> = inputs.iter().map(|input| input.meta.as_ref()).collect();
            let metas = metas?;
            let of_view = operation.shares(&metas).is_some_and(|input| inputs[input].is_view);
            Some(of_view || operation.makes_views(&metas))
        };
        call().unwrap_or(false)
    }

    /// Marks a call as one that must run although nobody holds a result.
    pub(crate) fn mark_effect(&mut self, id: ArrayId) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.effect = true;
        }
    }

    /// One handle less.
    pub(crate) fn drop_handle(&mut self, id: ArrayId) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.handles = node.handles.saturating_sub(1);
        }
    }

    /// After a flush: `stored` exist now, the other pending nodes never will.
    pub(crate) fn settle(&mut self, stored: &BTreeSet<ArrayId>) {
        for id in std::mem::take(&mut self.pending) {
            if stored.contains(&id) {
                if let Some(node) = self.nodes.get_mut(&id) {
                    node.state = State::Stored;
                    node.inputs.clear();
                }
            } else {
                self.remove(id);
            }
        }
        self.digest = Digest::default();
    }

    /// Lets no later node be taken for this one: its value could not be made.
    pub(crate) fn unshare(&mut self, id: ArrayId) {
        if let Some(key) = self.nodes.get_mut(&id).and_then(|node| node.key.take())
            && self.same.get(&key) == Some(&id)
        {
            self.same.remove(&key);
        }
    }

    /// Forgets a node.
    pub(crate) fn remove(&mut self, id: ArrayId) {
        self.unshare(id);
        self.nodes.remove(&id);
        self.pending.remove(&id);
    }
}

/// Writes a node as bytes, the same on every rank that wrote the same operation.
fn describe(kind: &Kind, meta: Option<&ArrayMeta>, bytes: &mut Vec<u8>) -> Result<(), Error> {
    use distarray_comm::wire::encode_onto;
    match kind {
        Kind::Apply { ufunc, arguments } => {
            encode_onto(bytes, &(1_u8, ufunc))?;
            for argument in arguments {
                match argument {
                    Argument::Input(position) => encode_onto(bytes, &(0_u8, position))?,
                    Argument::Weak(value) => encode_onto(bytes, &(1_u8, value))?,
                    Argument::Strong(value) => encode_onto(bytes, &(2_u8, value))?,
                }
            }
        }
        Kind::Cast => bytes.push(2),
        Kind::Fill(value) => encode_onto(bytes, &(3_u8, value))?,
        Kind::Reduce { reduction, axes, keepdims } => {
            encode_onto(bytes, &(4_u8, reduction, axes, keepdims))?;
        }
        Kind::Call(operation) => {
            // A function of this program has no wire form; its name stands for it.
            let parameters = operation.parameters().unwrap_or_default();
            encode_onto(bytes, &(5_u8, operation.name(), parameters))?;
        }
        Kind::Output { index } => encode_onto(bytes, &(6_u8, index))?,
        Kind::Given => bytes.push(7),
        Kind::Update { region, .. } => encode_onto(bytes, &(8_u8, region))?,
    }
    if let Some(meta) = meta {
        bytes.push(meta.dtype as u8);
        bytes.extend(meta.distribution.digest().to_le_bytes());
    }
    Ok(())
}
