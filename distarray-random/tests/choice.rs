//! Choosing: as likely as the weights say, and the same on any ranks.

mod common;

use distarray_comm::threads;
use distarray_core::DType;
use distarray_maps::Distribution;
use distarray_random::{Generator, Random, RandomError, Replacement, WeightedChoice};
use distarray_spmd::{Error, LocalArray, Worker};
use proptest::prelude::*;

use common::layout::{layout, line};

use Replacement::{With, Without};

/// Weights by chance, some of them 0, that sum to 1 as floats do.
fn weights(length: usize, seed: u64) -> Vec<f64> {
    let raw = Generator::new(seed).exponential::<f64>(1.0, &[length]).expect("a valid scale");
    let raw: Vec<f64> =
        raw.iter().enumerate().map(|(index, raw)| if index % 7 == 3 { 0.0 } else { *raw }).collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|raw| raw / sum).collect()
}

/// Choices of ranks are those of one process.
fn agrees(weighted: &Distribution, chosen: &Distribution, replacement: Replacement, seed: u64) {
    let weights = weights(weighted.size(), seed);
    let alone = Generator::new(seed).weighted_choice(&weights, chosen.shape(), replacement);
    let alone = alone.expect("weights that sum to 1");
    let ranks = weighted.grid().max_rank().max(chosen.grid().max_rank()) + 1;
    let gathered = threads::run(ranks, |comm| {
        let worker = Worker::new(&comm);
        let weights = LocalArray::<f64>::from_function(weighted, &worker, |index| weights[index[0]])?;
        let choice = WeightedChoice::new(&mut Generator::new(seed), replacement, chosen.clone())?;
        choice.local_array(&weights)?.all_gather()
    });
    for array in gathered.expect("no rank fails") {
        assert_eq!(array, alone, "weights {weighted:?}, chosen {chosen:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weighted_choices_are_the_same_in_every_layout(
        weighted in (5_usize..400).prop_flat_map(line),
        chosen in layout(),
        seed in any::<u64>(),
    ) {
        agrees(&weighted, &chosen, With, seed);
    }

    #[test]
    fn and_so_are_those_without_replacement(
        (weighted, chosen) in (5_usize..400).prop_flat_map(|length| (line(length), line(length / 2))),
        seed in any::<u64>(),
    ) {
        agrees(&weighted, &chosen, Without, seed);
    }
}

#[test]
fn a_choice_without_replacement_may_have_any_shape() {
    let weighted = Distribution::from_spec(&[90], &"c".parse().expect("a letter"), 3).expect("a layout");
    for letters in ["b,c", "n,b", "c,n"] {
        let chosen =
            Distribution::from_spec(&[6, 9], &letters.parse().expect("letters"), 4).expect("a layout");
        agrees(&weighted, &chosen, Without, 8);
    }
    let scalar = Distribution::on_rank(&[], 1).expect("a layout");
    agrees(&weighted, &scalar, Without, 8);
    agrees(&weighted, &scalar, With, 8);
    let none = Distribution::block_rows(&[0], 2).expect("a layout");
    agrees(&weighted, &none, Without, 8);
    agrees(&weighted, &none, With, 8);
}

#[test]
fn weights_are_kept_to() {
    let weights = [0.5, 0.0, 0.25, 0.125, 0.0625, 0.0625, 0.0];
    let count = 160_000;
    let chosen = Generator::new(21).weighted_choice(&weights, &[count], With).expect("weights that sum to 1");
    let mut counts = [0.0; 7];
    chosen.iter().for_each(|index| counts[usize::try_from(*index).expect("not negative")] += 1.0);
    let mut chi_square = 0.0;
    for (count_of, weight) in counts.iter().zip(weights) {
        let expected = weight * count as f64;
        assert_eq!(weight == 0.0, *count_of == 0.0);
        if weight > 0.0 {
            chi_square += (count_of - expected).powi(2) / expected;
        }
    }
    // Four degrees of freedom: beyond 33 once in a million.
    assert!(chi_square < 33.0, "{chi_square}: {counts:?}");
}

#[test]
fn choices_without_replacement_are_drawn_one_after_the_other() {
    // First one, then another among the rest: twelve pairs of four.
    let weights = [0.1, 0.2, 0.3, 0.4];
    let mut generator = Generator::new(22);
    let draws = 60_000;
    let mut counts = [[0.0; 4]; 4];
    for _ in 0..draws {
        let pair = generator.weighted_choice(&weights, &[2], Without).expect("weights that sum to 1");
        counts[usize::try_from(pair[0]).expect("an index")][usize::try_from(pair[1]).expect("an index")] +=
            1.0;
    }
    let mut chi_square = 0.0;
    for first in 0..4 {
        for second in 0..4 {
            if first == second {
                assert_eq!(counts[first][second], 0.0);
                continue;
            }
            let expected = f64::from(draws) * weights[first] * weights[second] / (1.0 - weights[first]);
            chi_square += (counts[first][second] - expected).powi(2) / expected;
        }
    }
    // Eleven degrees of freedom: beyond 48 once in a million.
    assert!(chi_square < 48.0, "{chi_square}: {counts:?}");
}

#[test]
fn a_choice_without_weights_is_made_of_integers_or_of_a_permutation() {
    let with = Generator::new(23).choice(10, &[1000], With).expect("ten to choose from");
    assert_eq!(with, Generator::new(23).integers::<i64>(0, 10, &[1000]).expect("a range"));
    let without = Generator::new(23).choice(1000, &[10], Without).expect("a thousand to choose from");
    let order = Generator::new(23).permutation(1000).expect("a valid length");
    assert_eq!(without.iter().collect::<Vec<_>>(), order.iter().take(10).collect::<Vec<_>>());
}

#[test]
fn what_cannot_be_chosen_is_refused_and_takes_no_stream() {
    let mut generator = Generator::new(1);
    let refused = [
        (
            generator.choice(3, &[2, 2], Without),
            "4 elements cannot be chosen from 3 without putting any back",
        ),
        (generator.choice(0, &[1], With), "low 0 is refused: it must be below high, which is 0"),
        (generator.weighted_choice(&[0.5, 0.4], &[1], With), "the weights sum to 0.9, and must sum to 1"),
        (
            generator.weighted_choice(&[0.5, -0.5, 1.0], &[1], With),
            "weight -0.5 at index 1 is refused: it must be from 0 to 1",
        ),
        (
            generator.weighted_choice(&[0.5, f64::NAN], &[1], With),
            "weight NaN at index 1 is refused: it must be from 0 to 1",
        ),
        (
            generator.weighted_choice(&[0.5, 0.5, 0.0], &[3], Without),
            "only 2 weights are not 0, and 3 are to be chosen without putting any back",
        ),
        (
            generator.weighted_choice(&[0.5, 0.5], &[3], Without),
            "3 elements cannot be chosen from 2 without putting any back",
        ),
        (generator.weighted_choice(&[], &[1], With), "the weights sum to 0, and must sum to 1"),
        (
            generator.choice(5, &[1 << 40, 1 << 40], With),
            "an array of shape [1099511627776, 1099511627776] has more than 2^63 - 1 elements",
        ),
    ];
    for (outcome, message) in refused {
        assert_eq!(outcome.map_err(|error| error.to_string()), Err(message.to_owned()));
    }
    assert_eq!(generator.draws(), 0);
    let none = generator.choice(3, &[0, 4], Without).expect("nothing to choose");
    assert_eq!(none.shape(), [0, 4]);
}

#[test]
fn ranks_agree_on_weights_that_make_no_sense() {
    let refused = |weights: &[f64], count: usize, replacement: Replacement| {
        let length = weights.len();
        let errors = threads::run(3, |comm| {
            let worker = Worker::new(&comm);
            let lie = Distribution::from_spec(&[length], &"c".parse()?, worker.size())?;
            let array = LocalArray::<f64>::from_function(&lie, &worker, |index| weights[index[0]])?;
            let chosen = Distribution::block_rows(&[count], worker.size())?;
            let choice = WeightedChoice::new(&mut Generator::new(1), replacement, chosen)?;
            Ok::<_, Error>(choice.local_array(&array).map(|_| ()).map_err(|error| error.to_string()))
        });
        let mut errors = errors.expect("no rank fails");
        errors.dedup();
        assert_eq!(errors.len(), 1, "{errors:?}");
        errors.remove(0).expect_err("weights that make no sense")
    };
    assert_eq!(
        refused(&[0.25, 0.25, 0.25, 0.25, -0.25], 2, With),
        "weighted_choice failed on rank 2: weight -0.25 at index 4 is refused: it must be from 0 to 1"
    );
    assert_eq!(refused(&[0.25; 5], 2, With), "weights with sum 1.25 is refused: probabilities must sum to 1");
    assert_eq!(
        refused(&[0.5, 0.0, 0.5, 0.0], 3, Without),
        "choice of 3 among 2 weights above 0 is refused: nothing is put back"
    );
    assert_eq!(refused(&[0.5, 0.5], 3, Without), "choice of 3 from 2 is refused: nothing is put back");
}

#[test]
fn more_than_there_are_is_refused_when_the_choice_is_written_down() {
    let rows = Distribution::block_rows(&[4], 1).expect("a layout");
    let refused = Random::new(&mut Generator::new(1), Without.variate(3, 4), DType::Int64, rows);
    assert_eq!(refused, Err(RandomError::Population { count: 4, population: 3 }));
}

#[test]
fn choices_are_what_they_have_always_been() {
    let choose = |replacement| {
        let weights = [0.05, 0.1, 0.15, 0.2, 0.25, 0.25];
        let chosen = Generator::new(2026).weighted_choice(&weights, &[6], replacement);
        chosen.expect("weights that sum to 1").into_raw_vec_and_offset().0
    };
    assert_eq!(choose(With), [1, 4, 1, 2, 2, 5]);
    assert_eq!(choose(Without), [5, 4, 3, 0, 1, 2]);
}

#[test]
fn weights_in_single_precision_sum_to_one_as_far_as_they_can() {
    let chosen = threads::run(2, |comm| {
        let worker = Worker::new(&comm);
        let rows = Distribution::block_rows(&[3], worker.size())?;
        let third = LocalArray::<f32>::full(&rows, 1.0 / 3.0, &worker)?;
        let chosen = Distribution::block_rows(&[300], worker.size())?;
        WeightedChoice::new(&mut Generator::new(1), With, chosen)?.local_array(&third)?.all_gather()
    });
    for array in chosen.expect("no rank fails") {
        assert!((0..3).all(|index| array.iter().filter(|chosen| **chosen == index).count() > 60));
    }
}

#[test]
fn of_nothing_nothing_is_chosen() {
    assert_eq!(Generator::new(1).choice(0, &[0], With).expect("nothing to choose").len(), 0);
}
