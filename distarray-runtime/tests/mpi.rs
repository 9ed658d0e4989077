//! The client and the engines over MPI: this binary starts itself under `mpiexec`.

#![cfg(feature = "mpi")]

#[path = "runtime/operations.rs"]
mod operations;

use distarray_comm::conformance::job;
use distarray_comm::mpi::{Options, Universe};
use distarray_core::Scalar;
use distarray_lazy::Context;
use distarray_lazy::backend::{Command as EngineCommand, Reply};
use distarray_runtime::actor::Patience;
use distarray_runtime::engine::{Injection, Target, What};
use distarray_runtime::launch::{RankOptions, run_mpi, run_mpi_with};
use distarray_spmd::{Error, Failure, FailureKind, Registry};
use operations::{Doze, How, Trip, WAYS, WaitForEver};
use std::time::Duration;

fn registry() -> Registry {
    let mut registry = Registry::new();
    distarray_spmd::register(&mut registry).expect("new names");
    registry.register::<Trip>().expect("a new name");
    registry.register::<Doze>().expect("a new name");
    registry.register::<WaitForEver>().expect("a new name");
    registry
}

/// What the ranks do. Started by hand, without a program named, it does nothing.
#[test]
fn rank_of_a_job() {
    let Some(program) = job::program() else { return };
    // MPI can be started once: where contexts follow each other, the program runs it.
    let several = matches!(program.as_str(), "twice" | "injections" | "not returning");
    let universe = several.then(|| Universe::start(Options::default()).expect("MPI starts"));
    let outcome = match program.as_str() {
        "commands" => run_mpi(registry(), commands).map(|value| value.transpose().map(drop)),
        "failures" => run_mpi(registry(), failures).map(|value| value.transpose().map(drop)),
        "injections" => injections().map(Ok),
        "not returning" => not_returning().map(Ok),
        "panic" => run_mpi(registry(), |context| {
            context.call(WaitForEver, &[]).expect("is written down");
            context.flush().expect("is sent");
            panic!("as intended")
        })
        .map(|_: Option<()>| Ok(())),
        "twice" => {
            let first = run_mpi(registry(), commands).map(|value| value.transpose().map(drop));
            let second = run_mpi(registry(), commands).map(|value| value.transpose().map(drop));
            first.and(second)
        }
        other => panic!("no program {other:?}"),
    };
    drop(universe);
    outcome.expect("the rank serves").expect("the program succeeds");
}

fn commands(context: &Context) -> Result<(), Error> {
    for _ in 0..100 {
        context.ping()?;
    }
    let answers: Vec<_> = (0..5000).map(|_| context.backend().submit(EngineCommand::Nothing)).collect();
    for answer in answers {
        assert!(matches!(answer.wait(), Some(Ok(Reply::Done))));
    }
    let values = ndarray::Array1::from_iter((0..100_000_u32).map(f64::from)).into_dyn();
    let x = context.array(values.view(), ([100_000], "c"));
    assert_eq!((&x + 1.0).fetch::<f64>()?, &values + 1.0);
    let moved = x.redistribute(([100_000], "b"));
    assert_eq!((&x - &moved).sum(()).item()?, Scalar::Float64(0.0));
    assert_eq!(context.statistics()?.len(), context.rank_count());
    Ok(())
}

#[track_caller]
fn failure_of<T>(outcome: Result<T, Error>) -> Failure {
    match outcome {
        Err(Error::Failure(failure) | Error::Agreed(failure)) => failure,
        Err(other) => panic!("{other} is no failure of a rank"),
        Ok(_) => panic!("it should fail"),
    }
}

fn failures(context: &Context) -> Result<(), Error> {
    for how in WAYS {
        for round in 0..1000 {
            let rank = round % context.rank_count();
            let failure = failure_of(context.run(Trip { rank, how }, &[]));
            assert_eq!((failure.rank, failure.operation.as_str()), (rank, "trip"), "{failure}");
            match how {
                How::Panic => assert_eq!(failure.kind, FailureKind::Panic),
                How::Error => assert_eq!(failure.kind, FailureKind::Invalid),
                How::RefuseMemory => assert!(matches!(failure.kind, FailureKind::OutOfMemory { .. })),
            }
            context.ping()?;
        }
        assert_eq!(context.full([30], Scalar::Float64(2.0)).sum(()).item()?, Scalar::Float64(60.0));
    }
    Ok(())
}

/// Every way to fail in every kind of step, on rank 1.
fn injections() -> Result<(), Error> {
    for what in [What::Panic, What::Error, What::RefuseMemory] {
        let mut options = RankOptions::new(registry());
        options.injections = vec![Injection { rank: 1, target: Target::Any, what }];
        run_mpi_with(&options, Options::default(), |context| {
            for round in 0..5_u8 {
                for step in 0..5 {
                    let filled = context.full([30], Scalar::Float64(f64::from(round * 10 + step)));
                    let array = match step {
                        0 => filled,
                        1 => context.linspace(f64::from(round), 50.0, 30),
                        2 => filled + 1.0,
                        3 => filled.sum(()),
                        _ => filled.redistribute(([30], "c")),
                    };
                    let failure = failure_of(array.compute().map(drop));
                    assert_eq!(failure.rank, 1, "{failure}");
                    let again = failure_of(array.fetch_block().map(drop));
                    assert_eq!(again.rank, 1, "{again}");
                    context.ping().expect("works");
                }
            }
        })?;
    }
    Ok(())
}

fn not_returning() -> Result<(), Error> {
    let limit = Duration::from_millis(200);
    let mut options = RankOptions::new(registry());
    options.patience = Patience { report_after: limit, give_up_after: Some(limit) };
    run_mpi_with(&options, Options::default(), |context| {
        let failure = failure_of(context.run(Doze { rank: 1, milliseconds: 600 }, &[]));
        assert_eq!((failure.kind, failure.rank), (FailureKind::NoReturn, 1));
        std::thread::sleep(Duration::from_secs(1));
        context.ping().expect("the engine is back");
    })?;
    let mut options = RankOptions::new(registry());
    options.patience = Patience { report_after: limit, give_up_after: None };
    run_mpi_with(&options, Options::default(), |context| {
        context.run(Doze { rank: 1, milliseconds: 400 }, &[]).expect("it is waited for");
    })?;
    Ok(())
}

#[test]
fn commands_come_back_from_one_to_four_processes() {
    for ranks in 1..=4 {
        job::succeeds(ranks, "commands", 120);
    }
}

#[test]
fn a_thousand_failures_of_each_kind_are_told() {
    job::succeeds(3, "failures", 180);
}

#[test]
fn every_step_kind_may_fail_in_every_way() {
    job::succeeds(3, "injections", 120);
}

#[test]
fn a_function_that_does_not_return_is_named() {
    job::succeeds(3, "not returning", 60);
}

#[test]
fn when_the_program_panics_the_job_ends() {
    job::fails(3, "panic", 60);
}

#[test]
fn mpi_that_runs_is_used_and_contexts_may_follow_each_other() {
    job::succeeds(2, "twice", 120);
}
