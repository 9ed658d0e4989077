//! Whether arrays are equal, exactly or nearly: `isclose`, `allclose`, `array_equal`, `array_equiv`.

use crate::context::Context;
use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply};
use crate::reduce::Axes;
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, Kind, Reduction, Scalar, Weak};
use distarray_spmd::Error;
use std::panic::Location;

/// How near numbers must be to count as close: `|x - y| <= atol + rtol |y|`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closeness {
    /// The part of |y| that is allowed.
    pub rtol: f64,
    /// What is allowed besides.
    pub atol: f64,
    /// Whether NaN is close to NaN.
    pub equal_nan: bool,
}

impl Default for Closeness {
    /// As NumPy: 10^-5 of the number and 10^-8, and NaN is close to nothing.
    fn default() -> Self {
        Self { rtol: 1e-5, atol: 1e-8, equal_nan: false }
    }
}

/// `numpy.isclose`, element by element, in one pass. The second number is the one that `rtol` is a part of.
///
/// # Errors
/// As every elementwise operation: a failed handle.
#[track_caller]
#[must_use]
pub fn isclose(context: &Context, x: &Operand, y: &Operand, closeness: Closeness) -> DistArray {
    let write = |ufunc, operands: &[Operand]| apply(context, ufunc, operands);
    let y = &as_inexact(y);
    let distance = write(Ufunc::Absolute, &[write(Ufunc::Subtract, &[x.clone(), y.clone()]).into()]);
    let size = write(Ufunc::Absolute, std::slice::from_ref(y));
    let allowed = write(Ufunc::Multiply, &[closeness.rtol.into(), size.into()]);
    let allowed = write(Ufunc::Add, &[closeness.atol.into(), allowed.into()]);
    let near = write(Ufunc::LessEqual, &[distance.into(), allowed.into()]);
    let finite = write(Ufunc::IsFinite, std::slice::from_ref(y));
    let near = write(Ufunc::LogicalAnd, &[near.into(), finite.into()]);
    let same = write(Ufunc::Equal, &[x.clone(), y.clone()]);
    let close = write(Ufunc::LogicalOr, &[near.into(), same.into()]);
    if !closeness.equal_nan {
        return close;
    }
    write(Ufunc::LogicalOr, &[close.into(), both_nan(context, x, y).into()])
}

/// Where both are NaN.
#[track_caller]
fn both_nan(context: &Context, x: &Operand, y: &Operand) -> DistArray {
    let [x, y] = [x, y].map(|operand| apply(context, Ufunc::IsNan, std::slice::from_ref(operand)));
    apply(context, Ufunc::LogicalAnd, &[x.into(), y.into()])
}

/// Integers and truths as floats, whose magnitude never wraps.
fn as_inexact(operand: &Operand) -> Operand {
    let is_whole = |dtype: DType| !matches!(dtype.kind(), Kind::Float | Kind::Complex);
    match operand {
        Operand::Array(array) if array.dtype().is_ok_and(is_whole) => array.astype(DType::Float64).into(),
        Operand::Strong(scalar) if is_whole(scalar.dtype()) => scalar.cast(DType::Float64).into(),
        #[expect(clippy::cast_precision_loss, reason = "as NumPy: the nearest float")]
        Operand::Weak(Weak::Int(value)) => (*value as f64).into(),
        other => other.clone(),
    }
}

/// Whether two shapes broadcast to one.
fn broadcast(first: &[usize], second: &[usize]) -> bool {
    let lengths = first.iter().rev().zip(second.iter().rev());
    lengths.into_iter().all(|(first, second)| first == second || *first == 1 || *second == 1)
}

impl DistArray {
    /// Whether each element is close to that of `other`, as `numpy.isclose`.
    #[track_caller]
    #[must_use]
    pub fn isclose(&self, other: impl Into<Operand>, closeness: Closeness) -> DistArray {
        isclose(self.context(), &self.into(), &other.into(), closeness)
    }

    /// Whether all elements are close to those of `other`, as `numpy.allclose`: a bool without dimensions.
    #[track_caller]
    #[must_use]
    pub fn allclose(&self, other: impl Into<Operand>, closeness: Closeness) -> DistArray {
        self.isclose(other, closeness).reduce(Reduction::All, Axes::All, false)
    }

    /// Whether shape and elements are those of `other`, as `numpy.array_equal`: a bool without dimensions. With
    /// `equal_nan`, NaN equals NaN.
    #[track_caller]
    #[must_use]
    pub fn array_equal(&self, other: &DistArray, equal_nan: bool) -> DistArray {
        self.equal_if(other, "array_equal", |first, second| first == second, equal_nan)
    }

    /// Whether the elements are those of `other` when one is broadcast to the other, as `numpy.array_equiv`: a bool
    /// without dimensions.
    #[track_caller]
    #[must_use]
    pub fn array_equiv(&self, other: &DistArray) -> DistArray {
        self.equal_if(other, "array_equiv", broadcast, false)
    }

    /// Whether all elements are equal, if the shapes go together; else not.
    #[track_caller]
    fn equal_if(
        &self,
        other: &DistArray,
        name: &str,
        go_together: impl Fn(&[usize], &[usize]) -> bool,
        equal_nan: bool,
    ) -> DistArray {
        let place = Location::caller();
        let context = self.context();
        let outcome = || -> Result<DistArray, Error> {
            if !go_together(self.meta()?.shape(), other.check_context(context)?.meta()?.shape()) {
                return Ok(context.full([], Scalar::Bool(false)));
            }
            let same = apply(context, Ufunc::Equal, &[self.into(), other.into()]);
            let same = if equal_nan {
                let both = both_nan(context, &self.into(), &other.into());
                apply(context, Ufunc::LogicalOr, &[same.into(), both.into()])
            } else {
                same
            };
            Ok(same.reduce(Reduction::All, Axes::All, false))
        };
        DistArray::from_outcome(context, name, place, outcome())
    }
}
