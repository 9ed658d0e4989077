//! NumPy 2's promotion: which dtype two operands meet in.

use crate::dtype::{DType, Kind};
use crate::error::ElementError;
use crate::scalar::Weak;

/// The dtype in which values of `first` and `second` meet.
///
/// The smallest dtype both convert to safely, except that 64-bit integers are taken to convert safely to
/// `float64`, and `uint64` meets signed integers in `float64`.
///
/// # Source
/// NumPy 2, `numpy.result_type`.
#[must_use]
pub const fn promote(first: DType, second: DType) -> DType {
    let (low, high) =
        if first.kind() as u8 <= second.kind() as u8 { (first, second) } else { (second, first) };
    match (low.kind(), high.kind()) {
        (Kind::Bool, _) => high,
        (Kind::Unsigned, Kind::Signed) => {
            if low.size_bytes() < high.size_bytes() {
                high
            } else {
                match low {
                    DType::UInt8 => DType::Int16,
                    DType::UInt16 => DType::Int32,
                    DType::UInt32 => DType::Int64,
                    _ => DType::Float64,
                }
            }
        }
        (Kind::Unsigned | Kind::Signed, Kind::Float) => wider(float_for(low), high),
        (Kind::Unsigned | Kind::Signed | Kind::Float, Kind::Complex) => {
            match wider(float_for(low), high.real_part()) {
                DType::Float32 => DType::Complex64,
                _ => DType::Complex128,
            }
        }
        _ => wider(low, high),
    }
}

/// The dtype in which values of `dtype` meet a literal, which has a kind only.
///
/// A literal of the dtype's kind or a lower one takes the dtype; one of a higher kind takes the default
/// dtype of its kind (`int64`, `float64`), or the complex dtype of the dtype's precision.
///
/// # Errors
/// [`ElementError::IntegerOutOfRange`] if the literal is an integer that the resulting integer dtype
/// cannot hold.
///
/// # Source
/// NumPy Enhancement Proposal 50.
pub fn promote_weak(dtype: DType, literal: &Weak) -> Result<DType, ElementError> {
    match literal {
        Weak::Bool(_) => Ok(dtype),
        Weak::Int(value) => {
            let result = if dtype == DType::Bool { DType::Int64 } else { dtype };
            match result.integer_range() {
                Some((low, high)) if *value < low || *value > high => {
                    Err(ElementError::IntegerOutOfRange { value: *value, dtype: result })
                }
                _ => Ok(result),
            }
        }
        Weak::Float(_) => Ok(match dtype.kind() {
            Kind::Float | Kind::Complex => dtype,
            _ => DType::Float64,
        }),
        Weak::Complex(_) => Ok(match dtype {
            DType::Float32 | DType::Complex64 => DType::Complex64,
            _ => DType::Complex128,
        }),
    }
}

/// The larger of two dtypes.
const fn wider(first: DType, second: DType) -> DType {
    if first.size_bytes() > second.size_bytes() { first } else { second }
}

/// The float dtype that a real dtype converts to safely.
const fn float_for(dtype: DType) -> DType {
    match dtype {
        DType::Bool | DType::Int8 | DType::Int16 | DType::UInt8 | DType::UInt16 => DType::Float32,
        DType::Float32 => DType::Float32,
        _ => DType::Float64,
    }
}
