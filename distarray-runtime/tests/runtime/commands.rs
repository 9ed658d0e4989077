//! Commands come back, in order, from whatever thread they were given.

use distarray_core::{DType, Scalar};
use distarray_lazy::Context;
use distarray_lazy::backend::{Backend, Command, Reply};
use distarray_runtime::launch::{Launch, LocalOptions, start};
use distarray_spmd::Error;
use std::sync::mpsc::channel;
use std::time::Duration;

#[test]
fn an_empty_command_comes_back_from_any_number_of_engines() -> Result<(), Error> {
    for engines in [1, 2, 3, 7] {
        let context = Context::local(engines)?;
        assert_eq!(context.rank_count(), engines);
        for _ in 0..50 {
            context.ping()?;
        }
        context.close()?;
    }
    assert!(matches!(Context::local(0), Err(Error::Value { .. })));
    Ok(())
}

#[test]
fn pipelined_commands_run_in_the_order_they_were_submitted() -> Result<(), Error> {
    let context = Context::local(3)?;
    let mut x = context.zeros([10], DType::Float64);
    x.compute()?;
    let mut values = Vec::new();
    for step in 0..600 {
        x = if step % 2 == 0 { x + 1.0 } else { x * 2.0 };
        context.flush()?;
        values.push(context.backend().submit(Command::Nothing));
    }
    let mut wanted = 0.0_f64;
    for step in 0..20 {
        wanted = if step % 2 == 0 { wanted + 1.0 } else { wanted * 2.0 };
    }
    assert!(values.into_iter().all(|answer| matches!(answer.wait(), Some(Ok(Reply::Done)))));
    let mut y = context.zeros([10], DType::Float64);
    for step in 0..20 {
        y = if step % 2 == 0 { y + 1.0 } else { y * 2.0 };
        context.flush()?;
    }
    assert_eq!(y.sum(()).item()?, Scalar::Float64(10.0 * wanted));
    context.close()
}

#[test]
fn many_more_commands_than_may_be_in_flight_all_come_back() -> Result<(), Error> {
    let context = Context::local(2)?;
    let answers: Vec<_> = (0..20_000).map(|_| context.backend().submit(Command::Nothing)).collect();
    for answer in answers {
        assert!(matches!(answer.wait(), Some(Ok(Reply::Done))));
    }
    context.close()
}

#[test]
fn many_threads_use_one_context() -> Result<(), Error> {
    let context = Context::local(2)?;
    std::thread::scope(|scope| {
        for thread in 0..8_u32 {
            let context = context.clone();
            scope.spawn(move || {
                for round in 0..25_u32 {
                    let x = context.full([100], Scalar::Float64(f64::from(thread)));
                    let total = (x + f64::from(round)).sum(()).item().expect("a value");
                    assert_eq!(total, Scalar::Float64(100.0 * f64::from(thread + round)));
                }
            });
        }
    });
    context.close()
}

#[test]
fn two_contexts_live_side_by_side() -> Result<(), Error> {
    let (first, second) = (Context::local(2)?, Context::local(3)?);
    let x = first.ones([100], DType::Float64);
    let y = second.ones([200], DType::Float64);
    assert!((&x + &y).error().is_some());
    assert_eq!(x.sum(()).item()?, Scalar::Float64(100.0));
    assert_eq!(y.sum(()).item()?, Scalar::Float64(200.0));
    drop(x);
    first.close()?;
    assert_eq!((&y + 1.0).sum(()).item()?, Scalar::Float64(400.0));
    drop(y);
    second.close()
}

#[test]
fn a_chain_on_one_array_needs_memory_for_that_array_alone() -> Result<(), Error> {
    let mut options = LocalOptions::new(1);
    options.memory_limit_bytes = Some(10 << 20);
    let context = Context::local_with(options)?;
    let x = context.linspace(0.0, 1.0, 1 << 20);
    let mut y = &x * 2.0;
    for _ in 0..50 {
        y = y.sin() + 1.0;
    }
    let total = y.sum(());
    // What is held is stored.
    drop(y);
    assert!(matches!(total.item()?, Scalar::Float64(sum) if sum.is_finite()));
    context.close()
}

#[test]
fn arrays_of_two_contexts_do_not_mix() -> Result<(), Error> {
    let (one, other) = (Context::local(2)?, Context::local(2)?);
    let mixed = one.ones([4], DType::Float64) + other.ones([4], DType::Float64);
    let Some(error) = mixed.error() else { panic!("it should be refused") };
    let text = error.to_string();
    for context in [&one, &other] {
        assert!(text.contains(&context.number().to_string()), "{text}");
    }
    one.close()?;
    other.close()
}

#[test]
fn a_context_works_inside_an_actix_system() {
    let runner = actix::System::with_tokio_rt(|| distarray_runtime::actor::runtime().expect("an event loop"));
    let total = runner.block_on(async {
        let context = Context::local(2)?;
        let total = context.ones([50], DType::Float64).sum(()).item()?;
        context.close()?;
        Ok::<_, Error>(total)
    });
    assert_eq!(total, Ok(Scalar::Float64(50.0)));
}

#[test]
fn a_wait_on_the_clients_arbiter_is_refused_and_awaiting_works() -> Result<(), Error> {
    let backend = start(LocalOptions::new(2))?;
    assert_eq!(backend.may_block(), Ok(()));
    let arbiter = backend.client_arbiter();
    let context = Context::new(Box::new(backend));
    let (sender, receiver) = channel();
    let inside = context.clone();
    arbiter.spawn(async move {
        let refused = inside.ping();
        let x = inside.ones([100], DType::Float64).sum(());
        let refused_too = x.item();
        let block = x.fetch_block_async().await;
        let value = block.and_then(|block| Ok(block.to_scalar()?));
        drop((x, inside));
        sender.send((refused, refused_too, value)).expect("the test waits");
    });
    let (refused, refused_too, value) = receiver.recv_timeout(Duration::from_secs(20)).expect("it ends");
    assert!(matches!(refused, Err(Error::Value { what: "waiting", .. })));
    assert!(matches!(refused_too, Err(Error::Value { what: "waiting", .. })));
    assert_eq!(value, Ok(Scalar::Float64(100.0)));
    context.close()
}

#[test]
fn statistics_come_from_every_rank() -> Result<(), Error> {
    let context = Context::local(3)?;
    let x = context.ones([3000], DType::Float64);
    x.compute()?;
    let statistics = context.statistics()?;
    assert_eq!(statistics.len(), 3);
    assert!(statistics.iter().all(|rank| rank.array_count == 1 && rank.held_bytes >= 8000));
    drop(x);
    context.close()
}
