//! DType: the closed list of element types, their names, sizes and kinds.

mod array_bytes;
mod descr;
mod dispatch;
mod name;
mod promotion;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use descr::ByteOrder;
pub use promotion::{promote, promote_weak};

/// The type of an array's elements. Thirteen of NumPy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum DType {
    /// `bool`, one byte that is 0 or 1.
    Bool,
    /// `i8`.
    Int8,
    /// `i16`.
    Int16,
    /// `i32`.
    Int32,
    /// `i64`, the default of integer literals.
    Int64,
    /// `u8`.
    UInt8,
    /// `u16`.
    UInt16,
    /// `u32`.
    UInt32,
    /// `u64`.
    UInt64,
    /// `f32`.
    Float32,
    /// `f64`, the default of literals with a decimal point.
    Float64,
    /// `Complex<f32>`: 64 bits in all.
    Complex64,
    /// `Complex<f64>`: 128 bits in all.
    Complex128,
}

/// What sort of numbers a dtype holds; the order is the order of promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Truth values.
    Bool,
    /// Integers from 0.
    Unsigned,
    /// Integers of both signs.
    Signed,
    /// Floating point.
    Float,
    /// Pairs of floating point numbers.
    Complex,
}

impl DType {
    /// All thirteen, in the order of the enum.
    pub const ALL: [DType; 13] = [
        DType::Bool,
        DType::Int8,
        DType::Int16,
        DType::Int32,
        DType::Int64,
        DType::UInt8,
        DType::UInt16,
        DType::UInt32,
        DType::UInt64,
        DType::Float32,
        DType::Float64,
        DType::Complex64,
        DType::Complex128,
    ];

    /// NumPy's name, for example `float64`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::Int8 => "int8",
            DType::Int16 => "int16",
            DType::Int32 => "int32",
            DType::Int64 => "int64",
            DType::UInt8 => "uint8",
            DType::UInt16 => "uint16",
            DType::UInt32 => "uint32",
            DType::UInt64 => "uint64",
            DType::Float32 => "float32",
            DType::Float64 => "float64",
            DType::Complex64 => "complex64",
            DType::Complex128 => "complex128",
        }
    }

    /// Bytes per element.
    #[must_use]
    pub const fn size_bytes(self) -> usize {
        match self {
            DType::Bool | DType::Int8 | DType::UInt8 => 1,
            DType::Int16 | DType::UInt16 => 2,
            DType::Int32 | DType::UInt32 | DType::Float32 => 4,
            DType::Int64 | DType::UInt64 | DType::Float64 | DType::Complex64 => 8,
            DType::Complex128 => 16,
        }
    }

    /// The multiple an element's address must be of.
    #[must_use]
    pub const fn alignment_bytes(self) -> usize {
        match self {
            DType::Complex64 => 4,
            DType::Complex128 => 8,
            other => other.size_bytes(),
        }
    }

    /// What sort of numbers these are.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            DType::Bool => Kind::Bool,
            DType::Int8 | DType::Int16 | DType::Int32 | DType::Int64 => Kind::Signed,
            DType::UInt8 | DType::UInt16 | DType::UInt32 | DType::UInt64 => Kind::Unsigned,
            DType::Float32 | DType::Float64 => Kind::Float,
            DType::Complex64 | DType::Complex128 => Kind::Complex,
        }
    }

    /// Whether this is a signed or unsigned integer dtype (`bool` is neither).
    #[must_use]
    pub const fn is_integer(self) -> bool {
        matches!(self.kind(), Kind::Signed | Kind::Unsigned)
    }

    /// Whether this is `float32` or `float64`.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(self.kind(), Kind::Float)
    }

    /// Whether this is `complex64` or `complex128`.
    #[must_use]
    pub const fn is_complex(self) -> bool {
        matches!(self.kind(), Kind::Complex)
    }

    /// The dtype of the real and imaginary parts; of a dtype that is not complex, itself.
    #[must_use]
    pub const fn real_part(self) -> DType {
        match self {
            DType::Complex64 => DType::Float32,
            DType::Complex128 => DType::Float64,
            other => other,
        }
    }

    /// The smallest and largest value of an integer dtype (`bool`: 0 and 1); nothing for the others.
    #[must_use]
    pub const fn integer_range(self) -> Option<(i128, i128)> {
        match self {
            DType::Bool => Some((0, 1)),
            DType::Int8 => Some((i8::MIN as i128, i8::MAX as i128)),
            DType::Int16 => Some((i16::MIN as i128, i16::MAX as i128)),
            DType::Int32 => Some((i32::MIN as i128, i32::MAX as i128)),
            DType::Int64 => Some((i64::MIN as i128, i64::MAX as i128)),
            DType::UInt8 => Some((0, u8::MAX as i128)),
            DType::UInt16 => Some((0, u16::MAX as i128)),
            DType::UInt32 => Some((0, u32::MAX as i128)),
            DType::UInt64 => Some((0, u64::MAX as i128)),
            _ => None,
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
