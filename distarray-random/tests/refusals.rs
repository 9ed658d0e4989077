//! What makes no sense is refused with the value in the message, and takes no stream.

use distarray_core::DType;
use distarray_maps::Distribution;
use distarray_random::{
    Generator, Random, RandomError, Variate, VectorVariate, check, check_vector, elements_from,
};
use ndarray::{Array2, arr2};

#[track_caller]
fn refused(variate: Variate, dtype: DType, part: &str) {
    let message = check(&variate, dtype, 1).expect_err("makes no sense").to_string();
    assert!(message.contains(part), "{message}");
    let mut generator = Generator::new(1);
    let rows = Distribution::block_rows(&[4], 2).expect("a valid shape");
    let error = Random::new(&mut generator, variate, dtype, rows).expect_err("makes no sense");
    assert!(distarray_spmd::Error::from(error).to_string().contains("refused"));
    assert_eq!(generator.draws(), 0);
}

#[test]
fn ranges_must_not_be_empty() {
    refused(Variate::Uniform { low: 2.0, high: 1.5 }, DType::Float64, "low 2 is refused");
    refused(Variate::Uniform { low: 2.0, high: 2.0 }, DType::Float64, "below high, which is 2");
    refused(Variate::Uniform { low: f64::NAN, high: 2.0 }, DType::Float64, "low NaN");
    refused(Variate::Uniform { low: f64::MIN, high: f64::MAX }, DType::Float64, "high - low");
    refused(Variate::Uniform { low: 0.1, high: 2.0 }, DType::Float32, "low 0.1 is refused");
    refused(Variate::Triangular { left: 0.0, mode: 4.0, right: 3.0 }, DType::Float64, "mode 4");
    let error = Generator::new(1).integers::<i32>(7, 7, &[3]).expect_err("no integer");
    assert_eq!(error, RandomError::IntegerRange { low: 7, high: 7 });
    assert_eq!(error.to_string(), "low 7 is refused: it must be below high, which is 7");
}

#[test]
fn scales_and_shapes_must_be_positive() {
    refused(Variate::Normal { mean: 0.0, deviation: -1.0 }, DType::Float64, "deviation -1 is refused");
    refused(Variate::Normal { mean: f64::INFINITY, deviation: 1.0 }, DType::Float64, "mean inf");
    refused(Variate::Exponential { scale: -0.5 }, DType::Float64, "scale -0.5");
    refused(Variate::Gamma { shape_parameter: 0.0, scale: 1.0 }, DType::Float64, "shape_parameter 0");
    refused(Variate::Beta { alpha: 1.0, beta: -2.0 }, DType::Float64, "beta -2");
    refused(Variate::ChiSquare { freedom: 0.0 }, DType::Float64, "freedom 0");
    refused(Variate::Wald { mean: 0.0, scale: 1.0 }, DType::Float64, "mean 0");
    refused(Variate::Poisson { mean: -3.0 }, DType::Int64, "mean -3");
    refused(Variate::Poisson { mean: 1e30 }, DType::Int64, "between 0 and 2^62");
}

#[test]
fn probabilities_must_be_probabilities() {
    refused(Variate::Bernoulli { probability: 1.5 }, DType::Bool, "probability 1.5");
    refused(Variate::Binomial { trials: 3, probability: -0.1 }, DType::Int64, "probability -0.1");
    refused(
        Variate::Binomial { trials: u64::MAX, probability: 0.1 },
        DType::Int64,
        "trials 18446744073709551615",
    );
    refused(Variate::Geometric { probability: 0.0 }, DType::Int64, "above 0");
    refused(Variate::NegativeBinomial { successes: 1.0, probability: f64::NAN }, DType::Int64, "NaN");
}

