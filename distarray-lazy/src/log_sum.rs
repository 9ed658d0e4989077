//! `logsumexp`: the logarithm of a sum of exponentials, without overflow.

use crate::dist_array::DistArray;
use crate::elementwise::apply_to;
use crate::reduce::Axes;
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, ElementError, Kind, Reduction};
use distarray_spmd::Error;
use std::panic::Location;

impl DistArray {
    /// `log(sum(exp(x)))` over `axes`, with the greatest element taken out of the exponentials first; with `keepdims`
    /// the reduced axes stay with length 1. Integers and bools in float64.
    ///
    /// Two passes over the array: one for the greatest elements, one for the sums.
    ///
    /// # Errors
    /// Of complex numbers, and of no elements, as `max`: a failed handle.
    #[track_caller]
    #[must_use]
    pub fn logsumexp(&self, axes: impl Into<Axes>, keepdims: bool) -> DistArray {
        let place = Location::caller();
        let outcome = self.try_logsumexp(axes.into(), keepdims);
        DistArray::from_outcome(self.context(), "logsumexp", place, outcome)
    }

    fn try_logsumexp(&self, axes: Axes, keepdims: bool) -> Result<DistArray, Error> {
        let dtype = self.dtype()?;
        let x = match dtype.kind() {
            Kind::Complex => {
                let ufunc = String::from("logsumexp");
                return Err(ElementError::UnsupportedDTypes { ufunc, dtypes: vec![dtype] }.into());
            }
            Kind::Float => self.clone(),
            _ => self.astype(DType::Float64),
        };
        let greatest = x.reduce(Reduction::Max, axes.clone(), true);
        // Where it is infinite or NaN, the sum is so by itself.
        let finite = greatest.isfinite();
        let shift = apply_to(&x, Ufunc::Where, &[finite.into(), greatest.into(), 0.0.into()]);
        let sum = apply_to(&x, Ufunc::Subtract, &[(&x).into(), (&shift).into()]).exp();
        let sum = sum.reduce(Reduction::Sum, axes.clone(), true);
        let value = apply_to(&x, Ufunc::Add, &[sum.log().into(), shift.into()]);
        Ok(if keepdims { value } else { value.squeeze(axes) })
    }
}
