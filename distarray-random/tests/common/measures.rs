//! Measures of how far a sample is from what it should be. Each says how likely so much is by chance, or is a number
//! of standard deviations; the bounds are those of one case in a million.

use super::functions::lower_gamma;

/// One sample in a million is beyond it, in Kolmogorov's distribution.
pub(crate) const FAR: f64 = 2.7;
/// One in a million is beyond so many standard deviations, on either side.
pub(crate) const DEVIATIONS: f64 = 4.9;
/// One in a million.
pub(crate) const UNLIKELY: f64 = 1e-6;

/// A seed: the given one, or others if `DISTARRAY_TEST_SEED` holds a number.
pub(crate) fn seed(number: u64) -> u64 {
    let shift = std::env::var("DISTARRAY_TEST_SEED").ok().and_then(|text| text.parse::<u64>().ok());
    number + shift.unwrap_or(0) * 1_000_000
}

/// The largest distance of the two distribution functions, times the root of the count.
///
/// Many values are looked at by every sixteenth: the distance may be larger by 16 over the root of the count.
pub(crate) fn kolmogorov_smirnov(mut values: Vec<f64>, function: impl Fn(f64) -> f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    let every = if values.len() > 10_000 { 16 } else { 1 };
    let distances = values.iter().enumerate().step_by(every).map(|(place, value)| {
        let expected = function(*value);
        (expected - place as f64 / count).abs().max((expected - (place as f64 + 1.0) / count).abs())
    });
    distances.fold(0.0, f64::max) * count.sqrt()
}

/// How likely it is that counts are so far from what is expected.
pub(crate) fn chi_square(found: &[f64], expected: &[f64]) -> f64 {
    let sum: f64 =
        found.iter().zip(expected).map(|(found, expected)| (found - expected).powi(2) / expected).sum();
    1.0 - lower_gamma(0.5 * (found.len() as f64 - 1.0), 0.5 * sum)
}

/// How likely it is that whole numbers below `end` are so far from their probabilities. Rare ones are taken together
/// with their neighbours.
pub(crate) fn counts(values: impl Iterator<Item = i64>, end: usize, probability: impl Fn(f64) -> f64) -> f64 {
    let (mut numbers, mut count) = (vec![0.0; end + 1], 0.0);
    for value in values {
        numbers[usize::try_from(value).expect("no number is negative").min(end)] += 1.0;
        count += 1.0;
    }
    let mut shares: Vec<f64> = (0..end).map(|k| probability(k as f64) * count).collect();
    shares.push((count - shares.iter().sum::<f64>()).max(0.0));
    let (mut found, mut expected) = (vec![0.0], vec![0.0]);
    for (number, share) in numbers.iter().zip(&shares) {
        if expected.last().is_some_and(|last| *last > 20.0) {
            found.push(0.0);
            expected.push(0.0);
        }
        *found.last_mut().expect("not empty") += number;
        *expected.last_mut().expect("not empty") += share;
    }
    if expected.len() > 1 && expected.last().is_some_and(|last| *last < 5.0) {
        let (last_found, last_expected) = (found.pop().unwrap_or(0.0), expected.pop().unwrap_or(0.0));
        *found.last_mut().expect("not empty") += last_found;
        *expected.last_mut().expect("not empty") += last_expected;
    }
    chi_square(&found, &expected)
}

/// By how many of its standard deviations the mean of values misses.
pub(crate) fn mean_misses(values: &[f64], expected: f64) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    if mean == expected { 0.0 } else { (mean - expected) / (variance / count).sqrt() }
}

/// The correlation of two samples in its standard deviations.
pub(crate) fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let count = left.len().min(right.len()) as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (a, b) = (mean(left), mean(right));
    let sums = left.iter().zip(right).fold([0.0; 3], |[ab, aa, bb], (x, y)| {
        [ab + (x - a) * (y - b), aa + (x - a).powi(2), bb + (y - b).powi(2)]
    });
    sums[0] / (sums[1] * sums[2]).sqrt() * count.sqrt()
}
