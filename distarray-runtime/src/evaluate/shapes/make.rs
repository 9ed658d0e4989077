//! Functions that make arrays of shapes alone, or like others.

use super::given;
use super::join::tuple;
use crate::calc::CalcError;
use crate::evaluate::arguments::{Arguments, flag, integer, shape, size};
use crate::evaluate::create::{given_dtype, scalar};
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, checked};
use distarray_core::DType;
use distarray_lazy::DistArray;

/// Whether a function of this name is one of them.
pub(super) fn is_one(name: &str) -> bool {
    matches!(
        name,
        "eye" | "identity" | "indices" | "meshgrid" | "zeros_like" | "ones_like" | "empty_like" | "full_like"
    )
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
    let (range, context) = (arguments.range(), &surroundings.context);
    let result = match name {
        "eye" => {
            let rows = size(&arguments.required(0, &["N"])?)?;
            let columns = arguments.optional(1, &["M"])?.filter(|(value, _)| !matches!(value, Value::None));
            let columns = columns.map_or(Ok(rows), |argument| size(&argument))?;
            let offset = arguments.optional(2, &["k"])?.map_or(Ok(0), |argument| integer(&argument))?;
            let offset =
                i64::try_from(offset).map_err(|_| CalcError::new(range, format!("{offset} is no offset")))?;
            let wanted = given_dtype(&mut arguments, 3)?.unwrap_or(DType::Float64);
            context.eye(rows, columns, offset, wanted)
        }
        "identity" => {
            let length = size(&arguments.required(0, &["n"])?)?;
            context.identity(length, given_dtype(&mut arguments, 1)?.unwrap_or(DType::Float64))
        }
        "indices" => {
            let shape = shape(&arguments.required(0, &["dimensions"])?)?;
            context.indices(&shape, given_dtype(&mut arguments, 1)?.unwrap_or(DType::Int64))
        }
        "meshgrid" => return meshgrid(surroundings, arguments),
        "full_like" => {
            let array = given(surroundings, arguments.required(0, &["a"])?)?;
            let (value, place) = arguments.required(1, &["fill_value"])?;
            let value = scalar(&value, place, None)?;
            array.full_like(value, given_dtype(&mut arguments, 2)?)
        }
        _ => {
            let array = given(surroundings, arguments.required(0, &["a", "prototype"])?)?;
            let wanted = given_dtype(&mut arguments, 1)?;
            if name == "ones_like" { array.ones_like(wanted) } else { array.zeros_like(wanted) }
        }
    };
    arguments.finish()?;
    checked(result, range)
}

fn meshgrid(surroundings: &Surroundings, mut arguments: Arguments) -> Result<Value, CalcError> {
    let range = arguments.range();
    let count = arguments.positional_count();
    let arrays = (0..count).map(|position| given(surroundings, arguments.required(position, &[])?));
    let arrays: Vec<DistArray> = arrays.collect::<Result<_, _>>()?;
    let indexing = arguments.keyword(&["indexing"])?;
    let is_cartesian = match indexing {
        None => true,
        Some((Value::Text(text), _)) if text == "xy" => true,
        Some((Value::Text(text), _)) if text == "ij" => false,
        Some((_, place)) => {
            return Err(CalcError::new(place, "Valid values for `indexing` are 'xy' and 'ij'."));
        }
    };
    if let Some(sparse) = arguments.keyword(&["sparse"])?
        && flag(&sparse)?
    {
        return Err(CalcError::new(sparse.1, "sparse grids are not available: use expand_dims"));
    }
    arguments.keyword(&["copy"])?.map(|argument| flag(&argument)).transpose()?;
    arguments.finish()?;
    let arrays: Vec<&DistArray> = arrays.iter().collect();
    tuple(surroundings.context.meshgrid(&arrays, is_cartesian), range)
}
