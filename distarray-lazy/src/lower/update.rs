//! Updates: part of an array is computed where it lies.

use super::emit::{Emitter, Stays};
use super::lowering::Lowering;
use crate::graph::{Graph, Kind, Node, State};
use crate::optimize::fuse::{can_follow, is_inline};
use crate::plan::{Step, StepInput, Work};
use crate::store::ArrayId;
use distarray_core::ufunc::Ufunc;
use distarray_maps::Distribution;
use distarray_spmd::Error;
use distarray_spmd::compute::pass::Pass;
use distarray_spmd::transfer::arrange::{Arrange, Contiguous};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Lowering<'_> {
    /// One pass that computes the value where it goes; the value is stored first where that could read what it writes, or
    /// could fail half done.
    pub(super) fn update(&mut self, id: ArrayId) -> Result<(), Error> {
        let node = self.node(id)?.clone();
        let (Kind::Update { region, layout }, &[array, value]) = (&node.kind, &node.inputs[..]) else {
            return Ok(());
        };
        let mut computed = self.within(layout, value)?;
        if self.collides(&computed, value, array, region)? && !computed.is_empty() {
            let own = self.meta(value)?.distribution;
            self.stored.insert(value);
            self.pass(&own, &[value])?;
            computed.clear();
        }
        let meta = self.meta(array)?;
        let mut emitter = Emitter::new(layout, true);
        let read = self.operands(&computed, value)?;
        let same = read.into_iter().find(|operand| self.is_region(*operand, array, region));
        if let Some(same) = same {
            emitter.read(same, array, meta.clone())?;
        } else if computed.is_empty() && self.storage(value)? == self.storage(array)? {
            self.emit_copy(&mut emitter, value)?;
        }
        for node in &computed {
            emitter.compute(self, *node)?;
        }
        let register = emitter.operand(self, value)?;
        emitter.builder.output(register)?;
        let Emitter { builder, mut inputs, mut input_metas, names, patched, .. } = emitter;
        let slot = if same.is_some() { 0 } else { inputs.len() };
        if same.is_none() {
            inputs.push(array);
            input_metas.push(meta.clone());
        }
        let pass = Pass::updating(builder.finish()?, layout.clone(), (slot, region.clone()), &names)?
            .with_patched(patched)?;
        self.made.insert(id);
        self.steps.push(Step {
            work: Work::Pass(Arc::new(pass)),
            inputs: inputs.into_iter().map(|id| StepInput { id, owned: false }).collect(),
            input_metas,
            outputs: vec![id],
            output_metas: vec![meta],
            frees: Vec::new(),
        });
        Ok(())
    }

    /// The nodes that a pass over `layout` computes on its way to `value`; none if that exists by then.
    fn within(&self, layout: &Distribution, value: ArrayId) -> Result<BTreeSet<ArrayId>, Error> {
        let is_ready = self.stored.contains(&value) && self.made.contains(&value);
        let node = self.node(value)?;
        if is_ready {
            return Ok(BTreeSet::new());
        }
        if is_inline(node, layout) {
            return self.computed(layout, &[value]);
        }
        if can_follow(self.graph, node, layout) {
            return self.computed(&self.meta(value)?.distribution, &[value]);
        }
        Ok(BTreeSet::new())
    }

    /// Whether computing `value` while `region` of `array` is written could read what was written, or fail half done.
    fn collides(
        &self,
        computed: &BTreeSet<ArrayId>,
        value: ArrayId,
        array: ArrayId,
        region: &Arrange,
    ) -> Result<bool, Error> {
        let storage = self.storage(array)?;
        for operand in self.operands(computed, value)? {
            if self.storage(operand)? == storage && !self.is_region(operand, array, region) {
                return Ok(true);
            }
        }
        computed.iter().map(|node| self.may_fail(*node)).try_fold(false, |any, may| Ok(any | may?))
    }

    /// Lets the pass read a copy of `value`, an array in the memory that is written; unless it is moved anyway.
    fn emit_copy(&mut self, emitter: &mut Emitter<'_>, value: ArrayId) -> Result<(), Error> {
        let meta = self.meta(value)?;
        let Some(stays) = emitter.stays(self, value, &meta)? else { return Ok(()) };
        let temporary = self.temporary(Contiguous, value, meta.clone(), meta.clone());
        if stays == Stays::InPart {
            emitter.patched.push(emitter.inputs.len());
        }
        emitter.read(value, temporary, meta)?;
        Ok(())
    }

    /// What a pass reads that computes `computed` and ends in `value`.
    fn operands(&self, computed: &BTreeSet<ArrayId>, value: ArrayId) -> Result<BTreeSet<ArrayId>, Error> {
        let mut operands = BTreeSet::new();
        for node in computed {
            operands.extend(self.node(*node)?.inputs.iter().copied());
        }
        operands.insert(value);
        Ok(operands.difference(computed).copied().collect())
    }

    fn storage(&self, id: ArrayId) -> Result<ArrayId, Error> {
        Ok(self.node(id)?.storage)
    }

    /// Whether `id` is a view of just this region of `array`, or is the array if the region is all of it.
    fn is_region(&self, id: ArrayId, array: ArrayId, region: &Arrange) -> bool {
        if id == array {
            return self.meta(array).is_ok_and(|meta| region.is_whole(&meta.distribution));
        }
        let found = || {
            let node = self.graph.node(id)?;
            if !matches!(node.kind, Kind::Output { .. }) || node.state != State::Pending {
                return None;
            }
            let call = self.graph.node(*node.inputs.first()?)?;
            let Kind::Call(operation) = &call.kind else { return None };
            let same = operation.name() == <Arrange as distarray_spmd::Operation>::NAME
                && call.inputs == [array]
                && operation.parameters().ok()? == distarray_comm::wire::encode(region).ok()?;
            Some(same)
        };
        found().unwrap_or(false)
    }

    /// Whether computing a node can fail for the values it meets.
    fn may_fail(&self, id: ArrayId) -> Result<bool, Error> {
        Ok(match self.node(id)? {
            Node { kind: Kind::Apply { ufunc: Ufunc::Power, .. }, meta: Some(meta), .. } => {
                meta.dtype.is_integer()
            }
            _ => false,
        })
    }
}

