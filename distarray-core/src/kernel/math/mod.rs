//! Vectorised mathematical functions of the house's own.
//!
//! Every function is a branch-free body over one `f64`, compiled for each
//! [`CpuVariant`](super::simd::CpuVariant) and vectorised by the compiler, and a rule that says which
//! arguments the body leaves to a path of their own. The rule looks at one element at a time, so that an
//! element's value depends on its inputs alone, whatever lies beside it. Multiplications and additions
//! are fused only where `mul_add` is written; it is one exactly rounded operation on every variant (on
//! the baseline a slow one, by software), so all variants give the same bits. `f32` goes through the
//! `f64` body and is rounded once.
//!
//! Accuracy is measured by `tests/math_accuracy.rs` against tables made with mpmath; each file states its
//! figures. The contract is 4 ulp.

mod arctangent;
pub(crate) mod complex;
pub(crate) mod complex_inverse;
mod cube_root;
mod double_log;
mod error_function;
mod exponential;
mod gamma;
mod hyperbolic;
mod inverse_hyperbolic;
mod log_add;
mod logarithm;
mod polynomial;
mod power;
mod quarter;
mod reduction;
pub(crate) mod scale;
mod scaled_erfc;
mod sinc;
mod sine;
mod tangent;

/// A function of one real number.
pub trait Function1: 'static {
    /// The branch-free body, right for every argument that is not rare.
    fn body(x: f64) -> f64;
    /// Whether the body does not hold for `x`.
    #[inline(always)]
    fn is_rare(_x: f64) -> bool {
        false
    }
    /// The value at a rare argument.
    fn rare(x: f64) -> f64 {
        Self::body(x)
    }
    /// The value at any argument.
    #[inline(always)]
    fn value(x: f64) -> f64 {
        if Self::is_rare(x) { Self::rare(x) } else { Self::body(x) }
    }
}

/// A function of two real numbers.
pub trait Function2: 'static {
    /// The branch-free body, right for every pair that is not rare.
    fn body(x: f64, y: f64) -> f64;
    /// Whether the body does not hold for the pair.
    #[inline(always)]
    fn is_rare(_x: f64, _y: f64) -> bool {
        false
    }
    /// The value at a rare pair.
    fn rare(x: f64, y: f64) -> f64 {
        Self::body(x, y)
    }
    /// The value at any pair.
    #[inline(always)]
    fn value(x: f64, y: f64) -> f64 {
        if Self::is_rare(x, y) { Self::rare(x, y) } else { Self::body(x, y) }
    }
}

/// `f32` or `f64`: what goes into a body and comes out of it.
pub trait MathFloat: crate::element::Float {
    /// The same value as a double.
    fn widen(self) -> f64;
    /// The nearest value of this type.
    fn narrow(value: f64) -> Self;
}

impl MathFloat for f64 {
    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }
    #[inline(always)]
    fn narrow(value: f64) -> f64 {
        value
    }
}

impl MathFloat for f32 {
    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
    fn narrow(value: f64) -> f32 {
        value as f32
    }
}

