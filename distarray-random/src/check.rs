//! Whether the parameters of random numbers make sense.

use distarray_core::DType;
use distarray_core::kernel::random::{Family, Variate};

use crate::error::RandomError;

/// The largest mean of counts: what lies around it still fits into 63 bits.
const LARGEST_MEAN: f64 = 4_611_686_018_427_387_904.0;
/// The indices below it are int64.
const LARGEST_POPULATION: u64 = 1 << 63;
/// The same for trials, which are counted.
pub(crate) const MOST_TRIALS: u64 = 1 << 62;
const MEAN: &str = "it must be between 0 and 2^62";
const POSITIVE: &str = "it must be positive and finite";
const NOT_NEGATIVE: &str = "it must be finite and not negative";
const FINITE: &str = "it must be finite";
const PROBABILITY: &str = "it must be between 0 and 1";
const CHANCE: &str = "it must be above 0 and at most 1";

/// Looks at parameters, dtype and the number of elements. **Pure.**
///
/// # Errors
/// The first parameter that makes no sense, with its value; a dtype that the variate does not have; more elements than
/// there can be.
pub fn check(variate: &Variate, dtype: DType, count: usize) -> Result<(), RandomError> {
    check_family(variate.family(), dtype)?;
    match *variate {
        Variate::Uniform { low, high } => {
            finite("low", low)?;
            finite("high", high)?;
            if dtype == DType::Float32 {
                single("low", low)?;
                single("high", high)?;
            }
            // NaN has been refused.
            if low >= high {
                return Err(RandomError::Range { low, high });
            }
            must((high - low).is_finite(), "high", high, "high - low must be finite")
        }
        Variate::Normal { mean, deviation } | Variate::LogNormal { mean, deviation } => {
            finite("mean", mean)?;
            not_negative("deviation", deviation)
        }
        Variate::Exponential { scale } | Variate::Rayleigh { scale } => not_negative("scale", scale),
        Variate::Cauchy { location, scale }
        | Variate::Laplace { location, scale }
        | Variate::Logistic { location, scale }
        | Variate::Gumbel { location, scale } => {
            finite("location", location)?;
            not_negative("scale", scale)
        }
        Variate::Weibull { shape_parameter, scale } | Variate::Gamma { shape_parameter, scale } => {
            positive("shape_parameter", shape_parameter)?;
            not_negative("scale", scale)
        }
        Variate::Pareto { shape_parameter } | Variate::Power { shape_parameter } => {
            positive("shape_parameter", shape_parameter)
        }
        Variate::Triangular { left, mode, right } => {
            for (name, value) in [("left", left), ("mode", mode), ("right", right)] {
                finite(name, value)?;
            }
            if left <= mode && mode <= right && left < right {
                return must((right - left).is_finite(), "right", right, "right - left must be finite");
            }
            Err(RandomError::Triangle { left, mode, right })
        }
        Variate::Beta { alpha, beta } => {
            moderate("alpha", alpha)?;
            moderate("beta", beta)
        }
        Variate::ChiSquare { freedom } => positive("freedom", freedom),
        Variate::StudentT { freedom } => moderate("freedom", freedom),
        Variate::FisherF { numerator, denominator } => {
            moderate("numerator", numerator)?;
            moderate("denominator", denominator)
        }
        Variate::Wald { mean, scale } => {
            squarable("mean", mean)?;
            squarable("scale", scale)
        }
        Variate::Frechet { location, shape_parameter, scale } => {
            finite("location", location)?;
            positive("shape_parameter", shape_parameter)?;
            not_negative("scale", scale)
        }
        Variate::SkewNormal { location, scale, skewness } => {
            finite("location", location)?;
            not_negative("scale", scale)?;
            finite("skewness", skewness)
        }
        Variate::NormalInverseGaussian { alpha, beta } => {
            squarable("alpha", alpha)?;
            must(beta.abs() < alpha, "beta", beta, "it must lie between -alpha and alpha")
        }
        Variate::Pert { left, mode, right, shape_parameter } => {
            check(&Variate::Triangular { left, mode, right }, dtype, count)?;
            not_negative("shape_parameter", shape_parameter)?;
            must(shape_parameter <= 1e300, "shape_parameter", shape_parameter, "it must be at most 1e300")
        }
        Variate::VonMises { mean, concentration } => {
            finite("mean", mean)?;
            not_negative("concentration", concentration)
        }
        Variate::NoncentralChiSquare { freedom, noncentrality } => {
            positive("freedom", freedom)?;
            must((0.0..=LARGEST_MEAN).contains(&noncentrality), "noncentrality", noncentrality, MEAN)
        }
        Variate::NoncentralF { numerator, denominator, noncentrality } => {
            moderate("numerator", numerator)?;
            moderate("denominator", denominator)?;
            must((0.0..=LARGEST_MEAN).contains(&noncentrality), "noncentrality", noncentrality, MEAN)
        }
        Variate::Bernoulli { probability } => between("probability", probability, PROBABILITY),
        Variate::Integers { low, high } => integers(low, high, dtype),
        Variate::Distinct { population } => distinct(population, count),
        Variate::Geometric { probability } => {
            between("probability", probability, CHANCE)?;
            must(probability > 0.0, "probability", probability, CHANCE)
        }
        Variate::Poisson { mean } => must((0.0..=LARGEST_MEAN).contains(&mean), "mean", mean, MEAN),
        Variate::Binomial { trials, probability } => {
            between("probability", probability, PROBABILITY)?;
            if trials > MOST_TRIALS {
                let value = i128::from(trials);
                return Err(RandomError::OutOfBounds { name: "trials", value, dtype });
            }
            Ok(())
        }
        Variate::NegativeBinomial { successes, probability } => {
            positive("successes", successes)?;
            between("probability", probability, CHANCE)?;
            must(probability > 0.0, "probability", probability, CHANCE)?;
            let odds = (1.0 - probability) / probability;
            // Gamma numbers of this shape stay below 16 times the shape and 64 more.
            let fits = 16.0 * odds * (successes + 64.0) <= LARGEST_MEAN;
            must(fits, "mean", successes * odds, "numbers of this mean would not stay below 2^62")
        }
        Variate::Hypergeometric { good, bad, sample } => {
            let total = u128::from(good) + u128::from(bad);
            for (name, value) in [("good", u128::from(good)), ("good + bad", total)] {
                if value > u128::from(MOST_TRIALS) {
                    let value = i128::try_from(value).unwrap_or(i128::MAX);
                    return Err(RandomError::OutOfBounds { name, value, dtype });
                }
            }
            if u128::from(sample) > total {
                return Err(RandomError::Sample { sample, total });
            }
            Ok(())
        }
        Variate::Zipf { size, exponent } => {
            if size == 0 || size > MOST_TRIALS {
                return Err(RandomError::OutOfBounds { name: "size", value: i128::from(size), dtype });
            }
            not_negative("exponent", exponent)
        }
        Variate::Zeta { exponent } => {
            finite("exponent", exponent)?;
            must(exponent > 1.0, "exponent", exponent, "it must be above 1")
        }
        Variate::LogSeries { probability } => {
            let holds = (0.0..1.0).contains(&probability);
            must(holds, "probability", probability, "it must be at least 0 and below 1")
        }
        // Core's list may grow before this one does.
        _ => Err(RandomError::DType { found: dtype, expected: "of a kind that is not offered" }),
    }
}

