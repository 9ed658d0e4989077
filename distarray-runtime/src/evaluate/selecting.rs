//! Functions that take elements by index arrays and conditions, and put them.

#[cfg(test)]
mod tests;

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, Arguments, array, integer};
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, at, checked};
use crate::evaluate::{create, subscript};
use distarray_core::kernel::select::Scatter;
use distarray_core::{DType, Weak};
use distarray_lazy::{DistArray, Operand};

/// Whether a function of this name selects elements.
pub(crate) fn is_selector(name: &str) -> bool {
    is_method(name)
        || changes_variable(name)
        || matches!(name, "take_along_axis" | "compress" | "extract" | "argwhere")
}

/// Those that are methods of arrays too.
pub(crate) fn is_method(name: &str) -> bool {
    matches!(name, "take" | "nonzero" | "put")
}

/// Those that change the variable that is their first argument. Here they give its new value.
pub(crate) fn changes_variable(name: &str) -> bool {
    matches!(name, "put" | "put_along_axis") || accumulates(name).is_some()
}

/// What becomes of elements by the method `at` of a function of two numbers.
pub(crate) fn scatter(function: &str) -> Option<Scatter> {
    match function {
        "add" => Some(Scatter::Add),
        "minimum" => Some(Scatter::Minimum),
        "maximum" => Some(Scatter::Maximum),
        _ => None,
    }
}

fn accumulates(name: &str) -> Option<Scatter> {
    name.strip_suffix(".at").and_then(scatter)
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
    let as_array = |argument: Argument| create::given_array(surroundings, argument);
    if let Some(mode) = accumulates(name) {
        let (mut given, _) = array(arguments.required(0, &["a"])?)?;
        let indices = arguments.required(1, &["indices"])?;
        let index = subscript::index(surroundings, vec![subscript::Entry::Value(indices)])?;
        let values = values(surroundings, arguments.required(2, &["b"])?)?;
        arguments.finish()?;
        given.scatter(index, values, mode).map_err(|error| at(range, &error))?;
        return checked(given, range);
    }
    let result = match name {
        "take" => {
            let given = as_array(arguments.required(0, &["a"])?)?;
            let indices = subscript::indices(surroundings, arguments.required(1, &["indices"])?)?;
            let axis = axis(arguments.optional(2, &["axis"])?)?;
            let length = length_along(&given, axis);
            let indices = brought_within(&indices, &mut arguments, (4, length))?;
            given.take(&indices, axis)
        }
        "take_along_axis" => {
            let given = as_array(arguments.required(0, &["arr"])?)?;
            let indices = as_array(arguments.required(1, &["indices"])?)?;
            match axis(arguments.optional(2, &["axis"])?)? {
                Some(axis) => given.take_along_axis(&indices, axis),
                None => given.take(&indices, None),
            }
        }
        "compress" => {
            let condition = as_array(arguments.required(0, &["condition"])?)?;
            let given = as_array(arguments.required(1, &["a"])?)?;
            given.compress(&condition, axis(arguments.optional(2, &["axis"])?)?)
        }
        "extract" => {
            let condition = as_array(arguments.required(0, &["condition"])?)?;
            as_array(arguments.required(1, &["arr"])?)?.extract(&condition)
        }
        "argwhere" => as_array(arguments.required(0, &["a"])?)?.argwhere(),
        "put" => {
            let (mut given, _) = array(arguments.required(0, &["a"])?)?;
            let indices = subscript::indices(surroundings, arguments.required(1, &["ind", "indices"])?)?;
            let values = values(surroundings, arguments.required(2, &["v", "values"])?)?;
            let indices = brought_within(&indices, &mut arguments, (3, given.size()))?;
            given.put(&indices, values).map_err(|error| at(range, &error))?;
            given
        }
        "put_along_axis" => {
            let (mut given, _) = array(arguments.required(0, &["arr"])?)?;
            let indices = as_array(arguments.required(1, &["indices"])?)?;
            let values = values(surroundings, arguments.required(2, &["values"])?)?;
            let put = match axis(Some(arguments.required(3, &["axis"])?))? {
                Some(axis) => given.put_along_axis(&indices, values, axis),
                None => {
                    let mut flat = given.ravel();
                    let put = flat.put_along_axis(&indices, values, 0);
                    let lengths: Vec<isize> =
                        given.shape().iter().map(|length| length.cast_signed()).collect();
                    given = flat.reshape(&lengths);
                    put
                }
            };
            put.map_err(|error| at(range, &error))?;
            given
        }
        _ => {
            let given = as_array(arguments.required(0, &["a"])?)?;
            arguments.finish()?;
            return nonzero(&given, range);
        }
    };
    arguments.finish()?;
    checked(result, range)
}

/// Where an array is not zero: a tuple with a list for each axis.
///
/// # Errors
/// What the library refuses.
pub(crate) fn nonzero(given: &DistArray, range: SourceRange) -> Result<Value, CalcError> {
    let found = given.nonzero().map_err(|error| at(range, &error))?;
    Ok(Value::Tuple(found.into_iter().map(Value::Array).collect()))
}

/// How many indices there are along an axis, or with `None` in all; 0 for an axis that is not there.
fn length_along(array: &DistArray, axis: Option<isize>) -> usize {
    let Some(axis) = axis else { return array.size() };
    let place = if axis < 0 { axis.saturating_add_unsigned(array.ndim()) } else { axis };
    usize::try_from(place).ok().and_then(|place| array.shape().get(place).copied()).unwrap_or(0)
}

/// The indices as the argument `mode` has them, which stands at this position, for so many elements: as they are
/// (`raise`), round and round (`wrap`), or the nearest (`clip`).
fn brought_within(
    indices: &DistArray,
    arguments: &mut Arguments,
    (position, length): (usize, usize),
) -> Result<DistArray, CalcError> {
    let Some((mode, range)) = arguments.optional(position, &["mode"])? else { return Ok(indices.clone()) };
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let Value::Text(mode) = mode else {
        return Err(CalcError::new(range, format!("{} where the name of a mode is needed", mode.kind())));
    };
    match mode.as_str() {
        "raise" => Ok(indices.clone()),
        // Of nothing nothing can be taken, however the indices are counted.
        "wrap" | "clip" if length == 0 => Ok(indices.clone()),
        "wrap" => Ok(indices.astype(DType::Int64).remainder(length)),
        "clip" => Ok(indices.astype(DType::Int64).maximum(0).minimum(length - 1)),
        other => Err(CalcError::new(
            range,
            format!("clipmode must be one of 'clip', 'raise', or 'wrap' (got '{other}')"),
        )),
    }
}

/// The argument as values to be put.
fn values(surroundings: &Surroundings, (value, range): Argument) -> Result<Operand, CalcError> {
    create::as_array_if_tuple(surroundings, value, range)?.operand(range)
}

fn axis(argument: Option<Argument>) -> Result<Option<isize>, CalcError> {
    match argument {
        None | Some((Value::None, _)) => Ok(None),
        Some((Value::Number(Weak::Int(axis)), _)) => Ok(Some(isize::try_from(axis).unwrap_or(isize::MAX))),
        Some(other) => integer(&other).map(|axis| Some(isize::try_from(axis).unwrap_or(isize::MAX))),
    }
}
