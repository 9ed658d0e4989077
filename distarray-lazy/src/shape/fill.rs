//! Arrays of one value that lie like others.

use crate::dist_array::DistArray;
use distarray_core::{DType, Scalar};
use std::panic::Location;

impl DistArray {
    /// Zeros of this array's shape and dtype (or another), that lie as it does.
    #[track_caller]
    #[must_use]
    pub fn zeros_like(&self, dtype: impl Into<Option<DType>>) -> DistArray {
        self.filled_like("zeros_like", dtype.into(), Location::caller(), Scalar::zero)
    }

    /// Ones of this array's shape and dtype (or another), that lie as it does.
    #[track_caller]
    #[must_use]
    pub fn ones_like(&self, dtype: impl Into<Option<DType>>) -> DistArray {
        self.filled_like("ones_like", dtype.into(), Location::caller(), Scalar::one)
    }

    /// `value`, cast to this array's dtype (or another), everywhere, that lies as this array does.
    #[track_caller]
    #[must_use]
    pub fn full_like(&self, value: Scalar, dtype: impl Into<Option<DType>>) -> DistArray {
        self.filled_like("full_like", dtype.into(), Location::caller(), |dtype| value.cast(dtype))
    }

    /// An array of this one's shape and dtype (or another), that lies as it does; its elements are zeros.
    #[track_caller]
    #[must_use]
    pub fn empty_like(&self, dtype: impl Into<Option<DType>>) -> DistArray {
        self.zeros_like(dtype)
    }

    fn filled_like(
        &self,
        name: &str,
        dtype: Option<DType>,
        place: &Location<'_>,
        value: impl Fn(DType) -> Scalar,
    ) -> DistArray {
        let outcome = self
            .meta()
            .map(|meta| self.context().full(&meta.distribution, value(dtype.unwrap_or(meta.dtype))));
        DistArray::from_outcome(self.context(), name, place, outcome)
    }
}
