//! Parameters that are lists or arrays of numbers. They are small, and fetched.

use super::draw::Draw;
use crate::calc::{CalcError, SourceRange};
use crate::evaluate::create::as_array_if_tuple;
use crate::evaluate::value::{Value, at};
use distarray_core::{Block, DType, Element, Pool};

/// Arrays of more entries than this are no parameters: a covariance of more would take minutes to factor.
const MOST_ENTRIES: usize = 1 << 24;

impl Draw<'_> {
    /// A parameter that is a list of real numbers, one at least.
    pub(super) fn reals(
        &mut self,
        position: usize,
        name: &'static str,
        field: &'static str,
    ) -> Result<Vec<f64>, CalcError> {
        let (block, place) = self.fetched(position, name, field, line)?;
        floats(&block, name, place)
    }

    /// A parameter that is a square matrix of real numbers with so many rows, one row after the other.
    pub(super) fn square(
        &mut self,
        position: usize,
        name: &'static str,
        field: &'static str,
        rows: usize,
    ) -> Result<Vec<f64>, CalcError> {
        let wanted = [rows, rows];
        let unfit = |shape: &[usize]| (shape != wanted).then(|| format!("of shape {wanted:?}"));
        let (block, place) = self.fetched(position, name, field, unfit)?;
        floats(&block, name, place)
    }

    /// A parameter that is a list of integers, one at least, none of them negative.
    pub(super) fn counts(
        &mut self,
        position: usize,
        name: &'static str,
        field: &'static str,
    ) -> Result<Vec<u64>, CalcError> {
        let (block, place) = self.fetched(position, name, field, line)?;
        let integers: Vec<i128> = match block.dtype() {
            DType::UInt64 => elements::<u64>(&block, place)?.into_iter().map(i128::from).collect(),
            dtype if dtype.is_integer() || dtype == DType::Bool => {
                elements::<i64>(&block, place)?.into_iter().map(i128::from).collect()
            }
            dtype => {
                return Err(CalcError::new(place, format!("{name} is {dtype}: integers are needed")));
            }
        };
        let count = |(index, value): (usize, i128)| {
            let refused = || format!("{name}[{index}] {value} is refused: it must be from 0 to 2^62");
            u64::try_from(value).map_err(|_| CalcError::new(place, refused()))
        };
        integers.into_iter().enumerate().map(count).collect()
    }

    /// The elements of an argument. `unfit` says of a shape that is none how it must be.
    fn fetched(
        &mut self,
        position: usize,
        name: &'static str,
        field: &'static str,
        unfit: impl Fn(&[usize]) -> Option<String>,
    ) -> Result<(Block, SourceRange), CalcError> {
        let (value, place) = self.arguments().required(position, &[name])?;
        self.is_given(name, field, place);
        let array = match as_array_if_tuple(self.surroundings(), value, place)? {
            Value::Array(array) => array,
            other => {
                let kind = other.kind();
                return Err(CalcError::new(place, format!("{name} is {kind}: a list or an array is needed")));
            }
        };
        let shape = array.meta().map_err(|error| at(place, &error))?.shape();
        if let Some(wanted) = unfit(shape) {
            return Err(CalcError::new(
                place,
                format!("{name} of shape {shape:?} is refused: it must be {wanted}"),
            ));
        }
        let count = shape.iter().fold(1, |count: usize, length| count.saturating_mul(*length));
        if count > MOST_ENTRIES {
            return Err(CalcError::new(
                place,
                format!("{name} of shape {shape:?} is refused: it must have at most {MOST_ENTRIES} entries"),
            ));
        }
        array.fetch_block().map(|block| (block, place)).map_err(|error| at(place, &error))
    }
}

/// How it must be: a list has one dimension, and something in it.
fn line(shape: &[usize]) -> Option<String> {
    match shape {
        [length] if *length > 0 => None,
        _ => Some("of one dimension and not empty".to_owned()),
    }
}

fn floats(block: &Block, name: &str, place: SourceRange) -> Result<Vec<f64>, CalcError> {
    if block.dtype().is_complex() {
        return Err(CalcError::new(place, format!("{name} is {}: real numbers are needed", block.dtype())));
    }
    elements(block, place)
}

/// The elements as `T`.
fn elements<T: Element>(block: &Block, place: SourceRange) -> Result<Vec<T>, CalcError> {
    let cast = block.cast(T::DTYPE, &Pool::new(None));
    let elements = cast.and_then(|block| block.as_slice().map(<[T]>::to_vec));
    elements.map_err(|error| at(place, &error.into()))
}
