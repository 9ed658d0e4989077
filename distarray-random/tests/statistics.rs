//! The numbers are distributed as they should be, and know nothing of each other. Seeds are fixed.

mod common;

use std::f64::consts::PI;

use distarray_core::Element;
use distarray_random::{Generator, Variate};

use common::{counts, floats};

const COUNT: usize = 200_000;

/// The logarithm of the gamma function, by Lanczos.
fn log_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (PI / (PI * x).sin()).ln() - log_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let sum = (1..9).fold(COEFFICIENTS[0], |sum, i| sum + COEFFICIENTS[i] / (x + i as f64));
    let t = x + 7.5;
    0.5 * (2.0 * PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// The regularised lower incomplete gamma function, by its series.
fn lower_gamma(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for n in 1..2000 {
        term *= x / (a + f64::from(n));
        sum += term;
        if term < sum * 1e-16 {
            break;
        }
    }
    (sum * (a * x.ln() - x - log_gamma(a)).exp()).min(1.0)
}

/// The regularised incomplete beta function, by its series in 1 - x or x.
fn lower_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - lower_beta(b, a, 1.0 - x);
    }
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for n in 0..5000 {
        let n = f64::from(n);
        term *= x * (a + b + n) / (a + 1.0 + n);
        sum += term;
        if term < sum * 1e-16 {
            break;
        }
    }
    let front = log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * x.ln() + b * (1.0 - x).ln();
    sum * front.exp()
}

fn normal(x: f64) -> f64 {
    let half = 0.5 * lower_gamma(0.5, 0.5 * x * x);
    if x < 0.0 { 0.5 - half } else { 0.5 + half }
}

/// The distribution function of a float.
fn distribution(variate: &Variate, x: f64) -> f64 {
    match *variate {
        Variate::Uniform { low, high } => (x - low) / (high - low),
        Variate::Normal { mean, deviation } => normal((x - mean) / deviation),
        Variate::LogNormal { mean, deviation } => normal((x.ln() - mean) / deviation),
        Variate::Exponential { scale } => 1.0 - (-x / scale).exp(),
        Variate::Cauchy { location, scale } => 0.5 + ((x - location) / scale).atan() / PI,
        Variate::Laplace { location, scale } => {
            let half = 0.5 * (-((x - location) / scale).abs()).exp();
            if x < location { half } else { 1.0 - half }
        }
        Variate::Logistic { location, scale } => 1.0 / (1.0 + (-(x - location) / scale).exp()),
        Variate::Gumbel { location, scale } => (-(-(x - location) / scale).exp()).exp(),
        Variate::Weibull { shape_parameter, scale } => 1.0 - (-(x / scale).powf(shape_parameter)).exp(),
        Variate::Pareto { shape_parameter } => 1.0 - (1.0 + x).powf(-shape_parameter),
        Variate::Power { shape_parameter } => x.powf(shape_parameter),
        Variate::Rayleigh { scale } => 1.0 - (-0.5 * (x / scale).powi(2)).exp(),
        Variate::Triangular { left, mode, right } if x < mode => {
            (x - left).powi(2) / ((right - left) * (mode - left))
        }
        Variate::Triangular { left, mode, right } => {
            1.0 - (right - x).powi(2) / ((right - left) * (right - mode))
        }
        Variate::Gamma { shape_parameter, scale } => lower_gamma(shape_parameter, x / scale),
        Variate::Beta { alpha, beta } => lower_beta(alpha, beta, x),
        Variate::ChiSquare { freedom } => lower_gamma(0.5 * freedom, 0.5 * x),
        Variate::FisherF { numerator, denominator } => {
            lower_beta(0.5 * numerator, 0.5 * denominator, numerator * x / (numerator * x + denominator))
        }
        Variate::StudentT { freedom } => {
            let half = 0.5 * lower_beta(0.5, 0.5 * freedom, x * x / (freedom + x * x));
            if x < 0.0 { 0.5 - half } else { 0.5 + half }
        }
        Variate::Wald { mean, scale } => {
            let root = (scale / x).sqrt();
            normal(root * (x / mean - 1.0)) + (2.0 * scale / mean).exp() * normal(-root * (x / mean + 1.0))
        }
        _ => unreachable!("counts have probabilities"),
    }
}

