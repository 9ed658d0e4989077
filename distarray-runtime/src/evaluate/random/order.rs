//! Rows in a random order: `permutation` and `shuffle`.

use super::draw::Draw;
use super::rows::Rows;
use crate::calc::CalcError;
use crate::evaluate::arguments::array;
use crate::evaluate::create::as_array_if_tuple;
use crate::evaluate::value::Value;
use distarray_core::DType;
use distarray_random::{Shuffle, Variate};

/// The function whose result becomes its argument: who evaluates the call gives it to the variable.
pub(crate) const SHUFFLE: &str = "shuffle";

/// `permutation(x, axis=0)`: the integers below `x`, or the rows of the array `x`.
pub(super) fn permutation(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    let (rows, _) = draw.rows("x")?;
    let axis = draw.axis(1, rows.ndim())?;
    match rows {
        Rows::Below(count) => {
            draw.array(Variate::Distinct { population: count as u64 }, &[count], DType::Int64)
        }
        Rows::Of(array) => draw.call(&[&array], |generator| Shuffle::new(generator, axis)).map(Value::Array),
    }
}

/// `shuffle(x, axis=0)`: the rows of the array `x`.
pub(super) fn shuffle(mut draw: Draw<'_>) -> Result<Value, CalcError> {
    let (value, place) = draw.arguments().required(0, &["x"])?;
    let (array, _) = array((as_array_if_tuple(draw.surroundings(), value, place)?, place))?;
    let axis = draw.axis(1, array.ndim())?;
    draw.call(&[&array], |generator| Shuffle::new(generator, axis)).map(Value::Array)
}
