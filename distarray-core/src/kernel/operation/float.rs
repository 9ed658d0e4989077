//! Operations on floats. NaN wins in `minimum` and `maximum`; NaN bits are whatever the processor gives.

use super::remainder::{floor_divide, floor_divide_f32, remainder, remainder_f32};
use super::{binary, unary};

/// Angles, with NumPy's constants, which are rounded to the type before and after the division.
trait Turn: Copy {
    fn radians(self) -> Self;
    fn degrees(self) -> Self;
    fn half_turn(self) -> Self;
}

macro_rules! turns {
    ($($type:ident)+) => {$(
        impl Turn for $type {
            #[inline(always)]
            fn radians(self) -> $type {
                self * (std::$type::consts::PI / 180.0)
            }
            #[inline(always)]
            fn degrees(self) -> $type {
                self * (180.0 / std::$type::consts::PI)
            }
            #[inline(always)]
            fn half_turn(self) -> $type {
                std::$type::consts::PI
            }
        }
    )+};
}

turns!(f32 f64);

binary! { f32, f64 => {
    Add(x, y) -> same = x + y;
    Subtract(x, y) -> same = x - y;
    Multiply(x, y) -> same = x * y;
    Divide(x, y) -> same = x / y;
    Minimum(x, y) -> same = if (x <= y) | x.is_nan() { x } else { y };
    Maximum(x, y) -> same = if (x >= y) | x.is_nan() { x } else { y };
    NumberMinimum(x, y) -> same = if (x <= y) | y.is_nan() { x } else { y };
    NumberMaximum(x, y) -> same = if (x >= y) | y.is_nan() { x } else { y };
    TruncatedRemainder(x, y) -> same = x % y;
    WithImaginary(x, y) -> pair = crate::Complex::new(x, y);
    Equal(x, y) -> truth = u8::from(x == y);
    NotEqual(x, y) -> truth = u8::from(x != y);
    Less(x, y) -> truth = u8::from(x < y);
    LessEqual(x, y) -> truth = u8::from(x <= y);
    Greater(x, y) -> truth = u8::from(x > y);
    GreaterEqual(x, y) -> truth = u8::from(x >= y);
} }

binary! { f64 => {
    FloorDivide(x, y) -> same = floor_divide(x, y, x % y);
    Remainder(x, y) -> same = remainder(x, y, x % y);
} }

binary! { f32 => {
    FloorDivide(x, y) -> same = floor_divide_f32(x, y, x % y);
    Remainder(x, y) -> same = remainder_f32(x, y, x % y);
} }

unary! { f32, f64 => {
    Negative(x) -> same = -x;
    Absolute(x) -> same = x.abs();
    Sign(x) -> same = {
        let positive = if x > 0.0 { 1.0 } else { 0.0 };
        let value = if x < 0.0 { -1.0 } else { positive };
        if x.is_nan() { x } else { value }
    };
    Square(x) -> same = x * x;
    Reciprocal(x) -> same = 1.0 / x;
    SquareRoot(x) -> same = x.sqrt();
    // x ^ 0.5 as C has it: the root of -0 is +0, that of -infinity is infinite.
    PowerOfHalf(x) -> same = {
        let root = (x + 0.0).sqrt();
        if (x < 0.0) & x.is_infinite() { -x } else { root }
    };
    Floor(x) -> same = x.floor();
    Ceil(x) -> same = x.ceil();
    Trunc(x) -> same = x.trunc();
    Rint(x) -> same = x.round_ties_even();
    IsNan(x) -> truth = u8::from(x.is_nan());
    IsFinite(x) -> truth = u8::from(x.is_finite());
    IsInf(x) -> truth = u8::from(x.is_infinite());
    IsPositiveInf(x) -> truth = u8::from(x.is_infinite() & (x > 0.0));
    IsNegativeInf(x) -> truth = u8::from(x.is_infinite() & (x < 0.0));
    ToRadians(x) -> same = x.radians();
    ToDegrees(x) -> same = x.degrees();
    // That of a point on the real line: 0, or pi behind the origin, whose left side -0 is.
    Angle(x) -> same = {
        let value = if x.is_sign_negative() { x.half_turn() } else { 0.0 };
        if x.is_nan() { x } else { value }
    };
} }
