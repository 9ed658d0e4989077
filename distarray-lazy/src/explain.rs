//! Explain: what a plan will do, in figures that the meter of the run confirms.

use crate::backend::Backend;
use crate::graph::{Graph, State};
use crate::plan::{Plan, Step, Work};
use crate::size::format_size;
use crate::store::ArrayId;
use distarray_comm::{SameMemory, cost};
use distarray_core::Pool;
use distarray_maps::{AxisMap, Distribution};
use distarray_spmd::compute::pass::Reusable;
use distarray_spmd::{ArrayMeta, Cost};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};

/// What one step will do.
#[derive(Clone, Debug, PartialEq)]
pub struct StepExplanation {
    /// What it does.
    pub name: String,
    /// Shape of what it walks over or makes.
    pub shape: Vec<usize>,
    /// Bytes of its inputs on all ranks together.
    pub read_bytes: u64,
    /// Bytes of its outputs on all ranks together.
    pub written_bytes: u64,
    /// Its results, in order.
    pub outputs: Vec<OutputExplanation>,
    /// Outputs that take the storage of an input that nobody needs any more.
    pub reused: usize,
    /// For each rank what it sends and copies.
    pub costs: Vec<Cost>,
}

/// A result of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputExplanation {
    /// Its number.
    pub id: ArrayId,
    /// Bytes on all ranks together.
    pub bytes: u64,
    /// Whether a handle keeps it.
    pub is_kept: bool,
    /// How its axes are cut: the letter of each map, and over how many parts if there are several.
    pub layout: String,
}

/// What the next flush will do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// Its steps in order.
    pub steps: Vec<StepExplanation>,
    /// For each rank the messages and bytes of the whole plan.
    pub costs: Vec<Cost>,
    /// For each rank the most bytes its pool will hold at one time.
    pub peak_bytes: Vec<u64>,
    /// For each rank the bytes its pool holds before.
    pub held_before_bytes: Vec<u64>,
    /// For each rank the bytes its pool holds afterwards.
    pub held_after_bytes: Vec<u64>,
}

impl Explanation {
    /// Explains `plan`, to be run on ranks that hold the stored nodes of `graph`. **Pure.**
    pub(crate) fn of(
        plan: &Plan,
        graph: &Graph,
        frees: &[ArrayId],
        kept: &BTreeSet<ArrayId>,
        backend: &dyn Backend,
    ) -> Self {
        let ranks = backend.rank_count();
        let mut memories: Vec<Memory> = (0..ranks).map(|rank| Memory::of(graph, rank)).collect();
        let held_before_bytes = memories.iter().map(|memory| memory.held).collect();
        for memory in &mut memories {
            frees.iter().for_each(|id| memory.free(*id));
            memory.peak = memory.peak.max(memory.held);
        }
        let is_sent = !plan.steps.is_empty() || !frees.is_empty();
        let own_cost = |rank| if is_sent { backend.plan_cost(rank) } else { Cost::default() };
        let mut costs: Vec<Cost> = (0..ranks).map(own_cost).collect();
        let mut steps = Vec::with_capacity(plan.steps.len());
        for step in &plan.steps {
            let step_costs: Vec<Cost> =
                (0..ranks).map(|rank| step_cost(step, rank, ranks, backend.reach())).collect();
            for (total, cost) in costs.iter_mut().zip(&step_costs) {
                *total = total.then(*cost);
            }
            let reused = memories.iter_mut().map(|memory| memory.run(step, ranks, backend.reach())).max();
            steps.push(explain_step(step, kept, step_costs, ranks, reused.unwrap_or(0)));
        }
        Self {
            steps,
            costs,
            peak_bytes: memories.iter().map(|memory| memory.peak).collect(),
            held_before_bytes,
            held_after_bytes: memories.iter().map(|memory| memory.held).collect(),
        }
    }
}

/// What `rank` sends and copies in `step`, the agreement before it included.
fn step_cost(step: &Step, rank: usize, ranks: usize, reach: SameMemory) -> Cost {
    let own = match &step.work {
        Work::Pass(pass) => pass.cost(&step.input_metas, rank, ranks, reach),
        Work::Call(operation) => {
            operation.cost(&step.input_metas.iter().collect::<Vec<_>>(), rank, ranks, reach)
        }
    };
    if !step.communicates() {
        return own;
    }
    Cost::of(cost::agree(ranks)).then(own)
}

