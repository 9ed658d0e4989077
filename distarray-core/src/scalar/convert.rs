//! A scalar as a value of a Rust type, as another dtype, as bytes, and back.

use num_complex::Complex;

use crate::dispatch;
use crate::dtype::DType;
use crate::element::convert::Convert;
use crate::element::{Element, as_bytes, as_bytes_mut, slice_of};
use crate::error::ElementError;
use crate::scalar::Scalar;

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
        let aligned = as_bytes_mut(&mut aligned);
        aligned[..bytes.len()].copy_from_slice(bytes);
        dispatch!(dtype, Any(T) => Ok(slice_of::<T>(&aligned[..bytes.len()])?[0].into()))
    }
}
