//! `Engine`: one rank's state machine. A request in, an outcome out; no actor and no socket in sight.

mod injection;
mod verdicts;
mod watch;

#[cfg(test)]
mod tests;

use crate::protocol::{Outcome, Payload, PlanForm, ProtocolError, Request, WireCommand};
use distarray_lazy::backend::Selection;
use distarray_lazy::executor::execute;
use distarray_lazy::plan::Plan;
use distarray_lazy::store::{ArrayId, Store};
use distarray_lazy::transfer::part_of;
use distarray_lazy::{block_of, statistics};
use distarray_spmd::{AnyLocalArray, ArrayMeta, Error, Failure, FailureKind, Registry, Worker};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub use injection::{Injection, Target, What};
pub use verdicts::Verdicts;
pub use watch::{Running, Watch};

use injection::Observed;

/// One rank: the arrays it holds, its means, and the number of the request it expects next.
///
/// Whatever a request does, [`Engine::handle`] returns an outcome, and the engine can take the next
/// request: errors and panics become failures, and the arrays that the request was to make are noted
/// as failed.
#[derive(Debug)]
pub struct Engine {
    store: Store,
    worker: Worker,
    registry: Arc<Registry>,
    expected: u64,
    watch: Arc<Watch>,
    verdicts: Arc<Verdicts>,
    injections: Vec<Injection>,
}

impl Engine {
    /// An engine that has nothing yet. **Local.**
    #[must_use]
    pub fn new(worker: Worker, registry: Arc<Registry>) -> Self {
        Self {
            store: Store::default(),
            worker,
            registry,
            expected: 0,
            watch: Arc::default(),
            verdicts: Arc::default(),
            injections: Vec::new(),
        }
    }

    /// Makes steps fail on purpose, for tests of what happens then. **Local.**
    #[must_use]
    pub fn with_injections(mut self, injections: &[Injection]) -> Self {
        let rank = self.worker.rank();
        self.injections = injections.iter().filter(|injection| injection.rank == rank).cloned().collect();
        self
    }

    /// Lets others see through `watch` which step is running, and tell through `verdicts` why a request
    /// is given up. **Local.**
    #[must_use]
    pub fn seen_through(mut self, watch: Arc<Watch>, verdicts: Arc<Verdicts>) -> Self {
        self.watch = watch;
        self.verdicts = verdicts;
        self
    }

    /// Its rank. **Local.**
    #[must_use]
    pub fn rank(&self) -> usize {
        self.worker.rank()
    }

    /// The arrays it holds. **Local.**
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Does what the request says. **Collective** over the engines, as far as its command is.
    ///
    /// A request that does not come next in number is refused and changes nothing.
    pub fn handle(&mut self, request: &Request) -> Outcome {
        let number = request.number;
        let rank = self.rank();
        let name = request.command.name();
        if number != self.expected {
            let gap = ProtocolError::Gap { rank, expected: self.expected, found: number };
            return Outcome { number, rank, result: Err(gap.failure(name)) };
        }
        self.expected += 1;
        // What a panic leaves half done is the store of this request's outputs, settled below.
        let performed = catch_unwind(AssertUnwindSafe(|| self.perform(request)));
        self.watch.idle();
        let result = match performed {
            Ok(result) => result,
            Err(payload) => {
                let failure = Failure::of_panic(name, rank, &*payload);
                if let WireCommand::Put { id, .. } = &*request.command {
                    self.store.insert_failure(*id, failure.clone());
                }
                Err(failure)
            }
        };
        Outcome { number, rank, result }
    }

