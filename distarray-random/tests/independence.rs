//! Neighbours, ranks, draws and children know nothing of each other.

mod common;

use distarray_random::{Generator, Variate};

use common::measures::{DEVIATIONS, UNLIKELY, chi_square, correlation, seed};

const COUNT: usize = 200_000;

#[test]
fn neighbours_draws_and_children_do_not_know_each_other() {
    let uniform = Variate::Uniform { low: 0.0, high: 1.0 };
    let mut generator = Generator::new(seed(600));
    let mut make = |generator: &mut Generator| {
        generator.array::<f64>(&uniform, &[COUNT]).expect("valid parameters").into_raw_vec_and_offset().0
    };
    let first = make(&mut generator);
    // Neighbours, halves of a block, blocks, tiles, and what other ranks hold.
    for distance in [1, 2, 4, 8, 16, 128, 1024, COUNT / 2, COUNT / 4] {
        let found = correlation(&first[distance..], &first[..COUNT - distance]);
        assert!(found.abs() < DEVIATIONS, "{distance}: {found}");
    }
    let mut others = vec![make(&mut generator), make(&mut generator)];
    let mut children = generator.spawn(4).expect("children are left");
    others.extend(children.iter_mut().map(&mut make));
    let mut grandchildren = children[0].spawn(2).expect("children are left");
    others.extend(grandchildren.iter_mut().map(&mut make));
    others.push(make(&mut Generator::new(seed(601))));
    others.push(first);
    for (place, left) in others.iter().enumerate() {
        for right in &others[..place] {
            let found = correlation(left, right);
            assert!(found.abs() < DEVIATIONS, "{place}: {found}");
        }
    }
}

#[test]
fn what_ranks_hold_is_not_correlated() {
    let normal = Variate::Normal { mean: 0.0, deviation: 1.0 };
    let mut generator = Generator::new(seed(610));
    let whole = generator.array::<f64>(&normal, &[8, COUNT / 8]).expect("valid parameters");
    let part = |ranks: usize, rank: usize, cyclic: bool| -> Vec<f64> {
        let flat = whole.as_slice().expect("in C order");
        let length = flat.len() / ranks;
        if cyclic {
            flat.iter().skip(rank).step_by(ranks).copied().take(length).collect()
        } else {
            flat[rank * length..(rank + 1) * length].to_vec()
        }
    };
    for ranks in [2, 3, 4, 7, 8] {
        for cyclic in [false, true] {
            for left in 0..ranks {
                for right in 0..left {
                    let found = correlation(&part(ranks, left, cyclic), &part(ranks, right, cyclic));
                    assert!(found.abs() < DEVIATIONS, "{left} and {right} of {ranks}: {found}");
                }
            }
        }
    }
}

/// How likely it is that the numbers below 2^`bits` are so uneven.
fn evenness(numbers: impl Iterator<Item = u64>, bits: u32) -> f64 {
    let mut found = vec![0.0; 1 << bits];
    let mut count = 0.0;
    for number in numbers {
        found[usize::try_from(number).expect("small")] += 1.0;
        count += 1.0;
    }
    chi_square(&found, &vec![count / found.len() as f64; found.len()])
}

#[test]
fn high_and_low_bits_of_integers_are_even() {
    let all = Variate::Integers { low: 0, high: i128::from(u64::MAX) };
    // Neither a power of two, so that every word is multiplied.
    let odd = Variate::Integers { low: 0, high: 3 * (1 << 60) - 1 };
    for (number, variate, top) in [(620, all, 64), (621, odd, 60)] {
        let mut generator = Generator::new(seed(number));
        let values = generator.array::<u64>(&variate, &[COUNT]).expect("valid parameters");
        for shift in [0, 1, 8, 20, 32, 45, top - 8] {
            let chance = evenness(values.iter().map(|value| (value >> shift) & 0xff), 8);
            assert!(chance > UNLIKELY, "{variate:?}, bits from {shift} on: {chance}");
        }
        // Pairs of neighbours by their lowest and by their highest four bits.
        for shift in [0, top - 4] {
            let flat = values.as_slice().expect("in C order");
            let pairs = flat.as_chunks::<2>().0.iter();
            let pairs = pairs.map(|[a, b]| (((a >> shift) & 15) << 4) | ((b >> shift) & 15));
            let chance = evenness(pairs, 8);
            assert!(chance > UNLIKELY, "{variate:?}, pairs of bits from {shift} on: {chance}");
        }
    }
}

#[test]
fn children_begin_as_differently_as_chance_has_it() {
    let mut parent = Generator::new(seed(630));
    let mut children = parent.spawn(20_000).expect("children are left");
    let uniform = Variate::Uniform { low: 0.0, high: 1.0 };
    let firsts: Vec<[f64; 2]> = children
        .iter_mut()
        .map(|child| {
            let mut pair = [0.0; 2];
            child.fill(&uniform, &mut pair).expect("valid parameters");
            pair
        })
        .collect();
    let column = |place: usize| -> Vec<f64> { firsts.iter().map(|pair| pair[place]).collect() };
    let (first, second) = (column(0), column(1));
    let whole = parent.array::<f64>(&uniform, &[20_001]).expect("valid parameters");
    let parents = whole.as_slice().expect("in C order");
    assert!(correlation(&first[1..], &first[..19_999]).abs() < DEVIATIONS);
    assert!(correlation(&first, &second).abs() < DEVIATIONS);
    assert!(correlation(&first, &parents[..20_000]).abs() < DEVIATIONS);
    assert!(correlation(&first, &parents[1..]).abs() < DEVIATIONS);
    // The first eight bits of the words.
    #[expect(clippy::cast_possible_truncation, reason = "below 256")]
    let chance = evenness(first.iter().map(|value| (value * 256.0) as u64), 8);
    assert!(chance > UNLIKELY, "{chance}");
}
