//! What the tests share: one variate of each kind, and of each path that its algorithm has.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

pub(crate) mod functions;
pub(crate) mod laws;
pub(crate) mod layout;
pub(crate) mod measures;
pub(crate) mod moments;

use distarray_core::DType::{self, Bool, Float32, Float64, Int8, Int16, Int32, Int64, UInt8, UInt32, UInt64};
use distarray_core::Element;
use distarray_random::{Generator, Kind, Variate, VectorVariate, multivariate_normal};
use ndarray::{Array2, ArrayD, arr2};

/// Variates with a dtype.
pub(crate) fn variates() -> Vec<(Variate, DType)> {
    let mut all: Vec<(Variate, DType)> = floats().into_iter().map(|variate| (variate, Float64)).collect();
    all.extend(counts().into_iter().map(|variate| (variate, Int64)));
    all.extend([
        (Variate::Uniform { low: -1.0, high: 3.0 }, Float32),
        (Variate::Normal { mean: 0.0, deviation: 1.0 }, Float32),
        (Variate::Gamma { shape_parameter: 3.0, scale: 1.0 }, Float32),
        (Variate::Bernoulli { probability: 0.3 }, Bool),
        (Variate::Integers { low: -5, high: 4 }, Int8),
        (Variate::Integers { low: -1000, high: 999 }, Int16),
        (Variate::Integers { low: 0, high: 6 }, Int32),
        (Variate::Integers { low: 0, high: 255 }, UInt8),
        (Variate::Integers { low: 0, high: (1 << 31) - 1 }, UInt32),
        // Every second word is refused.
        (Variate::Integers { low: 0, high: 1 << 63 }, UInt64),
        (Variate::Integers { low: i64::MIN as i128, high: i64::MAX as i128 }, Int64),
        (Variate::Distinct { population: 30_000 }, Int64),
        (Variate::Distinct { population: 1 << 40 }, Int64),
    ]);
    all
}

/// Floats.
pub(crate) fn floats() -> Vec<Variate> {
    vec![
        Variate::Uniform { low: 0.0, high: 1.0 },
        Variate::Uniform { low: -2.5, high: 7.25 },
        Variate::Normal { mean: 0.0, deviation: 1.0 },
        Variate::Normal { mean: 10.0, deviation: 0.5 },
        Variate::LogNormal { mean: 0.25, deviation: 0.5 },
        Variate::Exponential { scale: 2.0 },
        Variate::Cauchy { location: 1.0, scale: 2.0 },
        Variate::Laplace { location: 1.0, scale: 2.0 },
        Variate::Logistic { location: 1.0, scale: 2.0 },
        Variate::Gumbel { location: 1.0, scale: 2.0 },
        Variate::Weibull { shape_parameter: 1.5, scale: 2.0 },
        Variate::Pareto { shape_parameter: 6.0 },
        Variate::Power { shape_parameter: 2.5 },
        Variate::Rayleigh { scale: 2.0 },
        Variate::Triangular { left: -1.0, mode: 0.5, right: 3.0 },
        Variate::Gamma { shape_parameter: 2.5, scale: 2.0 },
        Variate::Gamma { shape_parameter: 0.4, scale: 1.0 },
        Variate::Beta { alpha: 2.0, beta: 3.0 },
        Variate::Beta { alpha: 0.5, beta: 0.7 },
        Variate::Beta { alpha: 0.4, beta: 3.0 },
        Variate::ChiSquare { freedom: 5.0 },
        Variate::FisherF { numerator: 5.0, denominator: 12.0 },
        Variate::StudentT { freedom: 7.0 },
        Variate::Wald { mean: 1.5, scale: 2.0 },
        Variate::Frechet { location: -1.0, shape_parameter: 7.0, scale: 2.0 },
        Variate::SkewNormal { location: 1.0, scale: 2.0, skewness: -3.0 },
        Variate::NormalInverseGaussian { alpha: 2.0, beta: 0.75 },
        Variate::Pert { left: -1.0, mode: 0.5, right: 3.0, shape_parameter: 4.0 },
        Variate::VonMises { mean: 0.5, concentration: 1.5 },
        Variate::VonMises { mean: 4.0, concentration: 1e-6 },
        Variate::VonMises { mean: -3.0, concentration: 4e6 },
        Variate::NoncentralChiSquare { freedom: 3.5, noncentrality: 2.0 },
        Variate::NoncentralChiSquare { freedom: 0.5, noncentrality: 4.0 },
        Variate::NoncentralF { numerator: 5.0, denominator: 12.0, noncentrality: 3.0 },
        Variate::FisherF { numerator: 0.15, denominator: 12.0 },
        Variate::NoncentralF { numerator: 0.15, denominator: 12.0, noncentrality: 3.0 },
    ]
}

