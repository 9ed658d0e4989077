//! Greatest common divisors and least common multiples.

use super::{binary, unary};

/// An integer by its magnitude.
trait Divisible: Copy {
    /// The greatest common divisor, which is not negative unless it is the wrapped magnitude of MIN.
    fn greatest_divisor(self, other: Self) -> Self;
    /// The least common multiple of the magnitudes, wrapping; 0 if either is 0.
    fn least_multiple(self, other: Self) -> Self;
}

macro_rules! divisors {
    ($($type:ty, $unsigned:ty, $magnitude:ident, $back:ident;)+) => {$(
        impl Divisible for $type {
            #[inline(always)]
            fn greatest_divisor(self, other: $type) -> $type {
                // Stein's binary algorithm (1967): halves and differences instead of remainders.
                let (mut a, mut b): ($unsigned, $unsigned) = (self.$magnitude(), other.$magnitude());
                if a == 0 || b == 0 {
                    return (a | b).$back();
                }
                let twos = (a | b).trailing_zeros();
                a >>= a.trailing_zeros();
                loop {
                    b >>= b.trailing_zeros();
                    (a, b) = (a.min(b), a.abs_diff(b));
                    if b == 0 {
                        return (a << twos).$back();
                    }
                }
            }
            #[inline(always)]
            fn least_multiple(self, other: $type) -> $type {
                let (a, b): ($unsigned, $unsigned) = (self.$magnitude(), other.$magnitude());
                match self.greatest_divisor(other).$magnitude() {
                    0 => 0,
                    divisor => (a / divisor).wrapping_mul(b).$back(),
                }
            }
        }
    )+};
}

/// What signed and unsigned integers have under one name.
trait Magnitude: Sized {
    fn itself(self) -> Self {
        self
    }
}

impl Magnitude for u8 {}
impl Magnitude for u16 {}
impl Magnitude for u32 {}
impl Magnitude for u64 {}

divisors! {
    i8, u8, unsigned_abs, cast_signed;
    i16, u16, unsigned_abs, cast_signed;
    i32, u32, unsigned_abs, cast_signed;
    i64, u64, unsigned_abs, cast_signed;
    u8, u8, itself, itself;
    u16, u16, itself, itself;
    u32, u32, itself, itself;
    u64, u64, itself, itself;
}

binary! { i8, i16, i32, i64, u8, u16, u32, u64 => {
    GreatestDivisor(x, y) -> same = x.greatest_divisor(y);
    LeastMultiple(x, y) -> same = x.least_multiple(y);
} }
