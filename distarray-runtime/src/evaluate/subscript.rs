//! Subscripts: `a[1:5, ..., None, -1]`, and one entry of a tuple.

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, integer};
use crate::evaluate::create::given_array;
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, at, checked, weak};
use distarray_core::{DType, Weak};
use distarray_lazy::{DistArray, Index, IndexTerm};

/// One entry between the brackets, its parts computed.
pub(crate) enum Entry {
    /// `start:stop:step`.
    Slice([Option<Argument>; 3]),
    /// `...`
    Ellipsis,
    /// `None`
    NewAxis,
    /// Anything else.
    Value(Argument),
}

/// `value[entries]`.
///
/// # Errors
/// What cannot be indexed, or not so.
pub(crate) fn subscript(
    surroundings: &Surroundings,
    value: &Value,
    entries: Vec<Entry>,
    range: SourceRange,
) -> Result<Value, CalcError> {
    match value {
        Value::Array(array) => checked(array.index(index(surroundings, entries)?), range),
        Value::Tuple(values) => member(values, entries, range),
        Value::Number(_) if entries.is_empty() => Ok(value.clone()),
        other => Err(CalcError::new(range, format!("{} cannot be indexed", other.kind()))),
    }
}

/// The entries as an index of the library.
///
/// # Errors
/// What is no index.
pub(crate) fn index(surroundings: &Surroundings, entries: Vec<Entry>) -> Result<Index, CalcError> {
    let entries = spread(entries);
    let terms = entries.into_iter().map(|entry| term(surroundings, entry)).collect::<Result<Vec<_>, _>>()?;
    Ok(Index::new(terms))
}

/// A tuple alone between the brackets, as `nonzero` gives it, stands for its members; a list does not.
fn spread(entries: Vec<Entry>) -> Vec<Entry> {
    match &entries[..] {
        [Entry::Value((Value::Tuple(values), range))] if !values.is_list() => {
            values.iter().map(|value| Entry::Value((value.clone(), *range))).collect()
        }
        _ => entries,
    }
}

/// The argument as indices: as [`given_array`], with the numbers of a list in any form, and integers if it is empty.
///
/// # Errors
/// What makes no array.
pub(crate) fn indices(surroundings: &Surroundings, argument: Argument) -> Result<DistArray, CalcError> {
    let is_written_out = matches!(argument.0, Value::Tuple(_));
    let array = given_array(surroundings, (plain(argument.0, argument.1)?, argument.1))?;
    Ok(if is_written_out && array.size() == 0 { array.astype(DType::Int64) } else { array })
}

/// A list whose arrays without dimensions became numbers of the program; other values as they are.
fn plain(value: Value, range: SourceRange) -> Result<Value, CalcError> {
    let Value::Tuple(values) = value else { return Ok(value) };
    let member = |value: Value| match value {
        Value::Array(array) if array.shape().is_empty() => number(&array, range),
        other => plain(other, range),
    };
    values.into_iter().map(member).collect::<Result<_, _>>().map(Value::Tuple)
}

/// The one element of an array as a number of the program.
fn number(array: &DistArray, range: SourceRange) -> Result<Value, CalcError> {
    array.item().map(|scalar| Value::Number(weak(scalar))).map_err(|error| at(range, &error))
}

fn term(surroundings: &Surroundings, entry: Entry) -> Result<IndexTerm, CalcError> {
    Ok(match entry {
        Entry::Ellipsis | Entry::Value((Value::Ellipsis, _)) => IndexTerm::Ellipsis,
        Entry::NewAxis | Entry::Value((Value::None, _)) => IndexTerm::NewAxis,
        Entry::Slice([start, stop, step]) => {
            IndexTerm::Slice { start: bound(start)?, stop: bound(stop)?, step: bound(step)? }
        }
        Entry::Value((Value::Number(Weak::Int(index)), range)) => {
            let position = i64::try_from(index).map_err(|_| {
                CalcError::new(range, format!("index {index} is out of bounds: it does not fit into 64 bits"))
            })?;
            IndexTerm::At(position)
        }
        Entry::Value((Value::Number(Weak::Bool(is_true)), _)) => IndexTerm::from(is_true),
        Entry::Value((Value::Array(array), range)) if is_whole_number(&array) => {
            term(surroundings, Entry::Value((number(&array, range)?, range)))?
        }
        Entry::Value((Value::Array(array), _)) => IndexTerm::Array(array),
        Entry::Value(list @ (Value::Tuple(_), _)) => IndexTerm::Array(indices(surroundings, list)?),
        Entry::Value((other, range)) => {
            return Err(CalcError::new(
                range,
                format!(
                    "{} is no index: use integers, slices, arrays of integers or bools, `...` and None",
                    other.kind()
                ),
            ));
        }
    })
}

/// An integer of an array without dimensions.
fn is_whole_number(array: &DistArray) -> bool {
    array.shape().is_empty() && array.dtype().is_ok_and(|dtype| dtype.is_integer())
}

fn bound(argument: Option<Argument>) -> Result<Option<i64>, CalcError> {
    match argument {
        None | Some((Value::None, _)) => Ok(None),
        Some((Value::Array(array), range)) if is_whole_number(&array) => {
            bound(Some((number(&array, range)?, range)))
        }
        Some(argument) => Ok(Some(narrow(integer(&argument)?))),
    }
}

/// A bound beyond 64 bits lies outside of every axis.
fn narrow(index: i128) -> i64 {
    i64::try_from(index).unwrap_or(if index < 0 { i64::MIN } else { i64::MAX })
}

fn member(values: &[Value], entries: Vec<Entry>, range: SourceRange) -> Result<Value, CalcError> {
    let Ok([Entry::Value(index)]) = <[Entry; 1]>::try_from(entries) else {
        return Err(CalcError::new(range, "a tuple is indexed by one integer"));
    };
    let position = integer(&index)?;
    let count = values.len() as i128;
    let found = if position < 0 { position + count } else { position };
    usize::try_from(found).ok().and_then(|found| values.get(found).cloned()).ok_or_else(|| {
        CalcError::new(index.1, format!("index {position} is out of range for {count} values"))
    })
}