#[test]
fn what_no_algorithm_serves_is_refused() {
    let refused = |variate, part: &str| refused(variate, DType::Int64, part);
    refused(Variate::Hypergeometric { good: 3, bad: 4, sample: 8 }, "sample 8 is refused: there are 7");
    refused(Variate::Hypergeometric { good: 1 << 62, bad: 1, sample: 8 }, "good + bad 4611686018427387905");
    refused(Variate::Hypergeometric { good: u64::MAX, bad: 1, sample: 8 }, "good 18446744073709551615");
    refused(Variate::Zipf { size: 0, exponent: 1.0 }, "size 0");
    refused(Variate::Zipf { size: 10, exponent: -1.0 }, "exponent -1");
    refused(Variate::Zeta { exponent: 1.0 }, "exponent 1 is refused: it must be above 1");
    refused(Variate::Zeta { exponent: f64::NAN }, "exponent NaN");
    refused(Variate::LogSeries { probability: 1.0 }, "probability 1 is refused");
    let refused = |variate, part: &str| self::refused(variate, DType::Float64, part);
    refused(Variate::Frechet { location: 0.0, shape_parameter: 0.0, scale: 1.0 }, "shape_parameter 0");
    refused(Variate::SkewNormal { location: 0.0, scale: 1.0, skewness: f64::INFINITY }, "skewness inf");
    refused(Variate::NormalInverseGaussian { alpha: 1.0, beta: -1.0 }, "beta -1 is refused");
    refused(Variate::NormalInverseGaussian { alpha: 0.0, beta: 0.0 }, "alpha 0");
    refused(Variate::Pert { left: 0.0, mode: 4.0, right: 3.0, shape_parameter: 4.0 }, "mode 4");
    refused(Variate::Pert { left: 0.0, mode: 1.0, right: 3.0, shape_parameter: -4.0 }, "shape_parameter -4");
    refused(Variate::VonMises { mean: 0.0, concentration: -2.0 }, "concentration -2");
    refused(Variate::NoncentralChiSquare { freedom: 1.0, noncentrality: -2.0 }, "noncentrality -2");
    refused(Variate::NoncentralF { numerator: 1.0, denominator: 0.0, noncentrality: 1.0 }, "denominator 0");
}

/// As [`refused`], for vectors.
#[track_caller]
fn refused_vector(variate: VectorVariate, dtype: DType, part: &str) {
    let message = check_vector(&variate, dtype).expect_err("makes no sense").to_string();
    assert!(message.contains(part), "{message}");
    let mut generator = Generator::new(1);
    let rows = Distribution::block_rows(&[4, variate.length()], 2).expect("a valid shape");
    let error = Random::new(&mut generator, variate, dtype, rows).expect_err("makes no sense");
    assert!(distarray_spmd::Error::from(error).to_string().contains("refused"));
    assert_eq!(generator.draws(), 0);
}

#[test]
fn vectors_must_make_sense() {
    let dirichlet = |alpha: &[f64]| VectorVariate::Dirichlet { alpha: alpha.to_vec() };
    refused_vector(dirichlet(&[1.0, 0.0]), DType::Float64, "alpha[1] 0 is refused");
    refused_vector(dirichlet(&[f64::NAN, 1.0]), DType::Float64, "alpha[0] NaN");
    refused_vector(dirichlet(&[]), DType::Float64, "alpha of 0 entries");
    refused_vector(dirichlet(&[1.0, 2.0]), DType::Int64, "float32 or float64");
    let multinomial = |probabilities: &[f64]| VectorVariate::Multinomial {
        trials: 5,
        probabilities: probabilities.to_vec(),
    };
    refused_vector(multinomial(&[0.5, -0.1, 0.6]), DType::Int64, "probabilities[1] -0.1");
    refused_vector(multinomial(&[0.75, 0.5, 0.0]), DType::Int64, "sum of probabilities 1.25");
    refused_vector(multinomial(&[0.75, 0.25]), DType::Float64, "these numbers are int64");
    assert!(check_vector(&multinomial(&[0.5, 0.5 + 5e-13, 0.0]), DType::Int64).is_ok());
    let colors = |colors: &[u64], sample| VectorVariate::MultivariateHypergeometric {
        colors: colors.to_vec(),
        sample,
    };
    refused_vector(colors(&[3, 4], 8), DType::Int64, "sample 8 is refused: there are 7");
    refused_vector(colors(&[1 << 62, 4], 8), DType::Int64, "sum of colors 4611686018427387908");
    let mut generator = Generator::new(1);
    let flat = Distribution::block_rows(&[4, 5], 2).expect("a valid shape");
    let error =
        Random::new(&mut generator, VectorVariate::UnitCircle, DType::Float64, flat).expect_err("five");
    assert_eq!(error, RandomError::Components { shape: vec![4, 5], length: 2 });
}