    fn perform(&mut self, request: &Request) -> Result<Payload, Failure> {
        let begun = self.worker.comm().begin_request(request.epoch, request.number).map_err(Error::from);
        match &*request.command {
            WireCommand::Nothing | WireCommand::Stop => {
                begun.map_err(|error| self.failure("nothing", &error))?;
                Ok(Payload::Done)
            }
            WireCommand::Run { frees, plan } => {
                for id in frees {
                    self.store.remove(*id);
                }
                self.run(request, plan, begun).map(|()| Payload::Done)
            }
            WireCommand::Fetch { id, selection } => begun
                .and_then(|()| self.fetch(*id, selection))
                .map(Payload::Bytes)
                .map_err(|error| self.failure("fetch", &error)),
            WireCommand::Put { id, meta, parts } => {
                let rank = self.rank();
                let made = begun.and_then(|()| self.put(meta, parts.of_rank(rank)));
                match made {
                    Ok(array) => self.store.insert(*id, array),
                    Err(error) => {
                        let failure = self.failure("put", &error);
                        self.store.insert_failure(*id, self.cause(request.number, &failure));
                        return Err(failure);
                    }
                }
                Ok(Payload::Done)
            }
            WireCommand::Statistics => {
                begun.map_err(|error| self.failure("statistics", &error))?;
                Ok(Payload::Statistics(statistics(&self.worker, &self.store)))
            }
        }
    }

    /// Runs the steps of a plan. Whatever happens, every output is afterwards there or noted as failed.
    fn run(&mut self, request: &Request, plan: &PlanForm, begun: Result<(), Error>) -> Result<(), Failure> {
        let number = request.number;
        let decoded;
        let plan = match plan {
            PlanForm::Shared(plan) => plan,
            PlanForm::Bytes(bytes) => {
                // All ranks hold the same bytes and the same registry, so all fail here or none does.
                decoded = Arc::new(
                    Plan::decode(bytes, &self.registry).map_err(|error| self.failure("run", &error))?,
                );
                &decoded
            }
        };
        let outcome = match begun {
            Ok(()) => {
                let observer = Observed {
                    watch: &self.watch,
                    number,
                    injections: &self.injections,
                    plan,
                    pool: self.worker.pool(),
                };
                catch_unwind(AssertUnwindSafe(|| execute(plan, &mut self.store, &self.worker, &observer)))
                    .unwrap_or_else(|payload| Err(Failure::of_panic("run", self.worker.rank(), &*payload)))
            }
            Err(error) => Err(self.failure("run", &error)),
        };
        self.verdicts.forget_before(number);
        outcome.inspect_err(|failure| {
            let cause = self.cause(number, failure);
            settle(plan, &mut self.store, &cause);
        })
    }

    fn fetch(&self, id: ArrayId, selection: &Selection) -> Result<Vec<u8>, Error> {
        let array = self.store.get(id)?;
        part_of(array, selection, self.rank())
    }

    fn put(&self, meta: &ArrayMeta, bytes: &[u8]) -> Result<AnyLocalArray, Error> {
        let rank = self.rank();
        let shape = meta.distribution.local_shape(rank);
        let block = block_of(&self.worker, meta.dtype, &shape, bytes)?;
        AnyLocalArray::new(meta.distribution.clone(), block, rank)
    }

    fn failure(&self, operation: &str, error: &Error) -> Failure {
        Failure::of(operation, self.rank(), error)
    }

    /// Why a request failed: for one that was given up here, the failure it was given up for.
    fn cause(&self, number: u64, failure: &Failure) -> Failure {
        match failure.kind {
            FailureKind::Aborted => self.verdicts.of(number).unwrap_or_else(|| failure.clone()),
            _ => failure.clone(),
        }
    }
}

/// Notes for every output of `plan` that is not there why it is not, and forgets what the plan would
/// have forgotten.
fn settle(plan: &Plan, store: &mut Store, cause: &Failure) {
    for id in plan.steps.iter().flat_map(|step| &step.outputs) {
        let is_given_up = match store.get(*id) {
            Ok(_) => false,
            Err(Error::Failure(failure)) => failure.kind == FailureKind::Aborted,
            Err(_) => true,
        };
        if is_given_up {
            store.insert_failure(*id, cause.clone());
        }
    }
    for id in plan.steps.iter().flat_map(|step| &step.frees) {
        store.remove(*id);
    }
}
