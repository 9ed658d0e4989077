//! ElementError: what can be wrong with elements, blocks and kernels. Every case carries its numbers.

use serde::{Deserialize, Serialize};

use crate::dtype::DType;

/// A request about elements or memory that cannot be met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum ElementError {
    #[error("{name:?} is not the name of a dtype")]
    UnknownDType { name: String },
    #[error("{descr:?} describes {why}, which is not among the 13 numeric dtypes")]
    UnsupportedDescr { descr: String, why: String },
    #[error("dtype {found} where {expected} is expected")]
    DTypeMismatch { expected: DType, found: DType },
    #[error("dtype {dtype} is not one of the {family} dtypes")]
    NotInFamily { dtype: DType, family: String },
    #[error("Python integer {value} out of bounds for {dtype}")]
    IntegerOutOfRange { value: i128, dtype: DType },
    #[error("complex number {value} cannot become {dtype}: take its real part first")]
    ComplexToReal { value: String, dtype: DType },
    #[error("{text:?} is not a number of dtype {dtype}")]
    NotANumber { text: String, dtype: DType },
    #[error("byte {value} at position {index} is neither 0 nor 1 and therefore no bool")]
    InvalidBool { index: usize, value: u8 },

    #[error("{found_bytes} bytes where {expected_bytes} are expected")]
    SizeMismatch { expected_bytes: usize, found_bytes: usize },
    #[error("bytes at an address that is not a multiple of {alignment_bytes} cannot be {dtype}")]
    Misaligned { dtype: DType, alignment_bytes: usize },
    #[error("shape {found:?} where {expected:?} is expected")]
    ShapeMismatch { expected: Vec<usize>, found: Vec<usize> },
    #[error("shape {shape:?} of {dtype} has more bytes than an address can count")]
    TooLarge { shape: Vec<usize>, dtype: DType },
    #[error("index {index:?} is outside shape {shape:?}")]
    IndexOutOfRange { index: Vec<usize>, shape: Vec<usize> },
    #[error(
        "cannot allocate {requested_bytes} bytes: {held_bytes} are held{}",
        match limit_bytes { Some(limit) => format!(" of a limit of {limit}"), None => String::new() }
    )]
    OutOfMemory { requested_bytes: u64, held_bytes: u64, limit_bytes: Option<u64> },

    #[error("items of {item_bytes} bytes cannot be copied, only of 1, 2, 4, 8 or 16")]
    ItemSize { item_bytes: usize },
    #[error("{found} axes of runs for a shape of {expected} dimensions")]
    AxisCount { expected: usize, found: usize },
    #[error("a run reaches index {index} of axis {axis}, which has {length} indices")]
    RunOutOfRange { axis: usize, index: i128, length: usize },
    #[error("elements {first}..{end} of a region of {count}")]
    RangeOutOfRegion { first: usize, end: usize, count: usize },

    #[error("zero-size array to reduction operation {reduction} which has no identity")]
    EmptyReduction { reduction: String },
    #[error("{found} state bytes of a reduction where {expected} are expected")]
    StateMismatch { expected: usize, found: usize },

    #[error("{name:?} is not the name of a ufunc")]
    UnknownUfunc { name: String },
    #[error("{ufunc} takes {expected} arguments, not {found}")]
    Arity { ufunc: String, expected: usize, found: usize },
    #[error("{ufunc} is not defined for {}", names(dtypes))]
    UnsupportedDTypes { ufunc: String, dtypes: Vec<DType> },
    #[error("bool - bool is not defined: use ^ or logical_xor")]
    BoolSubtract,
    #[error("integers to negative integer powers are not allowed, such as {exponent}")]
    NegativeIntegerPower { exponent: i128 },
    #[error("{dtype} is not rounded to {decimals} decimals: from -300 to 300, and 0 of bool")]
    UnsupportedDecimals { decimals: i32, dtype: DType },
    #[error("a geometric sequence cannot include zero, as from {start} to {stop}")]
    ZeroInGeometricSequence { start: String, stop: String },
    #[error("register {register} of a program that has {count} so far")]
    RegisterOutOfRange { register: usize, count: usize },
    #[error("{found} {what} for a program that has {expected}")]
    OperandCount { what: String, expected: usize, found: usize },
    #[error("weight {weight} at index {index} is refused: it must be from 0 to 1")]
    Weight { index: usize, weight: String },
    #[error("{what} {slot} reaches element {index} of {length}")]
    OperandOutOfRange { what: String, slot: usize, index: i128, length: usize },
}

/// The names of dtypes, separated by commas.
fn names(dtypes: &[DType]) -> String {
    let names: Vec<&str> = dtypes.iter().map(|dtype| dtype.name()).collect();
    names.join(", ")
}
