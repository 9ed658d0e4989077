//! Executor: runs the steps of a plan on one rank.
//!
//! What fails on one rank alone is agreed upon before the next step in which ranks talk to each other,
//! so no rank is left waiting for one that has given up. A panic is a failure like any other.

use crate::plan::{Plan, Step, Work};
use crate::store::Store;
use distarray_comm::CommError;
use distarray_spmd::{AnyLocalArray, Error, Failure, Input, Worker};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is told of the steps as they run: for progress, for finding what does not return, for tests
/// that inject failures.
pub trait Observer {
    /// Step `index` of `count`, called `name`, begins.
    ///
    /// # Errors
    /// Makes the step fail on this rank.
    fn begin(&self, index: usize, count: usize, name: &str) -> Result<(), Error> {
        let _ = (index, count, name);
        Ok(())
    }
}

/// An observer that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {}

/// Runs `plan` on the arrays of `store`. **Collective** if a step communicates.
///
/// After a failure the outputs of the steps that did not run are noted in the store as failed.
///
/// # Errors
/// The failure of the lowest rank among those that are known here. A step without communication that
/// fails elsewhere is known there only, and whoever gathers the outcomes of all ranks learns of it.
pub fn execute(
    plan: &Plan,
    store: &mut Store,
    worker: &Worker,
    observer: &dyn Observer,
) -> Result<(), Failure> {
    run(plan, store, worker, observer).map_err(|stopped| {
        let stopped = settle(plan, stopped, worker);
        // Who was interrupted does not know how far the others came: they may have changed what this rank has not.
        let is_told = stopped.known != Known::Elsewhere;
        let unchanged_from = if is_told { stopped.unchanged_from() } else { plan.steps.len() };
        abandon(plan, store, stopped.index, unchanged_from, &stopped.failure);
        stopped.failure
    })
}

/// Runs the steps of `plan` until one fails. The caller sees to those that do not run then: [`abandon`].
pub(crate) fn run(
    plan: &Plan,
    store: &mut Store,
    worker: &Worker,
    observer: &dyn Observer,
) -> Result<(), Stopped> {
    let count = plan.steps.len();
    for (index, step) in plan.steps.iter().enumerate() {
        run_step(step, index, count, store, worker, observer)?;
        for id in &step.frees {
            store.remove(*id);
        }
    }
    Ok(())
}

/// Who knows of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// This rank alone; the others are in no step that waits for it.
    Here,
    /// All ranks: it was agreed upon.
    Everywhere,
    /// This rank, and others may wait for it amid the step: they must be interrupted.
    HereAmidStep,
    /// This rank was interrupted, or lost its way to another: what came first happened elsewhere.
    Elsewhere,
}

/// A failure of a step on this rank.
#[derive(Debug)]
pub(crate) struct Stopped {
    /// Which step.
    pub(crate) index: usize,
    pub(crate) failure: Failure,
    pub(crate) known: Known,
    /// Whether its work had begun.
    pub(crate) is_begun: bool,
}

impl Stopped {
    /// The first step that has changed no array on this rank: not even half of one.
    pub(crate) fn unchanged_from(&self) -> usize {
        let may_have_changed = self.is_begun && self.known != Known::Everywhere;
        self.index + usize::from(may_have_changed)
    }
}

/// Tells the others of a failure at the next step in which they would wait for this rank.
fn settle(plan: &Plan, stopped: Stopped, worker: &Worker) -> Stopped {
    let mut later = plan.steps[stopped.index..].iter().skip(1);
    if stopped.known != Known::Here || !later.any(Step::communicates) {
        return stopped;
    }
    let outcome =
        worker.agree::<()>(&stopped.failure.operation, Err(Error::Failure(stopped.failure.clone())));
    match outcome {
        Err(Error::Agreed(failure)) => Stopped { failure, known: Known::Everywhere, ..stopped },
        _ => stopped,
    }
}

/// Notes that the outputs of the steps from `index` on, which did not run, will not come because of `cause`, and forgets
/// what the steps would have forgotten. Of arrays that steps from `unchanged_from` on were to change, which no rank has
/// done, the version before stays under its new number.
pub(crate) fn abandon(plan: &Plan, store: &mut Store, index: usize, unchanged_from: usize, cause: &Failure) {
    let steps = &plan.steps[index..];
    for (number, step) in (index..).zip(steps) {
        let before = step.updates().and_then(|input| store.get(step.inputs[input].id).ok().cloned());
        for (position, id) in step.outputs.iter().enumerate() {
            match &before {
                Some(before) if position == 0 && number >= unchanged_from => {
                    store.insert(*id, before.clone())
                }
                _ => store.insert_failure(*id, cause.clone()),
            }
        }
    }
    for step in steps {
        for id in &step.frees {
            store.remove(*id);
        }
    }
}

