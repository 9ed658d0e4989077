//! Ranks with a router each, as under MPI, but on threads: everything goes as bytes, down the tree and
//! up again.

use crate::operations::{Doze, How, Trip, WAYS, WaitForEver};
use distarray_comm::{Comm, threads};
use distarray_core::{DType, Scalar};
use distarray_lazy::Context;
use distarray_lazy::backend::{Command, Reply};
use distarray_runtime::actor::Patience;
use distarray_runtime::launch::RankOptions;
use distarray_runtime::launch::ranks::{Ended, RankEnds, run_ranks};
use distarray_spmd::{
    AnyLocalArray, ArrayMeta, Cost, DynOperation, Error, FailureKind, Inferred, Input, Registry, Worker,
};
use std::time::Duration;

fn options() -> RankOptions {
    let mut registry = Registry::new();
    distarray_spmd::register(&mut registry).expect("new names");
    registry.register::<Trip>().expect("a new name");
    registry.register::<Doze>().expect("a new name");
    registry.register::<WaitForEver>().expect("a new name");
    RankOptions::new(registry)
}

/// Runs `program` on rank 0 of `size` ranks, with a client and engines.
fn run<R: Send>(size: usize, options: &RankOptions, program: impl Fn(&Context) -> R + Sync) -> Ended<R> {
    let ends = threads::endpoints(size).into_iter().zip(threads::endpoints(size));
    std::thread::scope(|scope| {
        let ranks: Vec<_> = ends
            .map(|(data, control)| {
                let program = &program;
                scope.spawn(move || run_ranks(RankEnds { data, control }, options, program))
            })
            .collect();
        let mut ended: Vec<_> =
            ranks.into_iter().map(|rank| rank.join().expect("no panic outside")).collect();
        for served in ended.drain(1..) {
            assert!(matches!(served, Ok(Ended::Served)));
        }
        ended.remove(0).expect("rank 0 ends in order")
    })
}

#[track_caller]
fn returned<R>(ended: Ended<R>) -> R {
    match ended {
        Ended::Returned(value) => value,
        _ => panic!("the program returns"),
    }
}

const SIZES: [usize; 5] = [1, 2, 3, 5, 8];

#[test]
fn commands_come_back_over_a_tree() {
    for size in SIZES {
        let total = returned(run(size, &options(), |context| {
            for _ in 0..20 {
                context.ping()?;
            }
            let answers: Vec<_> = (0..2000).map(|_| context.backend().submit(Command::Nothing)).collect();
            for answer in answers {
                assert!(matches!(answer.wait(), Some(Ok(Reply::Done))));
            }
            assert_eq!(context.statistics()?.len(), size);
            (context.ones([1000], DType::Float64) + 1.0).sum(()).item()
        }));
        assert_eq!(total, Ok(Scalar::Float64(2000.0)));
    }
}

#[test]
fn large_blocks_go_there_and_back() {
    for size in SIZES {
        let values = ndarray::Array1::from_iter((0..50_000_u32).map(f64::from)).into_dyn();
        let back = returned(run(size, &options(), |context| {
            let x = context.array(values.view(), ([50_000], "c"));
            let y = context.array(values.view(), ([50_000], "b"));
            (&x - &y.redistribute(([50_000], "c"))).sum(()).item()?;
            (x + 1.0).fetch::<f64>()
        }));
        assert_eq!(back, Ok(&values + 1.0), "{size} ranks");
    }
}

#[test]
fn a_failure_on_one_rank_is_told_and_the_next_command_works() {
    super::failures::silence_panics();
    for size in [2, 3, 5] {
        returned(run(size, &options(), |context| {
            for how in WAYS {
                for rank in 0..size {
                    for _ in 0..20 {
                        let failure = super::failures::failure_of(context.run(Trip { rank, how }, &[]));
                        assert_eq!((failure.rank, failure.operation.as_str()), (rank, "trip"));
                        match how {
                            How::Panic => assert_eq!(failure.kind, FailureKind::Panic),
                            How::Error => assert_eq!(failure.kind, FailureKind::Invalid),
                            How::RefuseMemory => {
                                assert!(matches!(failure.kind, FailureKind::OutOfMemory { .. }));
                            }
                        }
                        let total = context.full([30], Scalar::Float64(2.0)).sum(()).item();
                        assert_eq!(total, Ok(Scalar::Float64(60.0)));
                    }
                }
            }
        }));
    }
}

#[test]
fn a_function_that_does_not_return_is_named_wherever_it_runs() {
    let limit = Duration::from_millis(100);
    let mut options = options();
    options.patience = Patience { report_after: limit, give_up_after: Some(limit) };
    for rank in [0, 3] {
        returned(run(4, &options, |context| {
            let failure = super::failures::failure_of(context.run(Doze { rank, milliseconds: 400 }, &[]));
            assert_eq!((failure.kind, failure.rank), (FailureKind::NoReturn, rank));
            std::thread::sleep(Duration::from_millis(500));
            context.ping().expect("the engine is back");
        }));
    }
}

#[test]
fn when_the_program_panics_all_ranks_end() {
    super::failures::silence_panics();
    for size in [1, 2, 5] {
        let ended = run(size, &options(), |context| {
            context.ping().expect("works");
            if size > 1 {
                context.call(WaitForEver, &[]).expect("is written down");
                context.flush().expect("is sent");
            }
            // As a panic, without the message.
            std::panic::resume_unwind(Box::new("the program gives up"))
        });
        match ended {
            Ended::Panicked(_) => {}
            Ended::Returned(()) => panic!("returned with {size} ranks"),
            Ended::Served => panic!("served with {size} ranks"),
            Ended::LeftBehind => panic!("left behind with {size} ranks"),
        }
    }
}

/// A function of this program.
#[derive(Debug)]
struct Function;

impl DynOperation for Function {
    fn name(&self) -> &str {
        "function"
    }
    fn infer(&self, _: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        Ok(Vec::new())
    }
    fn cost(&self, _: &[&ArrayMeta], _: usize, _: usize, _: distarray_comm::SameMemory) -> Cost {
        Cost::default()
    }
    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }
    fn execute(&self, worker: &Worker, _: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let _: &Comm = worker.comm();
        Ok(Vec::new())
    }
    fn parameters(&self) -> Result<Vec<u8>, Error> {
        Err(Error::NotSendable { operation: "function".to_owned() })
    }
}

#[test]
fn a_function_is_not_sent_to_other_processes_but_runs_in_this_one() {
    returned(run(2, &options(), |context| {
        assert!(matches!(context.run(Function, &[]), Err(Error::NotSendable { .. })));
        context.ping().expect("works");
    }));
    use distarray_runtime::launch::Launch;
    let context = Context::local(2).expect("starts");
    context.run(Function, &[]).expect("runs");
    context.close().expect("closes");
}

#[test]
fn an_operation_that_the_ranks_do_not_know_is_an_error() {
    let unknown = RankOptions::new(Registry::new());
    returned(run(3, &unknown, |context| {
        let failure = super::failures::failure_of(context.run(Doze { rank: 0, milliseconds: 0 }, &[]));
        assert!(failure.message.contains("doze"), "{failure}");
        context.ping().expect("works");
    }));
}
