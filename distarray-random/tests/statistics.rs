//! The numbers are distributed as they should be. Seeds are fixed, and any others do too: see [`seed`].

mod common;

use distarray_core::Element;
use distarray_random::{Generator, Variate};

use common::functions::{normal, simpson};
use common::laws::{law, probability};
use common::measures::{DEVIATIONS, FAR, UNLIKELY, chi_square, kolmogorov_smirnov, mean_misses, seed};
use common::moments::{is_light, moments};
use common::{counts, floats, measures};

const COUNT: usize = 200_000;

fn sample<T: Element>(number: u64, variate: &Variate) -> Vec<T> {
    let array = Generator::new(seed(number)).array::<T>(variate, &[COUNT]).expect("valid parameters");
    array.into_raw_vec_and_offset().0
}

#[test]
fn floats_follow_their_distribution_functions() {
    for (seed, variate) in (100..).zip(floats()) {
        let distance = kolmogorov_smirnov(sample::<f64>(seed, &variate), law(variate));
        assert!(distance < FAR, "{variate:?}: {distance}");
    }
}

#[test]
fn counts_follow_their_probabilities() {
    for (seed, variate) in (200..).zip(counts()) {
        let values = sample::<i64>(seed, &variate).into_iter();
        let chance = measures::counts(values, 300, |k| probability(&variate, k));
        assert!(chance > UNLIKELY, "{variate:?}: {chance}");
    }
}

/// How far mean and variance of a sample are from the textbook's.
fn has_moments(variate: &Variate, values: &[f64]) {
    let Some((mean, variance)) = moments(variate) else { return };
    let misses = mean_misses(values, mean);
    assert!(misses.abs() < DEVIATIONS, "{variate:?}: mean {misses}");
    if is_light(variate) {
        let squares: Vec<f64> = values.iter().map(|value| (value - mean).powi(2)).collect();
        let misses = mean_misses(&squares, variance);
        assert!(misses.abs() < DEVIATIONS, "{variate:?}: variance {misses}");
    }
}

#[test]
fn all_have_the_mean_and_the_variance_of_textbooks() {
    for (seed, variate) in (700..).zip(floats()) {
        has_moments(&variate, &sample::<f64>(seed, &variate));
    }
    for (seed, variate) in (800..).zip(counts()) {
        let values: Vec<f64> = sample::<i64>(seed, &variate).iter().map(|value| *value as f64).collect();
        has_moments(&variate, &values);
    }
}

#[test]
fn angles_have_their_mean_direction() {
    for (number, (mean, concentration)) in (900..).zip([(0.5, 1.5), (3.0, 0.2), (-2.0, 40.0), (1.0, 9e5)]) {
        let values = sample::<f64>(number, &Variate::VonMises { mean, concentration });
        let weight = |x: f64| (concentration * (x.cos() - 1.0)).exp();
        let width = (12.0 / f64::sqrt(concentration)).min(std::f64::consts::PI);
        let length =
            simpson(-width, width, 2000, |x| x.cos() * weight(x)) / simpson(-width, width, 2000, weight);
        let cosines: Vec<f64> = values.iter().map(|x| (x - mean).cos()).collect();
        let sines: Vec<f64> = values.iter().map(|x| (x - mean).sin()).collect();
        assert!(mean_misses(&cosines, length).abs() < DEVIATIONS, "{concentration}");
        assert!(mean_misses(&sines, 0.0).abs() < DEVIATIONS, "{concentration}");
        assert!(values.iter().all(|x| x.abs() <= std::f64::consts::PI));
    }
}

#[test]
fn large_counts_have_their_moments() {
    let cases = [
        (Variate::Poisson { mean: 1e12 }, 1e12, 1e12),
        (Variate::Binomial { trials: 1 << 50, probability: 0.25 }, 2f64.powi(48), 2f64.powi(48) * 0.75),
        (Variate::Binomial { trials: 1000, probability: 0.5 }, 500.0, 250.0),
    ];
    for (seed, (variate, mean, variance)) in (300..).zip(cases) {
        let values = sample::<i64>(seed, &variate);
        let shifted: Vec<f64> = values.iter().map(|value| *value as f64 - mean).collect();
        let count = COUNT as f64;
        let found_mean = shifted.iter().sum::<f64>() / count;
        let found_variance = shifted.iter().map(|value| value * value).sum::<f64>() / count;
        assert!(found_mean.abs() < DEVIATIONS * (variance / count).sqrt(), "{variate:?}: {found_mean}");
        assert!((found_variance / variance - 1.0).abs() < DEVIATIONS * (2.0 / count).sqrt(), "{variate:?}");
        let deviation = variance.sqrt();
        let distance = kolmogorov_smirnov(shifted, |x| normal((x + 0.5) / deviation));
        // Steps of size 1 in a distribution of deviation 16 shift the distance by 0.01 * sqrt(count).
        if variance > 1e6 {
            assert!(distance < FAR, "{variate:?}: {distance}");
        }
    }
}

#[test]
fn integers_are_equally_likely() {
    for (seed, count) in (400..).zip([2_u64, 3, 7, 10, 64, 1000]) {
        let values = sample::<u64>(seed, &Variate::Integers { low: 0, high: i128::from(count) - 1 });
        let mut found = vec![0.0; usize::try_from(count).expect("small")];
        for value in values {
            found[usize::try_from(value).expect("small")] += 1.0;
        }
        let expected = vec![COUNT as f64 / count as f64; found.len()];
        assert!(chi_square(&found, &expected) > UNLIKELY, "{count}");
    }
    let truths = sample::<bool>(410, &Variate::Bernoulli { probability: 0.3 });
    let share = truths.iter().filter(|truth| **truth).count() as f64 / COUNT as f64;
    assert!((share - 0.3).abs() < DEVIATIONS * (0.21 / COUNT as f64).sqrt(), "{share}");
}

#[test]
fn refused_words_leave_no_bias() {
    let values = sample::<u64>(420, &Variate::Integers { low: 0, high: 1 << 63 });
    let distance = kolmogorov_smirnov(values.iter().map(|v| *v as f64).collect(), |x| x / 2f64.powi(63));
    assert!(distance < FAR, "{distance}");
}

#[test]
fn normal_numbers_have_the_moments_of_normal_numbers() {
    let values = sample::<f64>(500, &Variate::Normal { mean: 0.0, deviation: 1.0 });
    let moment = |power| values.iter().map(|value| value.powi(power)).sum::<f64>() / COUNT as f64;
    let bound = |variance: f64| DEVIATIONS * (variance / COUNT as f64).sqrt();
    assert!(moment(1).abs() < bound(1.0));
    assert!((moment(2) - 1.0).abs() < bound(2.0));
    assert!(moment(3).abs() < bound(15.0));
    assert!((moment(4) - 3.0).abs() < bound(96.0));
    assert!((moment(6) - 15.0).abs() < bound(10_170.0));
}
