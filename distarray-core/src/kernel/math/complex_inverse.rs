//! Inverse functions of complex numbers, and those near 1 and 0: `arcsin` and its kin, `expm1`, `log1p`, `sinc`.
//!
//! Infinities, NaN and the signs of zeros follow C's Annex G. The largest error of a part over
//! `tests/tables/accuracy_complex.txt`, in ulp of the modulus: `sinc` 3, the others 2.
//!
//! # Source
//! W. Kahan, "Branch cuts for complex elementary functions, or much ado about nothing's sign bit" (1987): the angle and
//! the length of `arcsin` and `arccos` from the roots of `1 + z` and `1 - z`, whose products do not cancel.

use std::f64::consts::{FRAC_PI_2, LN_2, PI};

use super::complex::{ComplexFunction1, functions, log_modulus, sin, sqrt, turn, turn_back};
use super::sine::PI_MIDDLE;
use super::{Arcsinh, Arctan2, Cos, Exp, Expm1, Function1, Function2, Log1p, Sin};
use crate::Complex;

type C = Complex<f64>;

functions! {
    /// The angle whose sine is z.
    ComplexFunction1 ComplexArcsin(z) = arcsin(z);
    /// The angle whose cosine is z.
    ComplexFunction1 ComplexArccos(z) = arccos(z);
    /// The angle whose tangent is z, `-i arctanh(i z)`.
    ComplexFunction1 ComplexArctan(z) = turn_back(arctanh(turn(z)));
    /// The number whose hyperbolic sine is z, `-i arcsin(i z)`.
    ComplexFunction1 ComplexArcsinh(z) = turn_back(arcsin(turn(z)));
    /// The number, right of the imaginary axis, whose hyperbolic cosine is z.
    ComplexFunction1 ComplexArccosh(z) = arccosh(z);
    /// The number whose hyperbolic tangent is z.
    ComplexFunction1 ComplexArctanh(z) = arctanh(z);
    /// `e^z - 1`.
    ComplexFunction1 ComplexExpm1(z) = expm1(z);
    /// `log(1 + z)`.
    ComplexFunction1 ComplexLog1p(z) = log1p(z);
    /// `sin(pi z) / (pi z)`.
    ComplexFunction1 ComplexSinc(z) = sinc(z);
}

/// Beyond, `1 + z` is z, and products of roots would overflow.
const LARGE: f64 = 1e150;

/// `log |2 z|` of a large number, infinities included.
#[inline(always)]
fn log_of_double(z: C) -> f64 {
    log_modulus(z.re.abs(), z.im.abs()) + LN_2
}

/// The angle whose sine is `z`.
#[inline(always)]
fn arcsin(z: C) -> C {
    let (re, im) = (z.re, z.im);
    if re.is_nan() || im.is_nan() {
        return if re.is_infinite() {
            Complex::new(f64::NAN, re)
        } else if im.is_infinite() {
            Complex::new(f64::NAN, im)
        } else if re == 0.0 {
            Complex::new(re, f64::NAN)
        } else {
            Complex::new(f64::NAN, f64::NAN)
        };
    }
    if re.abs() > LARGE || im.abs() > LARGE {
        return Complex::new(Arctan2::value(re, im.abs()), log_of_double(z).copysign(im));
    }
    let plus = sqrt(Complex::new(1.0 + re, im));
    let minus = sqrt(Complex::new(1.0 - re, -im));
    let angle = Arctan2::value(re, plus.re * minus.re - plus.im * minus.im);
    Complex::new(angle, Arcsinh::value(minus.re * plus.im - minus.im * plus.re))
}

/// The angle whose cosine is `z`.
#[inline(always)]
fn arccos(z: C) -> C {
    let (re, im) = (z.re, z.im);
    if re.is_nan() || im.is_nan() {
        return if re.is_infinite() {
            Complex::new(f64::NAN, f64::INFINITY)
        } else if im.is_infinite() {
            Complex::new(f64::NAN, -im)
        } else if re == 0.0 {
            Complex::new(FRAC_PI_2, f64::NAN)
        } else {
            Complex::new(f64::NAN, f64::NAN)
        };
    }
    if re.abs() > LARGE || im.abs() > LARGE {
        return Complex::new(Arctan2::value(im.abs(), re), log_of_double(z).copysign(-im));
    }
    let plus = sqrt(Complex::new(1.0 + re, im));
    let minus = sqrt(Complex::new(1.0 - re, -im));
    let angle = 2.0 * Arctan2::value(minus.re, plus.re);
    Complex::new(angle, Arcsinh::value(plus.re * minus.im - plus.im * minus.re))
}

