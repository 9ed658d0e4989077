//! The ufuncs as methods of handles.

use crate::create::IntoLayout;
use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply_to};
use distarray_core::ufunc::Ufunc;
use distarray_spmd::ArrayMeta;
use distarray_spmd::Error;
use distarray_spmd::transfer::redistribute::Redistribute;
use std::panic::Location;

macro_rules! unary_methods {
    ($($method:ident => $ufunc:ident, $doc:literal;)*) => {
        impl DistArray {
            $(
                #[doc = $doc]
                #[track_caller]
                #[must_use]
                pub fn $method(&self) -> DistArray {
                    apply_to(self, Ufunc::$ufunc, &[self.into()])
                }
            )*
        }
    };
}

macro_rules! binary_methods {
    ($($method:ident => $ufunc:ident, $doc:literal;)*) => {
        impl DistArray {
            $(
                #[doc = $doc]
                #[track_caller]
                #[must_use]
                pub fn $method(&self, other: impl Into<Operand>) -> DistArray {
                    apply_to(self, Ufunc::$ufunc, &[self.into(), other.into()])
                }
            )*
        }
    };
}

unary_methods! {
    abs => Absolute, "|x|; of complex numbers the modulus.";
    sign => Sign, "-1, 0 or 1.";
    square => Square, "x * x.";
    reciprocal => Reciprocal, "1 / x.";
    sqrt => Sqrt, "The square root; NaN of negative numbers.";
    exp => Exp, "e^x.";
    log => Log, "The natural logarithm.";
    sin => Sin, "The sine of an angle in radians.";
    cos => Cos, "The cosine of an angle in radians.";
    tan => Tan, "The tangent of an angle in radians.";
    floor => Floor, "Rounded down.";
    ceil => Ceil, "Rounded up.";
    trunc => Trunc, "Rounded towards zero.";
    round => Round, "Rounded to the nearest integer, half to even.";
    isnan => IsNan, "Whether it is not a number.";
    isfinite => IsFinite, "Whether it is neither infinite nor NaN.";
    isinf => IsInf, "Whether it is infinite.";
    logical_not => LogicalNot, "Whether it is zero.";
}

binary_methods! {
    floor_divide => FloorDivide, "x // y, rounded down.";
    power => Power, "x to the power y.";
    arctan2 => Arctan2, "The angle of the point (y, x) in radians; this array is y.";
    minimum => Minimum, "The smaller of two, or NaN.";
    maximum => Maximum, "The larger of two, or NaN.";
    equal => Equal, "x == y.";
    not_equal => NotEqual, "x != y.";
    less => Less, "x < y.";
    less_equal => LessEqual, "x <= y.";
    greater => Greater, "x > y.";
    greater_equal => GreaterEqual, "x >= y.";
    logical_and => LogicalAnd, "Whether both are not zero.";
    logical_or => LogicalOr, "Whether one is not zero.";
    logical_xor => LogicalXor, "Whether exactly one is not zero.";
}

impl DistArray {
    /// The same elements, elsewhere. The same handle if they lie there already.
    #[track_caller]
    #[must_use]
    pub fn redistribute(&self, layout: impl IntoLayout) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "redistribute", place, self.try_redistribute(layout))
    }

    fn try_redistribute(&self, layout: impl IntoLayout) -> Result<DistArray, Error> {
        let context = self.context();
        let meta: &ArrayMeta = self.meta()?;
        let target = layout.into_layout(context.rank_count())?;
        context.check_ranks(&target)?;
        if meta.shape() == target.shape() && meta.distribution.same_placement(&target) {
            return Ok(self.clone());
        }
        let mut outputs = context.call(Redistribute { target }, &[self])?;
        outputs.pop().ok_or(Error::Closed)
    }
}
