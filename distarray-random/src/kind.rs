//! Kind: random numbers or random vectors, the two lists as one.

use distarray_core::kernel::random::vector::fill_vectors_slice;
use distarray_core::kernel::random::{Stream, Variate, VectorVariate, fill, fill_slice, fill_vectors};
use distarray_core::{Block, CopyRun, DType, Plain};
use serde::{Deserialize, Serialize};

use crate::check::{check, size_of_shape};
use crate::check_vector::check_vector;
use crate::error::RandomError;

/// What random arrays are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// Every element by itself.
    Scalar(Variate),
    /// Vectors along the last axis.
    Vector(VectorVariate),
}

impl From<Variate> for Kind {
    fn from(variate: Variate) -> Kind {
        Kind::Scalar(variate)
    }
}

impl From<VectorVariate> for Kind {
    fn from(variate: VectorVariate) -> Kind {
        Kind::Vector(variate)
    }
}

impl Kind {
    /// Whether parameters, dtype and shape make sense together. **Pure.**
    ///
    /// # Errors
    /// As [`check()`] or [`check_vector()`]; a last axis that does not fit.
    pub fn check(&self, dtype: DType, shape: &[usize]) -> Result<(), RandomError> {
        let count = size_of_shape(shape)?;
        match self {
            Kind::Scalar(variate) => check(variate, dtype, count),
            Kind::Vector(variate) => {
                check_vector(variate, dtype)?;
                let length = variate.length();
                if shape.last() == Some(&length) {
                    return Ok(());
                }
                Err(RandomError::Components { shape: shape.to_vec(), length })
            }
        }
    }

    /// Fills a block with its part of an array of `shape`.
    pub(crate) fn fill(
        &self,
        block: &mut Block,
        stream: &Stream,
        shape: &[usize],
        axes: &[Vec<CopyRun>],
    ) -> Result<(), RandomError> {
        match self {
            Kind::Scalar(variate) => fill(block, variate, stream, shape, axes)?,
            Kind::Vector(variate) => fill_vectors(block, variate, stream, shape, axes)?,
        }
        Ok(())
    }

    /// Fills a whole array.
    pub(crate) fn fill_slice<T: Plain>(
        &self,
        elements: &mut [T],
        stream: &Stream,
    ) -> Result<(), RandomError> {
        match self {
            Kind::Scalar(variate) => fill_slice(elements, variate, stream, 0)?,
            Kind::Vector(variate) => fill_vectors_slice(elements, variate, stream, 0)?,
        }
        Ok(())
    }
}