/// Tells the first passes of a plan that change an array which nobody else needs, in memory that no other array lies in:
/// nothing can refuse them that memory, and nothing before them can fail, so they have nothing to agree about.
pub(super) fn mark_unshared(steps: &mut [Step], graph: &Graph, frees: &[ArrayId]) {
    let storage = |id: ArrayId| graph.node(id).map_or(id, |node| node.storage);
    let mut arrays: BTreeMap<ArrayId, usize> = BTreeMap::new();
    let is_stored = |id: &ArrayId| graph.node(*id).is_some_and(|node| node.state == State::Stored);
    for id in graph.ids().filter(is_stored).filter(|id| !frees.contains(id)) {
        *arrays.entry(storage(id)).or_default() += 1;
    }
    for step in steps {
        let is_name_only = step.is_name_only();
        if let (Some(slot), Work::Pass(pass)) = (step.updates(), &mut step.work) {
            let input = step.inputs[slot];
            let is_view = graph.node(input.id).is_some_and(|node| node.is_view);
            if input.owned && !is_view && arrays.get(&storage(input.id)) == Some(&1) {
                *pass = Arc::new(pass.in_unshared_memory(&step.input_metas[slot]));
            }
        }
        if !is_name_only && (step.updates().is_none() || step.communicates()) {
            return;
        }
        for output in &step.outputs {
            *arrays.entry(storage(*output)).or_default() += 1;
        }
        for freed in &step.frees {
            if let Some(count) = arrays.get_mut(&storage(*freed)) {
                *count = count.saturating_sub(1);
            }
        }
    }
}
