//! `RandomError`: what can be wrong with a random array that is asked for. Every case carries its numbers.

use distarray_core::kernel::random::vector::CovarianceError;
use distarray_core::{DType, ElementError};
use distarray_spmd::Error;

/// A request for random numbers that makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum RandomError {
    #[error("{name} {value} is refused: {reason}")]
    Parameter { name: &'static str, value: f64, reason: &'static str },
    #[error("{name}[{index}] {value} is refused: {reason}")]
    Entry { name: &'static str, index: usize, value: f64, reason: &'static str },
    #[error("{name} of {found} entries is refused: {expected} are expected")]
    Entries { name: &'static str, found: usize, expected: usize },
    #[error("sample {sample} is refused: there are {total} in all")]
    Sample { sample: u64, total: u128 },
    #[error("shape {shape:?} is refused: the last axis must have {length} indices, one for each component")]
    Components { shape: Vec<usize>, length: usize },
    #[error(transparent)]
    Covariance(#[from] CovarianceError),
    #[error("low {low} is refused: it must be below high, which is {high}")]
    Range { low: f64, high: f64 },
    #[error("low {low} is refused: it must be below high, which is {high}")]
    IntegerRange { low: i128, high: i128 },
    #[error("{name} {value} is refused: it is out of bounds for {dtype}")]
    OutOfBounds { name: &'static str, value: i128, dtype: DType },
    #[error("left {left}, mode {mode}, right {right} are refused: left <= mode <= right and left < right")]
    Triangle { left: f64, mode: f64, right: f64 },
    #[error("dtype {found} is refused: these numbers are {expected}")]
    DType { found: DType, expected: &'static str },
    #[error("the generator has handed out all of its {count} {what}")]
    Exhausted { what: &'static str, count: u64 },
    #[error("{count} elements cannot be chosen from {population} without putting any back")]
    Population { count: u64, population: u64 },
    #[error("only {arrived} weights are not 0, and {count} are to be chosen without putting any back")]
    Weighted { arrived: usize, count: usize },
    #[error("the weights sum to {sum}, and must sum to 1")]
    WeightSum { sum: f64 },
    #[error("an array of shape {shape:?} has more than 2^63 - 1 elements")]
    Size { shape: Vec<usize> },
    #[error("axis {axis} is out of bounds for an array of {ndim} dimensions")]
    Axis { axis: usize, ndim: usize },
    #[error(transparent)]
    Element(#[from] ElementError),
}

impl From<RandomError> for Error {
    fn from(error: RandomError) -> Error {
        let text = |value: &dyn std::fmt::Display| value.to_string();
        let (what, value, reason) = match &error {
            RandomError::Element(error) => return Error::Element(error.clone()),
            RandomError::Parameter { name, value, reason } => (*name, text(value), *reason),
            RandomError::Entry { name, index, value, reason } => {
                (*name, format!("[{index}] {value}"), *reason)
            }
            RandomError::Entries { name, found, expected } => {
                (*name, format!("of {found} entries for {expected}"), "it has another length")
            }
            RandomError::Sample { sample, total } => {
                ("sample", format!("{sample} of {total}"), "there must be as many")
            }
            RandomError::Components { shape, length } => {
                let value = format!("{shape:?} for {length} components");
                ("shape", value, "the last axis must have one index for each component")
            }
            RandomError::Covariance(error) => ("covariance", format!("with {error}"), "it must be one"),
            RandomError::Range { low, high } => {
                ("low", format!("{low} with high {high}"), "it must be below high")
            }
            RandomError::IntegerRange { low, high } => {
                ("low", format!("{low} with high {high}"), "it must be below high")
            }
            RandomError::OutOfBounds { name, value, dtype } => {
                (*name, format!("{value} for {dtype}"), "it is out of the dtype's bounds")
            }
            RandomError::Triangle { left, mode, right } => {
                let value = format!("with left {left}, mode {mode}, right {right}");
                ("triangle", value, "left <= mode <= right and left < right")
            }
            RandomError::DType { found, expected } => {
                ("dtype", format!("{found} for numbers that are {expected}"), "they have another dtype")
            }
            RandomError::Population { count, population } => {
                ("choice", format!("of {count} from {population}"), "nothing is put back")
            }
            RandomError::Weighted { arrived, count } => {
                ("choice", format!("of {count} among {arrived} weights above 0"), "nothing is put back")
            }
            RandomError::WeightSum { sum } => {
                ("weights", format!("with sum {sum}"), "probabilities must sum to 1")
            }
            RandomError::Size { shape } => {
                ("shape", format!("{shape:?}"), "it has more than 2^63 - 1 elements")
            }
            RandomError::Axis { axis, ndim } => {
                return Error::Axis { axis: axis.cast_signed(), ndim: *ndim };
            }
            RandomError::Exhausted { what, count } => {
                ("generator", format!("with {count} {what}"), "it has handed out all of them")
            }
        };
        Error::Value { what, value, reason }
    }
}
