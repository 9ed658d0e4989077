//! Numbers in geometric progression: `logspace`, `geomspace`.

use crate::context::Context;
use crate::create::IntoLayout;
use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply};
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, ElementError, Scalar};
use std::panic::Location;

impl Context {
    /// Float64 numbers from `base ^ start` to `base ^ stop`, whose logarithms are spaced spaced, as `numpy.logspace`,
    /// over the flat index (C order) of any shape. Without `endpoint`, the last one is a step before `base ^ stop`.
    #[track_caller]
    #[must_use]
    pub fn logspace(
        &self,
        layout: impl IntoLayout,
        start: f64,
        stop: f64,
        base: f64,
        endpoint: bool,
    ) -> DistArray {
        let place = Location::caller();
        let outcome = layout.into_layout(self.rank_count()).map(|distribution| {
            let exponents = self.spaced(distribution, start, stop, endpoint);
            apply(self, Ufunc::Power, &[base.into(), exponents.into()])
        });
        DistArray::from_outcome(self, "logspace", place, outcome)
    }

    /// Float64 numbers from `start` to `stop`, each the same multiple of the one before, as `numpy.geomspace`, over the
    /// flat index (C order) of any shape; the ends are exact. Without `endpoint`, the last one is a step before
    /// `stop`.
    ///
    /// # Errors
    /// If one end is zero: a failed handle. Ends of different signs give NaN between them, as in NumPy.
    #[track_caller]
    #[must_use]
    pub fn geomspace(&self, layout: impl IntoLayout, start: f64, stop: f64, endpoint: bool) -> DistArray {
        let place = Location::caller();
        let outcome = layout.into_layout(self.rank_count()).and_then(|distribution| {
            if start == 0.0 || stop == 0.0 {
                return Err(ElementError::ZeroInGeometricSequence {
                    start: start.to_string(),
                    stop: stop.to_string(),
                }
                .into());
            }
            let sign = 1f64.copysign(start);
            let (first, last) = (start.abs(), stop * sign);
            let count = distribution.size();
            let exponents = self.spaced(distribution.clone(), first.log10(), last.log10(), endpoint);
            let powers = apply(self, Ufunc::Power, &[10.0.into(), exponents.into()]);
            let index = self.ramp(distribution, Scalar::Int64(0), Scalar::Int64(1));
            let with_end = |values: DistArray, at: usize, value: f64| {
                let here = apply(self, Ufunc::Equal, &[(&index).into(), (at as u64).into()]);
                apply(self, Ufunc::Where, &[here.into(), value.into(), values.into()])
            };
            let powers = if endpoint && count > 1 { with_end(powers, count - 1, last) } else { powers };
            let powers = if count > 0 { with_end(powers, 0, first) } else { powers };
            Ok(apply(self, Ufunc::Multiply, &[powers.into(), Operand::from(sign)]))
        });
        DistArray::from_outcome(self, "geomspace", place, outcome)
    }

    /// As [`Context::points`], but without `endpoint` the last number is a step before `stop`.
    #[track_caller]
    #[must_use]
    pub fn spaced(&self, layout: impl IntoLayout, start: f64, stop: f64, endpoint: bool) -> DistArray {
        if endpoint {
            return self.points(layout, start, stop);
        }
        let place = Location::caller();
        let outcome = layout.into_layout(self.rank_count()).map(|distribution| {
            #[expect(clippy::cast_precision_loss, reason = "as NumPy: the number of points as a float")]
            let step = (stop - start) / distribution.size().max(1) as f64;
            let index = self.ramp(distribution, Scalar::zero(DType::Float64), Scalar::one(DType::Float64));
            index * step + start
        });
        DistArray::from_outcome(self, "linspace", place, outcome)
    }
}
