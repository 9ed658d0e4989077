//! Permutations: all indices, in an order without any order.

mod common;

use distarray_comm::threads;
use distarray_maps::Distribution;
use distarray_random::{Generator, Shuffle, Stream, Variate, elements_from};
use distarray_spmd::{Error, LocalArray, Worker};
use ndarray::{ArrayD, Axis};
use proptest::prelude::*;

use common::layout::layout;

/// Up to so many indices a permutation is listed, beyond it is a cipher.
const LISTED: usize = 1 << 16;

fn is_permutation(order: &[i64]) -> bool {
    let mut seen = vec![false; order.len()];
    order.iter().all(|&index| {
        let place = usize::try_from(index).ok().and_then(|index| seen.get_mut(index));
        place.is_some_and(|place| !std::mem::replace(place, true))
    })
}

#[test]
fn every_index_stands_at_one_place() {
    let mut generator = Generator::new(11);
    for length in
        (0..100).chain([LISTED - 1, LISTED, LISTED + 1, 70_000, 99_999, 1 << 17, (1 << 17) + 1, 3_000_003])
    {
        let order = generator.permutation(length).expect("a valid length");
        assert!(is_permutation(&order.to_vec()), "length {length}");
    }
}

#[test]
fn any_part_of_the_largest_permutation_can_be_made() {
    let stream = Generator::new(12).draw().expect("the first stream");
    let variate = Variate::Distinct { population: 1 << 63 };
    let mut all = Vec::new();
    for first in [0, 1 << 40, (1 << 62) + 12_345, usize::MAX / 2 - 999] {
        let mut part = vec![0_i64; 1000];
        elements_from(&stream, &variate, first, &mut part).expect("places that there are");
        all.extend(part);
    }
    assert!(all.iter().all(|index| *index >= 0));
    let high = all.iter().filter(|index| **index >= 1 << 62).count();
    assert!((1800..2200).contains(&high), "{high} of 4000 in the upper half");
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 4000);
}

/// The chi-square number of counts that should be alike, in deviations from its mean.
fn chi_square(counts: &[f64], expected: &[f64], freedom: f64) -> f64 {
    let sum: f64 =
        counts.iter().zip(expected).map(|(count, expected)| (count - expected).powi(2) / expected).sum();
    (sum - freedom) / (2.0 * freedom).sqrt()
}

#[test]
fn all_orders_of_few_are_equally_likely() {
    for length in 2..=5_usize {
        let orders: usize = (1..=length).product();
        let mut counts = vec![0.0; orders];
        let mut generator = Generator::new(13);
        let draws = 1000 * orders;
        for _ in 0..draws {
            let order = generator.permutation(length).expect("a valid length");
            // Its number among the orders, by Lehmer's code.
            let number = (0..length).fold(0, |number, place| {
                let smaller = (place + 1..length).filter(|later| order[*later] < order[place]).count();
                number * (length - place) + smaller
            });
            counts[number] += 1.0;
        }
        let deviations = chi_square(&counts, &vec![1000.0; orders], (orders - 1) as f64);
        assert!(deviations.abs() < 5.0, "length {length}: {deviations} from {counts:?}");
    }
}

/// How far a table of two questions to place and index, with 32 answers each, is from chance.
fn table(order: &[i64], question: impl Fn(usize) -> (usize, usize)) -> f64 {
    const SIDE: usize = 32;
    let mut counts = vec![0.0; SIDE * SIDE];
    let (mut rows, mut columns) = ([0.0; SIDE], [0.0; SIDE]);
    for place in 0..order.len() {
        let (row, column) = question(place);
        counts[row * SIDE + column] += 1.0;
        rows[row] += 1.0;
        columns[column] += 1.0;
    }
    let total = order.len() as f64;
    let expected: Vec<f64> =
        rows.iter().flat_map(|row| columns.iter().map(move |column| row * column / total)).collect();
    chi_square(&counts, &expected, ((SIDE - 1) * (SIDE - 1)) as f64)
}

#[test]
fn places_and_neighbours_say_nothing_of_an_index() {
    for length in [LISTED / 2, LISTED + 1, 70_001, 1 << 17, 300_007, 1 << 20] {
        let mut generator = Generator::new(14);
        let mut squares = [0.0; 6];
        let rounds = 12;
        for _ in 0..rounds {
            let order = generator.permutation(length).expect("a valid length").to_vec();
            let value = |place: usize| usize::try_from(order[place % length]).expect("not negative");
            let high = |number: usize| (number as u128 * 32 / length as u128) as usize;
            let tables = [
                table(&order, |place| (high(place), high(value(place)))),
                table(&order, |place| (place % 32, value(place) % 32)),
                table(&order, |place| (high(place), value(place) % 32)),
                table(&order, |place| (place % 32, high(value(place)))),
                table(&order, |place| (high(value(place)), high(value(place + 1)))),
                table(&order, |place| (value(place) % 32, value(place + 1) % 32)),
            ];
            for (square, deviations) in squares.iter_mut().zip(tables) {
                assert!(deviations.abs() < 6.0, "length {length}: {tables:?}");
                *square += deviations * deviations;
            }
        }
        for square in squares {
            // The mean of squares of deviations is 1, with a deviation of sqrt(2 / rounds) = 0.41.
            assert!(square / f64::from(rounds) < 3.5, "length {length}: {squares:?}");
        }
    }
}

