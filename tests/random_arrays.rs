//! Random arrays as lazy arrays: the same on any number of ranks, and as operations in plans.

use distarray::comm::{threads, wire};
use distarray::prelude::*;
use distarray::random::{Generator, Random, RandomArrays, Variate, register};
use distarray::spmd::{DynOperation, Registry};

const NORMAL: Variate = Variate::Normal { mean: 1.0, deviation: 2.0 };

#[test]
fn lazy_arrays_are_the_plain_ones_for_any_ranks_and_layout() {
    let alone = Generator::new(5).array::<f64>(&NORMAL, &[13, 9]).expect("valid parameters");
    for ranks in 1..=8 {
        for letters in ["b,n", "n,c", "c,b", "c(3),n"] {
            let made = threads::run(ranks, |comm| {
                let context = Context::spmd(&comm)?;
                let mut generator = Generator::new(5);
                let array = context.random(&mut generator, NORMAL, DType::Float64, ([13, 9], letters))?;
                let fetched = array.fetch::<f64>()?;
                context.close()?;
                Ok::<_, Error>(fetched)
            });
            for made in made.expect("no rank fails") {
                assert_eq!(made, alone, "{letters} over {ranks}");
            }
        }
    }
}

#[test]
fn generators_that_differ_between_ranks_are_noticed() {
    let outcome = threads::run(2, |comm| {
        let context = Context::spmd(&comm)?;
        let mut generator = Generator::new(comm.rank() as u64);
        let array = context.random(&mut generator, NORMAL, DType::Float64, [10])?;
        Ok::<_, Error>(array.fetch::<f64>().err())
    });
    for error in outcome.expect("the ranks themselves go on") {
        assert!(matches!(error, Some(Error::Diverged { rank: 1, .. })), "{error:?}");
    }
}

#[test]
fn what_makes_no_sense_names_operation_place_and_value() {
    threads::run(1, |comm| {
        let context = Context::spmd(&comm)?;
        let mut generator = Generator::new(5);
        let wrong = Variate::Normal { mean: 0.0, deviation: -2.0 };
        let error = context.random(&mut generator, wrong, DType::Float64, [10]).expect_err("makes no sense");
        let message = error.to_string();
        for part in ["random at", "random_arrays.rs", "deviation -2 is refused"] {
            assert!(message.contains(part), "{message}");
        }
        let far = Distribution::on_rank(&[3], 4)?;
        let error = context.random(&mut generator, NORMAL, DType::Float64, far).expect_err("one rank");
        assert!(error.to_string().contains("needs 5 ranks"), "{error}");
        assert_eq!(generator.draws(), 0);
        context.close()
    })
    .expect("no rank fails");
}

#[test]
fn the_operation_travels() {
    let rows = Distribution::block_rows(&[10], 2).expect("a valid shape");
    let random = Random::new(&mut Generator::new(5), NORMAL, DType::Float32, rows).expect("valid parameters");
    let mut registry = Registry::new();
    register(&mut registry).expect("the name is free");
    let decoded =
        registry.decode("random", &wire::encode(&random).expect("plain data")).expect("it is known");
    assert_eq!(decoded.parameters(), DynOperation::parameters(&random));
}
