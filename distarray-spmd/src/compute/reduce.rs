//! Reductions of arrays: a pass that only reads, and ends in one.

use crate::compute::merge::{in_order_along, reduced_meta};
use crate::compute::pass::{Pass, PassReduction, reduced_mask};
use crate::{Error, Input, LocalArray};
use distarray_core::kernel::elementwise::ProgramBuilder;
use distarray_core::{Element, Reduction};

/// Axes as numbers from 0, in increasing order; negative ones count from the last. **Pure.**
///
/// # Errors
/// [`Error::Axis`], [`Error::AxisTwice`].
pub fn normalize_axes(axes: &[isize], ndim: usize) -> Result<Vec<usize>, Error> {
    let mut normal = Vec::with_capacity(axes.len());
    for &axis in axes {
        let out = Error::Axis { axis, ndim };
        let from_front =
            if axis < 0 { ndim.checked_sub(axis.unsigned_abs()) } else { Some(axis.unsigned_abs()) };
        let found = from_front.filter(|axis| *axis < ndim).ok_or(out)?;
        if normal.contains(&found) {
            return Err(Error::AxisTwice { axis: found });
        }
        normal.push(found);
    }
    normal.sort_unstable();
    Ok(normal)
}

impl<T: Element> LocalArray<T> {
    /// `reduction` over `axes` (all of them: `None`), with elements of type `R`.
    ///
    /// The result lies on every rank that held a part it was made of. Float sums carry the rounding
    /// errors along (two numbers per sum), within a rank and across ranks, and merge in rank order: the
    /// same bits on every run with the same distribution; [`Reduction::ReproducibleSum`] gives the same bits for every
    /// distribution. Places are told in C order: arrays whose reduced axes are unstructured are redistributed first.
    /// **Collective.**
    ///
    /// # Errors
    /// [`Error::Axis`], [`Error::AxisTwice`], [`Error::EmptyReduction`]; [`Error::DType`] if the result
    /// is no `R`; memory refused on any rank.
    ///
    /// # Cost
    /// One pass over the elements; up and down a binomial tree of the ranks along the reduced axes with
    /// one state per result element.
    ///
    /// # Source
    /// TwoSum: D. E. Knuth, The Art of Computer Programming 2, section 4.2.2. Merging of variances:
    /// T. F. Chan, G. H. Golub, R. J. LeVeque, The American Statistician 37 (1983) 242-247.
    pub fn reduce<R: Element>(
        &self,
        reduction: Reduction,
        axes: Option<&[isize]>,
        keepdims: bool,
    ) -> Result<LocalArray<R>, Error> {
        let ndim = self.shape().len();
        let axes = match axes {
            None => (0..ndim).collect(),
            Some(axes) => normalize_axes(axes, ndim)?,
        };
        let found = reduced_meta(&self.as_any().meta(), reduction, &axes, keepdims)?.dtype;
        if found != R::DTYPE {
            return Err(Error::DType { found: found.name(), expected: R::DTYPE.name() });
        }
        let is_place = matches!(reduction, Reduction::ArgMin | Reduction::ArgMax);
        if is_place && let Some(in_order) = in_order_along(self.distribution(), &axes)? {
            let axes: Vec<isize> = axes.iter().map(|axis| axis.cast_signed()).collect();
            return self.redistribute(&in_order)?.reduce(reduction, Some(&axes), keepdims);
        }
        let mut builder = ProgramBuilder::new();
        let input = builder.input(0, T::DTYPE);
        builder.reduce(input, reduction, &reduced_mask(&axes, ndim))?;
        let reductions = vec![PassReduction { reduction, axes, keepdims }];
        let pass =
            Pass::new(builder.finish()?, self.distribution().clone(), reductions, &[reduction.name()])?;
        let result = pass.execute(self.worker(), vec![Input::Borrowed(self.as_any())])?;
        let [result] = crate::exactly::<1, _>(reduction.name(), result)?;
        LocalArray::from_any(result, self.worker())
    }

    /// Sums over `axis`, leaving the other axes distributed as they were. **Collective.**
    ///
    /// # Errors
    /// As [`LocalArray::reduce`]; small integers sum in 64 bits and are asked for by `reduce`.
    pub fn sum_axis(&self, axis: isize) -> Result<LocalArray<T>, Error> {
        self.reduce(Reduction::Sum, Some(&[axis]), false)
    }
}
