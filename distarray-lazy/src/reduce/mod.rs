//! Reductions of handles: over all axes, some, or one.

mod cumulate;
mod nan;
mod norm;
mod options;
mod statistics;

pub use norm::Norm;
pub use options::ReduceOptions;

use crate::dist_array::DistArray;
use crate::graph::Kind;
use distarray_core::{DType, Reduction};
use distarray_spmd::Error;
use distarray_spmd::compute::merge::{in_order_along, reduced_meta};
use distarray_spmd::compute::reduce::normalize_axes;
use std::panic::Location;

/// Which axes a reduction runs over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axes {
    /// All: the result has no dimension.
    All,
    /// These; negative ones count from the last.
    Some(Vec<isize>),
}

impl Axes {
    /// These, numbered from 0.
    pub(crate) fn of(axes: &[usize]) -> Axes {
        Axes::Some(axes.iter().map(|axis| axis.cast_signed()).collect())
    }

    /// As numbers from 0 of an array of `ndim` dimensions, in increasing order.
    pub(crate) fn numbers(&self, ndim: usize) -> Result<Vec<usize>, Error> {
        match self {
            Axes::All => Ok((0..ndim).collect()),
            Axes::Some(axes) => normalize_axes(axes, ndim),
        }
    }
}

impl From<isize> for Axes {
    fn from(axis: isize) -> Self {
        Axes::Some(vec![axis])
    }
}

impl<const N: usize> From<[isize; N]> for Axes {
    fn from(axes: [isize; N]) -> Self {
        Axes::Some(axes.to_vec())
    }
}

impl From<()> for Axes {
    /// `()` stands for all axes.
    fn from((): ()) -> Self {
        Axes::All
    }
}

impl DistArray {
    /// `reduction` over `axes`; with `keepdims` the reduced axes stay with length 1.
    ///
    /// The result lies on every rank that holds a part it was made of, so using it again with this
    /// array moves nothing. What else NumPy's reductions take is asked for by [`DistArray::reduce_with`].
    ///
    /// **The same bits on any ranks.** Sums and means of `float64` over all axes do not depend on the number of ranks, nor
    /// on how the array is distributed ([`Reduction::ReproducibleSum`]); others do if the options ask for it.
    #[track_caller]
    #[must_use]
    pub fn reduce(&self, reduction: Reduction, axes: impl Into<Axes>, keepdims: bool) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(
            self.context(),
            reduction.name(),
            place,
            self.try_reduce(reduction, axes.into(), keepdims),
        )
    }

    fn try_reduce(&self, reduction: Reduction, axes: Axes, keepdims: bool) -> Result<DistArray, Error> {
        let axes = axes.numbers(self.meta()?.shape().len())?;
        let covers_all = axes.len() == self.ndim();
        let reduction =
            if covers_all && self.dtype()? == DType::Float64 { reproducible(reduction) } else { reduction };
        self.reduced(reduction, axes, keepdims)
    }

    /// `reduction` and no other over axes that are numbered from 0, in increasing order.
    fn reduced(&self, reduction: Reduction, axes: Vec<usize>, keepdims: bool) -> Result<DistArray, Error> {
        let meta = self.meta()?;
        let is_place = matches!(reduction, Reduction::ArgMin | Reduction::ArgMax);
        if is_place && let Some(in_order) = in_order_along(&meta.distribution, &axes)? {
            // The first of equal elements can only be told where they lie in order.
            return self.redistribute(in_order).reduced(reduction, axes, keepdims);
        }
        let result = reduced_meta(meta, reduction, &axes, keepdims)?;
        self.context().add(Kind::Reduce { reduction, axes, keepdims }, vec![self.id()?], result)
    }
}

/// The reduction with the same bits on any ranks.
fn reproducible(reduction: Reduction) -> Reduction {
    match reduction {
        Reduction::Sum => Reduction::ReproducibleSum,
        Reduction::Mean => Reduction::ReproducibleMean,
        other => other,
    }
}

macro_rules! reductions {
    ($($(#[$doc:meta])* $method:ident => $reduction:expr;)*) => {
        impl DistArray {
            $(
                $(#[$doc])*
                #[track_caller]
                #[must_use]
                pub fn $method(&self, axes: impl Into<Axes>) -> DistArray {
                    self.reduce($reduction, axes, false)
                }
            )*
        }
    };
}

reductions! {
    /// The sum over `axes` (`()`: all); small integers and bools in 64 bits.
    sum => Reduction::Sum;
    /// The product over `axes`; small integers and bools in 64 bits.
    prod => Reduction::Prod;
    /// The least element over `axes`; NaN if there is one.
    min => Reduction::Min;
    /// The greatest element over `axes`; NaN if there is one.
    max => Reduction::Max;
    /// Where the least element stands: its index along one axis, or for `()` its place among all in C order; of equal ones
    /// the first. Of the first NaN if there is one.
    argmin => Reduction::ArgMin;
    /// Where the greatest element stands, as [`DistArray::argmin`].
    argmax => Reduction::ArgMax;
    /// The arithmetic mean over `axes`; of integers in float64.
    mean => Reduction::Mean;
    /// The variance over `axes` (divided by the number of elements).
    var => Reduction::Var { ddof: 0 };
    /// The standard deviation over `axes` (divided by the number of elements).
    std => Reduction::Std { ddof: 0 };
    /// Whether any element over `axes` is not zero.
    any => Reduction::Any;
    /// Whether all elements over `axes` are not zero.
    all => Reduction::All;
    /// How many elements over `axes` are not zero.
    count_nonzero => Reduction::CountNonzero;
}
