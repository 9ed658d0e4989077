//! Weak: a literal as Python writes it, which has a kind and no dtype.

use std::fmt;

use num_complex::Complex;
use serde::{Deserialize, Serialize};

use crate::dtype::DType;
use crate::element::convert::Convert;
use crate::error::ElementError;
use crate::scalar::Scalar;

/// A Python literal: what it is combined with decides the dtype (see [`promote_weak`](crate::promote_weak)).
///
/// # Source
/// NumPy Enhancement Proposal 50.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Weak {
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A number with a decimal point or an exponent.
    Float(f64),
    /// A number with an imaginary part.
    Complex(Complex<f64>),
}

impl Weak {
    /// The dtype the literal has when it meets nothing else: `bool`, `int64`, `float64`, `complex128`;
    /// `uint64` for an integer that only fits there.
    ///
    /// # Errors
    /// [`ElementError::IntegerOutOfRange`] for an integer that fits in neither.
    pub fn default_dtype(&self) -> Result<DType, ElementError> {
        match *self {
            Weak::Bool(_) => Ok(DType::Bool),
            Weak::Int(value) if i64::try_from(value).is_ok() => Ok(DType::Int64),
            Weak::Int(value) if u64::try_from(value).is_ok() => Ok(DType::UInt64),
            Weak::Int(value) => Err(ElementError::IntegerOutOfRange { value, dtype: DType::Int64 }),
            Weak::Float(_) => Ok(DType::Float64),
            Weak::Complex(_) => Ok(DType::Complex128),
        }
    }

    /// The literal as a scalar of `dtype`, as `numpy.full` converts it.
    ///
    /// # Errors
    /// [`ElementError::IntegerOutOfRange`] for an integer that an integer dtype cannot hold,
    /// [`ElementError::ComplexToReal`] for a complex literal and a real dtype.
    pub fn to_scalar(&self, dtype: DType) -> Result<Scalar, ElementError> {
        match *self {
            Weak::Bool(value) => Ok(Scalar::Bool(value).cast(dtype)),
            Weak::Int(value) => integer_to_scalar(value, dtype),
            Weak::Float(value) => Ok(Scalar::Float64(value).cast(dtype)),
            Weak::Complex(_) if !dtype.is_complex() && dtype != DType::Bool => {
                Err(ElementError::ComplexToReal { value: self.to_string(), dtype })
            }
            Weak::Complex(value) => Ok(Scalar::Complex128(value).cast(dtype)),
        }
    }
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
}

/// An integer as a scalar of `dtype`; by way of `f64` if the dtype is a float, as Python does it.
fn integer_to_scalar(value: i128, dtype: DType) -> Result<Scalar, ElementError> {
    if dtype == DType::Bool {
        return Ok(Scalar::Bool(value != 0));
    }
    let Some((low, high)) = dtype.integer_range() else {
        return Ok(Scalar::Float64(value as f64).cast(dtype));
    };
    if value < low || value > high {
        return Err(ElementError::IntegerOutOfRange { value, dtype });
    }
    // What fits in `dtype` fits in one of the two widest, and converts from there without change.
    match (i64::try_from(value), u64::try_from(value)) {
        (Ok(value), _) => Ok(Scalar::Int64(value).cast(dtype)),
        (_, Ok(value)) => Ok(Scalar::UInt64(value).cast(dtype)),
        _ => Err(ElementError::IntegerOutOfRange { value, dtype }),
    }
}

impl fmt::Display for Weak {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Weak::Bool(value) => Scalar::Bool(*value).fmt(formatter),
            Weak::Int(value) => value.fmt(formatter),
            Weak::Float(value) => Scalar::Float64(*value).fmt(formatter),
            Weak::Complex(value) => Scalar::Complex128(*value).fmt(formatter),
        }
    }
}

impl From<bool> for Weak {
    fn from(value: bool) -> Weak {
        Weak::Bool(value)
    }
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl From<$type> for Weak {
            fn from(value: $type) -> Weak {
                Weak::Int(i128::from(value))
            }
        }
    )+};
}

integers!(i8, i16, i32, i64, i128, u8, u16, u32, u64);

impl From<f32> for Weak {
    fn from(value: f32) -> Weak {
        Weak::Float(value.convert())
    }
}

impl From<f64> for Weak {
    fn from(value: f64) -> Weak {
        Weak::Float(value)
    }
}

impl From<Complex<f32>> for Weak {
    fn from(value: Complex<f32>) -> Weak {
        Weak::Complex(value.convert())
    }
}

impl From<Complex<f64>> for Weak {
    fn from(value: Complex<f64>) -> Weak {
        Weak::Complex(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_that_do_not_fit_are_refused_by_value_and_dtype() {
        let error = Scalar::of(DType::Int8, 300).unwrap_err();
        assert_eq!(error.to_string(), "Python integer 300 out of bounds for int8");
        assert!(Scalar::of(DType::UInt64, -1).is_err());
        assert_eq!(Scalar::of(DType::UInt64, u64::MAX), Ok(Scalar::UInt64(u64::MAX)));
        assert_eq!(Scalar::of(DType::Bool, 300), Ok(Scalar::Bool(true)));
        assert_eq!(Scalar::of(DType::Int32, 3.7), Ok(Scalar::Int32(3)));
        assert_eq!(Scalar::of(DType::Float32, 3), Ok(Scalar::Float32(3.0)));
    }

    #[test]
    fn a_complex_literal_needs_a_complex_dtype() {
        let unit = Complex::new(0.0, 1.0);
        let error = Scalar::of(DType::Float64, unit).unwrap_err();
        assert!(error.to_string().starts_with("complex number 1j cannot become float64"));
        assert!(Scalar::of(DType::Complex64, unit).is_ok());
    }

    #[test]
    fn a_literal_alone_has_the_default_dtype_of_its_kind() {
        assert_eq!(Weak::from(1).default_dtype(), Ok(DType::Int64));
        assert_eq!(Weak::from(u64::MAX).default_dtype(), Ok(DType::UInt64));
        assert!(Weak::from(1_i128 << 64).default_dtype().is_err());
        assert_eq!(Weak::from(1.0).default_dtype(), Ok(DType::Float64));
        assert_eq!(Weak::from(true).default_dtype(), Ok(DType::Bool));
    }
}
