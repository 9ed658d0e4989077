//! `choice`: some of the integers below a number or of the rows of an array, all alike or by weights.

use super::draw::Draw;
use super::rows::Rows;
use crate::calc::CalcError;
use crate::evaluate::arguments::array;
use crate::evaluate::create::as_array_if_tuple;
use crate::evaluate::value::{Value, at, checked};
use distarray_core::{DType, Reduction};
use distarray_lazy::DistArray;
use distarray_random::{Random, Replacement, WeightedChoice};
use distarray_spmd::exactly;
use distarray_spmd::transfer::index::{Indexed, Take};

/// `choice(a, size=None, replace=True, p=None, axis=0, shuffle=True)`. The order is random whatever `shuffle` is.
pub(super) fn choice(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    let range = draw.range();
    let (rows, place) = draw.rows("a")?;
    let mut size = draw.size(1)?;
    let replacement = if draw.flag(2, "replace", true)? { Replacement::With } else { Replacement::Without };
    let weights = draw.arguments().optional(3, &["p"])?.filter(|(value, _)| !matches!(value, Value::None));
    let axis = draw.axis(4, rows.ndim())?;
    draw.flag(5, "shuffle", true)?;

    let population = rows.count(axis);
    if population == 0 && !size.contains(&0) {
        return Err(CalcError::new(place, "a is empty: there is nothing to choose from"));
    }
    // Of an array of several dimensions one row is taken as an array of one row, without its axis at the end.
    let is_one_row = rows.ndim() > 1 && size.is_empty();
    if is_one_row {
        size.push(1);
    }
    if rows.ndim() > 1 && size.len() > 1 {
        let refused =
            format!("size {size:?} is refused: of an array of several dimensions it must be an integer");
        return Err(CalcError::new(draw.size_place(), refused));
    }
    let weights = weights.map(|(value, place)| {
        let (weights, _) = array((as_array_if_tuple(draw.surroundings(), value, place)?, place))?;
        if weights.shape() == [population] {
            return Ok(weights);
        }
        let shape = weights.shape();
        Err(CalcError::new(
            place,
            format!("p of shape {shape:?} is refused: it must be of shape [{population}]"),
        ))
    });

    let context = &draw.surroundings().context;
    let indices = indices(draw, population, replacement, weights.transpose()?, &size)?;
    let Rows::Of(array) = rows else { return Ok(Value::Array(indices)) };
    let taken = context
        .call(Take { indexed: Indexed::by_axis(axis, 1) }, &[&array, &indices])
        .and_then(|taken| exactly::<1, _>("take", taken));
    let [taken] = taken.map_err(|error| at(range, &error))?;
    // The greatest of one element is that element, of any dtype.
    checked(if is_one_row { taken.reduce(Reduction::Max, axis.cast_signed(), false) } else { taken }, range)
}

/// Which of `population` are chosen.
fn indices(
    draw: Draw<'_>,
    population: usize,
    replacement: Replacement,
    weights: Option<DistArray>,
    size: &[usize],
) -> Result<DistArray, CalcError> {
    let layout = draw.layout(size)?;
    if let Some(weights) = weights {
        return draw.call(&[&weights], |generator| WeightedChoice::new(generator, replacement, layout));
    }
    let variate = replacement.variate(population as u64, layout.size());
    draw.call(&[], |generator| Random::new(generator, variate, DType::Int64, layout))
}
