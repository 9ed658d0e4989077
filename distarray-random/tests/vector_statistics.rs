//! Random vectors are distributed as they should be: means, covariances and marginals.

mod common;

use std::f64::consts::PI;

use distarray_core::Element;
use distarray_random::{Generator, Kind, Variate, VectorVariate};

use common::functions::{lower_beta, lower_gamma, normal};
use common::laws::probability;
use common::measures::{self, DEVIATIONS, FAR, UNLIKELY, correlation, kolmogorov_smirnov, mean_misses, seed};
use common::{array, vectors};

const COUNT: usize = 100_000;

/// The components of so many vectors.
fn columns<T: Element>(number: u64, variate: &VectorVariate) -> Vec<Vec<T>> {
    let length = variate.length();
    let mut generator = Generator::new(seed(number));
    let array = array::<T>(&mut generator, &Kind::from(variate.clone()), &[COUNT, length]);
    let flat = array.as_slice().expect("in C order");
    (0..length).map(|column| flat.iter().skip(column).step_by(length).copied().collect()).collect()
}

/// Whether means and covariances are those given.
#[track_caller]
fn has_covariance(columns: &[Vec<f64>], mean: &[f64], covariance: impl Fn(usize, usize) -> f64) {
    for (row, left) in columns.iter().enumerate() {
        let misses = mean_misses(left, mean[row]);
        assert!(misses.abs() < DEVIATIONS, "mean {row}: {misses}");
        for (column, right) in columns[..=row].iter().enumerate() {
            let pairs = left.iter().zip(right);
            let products: Vec<f64> = pairs.map(|(x, y)| (x - mean[row]) * (y - mean[column])).collect();
            let misses = mean_misses(&products, covariance(row, column));
            assert!(misses.abs() < DEVIATIONS, "covariance {row}, {column}: {misses}");
        }
    }
}

#[test]
fn normal_vectors_have_their_mean_and_covariance() {
    for (number, (variate, _)) in (1000..).zip(vectors()) {
        let VectorVariate::MultivariateNormal { mean, factor } = &variate else { continue };
        let columns = columns::<f64>(number, &variate);
        let covariance = |row: usize, column: usize| -> f64 {
            factor.row(row).iter().zip(factor.row(column)).map(|(left, right)| left * right).sum()
        };
        has_covariance(&columns, mean, covariance);
        for (row, values) in columns.iter().enumerate() {
            let deviation = covariance(row, row).sqrt();
            let distance = kolmogorov_smirnov(values.clone(), |x| normal((x - mean[row]) / deviation));
            assert!(distance < FAR, "component {row}: {distance}");
        }
        // What the factor makes them of, by solving for it, has independent parts: the sum of squares shows it.
        if (0..mean.len()).any(|row| factor.row(row)[row] == 0.0) {
            continue;
        }
        let squares = (0..COUNT).map(|place| {
            let mut solved: Vec<f64> = Vec::new();
            for (row, values) in columns.iter().enumerate() {
                let entries = factor.row(row);
                let known: f64 = entries.iter().zip(&solved).map(|(entry, part)| entry * part).sum();
                solved.push((values[place] - mean[row] - known) / entries[row]);
            }
            solved.iter().map(|part| part * part).sum::<f64>()
        });
        let half = 0.5 * mean.len() as f64;
        let distance = kolmogorov_smirnov(squares.collect(), |x| lower_gamma(half, 0.5 * x));
        assert!(distance < FAR, "{distance}");
    }
}

#[test]
fn determined_components_follow_from_the_others() {
    let (variate, _) = &vectors()[1];
    let columns = columns::<f64>(1050, variate);
    for ((first, second), third) in columns[0].iter().zip(&columns[1]).zip(&columns[2]) {
        assert!((first + second - third).abs() < 1e-14, "{first} {second} {third}");
    }
}

#[test]
fn shares_are_dirichlet_distributed() {
    let tiny = VectorVariate::Dirichlet { alpha: vec![0.01, 0.02, 0.005] };
    let listed = vectors().into_iter().map(|(variate, _)| variate);
    for (number, variate) in (1100..).zip(listed.chain([tiny])) {
        let VectorVariate::Dirichlet { alpha } = &variate else { continue };
        let columns = columns::<f64>(number, &variate);
        for place in 0..COUNT {
            let sum: f64 = columns.iter().map(|values| values[place]).sum();
            assert!((sum - 1.0).abs() < 1e-15 * 4.0, "{sum}");
        }
        let all: f64 = alpha.iter().sum();
        let mean: Vec<f64> = alpha.iter().map(|shape| shape / all).collect();
        has_covariance(&columns, &mean, |row, column| {
            let own = if row == column { mean[row] } else { 0.0 };
            (own - mean[row] * mean[column]) / (all + 1.0)
        });
        for (values, shape) in columns.into_iter().zip(alpha) {
            if *shape > 0.05 {
                let distance = kolmogorov_smirnov(values, |x| lower_beta(*shape, all - shape, x));
                assert!(distance < FAR, "{variate:?}: {distance}");
            }
        }
    }
}

