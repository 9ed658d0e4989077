//! Functions of complex numbers, element by element, on the real bodies.
//!
//! `complex64` is computed in `complex128` and rounded once. Zeros, infinities and NaN follow C's Annex G
//! where the formulas below do not give them by themselves in another way.
//!
//! # Source
//! W. Kahan, "Branch cuts for complex elementary functions" (1987) for the square root and the tangent; the
//! logarithm near the unit circle by `log1p` of `|z|^2 - 1`, which is computed in double-double.

use std::f64::consts::{LN_2, LOG2_E, LOG10_E};

use super::{Arctan2, Cos, Cosh, Exp, Function1, Function2, Hypot, Log, Log1p, Power, Sin, Sinh, Tan};
use crate::Complex;

type C = Complex<f64>;

/// A function of one complex number.
pub(crate) trait ComplexFunction1: 'static {
    /// The value.
    fn value(z: C) -> C;
}

/// A function of two complex numbers.
pub(crate) trait ComplexFunction2: 'static {
    /// The value.
    fn value(z: C, w: C) -> C;
}

/// `complex64` or `complex128`: what goes into a function and comes out of it.
pub(crate) trait MathComplex: crate::element::Plain {
    /// The same value in `complex128`.
    fn widen(self) -> C;
    /// The nearest value of this type.
    fn narrow(value: C) -> Self;
}

impl MathComplex for C {
    #[inline(always)]
    fn widen(self) -> C {
        self
    }
    #[inline(always)]
    fn narrow(value: C) -> C {
        value
    }
}

impl MathComplex for Complex<f32> {
    #[inline(always)]
    fn widen(self) -> C {
        Complex::new(f64::from(self.re), f64::from(self.im))
    }
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
    fn narrow(value: C) -> Complex<f32> {
        Complex::new(value.re as f32, value.im as f32)
    }
}

