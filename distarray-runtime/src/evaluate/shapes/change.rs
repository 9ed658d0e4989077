//! Functions that give one array another shape, repeat it, roll it, pad it, or take parts of it.

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, Arguments, axes, integer, shape};
use crate::evaluate::create::given_array;
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, at, checked};
use distarray_core::{DType, Scalar};
use distarray_lazy::{Axes, DistArray, Pad};

/// Whether a function of this name is one of them.
pub(super) fn is_one(name: &str) -> bool {
    is_method(name) || matches!(name, "tile" | "roll" | "rot90" | "pad" | "tril" | "triu" | "diag")
}

/// Those that are methods of arrays too.
pub(super) fn is_method(name: &str) -> bool {
    matches!(name, "reshape" | "ravel" | "flatten" | "copy" | "repeat" | "diagonal" | "trace")
}

/// Calls one of them.
///
/// # Errors
/// Wrong arguments, and what the library refuses.
pub(super) fn call(
    surroundings: &Surroundings,
    name: &str,
    mut arguments: Arguments,
) -> Result<Value, CalcError> {
    let range = arguments.range();
    let array = given_array(surroundings, arguments.required(0, &["a", "m", "array", "A", "v", "ary"])?)?;
    let result = match name {
        "reshape" => {
            let lengths = if arguments.positional_count() > 2 {
                // As a method: a.reshape(2, 3).
                let count = arguments.positional_count();
                let length = |position| place(&arguments.required(position, &[])?);
                (1..count).map(length).collect::<Result<Vec<isize>, CalcError>>()?
            } else {
                places(&arguments.required(1, &["shape", "newshape"])?)?
            };
            array.reshape(&lengths)
        }
        "ravel" | "flatten" => array.ravel(),
        "copy" => array.copy(),
        "repeat" => {
            let counts = arguments.required(1, &["repeats"])?;
            let axis = axis(arguments.optional(2, &["axis"])?)?;
            match &counts.0 {
                Value::Tuple(_) => array.repeat_each(&shape(&counts)?, axis),
                Value::Array(each) if each.ndim() == 1 => array.repeat_each(&fetched(each, counts.1)?, axis),
                _ => array.repeat(shape(&counts)?[0], axis),
            }
        }
        "tile" => array.tile(&shape(&arguments.required(1, &["reps"])?)?),
        "roll" => {
            let shifts = places(&arguments.required(1, &["shift"])?)?;
            array.roll(&shifts, axes(arguments.optional(2, &["axis"])?)?)
        }
        "rot90" => {
            let quarters = arguments.optional(1, &["k"])?.map_or(Ok(1), |argument| place(&argument))?;
            array.rot90(quarters, plane(arguments.optional(2, &["axes"])?)?)
        }
        "pad" => {
            let widths = pairs(&arguments.required(1, &["pad_width"])?, |value, range| {
                let width = integer(&(value.clone(), range))?;
                usize::try_from(width)
                    .map_err(|_| CalcError::new(range, "index can't contain negative values"))
            })?;
            let pad = mode(&mut arguments)?;
            array.pad(&widths, &pad)
        }
        "tril" => array.tril(offset(&mut arguments, "k")?),
        "triu" => array.triu(offset(&mut arguments, "k")?),
        "diag" => array.diag(offset(&mut arguments, "k")?),
        _ => {
            let offset = offset(&mut arguments, "offset")?;
            let first = axis(arguments.optional(2, &["axis1"])?)?.unwrap_or(0);
            let second = axis(arguments.optional(3, &["axis2"])?)?.unwrap_or(1);
            if name == "trace" {
                array.trace(offset, (first, second))
            } else {
                array.diagonal(offset, (first, second))
            }
        }
    };
    arguments.finish()?;
    checked(result, range)
}

/// How often each element is repeated, by an array of integers. Waits for the ranks.
fn fetched(counts: &DistArray, range: SourceRange) -> Result<Vec<usize>, CalcError> {
    let dtype = counts.dtype().map_err(|error| at(range, &error))?;
    if !dtype.is_integer() || dtype == DType::UInt64 {
        let message = format!("Cannot cast array data from dtype('{}') to dtype('int64')", dtype.name());
        return Err(CalcError::new(range, message));
    }
    let counts = counts.astype(DType::Int64).fetch::<i64>().map_err(|error| at(range, &error))?;
    let count = |count: &i64| usize::try_from(*count);
    let counts: Result<Vec<usize>, _> = counts.iter().map(count).collect();
    counts.map_err(|_| CalcError::new(range, "repeats may not contain negative values."))
}

