//! Random arrays as lazy arrays: the same on any number of ranks, and as operations in plans.

use distarray::comm::{threads, wire};
use distarray::prelude::*;
use distarray::random::{
    Generator, Random, RandomArrays, RandomError, Replacement, Variate, VectorVariate, multivariate_normal,
    register,
};
use distarray::spmd::{DynOperation, Registry};
use ndarray::{ArrayD, IxDyn, arr2, aview1};

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

/// Normal vectors, shares, points and counts, all as float64.
fn vectors(context: &Context, letters: &str) -> Result<Vec<ArrayD<f64>>, Error> {
    let generator = &mut Generator::new(8);
    let normal = multivariate_normal(&MEAN, &arr2(&COVARIANCE))?;
    let multinomial = VectorVariate::Multinomial { trials: 1000, probabilities: SHARES.to_vec() };
    let dirichlet = VectorVariate::Dirichlet { alpha: SHARES.to_vec() };
    let arrays = [
        context.random(generator, normal, DType::Float64, ([7, 9, 3], letters))?,
        context.random(generator, dirichlet, DType::Float64, ([5, 13, 4], letters))?,
        context.random(generator, VectorVariate::UnitBall, DType::Float64, ([11, 2, 3], letters))?,
        context.random(generator, multinomial, DType::Int64, ([6, 6, 4], letters))?.astype(DType::Float64),
    ];
    arrays.iter().map(DistArray::fetch).collect()
}

const MEAN: [f64; 3] = [1.0, -2.0, 100.0];
const COVARIANCE: [[f64; 3]; 3] = [[4.0, 1.0, 0.0], [1.0, 2.0, -1.0], [0.0, -1.0, 1.0]];
const SHARES: [f64; 4] = [0.125, 0.5, 0.125, 0.25];

fn vectors_of_one_process() -> Result<Vec<ArrayD<f64>>, RandomError> {
    let generator = &mut Generator::new(8);
    Ok(vec![
        generator.multivariate_normal(&MEAN, &arr2(&COVARIANCE), &[7, 9])?,
        generator.dirichlet(&SHARES, &[5, 13])?,
        generator.unit_ball(&[11, 2])?,
        generator.multinomial(1000, &SHARES, &[6, 6])?.mapv(|count| count as f64),
    ])
}

#[test]
fn vectors_of_a_client_and_of_ranks_are_those_of_one_process() {
    let alone = vectors_of_one_process().expect("valid parameters");
    for ranks in 1..=4 {
        // The last axis too may be dealt out: components of one vector on several ranks.
        for letters in ["b", "c", "n,c(2)", "n", "n,n,c", "c,n,b"] {
            let client = Context::local(ranks).expect("engines start");
            let found = vectors(&client, letters).expect("nothing fails");
            assert_eq!(found, alone, "{letters} on {ranks} engines");
            client.close().expect("nothing failed");
            let found = threads::run(ranks, |comm| {
                let context = Context::spmd(&comm)?;
                let found = vectors(&context, letters)?;
                context.close()?;
                Ok::<_, Error>(found)
            });
            for found in found.expect("no rank fails") {
                assert_eq!(found, alone, "{letters} on {ranks} ranks");
            }
        }
    }
}

#[test]
fn vectors_that_make_no_sense_name_operation_and_value_and_take_no_stream() {
    let context = Context::local(2).expect("engines start");
    let generator = &mut Generator::new(8);
    let dirichlet = |alpha: &[f64]| VectorVariate::Dirichlet { alpha: alpha.to_vec() };
    let outcomes = [
        (
            context.random(generator, VectorVariate::UnitDisc, DType::Float64, [5, 3]),
            "shape [5, 3] for 2 components is refused",
        ),
        (
            context.random(generator, VectorVariate::UnitDisc, DType::Float64, [0; 0]),
            "shape [] for 2 components is refused",
        ),
        (
            context.random(generator, VectorVariate::UnitDisc, DType::Int64, [5, 2]),
            "dtype int64 for numbers that are float32 or float64 is refused",
        ),
        (
            context.random(generator, dirichlet(&[1.0, -0.5]), DType::Float64, [5, 2]),
            "alpha [1] -0.5 is refused",
        ),
    ];
    for (outcome, part) in outcomes {
        let message = outcome.expect_err(part).to_string();
        for part in [part, "random at", "random_arrays.rs"] {
            assert!(message.contains(part), "{message}, not {part}");
        }
    }
    assert_eq!(generator.draws(), 0);
    context.close().expect("nothing ran");
}