/// The list of functions: trait, name, argument and value of each.
macro_rules! functions {
    ($($(#[$meta:meta])* $trait:ident $name:ident($($z:ident),+) = $value:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub(crate) enum $name {}

        impl $trait for $name {
            #[inline(always)]
            fn value($($z: C),+) -> C {
                $value
            }
        }
    )+};
}

pub(super) use functions;

functions! {
    /// The square root with a real part that is not negative.
    ComplexFunction1 ComplexSqrt(z) = sqrt(z);
    /// `e^z`.
    ComplexFunction1 ComplexExp(z) = exp(z);
    /// `2^z`.
    ComplexFunction1 ComplexExp2(z) = exp(Complex::new(z.re * LN_2, z.im * LN_2));
    /// The logarithm with an imaginary part in [-pi, pi].
    ComplexFunction1 ComplexLog(z) = log(z);
    /// The logarithm to base 2.
    ComplexFunction1 ComplexLog2(z) = scale(log(z), LOG2_E);
    /// The logarithm to base 10.
    ComplexFunction1 ComplexLog10(z) = scale(log(z), LOG10_E);
    /// Sine.
    ComplexFunction1 ComplexSin(z) = sin(z);
    /// Cosine.
    ComplexFunction1 ComplexCos(z) = cos(z);
    /// Tangent.
    ComplexFunction1 ComplexTan(z) = tan(z);
    /// Hyperbolic sine, `-i sin(i z)`.
    ComplexFunction1 ComplexSinh(z) = turn_back(sin(turn(z)));
    /// Hyperbolic cosine, `cos(i z)`.
    ComplexFunction1 ComplexCosh(z) = cos(turn(z));
    /// Hyperbolic tangent, `-i tan(i z)`.
    ComplexFunction1 ComplexTanh(z) = turn_back(tan(turn(z)));
    /// `z^w`: by products for small whole exponents, else `exp(w log z)`.
    ComplexFunction2 ComplexPower(z, w) = power(z, w);
}

crate::multiversion! {
    /// Writes `F(input)` to `output`, element by element, as far as both reach.
    pub(crate) fn apply_complex1<F: ComplexFunction1, T: MathComplex>(input: &[T], output: &mut [T]) {
        for (z, out) in input.iter().zip(output.iter_mut()) {
            *out = T::narrow(F::value(z.widen()));
        }
    }

    /// Writes `F(left, right)` to `output`, element by element, as far as all three reach.
    pub(crate) fn apply_complex2<F: ComplexFunction2, T: MathComplex>(left: &[T], right: &[T], output: &mut [T]) {
        for ((z, w), out) in left.iter().zip(right).zip(output.iter_mut()) {
            *out = T::narrow(F::value(z.widen(), w.widen()));
        }
    }
}

/// `i z`.
#[inline(always)]
pub(super) fn turn(z: C) -> C {
    Complex::new(-z.im, z.re)
}

/// `-i z`.
#[inline(always)]
pub(super) fn turn_back(z: C) -> C {
    Complex::new(z.im, -z.re)
}

#[inline(always)]
fn scale(z: C, factor: f64) -> C {
    Complex::new(z.re * factor, z.im * factor)
}

#[inline(always)]
pub(super) fn sqrt(z: C) -> C {
    let (re, im) = (z.re, z.im);
    if re == 0.0 && im == 0.0 {
        return Complex::new(0.0, im);
    }
    if im.is_infinite() {
        return Complex::new(f64::INFINITY, im);
    }
    if re.is_nan() {
        return Complex::new(re, f64::NAN);
    }
    if re.is_infinite() {
        // 0 of a finite number, NaN of one that is infinite or NaN.
        let rest = im * 0.0;
        return if re > 0.0 {
            Complex::new(re, rest.copysign(im))
        } else {
            Complex::new(rest.abs(), re.copysign(im))
        };
    }
    // By powers of 4, so that the modulus neither overflows nor loses bits.
    let large = re.abs().max(im.abs());
    let (down, up) = if large > 4e307 {
        (1.0 / 16.0, 4.0)
    } else if large < 1e-290 {
        (18_014_398_509_481_984.0, 1.0 / 134_217_728.0)
    } else {
        (1.0, 1.0)
    };
    let (re, im) = (re * down, im * down);
    let root = ((re.abs() + Hypot::value(re, im)) * 0.5).sqrt();
    if re >= 0.0 {
        Complex::new(root * up, im / (2.0 * root) * up)
    } else {
        Complex::new(im.abs() / (2.0 * root) * up, root.copysign(im) * up)
    }
}

/// e^600: what is split off where `exp` alone would overflow.
const EXP_600: f64 = 3.773_020_300_929_939_7e260;

#[inline(always)]
fn exp(z: C) -> C {
    let (re, im) = (z.re, z.im);
    if im == 0.0 {
        return Complex::new(Exp::value(re), im);
    }
    if re == f64::NEG_INFINITY && !im.is_finite() {
        return Complex::new(0.0, 0.0);
    }
    if re == f64::INFINITY && !im.is_finite() {
        return Complex::new(f64::INFINITY, f64::NAN);
    }
    let (shift, factor) = if re > 700.0 { (600.0, EXP_600) } else { (0.0, 1.0) };
    let modulus = Exp::value(re - shift);
    Complex::new(modulus * Cos::value(im) * factor, modulus * Sin::value(im) * factor)
}

#[inline(always)]
fn log(z: C) -> C {
    Complex::new(log_modulus(z.re.abs(), z.im.abs()), Arctan2::value(z.im, z.re))
}

/// `log sqrt(a^2 + b^2)` of non-negative numbers.
#[inline(always)]
pub(super) fn log_modulus(a: f64, b: f64) -> f64 {
    let (large, small) = if a > b { (a, b) } else { (b, a) };
    if large > 0.5 && large < 1.5 {
        // a^2 + b^2 - 1 with the rounding errors of its terms.
        let (first, second) = (large * large, small * small);
        let lost = large.mul_add(large, -first) + small.mul_add(small, -second);
        let difference = first - 1.0;
        let sum = difference + second;
        let back = sum - difference;
        let lost = lost + ((difference - (sum - back)) + (second - back));
        let square = sum + lost;
        if square > -0.75 && square < 1.5 {
            return 0.5 * Log1p::value(square);
        }
    }
    if large > 1e300 && large.is_finite() {
        return Log::value(Hypot::value(a * 0.25, b * 0.25)) + 2.0 * LN_2;
    }
    if large < 1e-290 && large > 0.0 {
        const LIFT: f64 = 18_014_398_509_481_984.0;
        return Log::value(Hypot::value(a * LIFT, b * LIFT)) - 54.0 * LN_2;
    }
    Log::value(Hypot::value(a, b))
}

/// `(cosh b, sinh b, factor)`, each of the first two to be multiplied by the third at the end.
#[inline(always)]
fn hyperbolic(b: f64) -> (f64, f64, f64) {
    if b.abs() > 700.0 {
        let half = 0.5 * Exp::value(b.abs() - 600.0);
        return (half, half.copysign(b), EXP_600);
    }
    (Cosh::value(b), Sinh::value(b), 1.0)
}

/// The product that is 0 where a factor is 0, whatever the other.
#[inline(always)]
fn product(x: f64, y: f64, factor: f64) -> f64 {
    if x == 0.0 && !y.is_nan() {
        return if y < 0.0 { -x } else { x };
    }
    if y == 0.0 && !x.is_nan() {
        return if x < 0.0 { -y } else { y };
    }
    x * y * factor
}

#[inline(always)]
pub(super) fn sin(z: C) -> C {
    let (cosh, sinh, factor) = hyperbolic(z.im);
    let (sine, cosine) = (Sin::value(z.re), Cos::value(z.re));
    Complex::new(product(sine, cosh, factor), product(cosine, sinh, factor))
}

#[inline(always)]
fn cos(z: C) -> C {
    let (cosh, sinh, factor) = hyperbolic(z.im);
    let (sine, cosine) = (Sin::value(z.re), Cos::value(z.re));
    Complex::new(product(cosine, cosh, factor), -product(sine, sinh, factor))
}

#[inline(always)]
fn tan(z: C) -> C {
    let (re, im) = (z.re, z.im);
    if im.abs() > 22.0 {
        // 1 / cosh^2 is 4 e^(-2|b|).
        let small = 4.0 * Exp::value(-2.0 * im.abs());
        let real = if re.is_finite() { small * Sin::value(re) * Cos::value(re) } else { 0.0 };
        return Complex::new(real, 1f64.copysign(im));
    }
    let tangent = Tan::value(re);
    let sinh = Sinh::value(im);
    let rho = sinh.mul_add(sinh, 1.0).sqrt();
    let beta = tangent.mul_add(tangent, 1.0);
    let denominator = (beta * sinh).mul_add(sinh, 1.0);
    Complex::new(tangent / denominator, beta * rho * sinh / denominator)
}

#[inline(always)]
fn multiply(z: C, w: C) -> C {
    Complex::new(z.re * w.re - z.im * w.im, z.re * w.im + z.im * w.re)
}

/// As NumPy's `npy_cpow`.
#[inline(always)]
fn power(z: C, w: C) -> C {
    if w.re == 0.0 && w.im == 0.0 {
        return Complex::new(1.0, 0.0);
    }
    if z.re == 0.0 && z.im == 0.0 {
        return if w.re > 0.0 { Complex::new(0.0, 0.0) } else { Complex::new(f64::NAN, f64::NAN) };
    }
    if w.im == 0.0 && w.re.abs() < 100.0 && w.re.trunc() == w.re {
        return whole_power(z, w.re);
    }
    if z.im == 0.0 && z.re > 0.0 && w.im == 0.0 {
        return Complex::new(Power::value(z.re, w.re), 0.0);
    }
    let logarithm = log(z);
    // e^(w log z); the modulus through the real power, whose logarithm is more precise.
    let angle = w.im.mul_add(logarithm.re, w.re * logarithm.im);
    let modulus = Hypot::value(z.re, z.im);
    let length = Power::value(modulus, w.re) * Exp::value(-w.im * logarithm.im);
    Complex::new(length * Cos::value(angle), length * Sin::value(angle))
}

/// `z^exponent` for a whole exponent below 100 in magnitude, by squaring.
#[inline(always)]
fn whole_power(z: C, exponent: f64) -> C {
    let mut rest = exponent.abs();
    let mut square = z;
    let mut result = Complex::new(1.0, 0.0);
    let mut started = false;
    while rest >= 1.0 {
        let half = (rest * 0.5).trunc();
        if rest - 2.0 * half >= 1.0 {
            result = if started { multiply(result, square) } else { square };
            started = true;
        }
        square = multiply(square, square);
        rest = half;
    }
    if exponent >= 0.0 {
        return result;
    }
    // 1 / result by Smith's quotient.
    let (re, im) = (result.re, result.im);
    if re.abs() >= im.abs() {
        let ratio = im / re;
        let below = re + im * ratio;
        Complex::new(1.0 / below, -ratio / below)
    } else {
        let ratio = re / im;
        let below = im + re * ratio;
        Complex::new(ratio / below, -1.0 / below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_factor_is_e_to_the_600() {
        assert!((EXP_600 / Exp::value(600.0) - 1.0).abs() < 3e-16);
        assert!((LOG10_E * std::f64::consts::LN_10 - 1.0).abs() < 3e-16);
    }
}
