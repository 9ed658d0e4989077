//! Rounding to decimals, and numbers instead of NaN and infinities.

use crate::context::Context;
use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply, apply_to};
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, ElementError, Kind, Weak};
use distarray_spmd::Error;
use std::panic::Location;

/// What [`DistArray::nan_to_num`] puts where no finite number is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Replacements {
    /// Instead of NaN.
    pub nan: f64,
    /// Instead of infinity; by itself the largest number of the dtype.
    pub posinf: Option<f64>,
    /// Instead of minus infinity; by itself the smallest number of the dtype.
    pub neginf: Option<f64>,
}

/// `numpy.round` to `decimals` behind the point, or before it where they are negative: the number times a power of ten,
/// rounded half to even, and back. Integers keep their dtype.
///
/// # Errors
/// Of bool with decimals, as NumPy, and of more than 300 decimals: a failed handle.
#[track_caller]
#[must_use]
pub fn round(context: &Context, x: &Operand, decimals: i32) -> DistArray {
    let place = Location::caller();
    DistArray::from_outcome(context, "round", place, try_round(context, x, decimals))
}

fn try_round(context: &Context, x: &Operand, decimals: i32) -> Result<DistArray, Error> {
    let dtype = match x {
        Operand::Array(array) => array.dtype()?,
        Operand::Strong(scalar) => scalar.dtype(),
        Operand::Weak(weak) => weak.default_dtype()?,
    };
    if decimals == 0 || (dtype.is_integer() && decimals > 0) {
        return Ok(apply(context, Ufunc::Round, std::slice::from_ref(x)));
    }
    let is_strong = !matches!(x, Operand::Weak(_));
    if (dtype == DType::Bool && is_strong) || decimals.abs() > 300 {
        return Err(ElementError::UnsupportedDecimals { decimals, dtype }.into());
    }
    let scale = Operand::from(10_f64.powi(decimals.abs()));
    let (there, back) =
        if decimals > 0 { (Ufunc::Multiply, Ufunc::Divide) } else { (Ufunc::Divide, Ufunc::Multiply) };
    let scaled = apply(context, there, &[x.clone(), scale.clone()]);
    let rounded = apply(context, Ufunc::Rint, &[scaled.into()]);
    let result = apply(context, back, &[rounded.into(), scale]);
    Ok(if dtype.is_integer() && is_strong { result.astype(dtype) } else { result })
}

impl DistArray {
    /// `numpy.round` to `decimals`; see [`round`].
    #[track_caller]
    #[must_use]
    pub fn round_to(&self, decimals: i32) -> DistArray {
        let place = Location::caller();
        let outcome = try_round(self.context(), &self.into(), decimals);
        DistArray::from_outcome(self.context(), "round", place, outcome)
    }

    /// `numpy.nan_to_num`: finite numbers instead of NaN and infinities, in the parts of complex numbers too. Integers
    /// and bools stay.
    #[track_caller]
    #[must_use]
    pub fn nan_to_num(&self, replacements: Replacements) -> DistArray {
        match self.dtype().map(DType::kind) {
            Ok(Kind::Float) => self.replaced(replacements),
            Ok(Kind::Complex) => {
                let (real, imaginary) = (self.real(), self.imag());
                real.replaced(replacements).with_imaginary(imaginary.replaced(replacements))
            }
            _ => self.clone(),
        }
    }

    /// [`DistArray::nan_to_num`] of floats.
    #[track_caller]
    fn replaced(&self, replacements: Replacements) -> DistArray {
        let largest = if self.dtype().is_ok_and(|dtype| dtype == DType::Float32) {
            f64::from(f32::MAX)
        } else {
            f64::MAX
        };
        let cases = [
            (Ufunc::IsNegInf, replacements.neginf.unwrap_or(-largest)),
            (Ufunc::IsPosInf, replacements.posinf.unwrap_or(largest)),
            (Ufunc::IsNan, replacements.nan),
        ];
        cases.into_iter().fold(self.clone(), |value, (is, instead)| {
            let condition = apply_to(self, is, &[self.into()]);
            let instead = Operand::from(Weak::Float(instead));
            apply_to(self, Ufunc::Where, &[condition.into(), instead, value.into()])
        })
    }
}
