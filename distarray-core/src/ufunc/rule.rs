//! Type rules: in which dtype a ufunc computes, and what dtype its result has.

use crate::dtype::{DType, Kind};

/// Which dtypes a ufunc computes in, given the dtype in which its arguments meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// All 13.
    Any,
    /// All but `bool`, which is refused.
    Number,
    /// All but `bool`, which becomes `int8`.
    BoolAsInt8,
    /// Integers and floats; `bool` becomes `int8`, complex numbers are refused.
    Divisible,
    /// `bool`, integers and floats; complex numbers are refused.
    Real,
    /// `bool` becomes `float32`, everything else stays.
    BoolAsFloat,
    /// `bool` and integers.
    Bits,
    /// Integers; `bool` becomes `int8`.
    Shift,
    /// Integers alone.
    Integer,
    /// Floats and complex numbers; integers of up to 16 bits and `bool` become `float32`, wider ones `float64`.
    ///
    /// NumPy takes `float16` for 8 bits and `bool`; this library has none and takes `float32`.
    Float,
    /// As [`Domain::Float`], but `bool` becomes `float64`.
    Angle,
    /// Floats; integers as in [`Domain::Float`], complex numbers are refused.
    RealFloat,
    /// Floats and complex numbers; all integers and `bool` become `float64`.
    Quotient,
    /// `float64`, or `complex128` of complex numbers.
    Double,
    /// The first argument as in [`Domain::RealFloat`], the second an integer, which becomes `int64`;
    /// `uint64`, of which some do not fit, is refused.
    Exponent,
    /// Each argument becomes `bool` by itself.
    Truth,
    /// As [`Domain::Any`], but `uint64` and signed integers are compared as they are.
    Comparison,
    /// The first argument becomes `bool`, the others meet in any dtype.
    Choice,
}

/// The dtype of a ufunc's result, given the dtype it computes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// The same.
    Same,
    /// `bool`.
    Truth,
    /// The dtype of a complex number's parts, else the same.
    RealPart,
    /// The complex dtype whose parts have the dtype computed in.
    Complex,
    /// `uint8`.
    UInt8,
    /// `int32`.
    Int32,
}

impl Domain {
    /// The argument whose dtype is the one computed in.
    #[must_use]
    pub const fn deciding(self) -> usize {
        match self {
            Domain::Choice => 1,
            _ => 0,
        }
    }

    /// The dtype to compute in where the arguments meet in `dtype`; nothing if that is refused.
    #[must_use]
    pub const fn computing(self, dtype: DType) -> Option<DType> {
        let is_bool = matches!(dtype, DType::Bool);
        match self {
            Domain::Any | Domain::Comparison | Domain::Choice => Some(dtype),
            Domain::Truth => Some(DType::Bool),
            Domain::Number if is_bool => None,
            Domain::Number => Some(dtype),
            Domain::Divisible | Domain::Real | Domain::RealFloat | Domain::Exponent if dtype.is_complex() => {
                None
            }
            Domain::BoolAsInt8 | Domain::Divisible if is_bool => Some(DType::Int8),
            Domain::BoolAsInt8 | Domain::Divisible | Domain::Real => Some(dtype),
            Domain::BoolAsFloat if is_bool => Some(DType::Float32),
            Domain::BoolAsFloat => Some(dtype),
            Domain::Integer if is_bool => None,
            Domain::Bits | Domain::Shift | Domain::Integer => match dtype.kind() {
                Kind::Float | Kind::Complex => None,
                Kind::Bool if matches!(self, Domain::Shift) => Some(DType::Int8),
                _ => Some(dtype),
            },
            Domain::Double if dtype.is_complex() => Some(DType::Complex128),
            Domain::Double => Some(DType::Float64),
            Domain::Angle if is_bool => Some(DType::Float64),
            Domain::Float | Domain::Angle | Domain::RealFloat | Domain::Exponent => match dtype.kind() {
                Kind::Float | Kind::Complex => Some(dtype),
                _ if dtype.size_bytes() <= 2 => Some(DType::Float32),
                _ => Some(DType::Float64),
            },
            Domain::Quotient => match dtype.kind() {
                Kind::Float | Kind::Complex => Some(dtype),
                _ => Some(DType::Float64),
            },
        }
    }
}

impl Value {
    /// The dtype of the result of computing in `dtype`.
    #[must_use]
    pub const fn dtype(self, dtype: DType) -> DType {
        match self {
            Value::Same => dtype,
            Value::Truth => DType::Bool,
            Value::RealPart => dtype.real_part(),
            Value::Complex if matches!(dtype, DType::Float32) => DType::Complex64,
            Value::Complex => DType::Complex128,
            Value::UInt8 => DType::UInt8,
            Value::Int32 => DType::Int32,
        }
    }
}