/// A permutation, shuffled rows, and choices with and without weights and replacement.
type Orders = (Vec<ArrayD<i64>>, ArrayD<f64>);

const WEIGHTS: [f64; 8] = [0.125, 0.0, 0.25, 0.0625, 0.0625, 0.25, 0.125, 0.125];

fn orders(context: &Context, line: &str, plane: &str) -> Result<Orders, Error> {
    let generator = &mut Generator::new(8);
    let permutation = context.permutation(generator, ([101], line))?;
    let rows = context.ramp(([4, 53], plane), Scalar::Float64(0.0), Scalar::Float64(0.5));
    let shuffled = context.shuffled(generator, &rows, -1)?;
    let weights = context.array(aview1(&WEIGHTS).into_dyn(), ([8], line));
    let integers = [
        permutation,
        context.choice(generator, 12, Replacement::With, ([6, 9], plane))?,
        context.choice(generator, 1000, Replacement::Without, ([6, 9], plane))?,
        context.weighted_choice(generator, &weights, Replacement::With, ([6, 9], plane))?,
        context.weighted_choice(generator, &weights, Replacement::Without, ([7], line))?,
    ];
    Ok((integers.iter().map(DistArray::fetch).collect::<Result<_, _>>()?, shuffled.fetch()?))
}

fn orders_of_one_process() -> Result<Orders, RandomError> {
    let generator = &mut Generator::new(8);
    let permutation = generator.permutation(101)?.into_dyn();
    let mut rows = ArrayD::from_shape_fn(IxDyn(&[4, 53]), |index| (index[0] * 53 + index[1]) as f64 * 0.5);
    generator.shuffle(&mut rows, 1)?;
    let integers = vec![
        permutation,
        generator.choice(12, &[6, 9], Replacement::With)?,
        generator.choice(1000, &[6, 9], Replacement::Without)?,
        generator.weighted_choice(&WEIGHTS, &[6, 9], Replacement::With)?,
        generator.weighted_choice(&WEIGHTS, &[7], Replacement::Without)?,
    ];
    Ok((integers, rows))
}

#[test]
fn orders_of_a_client_and_of_ranks_are_those_of_one_process() {
    let alone = orders_of_one_process().expect("valid parameters");
    for ranks in 1..=4 {
        for (line, plane) in [("b", "b,n"), ("c", "n,c"), ("c(3)", "c,b"), ("n", "n,b")] {
            let client = Context::local(ranks).expect("engines start");
            assert_eq!(
                orders(&client, line, plane).expect("nothing fails"),
                alone,
                "{plane} on {ranks} engines"
            );
            client.close().expect("nothing failed");
            let found = threads::run(ranks, |comm| {
                let context = Context::spmd(&comm)?;
                let found = orders(&context, line, plane)?;
                context.close()?;
                Ok::<_, Error>(found)
            });
            for found in found.expect("no rank fails") {
                assert_eq!(found, alone, "{plane} on {ranks} ranks");
            }
        }
    }
}

