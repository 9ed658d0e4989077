//! Functions that are several ufuncs and reductions together, by NumPy's names: `isclose`, `divmod`, `nan_to_num` and so on.

#[cfg(test)]
mod tests;

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, Arguments, axes, flag, integer};
use crate::evaluate::create::{as_array_if_tuple, float, given_array};
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, at, checked};
use distarray_core::Reduction;
use distarray_core::ufunc::Ufunc;
use distarray_lazy::{Axes, Closeness, DistArray, Operand, Replacements, apply, divmod, isclose, round};

/// Whether a function of this name is one of them.
pub(crate) fn is_composite(name: &str) -> bool {
    matches!(
        name,
        "divmod"
            | "modf"
            | "frexp"
            | "isclose"
            | "allclose"
            | "array_equal"
            | "array_equiv"
            | "nan_to_num"
            | "round"
            | "around"
            | "angle"
            | "logsumexp"
    )
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
    let context = &surroundings.context;
    let range = arguments.range();
    match name {
        "divmod" => {
            let x = operand(surroundings, arguments.required(0, &["x1"])?)?;
            let y = operand(surroundings, arguments.required(1, &["x2"])?)?;
            arguments.finish()?;
            pair(divmod(context, &x, &y), range)
        }
        "modf" | "frexp" => {
            let x = given_array(surroundings, arguments.required(0, &["x"])?)?;
            arguments.finish()?;
            pair(if name == "modf" { x.modf() } else { x.frexp() }, range)
        }
        "isclose" | "allclose" => {
            let x = operand(surroundings, arguments.required(0, &["a"])?)?;
            let y = operand(surroundings, arguments.required(1, &["b"])?)?;
            let usual = Closeness::default();
            let rtol = number(arguments.optional(2, &["rtol"])?)?.unwrap_or(usual.rtol);
            let atol = number(arguments.optional(3, &["atol"])?)?.unwrap_or(usual.atol);
            let equal_nan = truth(arguments.optional(4, &["equal_nan"])?)?;
            arguments.finish()?;
            let close = isclose(context, &x, &y, Closeness { rtol, atol, equal_nan });
            if name == "isclose" {
                return checked(close, range);
            }
            checked(close.reduce(Reduction::All, Axes::All, false), range)
        }
        "array_equal" | "array_equiv" => {
            let x = given_array(surroundings, arguments.required(0, &["a1"])?)?;
            let y = given_array(surroundings, arguments.required(1, &["a2"])?)?;
            if name == "array_equiv" {
                arguments.finish()?;
                return checked(x.array_equiv(&y), range);
            }
            let equal_nan = truth(arguments.optional(2, &["equal_nan"])?)?;
            arguments.finish()?;
            checked(x.array_equal(&y, equal_nan), range)
        }
        "nan_to_num" => {
            let x = given_array(surroundings, arguments.required(0, &["x"])?)?;
            // Arrays are values: there is nothing that a copy could be kept from.
            truth(arguments.optional(1, &["copy"])?)?;
            let nan = number(arguments.optional(2, &["nan"])?)?.unwrap_or(0.0);
            let posinf = number(arguments.optional(3, &["posinf"])?)?;
            let neginf = number(arguments.optional(4, &["neginf"])?)?;
            arguments.finish()?;
            checked(x.nan_to_num(Replacements { nan, posinf, neginf }), range)
        }
        "angle" => {
            let z = operand(surroundings, arguments.required(0, &["z"])?)?;
            let in_degrees = truth(arguments.optional(1, &["deg"])?)?;
            arguments.finish()?;
            let angle = apply(context, Ufunc::Angle, &[z]);
            checked(if in_degrees { angle * (180.0 / std::f64::consts::PI) } else { angle }, range)
        }
        "logsumexp" => {
            let x = given_array(surroundings, arguments.required(0, &["a"])?)?;
            let axes = axes(arguments.optional(1, &["axis"])?)?;
            let keepdims = truth(arguments.keyword(&["keepdims"])?)?;
            arguments.finish()?;
            checked(x.logsumexp(axes, keepdims), range)
        }
        _ => {
            let x = operand(surroundings, arguments.required(0, &["a"])?)?;
            let decimals = arguments.optional(1, &["decimals"])?;
            let decimals = decimals.map_or(Ok(0), |argument| integer(&argument))?;
            arguments.finish()?;
            let decimals = i32::try_from(decimals).map_err(|_| {
                CalcError::new(range, format!("round() to {decimals} decimals is out of range"))
            })?;
            checked(round(context, &x, decimals), range)
        }
    }
}

/// The argument as an array or a number; a tuple as the array it makes.
fn operand(surroundings: &Surroundings, (value, place): Argument) -> Result<Operand, CalcError> {
    as_array_if_tuple(surroundings, value, place)?.operand(place)
}

/// The argument as a real number, unless it is not given or None.
fn number(argument: Option<Argument>) -> Result<Option<f64>, CalcError> {
    argument.filter(|(value, _)| !matches!(value, Value::None)).map(|argument| float(&argument)).transpose()
}

/// The argument as a truth, not given as False.
fn truth(argument: Option<Argument>) -> Result<bool, CalcError> {
    argument.map_or(Ok(false), |argument| flag(&argument))
}

/// Two arrays as a tuple.
fn pair((first, second): (DistArray, DistArray), range: SourceRange) -> Result<Value, CalcError> {
    for array in [&first, &second] {
        if let Some(error) = array.error() {
            return Err(at(range, error));
        }
    }
    Ok(Value::Tuple(vec![Value::Array(first), Value::Array(second)].into()))
}
