//! The table: every ufunc in one line.

use serde::{Deserialize, Serialize};

use super::rule::{Domain, Value};
use crate::Complex;
use crate::dtype::DType;
use crate::kernel::math::complex::*;
use crate::kernel::math::complex_inverse::*;
use crate::kernel::math::{
    Arccos, Arccosh, Arcsin, Arcsinh, Arctan, Arctan2, Arctanh, Cbrt, Cos, Cosh, Erf, Erfc, Exp, Exp2, Expit,
    Expm1, Gamma, Hypot, Lgamma, Log, Log1p, Log2, Log10, LogAddExp, LogAddExp2, Power, Sin, Sinc, Sinh, Tan,
    Tanh,
};
use crate::kernel::operation::erased::{self, Kernel};
use crate::kernel::operation::*;

/// The kernels of a family of element types: returns the one of `$dtype` if it is there.
macro_rules! family {
    (bool $form:ident $operation:ident $dtype:ident) => {
        family!(@ $form $operation $dtype; Bool u8)
    };
    (integer $form:ident $operation:ident $dtype:ident) => {
        family!(@ $form $operation $dtype; Int8 i8, Int16 i16, Int32 i32, Int64 i64,
            UInt8 u8, UInt16 u16, UInt32 u32, UInt64 u64)
    };
    (float $form:ident $operation:ident $dtype:ident) => {
        family!(@ $form $operation $dtype; Float32 f32, Float64 f64)
    };
    (complex $form:ident $operation:ident $dtype:ident) => {
        family!(@ $form $operation $dtype; Complex64 Complex<f32>, Complex128 Complex<f64>)
    };
    (@ $form:ident $operation:ident $dtype:ident; $($variant:ident $type:ty),+) => {
        match $dtype {
            $(DType::$variant => return Some(erased::$form::<$type, $operation>),)+
            _ => {}
        }
    };
}

/// Whether the form of a family's kernels takes single elements, for dtypes of that family.
macro_rules! single {
    (float binary_or_single $dtype:ident) => {
        matches!($dtype, DType::Float32 | DType::Float64)
    };
    ($family:ident $form:ident $dtype:ident) => {
        false
    };
}

