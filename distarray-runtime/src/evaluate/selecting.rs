//! Functions that take elements by index arrays and conditions, and put them.

#[cfg(test)]
mod tests;

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, Arguments, array, integer};
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, at, checked};
use crate::evaluate::{create, subscript};
use distarray_core::Weak;
use distarray_core::kernel::select::Scatter;
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
            given.take(&indices, axis(arguments.optional(2, &["axis"])?)?)
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
            given.put(&indices, values).map_err(|error| at(range, &error))?;
            given
        }
        "put_along_axis" => {
            let (mut given, _) = array(arguments.required(0, &["arr"])?)?;
            let indices = as_array(arguments.required(1, &["indices"])?)?;
            let values = values(surroundings, arguments.required(2, &["values"])?)?;
            let axis = integer(&arguments.required(3, &["axis"])?)?;
            let axis = isize::try_from(axis).unwrap_or(isize::MAX);
            given.put_along_axis(&indices, values, axis).map_err(|error| at(range, &error))?;
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