#[test]
fn covariances_must_be_covariances() {
    let mut generator = Generator::new(1);
    let mut message = |mean: &[f64], covariance: &Array2<f64>| {
        let error = generator.multivariate_normal::<f64>(mean, covariance, &[3]).expect_err("makes no sense");
        let wrapped = distarray_spmd::Error::from(error.clone()).to_string();
        assert!(wrapped.contains("refused"), "{wrapped}");
        error.to_string()
    };
    let square = arr2(&[[1.0, 0.5], [0.25, 1.0]]);
    assert_eq!(
        message(&[0.0; 2], &square),
        "covariance[1, 0] 0.25 is refused: it must equal [0, 1], which is 0.5"
    );
    assert!(message(&[0.0; 2], &arr2(&[[1.0, 0.5, 1.0]])).contains("shape [1, 3]"));
    assert!(
        message(&[0.0; 2], &arr2(&[[1.0, 2.0], [2.0, 1.0]])).contains("component 1 has variance -3 of 1")
    );
    assert!(message(&[0.0; 2], &arr2(&[[1.0, 0.0], [0.0, -2.0]])).contains("covariance[1, 1] -2"));
    assert!(message(&[0.0; 2], &arr2(&[[f64::NAN, 0.0], [0.0, 1.0]])).contains("covariance[0, 0] NaN"));
    assert!(message(&[0.0; 3], &arr2(&[[1.0, 0.0], [0.0, 1.0]])).contains("mean of 3 entries"));
    assert!(message(&[0.0, f64::INFINITY], &arr2(&[[1.0, 0.0], [0.0, 1.0]])).contains("mean[1] inf"));
    assert_eq!(generator.draws(), 0);
}

#[test]
fn dtypes_must_fit() {
    refused(Variate::Normal { mean: 0.0, deviation: 1.0 }, DType::Int32, "int32 is refused");
    refused(Variate::Poisson { mean: 3.0 }, DType::Float64, "these numbers are int64");
    refused(Variate::Bernoulli { probability: 0.5 }, DType::Float32, "bool");
    refused(Variate::Integers { low: 0, high: 9 }, DType::Float64, "integers");
    refused(Variate::Integers { low: -1, high: 9 }, DType::UInt8, "low -1 is refused");
    refused(Variate::Integers { low: 0, high: 256 }, DType::UInt8, "high 256");
}

#[test]
fn shapes_beyond_memory_are_errors() {
    let error = Generator::new(1).uniform::<f64>(0.0, 1.0, &[1 << 40, 1 << 40]).expect_err("too large");
    assert!(error.to_string().contains("has more than 2^63 - 1 elements"), "{error}");
    let error = Generator::new(1).uniform::<f64>(0.0, 1.0, &[1 << 62]).expect_err("too large");
    assert!(error.to_string().contains("more bytes than an address can count"), "{error}");
    let mut generator = Generator::new(1);
    let error = generator.uniform::<f64>(0.0, 1.0, &[1 << 58]).expect_err("too large");
    assert!(error.to_string().contains("cannot allocate 2305843009213693952 bytes"), "{error}");
    let error = generator.unit_ball::<f64>(&[1 << 61]).expect_err("too large");
    assert!(error.to_string().contains("more bytes than an address can count"), "{error}");
    assert_eq!(generator.draws(), 0);
    assert_eq!(generator.unit_ball::<f32>(&[4, 0]).expect("nothing fits").shape(), [4, 0, 3]);
}

#[test]
fn lists_beyond_memory_are_errors() {
    let mut generator = Generator::new(1);
    let beyond = 1 << 60;
    assert!(generator.permutation(beyond).is_err());
    assert!(generator.bytes(beyond).is_err());
    assert!(generator.spawn(beyond).is_err());
    assert!(generator.weighted_choice(&[0.5, 0.5], &[beyond], distarray_random::Replacement::With).is_err());
    assert_eq!(generator, Generator::new(1));
}

#[test]
fn elements_beyond_the_stream_are_refused() {
    let stream = Generator::new(1).draw().expect("the first stream");
    let variate = Variate::Uniform { low: 0.0, high: 1.0 };
    for first in [(1 << 63) - 1, usize::MAX - 1] {
        assert!(elements_from(&stream, &variate, first, &mut [0.0; 2]).is_err());
    }
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    let tiny = Variate::NegativeBinomial { successes: 1e-3, probability: 2.3e-19 };
    refused(tiny, DType::Int64, "would not stay below 2^62");
    refused(Variate::StudentT { freedom: 5e-324 }, DType::Float64, "freedom");
}