fn explain_step(
    step: &Step,
    kept: &BTreeSet<ArrayId>,
    costs: Vec<Cost>,
    ranks: usize,
    reused: usize,
) -> StepExplanation {
    let total = |meta: &ArrayMeta| (0..ranks).map(|rank| meta.local_bytes(rank) as u64).sum::<u64>();
    let shape = match &step.work {
        Work::Pass(pass) => pass.layout().shape().to_vec(),
        Work::Call(_) => step
            .output_metas
            .first()
            .or(step.input_metas.first())
            .map_or_else(Vec::new, |meta| meta.shape().to_vec()),
    };
    let outputs: Vec<OutputExplanation> = step
        .outputs
        .iter()
        .zip(&step.output_metas)
        .map(|(id, meta)| OutputExplanation {
            id: *id,
            bytes: total(meta),
            is_kept: kept.contains(id),
            layout: layout_of(&meta.distribution),
        })
        .collect();
    StepExplanation {
        name: step.name().to_owned(),
        shape,
        read_bytes: step.input_metas.iter().map(total).sum(),
        written_bytes: outputs.iter().map(|output| output.bytes).sum(),
        outputs,
        reused,
        costs,
    }
}

/// The letters of the axes: `b over 2 x n`; `no axes` where there are none.
fn layout_of(distribution: &Distribution) -> String {
    let axis = |map: &AxisMap| match map.parts() {
        1 => map.letter().to_string(),
        parts => format!("{} over {parts}", map.letter()),
    };
    match distribution.axes() {
        [] => "no axes".to_owned(),
        axes => axes.iter().map(axis).collect::<Vec<_>>().join(" x "),
    }
}

/// One rank's pool, played through.
struct Memory {
    rank: usize,
    /// Which storage each array lies in: that of the array that was first in it.
    storages: BTreeMap<ArrayId, ArrayId>,
    /// Bytes of each storage, and how many arrays lie in it.
    charges: BTreeMap<ArrayId, (u64, usize)>,
    /// Arrays that are views, whose storage no output can take.
    views: BTreeSet<ArrayId>,
    held: u64,
    peak: u64,
}

impl Memory {
    fn of(graph: &Graph, rank: usize) -> Self {
        let mut memory = Self {
            rank,
            storages: BTreeMap::new(),
            charges: BTreeMap::new(),
            views: BTreeSet::new(),
            held: 0,
            peak: 0,
        };
        for id in graph.ids() {
            if let Some(node) = graph.node(id)
                && node.state == State::Stored
                && let Some(meta) = &node.meta
            {
                memory.make_in(id, meta, node.storage, node.storage_meta.as_ref().unwrap_or(meta));
                if node.is_view {
                    memory.views.insert(id);
                }
            }
        }
        memory.peak = memory.held;
        memory
    }

    fn charged(&self, meta: &ArrayMeta) -> u64 {
        Pool::charged_bytes(meta.local_bytes(self.rank)) as u64
    }

    /// A new array; in the storage `shared` where this rank holds it.
    fn make(&mut self, id: ArrayId, meta: &ArrayMeta, shared: Option<ArrayId>) {
        self.make_in(id, meta, shared.unwrap_or(id), meta);
    }

    /// The same where the storage lies as `storage_meta` says, if no array is known to lie in it yet.
    fn make_in(&mut self, id: ArrayId, meta: &ArrayMeta, storage: ArrayId, storage_meta: &ArrayMeta) {
        let (storage, bytes) = if meta.distribution.holds(self.rank) {
            (storage, self.charged(storage_meta))
        } else {
            (id, self.charged(meta))
        };
        let (_, arrays) = self.charges.entry(storage).or_insert_with(|| {
            self.held += bytes;
            (bytes, 0)
        });
        *arrays += 1;
        self.storages.insert(id, storage);
    }

    fn free(&mut self, id: ArrayId) {
        let Some(storage) = self.storages.remove(&id) else { return };
        if let Some((bytes, arrays)) = self.charges.get_mut(&storage) {
            *arrays -= 1;
            if *arrays == 0 {
                self.held -= *bytes;
                self.charges.remove(&storage);
            }
        }
    }

    /// Whether an array is alone in its storage, and fills it.
    fn is_alone(&self, id: ArrayId) -> bool {
        if self.views.contains(&id) {
            return false;
        }
        let charge = self.storages.get(&id).and_then(|storage| self.charges.get(storage));
        charge.is_some_and(|(_, arrays)| *arrays == 1)
    }