/// The probability of a count.
fn probability(variate: &Variate, k: f64) -> f64 {
    match *variate {
        Variate::Geometric { probability } => {
            if k < 1.0 {
                return 0.0;
            }
            (1.0 - probability).powf(k - 1.0) * probability
        }
        Variate::Poisson { mean } => (k * mean.ln() - mean - log_gamma(k + 1.0)).exp(),
        Variate::Binomial { trials, probability } => {
            let n = trials as f64;
            if k > n {
                return 0.0;
            }
            let ways = log_gamma(n + 1.0) - log_gamma(k + 1.0) - log_gamma(n - k + 1.0);
            (ways + k * probability.ln() + (n - k) * (1.0 - probability).ln()).exp()
        }
        Variate::NegativeBinomial { successes, probability } => {
            let ways = log_gamma(successes + k) - log_gamma(k + 1.0) - log_gamma(successes);
            (ways + successes * probability.ln() + k * (1.0 - probability).ln()).exp()
        }
        _ => unreachable!("floats have distribution functions"),
    }
}

fn sample<T: Element>(seed: u64, variate: &Variate) -> Vec<T> {
    let array = Generator::new(seed).array::<T>(variate, &[COUNT]).expect("valid parameters");
    array.into_raw_vec_and_offset().0
}

/// The largest distance of the two distribution functions, times the root of the count.
fn kolmogorov_smirnov(mut values: Vec<f64>, function: impl Fn(f64) -> f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    let distances = values.iter().enumerate().map(|(place, value)| {
        let expected = function(*value);
        (expected - place as f64 / count).abs().max((expected - (place as f64 + 1.0) / count).abs())
    });
    distances.fold(0.0, f64::max) * count.sqrt()
}

/// The sum of squared deviations, as so many standard deviations from what is expected of it.
fn chi_square(found: &[f64], expected: &[f64]) -> f64 {
    let sum: f64 =
        found.iter().zip(expected).map(|(found, expected)| (found - expected).powi(2) / expected).sum();
    let freedom = found.len() as f64 - 1.0;
    (sum - freedom) / (2.0 * freedom).sqrt()
}

fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let count = left.len().min(right.len()) as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (a, b) = (mean(left), mean(right));
    let sums = left.iter().zip(right).fold([0.0; 3], |[ab, aa, bb], (x, y)| {
        [ab + (x - a) * (y - b), aa + (x - a).powi(2), bb + (y - b).powi(2)]
    });
    sums[0] / (sums[1] * sums[2]).sqrt() * count.sqrt()
}

#[test]
fn floats_follow_their_distribution_functions() {
    for (seed, variate) in (100..).zip(floats()) {
        let distance = kolmogorov_smirnov(sample::<f64>(seed, &variate), |x| distribution(&variate, x));
        // One sample in a thousand is beyond 1.95.
        assert!(distance < 1.95, "{variate:?}: {distance}");
    }
}

