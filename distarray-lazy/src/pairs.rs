//! Functions of two results, as pairs of handles: `divmod`, `modf`, `frexp`.
//!
//! Both results are expressions of the same arrays, so that one pass makes them both where both are held.

use crate::context::Context;
use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply, apply_to};
use distarray_core::ufunc::Ufunc;

/// `numpy.divmod`: the quotient rounded down and what is left, as [`DistArray::floor_divide`] and
/// [`DistArray::remainder`] have them.
#[track_caller]
#[must_use]
pub fn divmod(context: &Context, x: &Operand, y: &Operand) -> (DistArray, DistArray) {
    let operands = [x.clone(), y.clone()];
    (apply(context, Ufunc::FloorDivide, &operands), apply(context, Ufunc::Remainder, &operands))
}

impl DistArray {
    /// `numpy.divmod` of this array and another: quotient and remainder.
    #[track_caller]
    #[must_use]
    pub fn divmod(&self, other: impl Into<Operand>) -> (DistArray, DistArray) {
        divmod(self.context(), &self.into(), &other.into())
    }

    /// `numpy.modf`: the part behind the point and the part before it, both floats with the sign of the number.
    #[track_caller]
    #[must_use]
    pub fn modf(&self) -> (DistArray, DistArray) {
        // As a float: the absolute value is one, and gets its sign back.
        let float = apply_to(self, Ufunc::CopySign, &[self.into(), self.into()]);
        let whole = float.trunc();
        let rest = apply_to(self, Ufunc::Subtract, &[(&float).into(), (&whole).into()]);
        let rest = apply_to(self, Ufunc::Where, &[float.isinf().into(), 0.0.into(), rest.into()]);
        (apply_to(self, Ufunc::CopySign, &[rest.into(), float.into()]), whole)
    }

    /// `numpy.frexp`: `m` and `e` (an int32) of `x = m 2^e` with |m| in [1/2, 1); of 0, infinities and NaN they
    /// themselves and 0.
    #[track_caller]
    #[must_use]
    pub fn frexp(&self) -> (DistArray, DistArray) {
        (self.frexp_mantissa(), self.frexp_exponent())
    }
}
