//! Functions whose arguments are no plain row of real numbers: those of `order`, `choice` and `vectors`, integers and
//! counts.

use super::choice::choice;
use super::draw::Draw;
use super::order::{SHUFFLE, permutation, shuffle};
use super::table::Parameter;
use super::vectors::{dirichlet, multinomial, multivariate_hypergeometric, multivariate_normal, points};
use crate::calc::CalcError;
use crate::evaluate::arguments::flag;
use crate::evaluate::value::Value;
use distarray_core::DType;
use distarray_random::{Variate, VectorVariate};

/// A function that makes its result of a call.
type Function = fn(Draw<'_>) -> Result<Value, CalcError>;

/// The functions, in alphabetical order. `unit_ball` and its kin and `zipfian` are our own, the others are NumPy's.
pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("binomial", binomial),
    ("choice", choice),
    ("dirichlet", dirichlet),
    ("hypergeometric", hypergeometric),
    ("integers", integers),
    ("multinomial", multinomial),
    ("multivariate_hypergeometric", multivariate_hypergeometric),
    ("multivariate_normal", multivariate_normal),
    ("permutation", permutation),
    (SHUFFLE, shuffle),
    ("unit_ball", |draw| points(draw, VectorVariate::UnitBall)),
    ("unit_circle", |draw| points(draw, VectorVariate::UnitCircle)),
    ("unit_disc", |draw| points(draw, VectorVariate::UnitDisc)),
    ("unit_sphere", |draw| points(draw, VectorVariate::UnitSphere)),
    ("zipfian", zipfian),
];

/// The function of a name.
pub(super) fn by_name(name: &str) -> Option<Function> {
    FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
}

/// `binomial(n, p, size=None)`.
fn binomial(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    let trials = draw.count(0, "n", "trials", 0)?;
    let probability = draw.real(1, &Parameter { name: "p", field: "probability", default: None })?;
    let size = draw.size(2)?;
    let dtype = draw.dtype(None, DType::Int64)?;
    draw.array(Variate::Binomial { trials, probability }, &size, dtype)
}

/// `hypergeometric(ngood, nbad, nsample, size=None)`.
fn hypergeometric(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    let good = draw.count(0, "ngood", "good", 0)?;
    let bad = draw.count(1, "nbad", "bad", 0)?;
    let sample = draw.count(2, "nsample", "sample", 0)?;
    let size = draw.size(3)?;
    let dtype = draw.dtype(None, DType::Int64)?;
    draw.array(Variate::Hypergeometric { good, bad, sample }, &size, dtype)
}

/// `zipfian(n, exponent, size=None)`: ranks from 1 to `n`, for `size` is the shape of the result.
fn zipfian(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    let ranks = draw.count(0, "n", "size", 1)?;
    let exponent = draw.real(1, &Parameter { name: "exponent", field: "exponent", default: None })?;
    let size = draw.size(2)?;
    let dtype = draw.dtype(None, DType::Int64)?;
    draw.array(Variate::Zipf { size: ranks, exponent }, &size, dtype)
}

/// `integers(low, high=None, size=None, dtype=int64, endpoint=False)`: with one bound, from 0 to it.
fn integers(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    let range = draw.range();
    let first = draw.arguments().required(0, &["low"])?;
    let first = draw.whole(first, "low", "low")?;
    let second = draw.arguments().optional(1, &["high"])?.filter(|(value, _)| !matches!(value, Value::None));
    let second = second.map(|high| draw.whole(high, "high", "high")).transpose()?;
    let size = draw.size(2)?;
    let dtype = draw.dtype(Some(3), DType::Int64)?;
    let endpoint = draw.arguments().optional(4, &["endpoint"])?;
    let endpoint = endpoint.map_or(Ok(false), |argument| flag(&argument))?;
    let ((low, low_place), (high, high_place)) = second.map_or(((0, range), first), |high| (first, high));
    // The library's range has both ends; a message names the end that was written.
    let last = if endpoint { high } else { high.saturating_sub(1) };
    if last < low {
        let bound = if endpoint { "must not be below" } else { "must be above" };
        return Err(CalcError::new(
            high_place,
            format!("high {high} is refused: it {bound} low, which is {low}"),
        ));
    }
    if let Some((least, most)) = dtype.integer_range().filter(|_| dtype.is_integer()) {
        for (name, value, place, fits) in
            [("low", low, low_place, low >= least), ("high", high, high_place, last <= most)]
        {
            if !fits {
                return Err(CalcError::new(
                    place,
                    format!("{name} {value} is refused: it is out of bounds for {dtype}"),
                ));
            }
        }
    }
    draw.array(Variate::Integers { low, high: last }, &size, dtype)
}
