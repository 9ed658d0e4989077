//! Cumulative sums, products and extremes of handles.

use crate::dist_array::DistArray;
use distarray_core::kernel::scan::Scan;
use distarray_spmd::Error;
use distarray_spmd::compute::reduce::normalize_axes;
use distarray_spmd::compute::scan::{Cumulate, in_blocks_along};
use std::panic::Location;

impl DistArray {
    /// Of each element and all before it along `axis`, or with `None` among all elements in C order as one axis, what `scan`
    /// says.
    ///
    /// The result lies as this array does, if its parts along the axis are blocks in the order of ranks; otherwise they are
    /// brought to blocks first. Each rank scans its part and then joins what the ranks before it have: floats may be off in
    /// the last bits from what one rank would give.
    #[track_caller]
    #[must_use]
    pub fn cumulate(&self, scan: Scan, axis: impl Into<Option<isize>>) -> DistArray {
        let place = Location::caller();
        let outcome = self.try_cumulate(scan, axis.into());
        DistArray::from_outcome(self.context(), scan.name(), place, outcome)
    }

    /// The cumulative sum along `axis`, or with `None` of all elements in C order; small integers and bools in 64 bits.
    #[track_caller]
    #[must_use]
    pub fn cumsum(&self, axis: impl Into<Option<isize>>) -> DistArray {
        self.cumulate(Scan::Sum, axis)
    }

    /// The cumulative product along `axis`, or with `None` of all elements in C order; small integers and bools in 64 bits.
    #[track_caller]
    #[must_use]
    pub fn cumprod(&self, axis: impl Into<Option<isize>>) -> DistArray {
        self.cumulate(Scan::Prod, axis)
    }

    fn try_cumulate(&self, scan: Scan, axis: Option<isize>) -> Result<DistArray, Error> {
        let ndim = self.meta()?.shape().len();
        let (array, axis) = match axis {
            None => (self.ravel(), 0),
            Some(axis) => (self.clone(), normalize_axes(&[axis], ndim)?[0]),
        };
        let array = match in_blocks_along(array.distribution()?, axis)? {
            None => array,
            Some(blocks) => array.redistribute(blocks),
        };
        let dtype = scan.result_dtype(array.dtype()?);
        self.context().result_of(Cumulate { scan, axis }, &[&array.astype(dtype)])
    }
}
