//! Subscripts: `a[1:5, ..., None, -1]`, and one entry of a tuple.

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, integer};
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
pub(crate) fn subscript(value: &Value, entries: Vec<Entry>, range: SourceRange) -> Result<Value, CalcError> {
    match value {
        Value::Array(array) => indexed(array, entries, range),
        Value::Tuple(values) => member(values, entries, range),
        Value::Number(_) if entries.is_empty() => Ok(value.clone()),
        other => Err(CalcError::new(range, format!("{} cannot be indexed", other.kind()))),
    }
}

fn indexed(array: &DistArray, entries: Vec<Entry>, range: SourceRange) -> Result<Value, CalcError> {
    checked(array.index(index(entries)?), range)
}

/// What stands between the brackets, as an index of an array.
///
/// # Errors
/// What is no index.
pub(crate) fn index(entries: Vec<Entry>) -> Result<Index, CalcError> {
    Ok(Index::new(entries.into_iter().map(term).collect::<Result<_, _>>()?))
}

fn term(entry: Entry) -> Result<IndexTerm, CalcError> {
    Ok(match entry {
        Entry::Ellipsis | Entry::Value((Value::Ellipsis, _)) => IndexTerm::Ellipsis,
        Entry::NewAxis | Entry::Value((Value::None, _)) => IndexTerm::NewAxis,
        Entry::Slice([start, stop, step]) => {
            IndexTerm::Slice { start: bound(start)?, stop: bound(stop)?, step: bound(step)? }
        }
        Entry::Value((Value::Number(Weak::Int(index)), _)) => IndexTerm::At(narrow(index)),
        Entry::Value((Value::Array(array), range)) if is_whole_number(&array) => {
            match array.item().map_err(|error| CalcError::new(range, error.to_string())) {
                Ok(scalar) => term(Entry::Value((Value::Number(super::value::weak(scalar)), range)))?,
                Err(error) => return Err(error),
            }
        }
        Entry::Value((other, range)) => {
            return Err(CalcError::new(
                range,
                format!(
                    "{} as an index is not available: use integers, slices, `...` and None",
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
