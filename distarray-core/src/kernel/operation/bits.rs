//! Operations on the parts of floats: sign, exponent, significand and neighbours.

use super::{binary, unary};

/// What the layout of a float says.
trait Layout: Copy {
    /// The next number of larger magnitude, with the same sign; of the largest infinity, of infinity a NaN.
    fn outward(self) -> Self;
    /// The next number of smaller magnitude, with the same sign; not for zero.
    fn inward(self) -> Self;
    /// The smallest positive number of the type.
    fn smallest(self) -> Self;
    /// The significand in [1/2, 1) and the exponent; 0, infinities and NaN by themselves with the exponent 0.
    fn split(self) -> (Self, i32);
}

macro_rules! layouts {
    ($($type:ty, $bits:ty, $lift:expr, $lifted:expr;)+) => {$(
        impl Layout for $type {
            #[inline(always)]
            fn outward(self) -> $type {
                <$type>::from_bits(self.to_bits().wrapping_add(1))
            }
            #[inline(always)]
            fn inward(self) -> $type {
                <$type>::from_bits(self.to_bits().wrapping_sub(1))
            }
            #[inline(always)]
            fn smallest(self) -> $type {
                <$type>::from_bits(1)
            }
            #[inline(always)]
            fn split(self) -> ($type, i32) {
                const DIGITS: u32 = <$type>::MANTISSA_DIGITS - 1;
                const FIELD: $bits = (1 << (<$bits>::BITS - 1 - DIGITS)) - 1;
                // The biased exponent of numbers in [1/2, 1).
                const HALF: $bits = FIELD / 2 - 1;
                let subnormal = self.abs() < <$type>::MIN_POSITIVE;
                let bits = (if subnormal { self * $lift } else { self }).to_bits();
                let fraction = <$type>::from_bits(bits & !(FIELD << DIGITS) | HALF << DIGITS);
                #[expect(clippy::allow_attributes, reason = "half of the types have 32 bits")]
                #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "eleven bits at most")]
                let exponent = ((bits >> DIGITS) & FIELD) as i32 - HALF as i32;
                let exponent = if subnormal { exponent - $lifted } else { exponent };
                let has_none = (self == 0.0) | !self.is_finite();
                (if has_none { self } else { fraction }, if has_none { 0 } else { exponent })
            }
        }
    )+};
}

layouts! {
    f32, u32, 33_554_432.0, 25;
    f64, u64, 18_014_398_509_481_984.0, 54;
}

binary! { f32, f64 => {
    CopySign(x, y) -> same = x.copysign(y);
    NextAfter(x, y) -> same = {
        let away = (x < y) == (x > 0.0);
        let neighbour = if away { x.outward() } else { x.inward() };
        // From zero, the smallest number on the other's side.
        let first = x.smallest().copysign(y);
        let value = if x == 0.0 { first } else { neighbour };
        let value = if x == y { y } else { value };
        if x.is_nan() | y.is_nan() { x + y } else { value }
    };
    Heaviside(x, y) -> same = {
        let side = if x < 0.0 { 0.0 } else { 1.0 };
        let value = if x == 0.0 { y } else { side };
        if x.is_nan() { x } else { value }
    };
} }

unary! { f32, f64 => {
    SignBit(x) -> truth = u8::from(x.is_sign_negative());
    Spacing(x) -> same = {
        if x == 0.0 { x.smallest() } else { x.outward() - x }
    };
    Fraction(x) -> same = x.split().0;
    Exponent(x) -> exponent = x.split().1;
} }
