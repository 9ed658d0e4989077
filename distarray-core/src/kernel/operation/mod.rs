//! What each elementwise function does to one element, for every family of element types.
//!
//! `bool` is handled as bytes: any but 0 is true, results are 0 or 1. The operations on `bool` are types of
//! their own, because those bytes are `u8` to the compiler as well.

mod bits;
mod boolean;
pub(crate) mod chain;
mod complex;
mod divisor;
pub(crate) mod erased;
mod float;
mod integer;
mod integer_power;
mod loops;
mod remainder;

use crate::element::Plain;

/// A function of one element.
pub(crate) trait Unary<T: Plain>: 'static {
    /// The type of the value; `u8` where the ufunc says `bool`.
    type Output: Plain;
    /// The value.
    fn apply(x: T) -> Self::Output;
}

/// A function of two elements.
pub(crate) trait Binary<T: Plain>: 'static {
    /// The type of the value; `u8` where the ufunc says `bool`.
    type Output: Plain;
    /// The value.
    fn apply(x: T, y: T) -> Self::Output;
}

macro_rules! operations {
    ($($name:ident)+) => {$(
        #[doc = concat!("The operation `", stringify!($name), "`.")]
        #[derive(Debug)]
        pub(crate) enum $name {}
    )+};
}

operations! {
    Add Subtract Multiply Divide FloorDivide Remainder
    Minimum Maximum
    Equal NotEqual Less LessEqual Greater GreaterEqual
    BitAnd BitOr BitXor Invert LeftShift RightShift
    Negative Absolute Sign Square Reciprocal Conjugate RealPart ImaginaryPart
    SquareRoot PowerOfHalf Floor Ceil Trunc Rint
    IsNan IsFinite IsInf IsPositiveInf IsNegativeInf IsReal IsComplex
    TruncatedRemainder NumberMinimum NumberMaximum GreatestDivisor LeastMultiple BitCount
    CopySign NextAfter Heaviside SignBit Spacing Fraction Exponent
    ToRadians ToDegrees Angle WithImaginary
    And Or Xor Not
    BoolEqual BoolLess BoolLessEqual BoolGreater BoolGreaterEqual
}

/// Implements operations for types: `unary! { f64, f32 => { Negative(x) -> same = -x; .. } }`, where the
/// value is of the `same` type, a `truth`, a `count` of bits, an `exponent`, a complex number
/// of a `pair`, or of the `real` type of a complex one.
macro_rules! unary {
    ($($type:ty),+ => $body:tt) => { $(unary!(@each $type, $body);)+ };
    (@each $type:ty, { $($name:ident($x:pat) -> $output:ident = $value:expr;)+ }) => {$(
        impl $crate::kernel::operation::Unary<$type>
            for $crate::kernel::operation::$name
        {
            type Output = unary!(@output $output $type);
            #[inline(always)]
            fn apply($x: $type) -> Self::Output {
                $value
            }
        }
    )+};
    (@output same $type:ty) => { $type };
    (@output truth $type:ty) => { u8 };
    (@output count $type:ty) => { u8 };
    (@output exponent $type:ty) => { i32 };
    (@output pair $type:ty) => { $crate::Complex<$type> };
    (@output real $type:ty) => { <$type as $crate::kernel::operation::Parts>::Real };
}

/// Implements operations for types, as [`unary!`].
macro_rules! binary {
    ($($type:ty),+ => $body:tt) => { $(binary!(@each $type, $body);)+ };
    (@each $type:ty, { $($name:ident($x:pat, $y:pat) -> $output:ident = $value:expr;)+ }) => {$(
        impl $crate::kernel::operation::Binary<$type>
            for $crate::kernel::operation::$name
        {
            type Output = unary!(@output $output $type);
            #[inline(always)]
            fn apply($x: $type, $y: $type) -> Self::Output {
                $value
            }
        }
    )+};
    (@output $($rest:tt)+) => { unary!(@output $($rest)+) };
}

use {binary, unary};

/// A complex number's parts.
pub(crate) trait Parts: Plain {
    /// The type of the parts.
    type Real: Plain;
}

impl Parts for crate::Complex<f32> {
    type Real = f32;
}

impl Parts for crate::Complex<f64> {
    type Real = f64;
}