fn run_step(
    step: &Step,
    index: usize,
    count: usize,
    store: &mut Store,
    worker: &Worker,
    observer: &dyn Observer,
) -> Result<(), Stopped> {
    let name = step.name();
    let communicates = step.communicates();
    let stopped = |is_begun| move |(failure, known)| Stopped { index, failure, known, is_begun };
    let prepared = guarded(name, worker, || {
        observer.begin(index, count, name)?;
        check_inputs(step, store)
    });
    if communicates {
        let outcome = prepared.map_err(|(failure, _)| Error::Failure(failure));
        guarded(name, worker, || worker.agree(name, outcome)).map_err(stopped(false))?;
    } else {
        prepared.map_err(stopped(false))?;
    }
    let updates = step.updates();
    let mut updated = None;
    let worked = guarded(name, worker, || {
        let mut taken = take_inputs(step, store)?;
        updated = updates.and_then(|input| taken[input].take());
        let arrays = run_work(step, store, taken, updated.as_mut(), worker)?;
        if arrays.len() < step.outputs.len() {
            return Err(Error::InputCount {
                operation: name.to_owned(),
                found: arrays.len(),
                expected: step.outputs.len(),
            });
        }
        Ok(arrays)
    });
    let arrays = worked.map_err(|(failure, known)| {
        if let (Some(input), Some(before)) = (updates, updated) {
            store.insert(step.inputs[input].id, before);
        }
        match known {
            // Even what was agreed upon: some of the ranks may have done so among themselves. Not so where an array
            // is changed.
            Known::Here if communicates => stopped(true)((failure, Known::HereAmidStep)),
            Known::Everywhere if communicates && updates.is_none() => {
                stopped(true)((failure, Known::HereAmidStep))
            }
            _ => stopped(true)((failure, known)),
        }
    })?;
    for (id, array) in step.outputs.iter().zip(arrays) {
        store.insert(*id, array);
    }
    Ok(())
}

/// Runs `work`; an error or a panic becomes a failure.
pub(crate) fn guarded<T>(
    name: &str,
    worker: &Worker,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, (Failure, Known)> {
    let rank = worker.rank();
    // What a panic leaves behind half done is dropped with the closure; the store is changed after it.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            let known = match error {
                Error::Agreed(_) => Known::Everywhere,
                Error::Comm(
                    CommError::Aborted { .. } | CommError::Withdrawn { .. } | CommError::PeerLeft { .. },
                ) => Known::Elsewhere,
                _ => Known::Here,
            };
            Err((Failure::of(name, rank, &error), known))
        }
        Err(payload) => Err((Failure::of_panic(name, rank, &*payload), Known::Here)),
    }
}

fn check_inputs(step: &Step, store: &Store) -> Result<(), Error> {
    step.inputs.iter().try_for_each(|input| store.get(input.id).map(|_| ()))
}

fn take_inputs(step: &Step, store: &mut Store) -> Result<Vec<Option<AnyLocalArray>>, Error> {
    step.inputs
        .iter()
        .map(|input| if input.owned { store.take(input.id).map(Some) } else { Ok(None) })
        .collect()
}

fn run_work(
    step: &Step,
    store: &Store,
    taken: Vec<Option<AnyLocalArray>>,
    mut updated: Option<&mut AnyLocalArray>,
    worker: &Worker,
) -> Result<Vec<AnyLocalArray>, Error> {
    let updates = step.updates();
    let inputs = step
        .inputs
        .iter()
        .zip(taken)
        .enumerate()
        .map(|(position, (input, taken))| match taken {
            Some(array) => Ok(Input::Owned(array)),
            None => match updated.take_if(|_| updates == Some(position)) {
                Some(array) => Ok(Input::Updated(array)),
                None => store.get(input.id).map(Input::Borrowed),
            },
        })
        .collect::<Result<Vec<_>, Error>>()?;
    match &step.work {
        Work::Pass(pass) => pass.execute(worker, inputs),
        Work::Call(operation) => operation.execute(worker, inputs),
    }
}
