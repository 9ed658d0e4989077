//! What fails on one rank of three is told as a typed error, quickly, and the next command works.

use crate::operations::{Doze, How, Trip, WAYS};
use distarray_core::{DType, Scalar};
use distarray_lazy::{Context, DistArray};
use distarray_runtime::actor::Patience;
use distarray_runtime::engine::{Injection, Target, What};
use distarray_runtime::launch::{Launch, LocalOptions};
use distarray_spmd::{Error, Failure, FailureKind};
use std::time::{Duration, Instant};

/// Panics are part of these tests: their messages would drown the rest.
pub(crate) fn silence_panics() {
    let is_engine = || std::thread::current().name().is_some_and(|name| name.starts_with("actix-rt"));
    std::panic::set_hook(Box::new(move |panic| {
        if !is_engine() {
            eprintln!("{panic}");
        }
    }));
}

#[track_caller]
pub(crate) fn failure_of<T>(outcome: Result<T, Error>) -> Failure {
    match outcome {
        Err(Error::Failure(failure) | Error::Agreed(failure)) => failure,
        Err(other) => panic!("{other} is no failure of a rank"),
        Ok(_) => panic!("it should fail"),
    }
}

#[track_caller]
fn is_as_injected(failure: &Failure, how: How) {
    assert_eq!(failure.rank, 1, "{failure}");
    match how {
        How::Panic => assert_eq!(failure.kind, FailureKind::Panic, "{failure}"),
        How::Error => assert_eq!(failure.kind, FailureKind::Invalid, "{failure}"),
        How::RefuseMemory => assert!(matches!(failure.kind, FailureKind::OutOfMemory { .. }), "{failure}"),
    }
}

#[test]
fn a_rank_that_fails_while_others_wait_for_it_is_named_a_thousand_times() -> Result<(), Error> {
    silence_panics();
    let context = Context::local(3)?;
    let x = context.ones([30], DType::Float64);
    x.compute()?;
    for how in WAYS {
        for round in 0..1000 {
            let failure = failure_of(context.run(Trip { rank: 1, how }, &[]));
            assert_eq!(failure.operation, "trip");
            is_as_injected(&failure, how);
            if round % 20 == 0 {
                assert_eq!((&x + 1.0).sum(()).item()?, Scalar::Float64(60.0));
            } else {
                context.ping()?;
            }
        }
    }
    drop(x);
    context.close()
}

#[test]
fn a_rank_that_fails_amid_a_plan_does_not_keep_the_others_in_its_later_steps() -> Result<(), Error> {
    silence_panics();
    let context = Context::local(3)?;
    for round in 0..100_u8 {
        let how = WAYS[usize::from(round) % WAYS.len()];
        context.call(Trip { rank: 1, how }, &[])?;
        // Ranks talk to each other here too, in the same plan.
        let total = filled(&context, f64::from(round)).sum(());
        let start = Instant::now();
        let failure = failure_of(total.compute().map(drop));
        assert!(start.elapsed() < Duration::from_secs(5));
        is_as_injected(&failure, how);
        context.ping()?;
    }
    // What nobody waited for is told at the end; all of it tripped.
    let _ = context.close();
    Ok(())
}

/// Programs of one step of each kind, around a number.
type Program = fn(&Context, f64) -> DistArray;

const STEPS: [(&str, Program); 6] = [
    ("filling", |context, number| filled(context, number)),
    ("counting", |context, number| context.linspace(number, 50.0, 30)),
    ("elementwise", |context, number| filled(context, number) + 1.0),
    ("reduction", |context, number| filled(context, number).sum(())),
    ("reduction over an axis", |context, number| {
        context.full(([6, 5], "b,n"), Scalar::Float64(number)).sum(0)
    }),
    ("redistribution", |context, number| filled(context, number).redistribute(([30], "c"))),
];

fn filled(context: &Context, number: f64) -> DistArray {
    context.full([30], Scalar::Float64(number))
}

#[test]
fn every_step_kind_may_fail_in_every_way() -> Result<(), Error> {
    silence_panics();
    for (name, program) in STEPS {
        for (how, what) in WAYS.into_iter().zip([What::Panic, What::Error, What::RefuseMemory]) {
            for target in [Target::Any, Target::Index(0)] {
                let mut options = LocalOptions::new(3);
                options.injections = vec![Injection { rank: 1, target: target.clone(), what }];
                let context = Context::local_with(options)?;
                for round in 0..3_u8 {
                    let array = program(&context, f64::from(round));
                    let failure = failure_of(array.compute().map(|_| ()));
                    is_as_injected(&failure, how);
                    assert!(!failure.operation.is_empty(), "{name}");
                    // The array stays failed, for the same reason, whoever asks.
                    let again = failure_of(array.fetch_block().map(|_| ()));
                    assert_eq!((again.rank, again.kind), (1, failure.kind), "{name} {what:?}: {again}");
                    context.ping()?;
                    assert_eq!(context.statistics()?.len(), 3);
                }
                // What nobody waited for is told at the end; all of it was injected.
                let _ = context.close();
            }
        }
    }
    Ok(())
}

#[test]
fn a_function_that_does_not_return_is_named() -> Result<(), Error> {
    let mut options = LocalOptions::new(3);
    let limit = Duration::from_millis(100);
    options.patience = Patience { report_after: limit, give_up_after: Some(limit) };
    let context = Context::local_with(options)?;
    let start = Instant::now();
    let failure = failure_of(context.run(Doze { rank: 2, milliseconds: 3000 }, &[]));
    assert_eq!((failure.kind, failure.rank, failure.operation.as_str()), (FailureKind::NoReturn, 2, "doze"));
    assert!(
        start.elapsed() >= limit && start.elapsed() < Duration::from_millis(2900),
        "{:?}",
        start.elapsed()
    );
    // It returns after all: the engine is back.
    std::thread::sleep(Duration::from_millis(3200));
    context.ping()?;
    // The plan and the wait behind it have both failed; that was told.
    context.close()
}

#[test]
fn a_function_that_needs_long_is_waited_for() -> Result<(), Error> {
    let mut options = LocalOptions::new(2);
    options.patience = Patience { report_after: Duration::from_millis(20), give_up_after: None };
    let context = Context::local_with(options)?;
    context.run(Doze { rank: 0, milliseconds: 200 }, &[])?;
    context.close()
}

#[test]
fn a_failure_is_told_though_another_rank_computes_on() -> Result<(), Error> {
    silence_panics();
    let context = Context::local(3)?;
    context.call(Doze { rank: 0, milliseconds: 300 }, &[])?;
    context.flush()?;
    let start = Instant::now();
    // Rank 0 is still asleep in the request before.
    let failure = failure_of(context.run(Trip { rank: 1, how: How::Panic }, &[]));
    is_as_injected(&failure, How::Panic);
    assert!(start.elapsed() < Duration::from_secs(2));
    context.ping()?;
    context.close()
}
