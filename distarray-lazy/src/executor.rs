//! Executor: runs the steps of a plan on one rank.
//!
//! What fails on one rank alone is agreed upon before the next step in which ranks talk to each other,
//! so no rank is left waiting for one that has given up. A panic is a failure like any other.

use crate::plan::{Plan, Step, Work};
use crate::store::Store;
use distarray_spmd::{AnyLocalArray, Error, Failure, FailureKind, Input, Worker};
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
    let count = plan.steps.len();
    for (index, step) in plan.steps.iter().enumerate() {
        let outcome = run_step(step, index, count, store, worker, observer);
        if let Err(failure) = outcome {
            let failure = settle(&plan.steps[index..], failure, worker);
            abandon(&plan.steps[index..], store, &failure);
            return Err(failure);
        }
        for id in &step.frees {
            store.remove(*id);
        }
    }
    Ok(())
}

/// A failure on this rank, and whether the others have been told of it.
struct StepFailure {
    failure: Failure,
    agreed: bool,
}

/// Tells the others of a failure at the next step in which they would wait for this rank.
fn settle(steps: &[Step], outcome: StepFailure, worker: &Worker) -> Failure {
    let StepFailure { failure, agreed } = outcome;
    if agreed || !steps.iter().skip(1).any(Step::communicates) {
        return failure;
    }
    match worker.agree::<()>(&failure.operation.clone(), Err(Error::Failure(failure.clone()))) {
        Err(Error::Failure(lowest)) => lowest,
        _ => failure,
    }
}

/// Notes that the outputs of `steps` will not come, and forgets what the steps would have forgotten.
fn abandon(steps: &[Step], store: &mut Store, failure: &Failure) {
    for step in steps {
        for id in &step.outputs {
            store.insert_failure(*id, failure.clone());
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
) -> Result<(), StepFailure> {
    let name = step.name();
    let communicates = step.communicates();
    let prepared = guarded(&name, worker, || observer.begin(index, count, &name));
    let prepared = prepared
        .and_then(|()| check_inputs(step, store).map_err(|error| Failure::of(&name, worker.rank(), &error)));
    if communicates {
        let outcome = prepared.map_err(Error::Failure);
        worker.agree(&name, outcome).map_err(|error| StepFailure {
            failure: Failure::of(&name, worker.rank(), &error),
            agreed: true,
        })?;
    } else {
        prepared.map_err(|failure| StepFailure { failure, agreed: false })?;
    }
    let outcome = guarded(&name, worker, || {
        let taken = take_inputs(step, store)?;
        let arrays = run_work(step, store, taken, worker)?;
        if arrays.len() < step.outputs.len() {
            return Err(Error::InputCount {
                operation: name.clone(),
                found: arrays.len(),
                expected: step.outputs.len(),
            });
        }
        Ok(arrays)
    });
    match outcome {
        Ok(arrays) => {
            for (id, array) in step.outputs.iter().zip(arrays) {
                store.insert(*id, array);
            }
            Ok(())
        }
        // A failure of another rank, learnt by agreement, is known to all.
        Err(failure) => {
            let agreed = failure.rank != worker.rank() || failure.kind == FailureKind::Aborted;
            Err(StepFailure { failure, agreed })
        }
    }
}

/// Runs `work`; an error or a panic becomes a failure.
fn guarded<T>(name: &str, worker: &Worker, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Failure> {
    // What a panic leaves behind half done is dropped with the closure; the store is changed after it.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Failure::of(name, worker.rank(), &error)),
        Err(payload) => Err(Failure::of_panic(name, worker.rank(), &*payload)),
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
    worker: &Worker,
) -> Result<Vec<AnyLocalArray>, Error> {
    let inputs = step
        .inputs
        .iter()
        .zip(taken)
        .map(|(input, taken)| match taken {
            Some(array) => Ok(Input::Owned(array)),
            None => store.get(input.id).map(Input::Borrowed),
        })
        .collect::<Result<Vec<_>, Error>>()?;
    match &step.work {
        Work::Pass(pass) => pass.execute(worker, inputs),
        Work::Call(operation) => operation.execute(worker, inputs),
    }
}