/// Whether numbers of a family have a dtype.
pub(crate) fn check_family(family: Family, found: DType) -> Result<(), RandomError> {
    let (fits, expected) = match family {
        Family::Float => (found.is_float(), "float32 or float64"),
        Family::Integer => (found.is_integer(), "integers"),
        Family::Count => (found == DType::Int64, "int64"),
        Family::Truth => (found == DType::Bool, "bool"),
    };
    if fits { Ok(()) } else { Err(RandomError::DType { found, expected }) }
}

/// A range with both ends included.
fn integers(low: i128, high: i128, dtype: DType) -> Result<(), RandomError> {
    if low > high {
        // As it is asked for, with the end left out.
        return Err(RandomError::IntegerRange { low, high: high.saturating_add(1) });
    }
    let Some((lowest, highest)) = dtype.integer_range() else { return Ok(()) };
    for (name, value) in [("low", low), ("high", high)] {
        if value < lowest || value > highest {
            return Err(RandomError::OutOfBounds { name, value, dtype });
        }
    }
    Ok(())
}

/// How many elements an array of this shape has.
///
/// # Errors
/// [`RandomError::Size`] beyond 2^63 - 1.
pub(crate) fn size_of_shape(shape: &[usize]) -> Result<usize, RandomError> {
    let product = |size: usize, length: &usize| size.checked_mul(*length);
    let size = if shape.contains(&0) { Some(0) } else { shape.iter().try_fold(1, product) };
    let size = size.filter(|size| i64::try_from(*size).is_ok());
    size.ok_or_else(|| RandomError::Size { shape: shape.to_vec() })
}

/// Each at most once, and all of them int64.
fn distinct(population: u64, count: usize) -> Result<(), RandomError> {
    if population > LARGEST_POPULATION {
        let value = i128::from(population);
        return Err(RandomError::OutOfBounds { name: "population", value, dtype: DType::Int64 });
    }
    let count = count as u64;
    if count <= population { Ok(()) } else { Err(RandomError::Population { count, population }) }
}

fn must(holds: bool, name: &'static str, value: f64, reason: &'static str) -> Result<(), RandomError> {
    if holds { Ok(()) } else { Err(RandomError::Parameter { name, value, reason }) }
}

fn finite(name: &'static str, value: f64) -> Result<(), RandomError> {
    must(value.is_finite(), name, value, FINITE)
}

fn not_negative(name: &'static str, value: f64) -> Result<(), RandomError> {
    must(value.is_finite() && value >= 0.0, name, value, NOT_NEGATIVE)
}

fn positive(name: &'static str, value: f64) -> Result<(), RandomError> {
    must(value.is_finite() && value > 0.0, name, value, POSITIVE)
}

/// Quotients of such numbers, and sums of some, are numbers.
fn moderate(name: &'static str, value: f64) -> Result<(), RandomError> {
    must((1e-300..=1e300).contains(&value), name, value, "it must be between 1e-300 and 1e300")
}

/// Squares and products of such numbers are numbers.
fn squarable(name: &'static str, value: f64) -> Result<(), RandomError> {
    must((1e-100..=1e100).contains(&value), name, value, "it must be between 1e-100 and 1e100")
}

fn between(name: &'static str, value: f64, reason: &'static str) -> Result<(), RandomError> {
    must((0.0..=1.0).contains(&value), name, value, reason)
}

/// The ends of a range of float32 are float32, so that rounding does not leave the range.
#[expect(clippy::cast_possible_truncation, reason = "what is lost is looked at")]
fn single(name: &'static str, value: f64) -> Result<(), RandomError> {
    must(f64::from(value as f32) == value, name, value, "it must be a float32 number")
}