/// The number, right of the imaginary axis, whose hyperbolic cosine is `z`: `i arccos z` or its negative.
#[inline(always)]
fn arccosh(z: C) -> C {
    let angle = arccos(z);
    let real = if z.re == 0.0 && z.im.is_nan() { f64::NAN } else { angle.im.abs() };
    Complex::new(real, angle.re.copysign(z.im))
}

/// The number whose hyperbolic tangent is `z`.
#[inline(always)]
fn arctanh(z: C) -> C {
    let (re, im) = (z.re, z.im);
    let (x, y) = (re.abs(), im.abs());
    let upright = FRAC_PI_2.copysign(im);
    if x.is_nan() || y.is_nan() {
        return if y.is_infinite() {
            Complex::new(0f64.copysign(re), upright)
        } else if x.is_infinite() || x == 0.0 {
            Complex::new(0f64.copysign(re), f64::NAN)
        } else {
            Complex::new(f64::NAN, f64::NAN)
        };
    }
    if x > LARGE || y > LARGE {
        // The real part is that of 1 / z.
        let real = if x.is_infinite() || y.is_infinite() {
            0.0
        } else if x > y {
            1.0 / (x + y / x * y)
        } else {
            x / y / (y + x / y * x)
        };
        return Complex::new(real.copysign(re), upright);
    }
    let left = 1.0 - x;
    let distance = left.mul_add(left, y * y);
    let real = if x == 1.0 && y < 1e-145 {
        // 1 / y^2 overflows before its logarithm does.
        0.5 * (LN_2 - super::logarithm::log(y))
    } else {
        0.25 * Log1p::value(4.0 * x / distance)
    };
    let angle = 0.5 * Arctan2::value(2.0 * y, left.mul_add(1.0 + x, -(y * y)));
    Complex::new(real.copysign(re), angle.copysign(im))
}

/// `e^z - 1`: `expm1(x) cos y - 2 sin(y/2)^2 + i e^x sin y`.
#[inline(always)]
fn expm1(z: C) -> C {
    let (re, im) = (z.re, z.im);
    if im == 0.0 {
        return Complex::new(Expm1::value(re), im);
    }
    let half = Sin::value(0.5 * im);
    let real = Expm1::value(re).mul_add(Cos::value(im), -2.0 * half * half);
    Complex::new(real, Exp::value(re) * Sin::value(im))
}

/// `log(1 + z)`.
#[inline(always)]
fn log1p(z: C) -> C {
    let (re, im) = (z.re, z.im);
    let beside = 1.0 + re;
    let angle = Arctan2::value(im, beside);
    if re.abs() < 0.5 && im.abs() < 0.5 {
        // |1 + z|^2 - 1 = x (x + 2) + y^2, the products with their rounding errors.
        let (first, second) = (re * (re + 2.0), im * im);
        let factor_lost = re - ((re + 2.0) - 2.0);
        let lost = re.mul_add(re + 2.0, -first) + re * factor_lost + im.mul_add(im, -second);
        let sum = first + second;
        let back = sum - first;
        let rest = (first - (sum - back)) + (second - back);
        return Complex::new(0.5 * Log1p::value(sum + (rest + lost)), angle);
    }
    Complex::new(log_modulus(beside.abs(), im.abs()), angle)
}

/// `sin(pi z) / (pi z)`, 1 at 0; the real part of `pi z` is reduced before it is rounded.
#[inline(always)]
fn sinc(z: C) -> C {
    if z.re == 0.0 && z.im == 0.0 {
        return Complex::new(1.0, 0.0);
    }
    let whole = z.re.round_ties_even();
    let sine = sin(Complex::new(PI * (z.re - whole), PI * z.im));
    let half = 0.5 * whole;
    let sign = if half.round_ties_even() == half { 1.0 } else { -1.0 };
    let (re, im) = (PI * z.re, PI * z.im);
    // e^|pi y| counts, so that what was rounded off pi y counts as a factor.
    let rest = z.im.mul_add(PI_MIDDLE, z.im.mul_add(PI, -im));
    let factor = sign * (1.0 + if im < 0.0 { -rest } else { rest });
    // Smith's quotient.
    let (above, beside) = (factor * sine.re, factor * sine.im);
    if re.abs() >= im.abs() {
        let ratio = im / re;
        let below = re + im * ratio;
        Complex::new((above + beside * ratio) / below, (beside - above * ratio) / below)
    } else {
        let ratio = re / im;
        let below = im + re * ratio;
        Complex::new((above * ratio + beside) / below, (beside * ratio - above) / below)
    }
}
