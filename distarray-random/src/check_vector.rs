//! Whether the parameters of random vectors make sense.

use distarray_core::DType;
use distarray_core::kernel::random::VectorVariate;

use crate::check::{MOST_TRIALS, check_family};
use crate::error::RandomError;

/// How much above 1 the sum of probabilities may be, as in NumPy.
const ROUNDING: f64 = 1e-12;
const PROBABILITY: &str = "it must be between 0 and 1";
const SUM: &str = "all probabilities but the last must sum up to at most 1";
const FINITE: &str = "it must be finite";
const ALPHA: &str = "it must be between 1e-300 and 1e300";

/// Looks at parameters and dtype of random vectors. **Pure.**
///
/// The sum of a multinomial's probabilities without the last may be above 1 by 1e-12; the last is what the others leave.
///
/// # Errors
/// The first parameter that makes no sense, with its value; a dtype that the variate does not have.
pub fn check_vector(variate: &VectorVariate, dtype: DType) -> Result<(), RandomError> {
    check_family(variate.family(), dtype)?;
    match variate {
        VectorVariate::MultivariateNormal { mean, factor } => {
            some("mean", mean.len())?;
            if mean.len() != factor.order() {
                let (found, expected) = (mean.len(), factor.order());
                return Err(RandomError::Entries { name: "mean", found, expected });
            }
            entries("mean", mean, f64::is_finite, FINITE)?;
            if factor.is_sound() {
                return Ok(());
            }
            // Only one that was sent or saved, and changed on the way.
            let value = f64::NAN;
            Err(RandomError::Parameter {
                name: "factor",
                value,
                reason: "its entries must be there and finite",
            })
        }
        VectorVariate::Dirichlet { alpha } => {
            some("alpha", alpha.len())?;
            entries("alpha", alpha, |value| (1e-300..=1e300).contains(&value), ALPHA)
        }
        VectorVariate::Multinomial { trials, probabilities } => {
            some("probabilities", probabilities.len())?;
            if *trials > MOST_TRIALS {
                return Err(RandomError::OutOfBounds { name: "trials", value: i128::from(*trials), dtype });
            }
            entries("probabilities", probabilities, |value| (0.0..=1.0).contains(&value), PROBABILITY)?;
            let sum: f64 = probabilities[..probabilities.len() - 1].iter().sum();
            if sum > 1.0 + ROUNDING {
                return Err(RandomError::Parameter { name: "sum of probabilities", value: sum, reason: SUM });
            }
            Ok(())
        }
        VectorVariate::MultivariateHypergeometric { colors, sample } => {
            some("colors", colors.len())?;
            let total: u128 = colors.iter().map(|&count| u128::from(count)).sum();
            if total > u128::from(MOST_TRIALS) {
                let value = i128::try_from(total).unwrap_or(i128::MAX);
                return Err(RandomError::OutOfBounds { name: "sum of colors", value, dtype });
            }
            if u128::from(*sample) > total {
                return Err(RandomError::Sample { sample: *sample, total });
            }
            Ok(())
        }
        VectorVariate::UnitCircle
        | VectorVariate::UnitDisc
        | VectorVariate::UnitSphere
        | VectorVariate::UnitBall => Ok(()),
        // Core's list may grow before this one does.
        _ => Err(RandomError::DType { found: dtype, expected: "of a kind that is not offered" }),
    }
}

/// Vectors have components.
fn some(name: &'static str, found: usize) -> Result<(), RandomError> {
    if found > 0 { Ok(()) } else { Err(RandomError::Entries { name, found, expected: 1 }) }
}

/// The first entry that is not as it must be.
fn entries(
    name: &'static str,
    values: &[f64],
    holds: impl Fn(f64) -> bool,
    reason: &'static str,
) -> Result<(), RandomError> {
    match values.iter().position(|&value| !holds(value)) {
        None => Ok(()),
        Some(index) => Err(RandomError::Entry { name, index, value: values[index], reason }),
    }
}