#[test]
fn as_many_indices_stay_as_by_chance() {
    let mut generator = Generator::new(15);
    for length in [1000, LISTED + 4464] {
        let rounds = 400;
        let mut fixed = 0;
        for _ in 0..rounds {
            let order = generator.permutation(length).expect("a valid length");
            fixed += order.iter().enumerate().filter(|(place, index)| *place as i64 == **index).count();
        }
        // Of Poisson's distribution with mean 400: 5 deviations of 20.
        assert!((300..500).contains(&fixed), "length {length}: {fixed} of {rounds}");
    }
}

/// Shuffling on ranks gives what shuffling in one place gives.
fn agrees(distribution: &Distribution, axis: usize, seed: u64) {
    let shape = distribution.shape();
    let size = shape.iter().product::<usize>();
    let whole = ArrayD::from_shape_vec(shape, (0..size as i64).collect()).expect("as many elements");
    let mut alone = whole.clone();
    Generator::new(seed).shuffle(&mut alone, axis).expect("an axis that there is");
    let order = Generator::new(seed).permutation(shape[axis]).expect("a valid length");
    let order: Vec<usize> =
        order.iter().map(|index| usize::try_from(*index).expect("not negative")).collect();
    assert_eq!(alone, whole.select(Axis(axis), &order));

    let gathered = threads::run(distribution.grid().max_rank() + 1, |comm| {
        let worker = Worker::new(&comm);
        let array = LocalArray::<i64>::arange(distribution, 0, 1, &worker)?;
        let shuffled = Shuffle::new(&mut Generator::new(seed), axis)?.local_array(&array)?;
        assert_eq!(shuffled.distribution(), distribution);
        shuffled.all_gather()
    });
    for array in gathered.expect("no rank fails") {
        assert_eq!(array, alone, "{distribution:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shuffling_is_the_same_in_every_layout(distribution in layout(), axis in 0_usize..2, seed in any::<u64>()) {
        agrees(&distribution, axis, seed);
    }
}

#[test]
fn copies_are_shuffled_alike() {
    for text in ["n,b", "n,n", "b,n"] {
        let layout =
            Distribution::from_spec(&[7, 5], &text.parse().expect("valid letters"), 3).expect("a layout");
        agrees(&layout, 0, 3);
        agrees(&layout, 1, 4);
        // What a reduction leaves: copies on all ranks along an axis.
        let copies = layout.reduce(&[1], true).expect("an axis that there is");
        agrees(&copies, 0, 5);
    }
}

#[test]
fn an_axis_that_is_not_there_is_refused_and_takes_no_stream() {
    let mut generator = Generator::new(1);
    let refused = generator.shuffle(&mut ArrayD::<f64>::zeros(vec![2, 3]), 2);
    assert_eq!(
        refused.expect_err("two axes only").to_string(),
        "axis 2 is out of bounds for an array of 2 dimensions"
    );
    assert_eq!(generator.draws(), 0);
    let refused = threads::run(2, |comm| {
        let worker = Worker::new(&comm);
        let rows = Distribution::block_rows(&[4, 3], worker.size())?;
        let array = LocalArray::<f64>::zeros(&rows, &worker)?;
        Ok::<_, Error>(Shuffle::new(&mut Generator::new(1), 2)?.local_array(&array).map(|_| ()))
    });
    for outcome in refused.expect("no rank fails") {
        assert_eq!(outcome, Err(Error::Axis { axis: 2, ndim: 2 }));
    }
}

#[test]
fn orders_are_what_they_have_always_been() {
    let first = |length: usize| {
        let stream: Stream = Generator::new(2026).draw().expect("the first stream");
        let mut order = vec![0_i64; 8];
        elements_from(&stream, &Variate::Distinct { population: length as u64 }, 0, &mut order)
            .expect("eight places");
        order
    };
    assert_eq!(first(8), [3, 6, 2, 7, 5, 0, 1, 4]);
    assert_eq!(first(LISTED), [16989, 31826, 29719, 14328, 9866, 31275, 26188, 23063]);
    assert_eq!(first(LISTED + 1), [3572, 17650, 19625, 12345, 5451, 7798, 6817, 21409]);
    assert_eq!(
        first(100_000_000),
        [68993376, 58549922, 15354521, 55033386, 45324237, 65815789, 51990997, 94000841]
    );
    assert_eq!(
        first(1 << 63)[..3],
        [203_907_178_027_225_878, 7_643_499_684_485_377_419, 4_372_696_840_061_625_213]
    );
}
