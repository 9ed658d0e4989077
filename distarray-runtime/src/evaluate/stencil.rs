//! `stencil(a, weights, boundary="none", value=0, centre=None)`: weighted sums of neighbours.

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, Arguments, array, shape};
use crate::evaluate::create::numbers;
use crate::evaluate::value::{Value, at, checked};
use distarray_core::Weak;
use distarray_maps::Boundary;
use distarray_spmd::compute::stencil::{Stencil, Weight};

/// Arrays of more weights than this are none.
const MOST_WEIGHTS: usize = 1 << 16;

/// Calls it.
///
/// # Errors
/// Wrong arguments, and what the library refuses.
pub(crate) fn call(mut arguments: Arguments) -> Result<Value, CalcError> {
    let range = arguments.range();
    let (given, _) = array(arguments.required(0, &["a"])?)?;
    let weights = arguments.required(1, &["weights"])?;
    let boundaries =
        arguments.optional(2, &["boundary", "mode"])?.map_or(Ok(vec![Boundary::None]), boundaries)?;
    let value = match arguments.optional(3, &["value", "cval"])? {
        None => Weak::Int(0),
        Some((Value::Number(value), _)) => value,
        Some((other, place)) => {
            return Err(CalcError::new(place, format!("{} where a number is needed", other.kind())));
        }
    };
    let centre =
        arguments.optional(4, &["centre", "center"])?.filter(|(value, _)| !matches!(value, Value::None));
    let centre = centre.map(|centre| shape(&centre)).transpose()?;
    arguments.finish()?;
    let place = weights.1;
    let (shape, weights) = weights_of(weights)?;
    let stencil =
        Stencil::from_list(&shape, &weights, centre.as_deref()).map_err(|error| at(place, &error))?;
    checked(given.stencil(stencil.with_constant(value), boundaries), range)
}

/// Weights and their shape: those of a list are Python's numbers, those of an array have its dtype.
fn weights_of((value, place): Argument) -> Result<(Vec<usize>, Vec<Weight>), CalcError> {
    let Value::Array(array) = value else {
        let (shape, numbers) = numbers(&value, place)?;
        return Ok((shape, numbers.into_iter().map(Weight::from).collect()));
    };
    if array.size() > MOST_WEIGHTS {
        return Err(CalcError::new(
            place,
            format!("weights of shape {:?} are refused: {MOST_WEIGHTS} at most", array.shape()),
        ));
    }
    let fetched = array.fetch_block().map_err(|error| at(place, &error))?;
    let weight = |flat| fetched.get_flat(flat).map(Weight::Strong).map_err(|error| at(place, &error.into()));
    let weights = (0..fetched.size()).map(weight).collect::<Result<_, _>>()?;
    Ok((array.shape().to_vec(), weights))
}

/// One kind of boundary, or a tuple or list of one for each axis.
fn boundaries((value, place): Argument) -> Result<Vec<Boundary>, CalcError> {
    match value {
        Value::Tuple(each) => each.iter().map(|value| boundary(value, place)).collect(),
        value => Ok(vec![boundary(&value, place)?]),
    }
}

fn boundary(value: &Value, place: SourceRange) -> Result<Boundary, CalcError> {
    let refuse = |what: String| {
        let kinds = "\"none\", \"constant\", \"periodic\" or \"reflect\"";
        CalcError::new(place, format!("{what} is no boundary: it must be {kinds}"))
    };
    match value {
        Value::None => Ok(Boundary::None),
        Value::Text(name) => Boundary::from_name(name).ok_or_else(|| refuse(format!("{name:?}"))),
        other => Err(refuse(other.kind())),
    }
}

#[cfg(test)]
mod tests;
