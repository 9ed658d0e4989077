//! Scalar: one element with its dtype.

mod display;
mod parse;
mod weak;

use num_complex::Complex;
use serde::{Deserialize, Serialize};

use crate::dispatch;
use crate::dtype::DType;
use crate::element::convert::Convert;
use crate::element::{Element, as_bytes, slice_of};
use crate::error::ElementError;

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

/// Evaluates an expression with `$value` bound to the value of whatever type it is.
macro_rules! with_value {
    ($scalar:expr, $value:ident => $body:expr) => {
        match $scalar {
            Scalar::Bool($value) => $body,
            Scalar::Int8($value) => $body,
            Scalar::Int16($value) => $body,
            Scalar::Int32($value) => $body,
            Scalar::Int64($value) => $body,
            Scalar::UInt8($value) => $body,
            Scalar::UInt16($value) => $body,
            Scalar::UInt32($value) => $body,
            Scalar::UInt64($value) => $body,
            Scalar::Float32($value) => $body,
            Scalar::Float64($value) => $body,
            Scalar::Complex64($value) => $body,
            Scalar::Complex128($value) => $body,
        }
    };
}

impl Scalar {
    /// A scalar of `dtype` with the value of a Python literal, as `numpy.full` converts it.
    ///
    /// # Errors
    /// [`ElementError::IntegerOutOfRange`] for an integer literal that an integer dtype cannot hold,
    /// [`ElementError::ComplexToReal`] for a complex literal and a dtype that is not complex or `bool`.
    pub fn of(dtype: DType, literal: impl Into<Weak>) -> Result<Scalar, ElementError> {
        literal.into().to_scalar(dtype)
    }

    /// Zero of `dtype`.
    #[must_use]
    pub fn zero(dtype: DType) -> Scalar {
        dispatch!(dtype, Any(T) => T::ZERO.into())
    }

    /// One of `dtype`.
    #[must_use]
    pub fn one(dtype: DType) -> Scalar {
        dispatch!(dtype, Any(T) => T::ONE.into())
    }

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

    /// The value converted to `dtype` as NumPy's `astype` does.
    #[must_use]
    pub fn cast(&self, dtype: DType) -> Scalar {
        with_value!(*self, value => dispatch!(dtype, Any(T) => {
            let converted: T = value.convert();
            Scalar::from(converted)
        }))
    }

    /// The value if it is a `T`.
    ///
    /// # Errors
    /// [`ElementError::DTypeMismatch`] if the dtype is another; [`Scalar::cast`] converts.
    pub fn value<T: Element>(&self) -> Result<T, ElementError> {
        T::from_scalar(self).ok_or(ElementError::DTypeMismatch { expected: T::DTYPE, found: self.dtype() })
    }

    /// The value as `f64` (of a complex number the real part).
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        with_value!(*self, value => value.convert())
    }

    /// Whether the value is not zero.
    #[must_use]
    pub fn is_truthy(&self) -> bool {
        with_value!(*self, value => value.convert())
    }

    /// Whether dtype and bits are the same: what decides if two programs are the same.
    #[must_use]
    pub fn same_bits(&self, other: &Scalar) -> bool {
        self.dtype() == other.dtype() && self.to_bytes() == other.to_bytes()
    }

    /// The bytes as they lie in an array.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        with_value!(*self, value => as_bytes(&[value]).to_vec())
    }

    /// The scalar whose bytes these are; they may begin at any address.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`] and [`ElementError::InvalidBool`].
    pub fn from_bytes(dtype: DType, bytes: &[u8]) -> Result<Scalar, ElementError> {
        if bytes.len() != dtype.size_bytes() {
            return Err(ElementError::SizeMismatch {
                expected_bytes: dtype.size_bytes(),
                found_bytes: bytes.len(),
            });
        }
        // Sixteen aligned bytes, whatever the address of the given ones.
        let mut aligned = [Complex::new(0.0_f64, 0.0); 1];
        let aligned = crate::element::as_bytes_mut(&mut aligned);
        aligned[..bytes.len()].copy_from_slice(bytes);
        dispatch!(dtype, Any(T) => Ok(slice_of::<T>(&aligned[..bytes.len()])?[0].into()))
    }
}
