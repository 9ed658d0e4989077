//! Reductions that leave NaN out of account, under NumPy's names.

use super::{Axes, ReduceOptions};
use crate::dist_array::DistArray;
use crate::elementwise::apply_to;
use distarray_core::ufunc::Ufunc;
use distarray_core::{Reduction, Weak};
use distarray_spmd::Error;
use std::panic::Location;

impl DistArray {
    /// `reduction` of the elements that are numbers, as NumPy's `nansum`, `nanmean` and their kin; with `keepdims` the
    /// reduced axes stay with length 1.
    ///
    /// Where there is no number at all the sum is 0, the product 1, and everything else NaN. Places (`nanargmin`) are an
    /// error then, which waits for the ranks.
    #[track_caller]
    #[must_use]
    pub fn nan_reduce(&self, reduction: Reduction, axes: impl Into<Axes>, keepdims: bool) -> DistArray {
        let place = Location::caller();
        let name = format!("nan{reduction}");
        let outcome = self.try_nan_reduce(reduction, &axes.into(), keepdims);
        DistArray::from_outcome(self.context(), &name, place, outcome)
    }

    /// This array with `number` where it has NaN; of integers and bools itself.
    #[track_caller]
    #[must_use]
    pub fn with_numbers_for_nan(&self, number: f64) -> DistArray {
        match self.dtype() {
            Ok(dtype) if dtype.is_float() || dtype.is_complex() => {
                apply_to(self, Ufunc::Where, &[self.isnan().into(), number.into(), self.into()]).astype(dtype)
            }
            _ => self.clone(),
        }
    }

    fn try_nan_reduce(&self, reduction: Reduction, axes: &Axes, keepdims: bool) -> Result<DistArray, Error> {
        let dtype = self.dtype()?;
        if !(dtype.is_float() || dtype.is_complex()) {
            return self.try_reduce(reduction, axes.clone(), keepdims);
        }
        let is_nan = self.isnan();
        let lowest = match reduction {
            Reduction::Min | Reduction::ArgMin => Some(f64::INFINITY),
            Reduction::Max | Reduction::ArgMax => Some(f64::NEG_INFINITY),
            _ => None,
        };
        let Some(lowest) = lowest else {
            let options = ReduceOptions::new().of(&is_nan.logical_not());
            let options = if keepdims { options.keepdims() } else { options };
            return Ok(self.reduce_with(reduction, axes.clone(), &options));
        };
        let found = self.with_numbers_for_nan(lowest).try_reduce(reduction, axes.clone(), keepdims)?;
        let none = is_nan.try_reduce(Reduction::All, axes.clone(), keepdims)?;
        if !matches!(reduction, Reduction::ArgMin | Reduction::ArgMax) {
            let nan = Weak::Float(f64::NAN).into();
            return Ok(apply_to(self, Ufunc::Where, &[none.into(), nan, found.into()]).astype(dtype));
        }
        if none.any(()).item()?.is_truthy() {
            return Err(Error::Value {
                what: "nan-reduction",
                value: reduction.name().to_owned(),
                reason: "All-NaN slice encountered",
            });
        }
        Ok(found)
    }
}