/// The table: calls the macro `$callback` with all rows.
///
/// A row is: variant, method of handles, NumPy's names, number of arguments, type rule `=>` dtype of the result, the
/// kernels of each family of dtypes, and what it does, in words. Whoever needs something of every ufunc takes it from
/// here, so that a new row reaches it too:
///
/// ```
/// macro_rules! methods {
///     ($($variant:ident $method:ident [$($name:literal),+] $arity:tt $domain:ident => $value:ident
///         { $($kernels:tt)* } $summary:literal;)+) => { [$(stringify!($method)),+] };
/// }
/// let methods = distarray_core::for_each_ufunc!(methods);
/// assert!(methods.contains(&"sqrt"));
/// ```
#[macro_export]
macro_rules! for_each_ufunc {
    ($callback:ident) => { $callback! {
        Add add ["add"] 2 Any => Same { bool: binary Or, integer: binary Add, float: binary_or_single Add, complex: binary Add } "x + y";
        Subtract subtract ["subtract"] 2 Number => Same { integer: binary Subtract, float: binary_or_single Subtract, complex: binary Subtract } "x - y";
        Multiply multiply ["multiply"] 2 Any => Same { bool: binary And, integer: binary Multiply, float: binary_or_single Multiply, complex: binary Multiply } "x * y";
        Divide divide ["divide", "true_divide"] 2 Quotient => Same { float: binary_or_single Divide, complex: binary Divide } "x / y, of integers too";
        FloorDivide floor_divide ["floor_divide"] 2 Divisible => Same { integer: binary FloorDivide, float: binary FloorDivide } "x // y, rounded down";
        Remainder remainder ["remainder", "mod"] 2 Divisible => Same { integer: binary Remainder, float: binary Remainder } "x % y, with the sign of y";
        Power power ["power", "pow"] 2 BoolAsInt8 => Same { integer: whole_power Power, float: math2 Power, complex: complex2 ComplexPower } "x ** y";
        Fmod fmod ["fmod"] 2 Divisible => Same { integer: binary TruncatedRemainder, float: binary TruncatedRemainder } "x % y of the quotient rounded towards zero, with the sign of x";
        FloatPower float_power ["float_power"] 2 Double => Same { float: math2 Power, complex: complex2 ComplexPower } "x ** y in float64 or complex128";
        Gcd gcd ["gcd"] 2 Integer => Same { integer: binary GreatestDivisor } "the greatest common divisor";
        Lcm lcm ["lcm"] 2 Integer => Same { integer: binary LeastMultiple } "the least common multiple";
        Arctan2 arctan2 ["arctan2", "atan2"] 2 RealFloat => Same { float: math2 Arctan2 } "the angle of the point (y, x)";
        Hypot hypot ["hypot"] 2 RealFloat => Same { float: math2 Hypot } "sqrt(x^2 + y^2)";
        Minimum minimum ["minimum"] 2 Any => Same { bool: binary And, integer: binary Minimum, float: binary_or_single Minimum, complex: binary Minimum } "the smaller, or NaN";
        Maximum maximum ["maximum"] 2 Any => Same { bool: binary Or, integer: binary Maximum, float: binary_or_single Maximum, complex: binary Maximum } "the larger, or NaN";

        Fmin fmin ["fmin"] 2 Any => Same { bool: binary And, integer: binary Minimum, float: binary_or_single NumberMinimum, complex: binary NumberMinimum } "the smaller, NaN only of two NaN";
        Fmax fmax ["fmax"] 2 Any => Same { bool: binary Or, integer: binary Maximum, float: binary_or_single NumberMaximum, complex: binary NumberMaximum } "the larger, NaN only of two NaN";
        CopySign copysign ["copysign"] 2 RealFloat => Same { float: binary_or_single CopySign } "|x| with the sign of y";
        NextAfter nextafter ["nextafter"] 2 RealFloat => Same { float: binary NextAfter } "the next float after x on the way to y";
        Heaviside heaviside ["heaviside"] 2 RealFloat => Same { float: binary Heaviside } "0 left of zero, 1 right of it, y at zero";
        LogAddExp logaddexp ["logaddexp"] 2 RealFloat => Same { float: math2 LogAddExp } "log(e^x + e^y)";
        LogAddExp2 logaddexp2 ["logaddexp2"] 2 RealFloat => Same { float: math2 LogAddExp2 } "log2(2^x + 2^y)";
        Ldexp ldexp ["ldexp"] 2 Exponent => Same { float: ldexp Add } "x * 2^y of integers y";

        Equal equal ["equal"] 2 Comparison => Truth { bool: binary BoolEqual, integer: binary Equal, float: binary_or_single Equal, complex: binary Equal } "x == y";
        NotEqual not_equal ["not_equal"] 2 Comparison => Truth { bool: binary Xor, integer: binary NotEqual, float: binary_or_single NotEqual, complex: binary NotEqual } "x != y";
        Less less ["less"] 2 Comparison => Truth { bool: binary BoolLess, integer: binary Less, float: binary_or_single Less, complex: binary Less } "x < y";
        LessEqual less_equal ["less_equal"] 2 Comparison => Truth { bool: binary BoolLessEqual, integer: binary LessEqual, float: binary_or_single LessEqual, complex: binary LessEqual } "x <= y";
        Greater greater ["greater"] 2 Comparison => Truth { bool: binary BoolGreater, integer: binary Greater, float: binary_or_single Greater, complex: binary Greater } "x > y";
        GreaterEqual greater_equal ["greater_equal"] 2 Comparison => Truth { bool: binary BoolGreaterEqual, integer: binary GreaterEqual, float: binary_or_single GreaterEqual, complex: binary GreaterEqual } "x >= y";

        LogicalAnd logical_and ["logical_and"] 2 Truth => Truth { bool: binary And } "both are not zero";
        LogicalOr logical_or ["logical_or"] 2 Truth => Truth { bool: binary Or } "one is not zero";
        LogicalXor logical_xor ["logical_xor"] 2 Truth => Truth { bool: binary Xor } "exactly one is not zero";
        LogicalNot logical_not ["logical_not"] 1 Truth => Truth { bool: unary Not } "x is zero";

        BitwiseAnd bitwise_and ["bitwise_and"] 2 Bits => Same { bool: binary And, integer: binary BitAnd } "x & y";
        BitwiseOr bitwise_or ["bitwise_or"] 2 Bits => Same { bool: binary Or, integer: binary BitOr } "x | y";
        BitwiseXor bitwise_xor ["bitwise_xor"] 2 Bits => Same { bool: binary Xor, integer: binary BitXor } "x ^ y";
        Invert invert ["invert", "bitwise_not", "bitwise_invert"] 1 Bits => Same { bool: unary Not, integer: unary Invert } "~x";
        BitwiseCount bitwise_count ["bitwise_count"] 1 Shift => UInt8 { integer: unary BitCount } "how many bits of |x| are set";
        LeftShift left_shift ["left_shift", "bitwise_left_shift"] 2 Shift => Same { integer: binary LeftShift } "x << y";
        RightShift right_shift ["right_shift", "bitwise_right_shift"] 2 Shift => Same { integer: binary RightShift } "x >> y";

        Negative negative ["negative"] 1 Number => Same { integer: unary Negative, float: unary Negative, complex: unary Negative } "-x";
        Positive positive ["positive"] 1 Number => Same {} "+x";
        Absolute abs ["absolute", "abs"] 1 Any => RealPart { integer: unary Absolute, float: unary Absolute, complex: unary Absolute } "|x|";
        Sign sign ["sign"] 1 Number => Same { integer: unary Sign, float: unary Sign, complex: unary Sign } "-1, 0 or 1; of complex numbers x / |x|";
        Square square ["square"] 1 BoolAsInt8 => Same { integer: unary Square, float: unary Square, complex: unary Square } "x * x";
        Reciprocal reciprocal ["reciprocal"] 1 BoolAsInt8 => Same { integer: unary Reciprocal, float: unary Reciprocal, complex: unary Reciprocal } "1 / x, of integers towards zero";
        Conjugate conjugate ["conjugate", "conj"] 1 BoolAsInt8 => Same { complex: unary Conjugate } "the complex conjugate";
        Real real ["real"] 1 Any => RealPart { complex: unary RealPart } "the real part";
        Imag imag ["imag"] 1 Any => RealPart { complex: unary ImaginaryPart } "the imaginary part";

        WithImaginary with_imaginary ["with_imaginary"] 2 RealFloat => Complex { float: binary WithImaginary } "the complex number x + y i; not in NumPy";
        Angle angle ["angle"] 1 Angle => RealPart { float: unary Angle, complex: unary Angle } "the angle of a complex number, in radians";
        Fabs fabs ["fabs"] 1 RealFloat => Same { float: unary Absolute } "|x| as a float";
        SignBit signbit ["signbit"] 1 RealFloat => Truth { float: unary SignBit } "has its sign bit set: negative, or -0";
        Spacing spacing ["spacing"] 1 RealFloat => Same { float: unary Spacing } "the distance to the next float away from zero";
        FrexpMantissa frexp_mantissa ["frexp_mantissa"] 1 RealFloat => Same { float: unary Fraction } "the first result of frexp: m of x = m * 2^e, |m| in [1/2, 1)";
        FrexpExponent frexp_exponent ["frexp_exponent"] 1 RealFloat => Int32 { float: unary Exponent } "the second result of frexp: e of x = m * 2^e";
        Radians deg2rad ["deg2rad", "radians"] 1 RealFloat => Same { float: unary ToRadians } "degrees in radians";
        Degrees rad2deg ["rad2deg", "degrees"] 1 RealFloat => Same { float: unary ToDegrees } "radians in degrees";

        Sqrt sqrt ["sqrt"] 1 Float => Same { float: unary SquareRoot, complex: complex1 ComplexSqrt } "the square root";
        Cbrt cbrt ["cbrt"] 1 RealFloat => Same { float: math1 Cbrt } "the cube root";
        Exp exp ["exp"] 1 Float => Same { float: math1 Exp, complex: complex1 ComplexExp } "e^x";
        Exp2 exp2 ["exp2"] 1 Float => Same { float: math1 Exp2, complex: complex1 ComplexExp2 } "2^x";
        Expm1 expm1 ["expm1"] 1 Float => Same { float: math1 Expm1, complex: complex1 ComplexExpm1 } "e^x - 1";
        Log log ["log"] 1 Float => Same { float: math1 Log, complex: complex1 ComplexLog } "the natural logarithm";
        Log1p log1p ["log1p"] 1 Float => Same { float: math1 Log1p, complex: complex1 ComplexLog1p } "log(1 + x)";
        Log2 log2 ["log2"] 1 Float => Same { float: math1 Log2, complex: complex1 ComplexLog2 } "the logarithm to base 2";
        Log10 log10 ["log10"] 1 Float => Same { float: math1 Log10, complex: complex1 ComplexLog10 } "the logarithm to base 10";
        Sin sin ["sin"] 1 Float => Same { float: math1 Sin, complex: complex1 ComplexSin } "sine";
        Cos cos ["cos"] 1 Float => Same { float: math1 Cos, complex: complex1 ComplexCos } "cosine";
        Tan tan ["tan"] 1 Float => Same { float: math1 Tan, complex: complex1 ComplexTan } "tangent";
        Arcsin arcsin ["arcsin", "asin"] 1 Float => Same { float: math1 Arcsin, complex: complex1 ComplexArcsin } "the angle whose sine is x";
        Arccos arccos ["arccos", "acos"] 1 Float => Same { float: math1 Arccos, complex: complex1 ComplexArccos } "the angle whose cosine is x";
        Arctan arctan ["arctan", "atan"] 1 Float => Same { float: math1 Arctan, complex: complex1 ComplexArctan } "the angle whose tangent is x";
        Sinh sinh ["sinh"] 1 Float => Same { float: math1 Sinh, complex: complex1 ComplexSinh } "hyperbolic sine";
        Cosh cosh ["cosh"] 1 Float => Same { float: math1 Cosh, complex: complex1 ComplexCosh } "hyperbolic cosine";
        Tanh tanh ["tanh"] 1 Float => Same { float: math1 Tanh, complex: complex1 ComplexTanh } "hyperbolic tangent";
        Arcsinh arcsinh ["arcsinh", "asinh"] 1 Float => Same { float: math1 Arcsinh, complex: complex1 ComplexArcsinh } "the number whose hyperbolic sine is x";
        Arccosh arccosh ["arccosh", "acosh"] 1 Float => Same { float: math1 Arccosh, complex: complex1 ComplexArccosh } "the number whose hyperbolic cosine is x";
        Arctanh arctanh ["arctanh", "atanh"] 1 Float => Same { float: math1 Arctanh, complex: complex1 ComplexArctanh } "the number whose hyperbolic tangent is x";
        Sinc sinc ["sinc"] 1 Quotient => Same { float: math1 Sinc, complex: complex1 ComplexSinc } "sin(pi x) / (pi x)";

        Erf erf ["erf"] 1 RealFloat => Same { float: math1 Erf } "the error function";
        Erfc erfc ["erfc"] 1 RealFloat => Same { float: math1 Erfc } "1 - erf(x)";
        Gamma gamma ["gamma"] 1 RealFloat => Same { float: math1 Gamma } "the gamma function; NaN at -1, -2, ..";
        Lgamma lgamma ["lgamma", "gammaln"] 1 RealFloat => Same { float: math1 Lgamma } "the logarithm of |gamma(x)|";
        Expit expit ["expit"] 1 RealFloat => Same { float: math1 Expit } "the logistic function, 1 / (1 + e^-x)";

        Floor floor ["floor"] 1 Real => Same { float: unary Floor } "rounded down";
        Ceil ceil ["ceil"] 1 Real => Same { float: unary Ceil } "rounded up";
        Trunc trunc ["trunc"] 1 Real => Same { float: unary Trunc } "rounded towards zero";
        Rint rint ["rint"] 1 Float => Same { float: unary Rint, complex: unary Rint } "rounded to the nearest integer, half to even; floats of integers";
        Round round ["round", "around"] 1 BoolAsFloat => Same { float: unary Rint, complex: unary Rint } "rounded to the nearest integer, half to even; integers stay";

        IsNan isnan ["isnan"] 1 Any => Truth { float: unary IsNan, complex: unary IsNan } "is not a number";
        IsFinite isfinite ["isfinite"] 1 Any => Truth { float: unary IsFinite, complex: unary IsFinite } "is neither infinite nor NaN";
        IsInf isinf ["isinf"] 1 Any => Truth { float: unary IsInf, complex: unary IsInf } "is infinite";
        IsPosInf isposinf ["isposinf"] 1 Real => Truth { float: unary IsPositiveInf } "is plus infinity";
        IsNegInf isneginf ["isneginf"] 1 Real => Truth { float: unary IsNegativeInf } "is minus infinity";
        IsReal isreal ["isreal"] 1 Any => Truth { complex: unary IsReal } "has no imaginary part";
        IsComplex iscomplex ["iscomplex"] 1 Any => Truth { complex: unary IsComplex } "has an imaginary part that is not zero";

        Where where_ ["where"] 3 Choice => Same { bool: select Add, integer: select Add, float: select Add, complex: select Add } "the second where the first is not zero, else the third";
        Clip clip ["clip"] 3 Any => Same {} "brought between two bounds";
    } };
}

