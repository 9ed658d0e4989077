//! `Rows`: what is put in order or chosen from.

use super::draw::Draw;
use crate::calc::{CalcError, SourceRange};
use crate::evaluate::create::as_array_if_tuple;
use crate::evaluate::value::Value;
use distarray_core::Weak;
use distarray_lazy::DistArray;

/// The first argument of `permutation` and `choice`.
pub(super) enum Rows {
    /// The integers below a number.
    Below(usize),
    /// The rows of an array, which has an axis at least.
    Of(DistArray),
}

impl Rows {
    /// How many axes there are.
    pub(super) fn ndim(&self) -> usize {
        match self {
            Rows::Below(_) => 1,
            Rows::Of(array) => array.ndim(),
        }
    }

    /// How many rows there are along an axis.
    pub(super) fn count(&self, axis: usize) -> usize {
        match self {
            Rows::Below(count) => *count,
            Rows::Of(array) => array.shape().get(axis).copied().unwrap_or(0),
        }
    }
}

impl Draw<'_> {
    /// The first argument, and its place. An array of no dimensions is a number.
    pub(super) fn rows(&mut self, name: &'static str) -> Result<(Rows, SourceRange), CalcError> {
        let (value, place) = self.arguments().required(0, &[name])?;
        let value = as_array_if_tuple(self.surroundings(), value, place)?;
        match value {
            Value::Array(array) if array.ndim() > 0 => Ok((Rows::Of(array), place)),
            Value::Array(_) | Value::Number(Weak::Int(_) | Weak::Bool(_)) => {
                let (count, _) = self.whole((value, place), name, "population")?;
                let fits = usize::try_from(count).ok().filter(|count| i64::try_from(*count).is_ok());
                let refused = || format!("{name} {count} is refused: it must be from 0 to 2^63 - 1");
                Ok((Rows::Below(fits.ok_or_else(|| CalcError::new(place, refused()))?), place))
            }
            other => Err(CalcError::new(
                place,
                format!("{name} is {}: an integer or an array is needed", other.kind()),
            )),
        }
    }
}