    /// Plays a step; how many outputs take the storage of an input.
    fn run(&mut self, step: &Step, ranks: usize, reach: SameMemory) -> usize {
        let mut reused_count = 0;
        let metas: Vec<&ArrayMeta> = step.input_metas.iter().collect();
        match &step.work {
            Work::Pass(pass) => {
                let inputs = step.inputs.iter().zip(&step.input_metas);
                let reusable: Vec<Reusable<'_>> = inputs
                    .map(|(input, meta)| Reusable {
                        dtype: meta.dtype,
                        distribution: &meta.distribution,
                        is_alone: input.owned && self.is_alone(input.id),
                    })
                    .collect();
                let reuse = pass.reuse(&reusable);
                for (position, reused) in reuse.iter().enumerate() {
                    let meta = &step.output_metas[position];
                    // The storage changes its name.
                    if let Some(input) = reused {
                        self.free(step.inputs[*input].id);
                        reused_count += 1;
                    }
                    self.make(step.outputs[position], meta, None);
                }
                let states = pass.state_charges(self.rank);
                self.held += states.iter().sum::<u64>();
                let temporary_bytes = pass.temporary_bytes(&step.input_metas, self.rank);
                self.peak = self.peak.max(self.held + temporary_bytes);
                // What the pass was the last to read is gone before the reductions give their results.
                for input in step.inputs.iter().filter(|input| input.owned) {
                    self.free(input.id);
                }
                for (position, state) in (reuse.len()..).zip(&states) {
                    self.make(step.outputs[position], &step.output_metas[position], None);
                    self.peak = self.peak.max(self.held);
                    self.held -= state;
                }
            }
            Work::Call(operation) => {
                let shared = operation.shares(&metas).map(|input| self.storage_of(step.inputs[input].id));
                let of_view =
                    operation.shares(&metas).is_some_and(|input| self.views.contains(&step.inputs[input].id));
                let overwritten = step.updates().map(|input| step.inputs[input]);
                if let Some(input) = overwritten.filter(|input| input.owned && self.is_alone(input.id)) {
                    // The storage changes its name.
                    self.free(input.id);
                    reused_count += 1;
                }
                for (position, (id, meta)) in step.outputs.iter().zip(&step.output_metas).enumerate() {
                    self.make(*id, meta, shared.filter(|_| position == 0));
                    if position == 0 && (of_view || operation.makes_views(&metas)) {
                        self.views.insert(*id);
                    }
                }
                let temporary_bytes = operation.cost(&metas, self.rank, ranks, reach).temporary_bytes;
                self.peak = self.peak.max(self.held + temporary_bytes);
            }
        }
        self.peak = self.peak.max(self.held);
        step.frees.iter().for_each(|id| self.free(*id));
        reused_count
    }

    fn storage_of(&self, id: ArrayId) -> ArrayId {
        self.storages.get(&id).copied().unwrap_or(id)
    }
}

impl Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() {
            return writeln!(formatter, "nothing to do");
        }
        for (index, step) in self.steps.iter().enumerate() {
            let messages: u64 = step.costs.iter().map(|cost| cost.messages_sent).sum();
            let sent = step.costs.iter().map(|cost| cost.bytes_sent).max().unwrap_or(0);
            let copied = step.costs.iter().map(|cost| cost.bytes_copied).max().unwrap_or(0);
            writeln!(formatter, "step {}: {} over {:?}", index + 1, step.name, step.shape)?;
            let more =
                if step.costs.iter().any(|cost| cost.is_least) { ", and what the data asks for" } else { "" };
            writeln!(
                formatter,
                "    reads {}, writes {}; {messages} messages, at most {} sent and {} copied by one rank{more}",
                format_size(step.read_bytes),
                format_size(step.written_bytes),
                format_size(sent),
                format_size(copied)
            )?;
            for OutputExplanation { id, bytes, is_kept, layout } in &step.outputs {
                let why = if *is_kept { "kept: handle held" } else { "temporary" };
                writeln!(formatter, "    array {id}: {}, {layout} ({why})", format_size(*bytes))?;
            }
            if step.reused > 0 {
                writeln!(formatter, "    {} output(s) written over inputs that nobody needs", step.reused)?;
            }
        }
        let most = |values: &[u64]| values.iter().copied().max().unwrap_or(0);
        writeln!(
            formatter,
            "memory of one rank: {} before, {} at most, {} after",
            format_size(most(&self.held_before_bytes)),
            format_size(most(&self.peak_bytes)),
            format_size(most(&self.held_after_bytes))
        )
    }
}
