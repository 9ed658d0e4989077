//! Operations on integers, as NumPy: everything wraps, division by zero gives zero, shifts may be wide.

use super::{binary, unary};

/// What differs between signed and unsigned integers.
trait Integer: Copy {
    /// Towards minus infinity; 0 for a divisor of 0; MIN / -1 wraps.
    fn floor_divide(self, divisor: Self) -> Self;
    /// With the sign of the divisor; 0 for a divisor of 0.
    fn remainder(self, divisor: Self) -> Self;
    fn absolute(self) -> Self;
    fn sign(self) -> Self;
    /// How many bits of the magnitude are set.
    fn bit_count(self) -> u8;
    /// `1 / x` towards zero, and for 0 what C's conversion of infinity gives on x86-64.
    fn reciprocal(self) -> Self;
    /// 0 from the width on, and for negative counts.
    fn left_shift(self, count: Self) -> Self;
    /// The sign from the width on, and for negative counts.
    fn right_shift(self, count: Self) -> Self;
}

macro_rules! signed {
    ($($type:ty, $infinity:expr;)+) => {$(
        #[expect(clippy::allow_attributes, reason = "which casts truncate depends on the type")]
        #[allow(clippy::cast_possible_truncation, reason = "widths fit, and counts beyond them are told apart")]
        impl Integer for $type {
            #[inline(always)]
            fn floor_divide(self, divisor: $type) -> $type {
                if divisor == 0 {
                    return 0;
                }
                let quotient = self.wrapping_div(divisor);
                let inexact = self.wrapping_rem(divisor) != 0;
                if inexact && ((self < 0) != (divisor < 0)) { quotient - 1 } else { quotient }
            }
            #[inline(always)]
            fn remainder(self, divisor: $type) -> $type {
                if divisor == 0 {
                    return 0;
                }
                let rest = self.wrapping_rem(divisor);
                if rest != 0 && ((rest < 0) != (divisor < 0)) { rest + divisor } else { rest }
            }
            #[inline(always)]
            fn absolute(self) -> $type {
                self.wrapping_abs()
            }
            #[inline(always)]
            fn sign(self) -> $type {
                <$type>::from(self > 0) - <$type>::from(self < 0)
            }
            #[inline(always)]
            fn bit_count(self) -> u8 {
                self.unsigned_abs().count_ones() as u8
            }
            #[inline(always)]
            fn reciprocal(self) -> $type {
                match self {
                    0 => $infinity,
                    1 | -1 => self,
                    _ => 0,
                }
            }
            #[inline(always)]
            fn left_shift(self, count: $type) -> $type {
                let inside = (count >= 0) & (count < <$type>::BITS as $type);
                let shifted = self.wrapping_shl(count as u32);
                if inside { shifted } else { 0 }
            }
            #[inline(always)]
            fn right_shift(self, count: $type) -> $type {
                let inside = (count >= 0) & (count < <$type>::BITS as $type);
                let widest = <$type>::BITS as $type - 1;
                self.wrapping_shr(if inside { count } else { widest } as u32)
            }
        }
    )+};
}

macro_rules! unsigned {
    ($($type:ty, $infinity:expr;)+) => {$(
        #[expect(clippy::allow_attributes, reason = "which casts truncate depends on the type")]
        #[allow(clippy::cast_possible_truncation, reason = "widths fit, and counts beyond them are told apart")]
        impl Integer for $type {
            #[inline(always)]
            fn floor_divide(self, divisor: $type) -> $type {
                self.checked_div(divisor).unwrap_or(0)
            }
            #[inline(always)]
            fn remainder(self, divisor: $type) -> $type {
                self.checked_rem(divisor).unwrap_or(0)
            }
            #[inline(always)]
            fn absolute(self) -> $type {
                self
            }
            #[inline(always)]
            fn sign(self) -> $type {
                <$type>::from(self > 0)
            }
            #[inline(always)]
            fn bit_count(self) -> u8 {
                self.count_ones() as u8
            }
            #[inline(always)]
            fn reciprocal(self) -> $type {
                match self {
                    0 => $infinity,
                    1 => 1,
                    _ => 0,
                }
            }
            #[inline(always)]
            fn left_shift(self, count: $type) -> $type {
                let inside = count < <$type>::BITS as $type;
                let shifted = self.wrapping_shl(count as u32);
                if inside { shifted } else { 0 }
            }
            #[inline(always)]
            fn right_shift(self, count: $type) -> $type {
                let inside = count < <$type>::BITS as $type;
                let shifted = self.wrapping_shr(count as u32);
                if inside { shifted } else { 0 }
            }
        }
    )+};
}

signed! { i8, 0; i16, 0; i32, i32::MIN; i64, i64::MIN; }
unsigned! { u8, 0; u16, 0; u32, 0; u64, 0; }

binary! { i8, i16, i32, i64, u8, u16, u32, u64 => {
    Add(x, y) -> same = x.wrapping_add(y);
    Subtract(x, y) -> same = x.wrapping_sub(y);
    Multiply(x, y) -> same = x.wrapping_mul(y);
    FloorDivide(x, y) -> same = x.floor_divide(y);
    Remainder(x, y) -> same = x.remainder(y);
    Minimum(x, y) -> same = if x < y { x } else { y };
    Maximum(x, y) -> same = if x > y { x } else { y };
    TruncatedRemainder(x, y) -> same = if y == 0 { 0 } else { x.wrapping_rem(y) };
    Equal(x, y) -> truth = u8::from(x == y);
    NotEqual(x, y) -> truth = u8::from(x != y);
    Less(x, y) -> truth = u8::from(x < y);
    LessEqual(x, y) -> truth = u8::from(x <= y);
    Greater(x, y) -> truth = u8::from(x > y);
    GreaterEqual(x, y) -> truth = u8::from(x >= y);
    BitAnd(x, y) -> same = x & y;
    BitOr(x, y) -> same = x | y;
    BitXor(x, y) -> same = x ^ y;
    LeftShift(x, y) -> same = x.left_shift(y);
    RightShift(x, y) -> same = x.right_shift(y);
} }

unary! { i8, i16, i32, i64, u8, u16, u32, u64 => {
    Invert(x) -> same = !x;
    Negative(x) -> same = x.wrapping_neg();
    Absolute(x) -> same = x.absolute();
    Sign(x) -> same = x.sign();
    Square(x) -> same = x.wrapping_mul(x);
    Reciprocal(x) -> same = x.reciprocal();
    BitCount(x) -> count = x.bit_count();
} }
