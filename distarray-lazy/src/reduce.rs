//! Reductions of handles: over all axes, some, or one.

use crate::dist_array::DistArray;
use crate::graph::Kind;
use distarray_core::Reduction;
use distarray_spmd::Error;
use distarray_spmd::compute::merge::reduced_meta;
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
    /// array moves nothing.
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
        let meta = self.meta()?;
        let axes = match axes {
            Axes::All => (0..meta.shape().len()).collect(),
            Axes::Some(axes) => normalize_axes(&axes, meta.shape().len())?,
        };
        let result = reduced_meta(meta, reduction, &axes, keepdims)?;
        self.context().add(Kind::Reduce { reduction, axes, keepdims }, vec![self.id()?], result)
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