/// Counts.
pub(crate) fn counts() -> Vec<Variate> {
    vec![
        Variate::Geometric { probability: 0.3 },
        Variate::Poisson { mean: 3.5 },
        Variate::Poisson { mean: 42.5 },
        Variate::Binomial { trials: 12, probability: 0.3 },
        Variate::Binomial { trials: 100, probability: 0.4 },
        Variate::Binomial { trials: 50, probability: 0.75 },
        Variate::NegativeBinomial { successes: 3.5, probability: 0.4 },
        Variate::Hypergeometric { good: 15, bad: 25, sample: 10 },
        Variate::Hypergeometric { good: 60, bad: 40, sample: 70 },
        Variate::Hypergeometric { good: 300, bad: 200, sample: 120 },
        Variate::Hypergeometric { good: 200, bad: 300, sample: 400 },
        Variate::Zipf { size: 60, exponent: 1.5 },
        Variate::Zipf { size: 120, exponent: 0.5 },
        Variate::Zeta { exponent: 3.5 },
        Variate::LogSeries { probability: 0.8 },
    ]
}

/// Vectors.
pub(crate) fn vectors() -> Vec<(VectorVariate, DType)> {
    let ball = arr2(&[[4.0, 1.2, -0.6], [1.2, 1.0, 0.3], [-0.6, 0.3, 0.5]]);
    // The third is the sum of the others.
    let singular = arr2(&[[1.0, 0.5, 1.5], [0.5, 2.0, 2.5], [1.5, 2.5, 4.0]]);
    let wide = Array2::from_shape_fn((11, 11), |(row, column)| 1.0 / (1.0 + row.abs_diff(column) as f64));
    let normal =
        |mean: &[f64], covariance: &Array2<f64>| multivariate_normal(mean, covariance).expect("a covariance");
    vec![
        (normal(&[1.0, -2.0, 0.5], &ball), Float64),
        (normal(&[0.0; 3], &singular), Float64),
        (normal(&[0.25; 11], &wide), Float64),
        (VectorVariate::Dirichlet { alpha: vec![2.0, 1.0, 3.5] }, Float64),
        (VectorVariate::Dirichlet { alpha: vec![0.3, 2.0, 0.05, 1.0] }, Float64),
        (VectorVariate::Dirichlet { alpha: vec![0.5, 1.0, 3.5] }, Float64),
        (VectorVariate::UnitCircle, Float64),
        (VectorVariate::UnitDisc, Float64),
        (VectorVariate::UnitSphere, Float64),
        (VectorVariate::UnitBall, Float64),
        (VectorVariate::Multinomial { trials: 12, probabilities: vec![0.2, 0.5, 0.3] }, Int64),
        (VectorVariate::Multinomial { trials: 400, probabilities: vec![0.1, 0.0, 0.25, 0.25, 0.4] }, Int64),
        (VectorVariate::MultivariateHypergeometric { colors: vec![7, 5, 9], sample: 6 }, Int64),
        (VectorVariate::MultivariateHypergeometric { colors: vec![300, 0, 500, 200], sample: 250 }, Int64),
        (normal(&[1.0, -2.0, 0.5], &ball), Float32),
        (VectorVariate::UnitSphere, Float32),
    ]
}

/// Scalars and vectors with a dtype.
pub(crate) fn kinds() -> Vec<(Kind, DType)> {
    let scalars = variates().into_iter().map(|(variate, dtype)| (Kind::from(variate), dtype));
    scalars.chain(vectors().into_iter().map(|(variate, dtype)| (Kind::from(variate), dtype))).collect()
}

/// An array of either kind on one process. `shape` is whole: its last axis is that of components.
pub(crate) fn array<T: Element>(generator: &mut Generator, kind: &Kind, shape: &[usize]) -> ArrayD<T> {
    match kind {
        Kind::Scalar(variate) => generator.array(variate, shape),
        Kind::Vector(variate) => generator.vectors(variate, &shape[..shape.len() - 1]),
    }
    .expect("valid parameters")
}
