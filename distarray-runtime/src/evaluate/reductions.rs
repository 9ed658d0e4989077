//! Reductions by NumPy's names: `sum`, `mean(axis=..)` and their kin.

#[cfg(test)]
mod tests;

use crate::calc::CalcError;
use crate::evaluate::arguments::{Argument, Arguments, axes, dtype, flag, integer, size};
use crate::evaluate::create::given_array;
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, at, checked};
use distarray_core::kernel::scan::Scan;
use distarray_core::{Reduction, Scalar, Weak};
use distarray_lazy::{DistArray, Norm, ReduceOptions};

/// The name of NumPy's module of linear algebra.
pub(crate) const MODULE: &str = "linalg";

/// The reduction of a name, with NumPy's usual parameters.
pub(crate) fn by_name(name: &str) -> Option<Reduction> {
    Some(match name {
        "sum" => Reduction::Sum,
        "prod" => Reduction::Prod,
        "min" | "amin" => Reduction::Min,
        "max" | "amax" => Reduction::Max,
        "mean" => Reduction::Mean,
        "var" => Reduction::Var { ddof: 0 },
        "std" => Reduction::Std { ddof: 0 },
        "argmin" => Reduction::ArgMin,
        "argmax" => Reduction::ArgMax,
        "any" => Reduction::Any,
        "all" => Reduction::All,
        "count_nonzero" => Reduction::CountNonzero,
        _ => return None,
    })
}

/// Whether a function of this name is one of them or made of them.
pub(crate) fn is_one(name: &str) -> bool {
    by_name(name.strip_prefix("nan").unwrap_or(name)).is_some()
        || matches!(name, "ptp" | "average" | "norm" | "linalg.norm" | "diff")
        || scan(name).is_some()
}

/// The scan of a name.
fn scan(name: &str) -> Option<Scan> {
    Some(match name {
        "cumsum" | "cumulative_sum" | "nancumsum" => Scan::Sum,
        "cumprod" | "cumulative_prod" | "nancumprod" => Scan::Prod,
        "minimum.accumulate" => Scan::Min,
        "maximum.accumulate" => Scan::Max,
        _ => return None,
    })
}

/// Those that are methods of arrays too.
pub(crate) fn is_method(name: &str) -> bool {
    by_name(name).is_some() || matches!(name, "cumsum" | "cumprod")
}

/// Calls one of them.
///
/// # Errors
/// Wrong arguments, and what the library refuses.
pub(crate) fn call(
    surroundings: &Surroundings,
    name: &str,
    mut arguments: Arguments,
) -> Result<Value, CalcError> {
    let range = arguments.range();
    let array = given_array(surroundings, arguments.required(0, &["a", "x", "arr"])?)?;
    let result = match name {
        "ptp" => {
            let axes = axes(arguments.optional(1, &["axis"])?)?;
            array.ptp(axes, keepdims(&mut arguments)?)
        }
        "average" => return average(surroundings, &array, arguments),
        "norm" | "linalg.norm" => {
            let order = arguments.optional(1, &["ord"])?.filter(|(value, _)| !matches!(value, Value::None));
            let axes = axes(arguments.optional(2, &["axis"])?)?;
            array.norm(order.map_or(Ok(Norm::Euclidean), norm)?, axes, keepdims(&mut arguments)?)
        }
        "diff" => {
            let count = arguments.optional(1, &["n"])?.map_or(Ok(1), |argument| size(&argument))?;
            let axis = arguments.optional(2, &["axis"])?.map_or(Ok(-1), |argument| integer(&argument))?;
            array.diff(count, isize::try_from(axis).unwrap_or(isize::MAX))
        }
        _ if scan(name).is_some() => cumulated(&array, name, &mut arguments)?,
        _ => match (by_name(name), name.strip_prefix("nan").and_then(by_name)) {
            (Some(reduction), _) => plain(surroundings, &array, reduction, &mut arguments)?,
            (_, Some(reduction)) => {
                let axes = axes(arguments.optional(1, &["axis"])?)?;
                let reduction = with_ddof(reduction, &mut arguments)?;
                array.nan_reduce(reduction, axes, keepdims(&mut arguments)?)
            }
            _ => return Err(CalcError::new(range, format!("{name}() is no reduction"))),
        },
    };
    arguments.finish()?;
    checked(result, range)
}

