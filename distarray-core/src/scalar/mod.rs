//! Scalar: one element with its dtype.

mod convert;
mod display;
mod parse;
mod weak;

use num_complex::Complex;
use serde::{Deserialize, Serialize};

use crate::dtype::DType;

pub use weak::Weak;

/// One element of an array: strong, that is, with a dtype. Literals are [`Weak`].
///
/// Equality is that of numbers of the same dtype, so a NaN differs from itself; see
/// [`Scalar::same_bits`]. `Display` is what Python's `print` shows of the NumPy scalar.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Scalar {
    /// `bool`.
    Bool(bool),
    /// `int8`.
    Int8(i8),
    /// `int16`.
    Int16(i16),
    /// `int32`.
    Int32(i32),
    /// `int64`.
    Int64(i64),
    /// `uint8`.
    UInt8(u8),
    /// `uint16`.
    UInt16(u16),
    /// `uint32`.
    UInt32(u32),
    /// `uint64`.
    UInt64(u64),
    /// `float32`.
    Float32(f32),
    /// `float64`.
    Float64(f64),
    /// `complex64`.
    Complex64(Complex<f32>),
    /// `complex128`.
    Complex128(Complex<f64>),
}

impl Scalar {
    /// The dtype.
    #[must_use]
    pub const fn dtype(&self) -> DType {
        match self {
            Scalar::Bool(_) => DType::Bool,
            Scalar::Int8(_) => DType::Int8,
            Scalar::Int16(_) => DType::Int16,
            Scalar::Int32(_) => DType::Int32,
            Scalar::Int64(_) => DType::Int64,
            Scalar::UInt8(_) => DType::UInt8,
            Scalar::UInt16(_) => DType::UInt16,
            Scalar::UInt32(_) => DType::UInt32,
            Scalar::UInt64(_) => DType::UInt64,
            Scalar::Float32(_) => DType::Float32,
            Scalar::Float64(_) => DType::Float64,
            Scalar::Complex64(_) => DType::Complex64,
            Scalar::Complex128(_) => DType::Complex128,
        }
    }
}