/// What stands around a padded array.
fn mode(arguments: &mut Arguments) -> Result<Pad, CalcError> {
    let (mode, range) =
        arguments.optional(2, &["mode"])?.unwrap_or((Value::Text("constant".to_owned()), arguments.range()));
    let Value::Text(mode) = mode else {
        return Err(CalcError::new(range, format!("{} where the name of a mode is needed", mode.kind())));
    };
    Ok(match mode.as_str() {
        "constant" => Pad::Constant(match arguments.keyword(&["constant_values"])? {
            None => vec![(Scalar::Int64(0), Scalar::Int64(0))],
            Some(values) => pairs(&values, scalar)?,
        }),
        "edge" => Pad::Edge,
        "reflect" => Pad::Reflect,
        "symmetric" => Pad::Symmetric,
        "wrap" => Pad::Wrap,
        other => return Err(CalcError::new(range, format!("mode '{other}' is not supported"))),
    })
}

/// A number in its own dtype.
fn scalar(value: &Value, range: SourceRange) -> Result<Scalar, CalcError> {
    match value {
        Value::Number(number) => {
            let own = number.default_dtype().and_then(|dtype| number.to_scalar(dtype));
            own.map_err(|error| at(range, &error.into()))
        }
        other => Err(CalcError::new(range, format!("{} where a number is needed", other.kind()))),
    }
}

/// One number, a pair, or a pair (or a tuple of one number) per axis.
fn pairs<T: Copy>(
    (value, range): &Argument,
    one: impl Fn(&Value, SourceRange) -> Result<T, CalcError>,
) -> Result<Vec<(T, T)>, CalcError> {
    let pair = |values: &[Value]| match values {
        [only] => Ok((one(only, *range)?, one(only, *range)?)),
        [before, after] => Ok((one(before, *range)?, one(after, *range)?)),
        other => Err(CalcError::new(*range, format!("{} numbers where a pair is needed", other.len()))),
    };
    match value {
        Value::Tuple(values) if values.iter().any(|value| matches!(value, Value::Tuple(_))) => values
            .iter()
            .map(|value| match value {
                Value::Tuple(values) => pair(values),
                other => Ok((one(other, *range)?, one(other, *range)?)),
            })
            .collect(),
        Value::Tuple(values) => Ok(vec![pair(values)?]),
        other => Ok(vec![(one(other, *range)?, one(other, *range)?)]),
    }
}

fn offset(arguments: &mut Arguments, name: &str) -> Result<i64, CalcError> {
    let Some(argument) = arguments.optional(1, &[name])? else { return Ok(0) };
    let offset = integer(&argument)?;
    i64::try_from(offset).map_err(|_| CalcError::new(argument.1, format!("{offset} is no offset")))
}

/// An axis, or none.
pub(super) fn axis(argument: Option<Argument>) -> Result<Option<isize>, CalcError> {
    let range = argument.as_ref().map(|(_, range)| *range);
    match (axes(argument)?, range) {
        (Axes::Some(axes), Some(range)) if axes.len() != 1 => {
            Err(CalcError::new(range, "a tuple of axes where one axis is needed"))
        }
        (Axes::Some(axes), _) => Ok(axes.first().copied()),
        (Axes::All, _) => Ok(None),
    }
}

fn plane(argument: Option<Argument>) -> Result<(isize, isize), CalcError> {
    let Some(argument) = argument else { return Ok((0, 1)) };
    match places(&argument)?[..] {
        [first, second] => Ok((first, second)),
        _ => Err(CalcError::new(argument.1, "len(axes) must be 2.")),
    }
}

/// An integer that may be negative.
fn place(argument: &Argument) -> Result<isize, CalcError> {
    let value = integer(argument)?;
    isize::try_from(value).map_err(|_| CalcError::new(argument.1, format!("{value} is out of bounds")))
}

/// An integer or a tuple of integers.
pub(super) fn places(argument: &Argument) -> Result<Vec<isize>, CalcError> {
    match &argument.0 {
        Value::Tuple(values) => values.iter().map(|value| place(&(value.clone(), argument.1))).collect(),
        _ => Ok(vec![place(argument)?]),
    }
}