macro_rules! ufuncs {
    ($($variant:ident $method:ident [$name:literal $(, $alias:literal)*] $arity:literal $domain:ident => $value:ident
        { $($family:ident: $form:ident $operation:ident),* } $doc:literal;)+) => {
        /// An elementwise function; see the table in `table.rs`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Ufunc {
            $(#[doc = $doc] $variant,)+
        }

        impl Ufunc {
            /// All of them, in the table's order.
            pub const ALL: &[Ufunc] = &[$(Ufunc::$variant),+];

            /// NumPy's name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Ufunc::$variant => $name,)+ }
            }

            /// NumPy's other names of it.
            #[must_use]
            pub const fn aliases(self) -> &'static [&'static str] {
                match self { $(Ufunc::$variant => &[$($alias),*],)+ }
            }

            /// The method of handles that writes it.
            #[must_use]
            pub const fn method(self) -> &'static str {
                match self { $(Ufunc::$variant => stringify!($method),)+ }
            }

            /// What it does, in one line.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self { $(Ufunc::$variant => $doc,)+ }
            }

            /// The number of arguments.
            #[must_use]
            pub const fn arity(self) -> usize {
                match self { $(Ufunc::$variant => $arity,)+ }
            }

            /// Which dtypes it computes in.
            #[must_use]
            pub const fn domain(self) -> Domain {
                match self { $(Ufunc::$variant => Domain::$domain,)+ }
            }

            /// What dtype its result has.
            #[must_use]
            pub const fn value(self) -> Value {
                match self { $(Ufunc::$variant => Value::$value,)+ }
            }

            /// Whether the kernel for `dtype` takes an argument that is the same everywhere as one element.
            pub(crate) fn takes_single(self, dtype: DType) -> bool {
                match self {
                    $(Ufunc::$variant => false $(|| single!($family $form dtype))*,)+
                }
            }

            /// The kernel that computes in `dtype`. None where the builder of programs writes something simpler.
            pub(crate) fn kernel(self, dtype: DType) -> Option<Kernel> {
                match self {
                    $(Ufunc::$variant => { $(family!($family $form $operation dtype);)* None })+
                }
            }
        }
    };
}

for_each_ufunc!(ufuncs);
