//! The context without a client: values, errors, what is held, and what explain says.

#[path = "common/foretold.rs"]
mod foretold;

use distarray_comm::threads;
use distarray_core::{DType, Scalar};
use distarray_lazy::{Context, DistArray};
use distarray_spmd::Error;
use foretold::costs_what_is_said;

fn on_ranks<R: PartialEq + std::fmt::Debug + Send>(
    ranks: usize,
    program: impl Fn(&Context) -> Result<R, Error> + Sync,
) -> R {
    let mut values = threads::run(ranks, |comm| {
        let context = Context::spmd(&comm)?;
        let value = program(&context)?;
        context.close()?;
        Ok::<R, Error>(value)
    })
    .expect("no rank fails");
    let first = values.remove(0);
    for value in values {
        assert_eq!(value, first, "ranks disagree");
    }
    first
}

#[test]
fn standardising_gives_mean_zero_and_deviation_one() {
    for ranks in 1..=4 {
        let (mean, deviation) = on_ranks(ranks, |context| {
            let z = context.ramp(([13, 7], "b,n"), Scalar::Float64(0.0), Scalar::Float64(1.5));
            let d = (&z - z.mean(())) / z.std(());
            let value = |array: DistArray| match array.item()? {
                Scalar::Float64(value) => Ok::<f64, Error>(value),
                other => panic!("{other}"),
            };
            Ok((value(d.mean(()))?, value(d.std(()))?))
        });
        assert!(mean.abs() < 1e-15, "{mean}");
        assert!((deviation - 1.0).abs() < 1e-15, "{deviation}");
    }
}

#[test]
fn a_wrong_operation_is_an_error_of_the_handle_and_of_all_made_of_it() {
    on_ranks(2, |context| {
        let (a, b) = (context.zeros([3], DType::Float64), context.zeros([4], DType::Float64));
        let wrong = (&a + &b).sin();
        let error = wrong.error().expect("shapes do not broadcast").to_string();
        assert!(error.contains("add") && error.contains("spmd_context.rs"), "{error}");
        assert!(wrong.fetch::<f64>().is_err());
        assert_eq!(a.fetch::<f64>()?.len(), 3);
        Ok(())
    });
}

#[test]
fn explain_says_what_the_meter_counts() {
    for ranks in 1..=4 {
        on_ranks(ranks, |context| {
            let z = context.ramp(([40, 30], "b,n"), Scalar::Float64(0.0), Scalar::Float64(0.5));
            let w = context.ramp(([40, 30], "n,c"), Scalar::Float64(0.0), Scalar::Float64(0.25));
            z.compute()?;
            w.compute()?;
            let y = (&z + &w).sin() - z.mean(0);
            let total = y.sum(1) / y.std(());
            costs_what_is_said(context)?;
            drop((y, total));
            Ok(())
        });
    }
}

#[test]
fn programs_that_diverge_are_told_so() {
    let outcome = threads::run(3, |comm| {
        let context = Context::spmd(&comm)?;
        let x = context.arange(10);
        let y = if comm.rank() == 2 { &x + 1 } else { &x + 2 };
        let error = y.fetch::<i64>().err();
        Ok::<_, Error>(error)
    })
    .expect("the ranks themselves go on");
    for error in outcome {
        assert!(matches!(error, Some(Error::Diverged { rank: 2, .. })), "{error:?}");
    }
}

#[test]
fn a_million_updates_take_constant_memory() {
    on_ranks(2, |context| {
        let mut x = context.zeros([64], DType::Float64);
        for _ in 0..100_000 {
            x += 1.0;
        }
        assert_eq!(x.fetch::<f64>()?[[0]], 100_000.0);
        let statistics = context.statistics()?;
        assert!(statistics[0].array_count <= 2, "{}", statistics[0].array_count);
        Ok(())
    });
}