#[test]
fn orders_that_make_no_sense_name_operation_and_value_and_take_no_stream() {
    let context = Context::local(2).expect("engines start");
    let generator = &mut Generator::new(8);
    let ones = context.ones([3, 2], DType::Float64);
    let complex = context.ones([3], DType::Complex64);
    let without = Replacement::Without;
    let outcomes = [
        (context.permutation(generator, [3, 2]), ["permutation at", "layout of shape [3, 2] is refused"]),
        (context.permutation(generator, ([3], "b,b")), ["permutation at", "2"]),
        (context.shuffled(generator, &ones, 2), ["shuffled at", "axis 2 is out of bounds"]),
        (context.shuffled(generator, &ones, -3), ["shuffled at", "axis -3 is out of bounds"]),
        (context.choice(generator, 0, Replacement::With, [2]), ["choice at", "population 0 is refused"]),
        (context.choice(generator, 5, without, [6]), ["choice at", "choice of 6 from 5 is refused"]),
        (
            context.weighted_choice(generator, &ones, without, [2]),
            ["weighted_choice at", "weights of shape [3, 2]"],
        ),
        (context.weighted_choice(generator, &complex, without, [2]), ["weighted_choice at", "complex64"]),
        (
            context.weighted_choice(generator, &ones.sum(1), without, [4]),
            ["weighted_choice at", "choice of 4 from 3"],
        ),
    ];
    for (outcome, parts) in outcomes {
        let message = outcome.expect_err(parts[1]).to_string();
        for part in parts.into_iter().chain(["random_arrays.rs"]) {
            assert!(message.contains(part), "{message}, not {part}");
        }
    }
    assert_eq!(generator.draws(), 0);
    context.close().expect("nothing ran");
}

#[test]
fn wrong_weights_fail_when_they_are_looked_at_and_the_context_goes_on() {
    const CASES: [([f64; 3], &str); 3] = [
        ([0.5, 0.25, 0.0], "weights with sum 0.75 is refused"),
        ([0.75, 0.5, -0.25], "weight -0.25 at index 2 is refused"),
        ([0.5, 0.5, 0.0], "choice of 3 among 2 weights above 0 is refused"),
    ];
    let fails = |context: &Context| {
        for (weights, message) in CASES {
            let weights = context.array(aview1(&weights).into_dyn(), [3]);
            let chosen = context.weighted_choice(&mut Generator::new(8), &weights, Replacement::Without, [3]);
            let error = chosen?.fetch::<i64>().expect_err(message);
            assert!(error.to_string().contains(message), "{error}");
            let order = context.permutation(&mut Generator::new(8), [10])?;
            assert_eq!(order.sum(()).item()?, Scalar::Int64(45));
        }
        Ok::<_, Error>(())
    };
    for ranks in 1..=3 {
        let client = Context::local(ranks).expect("engines start");
        fails(&client).expect("it goes on");
        threads::run(ranks, |comm| fails(&Context::spmd(&comm)?)).expect("the ranks go on");
    }
}

#[test]
fn what_moving_thinly_dealt_arrays_costs_is_foretold() {
    for ranks in 1..=4 {
        let outcome = threads::run(ranks, |comm| {
            let context = Context::spmd(&comm)?;
            let array = context.random(&mut Generator::new(5), NORMAL, DType::Float64, ([90_001], "c"))?;
            let before = context.statistics()?;
            let explanation = context.explain()?;
            context.synchronise()?;
            let after = context.statistics()?;
            for rank in 0..ranks {
                let counted = after[rank].meter - before[rank].meter;
                let said = explanation.costs[rank];
                assert_eq!(
                    (said.messages_sent, said.bytes_sent, said.bytes_copied, explanation.peak_bytes[rank]),
                    (counted.messages_sent, counted.bytes_sent, counted.copied_bytes, after[rank].peak_bytes),
                    "rank {rank} of {ranks}\n{explanation}"
                );
                assert_eq!(said.bytes_copied > 0, ranks > 1, "rank {rank} of {ranks}\n{explanation}");
            }
            drop(array);
            Ok::<_, Error>(())
        });
        outcome.expect("no rank fails");
    }
}
