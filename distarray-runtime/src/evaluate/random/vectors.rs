//! Random vectors: their components stand along one more axis, the last, behind those of `size`.

use super::draw::Draw;
use super::table::Parameter;
use crate::calc::CalcError;
use crate::evaluate::arguments::Argument;
use crate::evaluate::value::Value;
use distarray_core::DType;
use distarray_random::{Factor, Random, RandomError, VectorVariate};

/// `multivariate_normal(mean, cov, size=None, check_valid='warn', tol=1e-8, *, method='svd')`.
///
/// All methods give the same distribution, and here the same numbers. What is no covariance is refused, whatever
/// `check_valid` is: there is no distribution to draw from.
pub(super) fn multivariate_normal(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    const TOLERANCE: f64 = Factor::TOLERANCE;
    let mean = draw.reals(0, "mean", "mean")?;
    let covariance = draw.square(1, "cov", "covariance", mean.len())?;
    let size = draw.size(2)?;
    let check = draw.arguments().optional(3, &["check_valid"])?;
    one_of(check, "check_valid", &["warn", "raise", "ignore"])?;
    let tolerance = draw.real(4, &Parameter { name: "tol", field: "tolerance", default: Some(TOLERANCE) })?;
    if tolerance != TOLERANCE {
        return Err(CalcError::new(
            draw.place_of("tol"),
            format!("tol {tolerance} is refused: here it is always {TOLERANCE:e}"),
        ));
    }
    let method = draw.arguments().keyword(&["method"])?;
    one_of(method, "method", &["svd", "eigh", "cholesky"])?;
    let order = mean.len();
    array(draw, size, order, DType::Float64, || {
        let factor = Factor::of_covariance(order, order, |row, column| covariance[row * order + column])?;
        Ok(VectorVariate::MultivariateNormal { mean, factor })
    })
}

/// `dirichlet(alpha, size=None)`.
pub(super) fn dirichlet(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    let alpha = draw.reals(0, "alpha", "alpha")?;
    let size = draw.size(1)?;
    array(draw, size, alpha.len(), DType::Float64, || Ok(VectorVariate::Dirichlet { alpha }))
}

/// `multinomial(n, pvals, size=None)`.
pub(super) fn multinomial(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    let trials = draw.count(0, "n", "trials", 0)?;
    let probabilities = draw.reals(1, "pvals", "probabilities")?;
    let size = draw.size(2)?;
    array(draw, size, probabilities.len(), DType::Int64, || {
        Ok(VectorVariate::Multinomial { trials, probabilities })
    })
}

/// `multivariate_hypergeometric(colors, nsample, size=None, method='marginals')`. Both methods give the same
/// distribution, and here the same numbers.
pub(super) fn multivariate_hypergeometric(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    let colors = draw.counts(0, "colors", "colors")?;
    let sample = draw.count(1, "nsample", "sample", 0)?;
    let size = draw.size(2)?;
    let method = draw.arguments().optional(3, &["method"])?;
    one_of(method, "method", &["marginals", "count"])?;
    array(draw, size, colors.len(), DType::Int64, || {
        Ok(VectorVariate::MultivariateHypergeometric { colors, sample })
    })
}

/// `unit_circle(size=None)` and its kin: points in the plane or in space.
pub(super) fn points(mut draw: Draw<'_>, variate: VectorVariate) -> Result<Value, CalcError> {
    let size = draw.size(0)?;
    array(draw, size, variate.length(), DType::Float64, || Ok(variate))
}

/// The array of vectors of so many components.
fn array(
    mut draw: Draw<'_>,
    mut shape: Vec<usize>,
    length: usize,
    usual: DType,
    variate: impl FnOnce() -> Result<VectorVariate, RandomError>,
) -> Result<Value, CalcError> {
    shape.push(length);
    let dtype = draw.dtype(None, usual)?;
    let layout = draw.layout(&shape)?;
    draw.call(&[], |generator| Random::new(generator, variate()?, dtype, layout)).map(Value::Array)
}

/// Looks at an argument that may be one of these texts.
fn one_of(argument: Option<Argument>, name: &str, texts: &[&str]) -> Result<(), CalcError> {
    let Some((value, place)) = argument else { return Ok(()) };
    let refused = match value {
        Value::Text(text) if texts.contains(&text.as_str()) => return Ok(()),
        Value::Text(text) => format!("{name} {text:?} is refused"),
        other => format!("{name} is {}", other.kind()),
    };
    let texts: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
    Err(CalcError::new(place, format!("{refused}: it must be one of {}", texts.join(", "))))
}
