//! Subscripts: `a[1:5, ..., None, -1]`, and one entry of a tuple.

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, integer};
use crate::evaluate::create::as_array_if_tuple;
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, checked};
use distarray_core::Weak;
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

/// A tuple of arrays between the brackets, as `nonzero` gives it, stands for its members.
fn spread(mut entries: Vec<Entry>) -> Vec<Entry> {
    match &mut entries[..] {
        [Entry::Value((Value::Tuple(values), range))]
            if values.iter().any(|value| matches!(value, Value::Array(_))) =>
        {
            let range = *range;
            std::mem::take(values).into_iter().map(|value| Entry::Value((value, range))).collect()
        }
        _ => entries,
    }
}

fn term(surroundings: &Surroundings, entry: Entry) -> Result<IndexTerm, CalcError> {
    Ok(match entry {
        Entry::Ellipsis | Entry::Value((Value::Ellipsis, _)) => IndexTerm::Ellipsis,
        Entry::NewAxis | Entry::Value((Value::None, _)) => IndexTerm::NewAxis,
        Entry::Slice([start, stop, step]) => {
            IndexTerm::Slice { start: bound(start)?, stop: bound(stop)?, step: bound(step)? }
        }
        Entry::Value((Value::Number(Weak::Int(index)), _)) => IndexTerm::At(narrow(index)),
        Entry::Value((Value::Number(Weak::Bool(is_true)), _)) => IndexTerm::from(is_true),
        Entry::Value((Value::Array(array), range)) if is_whole_number(&array) => {
            let scalar = array.item().map_err(|error| CalcError::new(range, error.to_string()))?;
            term(surroundings, Entry::Value((Value::Number(super::value::weak(scalar)), range)))?
        }
        Entry::Value((Value::Array(array), _)) => IndexTerm::Array(array),
        Entry::Value((Value::Tuple(values), _)) if values.is_empty() => IndexTerm::from(Vec::<i64>::new()),
        Entry::Value((list @ Value::Tuple(_), range)) => {
            let array = as_array_if_tuple(surroundings, list, range)?;
            term(surroundings, Entry::Value((array, range)))?
        }
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
        Some(argument) => Ok(Some(narrow(integer(&argument)?))),
    }
}

/// What lies beyond 64 bits lies outside of every axis.
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
