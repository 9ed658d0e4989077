//! Reductions by NumPy's names: `sum`, `mean(axis=..)` and their kin.

use crate::calc::CalcError;
use crate::evaluate::arguments::{Arguments, axes, dtype, flag, integer};
use crate::evaluate::value::{Value, checked};
use distarray_core::Reduction;
use distarray_core::ufunc::Ufunc;
use distarray_lazy::{Context, DistArray, apply};

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
        "any" => Reduction::Any,
        "all" => Reduction::All,
        "count_nonzero" => Reduction::CountNonzero,
        _ => return None,
    })
}

/// Calls a reduction, along axes or over everything.
///
/// # Errors
/// Wrong arguments, and what the library refuses.
pub(crate) fn reduce(
    context: &Context,
    reduction: Reduction,
    mut arguments: Arguments,
) -> Result<Value, CalcError> {
    let range = arguments.range();
    let (value, place) = arguments.required(0, &["a"])?;
    let value: DistArray = match value {
        Value::Array(array) => array,
        Value::Number(_) => apply(context, Ufunc::Positive, &[value.operand(place)?]),
        other => return Err(CalcError::new(place, format!("{} where an array is needed", other.kind()))),
    };
    let axes = axes(arguments.optional(1, &["axis"])?)?;
    for refused in ["out", "where", "initial"] {
        if let Some((_, place)) = arguments.keyword(&[refused])? {
            return Err(CalcError::new(
                place,
                format!("{}() does not take {refused}= here", arguments.function()),
            ));
        }
    }
    let wanted = arguments.keyword(&["dtype"])?.filter(|(value, _)| !matches!(value, Value::None));
    let wanted = wanted.map(|argument| dtype(&argument)).transpose()?;
    let keepdims = arguments.keyword(&["keepdims"])?.map_or(Ok(false), |argument| flag(&argument))?;
    let reduction = match reduction {
        Reduction::Var { .. } => Reduction::Var { ddof: ddof(&mut arguments)? },
        Reduction::Std { .. } => Reduction::Std { ddof: ddof(&mut arguments)? },
        other => other,
    };
    arguments.finish()?;
    let value = wanted.map_or(value.clone(), |dtype| value.astype(dtype));
    let result = value.reduce(reduction, axes, keepdims);
    checked(wanted.map_or(result.clone(), |dtype| result.astype(dtype)), range)
}

fn ddof(arguments: &mut Arguments) -> Result<u32, CalcError> {
    let Some(argument) = arguments.keyword(&["ddof", "correction"])? else { return Ok(0) };
    let value = integer(&argument)?;
    u32::try_from(value)
        .map_err(|_| CalcError::new(argument.1, format!("ddof {value} must be from 0 to 2^32 - 1")))
}