#[test]
fn counts_share_their_total() {
    for (number, (variate, _)) in (1200..).zip(vectors()) {
        let (total, sizes, laws): (u64, Vec<f64>, Vec<Variate>) = match &variate {
            VectorVariate::Multinomial { trials, probabilities } => {
                let law = |&probability: &f64| Variate::Binomial { trials: *trials, probability };
                (*trials, probabilities.clone(), probabilities.iter().map(law).collect())
            }
            VectorVariate::MultivariateHypergeometric { colors, sample } => {
                let all: u64 = colors.iter().sum();
                let law = |&good: &u64| Variate::Hypergeometric { good, bad: all - good, sample: *sample };
                let shares = colors.iter().map(|&count| count as f64 / all as f64);
                (*sample, shares.collect(), colors.iter().map(law).collect())
            }
            _ => continue,
        };
        let columns = columns::<i64>(number, &variate);
        for place in 0..COUNT {
            let sum: i64 = columns.iter().map(|values| values[place]).sum();
            assert_eq!(sum.cast_unsigned(), total);
        }
        // Without putting back, what is drawn once is missing later.
        let spread = match &variate {
            VectorVariate::MultivariateHypergeometric { colors, sample } => {
                let all: u64 = colors.iter().sum();
                (all - sample) as f64 / (all - 1) as f64
            }
            _ => 1.0,
        };
        let floats: Vec<Vec<f64>> =
            columns.iter().map(|values| values.iter().map(|value| *value as f64).collect()).collect();
        let mean: Vec<f64> = sizes.iter().map(|share| share * total as f64).collect();
        has_covariance(&floats, &mean, |row, column| {
            let own = if row == column { sizes[row] } else { 0.0 };
            total as f64 * spread * (own - sizes[row] * sizes[column])
        });
        for ((values, law), share) in columns.into_iter().zip(laws).zip(sizes) {
            if share == 0.0 {
                assert!(values.iter().all(|value| *value == 0));
                continue;
            }
            let chance = measures::counts(values.into_iter(), 300, |k| probability(&law, k));
            assert!(chance > UNLIKELY, "{law:?}: {chance}");
        }
    }
}

#[test]
fn directions_and_radii_are_even() {
    let even = |values: Vec<f64>| kolmogorov_smirnov(values, |x| x);
    let angles = |columns: &[Vec<f64>]| -> Vec<f64> {
        columns[0].iter().zip(&columns[1]).map(|(x, y)| 0.5 + y.atan2(*x) / (2.0 * PI)).collect()
    };
    let radii = |columns: &[Vec<f64>], power: i32| -> Vec<f64> {
        let squares = (0..COUNT).map(|place| columns.iter().map(|values| values[place].powi(2)).sum::<f64>());
        squares.map(|square| square.sqrt().powi(power)).collect()
    };
    let circle = columns::<f64>(1300, &VectorVariate::UnitCircle);
    assert!(even(angles(&circle)) < FAR);
    assert!(radii(&circle, 1).iter().all(|radius| (radius - 1.0).abs() < 4e-16));

    let disc = columns::<f64>(1301, &VectorVariate::UnitDisc);
    let (disc_angles, disc_radii) = (angles(&disc), radii(&disc, 2));
    assert!(correlation(&disc_angles, &disc_radii).abs() < DEVIATIONS);
    assert!(even(disc_angles) < FAR);
    assert!(even(disc_radii) < FAR);

    let sphere = columns::<f64>(1302, &VectorVariate::UnitSphere);
    assert!(radii(&sphere, 1).iter().all(|radius| (radius - 1.0).abs() < 4e-16));
    // Archimedes: each coordinate is even.
    for values in &sphere {
        assert!(even(values.iter().map(|x| 0.5 * (x + 1.0)).collect()) < FAR);
    }
    has_covariance(&sphere, &[0.0; 3], |row, column| if row == column { 1.0 / 3.0 } else { 0.0 });

    let ball = columns::<f64>(1303, &VectorVariate::UnitBall);
    assert!(even(radii(&ball, 3)) < FAR);
    has_covariance(&ball, &[0.0; 3], |row, column| if row == column { 0.2 } else { 0.0 });
    for values in ball {
        let distance = kolmogorov_smirnov(values, |x| 0.25 * (2.0 + 3.0 * x - x.powi(3)));
        assert!(distance < FAR, "{distance}");
    }
}
