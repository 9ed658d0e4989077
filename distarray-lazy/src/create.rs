//! Making arrays: filled, counted, computed from indices, or of elements that the program has.

use crate::context::Context;
use crate::dist_array::DistArray;
use crate::graph::Kind;
use distarray_core::{Block, DType, Element, Pool, Scalar};
use distarray_maps::{DistSpec, Distribution};
use distarray_spmd::create::Ramp;
use distarray_spmd::{ArrayMeta, Error};
use ndarray::ArrayViewD;
use std::panic::Location;

/// How an array shall lie: a shape alone (block on the first axis), a shape with letters, or a whole
/// distribution.
pub trait IntoLayout {
    /// The distribution over `rank_count` ranks. **Pure.**
    ///
    /// # Errors
    /// What the maps refuse.
    fn into_layout(self, rank_count: usize) -> Result<Distribution, Error>;
}

impl IntoLayout for Distribution {
    fn into_layout(self, _: usize) -> Result<Distribution, Error> {
        Ok(self)
    }
}

impl IntoLayout for &Distribution {
    fn into_layout(self, _: usize) -> Result<Distribution, Error> {
        Ok(self.clone())
    }
}

impl<const N: usize> IntoLayout for [usize; N] {
    fn into_layout(self, rank_count: usize) -> Result<Distribution, Error> {
        Ok(Distribution::block_rows(&self, rank_count)?)
    }
}

impl IntoLayout for &[usize] {
    fn into_layout(self, rank_count: usize) -> Result<Distribution, Error> {
        Ok(Distribution::block_rows(self, rank_count)?)
    }
}

impl IntoLayout for Vec<usize> {
    fn into_layout(self, rank_count: usize) -> Result<Distribution, Error> {
        Ok(Distribution::block_rows(&self, rank_count)?)
    }
}

impl<const N: usize> IntoLayout for ([usize; N], &str) {
    fn into_layout(self, rank_count: usize) -> Result<Distribution, Error> {
        (self.0.as_slice(), self.1).into_layout(rank_count)
    }
}

impl IntoLayout for (&[usize], &str) {
    fn into_layout(self, rank_count: usize) -> Result<Distribution, Error> {
        let spec: DistSpec = self.1.parse()?;
        Ok(Distribution::from_spec(self.0, &spec, rank_count)?)
    }
}

impl Context {
    /// `value` everywhere, in the value's dtype.
    #[track_caller]
    #[must_use]
    pub fn full(&self, layout: impl IntoLayout, value: Scalar) -> DistArray {
        let place = Location::caller();
        let outcome = layout.into_layout(self.rank_count()).and_then(|distribution| {
            self.check_ranks(&distribution)?;
            self.add(Kind::Fill(value), Vec::new(), ArrayMeta { dtype: value.dtype(), distribution })
        });
        DistArray::from_outcome(self, "full", place, outcome)
    }

    /// Zeros (or `False`).
    #[track_caller]
    #[must_use]
    pub fn zeros(&self, layout: impl IntoLayout, dtype: DType) -> DistArray {
        self.full(layout, Scalar::zero(dtype))
    }

    /// Ones (or `True`).
    #[track_caller]
    #[must_use]
    pub fn ones(&self, layout: impl IntoLayout, dtype: DType) -> DistArray {
        self.full(layout, Scalar::one(dtype))
    }

    /// `start + i * step` for the flat index `i` (C order) of every element: NumPy's `arange` in any shape.
    #[track_caller]
    #[must_use]
    pub fn ramp(&self, layout: impl IntoLayout, start: Scalar, step: Scalar) -> DistArray {
        let place = Location::caller();
        let outcome = layout.into_layout(self.rank_count()).and_then(|distribution| {
            self.check_ranks(&distribution)?;
            self.result_of(Ramp::arange(distribution, start, step)?, &[])
        });
        DistArray::from_outcome(self, "arange", place, outcome)
    }

    /// `0, 1, .., length - 1` as int64, block-distributed.
    #[track_caller]
    #[must_use]
    pub fn arange(&self, length: usize) -> DistArray {
        self.ramp([length], Scalar::Int64(0), Scalar::Int64(1))
    }

    /// `count` float64 numbers from `start` to `stop`, both included, as NumPy's `linspace`.
    #[track_caller]
    #[must_use]
    pub fn linspace(&self, start: f64, stop: f64, count: usize) -> DistArray {
        self.points([count], start, stop)
    }

    /// As [`Context::linspace`] in any shape, over the flat index (C order).
    #[track_caller]
    #[must_use]
    pub fn points(&self, layout: impl IntoLayout, start: f64, stop: f64) -> DistArray {
        let place = Location::caller();
        let outcome = layout.into_layout(self.rank_count()).and_then(|distribution| {
            self.check_ranks(&distribution)?;
            self.result_of(Ramp::linspace(distribution, start, stop)?, &[])
        });
        DistArray::from_outcome(self, "linspace", place, outcome)
    }

    /// The elements of `array`, spread as `layout` says; the shapes must agree.
    #[track_caller]
    #[must_use]
    pub fn array<T: Element>(&self, array: ArrayViewD<'_, T>, layout: impl IntoLayout) -> DistArray {
        match Block::from_ndarray(array, &Pool::new(None)) {
            Ok(block) => self.array_of(&block, layout),
            Err(error) => DistArray::failed(self, "array", Location::caller(), error.into()),
        }
    }

    /// As [`Context::array`], for elements in a block.
    #[track_caller]
    #[must_use]
    pub fn array_of(&self, block: &Block, layout: impl IntoLayout) -> DistArray {
        let place = Location::caller();
        let outcome = layout.into_layout(self.rank_count()).and_then(|distribution| {
            self.check_ranks(&distribution)?;
            self.put(block, ArrayMeta { dtype: block.dtype(), distribution })
        });
        DistArray::from_outcome(self, "array", place, outcome)
    }

    /// A distribution may use fewer ranks than there are, not more.
    pub(crate) fn check_ranks(&self, distribution: &Distribution) -> Result<(), Error> {
        distarray_spmd::create::check_ranks(distribution, self.rank_count())
    }
}