/// The list of functions: name, body, and the rule with its path for rare arguments.
macro_rules! functions {
    ($trait:ident $parameters:tt $arguments:tt:
     $($(#[$meta:meta])* $name:ident = $body:path $(, $is_rare:path => $rare:path)?;)+) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub enum $name {}

        impl $trait for $name {
            #[inline(always)]
            fn body $parameters -> f64 {
                $body $arguments
            }
            $(
                #[inline(always)]
                fn is_rare $parameters -> bool {
                    $is_rare $arguments
                }
                #[inline(always)]
                fn rare $parameters -> f64 {
                    $rare $arguments
                }
            )?
        }
    )+};
}

functions! { Function1 (x: f64) (x):
    /// `sin x`.
    Sin = sine::sine, reduction::is_huge => sine::sine_of_huge;
    /// `cos x`.
    Cos = sine::cosine, reduction::is_huge => sine::cosine_of_huge;
    /// `tan x`.
    Tan = tangent::tangent, reduction::is_huge => tangent::tangent_of_huge;
    /// `e^x`.
    Exp = exponential::exp;
    /// `2^x`.
    Exp2 = exponential::exp2;
    /// `e^x - 1`.
    Expm1 = exponential::expm1;
    /// The natural logarithm.
    Log = logarithm::log;
    /// `log(1 + x)`.
    Log1p = logarithm::log1p;
    /// The logarithm to base 2.
    Log2 = logarithm::log2;
    /// The logarithm to base 10.
    Log10 = logarithm::log10;
    /// The angle whose tangent is x.
    Arctan = arctangent::arctan;
    /// The angle whose sine is x.
    Arcsin = arctangent::arcsin;
    /// The angle whose cosine is x.
    Arccos = arctangent::arccos;
    /// Hyperbolic sine.
    Sinh = hyperbolic::sinh;
    /// Hyperbolic cosine.
    Cosh = hyperbolic::cosh;
    /// Hyperbolic tangent.
    Tanh = hyperbolic::tanh;
    /// The number whose hyperbolic sine is x.
    Arcsinh = inverse_hyperbolic::arcsinh;
    /// The number whose hyperbolic cosine is x.
    Arccosh = inverse_hyperbolic::arccosh;
    /// The number whose hyperbolic tangent is x.
    Arctanh = inverse_hyperbolic::arctanh;
    /// The cube root.
    Cbrt = cube_root::cube_root;
    /// `sin(pi x) / (pi x)`.
    Sinc = sinc::sinc;
    /// The error function.
    Erf = error_function::erf;
    /// `1 - erf x`.
    Erfc = error_function::erfc;
    /// The gamma function.
    Gamma = gamma::gamma, gamma::is_rare => gamma::gamma_of_rare;
    /// The logarithm of the gamma function's magnitude.
    Lgamma = gamma::lgamma, gamma::is_rare_for_lgamma => gamma::lgamma_of_rare;
    /// The logistic function, `1 / (1 + e^-x)`.
    Expit = log_add::expit;
}

functions! { Function2 (x: f64, y: f64) (x, y):
    /// The angle of the point (y, x) of arguments `x = ordinate`, `y = abscissa`.
    Arctan2 = arctangent::arctan2;
    /// `x^y`.
    Power = power::power, power::is_special => power::power_of_special;
    /// `sqrt(x^2 + y^2)`.
    Hypot = hyperbolic::hypot;
    /// `log(e^x + e^y)`.
    LogAddExp = log_add::log_add_exp;
    /// `log2(2^x + 2^y)`.
    LogAddExp2 = log_add::log_add_exp2;
}

/// How many elements are computed before rare ones among them are looked for.
const CHUNK: usize = 512;

crate::multiversion! {
    /// Writes `F(input)` to `output`, element by element.
    ///
    /// Slices of different lengths are handled as far as both reach.
    pub fn apply1<F: Function1, T: MathFloat>(input: &[T], output: &mut [T]) {
        for (input, output) in input.chunks(CHUNK).zip(output.chunks_mut(CHUNK)) {
            let mut rare = false;
            for (x, out) in input.iter().zip(output.iter_mut()) {
                let x = x.widen();
                rare |= F::is_rare(x);
                *out = T::narrow(F::body(x));
            }
            if rare {
                for (x, out) in input.iter().zip(output.iter_mut()) {
                    if F::is_rare(x.widen()) {
                        *out = T::narrow(F::rare(x.widen()));
                    }
                }
            }
        }
    }

    /// Writes `F(left, right)` to `output`, element by element.
    ///
    /// Slices of different lengths are handled as far as all three reach.
    pub fn apply2<F: Function2, T: MathFloat>(left: &[T], right: &[T], output: &mut [T]) {
        let inputs = left.chunks(CHUNK).zip(right.chunks(CHUNK));
        for ((left, right), output) in inputs.zip(output.chunks_mut(CHUNK)) {
            let mut rare = false;
            for ((x, y), out) in left.iter().zip(right).zip(output.iter_mut()) {
                let (x, y) = (x.widen(), y.widen());
                rare |= F::is_rare(x, y);
                *out = T::narrow(F::body(x, y));
            }
            if rare {
                for ((x, y), out) in left.iter().zip(right).zip(output.iter_mut()) {
                    if F::is_rare(x.widen(), y.widen()) {
                        *out = T::narrow(F::rare(x.widen(), y.widen()));
                    }
                }
            }
        }
    }
}
