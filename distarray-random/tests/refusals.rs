//! What makes no sense is refused with the value in the message, and takes no stream.

use distarray_core::DType;
use distarray_maps::Distribution;
use distarray_random::{Generator, Random, RandomError, Variate, check};

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
}