#[test]
fn counts_follow_their_probabilities() {
    for (seed, variate) in (200..).zip(counts()) {
        let values = sample::<i64>(seed, &variate);
        let (mut found, mut expected) = (vec![0.0], vec![0.0]);
        for k in 0..200 {
            let number = values.iter().filter(|value| **value == k).count() as f64;
            let share = probability(&variate, k as f64) * COUNT as f64;
            // Rare counts are taken together with their neighbours.
            if expected.last().is_some_and(|last| *last > 20.0) {
                found.push(0.0);
                expected.push(0.0);
            }
            *found.last_mut().expect("not empty") += number;
            *expected.last_mut().expect("not empty") += share;
        }
        let rest: f64 = expected.iter().sum();
        assert!((rest / COUNT as f64 - 1.0).abs() < 1e-6, "{variate:?}: {rest}");
        if expected.last().is_some_and(|last| *last < 5.0) {
            let (last_found, last_expected) = (found.pop().unwrap_or(0.0), expected.pop().unwrap_or(0.0));
            *found.last_mut().expect("not empty") += last_found;
            *expected.last_mut().expect("not empty") += last_expected;
        }
        let deviation = chi_square(&found, &expected);
        assert!(deviation.abs() < 4.0, "{variate:?}: {deviation}");
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
        assert!(found_mean.abs() < 4.0 * (variance / count).sqrt(), "{variate:?}: {found_mean}");
        assert!((found_variance / variance - 1.0).abs() < 4.0 * (2.0 / count).sqrt(), "{variate:?}");
        let deviation = variance.sqrt();
        let distance = kolmogorov_smirnov(shifted, |x| normal((x + 0.5) / deviation));
        // Steps of size 1 in a distribution of deviation 16 shift the distance by 0.01 * sqrt(count).
        if variance > 1e6 {
            assert!(distance < 1.95, "{variate:?}: {distance}");
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
        assert!(chi_square(&found, &expected).abs() < 4.0, "{count}");
    }
    let truths = sample::<bool>(410, &Variate::Bernoulli { probability: 0.3 });
    let share = truths.iter().filter(|truth| **truth).count() as f64 / COUNT as f64;
    assert!((share - 0.3).abs() < 4.0 * (0.21 / COUNT as f64).sqrt(), "{share}");
}

#[test]
fn refused_words_leave_no_bias() {
    let values = sample::<u64>(420, &Variate::Integers { low: 0, high: 1 << 63 });
    let distance = kolmogorov_smirnov(values.iter().map(|v| *v as f64).collect(), |x| x / 2f64.powi(63));
    assert!(distance < 1.95, "{distance}");
}

#[test]
fn normal_numbers_have_the_moments_of_normal_numbers() {
    let values = sample::<f64>(500, &Variate::Normal { mean: 0.0, deviation: 1.0 });
    let moment = |power| values.iter().map(|value| value.powi(power)).sum::<f64>() / COUNT as f64;
    let bound = |variance: f64| 4.0 * (variance / COUNT as f64).sqrt();
    assert!(moment(1).abs() < bound(1.0));
    assert!((moment(2) - 1.0).abs() < bound(2.0));
    assert!(moment(3).abs() < bound(15.0));
    assert!((moment(4) - 3.0).abs() < bound(96.0));
    assert!((moment(6) - 15.0).abs() < bound(10_170.0));
}

#[test]
fn neighbours_draws_and_children_do_not_know_each_other() {
    let uniform = Variate::Uniform { low: 0.0, high: 1.0 };
    let mut generator = Generator::new(600);
    let mut make = |generator: &mut Generator| {
        generator.array::<f64>(&uniform, &[COUNT]).expect("valid parameters").into_raw_vec_and_offset().0
    };
    let first = make(&mut generator);
    // Neighbours, halves of a block, blocks, tiles, and what other ranks hold.
    for distance in [1, 2, 4, 8, 16, 128, 1024, COUNT / 2, COUNT / 4] {
        let found = correlation(&first[distance..], &first[..COUNT - distance]);
        assert!(found.abs() < 4.0, "{distance}: {found}");
    }
    let mut others = vec![make(&mut generator), make(&mut generator)];
    let mut children = generator.spawn(4).expect("children are left");
    others.extend(children.iter_mut().map(&mut make));
    let mut grandchildren = children[0].spawn(2).expect("children are left");
    others.extend(grandchildren.iter_mut().map(&mut make));
    others.push(make(&mut Generator::new(601)));
    others.push(first);
    for (place, left) in others.iter().enumerate() {
        for right in &others[..place] {
            let found = correlation(left, right);
            assert!(found.abs() < 4.0, "{place}: {found}");
        }
    }
}
