//! Conversion of one number to another type, as C does on x86-64, which is what NumPy does.

use num_complex::Complex;

use crate::element::Element;

/// Converts a value to another element type as NumPy's `astype` does.
///
/// Integers wrap; a float becomes the integer towards zero, and what does not fit (or is no number)
/// becomes what the processor's instruction gives: the smallest 32- or 64-bit integer, cut to the
/// target's width; complex numbers lose their imaginary part; everything that is not zero is `true`.
pub(crate) trait Convert<T>: Element {
    /// The converted value.
    fn convert(self) -> T;
}

macro_rules! by_as {
    ($($source:ty => $($target:ty),+;)+) => {$($(
        impl Convert<$target> for $source {
            #[inline(always)]
            #[expect(clippy::allow_attributes, reason = "which casts truncate depends on the pair")]
            #[allow(
                clippy::cast_possible_truncation,
                clippy::unnecessary_cast,
                trivial_numeric_casts,
                reason = "wrapping is what NumPy does"
            )]
            fn convert(self) -> $target {
                self as $target
            }
        }
    )+)+};
}

by_as! {
    i8 => i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    i16 => i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    i32 => i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    i64 => i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    u8 => i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    u16 => i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    u32 => i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    u64 => i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    f32 => f32, f64;
    f64 => f32, f64;
}

/// The conversions of a float to integers: `$lowest_32` is the lowest float that truncates into i32.
macro_rules! from_float {
    ($($float:ty, $lowest_32:expr;)+) => {$(
        impl Truncate for $float {
            #[inline(always)]
            #[expect(clippy::manual_range_contains, reason = "`&` has no branch and vectorises")]
            fn to_i32(self) -> i32 {
                let inside = (self >= $lowest_32) & (self < 2_147_483_648.0);
                let safe = if inside { self } else { 0.0 };
                // SAFETY: `safe` truncates to a value inside i32.
                let value = unsafe { safe.to_int_unchecked::<i32>() };
                if inside { value } else { i32::MIN }
            }

            #[inline(always)]
            #[expect(clippy::manual_range_contains, reason = "`&` has no branch and vectorises")]
            fn to_i64(self) -> i64 {
                let inside = (self >= -9_223_372_036_854_775_808.0)
                    & (self < 9_223_372_036_854_775_808.0);
                let safe = if inside { self } else { 0.0 };
                // SAFETY: `safe` truncates to a value inside i64.
                let value = unsafe { safe.to_int_unchecked::<i64>() };
                if inside { value } else { i64::MIN }
            }

            #[inline(always)]
            fn to_u64(self) -> u64 {
                const HALF: $float = 9_223_372_036_854_775_808.0;
                if self >= HALF {
                    (self - HALF).to_i64() as u64 ^ (1 << 63)
                } else {
                    self.to_i64() as u64
                }
            }
        }

        from_float!(@each $float: i8 as to_i32, i16 as to_i32, i32 as to_i32, i64 as to_i64,
            u8 as to_i32, u16 as to_i32, u32 as to_i64, u64 as to_u64);
    )+};
    (@each $float:ty: $($target:ty as $method:ident),+) => {$(
        impl Convert<$target> for $float {
            #[inline(always)]
            #[expect(clippy::allow_attributes, reason = "which casts truncate depends on the pair")]
            #[allow(
                clippy::cast_possible_truncation,
                clippy::unnecessary_cast,
                trivial_numeric_casts,
                reason = "cut to the target's width, as C does"
            )]
            fn convert(self) -> $target {
                self.$method() as $target
            }
        }
    )+};
}

/// The processor's truncating conversions: what does not fit becomes the smallest integer.
trait Truncate {
    fn to_i32(self) -> i32;
    fn to_i64(self) -> i64;
    fn to_u64(self) -> u64;
}

// -2^31 less anything below one still truncates to -2^31; f32 has nothing between it and -2^31 - 1.
from_float! {
    f32, -2_147_483_648.0;
    f64, -2_147_483_648.999_999_5;
}

macro_rules! from_bool {
    ($($target:ty),+) => {$(
        impl Convert<$target> for bool {
            #[inline(always)]
            fn convert(self) -> $target {
                u8::from(self).convert()
            }
        }
    )+};
}

from_bool!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, Complex<f32>, Complex<f64>);

macro_rules! to_bool {
    ($($source:ty),+) => {$(
        impl Convert<bool> for $source {
            #[inline(always)]
            fn convert(self) -> bool {
                self != <$source as Element>::ZERO
            }
        }
    )+};
}

to_bool!(bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, Complex<f32>, Complex<f64>);

macro_rules! to_complex {
    ($($source:ty),+) => {$(
        impl Convert<Complex<f32>> for $source {
            #[inline(always)]
            fn convert(self) -> Complex<f32> {
                Complex::new(self.convert(), 0.0)
            }
        }

        impl Convert<Complex<f64>> for $source {
            #[inline(always)]
            fn convert(self) -> Complex<f64> {
                Complex::new(self.convert(), 0.0)
            }
        }
    )+};
}

to_complex!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

macro_rules! from_complex {
    ($($float:ty => $($target:ty),+;)+) => {$(
        $(impl Convert<$target> for Complex<$float> {
            #[inline(always)]
            fn convert(self) -> $target {
                self.re.convert()
            }
        })+

        impl Convert<Complex<f32>> for Complex<$float> {
            #[inline(always)]
            fn convert(self) -> Complex<f32> {
                Complex::new(self.re.convert(), self.im.convert())
            }
        }

        impl Convert<Complex<f64>> for Complex<$float> {
            #[inline(always)]
            fn convert(self) -> Complex<f64> {
                Complex::new(self.re.convert(), self.im.convert())
            }
        }
    )+};
}

from_complex! {
    f32 => i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    f64 => i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
}
