//! The engine's laws: numbers, failures, and what is left in the store.

use super::*;
use crate::protocol::Parts;
use distarray_comm::{Comm, threads};
use distarray_core::DType;
use distarray_lazy::plan::{Step, Work};
use distarray_maps::Distribution;
use distarray_spmd::{Inferred, Input, Operation};
use serde::{Deserialize, Serialize};

fn engine(comm: &Comm) -> Engine {
    Engine::new(Worker::new(comm), Arc::new(Registry::new()))
}

fn request(number: u64, command: WireCommand) -> Request {
    Request { number, epoch: 0, command: Arc::new(command) }
}

/// Makes one array; `panics_on` does so instead, before a barrier.
#[derive(Debug, Serialize, Deserialize)]
struct Trip {
    meta: ArrayMeta,
    panics_on: Option<usize>,
    has_barrier: bool,
}

impl Operation for Trip {
    const NAME: &'static str = "trip";

    fn infer(&self, _: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        Ok(vec![Inferred::Known(self.meta.clone())])
    }

    fn execute(&self, worker: &Worker, _: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        assert_ne!(self.panics_on, Some(worker.rank()), "this rank is not in the mood");
        if self.has_barrier {
            worker.comm().barrier()?;
        }
        let shape = self.meta.distribution.local_shape(worker.rank());
        let bytes = vec![1; shape.iter().product()];
        let block = block_of(worker, self.meta.dtype, &shape, &bytes)?;
        Ok(vec![AnyLocalArray::new(self.meta.distribution.clone(), block, worker.rank())?])
    }
}

fn run(output: ArrayId, panics_on: Option<usize>) -> WireCommand {
    let distribution = Distribution::block_rows(&[6], 3).expect("a distribution");
    let meta = ArrayMeta { dtype: DType::UInt8, distribution };
    let step = Step {
        work: Work::Call(Arc::new(Trip { meta: meta.clone(), panics_on, has_barrier: panics_on.is_none() })),
        inputs: Vec::new(),
        input_metas: Vec::new(),
        outputs: vec![output],
        output_metas: vec![meta],
        frees: Vec::new(),
    };
    WireCommand::Run { frees: Vec::new(), plan: PlanForm::Shared(Arc::new(Plan { steps: vec![step] })) }
}

#[test]
fn a_gap_is_refused_and_changes_nothing() {
    threads::run_each(1, |comm| {
        let mut engine = engine(&comm);
        assert!(engine.handle(&request(0, WireCommand::Nothing)).result.is_ok());
        for found in [2, 0] {
            let refused = engine.handle(&request(found, WireCommand::Nothing)).result.expect_err("a gap");
            let gap = ProtocolError::Gap { rank: 0, expected: 1, found };
            assert_eq!((refused.kind, refused.message), (FailureKind::Invalid, gap.to_string()));
        }
        assert_eq!(engine.handle(&request(1, WireCommand::Nothing)).result, Ok(Payload::Done));
    })
    .expect("no panic");
}

#[test]
fn what_is_put_can_be_fetched() {
    let parts = threads::run_each(3, |comm| {
        let mut engine = engine(&comm);
        let distribution = Distribution::block_rows(&[4], 3).expect("a distribution");
        let parts = Arc::new(vec![vec![1, 2], vec![3, 4], vec![]]);
        let meta = ArrayMeta { dtype: DType::UInt8, distribution };
        let put = WireCommand::Put { id: 7, meta, parts: Parts::All(parts) };
        assert_eq!(engine.handle(&request(0, put)).result, Ok(Payload::Done));
        let fetch = WireCommand::Fetch { id: 7, selection: Selection::All };
        engine.handle(&request(1, fetch)).result
    })
    .expect("no panic");
    let wanted = [vec![1, 2], vec![3, 4], vec![]];
    for (part, wanted) in parts.into_iter().zip(wanted) {
        assert_eq!(part, Ok(Payload::Bytes(wanted)));
    }
}

#[test]
fn after_a_panic_the_outputs_are_failed_and_the_engine_goes_on() {
    let outcomes = threads::run_each(3, |comm| {
        let mut engine = engine(&comm);
        let outcome = engine.handle(&request(0, run(1, Some(1)))).result;
        let fetched =
            engine.handle(&request(1, WireCommand::Fetch { id: 1, selection: Selection::All })).result;
        let again = engine.handle(&request(2, run(2, None))).result;
        (outcome, fetched, again)
    })
    .expect("no panic outside");
    for (rank, (outcome, fetched, again)) in outcomes.into_iter().enumerate() {
        assert_eq!(again, Ok(Payload::Done));
        if rank == 1 {
            let failure = outcome.expect_err("it panicked");
            assert_eq!(
                (failure.kind, failure.rank, failure.operation.as_str()),
                (FailureKind::Panic, 1, "trip")
            );
            assert_eq!(fetched, Err(failure));
        } else {
            assert_eq!((outcome, fetched), (Ok(Payload::Done), Ok(Payload::Bytes(vec![1, 1]))));
        }
    }
}

#[test]
fn a_request_given_up_notes_the_cause_for_its_outputs() {
    threads::run_each(3, |comm| {
        let verdicts = Arc::new(Verdicts::default());
        let mut engine = engine(&comm).seen_through(Arc::default(), Arc::clone(&verdicts));
        let cause = Failure {
            operation: "sum".to_owned(),
            rank: 2,
            kind: FailureKind::Panic,
            message: "panicked".to_owned(),
        };
        verdicts.tell(0, cause.clone());
        comm.abort_handle().abort(0, 0);
        let outcome = engine.handle(&request(0, run(4, None)));
        assert_eq!(outcome.result.expect_err("given up").kind, FailureKind::Aborted);
        let fetch = WireCommand::Fetch { id: 4, selection: Selection::All };
        assert_eq!(engine.handle(&request(1, fetch)).result, Err(cause));
    })
    .expect("no panic");
}