/// A cumulative sum and its kin.
fn cumulated(array: &DistArray, name: &str, arguments: &mut Arguments) -> Result<DistArray, CalcError> {
    let Some(scan) = scan(name) else { return Ok(array.clone()) };
    let axis = match arguments.optional(1, &["axis"])? {
        None if name.ends_with(".accumulate") => Some(0),
        None | Some((Value::None, _)) => None,
        Some(argument) => Some(isize::try_from(integer(&argument)?).unwrap_or(isize::MAX)),
    };
    let wanted = arguments.optional(2, &["dtype"])?.filter(|(value, _)| !matches!(value, Value::None));
    let wanted = wanted.map(|argument| dtype(&argument)).transpose()?;
    let array = wanted.map_or_else(|| array.clone(), |dtype| array.astype(dtype));
    let neutral = if scan == Scan::Prod { 1.0 } else { 0.0 };
    let array = if name.starts_with("nan") { array.with_numbers_for_nan(neutral) } else { array };
    let result = array.cumulate(scan, axis);
    Ok(wanted.map_or_else(|| result.clone(), |dtype| result.astype(dtype)))
}

/// A reduction with NumPy's parameters, and whether its bits shall not depend on the ranks.
fn plain(
    surroundings: &Surroundings,
    array: &DistArray,
    reduction: Reduction,
    arguments: &mut Arguments,
) -> Result<DistArray, CalcError> {
    let axes = axes(arguments.optional(1, &["axis"])?)?;
    if let Some((_, place)) = arguments.keyword(&["out"])? {
        let message = format!("{}() does not take out= here", arguments.function());
        return Err(CalcError::new(place, message));
    }
    let is_given = |argument: &Argument| !matches!(argument.0, Value::None);
    let mut options = ReduceOptions::new();
    if keepdims(arguments)? {
        options = options.keepdims();
    }
    if let Some(argument) = arguments.keyword(&["dtype"])?.filter(is_given) {
        options = options.dtype(dtype(&argument)?);
    }
    if let Some(argument) = arguments.keyword(&["where"])? {
        options = options.of(&given_array(surroundings, argument)?);
    }
    if let Some((value, place)) = arguments.keyword(&["initial"])? {
        options = options.initial(value.operand(place)?);
    }
    if let Some(argument) = arguments.keyword(&["reproducible"])?
        && flag(&argument)?
    {
        options = options.reproducible();
    }
    let reduction = with_ddof(reduction, arguments)?;
    Ok(array.reduce_with(reduction, axes, &options))
}

fn average(
    surroundings: &Surroundings,
    array: &DistArray,
    mut arguments: Arguments,
) -> Result<Value, CalcError> {
    let range = arguments.range();
    let axes = axes(arguments.optional(1, &["axis"])?)?;
    let weights = arguments.optional(2, &["weights"])?.filter(|(value, _)| !matches!(value, Value::None));
    let with_total = arguments.optional(3, &["returned"])?.map_or(Ok(false), |argument| flag(&argument))?;
    let keepdims = keepdims(&mut arguments)?;
    arguments.finish()?;
    let weights = match weights {
        Some(weights) => given_array(surroundings, weights)?,
        None => array.full_like(Scalar::Int64(1), None),
    };
    let (mean, total) = array.average(&weights, axes, keepdims).map_err(|error| at(range, &error))?;
    if !with_total {
        return checked(mean, range);
    }
    let total = total.broadcast_to(mean.shape());
    Ok(Value::Tuple([mean, total].into_iter().map(Value::Array).collect()))
}

fn norm((value, range): Argument) -> Result<Norm, CalcError> {
    Ok(match &value {
        Value::Text(name) if name == "fro" => Norm::Euclidean,
        Value::Text(name) => {
            return Err(CalcError::new(
                range,
                format!("Invalid norm order '{name}': fro, numbers and infinities are there"),
            ));
        }
        Value::Number(Weak::Int(order)) => Norm::Order(*order as f64),
        Value::Number(Weak::Float(order)) => Norm::Order(*order),
        other => {
            return Err(CalcError::new(
                range,
                format!("{} where the order of a norm is needed", other.kind()),
            ));
        }
    })
}

fn keepdims(arguments: &mut Arguments) -> Result<bool, CalcError> {
    arguments.keyword(&["keepdims"])?.map_or(Ok(false), |argument| flag(&argument))
}

fn with_ddof(reduction: Reduction, arguments: &mut Arguments) -> Result<Reduction, CalcError> {
    Ok(match reduction {
        Reduction::Var { .. } => Reduction::Var { ddof: ddof(arguments)? },
        Reduction::Std { .. } => Reduction::Std { ddof: ddof(arguments)? },
        other => other,
    })
}

fn ddof(arguments: &mut Arguments) -> Result<u32, CalcError> {
    let Some(argument) = arguments.keyword(&["ddof", "correction"])? else { return Ok(0) };
    let value = integer(&argument)?;
    u32::try_from(value)
        .map_err(|_| CalcError::new(argument.1, format!("ddof {value} must be from 0 to 2^32 - 1")))
}
