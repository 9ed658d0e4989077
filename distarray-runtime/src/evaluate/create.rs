//! Functions that make arrays: `zeros`, `arange`, `array` and their kin.

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, Arguments, dtype, flag, shape, size};
use crate::evaluate::number::as_float;
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, at, checked};
use distarray_core::{Block, DType, Pool, Scalar, Weak, promote};
use distarray_lazy::DistArray;
use distarray_maps::{DistSpec, Distribution, MapError};

/// Whether a function of this name makes arrays.
pub(crate) fn is_creator(name: &str) -> bool {
    matches!(
        name,
        "zeros" | "ones" | "full" | "arange" | "linspace" | "logspace" | "geomspace" | "array" | "asarray"
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
    let range = arguments.range();
    let context = &surroundings.context;
    match name {
        "zeros" | "ones" => {
            let shape = shape(&arguments.required(0, &["shape"])?)?;
            let wanted = given_dtype(&mut arguments, 1)?.unwrap_or(DType::Float64);
            arguments.finish()?;
            let layout = layout(surroundings, &shape, range)?;
            checked(
                if name == "zeros" { context.zeros(layout, wanted) } else { context.ones(layout, wanted) },
                range,
            )
        }
        "full" => {
            let shape = shape(&arguments.required(0, &["shape"])?)?;
            let (value, place) = arguments.required(1, &["fill_value"])?;
            let wanted = given_dtype(&mut arguments, 2)?;
            arguments.finish()?;
            let scalar = scalar(&value, place, wanted)?;
            checked(context.full(layout(surroundings, &shape, range)?, scalar), range)
        }
        "arange" => arange(surroundings, arguments),
        "linspace" | "logspace" | "geomspace" => {
            let start = float(&arguments.required(0, &["start"])?)?;
            let stop = float(&arguments.required(1, &["stop"])?)?;
            let count = arguments.optional(2, &["num"])?.map_or(Ok(50), |argument| size(&argument))?;
            let endpoint =
                arguments.optional(3, &["endpoint"])?.map_or(Ok(true), |argument| flag(&argument))?;
            let base = match name {
                "logspace" => {
                    arguments.optional(4, &["base"])?.map_or(Ok(10.0), |argument| float(&argument))?
                }
                _ => 10.0,
            };
            let wanted = given_dtype(&mut arguments, if name == "geomspace" { 4 } else { 5 })?;
            arguments.finish()?;
            let layout = layout(surroundings, &[count], range)?;
            let array = match name {
                "linspace" => context.spaced(layout, start, stop, endpoint),
                "logspace" => context.logspace(layout, start, stop, base, endpoint),
                _ => context.geomspace(layout, start, stop, endpoint),
            };
            checked(wanted.map_or(array.clone(), |dtype| array.astype(dtype)), range)
        }
        _ => {
            let (value, place) = arguments.required(0, &["object", "a"])?;
            let wanted = given_dtype(&mut arguments, 1)?;
            arguments.finish()?;
            let array = match as_array_if_tuple(surroundings, value, place)? {
                Value::Array(array) => array,
                value => context.full(&[][..], scalar(&value, place, None)?),
            };
            checked(wanted.map_or(array.clone(), |dtype| array.astype(dtype)), range)
        }
    }
}

impl Surroundings {
    /// How an array of `shape` is spread: by the letters that were given, as far as it has axes.
    ///
    /// # Errors
    /// What the maps refuse.
    pub fn layout(&self, shape: &[usize]) -> Result<Distribution, MapError> {
        let ranks = self.context.rank_count();
        match &self.distribution {
            Some(spec) if !shape.is_empty() => {
                Distribution::from_spec(shape, &leading(spec, shape.len()), ranks)
            }
            _ => Distribution::block_rows(shape, ranks),
        }
    }
}

fn layout(
    surroundings: &Surroundings,
    shape: &[usize],
    range: SourceRange,
) -> Result<Distribution, CalcError> {
    surroundings.layout(shape).map_err(|error| at(range, &error.into()))
}

/// The letters of the first `ndim` axes: an array with fewer axes than were named takes what it has.
fn leading(spec: &DistSpec, ndim: usize) -> DistSpec {
    let axes = spec.axes().iter().copied().take(ndim).collect();
    match spec.grid() {
        Some(grid) => DistSpec::new(axes).with_grid(&grid[..grid.len().min(ndim)]),
        None => DistSpec::new(axes),
    }
}

pub(crate) fn given_dtype(arguments: &mut Arguments, position: usize) -> Result<Option<DType>, CalcError> {
    let given = arguments.optional(position, &["dtype"])?.filter(|(value, _)| !matches!(value, Value::None));
    given.map(|argument| dtype(&argument)).transpose()
}

pub(crate) fn scalar(value: &Value, range: SourceRange, wanted: Option<DType>) -> Result<Scalar, CalcError> {
    match value {
        Value::Number(number) => {
            let own = || number.default_dtype();
            wanted
                .map_or_else(own, Ok)
                .and_then(|dtype| number.to_scalar(dtype))
                .map_err(|error| at(range, &error.into()))
        }
        Value::Array(array) => {
            let scalar = array.item().map_err(|error| at(range, &error))?;
            Ok(wanted.map_or(scalar, |dtype| scalar.cast(dtype)))
        }
        other => Err(CalcError::new(range, format!("{} where a number is needed", other.kind()))),
    }
}

pub(crate) fn float((value, range): &Argument) -> Result<f64, CalcError> {
    match scalar(value, *range, None)?.cast(DType::Complex128) {
        Scalar::Complex128(number) if number.im == 0.0 => Ok(number.re),
        other => Err(CalcError::new(*range, format!("{other} where a real number is needed"))),
    }
}

/// `arange(stop)`, `arange(start, stop, step)`: `ceil((stop - start) / step)` elements.
fn arange(surroundings: &Surroundings, mut arguments: Arguments) -> Result<Value, CalcError> {
    let range = arguments.range();
    let number = |(value, place): Argument| match value {
        Value::Number(number) if as_float(number).is_some() => Ok(number),
        other => Err(CalcError::new(place, format!("{} where a real number is needed", other.kind()))),
    };
    let first = number(arguments.required(0, &["start", "stop"])?)?;
    let second = arguments.optional(1, &["stop"])?.map(number).transpose()?;
    let step = arguments.optional(2, &["step"])?.map(number).transpose()?.unwrap_or(Weak::Int(1));
    let wanted = given_dtype(&mut arguments, 3)?;
    arguments.finish()?;
    let (start, stop) = second.map_or((Weak::Int(0), first), |stop| (first, stop));
    let count = count(start, stop, step).ok_or_else(|| {
        CalcError::new(
            range,
            "arange() needs finite bounds, a step that is not zero, and at most 2^63 - 1 elements",
        )
    })?;
    let is_whole = [start, stop, step].iter().all(|number| matches!(number, Weak::Int(_) | Weak::Bool(_)));
    let dtype = wanted.unwrap_or(if is_whole { DType::Int64 } else { DType::Float64 });
    let value = |number: Weak| match number {
        // As NumPy: computed in the dtype asked for.
        Weak::Bool(flag) => Weak::Int(i128::from(flag)).to_scalar(dtype),
        Weak::Float(_) if dtype.is_integer() => {
            number.to_scalar(DType::Float64).map(|scalar| scalar.cast(dtype))
        }
        other => other.to_scalar(dtype),
    };
    let made = value(start).and_then(|start| Ok((start, value(step)?)));
    let (start, step) = made.map_err(|error| at(range, &error.into()))?;
    checked(surroundings.context.ramp(layout(surroundings, &[count], range)?, start, step), range)
}

fn count(start: Weak, stop: Weak, step: Weak) -> Option<usize> {
    if let (Weak::Int(start), Weak::Int(stop), Weak::Int(step)) = (start, stop, step) {
        if step == 0 {
            return None;
        }
        let span = stop.checked_sub(start)?;
        let count =
            span.checked_div(step)?.checked_add(i128::from(span % step != 0 && (span < 0) == (step < 0)))?;
        return i64::try_from(count.max(0)).ok().and_then(|count| usize::try_from(count).ok());
    }
    let (start, stop, step) = (as_float(start)?, as_float(stop)?, as_float(step)?);
    let count = ((stop - start) / step).ceil();
    if !count.is_finite() || step == 0.0 || count >= 9.2e18 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked above; negative counts are cut to 0")]
    #[expect(clippy::cast_sign_loss, reason = "cut to 0")]
    Some(count.max(0.0) as usize)
}

/// A tuple or list of numbers (of tuples of numbers, ...) as an array; other values as they are.
///
/// # Errors
/// Ragged lists, and what is no number.
pub(crate) fn as_array_if_tuple(
    surroundings: &Surroundings,
    value: Value,
    range: SourceRange,
) -> Result<Value, CalcError> {
    if !matches!(value, Value::Tuple(_)) {
        return Ok(value);
    }
    let (shape, numbers) = numbers(&value, range)?;
    let mut dtype: Option<DType> = None;
    for number in &numbers {
        let own = number.default_dtype().map_err(|error| at(range, &error.into()))?;
        dtype = Some(dtype.map_or(own, |dtype| promote(dtype, own)));
    }
    let dtype = dtype.unwrap_or(DType::Float64);
    let layout = layout(surroundings, &shape, range)?;
    let context = &surroundings.context;
    let refuse = |error: distarray_core::ElementError| at(range, &error.into());
    let array = distarray_core::dispatch!(dtype, Any(T) => {
        let mut elements = Vec::with_capacity(numbers.len());
        for number in &numbers {
            let own = number.default_dtype().and_then(|own| number.to_scalar(own)).map_err(refuse)?;
            elements.push(own.cast(dtype).value::<T>().map_err(refuse)?);
        }
        context.array_of(&Block::from_slice(&shape, &elements, &Pool::new(None)).map_err(refuse)?, layout)
    });
    checked(array, range)
}

/// The shape of nested lists of numbers, and the numbers in C order.
///
/// # Errors
/// Ragged lists, and what is no number.
pub(crate) fn numbers(value: &Value, range: SourceRange) -> Result<(Vec<usize>, Vec<Weak>), CalcError> {
    let (mut shape, mut numbers) = (Vec::new(), Vec::new());
    flatten(value, 0, &mut shape, &mut numbers, range)?;
    Ok((shape, numbers))
}

/// The argument as an array: a number without dimensions, a tuple of numbers as the array they make.
///
/// # Errors
/// What is none of these.
pub(crate) fn given_array(
    surroundings: &Surroundings,
    (value, range): Argument,
) -> Result<DistArray, CalcError> {
    match as_array_if_tuple(surroundings, value, range)? {
        Value::Array(array) => Ok(array),
        number @ Value::Number(_) => Ok(surroundings.context.full(&[][..], scalar(&number, range, None)?)),
        other => Err(CalcError::new(range, format!("{} where an array is needed", other.kind()))),
    }
}

fn flatten(
    value: &Value,
    depth: usize,
    shape: &mut Vec<usize>,
    numbers: &mut Vec<Weak>,
    range: SourceRange,
) -> Result<(), CalcError> {
    let ragged = || CalcError::new(range, "the lists of an array must be of one length on each level");
    match value {
        Value::Tuple(values) => {
            match shape.get(depth) {
                None if numbers.is_empty() => shape.push(values.len()),
                Some(length) if *length == values.len() => {}
                _ => return Err(ragged()),
            }
            values.iter().try_for_each(|value| flatten(value, depth + 1, shape, numbers, range))
        }
        Value::Number(number) if depth == shape.len() => {
            numbers.push(*number);
            Ok(())
        }
        Value::Number(_) => Err(ragged()),
        other => Err(CalcError::new(range, format!("{} where a number is needed", other.kind()))),
    }
}
