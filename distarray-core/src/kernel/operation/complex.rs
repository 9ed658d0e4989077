//! Operations on complex numbers by NumPy's formulas; order and comparisons are lexicographic.

use super::{binary, unary};
use crate::Complex;
use crate::kernel::math::{Arctan2, Function2, Hypot};

macro_rules! lexicographic {
    ($($type:ty),+) => {$(
        impl Compare for Complex<$type> {
            #[inline(always)]
            fn has_nan(self) -> bool {
                self.re.is_nan() | self.im.is_nan()
            }
            #[inline(always)]
            fn less(self, other: Self) -> bool {
                ((self.re < other.re) & !self.im.is_nan() & !other.im.is_nan())
                    | ((self.re == other.re) & (self.im < other.im))
            }
            #[inline(always)]
            fn less_equal(self, other: Self) -> bool {
                ((self.re < other.re) & !self.im.is_nan() & !other.im.is_nan())
                    | ((self.re == other.re) & (self.im <= other.im))
            }
            #[inline(always)]
            fn divide(self, by: Self) -> Self {
                let (re, im) = (by.re.abs(), by.im.abs());
                if re >= im {
                    if re == 0.0 && im == 0.0 {
                        return Complex::new(self.re / re, self.im / re);
                    }
                    let ratio = by.im / by.re;
                    let scale = 1.0 / (by.re + by.im * ratio);
                    Complex::new((self.re + self.im * ratio) * scale, (self.im - self.re * ratio) * scale)
                } else {
                    let ratio = by.re / by.im;
                    let scale = 1.0 / (by.im + by.re * ratio);
                    Complex::new((self.re * ratio + self.im) * scale, (self.im * ratio - self.re) * scale)
                }
            }
            #[inline(always)]
            fn reciprocal(self) -> Self {
                if self.im.abs() <= self.re.abs() {
                    let ratio = self.im / self.re;
                    let denominator = self.re + self.im * ratio;
                    Complex::new(1.0 / denominator, -ratio / denominator)
                } else {
                    let ratio = self.re / self.im;
                    let denominator = self.re * ratio + self.im;
                    Complex::new(ratio / denominator, -1.0 / denominator)
                }
            }
            #[inline(always)]
            fn modulus(self) -> $type {
                #[expect(clippy::allow_attributes, reason = "one of the two types is the function's own")]
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::unnecessary_cast,
                    clippy::cast_lossless,
                    reason = "rounding is what is asked for"
                )]
                let value = Hypot::value(self.re as f64, self.im as f64) as $type;
                value
            }
            #[inline(always)]
            fn angle(self) -> $type {
                #[expect(clippy::allow_attributes, reason = "one of the two types is the function's own")]
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::unnecessary_cast,
                    clippy::cast_lossless,
                    reason = "rounding is what is asked for"
                )]
                let value = Arctan2::value(self.im as f64, self.re as f64) as $type;
                value
            }
            #[inline(always)]
            fn sign(self) -> Self {
                let modulus = self.modulus();
                if self.has_nan() {
                    return Complex::new(<$type>::NAN, <$type>::NAN);
                }
                if modulus.is_infinite() {
                    if self.re.is_infinite() && self.im.is_infinite() {
                        return Complex::new(<$type>::NAN, <$type>::NAN);
                    }
                    return if self.re.is_infinite() {
                        Complex::new((1.0 as $type).copysign(self.re), 0.0)
                    } else if self.im.is_infinite() {
                        Complex::new(0.0, (1.0 as $type).copysign(self.im))
                    } else {
                        Complex::new(self.re / modulus, self.im / modulus)
                    };
                }
                if modulus == 0.0 {
                    return Complex::new(0.0, 0.0);
                }
                Complex::new(self.re / modulus, self.im / modulus)
            }
        }
    )+};
}

/// What complex numbers of both widths are asked.
trait Compare: super::Parts {
    fn has_nan(self) -> bool;
    fn less(self, other: Self) -> bool;
    fn less_equal(self, other: Self) -> bool;
    fn divide(self, by: Self) -> Self;
    fn reciprocal(self) -> Self;
    fn modulus(self) -> Self::Real;
    fn angle(self) -> Self::Real;
    fn sign(self) -> Self;
}

lexicographic!(f32, f64);

binary! { Complex<f32>, Complex<f64> => {
    Add(x, y) -> same = Complex::new(x.re + y.re, x.im + y.im);
    Subtract(x, y) -> same = Complex::new(x.re - y.re, x.im - y.im);
    Multiply(x, y) -> same = Complex::new(x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re);
    Divide(x, y) -> same = x.divide(y);
    Minimum(x, y) -> same = if x.less_equal(y) || x.has_nan() { x } else { y };
    Maximum(x, y) -> same = if y.less_equal(x) || x.has_nan() { x } else { y };
    NumberMinimum(x, y) -> same = if x.less_equal(y) || y.has_nan() { x } else { y };
    NumberMaximum(x, y) -> same = if y.less_equal(x) || y.has_nan() { x } else { y };
    Equal(x, y) -> truth = u8::from((x.re == y.re) & (x.im == y.im));
    NotEqual(x, y) -> truth = u8::from((x.re != y.re) | (x.im != y.im));
    Less(x, y) -> truth = u8::from(x.less(y));
    LessEqual(x, y) -> truth = u8::from(x.less_equal(y));
    Greater(x, y) -> truth = u8::from(y.less(x));
    GreaterEqual(x, y) -> truth = u8::from(y.less_equal(x));
} }

unary! { Complex<f32>, Complex<f64> => {
    Negative(x) -> same = Complex::new(-x.re, -x.im);
    Absolute(x) -> real = x.modulus();
    Sign(x) -> same = x.sign();
    Square(x) -> same = Complex::new(x.re * x.re - x.im * x.im, x.re * x.im + x.im * x.re);
    Reciprocal(x) -> same = x.reciprocal();
    Conjugate(x) -> same = Complex::new(x.re, -x.im);
    RealPart(x) -> real = x.re;
    ImaginaryPart(x) -> real = x.im;
    Rint(x) -> same = Complex::new(x.re.round_ties_even(), x.im.round_ties_even());
    IsNan(x) -> truth = u8::from(x.has_nan());
    IsFinite(x) -> truth = u8::from(x.re.is_finite() & x.im.is_finite());
    IsInf(x) -> truth = u8::from(x.re.is_infinite() | x.im.is_infinite());
    IsReal(x) -> truth = u8::from(x.im == 0.0);
    IsComplex(x) -> truth = u8::from(x.im != 0.0);
    Angle(x) -> real = x.angle();
} }
