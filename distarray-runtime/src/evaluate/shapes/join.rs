//! Functions that join several arrays, and that cut one.

use super::change::{axis, places};
use super::given;
use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, Arguments, dtype, size};
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, at, checked};
use distarray_lazy::{DistArray, Index, IndexTerm, Sections};

/// Whether a function of this name joins arrays, or cuts one.
pub(super) fn is_one(name: &str) -> bool {
    is_splitter(name)
        || matches!(
            name,
            "concatenate" | "concat" | "stack" | "hstack" | "vstack" | "dstack" | "column_stack"
        )
}

fn is_splitter(name: &str) -> bool {
    matches!(name, "split" | "array_split" | "hsplit" | "vsplit" | "dsplit")
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
    if is_splitter(name) {
        return split(surroundings, name, arguments);
    }
    let arrays = several(surroundings, arguments.required(0, &["arrays", "tup", "seq"])?)?;
    let arrays: Vec<&DistArray> = arrays.iter().collect();
    let context = &surroundings.context;
    let has_axis = matches!(name, "concatenate" | "concat" | "stack");
    let along = if has_axis { arguments.optional(1, &["axis"])? } else { None };
    let wanted = arguments.keyword(&["dtype"])?.map(|argument| dtype(&argument)).transpose()?;
    let result = match name {
        "stack" => context.stack(&arrays, axis(along)?.unwrap_or(0)),
        "hstack" => context.hstack(&arrays),
        "vstack" => context.vstack(&arrays),
        "dstack" => context.dstack(&arrays),
        "column_stack" => context.column_stack(&arrays),
        _ if along.is_none() => context.concatenate(&arrays, 0),
        _ => context.concatenate(&arrays, axis(along)?),
    };
    arguments.finish()?;
    checked(wanted.map_or(result.clone(), |dtype| result.astype(dtype)), range)
}

/// A tuple of arrays, or an array, which is one of its rows.
pub(super) fn several(surroundings: &Surroundings, argument: Argument) -> Result<Vec<DistArray>, CalcError> {
    let (value, range) = argument;
    match value {
        Value::Tuple(values) => values.into_iter().map(|value| given(surroundings, (value, range))).collect(),
        Value::Array(array) if array.ndim() > 0 => {
            let row = |index: usize| array.index(Index::new(vec![IndexTerm::At(index as i64)]));
            Ok((0..array.shape()[0]).map(row).collect())
        }
        other => Err(CalcError::new(range, format!("{} where a tuple of arrays is needed", other.kind()))),
    }
}

fn split(surroundings: &Surroundings, name: &str, mut arguments: Arguments) -> Result<Value, CalcError> {
    let range = arguments.range();
    let array = given(surroundings, arguments.required(0, &["ary"])?)?;
    let sections = arguments.required(1, &["indices_or_sections"])?;
    let sections = match &sections.0 {
        Value::Tuple(_) => Sections::At(places(&sections)?),
        _ => Sections::Count(size(&sections)?),
    };
    let has_axis = matches!(name, "split" | "array_split");
    let along = if has_axis { axis(arguments.optional(2, &["axis"])?)?.unwrap_or(0) } else { 0 };
    arguments.finish()?;
    let parts = match name {
        "split" => array.split(sections, along),
        "array_split" => array.array_split(sections, along),
        "hsplit" => array.hsplit(sections),
        "vsplit" => array.vsplit(sections),
        _ => array.dsplit(sections),
    };
    tuple(parts, range)
}

/// Several results.
pub(super) fn tuple(
    arrays: Result<Vec<DistArray>, distarray_spmd::Error>,
    range: SourceRange,
) -> Result<Value, CalcError> {
    let arrays = arrays.map_err(|error| at(range, &error))?;
    arrays.into_iter().map(|array| checked(array, range)).collect::<Result<_, _>>().map(Value::Tuple)
}
