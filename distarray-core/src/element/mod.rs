//! Element: the Rust side of a dtype.

mod bytes;
pub(crate) mod convert;
mod stored;

use std::fmt::Debug;
use std::ops::{Add, Mul, Sub};

use num_complex::Complex;

use crate::dtype::DType;
use crate::scalar::Scalar;

pub use bytes::{as_bytes, as_bytes_mut, slice_of, slice_of_mut};

/// A type that an array's elements can have. Thirteen, one per [`DType`]; the trait is sealed.
///
/// ```compile_fail,E0277
/// fn needs_element<T: distarray_core::Element>() {}
/// needs_element::<String>();
/// ```
pub trait Element:
    Copy + Send + Sync + Default + PartialEq + Debug + Into<Scalar> + stored::Stored + 'static
{
    /// The dtype of this type.
    const DTYPE: DType;

    /// Zero, or `false`.
    const ZERO: Self;

    /// One, or `true`.
    const ONE: Self;

    /// The value of a scalar of this dtype; nothing if it is of another (see [`Scalar::cast`]).
    fn from_scalar(scalar: &Scalar) -> Option<Self>;
}

/// An element of which every pattern of bits is a value: all but `bool`.
pub trait Plain: Element + stored::AnyBits {}

/// Numbers: every element but `bool`.
pub trait Number: Plain + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {}

/// Elements with an order: `bool`, integers and floats.
pub trait Ordered: Element + PartialOrd {}

/// Integers and floats.
pub trait Real: Number + Ordered {}

/// `f32` and `f64`.
pub trait Float: Real {
    /// Whether this is not a number.
    fn is_nan(self) -> bool;
}

macro_rules! elements {
    ($($type:ty, $variant:ident, $zero:expr, $one:expr;)+) => {$(
        impl Element for $type {
            const DTYPE: DType = DType::$variant;
            const ZERO: Self = $zero;
            const ONE: Self = $one;

            fn from_scalar(scalar: &Scalar) -> Option<Self> {
                match scalar {
                    Scalar::$variant(value) => Some(*value),
                    _ => None,
                }
            }
        }

        impl From<$type> for Scalar {
            fn from(value: $type) -> Scalar {
                Scalar::$variant(value)
            }
        }
    )+};
}

elements! {
    bool, Bool, false, true;
    i8, Int8, 0, 1;
    i16, Int16, 0, 1;
    i32, Int32, 0, 1;
    i64, Int64, 0, 1;
    u8, UInt8, 0, 1;
    u16, UInt16, 0, 1;
    u32, UInt32, 0, 1;
    u64, UInt64, 0, 1;
    f32, Float32, 0.0, 1.0;
    f64, Float64, 0.0, 1.0;
    Complex<f32>, Complex64, Complex::new(0.0, 0.0), Complex::new(1.0, 0.0);
    Complex<f64>, Complex128, Complex::new(0.0, 0.0), Complex::new(1.0, 0.0);
}

macro_rules! family {
    ($family:ident: $($type:ty),+) => { $(impl $family for $type {})+ };
}

family!(Plain: i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, Complex<f32>, Complex<f64>);
family!(Number: i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, Complex<f32>, Complex<f64>);
family!(Ordered: bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);
family!(Real: i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

impl Float for f32 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }
}

impl Float for f64 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }
}
